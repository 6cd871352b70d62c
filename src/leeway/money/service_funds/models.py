"""What a provider stated of a fund that it holds, what of it was spent on what, and what it is asked to give back."""

import uuid

from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.care.planning.models import PlanLine
from leeway.guards import kept, moves_kept, never_deleted, steps_kept, tracked
from leeway.money.ledger.models import Transfer
from leeway.money.service_funds.states import MOVES, STAYS, WRITES, State


class FundStatement(models.Model):
    """What a provider says of a fund for some days. Never edited: a mistaken one is taken back, and entered anew."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="fund_statements")
    holder = models.CharField(max_length=70, help_text="Who held the fund, as its bank details name it.")
    starts_on = models.DateField()
    ends_on = models.DateField()
    opening_pence = models.BigIntegerField()
    received_pence = models.BigIntegerField(help_text="What reached the provider from the council.")
    given_back_pence = models.BigIntegerField(help_text="What the provider gave back to the council.")
    spent_pence = models.BigIntegerField()
    closing_pence = models.BigIntegerField()
    shown_by = models.TextField(help_text="What it came as, and what shows it.")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_on = models.DateField()

    class Meta:
        ordering = ["-ends_on", "-entered_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    closing_pence=F("opening_pence") + F("received_pence") - F("given_back_pence") - F("spent_pence")
                ),
                name="fund_statement_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    opening_pence__gte=0,
                    received_pence__gte=0,
                    given_back_pence__gte=0,
                    spent_pence__gte=0,
                    closing_pence__gte=0,
                ),
                name="fund_statement_not_below_nothing",
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="fund_statement_ends_after_start"),
            models.CheckConstraint(condition=Q(ends_on__lte=F("entered_on")), name="fund_statement_of_days_gone"),
        ]
        triggers = kept("fund_statement_is_kept")


class Counted(models.Model):
    """That a statement counts a movement of the ledger: what reached the provider, or what the provider gave back.

    Each is counted by one statement that stands: what the council learns of later is counted by the next.
    """

    statement = models.ForeignKey(FundStatement, models.PROTECT, related_name="counted")
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["statement", "transfer"], name="counted_once_a_statement")]
        triggers = kept("counted_is_kept")


class Spent(models.Model):
    """What was spent in a statement's days on one line of the plan, or on something else, in words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    statement = models.ForeignKey(FundStatement, models.PROTECT, related_name="spent")
    number = models.PositiveIntegerField()
    line = models.ForeignKey(
        PlanLine, models.PROTECT, null=True, blank=True, related_name="+", help_text="None: it is not in the plan."
    )
    what = models.CharField(max_length=200)
    pence = models.BigIntegerField()
    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "number"], name="spent_numbered_once"),
            models.UniqueConstraint(
                fields=["statement", "line"], condition=Q(line__isnull=False), name="spent_once_a_line"
            ),
            models.CheckConstraint(condition=Q(pence__gt=0), name="spent_positive"),
            models.CheckConstraint(condition=~Q(what=""), name="spent_on_something"),
        ]
        triggers = kept("spent_is_kept")


class StatementTakenBack(models.Model):
    """That a statement was mistaken: why, who said so, and when. What it spent was given back in the ledger."""

    statement = models.OneToOneField(FundStatement, models.PROTECT, primary_key=True, related_name="taken_back")
    reason = models.TextField()
    taken_back_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    taken_back_on = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="fund_statement_taken_back_for_a_reason")]
        triggers = kept("fund_statement_taken_back_is_kept")


class Because(models.TextChoices):
    """Why a provider is asked to give money back."""

    ENDED = "ended", "The fund has ended, and this is left of it"
    SURPLUS = "surplus", "More is left than may stay in the fund"


@tracked()
class AskedBack(models.Model):
    """Money that a provider is asked to give back of a fund: why, by when, and what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="fund_asked_back")
    because = models.CharField(max_length=10, choices=Because)
    pence = models.BigIntegerField()
    reason = models.TextField(help_text="In words that the person reads.")
    answer_by = models.DateField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    received_on = models.DateField(null=True, help_text="The day on which it reached the council’s account.")
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    settled_on = models.DateField(null=True)
    settled_because = models.TextField(blank=True, help_text="What shows that it was received, or why it is let go.")

    class Meta:
        ordering = ["-asked_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(pence__gt=0), name="asked_back_positive"),
            models.CheckConstraint(condition=Q(answer_by__gt=F("asked_on")), name="asked_back_by_a_later_day"),
            models.UniqueConstraint(fields=["case"], condition=Q(state=State.ASKED), name="asked_back_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(state=State.ASKED, settled_by=None, settled_on=None, settled_because="", received_on=None)
                | Q(state=State.RECEIVED, settled_by__isnull=False, settled_on__isnull=False, received_on__isnull=False)
                & ~Q(settled_because="")
                | Q(state=State.LET_GO, settled_by__isnull=False, settled_on__isnull=False, received_on=None)
                & ~Q(settled_because=""),
                name="asked_back_settled_by_somebody",
            ),
        ]
        triggers = [
            *never_deleted("asked_back_is_kept"),
            *moves_kept("asked_back_moves", MOVES, begins=[State.ASKED]),
            *steps_kept("asked_back_steps", MOVES, WRITES, STAYS),
        ]
