"""Accounts, and the transfers between them. The database refuses to change or remove either."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.care.people.models import Case

KEPT = pgtrigger.Update | pgtrigger.Delete
NEVER_EMPTIED = "RAISE EXCEPTION 'The ledger is never emptied.';"


class Kind(models.TextChoices):
    """What an account stands for. Where the money is, is which account holds it: there are no flags."""

    FUNDER_COUNCIL = "funder_council", "Council"
    FUNDER_NHS = "funder_nhs", "NHS"
    FUNDER_PERSON = "funder_person", "The person’s contribution"
    AVAILABLE = "available", "Available"
    COMMITTED = "committed", "Committed"
    CLEARING = "clearing", "On its way through the bank"
    HELD_BY_PERSON = "held_by_person", "Held by the person"
    HELD_BY_PROVIDER = "held_by_provider", "Held by a provider for the person"
    PAID_TO_PROVIDER = "paid_to_provider", "Paid to a provider"
    SPENT = "spent", "Spent"
    RECLAIMED = "reclaimed", "Reclaimed"


FUNDERS = frozenset({Kind.FUNDER_COUNCIL, Kind.FUNDER_NHS, Kind.FUNDER_PERSON})


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
        ]
        triggers = [
            pgtrigger.Protect(name="account_is_kept", operation=KEPT),
            pgtrigger.Trigger(
                name="accounts_stay",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func=NEVER_EMPTIED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.name}" if self.name else self.get_kind_display()


class Reason(models.TextChoices):
    """Why money moved."""

    FUNDING = "funding", "Funding put in"
    COMMITMENT = "commitment", "Set aside for what was agreed"
    PAYMENT_SENT = "payment_sent", "Payment sent to the bank"
    PAYMENT_ARRIVED = "payment_arrived", "Payment reached its account"
    RELEASE = "release", "No longer set aside"
    FUNDING_RETURNED = "funding_returned", "Funding no longer needed"
    CORRECTION = "correction", "Correction of a mistake"


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

    `about` is the id of what it was for (a budget, a payment), in whichever room that is kept.
    """

    id = models.UUIDField(primary_key=True, editable=False)  # chosen by the caller: safe to retry
    debit = models.ForeignKey(Account, models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, models.PROTECT, related_name="credits")
    amount_pence = models.BigIntegerField()
    reason = models.CharField(max_length=40, choices=Reason)
    effective_date = models.DateField()
    about = models.UUIDField(null=True, blank=True, db_index=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["effective_date", "made_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="transfer_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_two_accounts"),
        ]
        triggers = [
            pgtrigger.Protect(name="transfer_is_kept", operation=KEPT),
            pgtrigger.Trigger(
                name="transfers_stay",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func=NEVER_EMPTIED,
            ),
            pgtrigger.Trigger(
                name="correction_mirrors",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__corrects__isnull=False),
                declare=[("original", "ledger_transfer%ROWTYPE"), ("corrected", "BIGINT")],
                func=CORRECTION_MIRRORS,
            ),
        ]
