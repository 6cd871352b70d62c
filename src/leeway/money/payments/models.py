"""Payment runs and the payments in them."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.guards import never_deleted, tracked
from leeway.money.budgets.models import Instalment
from leeway.money.payees.models import PayeeAccount
from leeway.money.payments.states import State


@tracked()
class PaymentRun(models.Model):
    """Everyone who is paid on one day: made by one officer, approved by another.

    `number` is the serial number of its files; `originator` is the council's own account as it was at approval.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    pay_on = models.DateField(help_text="The day on which people have their money.")
    state = models.CharField(max_length=10, choices=State, default=State.MADE)
    payments_count = models.PositiveIntegerField(default=0)
    total_pence = models.BigIntegerField(default=0)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_on = models.DateField()
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    settled_on = models.DateField(null=True, blank=True)
    originator = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="approved") | (Q(settled_by__isnull=False) & ~Q(settled_by=F("made_by"))),
                name="run_approved_by_another",
            ),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=999_999), name="run_number_fits_bacs"),
        ]
        triggers = [
            *never_deleted("run_is_kept"),
            pgtrigger.ReadOnly(name="run_day_is_kept", fields=["number", "pay_on", "made_by", "made_on"]),
        ]

    @property
    def reference(self) -> str:
        """What the council and its bank call this run."""
        return f"LEEWAY-{self.number:06}"


class Payment(models.Model):
    """One instalment in one run. The database allows an instalment in one run that is not cancelled."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(PaymentRun, models.PROTECT, related_name="payments")
    place = models.PositiveIntegerField(help_text="Its place in the run.")
    instalment = models.ForeignKey(Instalment, models.PROTECT, related_name="payments")
    payee = models.ForeignKey(PayeeAccount, models.PROTECT, related_name="payments")
    amount_pence = models.BigIntegerField()
    cancelled = models.BooleanField(default=False)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(
                fields=["instalment"], condition=Q(cancelled=False), name="payment_pays_an_instalment_once"
            ),
            models.UniqueConstraint(fields=["run", "place"], name="payment_has_a_place"),
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="payment_positive"),
        ]
        triggers = [
            *never_deleted("payment_is_kept"),
            pgtrigger.ReadOnly(
                name="payment_never_edited", fields=["run", "place", "instalment", "payee", "amount_pence"]
            ),
        ]

    @property
    def end_to_end_id(self) -> str:
        """What finds this payment in a bank statement."""
        return self.id.hex
