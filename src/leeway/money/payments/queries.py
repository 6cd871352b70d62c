"""Reading what is due, what cannot be paid and why, the runs, and their files."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, When
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.looks import record_look_over, record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.money.banking import bacs18, iso20022
from leeway.money.banking.payment import Credit, Originator
from leeway.money.banking.working_days import (
    bacs_processing_day,
    bacs_submission_day,
    working_day_after,
)
from leeway.money.budgets.models import Instalment
from leeway.money.budgets.payable import nothing_stops, payable, with_what_stops
from leeway.money.ledger import queries as ledger
from leeway.money.ledger.models import Reason, Transfer
from leeway.money.payees.states import State as PayeeState
from leeway.money.payments.models import Payment, PaymentRun
from leeway.money.payments.states import LIVE, STANDS_IN, PaymentState, State
from leeway.refusal import Refusal

LIVE_PAYMENT = Payment.objects.filter(instalment=OuterRef("pk"), state__in=LIVE)


@dataclass(frozen=True)
class Totals:
    """Control totals: how many payments, and how many pence in all."""

    count: int
    pence: int


@dataclass(frozen=True)
class Waiting:
    """An instalment that is due and cannot be paid, and why."""

    instalment: Instalment
    why: str


@dataclass(frozen=True)
class Due:
    """What is due by a day: what can be paid, what is held back, and why."""

    free: Totals
    held: Totals
    waiting: list[Waiting]


def unpaid(pay_on: date) -> QuerySet[Instalment]:
    """Instalments that should be in a run for this day: due, not cancelled, not in another run.

    One that falls due on a day when banks are closed is due on the working day before.
    """
    due = Instalment.objects.filter(due_on__lt=working_day_after(pay_on), amount_pence__gt=0, cancellation=None)
    return due.filter(~Exists(LIVE_PAYMENT))


def totals(instalments: QuerySet[Instalment]) -> Totals:
    """The control totals of some instalments."""
    found = instalments.order_by().aggregate(count=Count("pk"), pence=Sum("amount_pence"))
    return Totals(found["count"], found["pence"] or 0)


def preview(pay_on: date, *, seen_by: User, rows: int = 100) -> tuple[Totals, list[Instalment]]:
    """What a run for this day would pay: its control totals, and its first rows."""
    check_can(seen_by, Capability.PAY)
    due = payable(unpaid(pay_on))
    shown = list(_with_people(due).order_by("due_on", "pk")[:rows])
    people = [each.part.budget.case.person_id for each in shown]
    record_looks(viewer=seen_by, person_ids=people, page="Payments that a run would make")
    return totals(due), shown


def what_is_due(pay_on: date, *, seen_by: User, rows: int = 100) -> Due:
    """What a run for this day would pay and what is held back, in totals, and the first rows held with the reasons."""
    check_can(seen_by, Capability.PAY)
    free = Case(When(nothing_stops(), then=True), default=False)
    due = unpaid(pay_on).order_by().annotate(free=free).values("free")
    summed = due.annotate(count=Count("pk"), pence=Sum("amount_pence"))
    counts = {row["free"]: Totals(row["count"], row["pence"]) for row in summed}
    held = counts.get(False, Totals(0, 0))
    waiting = [Waiting(each, each.why) for each in waiting_rows(pay_on)[:rows]] if held.count else []
    people = [each.instalment.part.budget.case.person_id for each in waiting]
    record_looks(viewer=seen_by, person_ids=people, page="Payments held back")
    return Due(counts.get(True, Totals(0, 0)), held, waiting)


def waiting_rows(pay_on: date) -> QuerySet[Any]:
    """What is due and cannot be paid, each with `why`."""
    stopped = unpaid(pay_on).exclude(pk__in=payable(unpaid(pay_on)).values("pk"))
    return with_what_stops(_with_people(stopped)).order_by("due_on", "pk")


def first_pay_day(on: date) -> date:
    """The first day on which people can have money from a run that is approved today."""
    day = working_day_after(on)
    while bacs_submission_day(day) < on:
        day = working_day_after(day)
    return day


def runs(*, seen_by: User) -> QuerySet[PaymentRun]:
    """Every payment run, the latest first."""
    check_can(seen_by, Capability.PAY)
    return PaymentRun.objects.select_related(
        "made_by", "dated_by", "approved_by", "sent_by", "confirmed_by", "given_up_by"
    )


def get_run(run_id: UUID, *, seen_by: User) -> PaymentRun:
    """One payment run, for a finance officer."""
    found = runs(seen_by=seen_by).filter(pk=run_id).first()
    if found is None:
        raise Http404("There is no such payment run.")
    return found


def look_over(run: PaymentRun, *, seen_by: User, page: str) -> None:
    """Note that this user saw whom a run pays: one row, which everybody in the run finds among who looked."""
    record_look_over(viewer=seen_by, thing_id=run.pk, people_count=run.payments_count, page=f"{page} {run.number}")


def runs_with(person_id: UUID) -> QuerySet:
    """The runs that paid a person, by their keys."""
    return Payment.objects.filter(instalment__part__budget__case__person=person_id).values("run")


def payments_of(run: PaymentRun) -> QuerySet[Payment]:
    """The payments of a run in their order, with whom they are for."""
    return run.payments.select_related("run", "payee", "instalment__part__budget__case__person").order_by("place")


def payment_in(run: PaymentRun, reference: str) -> Payment:
    """The payment of a run that a reference names, as it stands on bank statements: “000012-000003”."""
    number, _, place = reference.partition("-")
    if number.isdecimal() and place.isdecimal() and int(number) == run.number:
        found = payments_of(run).filter(place=place).first()
        if found is not None:
            return found
    raise Refusal(
        f"No payment of this run is called “{reference}”. Write it as the page of the run has it: "
        f"{run.number:06}-000001.",
        field="returned",
    )


def payments_in(run: PaymentRun, references: Iterable[str]) -> list[Payment]:
    """The payments of a run that some references name."""
    return [payment_in(run, reference) for reference in references]


def get_payment(run: PaymentRun, place: int) -> Payment:
    """One payment of a run that this user was already found to be allowed to see."""
    found = payments_of(run).filter(place=place).first()
    if found is None:
        raise Http404("There is no such payment in this run.")
    return found


def runs_to_send(*, seen_by: User) -> QuerySet[PaymentRun]:
    """Approved runs of which nobody has said that the bank has the file, the earliest first."""
    return runs(seen_by=seen_by).filter(state=State.APPROVED).order_by("pay_on")


def runs_to_confirm(on: date, *, seen_by: User) -> QuerySet[PaymentRun]:
    """Runs whose day has come, and of which nobody has said yet what arrived, the earliest first."""
    return runs(seen_by=seen_by).filter(state=State.SENT, pay_on__lte=on).order_by("pay_on")


def stopped_since(run: PaymentRun) -> QuerySet[Payment]:
    """Payments of a run that may no longer be made: held, cancelled, the person died, bank details replaced."""
    fine = payable(Instalment.objects.filter(pk=OuterRef("instalment")))
    return payments_of(run).filter(~Q(payee__state=PayeeState.APPROVED) | ~Exists(fine))


def bacs_file(run: PaymentRun) -> str:
    """The Bacs Standard 18 file of an approved run. The same run gives the same bytes every time."""
    return bacs18.write(
        credits_of(run),
        Originator(**run.originator),
        processing_day=bacs_processing_day(run.pay_on),
        created_on=run.approved_on,
        serial_number=run.number,
    )


def iso_file(run: PaymentRun) -> str:
    """The pain.001.001.09 message of an approved run. The same run gives the same bytes every time."""
    return iso20022.write(
        credits_of(run),
        Originator(**run.originator),
        message_id=run.reference,
        created_at=datetime.combine(run.approved_on, time()),
        execute_on=run.pay_on,
    )


def credits_of(run: PaymentRun) -> list[Credit]:
    """The payments of a run as a bank file carries them, in their order."""
    rows = run.payments.select_related("run", "payee").order_by("place")
    return [
        Credit(
            reference=payment.reference,
            name=payment.payee.account_name,
            sort_code=payment.payee.sort_code,
            account_number=payment.payee.account_number,
            amount_pence=payment.amount_pence,
            end_to_end_id=payment.end_to_end_id,
        )
        for payment in rows.iterator(chunk_size=5000)
    ]


def findings() -> Iterator[str]:
    """Everything wrong with the ledger and the payments, a sentence each; nothing where all is well.

    Beside the ledger's own findings: payments that do not stand where their run does, whose steps the ledger does not
    have once each with the same amount, or whose instalment was cancelled; and runs that do not add up.
    """
    yield from ledger.findings()
    yield from _payments_apart_from_their_run()
    sent = Payment.objects.filter(run__state__in=[State.SENT, State.CONFIRMED])
    for payment in sent.filter(state__in=LIVE, instalment__cancellation__isnull=False):
        yield f"Payment {payment.pk} pays an instalment that was cancelled."
    back = sent.filter(state=PaymentState.RETURNED)
    yield from _not_posted(Reason.PAYMENT_SENT, sent.exclude(state=PaymentState.CANCELLED))
    yield from _not_posted(Reason.PAYMENT_ARRIVED, sent.filter(state=PaymentState.ARRIVED))
    yield from _not_posted(Reason.PAYMENT_RETURNED, back)
    yield from _posted_for_nothing(Reason.PAYMENT_SENT, sent)
    yield from _posted_for_nothing(Reason.PAYMENT_ARRIVED, sent.exclude(state=PaymentState.IN_RUN))
    yield from _posted_for_nothing(Reason.PAYMENT_RETURNED, back)
    yield from _runs_that_do_not_add_up()


def _payments_apart_from_their_run() -> Iterator[str]:
    together = Q(pk__in=[])
    for state, runs_where in STANDS_IN.items():
        together |= Q(state=state, run__state__in=runs_where)
    for payment in Payment.objects.exclude(together).select_related("run"):
        where = payment.run.get_state_display()
        yield f"Payment {payment.pk} is “{payment.get_state_display()}”, and its run is “{where}”."


def _not_posted(reason: Reason, payments: QuerySet[Payment]) -> Iterator[str]:
    moved = Transfer.objects.filter(reason=reason, about=OuterRef("instalment"), amount_pence=OuterRef("amount_pence"))
    for payment in payments.filter(~Exists(moved)):
        yield f"Payment {payment.pk} has no transfer “{reason.label}” of {payment.amount_pence} pence."


def _posted_for_nothing(reason: Reason, payments: QuerySet[Payment]) -> Iterator[str]:
    for transfer in Transfer.objects.filter(reason=reason).exclude(about__in=payments.values("instalment")):
        yield f"Transfer {transfer.pk} “{reason.label}” belongs to no payment."


def _runs_that_do_not_add_up() -> Iterator[str]:
    counted = PaymentRun.objects.annotate(count=Count("payments"), pence=Sum("payments__amount_pence"))
    for run in counted.exclude(count=F("payments_count"), pence=F("total_pence")):
        yield f"Payment run {run.number} says {run.total_pence} pence, and its payments come to {run.pence}."


def _with_people(instalments: QuerySet[Instalment]) -> QuerySet[Instalment]:
    return instalments.select_related("part__budget__case__person", "part__budget__ending")
