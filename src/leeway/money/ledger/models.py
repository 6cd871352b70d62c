"""Accounts, and the transfers between them. The database refuses to change or remove either."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.guards import kept
from leeway.money.ledger.reasons import BY_ITSELF, OF_A_CASE, OF_A_PROVIDER, SHARED, Kind, Reason, guard


class Account(models.Model):
    """A place where money is. A case's accounts carry no name but "Budget 1", so that none tells who it is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="accounts")
    name = models.CharField(max_length=60, blank=True)
    currency = models.CharField(max_length=3, default="GBP")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "case", "name"], nulls_distinct=False, name="account_opened_once"),
            models.CheckConstraint(condition=Q(currency="GBP"), name="account_in_pounds"),
            models.CheckConstraint(
                condition=Q(case=None) | Q(name__regex="^(Budget [0-9]+([.][0-9]+)?)?$"),
                name="account_of_a_case_names_nobody",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[*SHARED, *OF_A_PROVIDER], case__isnull=False)
                & ~Q(kind__in=OF_A_CASE, case=None),
                name="account_of_a_case_or_shared",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=OF_A_PROVIDER) | Q(name__regex="^[0-9a-f-]{36}$"),
                name="account_of_a_provider_says_which",
            ),
        ]
        triggers = [
            *kept("account_is_kept"),
        ]

    def __str__(self) -> str:
        named = self.name and self.kind not in OF_A_PROVIDER
        return f"{self.get_kind_display()}, {self.name}" if named else self.get_kind_display()


CORRECTION_MIRRORS = """
    SELECT * INTO original FROM ledger_transfer WHERE id = NEW.corrects_id FOR UPDATE;
    SELECT COALESCE(SUM(amount_pence), 0) INTO corrected FROM ledger_transfer
     WHERE corrects_id = NEW.corrects_id AND id <> NEW.id;
    IF NEW.debit_id <> original.credit_id OR NEW.credit_id <> original.debit_id THEN
        RAISE EXCEPTION 'A correction moves money back between the same two accounts.';
    END IF;
    IF corrected + NEW.amount_pence > original.amount_pence THEN
        RAISE EXCEPTION 'A correction cannot give back more than was moved.';
    END IF;
    RETURN NEW;
"""


class Transfer(models.Model):
    """Money moved once, out of the `credit` account and into the `debit` account. Never updated, never deleted.

    `about` is the id of what it was for (a budget, a payment), in whichever room that is kept. `sending` is which
    sending of an instalment it is: the first, and one more each time that a payment came back.
    """

    id = models.UUIDField(primary_key=True, editable=False)  # chosen by the caller: safe to retry
    debit = models.ForeignKey(Account, models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, models.PROTECT, related_name="credits")
    amount_pence = models.BigIntegerField()
    reason = models.CharField(max_length=40, choices=Reason)
    effective_date = models.DateField()
    about = models.UUIDField(null=True, blank=True, db_index=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")
    sending = models.PositiveSmallIntegerField(null=True, blank=True)
    made_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", help_text="Nobody, for what falls due by itself."
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["effective_date", "made_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="transfer_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_two_accounts"),
            models.CheckConstraint(
                condition=Q(made_by__isnull=False) | Q(reason__in=BY_ITSELF), name="transfer_made_by_someone"
            ),
            models.CheckConstraint(
                condition=Q(reason=Reason.PAYMENT_SENT, about__isnull=False, sending__gte=1)
                | ~Q(reason=Reason.PAYMENT_SENT) & Q(sending=None),
                name="transfer_sends_something",
            ),
            models.UniqueConstraint(
                fields=["about", "sending"],
                condition=Q(reason=Reason.PAYMENT_SENT),
                name="transfer_sends_an_instalment_once",
            ),
            models.UniqueConstraint(
                fields=["about", "credit", "effective_date"],
                condition=Q(reason=Reason.FELL_DUE),
                name="transfer_falls_due_once_a_day",
            ),
        ]
        triggers = [
            *kept("transfer_is_kept"),
            pgtrigger.Trigger(
                name="correction_mirrors",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__corrects__isnull=False),
                declare=[("original", "ledger_transfer%ROWTYPE"), ("corrected", "BIGINT")],
                func=CORRECTION_MIRRORS,
            ),
            pgtrigger.Trigger(
                name="transfer_fits_its_reason",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),
                declare=[("refusal", "TEXT")],
                func=guard(),
            ),
        ]
