"""Visits as they were told, what each is matched to, invoices and their lines, what is agreed, and what is argued."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower, Replace

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.care.planning.models import PlanLine
from leeway.guards import kept, kept_but, moves_kept, never_deleted, steps_kept, tracked
from leeway.market.listings.models import Provider
from leeway.money.budgets.models import Funding
from leeway.money.invoices.kinds import Answered, Because, Finding, Happened, Result, TableOf
from leeway.money.invoices.states import MOVES, STAYS, WRITES, State
from leeway.money.ledger.models import Account, Transfer

#: By what an invoice is known: its number, however it is written.
KNOWN_BY = Lower(Replace(F("number"), Value(" "), Value("")))


class ProviderColumns(models.Model):
    """Which column of a provider's table means what, as an officer said. The latest version is what is offered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="columns")
    of = models.CharField(max_length=10, choices=TableOf)
    version = models.PositiveIntegerField()
    headings = models.JSONField(help_text="The heading of each column by what it means.")
    days = models.CharField(max_length=12, help_text="How its days are written.")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_on = models.DateField()

    class Meta:
        ordering = ["provider", "of", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "of", "version"], name="provider_columns_version_once"),
        ]
        triggers = kept("provider_columns_are_kept")


@tracked()
class VisitFile(models.Model):
    """A provider's account of what it did in some days, as its file said. The same file is kept once.

    One that was read wrongly is taken back whole, with its visits, and stays on record so.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="visit_files")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    starts_on = models.DateField(help_text="The first day that it tells of.")
    ends_on = models.DateField()
    is_whole = models.BooleanField(help_text="Whether it has every visit of these days, those that were missed too.")
    rows = models.PositiveIntegerField()
    left_out = models.JSONField(default=list, help_text="Rows that were not kept, each with what is wrong with it.")
    kept_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    kept_on = models.DateField()
    taken_back_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    taken_back_on = models.DateField(null=True, blank=True)
    taken_back_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-kept_on", "-starts_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "sha256"], condition=Q(taken_back_on=None), name="visit_file_kept_once"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_by=None, taken_back_on=None, taken_back_because="")
                | Q(taken_back_by__isnull=False, taken_back_on__isnull=False) & ~Q(taken_back_because=""),
                name="visit_file_taken_back_for_a_reason",
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="visit_file_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(is_whole=False) | Q(left_out=[]), name="visit_file_whole_or_rows_out"),
        ]
        triggers = kept_but(
            "visit_file_is_kept", "taken_back_by", "taken_back_on", "taken_back_because", once="taken_back_on"
        )


class Visit(models.Model):
    """One visit as the provider told it, or as finance entered it. Never edited: what it is matched to stands beside.

    One that was taken back with its file counts nowhere.

    `reference` is the provider's own number of it, and `person_reference` its number of the person, where it has one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="visits")
    file = models.ForeignKey(VisitFile, models.PROTECT, null=True, blank=True, related_name="visits")
    row = models.PositiveIntegerField(null=True, blank=True, help_text="Its row in the file.")
    reference = models.CharField(max_length=60, blank=True)
    person_reference = models.CharField(max_length=60, blank=True)
    nhs_number = models.CharField(max_length=10, blank=True)
    name = models.CharField(max_length=200, blank=True)
    date_of_birth = models.DateField(null=True, blank=True)
    what = models.CharField(max_length=200, blank=True, help_text="What the provider calls the service.")
    day = models.DateField()
    starts_at = models.TimeField(null=True, blank=True)
    planned_minutes = models.PositiveIntegerField(null=True, blank=True)
    minutes = models.PositiveIntegerField(null=True, blank=True, help_text="How long somebody was there.")
    happened = models.CharField(max_length=20, choices=Happened)
    shown_by = models.TextField(blank=True, help_text="What shows it, where it was entered by hand.")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_on = models.DateField()
    taken_back_on = models.DateField(null=True, blank=True, help_text="With its file.")

    class Meta:
        ordering = ["day", "starts_at", "row", "id"]
        indexes = [models.Index(fields=["provider", "day"], name="visit_by_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "reference"],
                condition=~Q(reference="") & Q(taken_back_on=None),
                name="visit_told_once",
            ),
            models.UniqueConstraint(fields=["file", "row"], condition=Q(file__isnull=False), name="visit_row_once"),
            models.CheckConstraint(
                condition=Q(file=None, row=None) & ~Q(shown_by="") | Q(file__isnull=False, row__isnull=False),
                name="visit_shown_by_a_row_or_in_words",
            ),
            models.CheckConstraint(
                condition=~Q(person_reference="", nhs_number="", name=""), name="visit_names_somebody"
            ),
        ]
        triggers = kept_but("visit_is_kept", "taken_back_on", once="taken_back_on")


@tracked()
class Allocation(models.Model):
    """What one visit is matched to, what is due for it, and why, in a sentence.

    Matching may do it again, until somebody settles it; then only somebody changes it.
    """

    visit = models.OneToOneField(Visit, models.PROTECT, primary_key=True, related_name="allocation")
    result = models.CharField(max_length=12, choices=Result)
    because = models.CharField(max_length=20, choices=Because)
    why = models.TextField()
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="visits")
    line = models.ForeignKey(PlanLine, models.PROTECT, null=True, blank=True, related_name="visits")
    funding = models.ForeignKey(Funding, models.PROTECT, null=True, blank=True, related_name="+")
    rate_pence = models.BigIntegerField(null=True, blank=True, help_text="What one unit costs on that day.")
    minutes_paid = models.PositiveIntegerField(default=0)
    due_pence = models.BigIntegerField(default=0)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    settled_on = models.DateField(null=True, blank=True)
    settled_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(result=Result.MATCHED, case__isnull=False, line__isnull=False, funding__isnull=False)
                | ~Q(result=Result.MATCHED) & Q(due_pence=0, minutes_paid=0),
                name="allocation_of_a_line_or_nothing_due",
            ),
            models.CheckConstraint(condition=Q(due_pence__gte=0), name="allocation_not_below_nothing"),
            models.CheckConstraint(
                condition=Q(settled_by=None, settled_on=None, settled_because="")
                | Q(settled_by__isnull=False, settled_on__isnull=False) & ~Q(settled_because=""),
                name="allocation_settled_by_somebody",
            ),
        ]
        triggers = [
            *never_deleted("allocation_is_kept"),
            pgtrigger.Protect(
                name="allocation_settled_stays",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__settled_on__isnull=False, new__settled_on__isnull=True),
            ),
        ]


@tracked()
class Invoice(models.Model):
    """What a provider bills for some days: its number, its days, and the day by which what is due of it is paid."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="invoices")
    number = models.CharField(max_length=40)
    issued_on = models.DateField()
    received_on = models.DateField()
    starts_on = models.DateField(help_text="The first day that it is for.")
    ends_on = models.DateField()
    total_pence = models.BigIntegerField(help_text="What it claims in all.")
    due_on = models.DateField(help_text="The last day on which what is due of it is paid in time.")
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_on = models.DateField()
    matched_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    matched_on = models.DateField(null=True)
    agreed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    agreed_on = models.DateField(null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_on = models.DateField(null=True)
    withdrawn_because = models.TextField(blank=True)

    class Meta:
        ordering = ["due_on", "number", "id"]
        constraints = [
            models.UniqueConstraint(
                "provider", KNOWN_BY, condition=~Q(state=State.WITHDRAWN), name="invoice_numbered_once"
            ),
            models.CheckConstraint(condition=Q(total_pence__gt=0), name="invoice_positive"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="invoice_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(issued_on__lte=F("received_on"), received_on__lte=F("entered_on")),
                name="invoice_received_once_issued",
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("received_on")), name="invoice_due_once_received"),
            models.CheckConstraint(
                condition=~Q(state__in=[State.AGREED, State.DISPUTED])
                | Q(agreed_by__isnull=False, agreed_on__isnull=False),
                name="invoice_agreed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.WITHDRAWN)
                | Q(withdrawn_by__isnull=False, withdrawn_on__isnull=False) & ~Q(withdrawn_because=""),
                name="invoice_withdrawn_for_a_reason",
            ),
        ]
        triggers = [
            *never_deleted("invoice_is_kept"),
            *moves_kept("invoice_moves", MOVES, begins=[State.RECEIVED]),
            *steps_kept("invoice_steps", MOVES, WRITES, STAYS),
        ]

    def __str__(self) -> str:
        return f"Invoice {self.number}"


@tracked()
class InvoiceLine(models.Model):
    """One line of an invoice as it was billed, and what it was found to be. A visit is billed on one line alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    visit_reference = models.CharField(max_length=60, blank=True)
    person_reference = models.CharField(max_length=60, blank=True)
    nhs_number = models.CharField(max_length=10, blank=True)
    name = models.CharField(max_length=200, blank=True)
    what = models.CharField(max_length=200, blank=True)
    day = models.DateField()
    minutes = models.PositiveIntegerField(null=True, blank=True)
    claimed_pence = models.BigIntegerField()
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="billed")
    finding = models.CharField(max_length=16, choices=Finding, blank=True)
    due_pence = models.BigIntegerField(default=0, help_text="What of it is due by what was delivered and agreed.")
    why = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "number"], name="invoice_line_numbered_once"),
            models.UniqueConstraint(fields=["visit"], condition=Q(visit__isnull=False), name="visit_billed_once"),
            models.CheckConstraint(condition=Q(claimed_pence__gt=0), name="invoice_line_positive"),
            models.CheckConstraint(
                condition=Q(due_pence__gte=0, due_pence__lte=F("claimed_pence")), name="invoice_line_due_within_claim"
            ),
            models.CheckConstraint(
                condition=Q(finding="", why="", due_pence=0) | ~Q(finding="") & ~Q(why=""),
                name="invoice_line_found_and_why",
            ),
            models.CheckConstraint(condition=Q(due_pence=0) | Q(visit__isnull=False), name="invoice_line_due_by_visit"),
        ]
        triggers = [
            *kept_but("invoice_line_is_kept", "visit", "finding", "due_pence", "why"),
        ]


@tracked()
class Dispute(models.Model):
    """What of an invoice's line is argued, why, by when the provider is to answer, and how it ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(InvoiceLine, models.PROTECT, related_name="disputes")
    pence = models.BigIntegerField()
    reason = models.TextField()
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    raised_on = models.DateField()
    answer_by = models.DateField()
    answered = models.CharField(max_length=16, choices=Answered, blank=True)
    allowed_pence = models.BigIntegerField(null=True, blank=True, help_text="What of it is due after all.")
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["answer_by", "id"]
        constraints = [
            models.UniqueConstraint(fields=["line"], name="dispute_once_a_line"),
            models.CheckConstraint(condition=Q(pence__gt=0), name="dispute_positive"),
            models.CheckConstraint(condition=Q(answer_by__gte=F("raised_on")), name="dispute_answered_later"),
            models.CheckConstraint(
                condition=Q(answered_on=None, answered_by=None, answered="", answer="", allowed_pence=None)
                | Q(answered_on__isnull=False, answered_by__isnull=False, allowed_pence__gte=0)
                & Q(allowed_pence__lte=F("pence"))
                & ~Q(answered="")
                & ~Q(answer=""),
                name="dispute_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(answered="")
                | Q(answered=Answered.PROVIDER_ACCEPTS, allowed_pence=0)
                | Q(answered=Answered.COUNCIL_ACCEPTS, allowed_pence=F("pence"))
                | Q(answered=Answered.PART, allowed_pence__gt=0, allowed_pence__lt=F("pence")),
                name="dispute_ends_as_it_says",
            ),
        ]
        triggers = kept_but(
            "dispute_is_kept", "answered", "allowed_pence", "answer", "answered_by", "answered_on", once="answered_on"
        )


class Owed(models.Model):
    """What is owed to a provider for an invoice that was agreed, or once a dispute about it ended: one payment pays it.

    `account` is what the provider is owed, and `paid_into` what it was paid.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="owed")
    dispute = models.OneToOneField(Dispute, models.PROTECT, null=True, blank=True, related_name="owed")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    paid_into = models.ForeignKey(Account, models.PROTECT, related_name="+")
    pence = models.BigIntegerField()
    agreed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    agreed_on = models.DateField()

    class Meta:
        ordering = ["agreed_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["invoice"], condition=Q(dispute=None), name="owed_once_an_invoice"),
            models.CheckConstraint(condition=Q(pence__gt=0), name="owed_positive"),
        ]
        triggers = kept("owed_is_kept")

    @property
    def in_words(self) -> str:
        """Which invoice it is of, and whether a dispute was before."""
        return f"{self.invoice}{', after a dispute' if self.dispute_id else ''}"


class Agreement(models.Model):
    """That so much of an invoice's line is owed to the provider, by which transfer out of what is set aside.

    A line has one for what was due at once, and another where a dispute ends with more. It is paid by these rows.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(InvoiceLine, models.PROTECT, related_name="agreements")
    owed = models.ForeignKey(Owed, models.PROTECT, related_name="agreements")
    dispute = models.OneToOneField(Dispute, models.PROTECT, null=True, blank=True, related_name="agreement")
    case = models.ForeignKey(Case, models.PROTECT, related_name="delivered")
    funding = models.ForeignKey(Funding, models.PROTECT, related_name="+")
    pence = models.BigIntegerField()
    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="+")
    agreed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    agreed_on = models.DateField()

    class Meta:
        ordering = ["line__number", "agreed_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["line"], condition=Q(dispute=None), name="line_agreed_once"),
            models.CheckConstraint(condition=Q(pence__gt=0), name="agreement_positive"),
        ]
        triggers = kept("agreement_is_kept")
