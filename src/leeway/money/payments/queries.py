"""Reading what is due, what cannot be paid and why, the runs, and their files."""

from collections.abc import Iterator
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
from leeway.money.payments.states import State

LIVE_PAYMENT = Payment.objects.filter(instalment=OuterRef("pk"), cancelled=False)


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
    return PaymentRun.objects.select_related("made_by", "settled_by")


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
    return run.payments.select_related("payee", "instalment__part__budget__case__person").order_by("place")


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
        created_on=run.settled_on,
        serial_number=run.number,
    )


def iso_file(run: PaymentRun) -> str:
    """The pain.001.001.09 message of an approved run. The same run gives the same bytes every time."""
    return iso20022.write(
        credits_of(run),
        Originator(**run.originator),
        message_id=run.reference,
        created_at=datetime.combine(run.settled_on, time()),
        execute_on=run.pay_on,
    )


def credits_of(run: PaymentRun) -> list[Credit]:
    """The payments of a run as a bank file carries them, in their order."""
    rows = run.payments.select_related("payee").order_by("place")
    return [
        Credit(
            reference=f"{run.number:06}-{payment.place:06}",
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

    Beside the ledger's own findings: instalments paid twice, payments that the ledger does not have once as
    sent and once as arrived with the same amount, and runs whose control totals differ from their payments.
    """
    yield from ledger.findings()
    paid = Payment.objects.filter(cancelled=False, run__state=State.APPROVED)
    twice = paid.values("instalment").annotate(times=Count("pk")).filter(times__gt=1).order_by()
    for row in twice:
        yield f"Instalment {row['instalment']} was paid {row['times']} times."
    for reason in (Reason.PAYMENT_SENT, Reason.PAYMENT_ARRIVED):
        moved = Transfer.objects.filter(reason=reason, about=OuterRef("instalment"), corrects=None)
        for payment in paid.filter(~Exists(moved.filter(amount_pence=OuterRef("amount_pence")))):
            yield f"Payment {payment.pk} has no transfer “{reason.label}” of {payment.amount_pence} pence."
        orphans = Transfer.objects.filter(reason=reason, corrects=None).exclude(about__in=paid.values("instalment"))
        for transfer in orphans:
            yield f"Transfer {transfer.pk} “{reason.label}” belongs to no payment."
    yield from _runs_that_do_not_add_up()


def _runs_that_do_not_add_up() -> Iterator[str]:
    counted = PaymentRun.objects.annotate(count=Count("payments"), pence=Sum("payments__amount_pence"))
    for run in counted.exclude(count=F("payments_count"), pence=F("total_pence")):
        yield f"Payment run {run.number} says {run.total_pence} pence, and its payments come to {run.pence}."


def _with_people(instalments: QuerySet[Instalment]) -> QuerySet[Instalment]:
    return instalments.select_related("part__budget__case__person", "part__budget__ending")
