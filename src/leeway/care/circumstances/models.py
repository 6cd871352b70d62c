"""Deaths, stays, and support from before a budget, each with its dates and who told us."""

import uuid

from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.care.people.models import Case, Person, date_of_death_agrees
from leeway.guards import filled_in_once, kept_but, tracked
from leeway.market.listings.models import Kind
from leeway.market.units import REGULAR, Unit


@tracked()
class Death(models.Model):
    """That a person has died, who told us, and, where it was not so, who undid it and why.

    `Person.date_of_death` is the day that stands; this is the evidence for it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="deaths")
    died_on = models.DateField()
    told_by = models.CharField(max_length=200, help_text="Who told us, and how.")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_on = models.DateField()
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    undone_on = models.DateField(null=True, blank=True)
    undone_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(undone_on=None), name="death_once"),
            models.CheckConstraint(
                condition=Q(undone_on=None, undone_by=None, undone_because="")
                | (Q(undone_on__isnull=False, undone_by__isnull=False) & ~Q(undone_because="")),
                name="death_undone_by_someone",
            ),
        ]
        triggers = [
            *kept_but("death_is_kept", "undone_by", "undone_on", "undone_because", once="undone_on"),
            date_of_death_agrees("death_is_told", person="NEW.person_id"),
        ]


class StayKind(models.TextChoices):
    """Where somebody may be for a time, as the rules ask."""

    HOSPITAL = "hospital", "In hospital"
    CARE_HOME_STAY = "care_home_stay", "In a care home for a stay"
    CARE_HOME = "care_home", "In a care home for good"
    PRISON = "prison", "In prison, having been convicted"
    REMAND = "remand", "In prison on remand, not convicted"
    PRISON_NOT_KNOWN = "prison_not_known", "In prison: not known yet whether convicted"
    APPROVED_PREMISES = "approved_premises", "In approved premises, having been convicted"
    BAIL = "bail", "In approved premises or another place on bail, not convicted"


@tracked()
class Stay(models.Model):
    """Where a person is, or was, for a time. An open one has no last day yet. A wrong one is taken back and kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="stays")
    kind = models.CharField(max_length=20, choices=StayKind)
    place = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="The day of leaving.")
    told_by = models.CharField(max_length=200, help_text="Who told us, and how.")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    taken_back_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    taken_back_on = models.DateField(null=True, blank=True)
    taken_back_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ends_on=None, taken_back_on=None), name="stay_one_open"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_on=None, taken_back_by=None, taken_back_because="")
                | (Q(taken_back_on__isnull=False, taken_back_by__isnull=False) & ~Q(taken_back_because="")),
                name="stay_taken_back_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="stay_ends_after_start"
            ),
        ]
        triggers = [
            *kept_but("stay_is_kept", "ends_on", "taken_back_by", "taken_back_on", "taken_back_because"),
            filled_in_once("stay_ends_once", "ends_on"),
            filled_in_once("stay_taken_back_once", "taken_back_on"),
        ]

    def __str__(self) -> str:
        until = f" to {self.ends_on:%-d %B %Y}" if self.ends_on else ""
        return f"{self.get_kind_display()} from {self.starts_on:%-d %B %Y}{until}"


@tracked()
class EarlierSupport(models.Model):
    """Support that the council bought for somebody before their budget here. A wrong one is taken back and kept.

    With it, a budget that is the same care under a new name can be told from new support.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="earlier_support")
    kind = models.CharField(max_length=20, choices=Kind)
    provider = models.CharField(max_length=200, help_text="Who gave it.")
    provider_number = models.CharField(max_length=20, blank=True, help_text="Its number at the regulator: 1-101.")
    unit = models.CharField(max_length=10, choices=Unit)
    units = models.DecimalField(max_digits=7, decimal_places=2)
    frequency = models.CharField(max_length=12, choices=REGULAR)
    unit_cost_pence = models.BigIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="Null: until the first budget starts.")
    told_by = models.CharField(max_length=200, help_text="Where this is known from.")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    taken_back_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    taken_back_on = models.DateField(null=True, blank=True)
    taken_back_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-starts_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(units__gt=0), name="earlier_support_units_positive"),
            models.CheckConstraint(condition=Q(unit_cost_pence__gte=0), name="earlier_support_cost_positive"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="earlier_support_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_on=None, taken_back_by=None, taken_back_because="")
                | (Q(taken_back_on__isnull=False, taken_back_by__isnull=False) & ~Q(taken_back_because="")),
                name="earlier_support_taken_back_by_someone",
            ),
        ]
        triggers = [
            *kept_but("earlier_support_is_kept", "taken_back_by", "taken_back_on", "taken_back_because"),
            filled_in_once("earlier_support_taken_back_once", "taken_back_on"),
        ]

    def __str__(self) -> str:
        until = f" to {self.ends_on:%-d %B %Y}" if self.ends_on else ""
        return f"{self.get_kind_display()} from {self.provider}, {self.starts_on:%-d %B %Y}{until}"
