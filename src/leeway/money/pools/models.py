"""A pooled fund: its partners, what they contribute, what is in it, and reports as they were sent.

Nothing is in a pool but the line of a person's plan, or an overhead that names what drives it. There is no other
account: what nobody can say of an overhead is a question with an owner, which the total shows.
"""

import uuid

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from leeway.access.models import Team, User
from leeway.care.people.models import Case
from leeway.care.planning.models import PlanLine
from leeway.guards import SameValues, filled_in_once, kept, kept_but, tracked
from leeway.law.risk_share import CAP_AND_COLLAR, HOST_FIRST, RULES, RiskRule
from leeway.money.funders.models import Funder

#: Days from a first to a last one, or with no end, as PostgreSQL compares them.
DAYS = Func("starts_on", F("ends_on") + 1, function="daterange", output_field=DateRangeField())


@tracked()
class Pool(models.Model):
    """What partners agreed of a pooled fund. Never edited but for its end: a new agreement is a new pool."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True)
    agreement = models.CharField(max_length=200, help_text="The agreement, and where it is kept.")
    functions = models.TextField(help_text="Which functions of the partners it is for, and what it aims at.")
    client_groups = ArrayField(models.CharField(max_length=60), help_text="For whom it is.")
    host = models.ForeignKey(Funder, models.PROTECT, related_name="+")
    manager = models.ForeignKey(User, models.PROTECT, related_name="+", help_text="Who answers for it.")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    notice_months = models.PositiveSmallIntegerField(help_text="Notice to end it.")
    vat = models.CharField(max_length=200, blank=True, help_text="Whose VAT rules are followed.")
    risk_rule = models.CharField(max_length=20, choices=[(rule.code, rule.label) for rule in RULES])
    cap_percent = models.PositiveSmallIntegerField(default=0, help_text="Of an overspend, up to which it is shared.")
    collar_percent = models.PositiveSmallIntegerField(default=0, help_text="The same of an underspend.")
    first_percent = models.PositiveSmallIntegerField(default=0, help_text="The host’s first slice.")
    set_up_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_up_on = models.DateField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="pool_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(cap_percent__lte=100, collar_percent__lte=100, first_percent__lte=100)
                & (Q(risk_rule=CAP_AND_COLLAR) | Q(cap_percent=0, collar_percent=0))
                & (Q(risk_rule=HOST_FIRST) | Q(first_percent=0)),
                name="pool_figures_of_its_rule",
            ),
        ]
        triggers = [*kept_but("pool_is_kept", "ends_on"), filled_in_once("pool_ended_once", "ends_on")]

    def __str__(self) -> str:
        return self.name

    @property
    def rule(self) -> RiskRule:
        """How an over- or underspend is shared, as the law's function takes it."""
        return RiskRule(self.risk_rule, self.cap_percent, self.collar_percent, self.first_percent)


class Partner(models.Model):
    """One of those who contribute to a pool."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="partners")
    funder = models.ForeignKey(Funder, models.PROTECT, related_name="partnerships")

    class Meta:
        ordering = ["funder__name"]
        constraints = [models.UniqueConstraint(fields=["pool", "funder"], name="partner_once")]
        triggers = kept("partner_is_kept")

    def __str__(self) -> str:
        return str(self.funder)


class ContributionKind(models.TextChoices):
    """What a row of a partner's contributions says."""

    AGREED = "agreed", "Agreed"
    CHANGED = "changed", "Changed in the year"
    INVOICED = "invoiced", "Invoiced"
    PAID_IN = "paid_in", "Paid in"


class Contribution(models.Model):
    """What a partner agreed to contribute for some days, or how that changed; what was invoiced, and paid in.

    Never edited: a change in the year is a row of its own, which may be less than nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="contributions")
    kind = models.CharField(max_length=10, choices=ContributionKind)
    starts_on = models.DateField()
    ends_on = models.DateField()
    pence = models.BigIntegerField()
    dated_on = models.DateField(help_text="When it was agreed, invoiced or paid in.")
    words = models.CharField(max_length=200, help_text="By what it is known: a minute, an invoice, a bank line.")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_on = models.DateField()

    class Meta:
        ordering = ["dated_on", "partner", "kind", "recorded_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(pence__gt=0) | Q(kind=ContributionKind.CHANGED) & ~Q(pence=0), name="contribution_says_much"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="contribution_ends_after_it_starts"),
        ]
        triggers = kept("contribution_is_kept")


@tracked()
class Membership(models.Model):
    """Which lines are in a pool on which days: all of a client group, or of one of its teams; or a line by its name.

    A line that is named is in the pool that names it, whatever its group. An end may be set once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="memberships")
    client_group = models.CharField(max_length=60, blank=True)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    line = models.ForeignKey(PlanLine, models.PROTECT, null=True, blank=True, related_name="pools")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_on = models.DateField()

    class Meta:
        ordering = ["starts_on", "client_group", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(line__isnull=False, client_group="", team=None) | Q(line=None) & ~Q(client_group=""),
                name="membership_of_a_group_or_a_line",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="membership_ends_after_it_starts"
            ),
            ExclusionConstraint(
                name="membership_of_a_line_in_one_pool",
                expressions=[(SameValues("line"), RangeOperators.OVERLAPS), (DAYS, RangeOperators.OVERLAPS)],
                condition=Q(line__isnull=False),
            ),
            ExclusionConstraint(
                name="membership_of_a_group_in_one_pool",
                expressions=[(SameValues("client_group"), RangeOperators.OVERLAPS), (DAYS, RangeOperators.OVERLAPS)],
                condition=Q(line=None, team=None),
            ),
        ]
        triggers = [*kept_but("membership_is_kept", "ends_on"), filled_in_once("membership_ended_once", "ends_on")]


class OverheadKind(models.TextChoices):
    """What an overhead of a pool is."""

    STAFF = "staff", "Staff"
    SECONDED = "seconded", "Staff seconded from a partner"
    BLOCK = "block", "Block contract"
    OVERHEAD = "overhead", "Premises, systems, management"


class Driver(models.TextChoices):
    """By what an overhead is attributed to people: stated data, or what the pool's own lines say."""

    CASELOAD = "caseload", "Days on the caseload"
    SPEND = "spend", "What their lines cost"
    HOURS = "hours", "Hours with each person"
    HEADCOUNT = "headcount", "Staff in each team, then days on the caseload"


#: Drivers whose figures somebody states.
STATED = (Driver.HOURS, Driver.HEADCOUNT)


class Function(models.TextChoices):
    """Whose function an overhead serves."""

    SOCIAL_CARE = "social_care", "Social care"
    HEALTH = "health", "Health"


@tracked()
class Overhead(models.Model):
    """Something that a pool pays which is no line of a person: by what it is attributed, and what of it is locked.

    Where nobody can say what drives it, it is a question, with an owner, until that is answered, once. Never edited
    else.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="overheads")
    what = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=OverheadKind)
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", help_text="Null: of the whole pool."
    )
    employer = models.CharField(max_length=200, blank=True, help_text="Who employs them, or is paid.")
    paid_by = models.ForeignKey(Funder, models.PROTECT, related_name="+", help_text="Whose money it is.")
    function = models.CharField(max_length=12, choices=Function)
    reason = models.CharField(max_length=200, help_text="By which law it is paid.")
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", help_text="Who answers for it.")
    starts_on = models.DateField()
    ends_on = models.DateField()
    pence = models.BigIntegerField()
    driver = models.CharField(max_length=10, choices=Driver, blank=True)
    question = models.TextField(blank=True, help_text="What has to be found out, where nothing drives it yet.")
    locked_percent = models.PositiveSmallIntegerField(default=0, help_text="What of it cannot be released yet.")
    locked_until = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_on = models.DateField()
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["what", "starts_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(pence__gt=0), name="overhead_positive"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="overhead_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(driver="") | ~Q(question=""), name="overhead_is_driven_or_a_question"),
            models.CheckConstraint(
                condition=Q(locked_percent=0, locked_until=None)
                | Q(locked_percent__gt=0, locked_percent__lte=100, locked_until__isnull=False),
                name="overhead_locked_until_a_day",
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None, answered_on=None)
                | Q(answered_by__isnull=False, answered_on__isnull=False) & ~Q(driver=""),
                name="overhead_answered_by_someone",
            ),
        ]
        triggers = [
            *kept_but("overhead_is_kept", "driver", "answered_by", "answered_on"),
            pgtrigger.Protect(
                name="overhead_driven_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__driver="") & pgtrigger.Q(old__driver__df=pgtrigger.F("new__driver")),
            ),
            filled_in_once("overhead_answered_once", "answered_on"),
        ]


class Figure(models.Model):
    """How much of a driver stands for one team, or for one person: stated data, never edited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    overhead = models.ForeignKey(Overhead, models.PROTECT, related_name="figures")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+")
    figure = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["overhead", "team", "case"], nulls_distinct=False, name="figure_once"),
            models.CheckConstraint(
                condition=Q(team__isnull=False, case=None) | Q(team=None, case__isnull=False),
                name="figure_of_a_team_or_a_person",
            ),
        ]
        triggers = kept("figure_is_kept")


class Report(models.Model):
    """A pool's quarter as it was reported to its partners: every figure, without a name. Never edited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="reports")
    number = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    figures = models.JSONField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_on = models.DateField()

    class Meta:
        ordering = ["-made_on", "-number"]
        constraints = [models.UniqueConstraint(fields=["pool", "number"], name="report_numbered_once")]
        triggers = kept("report_is_kept")
