"""Payment runs and the payments in them."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pgtrigger
from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.files.models import File
from leeway.guards import kept, kept_but, moves_kept, never_deleted, steps_kept, tracked
from leeway.market.listings.models import Provider
from leeway.money.banking.working_days import is_bank_working_day, working_day_before
from leeway.money.budgets.models import INTERIM, LAST_COSTS, Instalment, InstalmentKind, Interim, Part
from leeway.money.invoices.models import Owed
from leeway.money.payees.models import PAID_WAYS, PayeeAccount
from leeway.money.payments.states import (
    LIVE,
    MOVES,
    PAYMENT_MOVES,
    STAYS,
    WRITES,
    AnswerKind,
    PaymentState,
    Said,
    State,
    stands_together,
)

INVOICE = ("invoice", "Invoice of a provider")
APPROVED = [State.APPROVED, State.SENT, State.CONFIRMED, State.WITHDRAWN]
SENT = [State.SENT, State.CONFIRMED]
GIVEN_UP = [State.CANCELLED, State.WITHDRAWN]


def _done_by_somebody(step: str, states: Iterable[str], *, words: str | None = None) -> Q:
    """A step has a day, somebody who took it and, where asked for, words, exactly in the states that follow from it."""
    left, taken = Q(**{f"{step}_by": None, f"{step}_on": None}), Q()
    for each in (f"{step}_by", f"{step}_on"):
        taken &= Q(**{f"{each}__isnull": False})
    if words:
        left, taken = left & Q(**{words: ""}), taken & ~Q(**{words: ""})
    return (Q(state__in=states) & taken) | (~Q(state__in=states) & left)


STANDS = """
    IF EXISTS (
        SELECT 1 FROM changed JOIN payments_paymentrun AS r ON r.id = changed.run_id WHERE NOT ({allowed})
    ) THEN
        RAISE EXCEPTION 'A payment goes where its run goes: its run does not stand where this can become of it.';
    END IF;
    RETURN NULL;
"""


class InvoiceHoldKind(models.TextChoices):
    """Why something owed to a provider waits."""

    RETURNED = "returned", "A payment of it came back"
    QUERIED = "queried", "Something is not right with it"
    PROVIDER = "provider", "Something is not right with the provider"


class Rail(models.TextChoices):
    """How a run's money travels."""

    BACS = "bacs", "Bacs"
    FASTER = "faster", "Faster Payments"


def named_as_file(number: int) -> str:
    """What the council and its bank call a file by its serial number."""
    return f"LEEWAY-{number:06}"


def named_as_payment(run_number: int, place: int) -> str:
    """What stands for a payment on the statement of whoever is paid, and in the bank's reports."""
    return f"{run_number:06}-{place:06}"


@tracked()
class FileOfRuns(models.Model):
    """One Bacs file for several runs, each on its own day: how many payments it has, and what they come to.

    `number` is its serial number, which no run has. It is sent with its runs, or taken apart before.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    runs_count = models.PositiveIntegerField()
    payments_count = models.PositiveIntegerField()
    total_pence = models.BigIntegerField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_on = models.DateField()
    taken_apart_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    taken_apart_on = models.DateField(null=True, blank=True)
    taken_apart_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=999_999), name="file_number_fits_bacs"),
            models.CheckConstraint(condition=Q(runs_count__gte=2), name="file_of_several_runs"),
            models.CheckConstraint(
                condition=Q(taken_apart_by=None, taken_apart_on=None, taken_apart_because="")
                | Q(taken_apart_by__isnull=False, taken_apart_on__isnull=False) & ~Q(taken_apart_because=""),
                name="file_taken_apart_by_someone",
            ),
        ]
        triggers = kept_but(
            "file_of_runs_is_kept", "taken_apart_by", "taken_apart_on", "taken_apart_because", once="taken_apart_on"
        )

    @property
    def reference(self) -> str:
        return named_as_file(self.number)


@tracked()
class PaymentRun(models.Model):
    """Everyone who is paid on one day: made by one officer, approved by another, sent, and confirmed.

    `number` is the serial number of its files; `originator` is the council's own account as it was at approval.
    Whoever made it, or gave it another day, is not the one who approves it. A run above the council's limit, as it
    was when the run was made, is checked by one officer and approved by yet another, of a higher level.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    rail = models.CharField(max_length=6, choices=Rail, default=Rail.BACS)
    why = models.TextField(blank=True, help_text="Why it could not wait for the next Bacs run.")
    pay_on = models.DateField(help_text="The day on which people have their money.")
    state = models.CharField(max_length=10, choices=State, default=State.MADE)
    payments_count = models.PositiveIntegerField(default=0)
    total_pence = models.BigIntegerField(default=0)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_on = models.DateField()
    dated_by = models.ForeignKey(User, models.PROTECT, related_name="+", help_text="Who chose the day.")
    dated_on = models.DateField()
    second_above_pence = models.BigIntegerField(help_text="The total above which two approve, as it was.")
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    checked_on = models.DateField(null=True, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_on = models.DateField(null=True, blank=True)
    originator = models.JSONField(null=True, blank=True)
    file = models.ForeignKey(
        FileOfRuns, models.PROTECT, null=True, blank=True, related_name="runs", help_text="The file it shares."
    )
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    sent_on = models.DateField(null=True, blank=True, help_text="The day on which its file was given to the bank.")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_on = models.DateField(null=True, blank=True)
    confirmed_from = models.TextField(blank=True, help_text="What the officer looked at.")
    given_up_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    given_up_on = models.DateField(null=True, blank=True)
    given_up_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(approved_by=F("dated_by")) & ~Q(approved_by=F("made_by")), name="run_approved_by_another"
            ),
            models.CheckConstraint(
                condition=~Q(checked_by=F("dated_by"))
                & ~Q(checked_by=F("made_by"))
                & ~Q(checked_by=F("approved_by"))
                & (Q(checked_by=None, checked_on=None) | Q(checked_by__isnull=False, checked_on__isnull=False)),
                name="run_checked_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CHECKED) & (Q(total_pence__lte=F("second_above_pence")) | Q(approved_by=None))
                | Q(checked_by__isnull=False),
                name="run_above_the_limit_checked_first",
            ),
            models.CheckConstraint(
                condition=Q(rail=Rail.BACS, why="") | Q(rail=Rail.FASTER) & ~Q(why=""),
                name="run_off_the_cycle_says_why",
            ),
            models.CheckConstraint(condition=_done_by_somebody("approved", APPROVED), name="run_approved_by_someone"),
            models.CheckConstraint(condition=_done_by_somebody("sent", SENT), name="run_sent_by_someone"),
            models.CheckConstraint(
                condition=_done_by_somebody("confirmed", [State.CONFIRMED], words="confirmed_from"),
                name="run_confirmed_by_someone",
            ),
            models.CheckConstraint(
                condition=_done_by_somebody("given_up", GIVEN_UP, words="given_up_because"),
                name="run_given_up_by_someone",
            ),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=999_999), name="run_number_fits_bacs"),
            models.CheckConstraint(
                condition=Q(file=None) | Q(rail=Rail.BACS, state__in=[State.APPROVED, *SENT]),
                name="run_shares_a_file_once_approved",
            ),
        ]
        triggers = [
            *moves_kept("run_moves", MOVES, begins=[State.MADE]),
            *never_deleted("run_is_kept"),
            pgtrigger.ReadOnly(
                name="run_maker_is_kept", fields=["number", "made_by", "made_on", "rail", "why", "second_above_pence"]
            ),
            *steps_kept("run_steps_are_kept", MOVES, WRITES, STAYS),
        ]

    @property
    def reference(self) -> str:
        """What the council and its bank call this run."""
        return named_as_file(self.number)

    @property
    def last_day_to_send(self) -> date:
        """The last day on which the bank can be given the file for people to have their money on the day."""
        return self.pay_on if self.rail == Rail.FASTER else working_day_before(self.processing_day)

    @property
    def processing_day(self) -> date:
        """The day on which Bacs processes the file: the working day before people have their money."""
        return working_day_before(self.pay_on)

    @property
    def banks_are_closed(self) -> bool:
        """Whether banks are closed on its day after all: a holiday may be made at short notice."""
        return not is_bank_working_day(self.pay_on)

    @property
    def needs_second(self) -> bool:
        """Whether it is so large that one officer checks it and another, of a higher level, approves it."""
        return self.total_pence > self.second_above_pence

    @property
    def has_files(self) -> bool:
        """Whether there are files for the bank of this run alone: approved, not withdrawn, in no file with others."""
        return self.approved_on is not None and self.given_up_on is None and self.file_id is None


@dataclass(frozen=True)
class Standing:
    """Where a payment stands, in a word or two, and what more there is to say."""

    status: str
    more: str = ""


class Payment(models.Model):
    """One instalment, interim payment or agreed invoice in one run, with the facts as they were when it was made.

    What is owed to a provider is of no case: one invoice has many people in it. The database allows what it pays one
    payment that was not given up or sent back, and a part of a budget one for each period and kind. `digest` is of all
    that was frozen: whom it is for, what for, how much, to which account, and what had been decided.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(PaymentRun, models.PROTECT, related_name="payments")
    place = models.PositiveIntegerField(help_text="Its place in the run.")
    instalment = models.ForeignKey(Instalment, models.PROTECT, null=True, related_name="payments")
    interim = models.ForeignKey(Interim, models.PROTECT, null=True, related_name="payments")
    owed = models.ForeignKey(Owed, models.PROTECT, null=True, db_index=False, related_name="payments")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="payments")
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, db_index=False, related_name="payments")
    part = models.ForeignKey(Part, models.PROTECT, null=True, related_name="payments")
    way = models.CharField(max_length=20, blank=True, choices=[(way.value, way.label) for way in PAID_WAYS])
    kind = models.CharField(max_length=10, choices=[*InstalmentKind.choices, INTERIM, INVOICE])
    starts_on = models.DateField()
    ends_on = models.DateField()
    payee = models.ForeignKey(PayeeAccount, models.PROTECT, related_name="payments")
    account_name = models.CharField(max_length=70)
    sort_code = models.CharField(max_length=6)
    account_number = models.CharField(max_length=8)
    roll_number = models.CharField(max_length=18, blank=True)
    amount_pence = models.BigIntegerField()
    decided = models.CharField(max_length=64, help_text="The digest of what had been decided.")
    digest = models.CharField(max_length=64, help_text="The digest of all these facts.")
    state = models.CharField(max_length=10, choices=PaymentState, default=PaymentState.IN_RUN)
    returned_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    returned_on = models.DateField(null=True, blank=True)
    returned_because = models.TextField(blank=True)

    class Meta:
        ordering = ["place"]
        indexes = [
            models.Index(fields=["owed"], condition=Q(owed__isnull=False), name="payment_of_what_is_owed"),
            models.Index(fields=["provider"], condition=Q(provider__isnull=False), name="payment_to_a_provider"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["owed"],
                condition=Q(state__in=LIVE, owed__isnull=False),
                name="payment_pays_what_is_owed_once",
            ),
            models.UniqueConstraint(
                fields=["instalment"], condition=Q(state__in=LIVE), name="payment_pays_an_instalment_once"
            ),
            models.UniqueConstraint(
                fields=["interim"], condition=Q(state__in=LIVE), name="payment_pays_an_interim_once"
            ),
            models.UniqueConstraint(
                fields=["part", "kind", "starts_on"],
                condition=Q(state__in=LIVE) & ~Q(kind__in=LAST_COSTS),
                name="payment_pays_a_period_once",
            ),
            models.CheckConstraint(
                condition=Q(instalment__isnull=False, part__isnull=False, interim=None, owed=None)
                & ~Q(kind__in=[INTERIM[0], INVOICE[0]])
                | Q(instalment=None, part=None, interim__isnull=False, owed=None, kind=INTERIM[0])
                | Q(instalment=None, part=None, interim=None, owed__isnull=False, kind=INVOICE[0]),
                name="payment_pays_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(owed=None, case__isnull=False, provider=None, way__in=[*PAID_WAYS])
                | Q(owed__isnull=False, case=None, provider__isnull=False, way=""),
                name="payment_of_a_case_or_to_a_provider",
            ),
            models.UniqueConstraint(fields=["run", "place"], name="payment_has_a_place"),
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=_done_by_somebody("returned", [PaymentState.RETURNED], words="returned_because"),
                name="payment_returned_for_a_reason",
            ),
        ]
        triggers = [
            *moves_kept("payment_moves", PAYMENT_MOVES, begins=[PaymentState.IN_RUN]),
            *never_deleted("payment_is_kept"),
            pgtrigger.ReadOnly(
                name="payment_never_edited",
                exclude=["state", "returned_by", "returned_on", "returned_because"],
            ),
            pgtrigger.Protect(
                name="payment_came_back_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state=PaymentState.RETURNED),
            ),
            pgtrigger.Trigger(
                name="payment_joins_a_run_being_made",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="changed"),
                func=STANDS.format(allowed="r.state = 'made'"),
            ),
            pgtrigger.Trigger(
                name="payment_stands_with_its_run",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                referencing=pgtrigger.Referencing(new="changed"),
                func=STANDS.format(allowed=stands_together("changed", "r")),
            ),
        ]

    @property
    def masked(self) -> str:
        """The account number that it goes to, with all but its last three digits hidden."""
        return f"•••••{self.account_number[-3:]}"

    @property
    def whose(self) -> str:
        """The person whom it is for, or the provider that it is to."""
        return str(self.provider or (self.case and self.case.person))

    @property
    def days_to_pay(self) -> int | None:
        """How many days a provider's invoice waited until the money was there, where it is."""
        if self.owed is None or self.state != PaymentState.ARRIVED:
            return None
        return (self.run.pay_on - self.owed.invoice.received_on).days

    @property
    def person_ids(self) -> list[uuid.UUID]:
        """Whom it shows: nobody, where it is to a provider."""
        return [self.case.person_id] if self.case else []

    @property
    def days(self) -> int:
        """How many days it is for."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def in_words(self) -> str:
        """What it is, and for which days."""
        if self.instalment is not None:
            return self.instalment.in_words
        if self.owed is not None:
            return self.owed.in_words
        return f"{self.get_kind_display()}, {self.days} day{'' if self.days == 1 else 's'} to {self.ends_on:%-d %B %Y}"

    @property
    def reference(self) -> str:
        """What stands for this payment on the statement of whoever is paid, and in the bank's reports."""
        return named_as_payment(self.run.number, self.place)

    @property
    def end_to_end_id(self) -> str:
        """What finds this payment in a bank statement."""
        return self.id.hex

    @property
    def standing(self) -> Standing:
        """Where it stands, as people read it."""
        arrives = f"{self.run.pay_on:%-d %B %Y}"
        if self.state == PaymentState.RETURNED:
            return Standing("Came back", f"on {self.returned_on:%-d %B %Y}: {self.returned_because}")
        if self.state == PaymentState.ARRIVED:
            return Standing("Arrived", f"{arrives}, confirmed on {self.run.confirmed_on:%-d %B %Y}")
        if self.run.state == State.SENT:
            return Standing("Sent", f"to arrive on {arrives}")
        if self.run.state == State.APPROVED:
            return Standing("To be sent", f"to arrive on {arrives}")
        return Standing(self.get_state_display())


@tracked()
class InvoiceHold(models.Model):
    """That something owed to a provider is not paid for now, and why, until somebody says that it can be."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owed = models.ForeignKey(Owed, models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=10, choices=InvoiceHoldKind)
    reason = models.TextField()
    placed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    placed_on = models.DateField()
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    lifted_on = models.DateField(null=True, blank=True)
    lifted_because = models.TextField(blank=True)

    class Meta:
        ordering = ["placed_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owed"], condition=Q(lifted_on=None), name="invoice_held_once_at_a_time"),
            models.CheckConstraint(
                condition=Q(lifted_by=None, lifted_on=None, lifted_because="")
                | Q(lifted_by__isnull=False, lifted_on__isnull=False) & ~Q(lifted_because=""),
                name="invoice_hold_lifted_for_a_reason",
            ),
        ]
        triggers = kept_but("invoice_hold_is_kept", "lifted_by", "lifted_on", "lifted_because", once="lifted_on")


class RemittanceAddress(models.Model):
    """Where a provider is told what was paid: the latest stands. Never edited, so that it is seen who wrote which."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="remittance_addresses")
    email = models.EmailField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_on = models.DateField()

    class Meta:
        ordering = ["-pk"]
        triggers = kept("remittance_address_is_kept")


class BankAnswer(models.Model):
    """A file in which the bank says what became of a run's payments: kept as it came, and how many it says what of.

    `pending_count` is of those that it says nothing final of, or nothing at all.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(PaymentRun, models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=8, choices=AnswerKind)
    message_id = models.CharField(max_length=70, blank=True, help_text="What the bank calls it.")
    file = models.ForeignKey(File, models.PROTECT, related_name="+")
    accepted_count = models.PositiveIntegerField()
    pending_count = models.PositiveIntegerField()
    duplicate_count = models.PositiveIntegerField()
    back_count = models.PositiveIntegerField(help_text="Rejected, or sent back.")
    words = models.TextField(blank=True, help_text="What more there is to say of it.")
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_on = models.DateField()

    class Meta:
        ordering = ["given_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["file"], name="answer_is_a_file"),
            models.UniqueConstraint(
                fields=["run", "kind", "message_id"], condition=~Q(message_id=""), name="answer_given_once"
            ),
        ]
        triggers = kept("answer_is_kept")

    def __str__(self) -> str:
        name = f" {self.message_id}" if self.message_id else ""
        return f"{self.get_kind_display()}{name}, given here on {self.given_on:%-d %B %Y}"


class AnsweredPayment(models.Model):
    """What an answer says of one payment, where it does not simply accept it.

    `ours`: it came back, and nothing is wrong with the account that was to be paid: the file or the bank failed.
    """

    answer = models.ForeignKey(BankAnswer, models.PROTECT, related_name="about")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="answered")
    said = models.CharField(max_length=9, choices=Said)
    code = models.CharField(max_length=35, blank=True)
    words = models.TextField(blank=True)
    ours = models.BooleanField(default=False)

    class Meta:
        ordering = ["payment__place"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "payment"], name="answer_names_a_payment_once"),
        ]
        triggers = kept("answered_is_kept")


class Sample(models.Model):
    """A sample of a run's payments to check, drawn by chance: how many, why so many, and with which seed."""

    run = models.OneToOneField(PaymentRun, models.PROTECT, primary_key=True, related_name="sample")
    size = models.PositiveIntegerField()
    because = models.TextField(help_text="Why so many.")
    seed = models.BigIntegerField(help_text="With it, anybody draws the same sample again.")
    drawn_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    drawn_on = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(size__gte=1), name="sample_of_something")]
        triggers = kept("sample_is_kept")


@tracked()
class Sampled(models.Model):
    """One payment of a sample, and what somebody found who looked at it."""

    payment = models.OneToOneField(Payment, models.PROTECT, primary_key=True, related_name="sampled")
    sample = models.ForeignKey(Sample, models.PROTECT, related_name="rows")
    right = models.BooleanField(null=True, help_text="Unknown until somebody has looked.")
    found = models.TextField(blank=True, help_text="What was looked at, and what is wrong where something is.")
    looked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    looked_on = models.DateField(null=True)

    class Meta:
        ordering = ["payment__place"]
        constraints = [
            models.CheckConstraint(
                condition=Q(right=None, found="", looked_by=None, looked_on=None)
                | Q(right__isnull=False, looked_by__isnull=False, looked_on__isnull=False) & ~Q(found=""),
                name="sampled_payment_looked_at_by_someone",
            )
        ]
        triggers = kept_but("sampled_is_kept", "right", "found", "looked_by", "looked_on", once="looked_on")
