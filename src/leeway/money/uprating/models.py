"""A batch of new charges from a day on, and a row for everybody whose budget runs."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

import pgtrigger
from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.care.assessment.models import PutUp
from leeway.care.decisions.models import Decision
from leeway.care.people.models import Case
from leeway.guards import moves_kept, never_deleted, steps_kept, tracked
from leeway.money.budgets.models import Budget
from leeway.money.uprating.states import (
    BEGIN,
    MOVES,
    ROW_MOVES,
    ROW_STAYS,
    ROW_WRITES,
    STAYS,
    WRITES,
    RowState,
    State,
)

#: The states in which each step has been taken.
_TOLD = [State.WRITING, State.TOLD]
_UNDONE = [State.UNDOING, State.UNDONE]
_APPLIED = [State.APPLYING, State.APPLIED, *_TOLD, *_UNDONE]
_APPROVED = [State.APPROVED, *_APPLIED]


def _taken(step: str, *, words: str = "") -> Q:
    """A step has a day and somebody who took it, and words where it asks for them; or none of these."""
    left, taken = Q(**{f"{step}_by": None, f"{step}_on": None}), Q()
    for each in (f"{step}_by", f"{step}_on"):
        taken &= Q(**{f"{each}__isnull": False})
    if words:
        left, taken = left & Q(**{words: ""}), taken & ~Q(**{words: ""})
    return left | taken


def _needs(step: str, states: Sequence[State]) -> Q:
    return ~Q(state__in=states) | Q(**{f"{step}_by__isnull": False})


@tracked()
class Batch(models.Model):
    """Everybody's charge from one day on: who drafted it, looked at it, approved, applied, told and undid it.

    Whoever drafted it approves nothing of it, and two others do. `letters_days_before` and `largest_rise` are the
    council's policy of the day it was drafted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    day = models.DateField(help_text="The first day of the new charges.")
    what_for = models.CharField(max_length=100, help_text="What it is called: “April 2026”.")
    puts_benefits_up = models.BooleanField(help_text="Benefits at the full rate of the year before go up with it.")
    takes_prices = models.BooleanField(default=False, help_text="Recorded prices that begin on the day go with it.")
    letters_days_before = models.PositiveSmallIntegerField()
    largest_rise_pence_per_week = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFTED)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_on = models.DateField()
    looked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    looked_on = models.DateField(null=True)
    looked_words = models.TextField(blank=True, help_text="What was seen of who gains and loses, and what follows.")
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    checked_on = models.DateField(null=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approved_on = models.DateField(null=True)
    applied_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    applied_on = models.DateField(null=True)
    told_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    told_on = models.DateField(null=True)
    late_because = models.TextField(blank=True, help_text="Why the letters go out late: it stands in each of them.")
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undone_on = models.DateField(null=True)
    undone_because = models.TextField(blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_on = models.DateField(null=True)
    withdrawn_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(checked_by=None) | ~Q(checked_by=F("made_by")))
                & (Q(approved_by=None) | ~Q(approved_by=F("made_by")) & ~Q(approved_by=F("checked_by"))),
                name="batch_approved_by_two_others",
            ),
            models.CheckConstraint(
                condition=_needs("checked", [State.CHECKED, *_APPROVED])
                & _needs("approved", _APPROVED)
                & _needs("applied", _APPLIED)
                & _needs("told", _TOLD)
                & _needs("undone", _UNDONE)
                & _needs("withdrawn", [State.WITHDRAWN]),
                name="batch_steps_taken",
            ),
            models.CheckConstraint(
                condition=_taken("looked", words="looked_words")
                & _taken("checked")
                & _taken("approved")
                & _taken("applied")
                & _taken("told")
                & _taken("undone", words="undone_because")
                & _taken("withdrawn", words="withdrawn_because"),
                name="batch_steps_by_someone",
            ),
        ]
        triggers = [
            *never_deleted("batch_is_kept"),
            *moves_kept("batch_moves", MOVES, begins=[State.DRAFTED]),
            *steps_kept("batch_steps", MOVES, WRITES, STAYS),
        ]

    def __str__(self) -> str:
        return f"Batch {self.number}: {self.what_for}"

    @property
    def letters_by(self):
        """The last day on which letters about it are in time."""
        return self.day - timedelta(days=self.letters_days_before)


class Row(models.Model):
    """What becomes of one running budget in a batch: what is paid before and after, and how much of that is why.

    `inputs` are the facts of the charge as worked out. `raised` has the benefits that were put up, which nobody was
    asked about; `prices` the lines that cost another recorded price, and `cost_after_pence` what the whole budget is
    then. Amounts are pence a week.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="rows")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    budget = models.ForeignKey(Budget, models.PROTECT, related_name="+", help_text="The budget that ran.")
    charge_before = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=RowState)
    why = models.TextField(blank=True, help_text="Why it is set apart, left out, taken out or could not be undone.")
    before_pence = models.BigIntegerField()
    after_pence = models.BigIntegerField(null=True)
    by_age_pence = models.BigIntegerField(default=0)
    by_policy_pence = models.BigIntegerField(default=0)
    by_law_pence = models.BigIntegerField(default=0)
    by_income_pence = models.BigIntegerField(default=0)
    by_price_pence = models.BigIntegerField(default=0)
    inputs = models.JSONField(null=True)
    law_digest = models.CharField(max_length=64, blank=True)
    raised = models.JSONField(default=list)
    prices = models.JSONField(default=list)
    cost_after_pence = models.BigIntegerField(null=True)
    at_no_rate = models.BooleanField(default=False, help_text="A benefit stood at no full rate, and stays as checked.")
    charge_after = models.OneToOneField(Decision, models.PROTECT, null=True, related_name="+")
    budget_after = models.OneToOneField(Budget, models.PROTECT, null=True, related_name="+")
    put_up = models.OneToOneField(PutUp, models.PROTECT, null=True, related_name="+")
    told_on = models.DateField(null=True)
    mirror = models.OneToOneField(Decision, models.PROTECT, null=True, related_name="+")
    budget_again = models.OneToOneField(Budget, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["batch", "state"])]
        constraints = [
            models.UniqueConstraint(fields=["batch", "budget"], name="row_once_a_budget"),
            models.CheckConstraint(
                condition=Q(after_pence=None)
                | Q(
                    after_pence=F("before_pence")
                    + F("by_age_pence")
                    + F("by_policy_pence")
                    + F("by_law_pence")
                    + F("by_income_pence")
                    + F("by_price_pence")
                ),
                name="row_reasons_add_up",
            ),
            models.CheckConstraint(
                condition=Q(prices=[], cost_after_pence=None) | ~Q(prices=[]) & Q(cost_after_pence__isnull=False),
                name="row_says_what_prices_come_to",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[RowState.SET_APART, RowState.LEFT_OUT, RowState.TAKEN_OUT, RowState.KEPT])
                | ~Q(why=""),
                name="row_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[RowState.CHANGES, RowState.STAYS, RowState.APPLIED])
                | Q(after_pence__isnull=False, inputs__isnull=False),
                name="row_worked_out",
            ),
        ]
        triggers = [
            *never_deleted("row_is_kept"),
            *moves_kept("row_moves", ROW_MOVES, begins=BEGIN),
            *steps_kept("row_steps", ROW_MOVES, ROW_WRITES, ROW_STAYS),
            pgtrigger.Trigger(
                name="row_applied_once_approved",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state"), new__state=RowState.APPLIED),
                func="""
                    IF (SELECT state FROM uprating_batch WHERE id = NEW.batch_id) <> 'applying' THEN
                        RAISE EXCEPTION 'A charge is applied while its batch is, which two have approved.';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    @property
    def more_pence(self) -> int:
        """How much more is paid a week; less than nothing for who gains."""
        return (self.after_pence or 0) - self.before_pence if self.after_pence is not None else 0
