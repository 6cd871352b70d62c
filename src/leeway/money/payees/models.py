"""Bank details, and who has checked them."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.care.people.models import Case, Relationship
from leeway.care.planning.models import Way
from leeway.guards import never_deleted, tracked
from leeway.money.payees.states import State

PAID_WAYS = (Way.DIRECT_PAYMENT, Way.SERVICE_FUND)


class Holder(models.TextChoices):
    """Whose account it is."""

    PERSON = "person", "The person"
    NOMINATED = "nominated", "The nominated person"
    AUTHORISED = "authorised", "The authorised person"
    PROVIDER = "provider", "The provider that holds the service fund"
    REPRESENTATIVE = "representative", "Whoever settles what is left after the person's death"


@tracked()
class PayeeAccount(models.Model):
    """The bank account into which one case's direct payment, or its service fund, is paid."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="payee_accounts")
    way = models.CharField(max_length=20, choices=[(way.value, way.label) for way in PAID_WAYS])
    holder = models.CharField(max_length=14, choices=Holder)
    relationship = models.ForeignKey(Relationship, models.PROTECT, null=True, blank=True, related_name="+")
    account_name = models.CharField(max_length=70)
    sort_code = models.CharField(max_length=6)
    account_number = models.CharField(max_length=8)
    check_words = models.CharField(max_length=300, help_text="What the modulus check said.")
    state = models.CharField(max_length=10, choices=State, default=State.ENTERED)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_on = models.DateField()
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    settled_on = models.DateField(null=True, blank=True)
    rejected_because = models.TextField(blank=True)
    shared_because = models.TextField(
        blank=True, help_text="Why it is right that somebody else is paid into this account too."
    )

    class Meta:
        ordering = ["-entered_on", "-id"]
        indexes = [models.Index(fields=["sort_code", "account_number"])]
        constraints = [
            models.UniqueConstraint(fields=["case", "way"], condition=Q(state="approved"), name="payee_one_in_use"),
            models.UniqueConstraint(fields=["case", "way"], condition=Q(state="entered"), name="payee_one_waiting"),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(settled_by__isnull=False), name="payee_approved_by_someone"
            ),
            models.CheckConstraint(
                condition=Q(settled_by=None) | ~Q(settled_by=F("entered_by")), name="payee_two_officers"
            ),
            models.CheckConstraint(
                condition=Q(sort_code__regex="^[0-9]{6}$", account_number__regex="^[0-9]{8}$"),
                name="payee_account_in_digits",
            ),
            models.CheckConstraint(
                condition=Q(holder__in=["nominated", "authorised", "representative"], relationship__isnull=False)
                | Q(holder__in=["person", "provider"], relationship=None),
                name="payee_holder_is_someone",
            ),
        ]
        triggers = [
            *never_deleted("payee_is_kept"),
            pgtrigger.ReadOnly(
                name="payee_details_never_edited",
                fields=["case", "way", "holder", "relationship", "account_name", "sort_code", "account_number"],
            ),
        ]

    def __str__(self) -> str:
        return f"Account ending {self.account_number[-3:]}"

    @property
    def masked(self) -> str:
        """The account number with all but its last three digits hidden."""
        return f"•••••{self.account_number[-3:]}"
