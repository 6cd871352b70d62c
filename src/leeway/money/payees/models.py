"""Bank details, and who has checked them."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.care.people.models import Case, Relationship
from leeway.care.planning.models import Way
from leeway.guards import moves_kept, never_deleted, steps_kept, tracked
from leeway.market.listings.models import Provider
from leeway.money.banking.payment import ROLL_NUMBER
from leeway.money.payees.states import MOVES, WRITES, State

PAID_WAYS = (Way.DIRECT_PAYMENT, Way.SERVICE_FUND)


class Holder(models.TextChoices):
    """Whose account it is."""

    PERSON = "person", "The person"
    NOMINATED = "nominated", "The nominated person"
    AUTHORISED = "authorised", "The authorised person"
    PROVIDER = "provider", "The provider"
    REPRESENTATIVE = "representative", "Whoever settles what is left after the person’s death"


class NameCheck(models.TextChoices):
    """What Confirmation of Payee, the banks' own check of a name against an account, said."""

    MATCH = "match", "The name matches the account"
    CLOSE = "close", "A close match: the bank has a slightly different name"
    NO_MATCH = "no_match", "The name does not match the account"
    NOT_CHECKED = "not_checked", "Not checked: our bank, or theirs, gave no answer"


@tracked()
class PayeeAccount(models.Model):
    """The bank account into which a case's direct payment or service fund is paid, or a provider's invoices.

    A provider's is approved by whoever rang it up about it, at a number that was on record before (`call_…`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="payee_accounts")
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, blank=True, related_name="payee_accounts")
    way = models.CharField(max_length=20, blank=True, choices=[(way.value, way.label) for way in PAID_WAYS])
    holder = models.CharField(max_length=14, choices=Holder)
    relationship = models.ForeignKey(Relationship, models.PROTECT, null=True, blank=True, related_name="+")
    account_name = models.CharField(max_length=70)
    sort_code = models.CharField(max_length=6)
    account_number = models.CharField(max_length=8)
    roll_number = models.CharField(
        max_length=18, blank=True, help_text="By which a building society tells its members apart, where it does."
    )
    check_words = models.CharField(max_length=300, help_text="What the modulus check said.")
    name_check = models.CharField(max_length=11, choices=NameCheck, blank=True, help_text="Blank: nobody has said.")
    bank_has_name = models.CharField(
        max_length=140, blank=True, help_text="The name that the bank has, if it is close."
    )
    state = models.CharField(max_length=10, choices=State, default=State.ENTERED)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_on = models.DateField()
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    settled_on = models.DateField(null=True, blank=True)
    approved_because = models.TextField(blank=True, help_text="Why they are right although the name does not match.")
    rejected_because = models.TextField(blank=True)
    shared_because = models.TextField(
        blank=True, help_text="Why it is right that somebody else is paid into this account too."
    )

    call_number = models.CharField(max_length=30, blank=True, help_text="At which the provider was rung up.")
    call_known_from = models.TextField(blank=True, help_text="Where that number was on record before.")
    call_spoke_to = models.TextField(blank=True, help_text="Who confirmed the account there.")

    class Meta:
        ordering = ["-entered_on", "-id"]
        indexes = [models.Index(fields=["sort_code", "account_number"])]
        constraints = [
            models.UniqueConstraint(fields=["case", "way"], condition=Q(state="approved"), name="payee_one_in_use"),
            models.UniqueConstraint(fields=["case", "way"], condition=Q(state="entered"), name="payee_one_waiting"),
            models.UniqueConstraint(
                fields=["provider"], condition=Q(state="approved"), name="payee_one_in_use_of_a_provider"
            ),
            models.UniqueConstraint(
                fields=["provider"], condition=Q(state="entered"), name="payee_one_waiting_of_a_provider"
            ),
            models.CheckConstraint(
                condition=Q(case__isnull=False, provider=None, way__in=[*PAID_WAYS])
                | Q(case=None, provider__isnull=False, way="", holder=Holder.PROVIDER),
                name="payee_of_a_case_or_a_provider",
            ),
            models.CheckConstraint(
                condition=Q(call_number="", call_known_from="", call_spoke_to="")
                & (Q(provider=None) | Q(settled_by=None) | ~Q(rejected_because=""))
                | Q(provider__isnull=False, settled_by__isnull=False, rejected_because="")
                & ~Q(call_number="")
                & ~Q(call_known_from="")
                & ~Q(call_spoke_to=""),
                name="payee_provider_was_rung_up",
            ),
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
                condition=Q(name_check=NameCheck.CLOSE) & ~Q(bank_has_name="")
                | ~Q(name_check=NameCheck.CLOSE) & Q(bank_has_name=""),
                name="payee_close_match_says_the_name",
            ),
            models.CheckConstraint(
                condition=~Q(name_check=NameCheck.NO_MATCH, state="approved") | ~Q(approved_because=""),
                name="payee_without_a_match_approved_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(roll_number="") | Q(roll_number__regex=f"^{ROLL_NUMBER}$"),
                name="payee_roll_number_is_carried",
            ),
            models.CheckConstraint(
                condition=Q(holder__in=["nominated", "authorised", "representative"], relationship__isnull=False)
                | Q(holder__in=["person", "provider"], relationship=None),
                name="payee_holder_is_someone",
            ),
        ]
        triggers = [
            *moves_kept("payee_moves", MOVES, begins=[State.ENTERED]),
            *never_deleted("payee_is_kept"),
            *steps_kept("payee_steps_are_kept", MOVES, WRITES, {}),
            pgtrigger.ReadOnly(
                name="payee_details_never_edited",
                fields=[
                    "case",
                    "provider",
                    "way",
                    "holder",
                    "relationship",
                    "account_name",
                    "sort_code",
                    "account_number",
                    "roll_number",
                    "check_words",
                    "name_check",
                    "bank_has_name",
                    "entered_by",
                    "entered_on",
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"Account ending {self.account_number[-3:]}"

    @property
    def whose(self) -> str:
        """The provider or the person whose it is."""
        return str(self.provider or (self.case and self.case.person))

    @property
    def masked(self) -> str:
        """The account number with all but its last three digits hidden."""
        return f"•••••{self.account_number[-3:]}"

    @property
    def name_check_words(self) -> str:
        """What Confirmation of Payee said. Where nobody has said, that is no match."""
        if not self.name_check:
            return "Nobody has said what Confirmation of Payee answered."
        close = f": “{self.bank_has_name}”" if self.bank_has_name else ""
        return f"{self.get_name_check_display()}{close}"
