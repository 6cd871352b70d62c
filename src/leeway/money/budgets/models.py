"""A budget that has started: its parts, its funding, what falls due when, holds, and its end."""

import uuid
from datetime import date, timedelta

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.care.decisions.models import Decision
from leeway.care.people.models import Case
from leeway.care.planning.models import Plan, Way
from leeway.guards import filled_in_once, kept, kept_but, tracked
from leeway.law.numbers import pounds
from leeway.money.ledger.models import Account, Transfer


class Collector(models.TextChoices):
    """Who collects what a person pays towards a direct payment."""

    PERSON = "person", "The person pays it into the account themselves, and the council pays the rest (net)"
    COUNCIL = "council", "The council pays the whole, and sends bills for it (gross)"


class Budget(models.Model):
    """The money of one agreed plan, from the day it starts. Never edited: a later budget takes its place.

    A plan has one for each stretch of days in which the person pays the same for the same lines, and another where one
    was ended by mistake and set up again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="budgets")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="budgets")
    final_budget = models.ForeignKey(
        Decision, models.PROTECT, related_name="+", help_text="What was decided: with the plan, or once a line changed."
    )
    charge = models.ForeignKey(Decision, models.PROTECT, related_name="+", help_text="What the person pays of it.")
    starts_on = models.DateField()
    cost_pence_per_week = models.BigIntegerField()
    charge_pence_per_week = models.BigIntegerField()
    council_pence_per_week = models.BigIntegerField()
    nhs_pence_per_week = models.BigIntegerField()
    start_up_pence = models.BigIntegerField()
    charge_taken_first_from = ArrayField(
        models.CharField(max_length=30), help_text="The council's order of taking the charge, as it was."
    )
    collected_by = models.CharField(
        max_length=7, choices=Collector, default=Collector.PERSON,
        help_text="Who collects what the person pays towards a direct payment, as it was.",
    )  # fmt: skip
    pay_calendar_starts_on = models.DateField(help_text="The first day of any one pay period, as it was.")
    available = models.ForeignKey(Account, models.PROTECT, related_name="+")
    committed = models.ForeignKey(Account, models.PROTECT, related_name="+")
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    started_on = models.DateField()
    started_at = models.DateTimeField(
        auto_now_add=True, help_text="Which is later of two from one day: the first of them never ran."
    )

    class Meta:
        ordering = ["-starts_on", "-started_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    cost_pence_per_week=F("charge_pence_per_week")
                    + F("council_pence_per_week")
                    + F("nhs_pence_per_week")
                ),
                name="budget_adds_up",
            )
        ]
        triggers = kept("budget_is_kept")


class Part(models.Model):
    """One part of a budget, held in one way. The charge stands against the part that it is taken from."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    budget = models.ForeignKey(Budget, models.PROTECT, related_name="parts")
    way = models.CharField(max_length=20, choices=Way)
    gross_pence_per_week = models.BigIntegerField()
    nhs_pence_per_week = models.BigIntegerField()
    charge_pence_per_week = models.BigIntegerField()
    paid_pence_per_week = models.BigIntegerField()
    paid_into = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["way"]
        constraints = [
            models.UniqueConstraint(fields=["budget", "way"], name="part_once_a_way"),
            models.CheckConstraint(
                condition=Q(gross_pence_per_week__gte=F("nhs_pence_per_week") + F("charge_pence_per_week")),
                name="part_not_overcharged",
            ),
        ]
        triggers = kept("part_is_kept")

    @property
    def billed_pence_per_week(self) -> int:
        """What the council collects from the person a week: the charge, but for what they pay in themselves."""
        return self.charge_pence_per_week - (self.gross_pence_per_week - self.paid_pence_per_week)


class Collecting(models.Model):
    """Who collects what somebody pays towards their direct payment from the next budget on, and why. The latest holds.

    Without one the council's policy says it.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="collecting")
    collected_by = models.CharField(max_length=7, choices=Collector)
    reason = models.TextField()
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    said_on = models.DateField()

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="collecting_says_why")]
        triggers = kept("collecting_is_kept")


class InstalmentKind(models.TextChoices):
    REGULAR = "regular", "Regular payment"
    START_UP = "start_up", "One-off start-up payment"
    LAST_WAGES = "last_wages", "Last wages and holiday pay of an assistant"
    REDUNDANCY = "redundancy", "Redundancy and notice pay of an assistant"
    TAX = "tax", "Tax and National Insurance of the employer"


#: What an employer may still owe once a budget has ended.
LAST_COSTS = (InstalmentKind.LAST_WAGES, InstalmentKind.REDUNDANCY, InstalmentKind.TAX)


#: What a payment is that stands for no instalment: money on account, before a budget is set up.
INTERIM = ("interim", "Interim payment on account")


#: No assistant is owed more: statutory redundancy pay is at most thirty weeks' capped pay, twice over it all the same.
#: Source: Employment Rights Act 1996, ss162 and 227.
LAST_COST_MOST_PENCE = 50_000_00


class Funding(models.Model):
    """What each funder gives for one part of a budget, for some days. The transfers that moved it name this row.

    The council's share is put in at once; the others are promised, and fall due with each pay period. Each is of all
    its days. What was paid for them before is not set aside again, but goes to what paid it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    part = models.ForeignKey(Part, models.PROTECT, related_name="fundings")
    kind = models.CharField(max_length=10, choices=InstalmentKind, default=InstalmentKind.REGULAR)
    starts_on = models.DateField()
    ends_on = models.DateField()
    nhs_pence = models.BigIntegerField()
    person_pence = models.BigIntegerField()
    council_pence = models.BigIntegerField()
    paid_before_pence = models.BigIntegerField(
        default=0, help_text="Paid for its days already, under an earlier budget or on account."
    )

    class Meta:
        ordering = ["starts_on", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["part", "kind", "starts_on"], condition=~Q(kind__in=LAST_COSTS), name="funding_once"
            ),
            models.CheckConstraint(
                condition=Q(nhs_pence__gte=0, person_pence__gte=0, council_pence__gte=0), name="funding_positive"
            ),
            models.CheckConstraint(
                condition=Q(
                    paid_before_pence__gte=0,
                    paid_before_pence__lte=F("nhs_pence") + F("person_pence") + F("council_pence"),
                ),
                name="funding_paid_before_at_most_whole",
            ),
        ]
        triggers = kept("funding_is_kept")

    @property
    def total_pence(self) -> int:
        return self.nhs_pence + self.person_pence + self.council_pence

    @property
    def set_aside_pence(self) -> int:
        """What is set aside of it: what is still to be paid for its days."""
        return self.total_pence - self.paid_before_pence


class Instalment(models.Model):
    """Money that falls due once. Never edited and never deleted: a Cancellation takes it out."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    part = models.ForeignKey(Part, models.PROTECT, related_name="instalments")
    kind = models.CharField(max_length=10, choices=InstalmentKind, default=InstalmentKind.REGULAR)
    starts_on = models.DateField()
    ends_on = models.DateField()
    due_on = models.DateField(db_index=True)
    for_period_pence = models.BigIntegerField()
    already_paid_pence = models.BigIntegerField(default=0, help_text="Paid for these days under an earlier budget.")
    amount_pence = models.BigIntegerField()

    class Meta:
        ordering = ["starts_on", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["part", "kind", "starts_on", "ends_on"],
                condition=~Q(kind__in=LAST_COSTS),
                name="instalment_once",
            ),
            models.CheckConstraint(
                condition=Q(amount_pence=F("for_period_pence") - F("already_paid_pence"), amount_pence__gte=0),
                name="instalment_adds_up",
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="instalment_ends_after_start"),
        ]
        triggers = kept("instalment_is_kept")

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1

    @property
    def in_words(self) -> str:
        """What a payment of it is: a regular one and for which days, or a difference and what it is between."""
        if self.kind != InstalmentKind.REGULAR:
            return self.get_kind_display()
        days, until = f"{self.days} day{'' if self.days == 1 else 's'}", f"{self.ends_on:%-d %B %Y}"
        if not self.already_paid_pence:
            return f"{self.get_kind_display()}, {days} to {until}"
        since = self.part.budget.starts_on
        of_them = "for them" if since == self.starts_on else f"for the last {days} of them"
        before = "paid before" if since == self.starts_on else "what is left of what was paid before"
        return (
            f"Difference for the days from {since:%-d %B %Y} to {until}: {pounds(self.for_period_pence)} {of_them}, "
            f"less {pounds(self.already_paid_pence)}, {before}"
        )


@tracked()
class Interim(models.Model):
    """Money on account before a budget is set up: why, for which days, who let it be paid, and what became of it.

    A manager authorises what somebody else asked for. The budget that starts afterwards takes it off its first
    payments, to the penny.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="interims")
    way = models.CharField(max_length=20, choices=Way, default=Way.DIRECT_PAYMENT)
    amount_pence = models.BigIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.TextField(help_text="Why it cannot wait for the budget.")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_on = models.DateField()
    authorised_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    authorised_on = models.DateField(null=True)
    available = models.ForeignKey(Account, models.PROTECT, related_name="+")
    committed = models.ForeignKey(Account, models.PROTECT, related_name="+")
    paid_into = models.ForeignKey(Account, models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_on = models.DateField(null=True, help_text="When it was turned down or withdrawn.")
    ended_because = models.TextField(blank=True)
    set_off_in = models.OneToOneField(Budget, models.PROTECT, null=True, related_name="interim")
    set_off_pence = models.BigIntegerField(null=True, help_text="How much of it that budget's payments are less.")

    class Meta:
        ordering = ["-asked_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="interim_positive"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="interim_ends_after_start"),
            models.CheckConstraint(condition=~Q(authorised_by=F("asked_by")), name="interim_authorised_by_another"),
            models.CheckConstraint(
                condition=Q(authorised_by=None, authorised_on=None)
                | Q(authorised_by__isnull=False, authorised_on__isnull=False),
                name="interim_authorised_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None, ended_on=None, ended_because="")
                | Q(ended_by__isnull=False, ended_on__isnull=False) & ~Q(ended_because=""),
                name="interim_ended_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(set_off_in=None, set_off_pence=None)
                | Q(
                    set_off_in__isnull=False,
                    authorised_on__isnull=False,
                    ended_on=None,
                    set_off_pence__gte=0,
                    set_off_pence__lte=F("amount_pence"),
                ),
                name="interim_set_off_once_it_is_authorised",
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_on=None, set_off_in=None), name="interim_one_at_a_time"
            ),
        ]
        triggers = [
            *kept_but(
                "interim_is_kept",
                "authorised_by",
                "authorised_on",
                "ended_by",
                "ended_on",
                "ended_because",
                "set_off_in",
                "set_off_pence",
            ),
            filled_in_once("interim_authorised_once", "authorised_on"),
            filled_in_once("interim_ended_once", "ended_on"),
            filled_in_once("interim_set_off_once", "set_off_in"),
        ]


@tracked()
class LastCost(models.Model):
    """Whose wages, redundancy or tax an instalment pays after the end, who entered it, and who looked at it besides."""

    instalment = models.OneToOneField(Instalment, models.PROTECT, primary_key=True, related_name="last_cost")
    funding = models.OneToOneField(Funding, models.PROTECT, related_name="last_cost")
    whose = models.CharField(max_length=100, help_text="Whose wages, redundancy or tax it is.")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_on = models.DateField()
    needs_second_look = models.BooleanField(help_text="So large that another officer looks at it before it is paid.")
    looked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    looked_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(looked_on=None, looked_by=None)
                | (Q(looked_on__isnull=False, looked_by__isnull=False) & ~Q(looked_by=F("entered_by"))),
                name="last_cost_looked_at_by_another",
            )
        ]
        triggers = [
            *kept_but("last_cost_is_kept", "looked_by", "looked_on"),
            filled_in_once("last_cost_looked_at_once", "looked_on"),
        ]

    def __str__(self) -> str:
        return f"{self.instalment.get_kind_display()}, {self.whose}"


class NotCharged(models.Model):
    """That what was delivered in a week cost less than the person pays: they are asked for less; or again, after all.

    Its transfer takes the difference off what they owe, out of what was set aside, or puts some of one back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    funding = models.ForeignKey(Funding, models.PROTECT, related_name="not_charged")
    starts_on = models.DateField(help_text="The first day of the week that the funding is for.")
    ends_on = models.DateField()
    charged_pence = models.BigIntegerField(help_text="What the person was to pay for these days.")
    pence = models.BigIntegerField(help_text="Taken off. Less than nothing: put back of what was taken off.")
    words = models.TextField(help_text="Why, as the person reads it.")
    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="+")
    made_on = models.DateField()

    class Meta:
        ordering = ["funding", "starts_on", "made_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(pence=0) & Q(pence__lte=F("charged_pence")) & ~Q(words=""), name="not_charged_something"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="not_charged_for_days"),
        ]
        triggers = kept("not_charged_is_kept")


class Cancellation(models.Model):
    """That an instalment will not be paid, and why."""

    instalment = models.OneToOneField(Instalment, models.PROTECT, primary_key=True, related_name="cancellation")
    reason = models.TextField()
    cancelled_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    cancelled_on = models.DateField()

    class Meta:
        triggers = kept("cancellation_is_kept")


@tracked()
class Ending(models.Model):
    """That a budget ended, on which day, and why. A last day to come can be brought forward, once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    budget = models.OneToOneField(Budget, models.PROTECT, related_name="ending")
    ends_on = models.DateField(help_text="The last day that it pays for.")
    first_ends_on = models.DateField(help_text="The last day as it was first decided.")
    reason = models.TextField()
    paid_beyond_pence = models.BigIntegerField(
        help_text="Already paid for days after the end. Not taken back by itself."
    )
    replaced = models.BooleanField(
        default=False, help_text="By a budget that follows, under which days that were paid already are used."
    )
    left_out_until = models.DateField(
        null=True, help_text="The last of the days for which nothing is paid or charged, where the same plan goes on."
    )
    ended_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_on = models.DateField()
    sooner_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    sooner_on = models.DateField(null=True, help_text="When the last day was brought forward.")
    sooner_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=F("first_ends_on"), sooner_by=None, sooner_on=None, sooner_because="")
                | Q(ends_on__lt=F("first_ends_on"), sooner_by__isnull=False, sooner_on__isnull=False)
                & ~Q(sooner_because=""),
                name="ending_brought_forward_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(left_out_until=None) | Q(left_out_until__gt=F("first_ends_on")),
                name="ending_leaves_days_out",
            ),
        ]
        triggers = [
            *kept_but(
                "ending_is_kept",
                "replaced",
                "ends_on",
                "paid_beyond_pence",
                "sooner_by",
                "sooner_on",
                "sooner_because",
            ),
            pgtrigger.Protect(
                name="ending_brought_forward_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__sooner_on__isnull=False)
                & pgtrigger.Q(new__ends_on__df=pgtrigger.F("old__ends_on")),
            ),
            pgtrigger.Protect(
                name="ending_replaced_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__replaced=True)
                & ~pgtrigger.Q(old__sooner_on__isnull=True, new__sooner_on__isnull=False),
            ),
        ]

    @property
    def because(self) -> str:
        """Why it ends on the day on which it does."""
        return self.sooner_because or self.reason

    @property
    def goes_on(self) -> date:
        """The day on which a budget that takes this one's place begins."""
        last = self.ends_on if self.sooner_on else self.left_out_until or self.ends_on
        return last + timedelta(days=1)


class HoldKind(models.TextChoices):
    """Why payments wait."""

    DEATH = "death", "The person has died"
    ENDED = "ended", "Support has ended, and the budget has not"
    HOSPITAL = "hospital", "In hospital"
    CARE_HOME = "care_home", "In a care home"
    PRISON = "prison", "In prison or approved premises"
    SAFEGUARDING = "safeguarding", "Safeguarding concern"
    REVIEW_OVERDUE = "review_overdue", "Review overdue"
    QUERIED = "queried", "Finance checks it first"
    RETURNED = "returned", "A payment came back"

    @property
    def told(self) -> str:
        """What the story of a case says when payments begin to wait."""
        return f"Payments on hold: {self.label.lower()}."


#: What waits because the person is somewhere else for a time.
WHILE_AWAY = (HoldKind.HOSPITAL, HoldKind.CARE_HOME, HoldKind.PRISON)
#: What waits until the budget has its last day. Ending the budget lifts it.
UNTIL_ENDED = (HoldKind.DEATH, HoldKind.ENDED)
#: What nobody places: it follows from what happened.
COMES_BY_ITSELF = (*UNTIL_ENDED, HoldKind.RETURNED)


@tracked()
class Hold(models.Model):
    """A reason that keeps a budget's instalments out of payment runs until it is lifted.

    What somebody places has a last day: on the day after it, finance looks again, or it ends by itself where whoever
    placed it chose so. Days of it may be left out when it is lifted: nothing is paid for them, nor charged.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    budget = models.ForeignKey(Budget, models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=20, choices=HoldKind)
    reason = models.TextField()
    placed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    placed_on = models.DateField()
    last_on = models.DateField(null=True, blank=True, help_text="The last day that payments wait, as far as is known.")
    ends_by_itself = models.BooleanField(default=False, help_text="After its last day, without anybody looking again.")
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    lifted_on = models.DateField(null=True, blank=True)
    left_out_from = models.DateField(null=True, blank=True)
    left_out_until = models.DateField(null=True, blank=True)
    days_because = models.TextField(blank=True, help_text="Why its days were left out, or paid as agreed.")

    class Meta:
        ordering = ["-placed_on"]
        constraints = [
            models.UniqueConstraint(fields=["budget", "kind"], condition=Q(lifted_on=None), name="hold_once_a_kind"),
            models.CheckConstraint(
                condition=Q(lifted_on=None, lifted_by=None) | Q(lifted_on__isnull=False, lifted_by__isnull=False),
                name="hold_lifted_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=COMES_BY_ITSELF, last_on=None, ends_by_itself=False)
                | ~Q(kind__in=COMES_BY_ITSELF) & Q(last_on__isnull=False),
                name="hold_placed_until_a_day",
            ),
            models.CheckConstraint(
                condition=Q(left_out_from=None, left_out_until=None)
                | Q(left_out_until__gte=F("left_out_from"), lifted_on__isnull=False) & ~Q(days_because=""),
                name="hold_leaves_days_out_for_a_reason",
            ),
        ]
        triggers = kept_but(
            "hold_is_kept",
            "last_on",
            "lifted_by",
            "lifted_on",
            "left_out_from",
            "left_out_until",
            "days_because",
            once="lifted_on",
        )
