"""Funders, each with its own rules, and which of them pays what of a line, from which day until which."""

import uuid

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from leeway.access.models import User
from leeway.care.planning.models import PlanLine
from leeway.guards import SameValues, kept, kept_but, tracked
from leeway.law.sharing import METHODS
from leeway.law.sharing import Portion as Agreed

#: The council itself: a migration puts it in, and it is never missing.
COUNCIL = uuid.UUID("0c0c0c0c-0000-4000-8000-000000000001")
BODY_NOT_NAMED = "The NHS (body not named)"


class Purse(models.TextChoices):
    """Whose share of a budget a funder pays: each is billed, or puts its money in, as the ledger has it."""

    NHS = "nhs", "The NHS"
    PERSON = "person", "The person"
    COUNCIL = "council", "The council"


class FunderKind(models.TextChoices):
    """What kind of funder it is."""

    COUNCIL = "council", "The council"
    NHS_BODY = "nhs_body", "NHS body"
    GRANT = "grant", "Grant"
    LEGACY_FUND = "legacy_fund", "Legacy fund"
    PROGRAMME_FUND = "programme_fund", "Programme fund"

    @property
    def purse(self) -> Purse:
        """Whose share it pays: the NHS's is billed to the NHS, and all else comes through the council."""
        return Purse.NHS if self == FunderKind.NHS_BODY else Purse.COUNCIL


@tracked()
class Funder(models.Model):
    """Somebody whose money pays for support, with the rules of that money: what it may buy, and until when.

    What the NHS pays is never means-tested. Of other money it is said whether the person may be charged for what it
    pays.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=FunderKind)
    name = models.CharField(max_length=120)
    code = models.CharField(max_length=20, unique=True, help_text="As the accounts know it.")
    means_tested = models.BooleanField(help_text="Whether the person may be charged for what it pays.")
    starts_on = models.DateField(null=True, blank=True, help_text="The first day that it pays for.")
    ends_on = models.DateField(null=True, blank=True, help_text="The last day that it pays for.")
    purpose = models.TextField(blank=True, help_text="What it is for.")
    conditions = models.TextField(blank=True, help_text="What it may be spent on, and what else it asks.")
    total_pence = models.BigIntegerField(null=True, blank=True, help_text="What it is in all, where that is fixed.")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_on = models.DateField()

    class Meta:
        ordering = ["name", "code"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=FunderKind.NHS_BODY) | Q(means_tested=False), name="funder_nhs_never_means_tested"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="funder_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=Q(total_pence=None) | Q(total_pence__gt=0), name="funder_total_positive"),
            models.CheckConstraint(
                condition=Q(kind=FunderKind.COUNCIL, id=COUNCIL, starts_on=None, ends_on=None)
                | ~Q(kind=FunderKind.COUNCIL) & ~Q(id=COUNCIL) & Q(recorded_by__isnull=False),
                name="funder_one_council",
            ),
        ]
        triggers = kept_but("funder_is_kept", "name", "ends_on", "purpose", "conditions", "total_pence")

    def __str__(self) -> str:
        return self.name

    @property
    def purse(self) -> Purse:
        """Whose share of a budget it pays."""
        return FunderKind(self.kind).purse


class Aimed(models.TextChoices):
    """What a programme was to bring more of."""

    PERSONAL_BUDGETS = "personal_budgets", "People with a personal budget"
    DIRECT_PAYMENTS = "direct_payments", "People with a direct payment"


class Milestone(models.Model):
    """What a programme's money was to bring by a day: so many people. Never edited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    funder = models.ForeignKey(Funder, models.PROTECT, related_name="milestones")
    due_on = models.DateField()
    aimed = models.CharField(max_length=20, choices=Aimed)
    people = models.PositiveIntegerField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_on = models.DateField()

    class Meta:
        ordering = ["due_on", "aimed"]
        constraints = [models.UniqueConstraint(fields=["funder", "due_on", "aimed"], name="milestone_once")]
        triggers = kept("milestone_is_kept")


class Method(models.TextChoices):
    """How the funders of a line divide it, as the law's function takes it."""

    FIXED = "fixed"
    OWNER = "owner"
    NEEDS_TOOL = "needs_tool"
    CAPPED = "capped"
    INCREMENTAL = "incremental"

    @property
    def words(self) -> str:
        """What it is called on a page."""
        return next(method.label for method in METHODS if method.code == self)


@tracked()
class Sharing(models.Model):
    """Who pays for one line, by which method, from a day until a day or with no end yet, and why.

    Nothing of it ever changes but its end, which may be set and brought forward, never put off. One that ended the day
    before it began was replaced, and never held.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(PlanLine, models.PROTECT, related_name="sharings")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="The last day on which it holds.")
    method = models.CharField(max_length=12, choices=[(method.value, method.words) for method in Method])
    reason = models.TextField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_on = models.DateField()

    class Meta:
        ordering = ["-starts_on", "-recorded_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on") - 1), name="sharing_ends_after_it_starts"
            ),
            ExclusionConstraint(
                name="sharing_one_at_a_time",
                expressions=[
                    (SameValues("line"), RangeOperators.OVERLAPS),
                    (
                        Func("starts_on", F("ends_on") + 1, function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        triggers = [
            *kept_but("sharing_is_kept", "ends_on"),
            pgtrigger.Protect(
                name="sharing_only_ends_sooner",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__ends_on__isnull=True)
                | pgtrigger.Q(new__ends_on__gt=pgtrigger.F("old__ends_on")),
            ),
        ]

    @property
    def never_held(self) -> bool:
        """Whether another took its place before its first day."""
        return self.ends_on is not None and self.ends_on < self.starts_on


class Portion(models.Model):
    """What one funder pays by a sharing: a figure whose meaning is the method's. In their order; never edited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sharing = models.ForeignKey(Sharing, models.PROTECT, related_name="portions")
    position = models.PositiveSmallIntegerField()
    funder = models.ForeignKey(Funder, models.PROTECT, related_name="portions")
    figure = models.BigIntegerField(
        null=True, help_text="Hundredths of one percent, a score, or pence a week; none where it pays all, or the rest."
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["sharing", "position"], name="portion_one_a_position"),
            models.UniqueConstraint(fields=["sharing", "funder"], name="portion_once_a_funder"),
            models.CheckConstraint(condition=Q(figure=None) | Q(figure__gte=0), name="portion_not_below_nothing"),
        ]
        triggers = kept("portion_is_kept")

    @property
    def agreed(self) -> Agreed:
        """As the law's function takes it."""
        return Agreed(self.funder.name, self.figure)
