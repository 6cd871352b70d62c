"""When a budget is paid and how much: pure dates and pence.

The council's pay calendar is a row of four-week periods counted from one Monday. A whole period pays four
weeks in advance. A part of a period is paid by days, a seventh of the week each, and part of a penny counts
as a whole one, in the person's favour.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from leeway.law.numbers import ceil_div, floor_div
from leeway.market.weeks import WEEKS_A_YEAR
from leeway.period import Period
from leeway.refusal import Refusal

DAYS_A_WEEK = 7
WEEKS_A_PERIOD = 4
DAYS_A_PERIOD = WEEKS_A_PERIOD * DAYS_A_WEEK
DAY = timedelta(days=1)


@dataclass(frozen=True)
class PaidPeriod(Period):
    """Some days of support, and what is paid for them."""

    amount_pence: int


def instalments(*, starts_on: date, ends_on: date, weekly_pence: int, anchor: date) -> list[PaidPeriod]:
    """Cut the days from one date to another (both included) at the pay calendar, with the pence of each part.

    `anchor` is the first day of any one period of the calendar.

    >>> for each in instalments(
    ...     starts_on=date(2026, 4, 22), ends_on=date(2026, 5, 24), weekly_pence=100_00, anchor=date(2026, 3, 30)
    ... ):
    ...     print(each.starts_on, each.days, each.amount_pence)
    2026-04-22 5 7143
    2026-04-27 28 40000
    """
    if ends_on < starts_on:
        raise Refusal("The last day is before the first. Check both dates.")
    found = []
    while starts_on <= ends_on:
        last = min(period_end(starts_on, anchor), ends_on)
        found.append(PaidPeriod(starts_on, last, days_pence(weekly_pence, (last - starts_on).days + 1)))
        starts_on = last + DAY
    return found


def days_pence(weekly_pence: int, days: int) -> int:
    """What some days cost at so much a week. Part of a penny counts as a whole one.

    >>> days_pence(100_00, 28), days_pence(100_00, 5)
    (40000, 7143)
    """
    return ceil_div(weekly_pence * days, DAYS_A_WEEK)


def period_end(day: date, anchor: date) -> date:
    """The last day of the pay period that a day is in."""
    periods = floor_div((day - anchor).days, DAYS_A_PERIOD)
    return anchor + timedelta(days=(periods + 1) * DAYS_A_PERIOD - 1)


def funded_until(starts_on: date, anchor: date) -> date:
    """How far the money of one financial year goes: to the end of the pay period that 31 March is in.

    An instalment is paid in advance, so it counts in the financial year in which its period starts.

    >>> funded_until(date(2026, 9, 7), date(2026, 3, 30))
    datetime.date(2027, 4, 25)
    """
    year_end = date(starts_on.year + (starts_on.month > 3), 3, 31)
    return period_end(year_end, anchor)


def year_pence(weekly_pence: int) -> int:
    """A whole year of a weekly amount: 52 weeks, paid in 13 instalments."""
    return weekly_pence * WEEKS_A_YEAR
