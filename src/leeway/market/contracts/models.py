"""What one unit of a service costs, from which day and until which: dated rates, never changed and never deleted."""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from leeway.access.models import User
from leeway.guards import SameValues, never_deleted
from leeway.market.listings.models import Service
from leeway.market.units import Unit

NOTE_LENGTH_MAX = 120


class RateKind(models.TextChoices):
    """On what footing a price holds."""

    LISTED = "listed", "Listed: what anyone pays"
    SPOT = "spot", "Spot: agreed for one purchase"
    FRAMEWORK = "framework", "Under a framework"
    BLOCK = "block", "In a block contract"
    IN_HOUSE = "in_house", "In-house: the council’s own service"

    @property
    def short(self) -> str:
        """As it stands behind a price: £17.20 an hour, “under a framework”."""
        return SHORT[self]


SHORT = {
    RateKind.LISTED: "listed",
    RateKind.SPOT: "spot",
    RateKind.FRAMEWORK: "under a framework",
    RateKind.BLOCK: "in a block contract",
    RateKind.IN_HOUSE: "in-house",
}


class Rate(models.Model):
    """The price of one unit of a service, on one footing, from a day until a day, or with no end yet.

    Nothing of it ever changes but its end, which may be set, and brought forward: never put off. A rate that ended
    the day before it began was taken back, and never held.
    """

    id = models.BigAutoField(primary_key=True)
    service = models.ForeignKey(Service, models.PROTECT, related_name="rates")
    kind = models.CharField(max_length=10, choices=RateKind, default=RateKind.LISTED)
    unit = models.CharField(max_length=10, choices=Unit)
    pence = models.BigIntegerField(help_text="What one unit costs.")
    note = models.CharField(max_length=NOTE_LENGTH_MAX, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="The last day on which it holds.")
    recorded_on = models.DateField(help_text="When the council was last told so.")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(pence__gte=0), name="rate_not_below_nothing"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on") - 1), name="rate_ends_after_it_starts"
            ),
            ExclusionConstraint(
                name="rate_one_at_a_time",
                expressions=[
                    (SameValues("service", "unit", "kind"), RangeOperators.OVERLAPS),
                    (
                        Func(
                            "starts_on",
                            F("ends_on") + 1,
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        triggers = [
            *never_deleted("rate_is_kept"),
            pgtrigger.ReadOnly(name="rate_never_edited", exclude=["ends_on"]),
            pgtrigger.Protect(
                name="rate_only_ends_sooner",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__ends_on__isnull=True)
                | pgtrigger.Q(new__ends_on__gt=pgtrigger.F("old__ends_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pence} pence {Unit(self.unit).with_article} from {self.starts_on.isoformat()}"

    @property
    def never_held(self) -> bool:
        """Whether it was taken back before its first day."""
        return self.ends_on is not None and self.ends_on < self.starts_on
