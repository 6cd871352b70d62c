"""What a council plans to spend in a year, how its books stood at a month-end, and what went to its own ledger."""

import uuid

from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.guards import kept
from leeway.period import Period


class YearBudget(models.Model):
    """What the council plans to spend of its own money on one client group in a financial year.

    Never edited: a change (a virement, growth, a saving) is a later row with its reason, and the last one counts.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    starts_on = models.DateField(help_text="1 April of the year.")
    client_group = models.CharField(max_length=60)
    number = models.PositiveIntegerField(help_text="1 for the first of a group and year, one more for each change.")
    amount_pence = models.BigIntegerField()
    reason = models.TextField()
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_on = models.DateField()

    class Meta:
        ordering = ["-starts_on", "client_group", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["starts_on", "client_group", "number"], name="year_budget_numbered_once"),
            models.CheckConstraint(condition=Q(amount_pence__gte=0), name="year_budget_positive"),
            models.CheckConstraint(condition=Q(starts_on__month=4, starts_on__day=1), name="year_budget_from_1_april"),
        ]
        triggers = kept("year_budget_is_kept")


class MonthEnd(models.Model):
    """How the books stood at the end of a month, in sums: what was owed, and what was paid ahead. Never edited.

    `lines` has a dictionary a line: `kind`, `way`, `client_group`, `pence`, `cases`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ends_on = models.DateField()
    number = models.PositiveIntegerField(help_text="1 for the first of a month, one more for each taken again.")
    lines = models.JSONField()
    reason = models.TextField(blank=True, help_text="Why it was taken again.")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_on = models.DateField()

    class Meta:
        ordering = ["-ends_on", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["ends_on", "number"], name="month_end_numbered_once"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="month_end_again_for_a_reason"),
            models.CheckConstraint(condition=Q(ends_on__lt=F("made_on")), name="month_end_once_it_is_over"),
        ]
        triggers = kept("month_end_is_kept")


class Journal(models.Model):
    """What moved in Leeway's ledger on some days, for the council's general ledger. Each day is in one journal.

    A day is the one on which a transfer was made, so that nothing that counts on an earlier day is left out. `lines`
    has a dictionary a line: `account`, `cost_centre`, `description`, `debit_pence`, `credit_pence`, `transfers`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    starts_on = models.DateField(unique=True)
    ends_on = models.DateField(unique=True)
    lines = models.JSONField()
    transfers = models.PositiveIntegerField()
    total_pence = models.BigIntegerField(help_text="Of all the transfers: each is a debit and a credit.")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_on = models.DateField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="journal_ends_after_start"),
            models.CheckConstraint(condition=Q(ends_on__lt=F("made_on")), name="journal_of_days_that_are_over"),
        ]
        triggers = kept("journal_is_kept")


class FinanceReturn(models.Model):
    """What a year's support cost, for whom, where, and who paid, as it stood when it was made. Never edited.

    `lines` are those of `finance_return.in_lines`. The rows behind them are made again from the ledger when asked for.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="31 March, or the day until which it was made within the year.")
    lines = models.JSONField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_on = models.DateField()

    class Meta:
        ordering = ["-ends_on", "-made_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="finance_return_ends_after_start"),
            models.CheckConstraint(condition=Q(ends_on__lt=F("made_on")), name="finance_return_of_days_that_are_over"),
        ]
        triggers = kept("finance_return_is_kept")

    @property
    def period(self) -> Period:
        """The days that it is of."""
        return Period(self.starts_on, self.ends_on)
