"""Reading bills: one person's account, what finance has to look at, and how old what is owed is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.models import Case
from leeway.care.people.queries import get_case, people_called
from leeway.law.numbers import least
from leeway.money.bills.actions.making import NOT_BILLED
from leeway.money.bills.actions.sending import is_late, unsent
from leeway.money.bills.models import Bill, BreathingSpace, Pause, PaymentPlan, Settlement
from leeway.money.bills.standing import Instalment, instalments_of, overdue, owed_by
from leeway.money.bills.stops import Stop, spaces_on, still_days, stop_of, stops_of
from leeway.money.budgets.dues import Payer
from leeway.money.budgets.models import NotCharged
from leeway.money.contributions.queries import OPEN, owed_account
from leeway.money.ledger.models import Transfer
from leeway.money.ledger.queries import StatementLine, statement

#: Up to how many days each age band goes; the last has no end.
BANDS = (30, 60, 90, 180, 365)
BAND_NAMES = ("Up to 30 days", "31 to 60", "61 to 90", "91 to 180", "181 to 365", "Over a year")
DOTS = 13  # a year of pay periods


@dataclass(frozen=True)
class Dot:
    """One bill of the line of dots: its number, what it says, and how far it is paid."""

    bill: Bill
    state: str


@dataclass(frozen=True)
class Account:
    """What one person pays: what is owed, by when, each bill, the plan, and what stops bills and reminders."""

    case: Case
    owed_pence: int
    overdue_pence: int
    bills: Sequence[Bill]
    dots: Sequence[Dot]
    plan: PaymentPlan | None
    instalments: Sequence[Instalment]
    stop: Stop | None
    pauses: QuerySet[Pause]
    spaces: QuerySet[BreathingSpace]
    settlements: QuerySet[Settlement]
    late: Sequence[Bill]
    paid: Collection[UUID]
    less: Sequence[NotCharged]
    is_billed: bool
    on: date

    @property
    def last(self) -> Bill | None:
        """The last bill that was sent."""
        return next((bill for bill in self.bills if hasattr(bill, "sending")), None)

    @property
    def open_space(self) -> BreathingSpace | None:
        """The breathing space that holds, or is to."""
        return next((each for each in self.spaces if each.ends_on is None or each.ends_on >= self.on), None)

    @property
    def open_pauses(self) -> list[Pause]:
        return [each for each in self.pauses if each.ended_on is None]


def account(case_id: UUID, *, seen_by: User, on: date, page: str = "What is paid") -> Account:
    """What one person pays, for them, whoever helps them, and staff: the look is noted."""
    case = get_case(case_id, seen_by=seen_by, page=page)
    bills = list(case.bills.select_related("sending__to", "lateness")[:DOTS])
    if not seen_by.is_staff_member:
        bills = [bill for bill in bills if hasattr(bill, "sending")]
    left = overdue(bills, on)
    due = next((bill for bill in bills if hasattr(bill, "sending") and bill.sending.due_by < on), None)
    plan = case.payment_plans.filter(ended_on=None).first()
    still = still_days([case.pk], on).get(case.pk, []) if plan else []
    return Account(
        case=case,
        owed_pence=owed_by([case.pk], on).get(case.pk, 0),
        overdue_pence=left[due.pk] if due else 0,
        bills=bills,
        dots=[Dot(bill, _state(bill, left[bill.pk])) for bill in reversed(bills)],
        plan=plan,
        instalments=instalments_of(plan, on, still) if plan else [],
        stop=stop_of(case, on),
        pauses=case.pauses.all(),
        spaces=case.breathing_spaces.all(),
        settlements=case.settlements.select_related("answer", "asked_by").annotate(is_undone=Exists(_undone())),
        late=[bill for bill in bills if not hasattr(bill, "sending") and is_late(bill, on) and left[bill.pk]],
        paid=paid_before_they_went(bills, on),
        less=list(
            NotCharged.objects.filter(funding__part__budget__case=case).order_by("-starts_on", "-made_on")[:DOTS]
        ),
        is_billed=bool(bills) or owed_account(case, Payer.PERSON) is not None,
        on=on,
    )


def _undone() -> QuerySet[Transfer]:
    """What was taken back of a settlement."""
    return Transfer.objects.filter(about=OuterRef("pk"), corrects__isnull=False)


def _state(bill: Bill, left_pence: int) -> str:
    if not left_pence:
        return "paid"
    return "part" if left_pence < bill.to_pay_pence else "open"


def get_bill(case_id: UUID, number: int, *, seen_by: User) -> Bill:
    """One bill with all that its letter says. The person sees it once it was sent."""
    case = get_case(case_id, seen_by=seen_by, page="Bill")
    bills = Bill.objects.filter(case=case, number=number).select_related("sending__to", "lateness")
    bill = bills.prefetch_related("lines").first()
    if bill is None or (not seen_by.is_staff_member and not hasattr(bill, "sending")):
        raise Http404("There is no such bill.")
    bill.case = case
    return bill


def movements(case: Case, on: date) -> list[StatementLine]:
    """Every movement of what somebody owes until a day."""
    found = owed_account(case, Payer.PERSON)
    return statement(found, on) if found else []


@dataclass(frozen=True)
class Work:
    """What finance has to look at: late bills, disputes, breathing spaces, what waits for a decision."""

    late: Sequence[Bill]
    stopped: Sequence[tuple[Bill, Stop]]
    disputes: Sequence[Pause]
    spaces: Sequence[BreathingSpace]
    settlements: Sequence[Settlement]
    plans: Sequence[tuple[PaymentPlan, int]]


def work(*, seen_by: User, on: date, rows: int = 50) -> Work:
    """What finance has to look at, some rows of each. Whoever is named counts as looked at."""
    check_can(seen_by, Capability.PAY)
    waiting = list(unsent()[:500])
    stops = stops_of({bill.case_id for bill in waiting}, on)
    stopped = [
        (bill, stops[bill.case_id]) for bill in waiting if bill.case_id in stops and stops[bill.case_id].of_bills
    ]
    held = {bill.pk for bill, _stop in stopped}
    person = ("case__person",)
    plans = list(PaymentPlan.objects.filter(ended_on=None).select_related(*person)[:rows])
    still = still_days({plan.case_id for plan in plans}, on)
    missed = [(plan, _missed(instalments_of(plan, on, still.get(plan.case_id, [])))) for plan in plans]
    late = [bill for bill in waiting if bill.pk not in held and is_late(bill, on)]
    left = overdue(late, on)
    found = Work(
        late=[bill for bill in late if left[bill.pk]][:rows],
        stopped=stopped[:rows],
        disputes=list(Pause.objects.filter(ended_on=None).select_related(*person, "started_by")[:rows]),
        spaces=list(spaces_on(on).select_related(*person)[:rows]),
        settlements=list(Settlement.objects.filter(answer=None).select_related(*person, "asked_by")[:rows]),
        plans=missed,
    )
    named = [
        *(bill.case.person_id for bill in found.late),
        *(bill.case.person_id for bill, _stop in found.stopped),
        *(each.case.person_id for some in (found.disputes, found.spaces, found.settlements) for each in some),
        *(plan.case.person_id for plan, _missed in found.plans),
    ]
    record_looks(viewer=seen_by, person_ids=named, page="Bills")
    return found


def settlements_to_decide(*, seen_by: User) -> int:
    """How many write-offs and refunds that colleagues asked for wait to be decided."""
    check_can(seen_by, Capability.PAY)
    return Settlement.objects.filter(answer=None).exclude(asked_by=seen_by).count()


def _missed(instalments: Sequence[Instalment]) -> int:
    return sum(each.state == "Missed" for each in instalments)


def latest(*, seen_by: User, words: str = "", first: int = 0, rows: int = 50) -> tuple[list[Bill], int]:
    """The bills of people so called, the latest first: some rows, and how many there are."""
    check_can(seen_by, Capability.PAY)
    bills = Bill.objects.select_related("case__person", "sending").order_by("-number")
    if words:
        bills = bills.filter(case__person__in=people_called(words))
    shown = list(bills[first : first + rows])
    record_looks(viewer=seen_by, person_ids=[bill.case.person_id for bill in shown], page="Bills")
    return shown, bills.count()


def paid_before_they_went(bills: Sequence[Bill], on: date) -> Collection[UUID]:
    """Which of some bills were paid before they were sent: nothing is left to ask for."""
    left = overdue([bill for bill in bills if bill.to_pay_pence > 0 and not hasattr(bill, "sending")], on)
    return {bill for bill, pence in left.items() if not pence}


AGEING = f"""
    {OPEN} SELECT kind, case_id, width_bucket(%(on)s::date - effective_date, %(bands)s::int[]) AS band, SUM(pence)
      FROM open GROUP BY kind, case_id, band ORDER BY kind, case_id, band
"""


@dataclass(frozen=True)
class Ageing:
    """What is owed by how old it is: in all by payer, and by case."""

    totals: Mapping[str, Sequence[int]]
    rows: Sequence[tuple[str, Case, Sequence[int]]]


def ageing(*, seen_by: User, on: date) -> Ageing:
    """How old what people and the NHS owe is: what came in is taken off the oldest first."""
    check_can(seen_by, Capability.PAY)
    starts = [0, *(days + 1 for days in BANDS)]
    kinds = {"owed_by_person": "People", "owed_by_nhs": "The NHS"}
    with connection.cursor() as cursor:
        cursor.execute(AGEING, {"on": on, "kinds": list(kinds), "bands": starts})
        found = cursor.fetchall()
    totals = {payer: [0] * len(BAND_NAMES) for payer in kinds.values()}
    by_case: dict[tuple[str, UUID], list[int]] = {}
    for kind, case, band, pence in found:
        place = least(band - 1, len(BAND_NAMES) - 1)
        totals[kinds[kind]][place] += int(pence)
        by_case.setdefault((kinds[kind], case), [0] * len(BAND_NAMES))[place] += int(pence)
    cases = Case.objects.select_related("person").in_bulk({case for _payer, case in by_case})
    rows = [(payer, cases[case], pence) for (payer, case), pence in by_case.items()]
    record_looks(viewer=seen_by, person_ids=[case.person_id for _p, case, _a in rows], page="Ageing of debts")
    return Ageing(totals, sorted(rows, key=lambda row: -sum(row[2])))


def not_billed_pence(on: date) -> int:
    """What fell due that is on no bill yet."""
    with connection.cursor() as cursor:
        cursor.execute(NOT_BILLED, {"on": on})
        return int(cursor.fetchone()[0])
