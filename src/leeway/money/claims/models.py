"""Claims on NHS bodies: what each owes for a period, case by case, and what became of each line. Never edited."""

import uuid

from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.guards import kept, kept_but, tracked
from leeway.money.contributions.models import Receipt
from leeway.money.funders.models import BODY_NOT_NAMED, Funder
from leeway.money.ledger.models import Transfer


class Claim(models.Model):
    """What one NHS body owes after one pay period, from what fell due; where nobody named it, the NHS as such."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    funder = models.ForeignKey(Funder, models.PROTECT, null=True, related_name="claims")
    period_starts_on = models.DateField()
    period_ends_on = models.DateField()
    made_on = models.DateField()
    total_pence = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["funder", "period_starts_on"], nulls_distinct=False, name="claim_once_a_body_and_period"
            ),
            models.CheckConstraint(condition=Q(total_pence__gt=0), name="claim_of_something"),
        ]
        triggers = kept("claim_is_kept")

    @property
    def body(self) -> str:
        """Who is asked to pay it."""
        return self.funder.name if self.funder else BODY_NOT_NAMED

    @property
    def reference(self) -> str:
        """What the body is asked to write on its payment, by which a bank's line is known."""
        return f"CLAIM {self.number:06}"

    def __str__(self) -> str:
        return f"Claim {self.number}"


class ClaimLine(models.Model):
    """What is claimed for one case: its days and its amount, under a reference and without a name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="lines")
    place = models.PositiveIntegerField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    amount_pence = models.BigIntegerField()

    class Meta:
        ordering = ["claim", "place"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "place"], name="claim_line_once_a_place"),
            models.UniqueConstraint(fields=["claim", "case"], name="claim_line_once_a_case"),
            models.CheckConstraint(
                condition=Q(amount_pence__gt=0, ends_on__gte=F("starts_on")), name="claim_line_of_something"
            ),
        ]
        triggers = kept("claim_line_is_kept")

    @property
    def reference(self) -> str:
        """How the case is named to the NHS body: nothing in it tells who it is."""
        return f"{self.case_id.hex:.10}".upper()


class Claimed(models.Model):
    """How much of a movement of what the NHS owes is on which line.

    All of each movement is claimed, and once, but what was received beside claims.
    """

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="claimed")
    line = models.ForeignKey(ClaimLine, models.PROTECT, related_name="claimed")
    amount_pence = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["transfer", "line"], name="claimed_once_a_line")]
        triggers = kept("claimed_is_kept")


class ClaimSent(models.Model):
    """That a claim was sent, how, and by when it is to be paid."""

    claim = models.OneToOneField(Claim, models.PROTECT, primary_key=True, related_name="sent")
    sent_on = models.DateField()
    due_by = models.DateField()
    how = models.TextField(help_text="To whom and how it went.")
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        triggers = kept("claim_sent_is_kept")


class Chase(models.Model):
    """One step of chasing a claim: what was done on a day, and what was answered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="chases")
    number = models.PositiveSmallIntegerField()
    words = models.TextField()
    chased_on = models.DateField()
    chased_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["claim", "number"], name="chase_once_a_number")]
        triggers = kept("chase_is_kept")


@tracked()
class Query(models.Model):
    """That the NHS body queries one line, why, and what was answered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.OneToOneField(ClaimLine, models.PROTECT, related_name="query")
    words = models.TextField()
    raised_on = models.DateField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answer = models.TextField(blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_on=None, answer="") | Q(answered_on__isnull=False) & ~Q(answer=""),
                name="query_answered_with_words",
            )
        ]
        triggers = kept_but("query_is_kept", "answer", "answered_on", "answered_by", once="answered_on")


class Paid(models.Model):
    """That a line of a claim, or some of it, was received: the receipt that says so."""

    receipt = models.OneToOneField(Receipt, models.PROTECT, primary_key=True, related_name="claim_paid")
    line = models.ForeignKey(ClaimLine, models.PROTECT, related_name="paid")

    class Meta:
        triggers = kept("claim_paid_is_kept")
