"""What comes: payments in, what goes out as far as it is known, and what is to be done by when. Nothing is promised."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from itertools import groupby, pairwise

from leeway.care.employing.queries import employer
from leeway.care.people.models import Case
from leeway.care.planning.models import Way
from leeway.law.numbers import floor_div
from leeway.money.banking.working_days import working_day_on_or_before
from leeway.money.budgets.models import Instalment
from leeway.money.budgets.queries import sent_among
from leeway.money.spending.proposing import payee_of
from leeway.money.spending.queries import Entry, entries, set_aside_on

#: How far ahead is shown, and how far back is looked to find what goes out again and again.
AHEAD, BACK = timedelta(days=91), timedelta(days=125)
#: What was paid as often as this, so many days apart give or take, is expected again; and the rhythms in words.
TIMES_LEAST, GIVE_OR_TAKE = 3, 4
RHYTHMS = {7: "a week", 14: "two weeks", 28: "four weeks", 30: "a month", 91: "three months"}
#: Whoever is paid amounts that differ by more than this is paid no bill that comes again.
AMOUNT_DIFFERS_PERCENT = 25


class Course(Enum):
    """Which way money goes on a day, or that something is to be done."""

    IN = "in"
    OUT = "out"
    KEPT = "kept"
    TO_DO = "to do"


@dataclass(frozen=True)
class Coming:
    """Something that comes on a day: what, how much where it is money, and how one knows."""

    on: date
    way: Course
    what: str
    pence: int | None
    because: str


def coming(case: Case, on: date, *, of_money_alone: bool) -> list[Coming]:
    """What comes in the next three months. Whoever runs the account alone sees its money alone."""
    until = on + AHEAD
    found = [*_payments(case, on, until), *_expected(entries(case, on - BACK, on), on, until), *_kept(case, on, until)]
    if not of_money_alone:
        found += _duties(case, on, until)
    return found


def by_month(found: Sequence[Coming]) -> list[tuple[str, list[Coming]]]:
    """The same month by month, the earliest first: “December 2026”, and what comes in it."""
    in_order = sorted(found, key=lambda each: (each.on, each.way.value, each.what))
    return [(name, list(some)) for name, some in groupby(in_order, key=lambda each: f"{each.on:%B %Y}")]


def _payments(case: Case, on: date, until: date) -> Iterable[Coming]:
    """What the council is to pay, as scheduled. A payment that waits says so on the page of the budget."""
    ahead = Instalment.objects.filter(
        part__budget__case=case,
        part__way=Way.DIRECT_PAYMENT,
        due_on__range=(on, until),
        cancellation=None,
        amount_pence__gt=0,
    )
    rows = list(ahead.order_by("due_on"))
    sent = sent_among([each.pk for each in rows])
    for each in rows:
        if each.pk not in sent:
            day = max(on, working_day_on_or_before(each.due_on))
            yield Coming(day, Course.IN, "Direct payment from the council", each.amount_pence, "As scheduled")


def _expected(found: Sequence[Entry], on: date, until: date) -> Iterable[Coming]:
    """What goes out again and again: of each name that was paid in a rhythm, each next time until a day."""
    by_name: defaultdict[str, list[Entry]] = defaultdict(list)
    for each in reversed(found):
        if each.is_out and (name := payee_of(each.line)):
            by_name[name].append(each)
    for paid in by_name.values():
        last, every = paid[-1], rhythm([each.line.booked_on for each in paid])
        if every is None or not _alike([each.pence for each in paid]):
            continue
        what = last.purpose.in_short if last.purpose else last.payee
        because = f"{last.payee} was paid {len(paid)} times, about {RHYTHMS[every]} apart"
        day = last.line.booked_on + timedelta(days=every)
        while day <= until:
            if day >= on:
                yield Coming(day, Course.OUT, what, last.pence, because)
            day += timedelta(days=every)


def rhythm(days: Sequence[date]) -> int | None:
    """How many days lie between payments that were made in a rhythm; None where there is none.

    >>> rhythm([date(2026, 9, 1), date(2026, 9, 8), date(2026, 9, 15)]), rhythm([date(2026, 9, 1), date(2026, 9, 3)])
    (7, None)
    """
    gaps = [(after - before).days for before, after in pairwise(days)]
    if len(days) < TIMES_LEAST or not gaps:
        return None
    fitting = [every for every in RHYTHMS if all(abs(gap - every) <= min(GIVE_OR_TAKE, every // 3) for gap in gaps)]
    return min(fitting, key=lambda every: sum(abs(gap - every) for gap in gaps), default=None)


def _alike(amounts: Sequence[int]) -> bool:
    """Whether amounts are near enough to each other to expect the next."""
    return max(amounts) - min(amounts) <= floor_div(max(amounts) * AMOUNT_DIFFERS_PERCENT, 100)


def _kept(case: Case, on: date, until: date) -> Iterable[Coming]:
    """What is set aside until a day in these months: it is to be paid by then."""
    for each in set_aside_on(case, on):
        if each.until is not None and each.until <= until:
            yield Coming(each.until, Course.KEPT, each.reason, each.amount_pence, "Set aside until then")


def _duties(case: Case, on: date, until: date) -> Iterable[Coming]:
    """What an employer is to do by when."""
    found = employer(case, on)
    for item in found.asked_for if found else ():
        day = max(on, item.until or item.due_on)
        if day <= until:
            yield Coming(day, Course.TO_DO, item.duty.what, None, "As an employer")
