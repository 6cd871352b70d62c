"""Making bills from the ledger: once a pay period is over, everybody's at once, a thousand people at a time.

A bill takes every movement of what somebody owes that is on no bill yet. Who broke off leaves no half of a thousand,
and whoever begins again makes the rest.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID, uuid5

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from leeway.care.people.locks import lock_cases
from leeway.care.people.models import Case
from leeway.jobs.kinds import Progress, untold
from leeway.law import law_on
from leeway.law.numbers import ceil_div, least
from leeway.money.bills.kinds import LineKind
from leeway.money.bills.models import Bill, Billed, BillLine, PaymentReference
from leeway.money.budgets.schedule import DAYS_A_PERIOD, DAYS_A_WEEK, period_end
from leeway.money.ledger.models import Reason
from leeway.period import Period

CASES_AT_ONCE = 1_000
DAY = timedelta(days=1)
#: Who has something that fell due, or did not after all, until a day, and that is on no bill yet.
WAITING = """
    SELECT DISTINCT a.case_id FROM ledger_account AS a JOIN (
        SELECT id, credit_id AS account, effective_date FROM ledger_transfer
         WHERE reason IN ('fell_due', 'opening', 'charged_again')
        UNION ALL SELECT id, debit_id, effective_date FROM ledger_transfer
         WHERE reason IN ('no_longer_due', 'not_charged')
    ) AS t ON t.account = a.id LEFT JOIN bills_billed AS x ON x.transfer_id = t.id
     WHERE a.kind = 'owed_by_person' AND x.transfer_id IS NULL AND t.effective_date <= %(until)s
       AND NOT EXISTS (SELECT 1 FROM bills_bill AS b WHERE b.case_id = a.case_id AND b.period_ends_on >= %(until)s)
     ORDER BY a.case_id
"""
#: What is on no bill yet of some cases, each with the days that it is for: those of the funding that it is about.
MOVEMENTS = """
    SELECT a.case_id, t.id, t.reason, CASE WHEN t.credit_id = a.id THEN t.amount_pence ELSE -t.amount_pence END,
           COALESCE(original.effective_date, t.effective_date), f.starts_on, f.ends_on, p.way,
           p.charge_pence_per_week, b.pay_calendar_starts_on, e.ends_on, e.left_out_until, COALESCE(e.reason, o.source),
           (SELECT min(effective_date) FROM ledger_transfer AS promised
             WHERE promised.about = f.id AND promised.reason = 'promised'),
           n.starts_on, n.ends_on, n.words
      FROM ledger_account AS a JOIN LATERAL (
          SELECT * FROM ledger_transfer WHERE credit_id = a.id
          UNION ALL SELECT * FROM ledger_transfer WHERE debit_id = a.id
      ) AS t ON TRUE
      LEFT JOIN bills_billed AS x ON x.transfer_id = t.id
      LEFT JOIN ledger_transfer AS original ON original.id = t.corrects_id
      LEFT JOIN budgets_notcharged AS n ON n.transfer_id = t.id
      LEFT JOIN budgets_funding AS f ON f.id = t.about
       AND t.reason IN ('fell_due', 'no_longer_due', 'not_charged', 'charged_again')
      LEFT JOIN budgets_part AS p ON p.id = f.part_id LEFT JOIN budgets_budget AS b ON b.id = p.budget_id
      LEFT JOIN budgets_ending AS e ON e.budget_id = b.id LEFT JOIN bills_opening AS o ON o.id = t.about
     WHERE a.kind = 'owed_by_person' AND a.case_id = ANY(%(cases)s) AND x.transfer_id IS NULL
       AND t.effective_date <= %(until)s
     ORDER BY a.case_id, 5, f.starts_on, p.way, t.reason, t.id
"""
#: What fell due in all that is on no bill yet.
NOT_BILLED = """
    SELECT COALESCE(SUM(CASE WHEN t.credit_id = a.id THEN t.amount_pence ELSE -t.amount_pence END), 0)
      FROM ledger_account AS a JOIN ledger_transfer AS t ON t.credit_id = a.id OR t.debit_id = a.id
      LEFT JOIN bills_billed AS x ON x.transfer_id = t.id
     WHERE a.kind = 'owed_by_person' AND x.transfer_id IS NULL AND t.effective_date <= %(on)s
       AND t.reason IN ('fell_due', 'no_longer_due', 'opening', 'not_charged', 'charged_again')
"""
#: What of what moved stands in a bill's lines: all but what was paid or settled.
CHARGES = (Reason.FELL_DUE, Reason.NO_LONGER_DUE, Reason.OPENING, Reason.NOT_CHARGED, Reason.CHARGED_AGAIN)
NOT_GIVEN = "This was charged, and is not due after all."
_NUMBERS = "SELECT pg_advisory_xact_lock(hashtextextended('numbers of bills', 0))"


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that moved on what one person owes: more owed is positive. The rest is of the funding that it is about."""

    case: UUID
    transfer: UUID
    reason: str
    pence: int
    due_on: date
    starts_on: date | None
    ends_on: date | None
    way: str | None
    weekly_pence: int | None
    anchor: date | None
    ended_on: date | None
    left_out_until: date | None
    because: str | None
    promised_on: date | None
    week_starts_on: date | None = None  # a week of which less is charged
    week_ends_on: date | None = None
    week_words: str | None = None

    @property
    def is_charge(self) -> bool:
        return self.reason in CHARGES

    @property
    def is_before(self) -> bool:
        """Whether it was owed before the council took billing over: its bill is not late by that."""
        return self.reason == Reason.OPENING

    def days(self) -> Period:
        """The days that it is for: of the pay period that fell due, from the first day of the funding on; or a week."""
        if self.week_starts_on is not None and self.week_ends_on is not None:
            return Period(self.week_starts_on, self.week_ends_on)
        if self.starts_on is None or self.ends_on is None or self.anchor is None or self.promised_on is None:
            return Period(self.due_on, self.due_on)
        last = least(period_end(self.due_on, self.anchor), self.ends_on)
        first = self.starts_on if self.due_on <= self.promised_on else least(self.due_on, last)
        if self.ended_on is None or not first <= self.ended_on < last:
            return Period(first, last)
        if self.reason == Reason.NO_LONGER_DUE:
            return Period(self.ended_on + DAY, last)
        cut = Period(first, self.ended_on)
        return min(cut, Period(first, last), key=lambda days: abs(self._cost(days) - self.pence))

    def _cost(self, days: Period) -> int:
        return ceil_div((self.weekly_pence or 0) * days.days, DAYS_A_WEEK)

    @property
    def words(self) -> str:
        """Of a credit, why; of what was owed before, where it was billed; of what is charged after all, why."""
        if self.week_words:
            return self.week_words
        if self.pence > 0:
            return f"Owed since before. {self.because}" if self.is_before else ""
        if self.left_out_until:
            return f"You pay nothing for these days. {self.because}"
        return self.because or NOT_GIVEN


@dataclass(slots=True)
class _Made:
    """One bill with its lines and what is on it, before it is written."""

    bill: Bill
    lines: list[BillLine] = field(default_factory=list)
    billed: list[Billed] = field(default_factory=list)


def last_period(on: date) -> Period:
    """The last whole pay period that was over before a day."""
    this_end = period_end(on, settings.PAY_CALENDAR_STARTS_ON)
    last = this_end - timedelta(days=DAYS_A_PERIOD)
    return Period(last - timedelta(days=DAYS_A_PERIOD - 1), last)


def make_bills(*, on: date, only: Collection[UUID] | None = None, progress: Progress = untold) -> int:
    """Make everybody's bill for the last pay period that is over; how many. Nightly work, a thousand people at a time.

    Who has one for it, or nothing that fell due, gets none. `only` has the cases of a council that begins with some.
    """
    period = last_period(on)
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"until": period.ends_on})
        waiting = [case for (case,) in cursor.fetchall() if only is None or case in only]
    made = 0
    for first in range(0, len(waiting), CASES_AT_ONCE):
        made += _make_some(waiting[first : first + CASES_AT_ONCE], period, on)
        progress(done=min(first + CASES_AT_ONCE, len(waiting)), of=len(waiting))
    return made


@transaction.atomic
def _make_some(cases: Sequence[UUID], period: Period, on: date) -> int:
    """Make the bills of some cases, which stand still meanwhile; a few questions to the database for all of them."""
    lock_cases(Case.objects.filter(pk__in=cases))
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS)
        cursor.execute(MOVEMENTS, {"cases": list(cases), "until": period.ends_on})
        found = [Movement(*row) for row in cursor.fetchall()]
    done = set(Bill.objects.filter(case__in=cases, period_ends_on__gte=period.ends_on).values_list("case", flat=True))
    by_case: dict[UUID, list[Movement]] = {}
    for each in found:
        if each.case not in done:
            by_case.setdefault(each.case, []).append(each)
    wanted = {case: moved for case, moved in by_case.items() if any(each.is_charge for each in moved)}
    _give_references(wanted)
    before = dict(
        Billed.objects.filter(bill__case__in=wanted).order_by().values_list("bill__case").annotate(Max("bill__number"))
    )
    earlier = dict(Bill.objects.filter(number__in=before.values()).values_list("case", "to_pay_pence"))
    number = Bill.objects.aggregate(last=Max("number"))["last"] or 0
    law = law_on(on, settings.COUNCIL_POLICY)
    terms = {"late_after_days": law["billing.late_after_days"], "days_to_pay": law["billing.days_to_pay"]}
    made = [
        _make(moved, period, on, number=number + place, earlier_pence=earlier.get(case, 0), **terms)
        for place, (case, moved) in enumerate(wanted.items(), start=1)
    ]
    _write(made)
    return len(made)


def _write(made: Sequence[_Made]) -> None:
    Bill.objects.bulk_create([each.bill for each in made])
    BillLine.objects.bulk_create([line for each in made for line in each.lines])
    for each in made:
        for one in each.billed:
            one.line_id = one.line.pk if one.line else None
    Billed.objects.bulk_create([one for each in made for one in each.billed])


def _give_references(cases: Iterable[UUID]) -> None:
    """Give every case that has none yet the next payment reference."""
    have = set(PaymentReference.objects.filter(case__in=list(cases)).values_list("case", flat=True))
    last = PaymentReference.objects.aggregate(last=Max("number"))["last"] or 0
    new = [case for case in cases if case not in have]
    PaymentReference.objects.bulk_create(
        [PaymentReference(case_id=case, number=last + place) for place, case in enumerate(new, start=1)]
    )


def _make(
    moved: Sequence[Movement], period: Period, on: date, *, number: int, earlier_pence: int, **terms: int
) -> _Made:
    charged = [each for each in moved if each.is_charge]
    received = -sum(each.pence for each in moved if each.reason in (Reason.RECEIVED, Reason.CORRECTION))
    charged_pence = sum(each.pence for each in charged)
    settled = charged_pence - sum(each.pence for each in moved) - received
    case = moved[0].case
    bill = Bill(
        id=uuid5(case, f"bill {period.starts_on}"),
        number=number,
        case_id=case,
        period_starts_on=period.starts_on,
        period_ends_on=period.ends_on,
        made_on=on,
        earlier_pence=earlier_pence,
        charged_pence=charged_pence,
        received_pence=received,
        settled_pence=settled,
        to_pay_pence=earlier_pence + charged_pence - received - settled,
        oldest_ended_on=min(
            (each.days().ends_on for each in charged if each.pence > 0 and not each.is_before), default=period.ends_on
        ),
        **terms,
    )
    made = _Made(bill)
    for place, each in enumerate(charged, start=1):
        days = each.days()
        line = BillLine(
            bill=bill,
            place=place,
            kind=LineKind.CHARGE if each.pence > 0 else LineKind.CREDIT,
            way=each.way or "",
            starts_on=days.starts_on,
            ends_on=days.ends_on,
            weekly_pence=each.weekly_pence or 0,
            amount_pence=each.pence,
            words=each.words,
        )
        made.lines.append(line)
        made.billed.append(Billed(transfer_id=each.transfer, bill=bill, line=line))
    made.billed += [Billed(transfer_id=each.transfer, bill=bill) for each in moved if not each.is_charge]
    bill.digest = digest_of(bill, made.lines)
    return made


def digest_of(bill: Bill, lines: Iterable[BillLine]) -> str:
    """The digest of a bill and its lines, as the relations ask for it of the rows."""
    head = (
        bill.number, bill.case_id, bill.period_starts_on, bill.period_ends_on, bill.made_on, bill.earlier_pence,
        bill.charged_pence, bill.received_pence, bill.settled_pence, bill.to_pay_pence,
    )  # fmt: skip
    rows = [
        (o.place, str(o.kind), str(o.way), o.starts_on, o.ends_on, o.weekly_pence, o.amount_pence, o.words)
        for o in lines
    ]
    text = "\n".join("|".join(map(str, row)) for row in (head, *rows))
    return hashlib.sha256(text.encode()).hexdigest()
