"""Money received from the NHS or from the person, as an officer confirmed it."""

import uuid

from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.guards import kept
from leeway.money.budgets.dues import Payer


class Receipt(models.Model):
    """That so much was received on a day, and what the officer who confirms it looked at. Never edited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="receipts")
    payer = models.CharField(max_length=6, choices=Payer)
    amount_pence = models.BigIntegerField()
    received_on = models.DateField()
    looked_at = models.TextField(help_text="What shows that it was received.")
    confirmed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    confirmed_on = models.DateField()

    class Meta:
        ordering = ["-received_on", "-confirmed_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="receipt_positive"),
            models.CheckConstraint(
                condition=Q(received_on__lte=F("confirmed_on")), name="receipt_confirmed_once_received"
            ),
        ]
        triggers = kept("receipt_is_kept")


class TakenBack(models.Model):
    """That a receipt was confirmed by mistake, and why. The receipt stays; what it says is owed again."""

    receipt = models.OneToOneField(Receipt, models.PROTECT, primary_key=True, related_name="taken_back")
    reason = models.TextField()
    taken_back_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    taken_back_on = models.DateField()

    class Meta:
        triggers = kept("taken_back_is_kept")
