"""Reading payment runs, the payments in them and what the bank answered; and what is wrong with the books."""

from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.looks import record_look_over, record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.queries import people_called
from leeway.jobs.models import Job
from leeway.jobs.queries import jobs_about, jobs_of_kind
from leeway.money.bills.relations import RELATIONS as BILLS
from leeway.money.budgets.models import Instalment, Interim
from leeway.money.budgets.payable import as_paid_on, payable, payable_on_account
from leeway.money.budgets.relations import RELATIONS as BUDGETS
from leeway.money.claims.relations import RELATIONS as CLAIMS
from leeway.money.contributions.relations import RELATIONS as RECEIPTS
from leeway.money.funders.relations import RELATIONS as SHARINGS
from leeway.money.invoices.models import Owed
from leeway.money.invoices.relations import RELATIONS as INVOICES
from leeway.money.ledger import queries as ledger
from leeway.money.ledger.relations import Provable
from leeway.money.payees.states import State as PayeeState
from leeway.money.payments import owed
from leeway.money.payments.falling_due import Totals, totals
from leeway.money.payments.models import AnsweredPayment, BankAnswer, FileOfRuns, Payment, PaymentRun, named_as_payment
from leeway.money.payments.relations import RELATIONS as PAYMENTS
from leeway.money.payments.states import NOT_SENT, PaymentState, State
from leeway.money.uprating.relations import RELATIONS as BATCHES
from leeway.refusal import Refusal

#: The kinds of job that make a run, and a file of several.
MAKE_RUN, PUT_TOGETHER = "make_run", "put_together"
#: How the payments of a run can be sorted, in words and by what; as in its file among equals.
SORTED = {
    "place": ("As in the file", ("place",)),
    "name": ("By last name", ("case__person__family_name", "case__person__given_name", "provider__name", "place")),
    "largest": ("The largest first", ("-amount_pence", "place")),
}


def runs(*, seen_by: User) -> QuerySet[PaymentRun]:
    """Every payment run, the latest first."""
    check_can(seen_by, Capability.PAY)
    return PaymentRun.objects.select_related(
        "made_by", "dated_by", "checked_by", "approved_by", "file", "sent_by", "confirmed_by", "given_up_by"
    )


def get_run(run_id: UUID, *, seen_by: User) -> PaymentRun:
    """One payment run, for a finance officer."""
    found = runs(seen_by=seen_by).filter(pk=run_id).first()
    if found is None:
        raise Http404("There is no such payment run.")
    return found


def look_over(run: PaymentRun, *, seen_by: User, page: str) -> None:
    """Note that this user saw whom a run pays: one row, which everybody in the run finds among who looked."""
    people = run.payments.order_by().aggregate(count=Count("case__person", distinct=True))["count"]
    record_look_over(viewer=seen_by, thing_id=run.pk, people_count=people, page=f"{page} {run.number}")


def jobs_of(run: PaymentRun) -> QuerySet[Job]:
    """The jobs about a run, and about the file that it shares with others, or is to share."""
    about = jobs_about(run=run.pk) | jobs_about(runs=[run.pk])
    return about | jobs_about(file=run.file_id) if run.file_id else about


def jobs_of_file(file: FileOfRuns) -> QuerySet[Job]:
    """The jobs about a file of several runs, and about any of these."""
    about = jobs_about(file=file.pk)
    for run in file.runs.all():
        about |= jobs_about(run=run.pk)
    return about


def jobs_that_make() -> QuerySet[Job]:
    """The jobs that make payment runs, and files of several. One is made at a time."""
    return jobs_of_kind(MAKE_RUN) | jobs_of_kind(PUT_TOGETHER)


def runs_with(person_id: UUID) -> QuerySet:
    """The runs that paid a person, by their keys."""
    return Payment.objects.filter(case__person=person_id).values("run")


def payments_of(run: PaymentRun) -> QuerySet[Payment]:
    """The payments of a run in their order, with whom they are for."""
    facts = ("run", "payee", "case__person", "provider", "instalment__part__budget", "owed__invoice")
    return run.payments.select_related(*facts).order_by("place")


def payments_like(run: PaymentRun, *, words: str = "", sort: str = "") -> QuerySet[Payment]:
    """The payments of a run with these words in a name, or of this reference, in one of the orders of `SORTED`."""
    _words, by = SORTED.get(sort, SORTED["place"])
    found = payments_of(run).order_by(*by)
    if not words:
        return found
    number, _, place = words.strip().partition("-")
    if number.isdecimal() and place.isdecimal() and len(words) < 20:
        return found.filter(place=int(place), run__number=int(number))
    of_account = Q(*(Q(account_name__icontains=word) for word in words.split()))
    return found.filter(Q(case__person__in=people_called(words)) | Q(provider__name__icontains=words) | of_account)


def answers_to(run: PaymentRun) -> QuerySet[BankAnswer]:
    """What the bank answered to a run, the first first, with the payments that it names."""
    named = Prefetch("about", AnsweredPayment.objects.select_related("payment__run"))
    return run.answers.select_related("file", "given_by").prefetch_related(named)


def evidence_for(run: PaymentRun) -> str:
    """What there is already to confirm a run from: the bank's answers to it, named."""
    return "; ".join(str(answer) for answer in run.answers.all())


def not_back(run: PaymentRun) -> Totals:
    """The payments of a run that have not come back, in totals."""
    return totals(run.payments.exclude(state=PaymentState.RETURNED))


def payment_in(run: PaymentRun, reference: str) -> Payment:
    """The payment of a run that a reference names, as it stands on bank statements: “000012-000003”."""
    number, _, place = reference.partition("-")
    if number.isdecimal() and place.isdecimal() and int(number) == run.number:
        found = payments_of(run).filter(place=place).first()
        if found is not None:
            return found
    raise Refusal(
        f"No payment of this run is called “{reference}”. Write it as the page of the run has it: "
        f"{named_as_payment(run.number, 1)}.",
        field="returned",
    )


def payments_in(run: PaymentRun, references: Iterable[str], *, seen_by: User) -> list[Payment]:
    """The payments of a run that some references name, for a page that shows whose they are."""
    found = [payment_in(run, reference) for reference in references]
    _note_looks(found, seen_by, f"Payments of run {run.number} that came back")
    return found


def get_payment(run: PaymentRun, place: int, *, seen_by: User) -> Payment:
    """One payment of a run that this user was already found to be allowed to see."""
    found = payments_of(run).filter(place=place).first()
    if found is None:
        raise Http404("There is no such payment in this run.")
    _note_looks([found], seen_by, f"A payment of run {run.number}")
    return found


def _note_looks(payments: Iterable[Payment], viewer: User, page: str) -> None:
    people = [pk for each in payments for pk in each.person_ids]
    record_looks(viewer=viewer, person_ids=people, page=page)


def runs_to_send(*, seen_by: User) -> QuerySet[PaymentRun]:
    """Approved runs of which nobody has said that the bank has the file, the earliest first."""
    return runs(seen_by=seen_by).filter(state=State.APPROVED).order_by("pay_on")


def runs_to_confirm(on: date, *, seen_by: User) -> QuerySet[PaymentRun]:
    """Runs whose day has come, and of which nobody has said yet what arrived, the earliest first."""
    return runs(seen_by=seen_by).filter(state=State.SENT, pay_on__lte=on).order_by("pay_on")


def runs_on_their_way(*, seen_by: User) -> QuerySet[PaymentRun]:
    """Runs that were neither confirmed nor given up, those that pay first first."""
    return runs(seen_by=seen_by).filter(state__in=(*NOT_SENT, State.SENT)).order_by("pay_on", "number")


def stopped_since(run: PaymentRun) -> QuerySet[Payment]:
    """Payments of a run that may no longer be made: held, cancelled, the person died, bank details replaced."""
    fine = payable(as_paid_on(Instalment.objects.filter(pk=OuterRef("instalment")), run.pay_on))
    on_account = payable_on_account(Interim.objects.filter(pk=OuterRef("interim")), run.pay_on)
    invoices = owed.payable(Owed.objects.filter(pk=OuterRef("owed")))
    stopped = (
        Q(~Exists(fine), instalment__isnull=False)
        | Q(~Exists(on_account), interim__isnull=False)
        | Q(~Exists(invoices), owed__isnull=False)
    )
    return payments_of(run).filter(~Q(payee__state=PayeeState.APPROVED) | stopped)


def findings() -> Iterator[str]:
    """Everything wrong with the books, a sentence each; nothing where all is well.

    The ledger alone, then what must hold between it and budgets, receipts, bills and payments.
    """
    yield from ledger.findings()
    relations: tuple[Provable, ...] = (
        *BUDGETS, *SHARINGS, *RECEIPTS, *BILLS, *CLAIMS, *INVOICES, *BATCHES, *PAYMENTS,
    )  # fmt: skip
    for relation in relations:
        yield from relation.findings()
