"""Reading what is due, what cannot be paid and why, the runs, and their files."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import comb
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Case, Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet, Sum, When, Window
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.looks import record_look_over, record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.models import Case as CareCase
from leeway.care.people.queries import people_called
from leeway.care.planning.models import Way
from leeway.jobs.models import Job
from leeway.jobs.queries import jobs_about, jobs_of_kind
from leeway.money.banking import bacs18, iso20022
from leeway.money.banking.payment import Credit, Originator
from leeway.money.banking.working_days import (
    bacs_processing_day,
    bacs_submission_day,
    is_bank_working_day,
    working_day_after,
    working_day_on_or_before,
)
from leeway.money.budgets.models import Instalment, Interim
from leeway.money.budgets.payable import (
    as_paid_on,
    nothing_stops,
    payable,
    payable_on_account,
    with_what_stops,
    with_what_stops_on_account,
)
from leeway.money.budgets.relations import RELATIONS as BUDGETS
from leeway.money.contributions.relations import RELATIONS as RECEIPTS
from leeway.money.ledger import queries as ledger
from leeway.money.payees.states import State as PayeeState
from leeway.money.payments.lateness import last_day_missed, late_payments
from leeway.money.payments.models import (
    AnsweredPayment,
    BankAnswer,
    FileOfRuns,
    Payment,
    PaymentRun,
    Rail,
    Sample,
    Sampled,
    named_as_payment,
)
from leeway.money.payments.relations import RELATIONS as PAYMENTS
from leeway.money.payments.states import LIVE, NOT_SENT, PaymentState, State
from leeway.refusal import Refusal

#: The kind of job that makes a run.
MAKE_RUN = "make_run"
#: How the payments of a run can be sorted, in words and by what; as in its file among equals.
SORTED = {
    "place": ("As in the file", ("place",)),
    "name": ("By last name", ("case__person__family_name", "case__person__given_name", "place")),
    "largest": ("The largest first", ("-amount_pence", "place")),
}
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
    """What is due by a day: what can be paid, what is held back, and why."""

    free: Totals
    held: Totals
    waiting: list[Waiting]
    on_account: list[Any]


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
    return _with_on_account(totals(due), pay_on), shown


def what_is_due(pay_on: date, *, seen_by: User, rows: int = 100) -> Due:
    """What a run for this day would pay and what is held back, in totals, and the first rows held with the reasons.

    Money on account that was agreed and waits is among what is held back, in rows of its own.
    """
    check_can(seen_by, Capability.PAY)
    is_free = Case(When(nothing_stops(), then=True), default=False)
    due = unpaid(pay_on)
    summed = due.order_by().annotate(free=is_free).values("free").annotate(count=Count("pk"), pence=Sum("amount_pence"))
    counts = {row["free"]: Totals(row["count"], row["pence"]) for row in summed}
    held = counts.get(False, Totals(0, 0))
    waiting = [Waiting(each, each.why) for each in _waiting_rows(due)[:rows]] if held.count else []
    agreed = list(_agreed_on_account(pay_on))
    on_account, paid = [each for each in agreed if each.why][:rows], [each for each in agreed if not each.why]
    people = [each.instalment.part.budget.case.person_id for each in waiting]
    people += [each.case.person_id for each in on_account]
    record_looks(viewer=seen_by, person_ids=people, page="Payments held back")
    free = counts.get(True, Totals(0, 0))
    in_all = Totals(free.count + len(paid), free.pence + sum(each.amount_pence for each in paid))
    return Due(in_all, held, waiting, on_account)


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


def _with_on_account(due: Totals, pay_on: date) -> Totals:
    """The control totals of what is due, with the money on account that can be paid."""
    more = totals(payable_on_account(unpaid_on_account(), pay_on))
    return Totals(due.count + more.count, due.pence + more.pence)


def _waiting_rows(due: QuerySet[Instalment]) -> QuerySet[Any]:
    """What is due and cannot be paid, each with `why`."""
    stopped = due.exclude(pk__in=payable(due).values("pk"))
    return with_what_stops(_with_people(stopped)).order_by("due_on", "pk")


def first_pay_day(on: date) -> date:
    """The first day on which people can have money from a run that is approved today."""
    day = working_day_after(on)
    while bacs_submission_day(day) < on:
        day = working_day_after(day)
    return day


def pay_day_to_suggest(on: date) -> date:
    """The first day that Bacs can reach; where nothing is due by it, the first later one on which something is."""
    first, due_on = first_pay_day(on), _first_due_on(unpaid(_last_pay_day(on)))
    if due_on is None or due_on < working_day_after(first):
        return first
    return first if payable_on_account(unpaid_on_account(), first).exists() else working_day_on_or_before(due_on)


def next_due_day(after: date, on: date) -> date | None:
    """The first day after another on which a run would pay something, if it is one that a run can have by now."""
    due_on = _first_due_on(unpaid(_last_pay_day(on)).filter(due_on__gte=working_day_after(after)))
    return working_day_on_or_before(due_on) if due_on else None


def _last_pay_day(on: date) -> date:
    return working_day_on_or_before(on + timedelta(days=bacs18.DAYS_AHEAD_MAX))


def _first_due_on(dues: QuerySet[Instalment]) -> date | None:
    return payable(dues).order_by("due_on").values_list("due_on", flat=True).first()


def first_faster_day(on: date) -> date:
    """The first day on which people can have money by Faster Payments."""
    return on if is_bank_working_day(on) else working_day_after(on)


def day_to_suggest_for(run: PaymentRun, on: date) -> date:
    """The first other day that a run can be given: banks and its rail can meet it, and all in it is due by then."""
    first = first_faster_day(on) if run.rail == Rail.FASTER else first_pay_day(on)
    last = run.payments.aggregate(last=Max("instalment__due_on"))["last"]
    day = max(first, working_day_on_or_before(last)) if last else first
    return working_day_after(day) if day == run.pay_on else day


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
    """The jobs about a run, and about the file that it shares with others."""
    about = jobs_about(run=run.pk)
    return about | jobs_about(file=run.file_id) if run.file_id else about


def jobs_of_file(file: FileOfRuns) -> QuerySet[Job]:
    """The jobs about a file of several runs, and about any of these."""
    about = jobs_about(file=file.pk)
    for run in file.runs.all():
        about |= jobs_about(run=run.pk)
    return about


def jobs_that_make() -> QuerySet[Job]:
    """The jobs that make payment runs. One is made at a time."""
    return jobs_of_kind(MAKE_RUN)


def count_due(pay_on: date, *, seen_by: User) -> int:
    """How many payments a run for this day would have."""
    check_can(seen_by, Capability.PAY)
    return _with_on_account(totals(payable(unpaid(pay_on))), pay_on).count


def runs_with(person_id: UUID) -> QuerySet:
    """The runs that paid a person, by their keys."""
    return Payment.objects.filter(case__person=person_id).values("run")


def payments_of(run: PaymentRun) -> QuerySet[Payment]:
    """The payments of a run in their order, with whom they are for."""
    facts = ("run", "payee", "case__person", "instalment__part__budget")
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
    return found.filter(Q(case__person__in=people_called(words)) | of_account)


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
    people = [each.case.person_id for each in payments]
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
    stopped = Q(~Exists(fine), instalment__isnull=False) | Q(~Exists(on_account), interim__isnull=False)
    return payments_of(run).filter(~Q(payee__state=PayeeState.APPROVED) | stopped)


def bacs_file(run: PaymentRun) -> str:
    """The Bacs Standard 18 file of an approved run. The same run gives the same bytes every time."""
    return bacs18.write(
        Credits([run]),
        Originator(**run.originator),
        processing_day=bacs_processing_day(run.pay_on),
        created_on=run.approved_on,
        serial_number=run.number,
    )


def iso_file(run: PaymentRun) -> Iterator[str]:
    """The pain.001.001.09 message of an approved run, in pieces. The same run gives the same bytes every time."""
    return iso20022.write(
        Credits([run]),
        Originator(**run.originator),
        message_id=run.reference,
        created_at=datetime.combine(run.approved_on, time()),
        execute_on=run.pay_on,
        faster=run.rail == Rail.FASTER,
    )


@dataclass(frozen=True)
class Credits(Collection[Credit]):
    """The payments of some runs as a bank file carries them, in their order, read anew each time that it is asked."""

    runs: Sequence[PaymentRun]

    def __len__(self) -> int:
        return sum(run.payments_count for run in self.runs)

    def __iter__(self) -> Iterator[Credit]:
        facts = ("place", "account_name", "sort_code", "account_number", "amount_pence", "pk", "roll_number")
        for run in self.runs:
            rows = run.payments.order_by("place").values_list(*facts)
            for place, name, sort_code, account_number, pence, pk, roll_number in rows.iterator(chunk_size=5000):
                yield Credit(
                    reference=named_as_payment(run.number, place),
                    name=name,
                    sort_code=sort_code,
                    account_number=account_number,
                    amount_pence=pence,
                    end_to_end_id=pk.hex,
                    roll_number=roll_number,
                )

    def __contains__(self, credit: object) -> bool:
        return any(credit == each for each in self)


@dataclass(frozen=True)
class Checked:
    """What a sample says so far: how many were looked at, how many were wrong, and the share wrong in the run."""

    sample: Sample
    rows: list[Sampled]
    looked: int
    wrong: int
    low_percent: float | None
    high_percent: float | None


def drawn(size: int, count: int, seed: int) -> list[int]:
    """The places of a sample of a run's payments: the same for the same seed."""
    chosen = np.random.default_rng(seed).choice(count, size=size, replace=False)
    return sorted(int(place) + 1 for place in chosen)


def fewest_to_check(count: int) -> int:
    """The fewest of so many payments that say something of them all.

    If one in ten of the run were wrong, as few as that would have one of the wrong ones among them with 95%
    confidence: of a small run that is nearly all of it, and of a large one never more than 29.

    >>> [fewest_to_check(count) for count in (1, 10, 40, 200, 100_000)]
    [1, 10, 21, 27, 29]
    """
    right = count - (count + 9) // 10
    return next(size for size in range(1, count + 1) if 20 * comb(right, size) <= comb(count, size))


def sample_of(run: PaymentRun, *, seen_by: User) -> Checked | None:
    """The sample of a run with what was found, and between which shares the payments that are wrong lie (95%).

    The interval is Clopper and Pearson's, which promises at least that much however few were looked at.
    """
    sample = Sample.objects.select_related("drawn_by").filter(run=run).first()
    if sample is None:
        return None
    rows = list(sample.rows.select_related("payment__case__person", "payment__run", "looked_by"))
    _note_looks([row.payment for row in rows], seen_by, f"Sample of run {run.number}")
    looked = sum(row.right is not None for row in rows)
    wrong = sum(row.right is False for row in rows)
    low, high = wrong_between(wrong, looked) if looked else (None, None)
    return Checked(sample, rows, looked, wrong, low, high)


def get_sampled(run: PaymentRun, place: int, *, seen_by: User) -> Sampled:
    """One payment of a run's sample."""
    found = Sampled.objects.select_related("sample__run", "payment__case__person", "payment__run")
    one = found.filter(payment__run=run, payment__place=place).first()
    if one is None:
        raise Http404("There is no such payment in the sample of this run.")
    _note_looks([one.payment], seen_by, f"Sample of run {run.number}")
    return one


def wrong_between(wrong: int, looked: int) -> tuple[float, float]:
    """Between which percentages the wrong ones of all lie, where some of those looked at were wrong.

    >>> wrong_between(0, 59)
    (0.0, 6.1)
    """
    from scipy.stats import binomtest  # a second, which only this page needs

    interval = binomtest(wrong, looked).proportion_ci(0.95, method="exact")
    return round(float(interval.low) * 100, 1), round(float(interval.high) * 100, 1)


@dataclass(frozen=True)
class Urgent:
    """Something that could be paid the same day: whose it is, how much, and why it would hurt to wait."""

    id: UUID
    case: CareCase
    amount_pence: int
    what: str


def urgent(on: date, *, seen_by: User, words: str = "", rows: int = 100) -> list[Urgent]:
    """What would hurt to wait for, or of people whom some words find, the first of each kind.

    First payments and what came back; then every direct payment that Bacs cannot bring on its day any more, the
    longest first; and money on account. What is in a run already goes with that.
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
    hurt = Q(back=True) | Q(first=True)
    waited = [
        *dues.filter(hurt).order_by("due_on", "pk")[:rows],
        *dues.exclude(hurt).filter(part__way=Way.DIRECT_PAYMENT).order_by("due_on", "pk")[:rows],
    ]
    found = [Urgent(each.pk, each.part.budget.case, each.amount_pence, _why_urgent(each)) for each in waited]
    found += [Urgent(one.pk, one.case, one.amount_pence, "Money on account") for one in interims[:rows]]
    people = [one.case.person_id for one in found]
    record_looks(viewer=seen_by, person_ids=people, page="Payments that could be made the same day")
    return found


def _why_urgent(due: Any) -> str:
    kind = "Came back, due" if due.back else "First payment, due" if due.first else "Late, due" if due.late else "Due"
    return f"{kind} on {due.due_on:%-d %B %Y}"


def late(on: date, *, seen_by: User, rows: int) -> tuple[Totals, list[Any]]:
    """The payments that are late, in totals, and the first of them, the longest first. Whoever shows them notes it.

    What came back, and is late for that, stands with what came back.
    """
    check_can(seen_by, Capability.PAY)
    found = late_payments(on).exclude(Exists(to_be_made_again().filter(instalment=OuterRef("pk"))))
    found = found.annotate(all_count=Window(Count("pk")), all_pence=Window(Sum("amount_pence")))
    shown = list(found[:rows])
    return Totals(shown[0].all_count, shown[0].all_pence) if shown else Totals(0, 0), shown


def to_be_made_again() -> QuerySet[Payment]:
    """Payments that came back, and that are still to be made and nothing has made since.

    What came back twice stands for its last time alone.
    """
    same = Payment.objects.filter(Q(instalment=OuterRef("instalment")) | Q(interim=OuterRef("interim")))
    once_more = Q(state=PaymentState.RETURNED, run__number__gt=OuterRef("run__number"))
    again = same.filter(Q(state__in=LIVE) | once_more)
    owed = Q(instalment__cancellation=None, interim__ended_on=None)
    return Payment.objects.filter(owed, ~Exists(again), state=PaymentState.RETURNED)


def came_back(on: date, *, seen_by: User, rows: int = 25) -> tuple[Totals, list[Any]]:
    """Payments that came back and are to be made again, in totals, and the latest first. Whoever shows them notes it.

    Each is `free` where nothing would stop it on a day.
    """
    check_can(seen_by, Capability.PAY)
    due = payable(as_paid_on(Instalment.objects.filter(pk=OuterRef("instalment")), on))
    agreed = payable_on_account(unpaid_on_account(), on).filter(pk=OuterRef("interim"))
    found: QuerySet[Any] = to_be_made_again().annotate(
        free=Exists(due) | Exists(agreed), all_count=Window(Count("pk")), all_pence=Window(Sum("amount_pence"))
    )
    shown = list(found.select_related("run", "case__person", "instalment").order_by("-returned_on", "pk")[:rows])
    return Totals(shown[0].all_count, shown[0].all_pence) if shown else Totals(0, 0), shown


def findings() -> Iterator[str]:
    """Everything wrong with the books, a sentence each; nothing where all is well.

    The ledger alone, then what must hold between it and budgets, receipts and payments.
    """
    yield from ledger.findings()
    for relation in (*BUDGETS, *RECEIPTS, *PAYMENTS):
        yield from relation.findings()


def _with_people(instalments: QuerySet[Instalment]) -> QuerySet[Instalment]:
    return instalments.select_related("part__budget__case__person", "part__budget__ending")
