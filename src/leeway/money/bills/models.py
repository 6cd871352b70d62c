"""Bills and what follows them: sent, reminded of, paused, paid by a plan, written off. Written once, never edited.

The database lets no bill or reminder go while nothing may be sent.
"""

import uuid

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Replace

from leeway.access.models import User
from leeway.care.people.models import Case, Relationship
from leeway.care.planning.models import Way
from leeway.guards import SameValues, kept, kept_but, tracked
from leeway.money.bills.kinds import (
    Asked,
    BecauseOf,
    Every,
    LineKind,
    MoneyFrom,
    PlanEnd,
    SettlementKind,
    SpaceKind,
)
from leeway.money.bills.references import in_fours, reference_of
from leeway.money.ledger.models import Transfer

#: By what something that was owed before is known: its reference, however it is written.
KNOWN_BY = Lower(Replace(F("reference"), Value(" "), Value("")))
#: The breathing space that a case is in on the day of the row `NEW`, if any.
_IN_SPACE = """
    SELECT 1 FROM bills_bill AS b JOIN bills_breathingspace AS s ON s.case_id = b.case_id
     WHERE b.id = NEW.bill_id AND NEW.sent_on >= s.starts_on AND (s.ends_on IS NULL OR NEW.sent_on <= s.ends_on)
"""
_PAUSED = """
    SELECT 1 FROM bills_bill AS b JOIN bills_pause AS p ON p.case_id = b.case_id
     WHERE b.id = NEW.bill_id AND NEW.sent_on >= p.starts_on AND p.ended_on IS NULL
"""
_DIED = """
    SELECT 1 FROM bills_bill AS b JOIN people_case AS c ON c.id = b.case_id
      JOIN people_person AS person ON person.id = c.person_id
     WHERE b.id = NEW.bill_id AND person.date_of_death IS NOT NULL
"""
_LATE = """
    SELECT 1 FROM bills_bill AS b LEFT JOIN bills_lateness AS l ON l.bill_id = b.id
     WHERE b.id = NEW.bill_id AND l.bill_id IS NULL AND b.to_pay_pence > 0
       AND NEW.sent_on - b.oldest_ended_on > b.late_after_days
"""
NOT_SENT = f"""
    IF EXISTS ({_IN_SPACE}) THEN RAISE EXCEPTION 'No bill is sent in a breathing space.'; END IF;
    IF EXISTS ({_PAUSED} AND p.because_of = 'capacity') THEN
        RAISE EXCEPTION 'No bill is sent while it is not known who manages the money.';
    END IF;
    IF NEW.to_id IS NULL AND EXISTS ({_DIED}) THEN RAISE EXCEPTION 'No bill is sent to somebody who has died.'; END IF;
    IF EXISTS ({_LATE}) THEN RAISE EXCEPTION 'A late bill goes with why, an apology and a plan.'; END IF;
    RETURN NEW;
"""
REMINDED = f"""
    IF EXISTS ({_IN_SPACE}) THEN RAISE EXCEPTION 'Nobody is reminded in a breathing space.'; END IF;
    IF EXISTS ({_PAUSED}) THEN RAISE EXCEPTION 'Nobody is reminded of what they dispute, or may not manage.'; END IF;
    IF EXISTS ({_DIED}) THEN RAISE EXCEPTION 'Nobody who has died is reminded.'; END IF;
    IF EXISTS (
        SELECT 1 FROM bills_bill AS b JOIN bills_paymentplan AS plan ON plan.case_id = b.case_id
         WHERE b.id = NEW.bill_id AND plan.ended_on IS NULL
    ) THEN RAISE EXCEPTION 'Nobody is reminded who pays by a plan.'; END IF;
    IF NOT EXISTS (SELECT 1 FROM bills_sending AS s WHERE s.bill_id = NEW.bill_id AND s.due_by < NEW.sent_on) THEN
        RAISE EXCEPTION 'Nobody is reminded of a bill that is not due.';
    END IF;
    RETURN NEW;
"""


class PaymentReference(models.Model):
    """The number that a case's payments come with: one for all of its bills, so that a standing order goes on."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="payment_reference")
    number = models.PositiveIntegerField(unique=True)

    class Meta:
        triggers = kept("payment_reference_is_kept")

    @property
    def key(self) -> str:
        """As a bank's line has it."""
        return reference_of(self.number)

    def __str__(self) -> str:
        return in_fours(self.key)


class Bill(models.Model):
    """What one person owes after one pay period: what was before, what fell due, what was paid, what is left to pay.

    Made from the ledger: each movement of what the person owes is on one bill (`Billed`). Whom it goes to and by when
    it is to be paid is known once it is sent (`Sending`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="bills")
    period_starts_on = models.DateField()
    period_ends_on = models.DateField()
    made_on = models.DateField()
    earlier_pence = models.BigIntegerField(
        help_text="To pay by the bill before. Less than nothing: owed to the person."
    )
    charged_pence = models.BigIntegerField(
        help_text="What fell due, less what did not after all: the sum of the lines."
    )
    received_pence = models.BigIntegerField()
    settled_pence = models.BigIntegerField(help_text="Written off, less what was paid back to the person.")
    to_pay_pence = models.BigIntegerField()
    oldest_ended_on = models.DateField(help_text="The last day of the oldest days that it charges for.")
    late_after_days = models.PositiveSmallIntegerField(help_text="From when on it may not go without an apology.")
    days_to_pay = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "period_starts_on"], name="bill_once_a_person_and_period"),
            models.CheckConstraint(
                condition=Q(
                    to_pay_pence=F("earlier_pence") + F("charged_pence") - F("received_pence") - F("settled_pence")
                ),
                name="bill_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(period_ends_on__gte=F("period_starts_on"), made_on__gt=F("period_ends_on")),
                name="bill_made_once_its_period_is_over",
            ),
        ]
        triggers = kept("bill_is_kept")

    def __str__(self) -> str:
        return f"Bill {self.number}"


class BillLine(models.Model):
    """One line of a bill: for which part of the budget, which days, at what a week; or a credit, and why."""

    id = models.BigAutoField(primary_key=True)
    bill = models.ForeignKey(Bill, models.PROTECT, related_name="lines")
    place = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=6, choices=LineKind)
    way = models.CharField(max_length=20, choices=Way, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    weekly_pence = models.BigIntegerField()
    amount_pence = models.BigIntegerField(help_text="Less than nothing where it is a credit.")
    words = models.TextField(blank=True, help_text="Of a credit, why.")

    class Meta:
        ordering = ["bill", "place"]
        constraints = [
            models.UniqueConstraint(fields=["bill", "place"], name="bill_line_once_a_place"),
            models.CheckConstraint(
                condition=Q(kind=LineKind.CHARGE, amount_pence__gt=0)
                | Q(kind=LineKind.CREDIT, amount_pence__lt=0) & ~Q(words=""),
                name="bill_line_of_its_kind",
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="bill_line_has_days"),
        ]
        triggers = kept("bill_line_is_kept")

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1


class Billed(models.Model):
    """Which bill a movement of what the person owes is on: one, and never two."""

    transfer = models.OneToOneField(Transfer, models.PROTECT, primary_key=True, related_name="billed")
    bill = models.ForeignKey(Bill, models.PROTECT, related_name="billed")
    line = models.ForeignKey(BillLine, models.PROTECT, null=True, related_name="+", help_text="None for what was paid.")

    class Meta:
        triggers = kept("billed_is_kept")


class Lateness(models.Model):
    """Why a bill comes so late, the apology, and the payment plan that is offered with it."""

    bill = models.OneToOneField(Bill, models.PROTECT, primary_key=True, related_name="lateness")
    why = models.TextField(help_text="As the person reads it.")
    left_pence = models.BigIntegerField(help_text="What was left to pay of the bill when this was written.")
    offered_pence = models.BigIntegerField(help_text="Each instalment that is offered.")
    offered_every = models.CharField(max_length=10, choices=Every)
    offered_times = models.PositiveSmallIntegerField()
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(left_pence__gt=0, offered_pence__gt=0, offered_times__gte=2), name="lateness_offers_a_plan"
            )
        ]
        triggers = kept("lateness_is_kept")


class Sending(models.Model):
    """That a bill was sent, to whom, and by when to pay. The database refuses it while nothing may be sent."""

    bill = models.OneToOneField(Bill, models.PROTECT, primary_key=True, related_name="sending")
    sent_on = models.DateField()
    due_by = models.DateField()
    to = models.ForeignKey(
        Relationship, models.PROTECT, null=True, related_name="+", help_text="Who handles the money; none: the person."
    )
    message_id = models.UUIDField()
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", help_text="Nobody at night.")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(due_by__gt=F("sent_on")), name="bill_leaves_time_to_pay")]
        triggers = [
            *kept("sending_is_kept"),
            pgtrigger.Trigger(
                name="bill_may_be_sent", when=pgtrigger.Before, operation=pgtrigger.Insert, func=NOT_SENT
            ),
        ]


class Reminder(models.Model):
    """That somebody was reminded of a bill, once a number. The database refuses it while nothing may be sent."""

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="reminders")
    number = models.PositiveSmallIntegerField()
    overdue_pence = models.BigIntegerField()
    sent_on = models.DateField()
    message_id = models.UUIDField()

    class Meta:
        ordering = ["sent_on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["bill", "number"], name="reminder_once_a_number"),
            models.CheckConstraint(condition=Q(number__gte=1, overdue_pence__gt=0), name="reminder_of_something"),
        ]
        triggers = [
            *kept("reminder_is_kept"),
            pgtrigger.Trigger(
                name="reminder_may_be_sent", when=pgtrigger.Before, operation=pgtrigger.Insert, func=REMINDED
            ),
        ]


class Opening(models.Model):
    """What somebody owed when the council took billing over: since when, how much, and where it was billed.

    Never edited. Its transfer names it; `digest` and `row` say in which file, and where, it stood.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="openings")
    amount_pence = models.BigIntegerField()
    since = models.DateField(help_text="From which day it is owed.")
    reference = models.CharField(max_length=60, help_text="What the other system calls it.")
    source = models.TextField(help_text="Where it was billed.")
    digest = models.CharField(max_length=64, help_text="Of the file.")
    row = models.PositiveIntegerField()
    posted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    posted_on = models.DateField()

    class Meta:
        ordering = ["since", "reference"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="opening_of_something"),
            models.UniqueConstraint(KNOWN_BY, name="opening_taken_over_once"),
        ]
        triggers = kept("opening_is_kept")


@tracked()
class Pause(models.Model):
    """That nobody is reminded for a time: the person disputes a bill, or may not manage their money. Ended once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="pauses")
    because_of = models.CharField(max_length=10, choices=BecauseOf)
    words = models.TextField()
    starts_on = models.DateField()
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.TextField(blank=True)

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "because_of"], condition=Q(ended_on=None), name="pause_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, ended_by=None, outcome="")
                | Q(ended_on__gte=F("starts_on"), ended_by__isnull=False) & ~Q(outcome=""),
                name="pause_ended_by_someone",
            ),
        ]
        triggers = kept_but("pause_is_kept", "ended_on", "ended_by", "outcome", once="ended_on")


@tracked()
class BreathingSpace(models.Model):
    """The statutory breathing space: from the register, with its first and last day. No bill or reminder goes in it.

    That in a mental health crisis has no last day until the treatment has ended.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="breathing_spaces")
    kind = models.CharField(max_length=8, choices=SpaceKind)
    register_reference = models.CharField(max_length=40, help_text="As the register’s notice names it.")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    told_on = models.DateField()
    told_by = models.ForeignKey(User, models.PROTECT, related_name="+", help_text="Who recorded the notice.")
    review_by = models.DateField(null=True, help_text="By when the adviser reviews a standard one, midway.")
    reviewed_on = models.DateField(null=True, blank=True)
    treatment_ended_on = models.DateField(null=True, blank=True)
    ended_early_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            ExclusionConstraint(
                name="breathing_space_one_at_a_time",
                expressions=[
                    (SameValues("case"), RangeOperators.OVERLAPS),
                    (
                        Func(
                            "starts_on",
                            "ends_on",
                            RangeBoundary(True, True),
                            function="daterange",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                condition=Q(kind=SpaceKind.STANDARD, ends_on__isnull=False, treatment_ended_on=None)
                | Q(kind=SpaceKind.CRISIS),
                name="breathing_space_standard_has_its_end",
            ),
        ]
        triggers = kept_but(
            "breathing_space_is_kept", "ends_on", "reviewed_on", "treatment_ended_on", "ended_early_because"
        )


@tracked()
class PaymentPlan(models.Model):
    """What the person agreed to pay, how often, and from what: checked so that they keep what the law leaves them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="payment_plans")
    total_pence = models.BigIntegerField()
    instalment_pence = models.BigIntegerField()
    every = models.CharField(max_length=10, choices=Every)
    first_on = models.DateField()
    spare_pence_per_week = models.BigIntegerField(
        null=True, help_text="What the last money check left above the guarantee and the charge. None: never checked."
    )
    money_from = models.CharField(max_length=10, choices=MoneyFrom)
    agreed_words = models.TextField(help_text="How the person agreed, in their words or as it was seen.")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    end = models.CharField(max_length=8, choices=PlanEnd, blank=True)
    end_words = models.TextField(blank=True)

    class Meta:
        ordering = ["-made_on"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_on=None), name="payment_plan_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(instalment_pence__gt=0, total_pence__gte=F("instalment_pence")),
                name="payment_plan_pays_something",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, end="", end_words="") | Q(ended_on__isnull=False) & ~Q(end=""),
                name="payment_plan_ended_somehow",
            ),
        ]
        triggers = kept_but("payment_plan_is_kept", "ended_on", "ended_by", "end", "end_words", once="ended_on")


class Settlement(models.Model):
    """That an officer asks to write off what is owed, or to record that money was paid back. Another one decides."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="settlements")
    kind = models.CharField(max_length=9, choices=SettlementKind)
    amount_pence = models.BigIntegerField()
    because_of = models.CharField(max_length=14, choices=Asked)
    words = models.TextField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_on = models.DateField()

    class Meta:
        ordering = ["-asked_on"]
        constraints = [models.CheckConstraint(condition=Q(amount_pence__gt=0), name="settlement_of_something")]
        triggers = kept("settlement_is_kept")


ANOTHER_DECIDES = """
    IF EXISTS (SELECT 1 FROM bills_settlement WHERE id = NEW.settlement_id AND asked_by_id = NEW.decided_by_id) THEN
        RAISE EXCEPTION 'Whoever asks to write off or pay back does not decide it too.';
    END IF;
    RETURN NEW;
"""


class SettlementAnswer(models.Model):
    """What another officer decided about a settlement, with reasons where it is no."""

    settlement = models.OneToOneField(Settlement, models.PROTECT, primary_key=True, related_name="answer")
    agreed = models.BooleanField()
    words = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_on = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(agreed=True) | ~Q(words=""), name="settlement_refused_why")]
        triggers = [
            *kept("settlement_answer_is_kept"),
            pgtrigger.Trigger(
                name="settlement_decided_by_another",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=ANOTHER_DECIDES,
            ),
        ]
