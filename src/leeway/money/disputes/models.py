"""A dispute over who pays for a line or for a case, its steps, how it ended, and what was recharged because of that.

Nothing here is read by what pays people: a dispute holds no payment.
"""

import uuid

from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.care.planning.models import PlanLine
from leeway.guards import filled_in_once, kept, kept_but, tracked
from leeway.law.disputes import ABOUT, STEPS
from leeway.law.recharge import COUNCIL, NHS, PERSON, WHOLE, Stretch
from leeway.money.funders.models import Funder


class Dispute(models.Model):
    """That one body says another must pay, for what, from which day and how much; and who pays without prejudice.

    Never edited: what happens afterwards are steps, and an outcome.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="disputes")
    line = models.ForeignKey(
        PlanLine, models.PROTECT, null=True, blank=True, related_name="disputes", help_text="Null: every line."
    )
    about = models.CharField(max_length=30, choices=[(choice.code, choice.label) for choice in ABOUT])
    claimed_by = models.ForeignKey(Funder, models.PROTECT, related_name="+", help_text="Who says so.")
    claimed_of = models.ForeignKey(Funder, models.PROTECT, related_name="+", help_text="Who is to pay, as they say.")
    claimed_share = models.PositiveIntegerField(help_text="Of the whole cost, in hundredths of one percent.")
    claimed_from = models.DateField()
    began_on = models.DateField(help_text="When the other body was told.")
    paid_by = models.ForeignKey(Funder, models.PROTECT, related_name="+", help_text="Without prejudice, meanwhile.")
    reason = models.TextField(help_text="Why they are to pay.")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_on = models.DateField()

    class Meta:
        ordering = ["began_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(claimed_by=F("claimed_of")), name="dispute_between_two"),
            models.CheckConstraint(
                condition=Q(claimed_share__gt=0, claimed_share__lte=WHOLE), name="dispute_claims_a_share"
            ),
        ]
        triggers = kept("dispute_is_kept")

    @property
    def of_what(self) -> str:
        """Of what the shares are: between two NHS bodies, of what the NHS pays; the rest is not argued about."""
        both = self.claimed_by.purse == self.claimed_of.purse == NHS
        return "what the NHS pays" if both else "the whole cost"


class Step(models.Model):
    """Something that was done about a dispute on a day. Never edited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=20, choices=[(choice.code, choice.label) for choice in STEPS])
    happened_on = models.DateField()
    words = models.TextField(help_text="What came of it.")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_on = models.DateField()

    class Meta:
        ordering = ["happened_on", "recorded_on", "pk"]
        triggers = kept("step_is_kept")


@tracked()
class Outcome(models.Model):
    """How a dispute ended: who pays from which day until which, in shares, and why. Taken back once, if it was wrong.

    What was paid otherwise is recharged, and goes on being, for as long as the line is paid by the old shares.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="outcomes")
    ended_on = models.DateField(help_text="When it was decided.")
    decided_by = models.CharField(max_length=200, help_text="Who decided it: the bodies together, or whom they let.")
    reason = models.TextField()
    starts_on = models.DateField(help_text="From which day they pay.")
    ends_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_on = models.DateField()
    taken_back_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    taken_back_on = models.DateField(null=True, blank=True)
    taken_back_because = models.TextField(blank=True)

    class Meta:
        ordering = ["recorded_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["dispute"], condition=Q(taken_back_on=None), name="outcome_one_stands"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="outcome_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_by=None, taken_back_on=None, taken_back_because="")
                | Q(taken_back_by__isnull=False, taken_back_on__isnull=False) & ~Q(taken_back_because=""),
                name="outcome_taken_back_for_a_reason",
            ),
        ]
        triggers = [
            *kept_but("outcome_is_kept", "taken_back_by", "taken_back_on", "taken_back_because"),
            filled_in_once("outcome_taken_back_once", "taken_back_on"),
        ]


class Share(models.Model):
    """What one funder pays by an outcome, in hundredths of one percent of the whole cost. Never edited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="shares")
    funder = models.ForeignKey(Funder, models.PROTECT, related_name="+")
    share = models.PositiveIntegerField()

    class Meta:
        ordering = ["-share", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["outcome", "funder"], name="share_once_a_funder"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=WHOLE), name="share_of_the_whole"),
        ]
        triggers = kept("share_is_kept")


class Recharge(models.Model):
    """What one line cost more (or less than nothing: less) to each payer for some days, once a dispute had ended.

    The NHS's part is of one body, and a transfer that names this row: where two bodies pay, each has a row. The
    person's is theirs to get back from the council. Never edited:
    where more or less comes out later, another row has the difference.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="recharges")
    line = models.ForeignKey(PlanLine, models.PROTECT, related_name="recharges")
    starts_on = models.DateField()
    ends_on = models.DateField()
    body = models.ForeignKey(
        Funder, models.PROTECT, null=True, related_name="+", help_text="The NHS body. Null: none is named."
    )
    nhs_pence = models.BigIntegerField()
    council_pence = models.BigIntegerField()
    person_pence = models.BigIntegerField()
    recharged_on = models.DateField()

    class Meta:
        ordering = ["starts_on", "recharged_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(nhs_pence=0 - F("council_pence") - F("person_pence")), name="recharge_adds_up_to_nothing"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="recharge_ends_after_it_starts"),
        ]
        triggers = kept("recharge_is_kept")

    @property
    def stretch(self) -> Stretch:
        """The days that it is for."""
        return Stretch(self.starts_on, self.ends_on)

    @property
    def parts(self) -> dict[str, int]:
        """What each payer owed by it, or was owed."""
        return {NHS: self.nhs_pence, COUNCIL: self.council_pence, PERSON: self.person_pence}
