"""What a payment run for a day would pay, what is held back and why; what is late, came back, or cannot wait."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Sum, When, Window

from leeway.access.access import check_can
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.queries import people_called
from leeway.care.planning.models import Way
from leeway.money.banking.working_days import working_day_after, working_day_on_or_before
from leeway.money.budgets.models import Instalment, InstalmentKind, Interim
from leeway.money.budgets.payable import (
    as_paid_on,
    nothing_stops,
    payable,
    payable_on_account,
    with_what_stops,
    with_what_stops_on_account,
)
from leeway.money.invoices.models import Owed
from leeway.money.payments import owed
from leeway.money.payments.lateness import last_day_missed, late_payments
from leeway.money.payments.models import Payment
from leeway.money.payments.pay_days import first_pay_day, last_pay_day
from leeway.money.payments.returning import to_be_made_again
from leeway.money.payments.states import LIVE, PaymentState

LIVE_ON_ACCOUNT = Payment.objects.filter(interim=OuterRef("pk"), state__in=LIVE)
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
    """What is due by a day: what can be paid, what is held back, and why; and every invoice that is due."""

    free: Totals
    held: Totals
    waiting: list[Waiting]
    on_account: list[Any]
    owing: list[Any]

    @property
    def invoices(self) -> list[Any]:
        """The invoices that are held back, each with `why`."""
        return [each for each in self.owing if each.why]


@dataclass(frozen=True)
class Urgent:
    """Something that could be paid the same day: whose it is, how much, and why it would hurt to wait."""

    id: UUID
    whose: str
    amount_pence: int
    what: str


def unpaid(pay_on: date) -> QuerySet[Instalment]:
    """Instalments that should be in a run for this day: due, not cancelled, not in another run.

    One that falls due on a day when banks are closed is due on the working day before.
    """
    return as_paid_on(_in_no_run().filter(due_on__lt=working_day_after(pay_on)), pay_on)


def _in_no_run() -> QuerySet[Instalment]:
    return Instalment.objects.filter(~Exists(LIVE_PAYMENT), amount_pence__gt=0, cancellation=None)


def unpaid_on_account() -> QuerySet[Interim]:
    """Interim payments that somebody authorised and that are in no run, nor paid."""
    return Interim.objects.filter(~Exists(LIVE_ON_ACCOUNT), authorised_on__isnull=False, ended_on=None)


def totals(rows: QuerySet[Any]) -> Totals:
    """The control totals of some instalments, interim payments or payments."""
    return Totals(**rows.order_by().aggregate(count=Count("pk"), pence=Sum("amount_pence", default=0)))


def preview(pay_on: date, *, seen_by: User, rows: int = 100) -> tuple[Totals, list[Instalment]]:
    """What a run for this day would pay: its control totals, and its first rows."""
    check_can(seen_by, Capability.PAY)
    due = payable(unpaid(pay_on))
    shown = list(_with_people(due).order_by("due_on", "pk")[:rows])
    people = [each.part.budget.case.person_id for each in shown]
    record_looks(viewer=seen_by, person_ids=people, page="Payments that a run would make")
    return _with_the_rest(totals(due), pay_on), shown


def what_is_due(pay_on: date, *, seen_by: User, rows: int = 100) -> Due:
    """What a run for this day would pay and what is held back, in totals, and the first rows held with the reasons.

    Money on account that was agreed and waits, and invoices, are among what is held back, in rows of their own.
    """
    check_can(seen_by, Capability.PAY)
    is_free = Case(When(nothing_stops(), then=True), default=False)
    due = unpaid(pay_on)
    summed = due.order_by().annotate(free=is_free).values("free").annotate(count=Count("pk"), pence=Sum("amount_pence"))
    counts = {row["free"]: Totals(row["count"], row["pence"]) for row in summed}
    held = counts.get(False, Totals(0, 0))
    waiting = [Waiting(each, each.why) for each in _waiting_rows(due)[:rows]] if held.count else []
    agreed, owing = list(_agreed_on_account(pay_on)), list(invoices_due(pay_on))
    on_account = [each for each in agreed if each.why][:rows]
    paid = [each.amount_pence for each in agreed if not each.why] + [each.pence for each in owing if not each.why]
    people = [each.instalment.part.budget.case.person_id for each in waiting]
    people += [each.case.person_id for each in on_account]
    record_looks(viewer=seen_by, person_ids=people, page="Payments held back")
    free = counts.get(True, Totals(0, 0))
    return Due(Totals(free.count + len(paid), free.pence + sum(paid)), held, waiting, on_account, owing)


def invoices_due(pay_on: date) -> QuerySet[Any]:
    """What is owed of invoices and due for a run of this day, each with `why` it cannot be paid."""
    due = owed.with_what_stops(owed.unpaid_by(pay_on))
    return due.select_related("invoice__provider").order_by("invoice__due_on", "pk")


def invoices_to_pay(pay_on: date, *, seen_by: User, rows: int = 100) -> list[Any]:
    """What a run for this day would pay of invoices, the first due first."""
    check_can(seen_by, Capability.PAY)
    return list(invoices_due(pay_on).filter(why="")[:rows])


def on_account(pay_on: date, *, seen_by: User, rows: int = 100, came_back_too: bool = True) -> list[Interim]:
    """The money on account that a run for this day would pay."""
    check_can(seen_by, Capability.PAY)
    found = payable_on_account(unpaid_on_account(), pay_on).select_related("case__person")
    if not came_back_too:
        found = found.exclude(Exists(to_be_made_again().filter(interim=OuterRef("pk"))))
    shown = list(found.order_by("authorised_on", "pk")[:rows])
    people = [each.case.person_id for each in shown]
    record_looks(viewer=seen_by, person_ids=people, page="Payments that a run would make")
    return shown


def on_account_waiting(pay_on: date, *, seen_by: User, rows: int = 100) -> list[Any]:
    """The money on account that was agreed and that a run for this day could not pay, each with `why`."""
    check_can(seen_by, Capability.PAY)
    shown = list(_agreed_on_account(pay_on).exclude(why="")[:rows])
    people = [each.case.person_id for each in shown]
    record_looks(viewer=seen_by, person_ids=people, page="Payments held back")
    return shown


def _agreed_on_account(pay_on: date) -> QuerySet[Any]:
    """The money on account that was agreed and not paid, each with `why` it cannot be on a day."""
    agreed: QuerySet[Any] = with_what_stops_on_account(unpaid_on_account(), pay_on)
    return agreed.select_related("case__person").order_by("authorised_on", "pk")


def _with_the_rest(due: Totals, pay_on: date) -> Totals:
    """The control totals of what is due, with the money on account and the invoices that can be paid."""
    agreed = payable_on_account(unpaid_on_account(), pay_on).order_by().values_list("amount_pence")
    invoices = owed.payable(owed.unpaid_by(pay_on)).order_by().values_list("pence")
    more = [pence for (pence,) in agreed.union(invoices, all=True).order_by()]
    return Totals(due.count + len(more), due.pence + sum(more))


def _waiting_rows(due: QuerySet[Instalment]) -> QuerySet[Any]:
    """What is due and cannot be paid, each with `why`."""
    stopped = due.exclude(pk__in=payable(due).values("pk"))
    return with_what_stops(_with_people(stopped)).order_by("due_on", "pk")


def pay_day_to_suggest(on: date) -> date:
    """The first day that Bacs can reach; where nothing is due by it, the first later one on which something is."""
    first, due_on = first_pay_day(on), _first_due_on(unpaid(last_pay_day(on)))
    if due_on is None or due_on < working_day_after(first):
        return first
    if payable_on_account(unpaid_on_account(), first).exists() or owed.payable(owed.unpaid_by(first)).exists():
        return first
    return working_day_on_or_before(due_on)


def next_due_day(after: date, on: date) -> date | None:
    """The first day after another on which a run would pay something, if it is one that a run can have by now."""
    due_on = _first_due_on(unpaid(last_pay_day(on)).filter(due_on__gte=working_day_after(after)))
    return working_day_on_or_before(due_on) if due_on else None


def _first_due_on(dues: QuerySet[Instalment]) -> date | None:
    return payable(dues).order_by("due_on").values_list("due_on", flat=True).first()


def count_due(pay_on: date, *, seen_by: User) -> int:
    """How many payments a run for this day would have."""
    check_can(seen_by, Capability.PAY)
    return _with_the_rest(totals(payable(unpaid(pay_on))), pay_on).count


def urgent(on: date, *, seen_by: User, words: str = "", rows: int = 100) -> list[Urgent]:
    """What would hurt to wait for, or of people whom some words find, the first of each kind.

    First payments and what came back; then every direct payment that Bacs cannot bring on its day any more, the
    longest first; money on account; and invoices that are late, or came back. What is in a run already goes with that.
    """
    check_can(seen_by, Capability.PAY)
    paid = Payment.objects.filter(case=OuterRef("part__budget__case"), state__in=LIVE)
    back = Payment.objects.filter(instalment=OuterRef("pk"), state=PaymentState.RETURNED)
    missed: QuerySet[Any] = payable(as_paid_on(_in_no_run().filter(due_on__lte=last_day_missed(on)), on))
    dues = _with_people(missed).annotate(
        back=Exists(back), first=~Exists(paid), late=Exists(late_payments(on).filter(pk=OuterRef("pk")))
    )
    interims = payable_on_account(unpaid_on_account(), on).select_related("case__person")
    if words:
        called = people_called(words)
        dues = dues.filter(part__budget__case__person__in=called)
        interims = interims.filter(case__person__in=called)
    invoices = _urgent_invoices(on, words)
    hurt = Q(back=True) | Q(first=True)
    waited = [
        *dues.filter(hurt).order_by("due_on", "pk")[:rows],
        *dues.exclude(hurt).filter(part__way=Way.DIRECT_PAYMENT).order_by("due_on", "pk")[:rows],
    ]
    given = list(interims[:rows])
    found = [
        Urgent(each.pk, str(each.part.budget.case.person), each.amount_pence, _why_urgent(each)) for each in waited
    ]
    found += [Urgent(one.pk, str(one.case.person), one.amount_pence, "Money on account") for one in given]
    found += [
        Urgent(one.pk, str(one.invoice.provider), one.pence, f"{one.in_words}, due on {one.invoice.due_on:%-d %B %Y}")
        for one in invoices[:rows]
    ]
    people = [*(each.part.budget.case.person_id for each in waited), *(one.case.person_id for one in given)]
    record_looks(viewer=seen_by, person_ids=people, page="Payments that could be made the same day")
    return found


def _urgent_invoices(on: date, words: str) -> QuerySet[Owed]:
    """What is owed of invoices that Bacs cannot bring on their day any more, or that came back; or of some provider."""
    found = owed.payable(owed.unpaid()).select_related("invoice__provider").order_by("invoice__due_on", "pk")
    if words:
        return found.filter(invoice__provider__name__icontains=words)
    back = Payment.objects.filter(owed=OuterRef("pk"), state=PaymentState.RETURNED)
    return found.filter(Q(invoice__due_on__lte=last_day_missed(on)) | Exists(back))


def _why_urgent(due: Any) -> str:
    kind = "Came back, due" if due.back else "First payment, due" if due.first else "Late, due" if due.late else "Due"
    once = "To get started, once. " if due.kind == InstalmentKind.START_UP else ""
    return f"{once}{kind} on {due.due_on:%-d %B %Y}"


def late(on: date, *, seen_by: User, rows: int, known: Collection[UUID] | None = None) -> tuple[Totals, list[Any]]:
    """The payments that are late, in totals, and the first of them, the longest first. Whoever shows them notes it.

    What came back, and is late for that, stands with what came back.
    """
    check_can(seen_by, Capability.PAY)
    found = late_payments(on, known=known).exclude(Exists(to_be_made_again().filter(instalment=OuterRef("pk"))))
    found = found.annotate(all_count=Window(Count("pk")), all_pence=Window(Sum("amount_pence")))
    shown = list(found[:rows])
    return Totals(shown[0].all_count, shown[0].all_pence) if shown else Totals(0, 0), shown


def came_back(
    on: date, *, seen_by: User, rows: int = 25, known: Collection[UUID] | None = None
) -> tuple[Totals, list[Any]]:
    """Payments that came back and are to be made again, in totals, and the latest first. Whoever shows them notes it.

    Each is `free` where nothing would stop it on a day.
    """
    check_can(seen_by, Capability.PAY)
    due = payable(as_paid_on(Instalment.objects.filter(pk=OuterRef("instalment")), on, known=known))
    agreed = payable_on_account(unpaid_on_account(), on).filter(pk=OuterRef("interim"))
    owing = owed.payable(owed.unpaid()).filter(pk=OuterRef("owed"))
    found: QuerySet[Any] = to_be_made_again().annotate(
        free=Exists(due) | Exists(agreed) | Exists(owing),
        all_count=Window(Count("pk")),
        all_pence=Window(Sum("amount_pence")),
    )
    facts = ("run", "case__person", "provider", "instalment", "owed__invoice")
    shown = list(found.select_related(*facts).order_by("-returned_on", "pk")[:rows])
    return Totals(shown[0].all_count, shown[0].all_pence) if shown else Totals(0, 0), shown


def _with_people(instalments: QuerySet[Instalment]) -> QuerySet[Instalment]:
    return instalments.select_related("part__budget__case__person", "part__budget__ending")
