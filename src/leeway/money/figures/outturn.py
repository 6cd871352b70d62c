"""What a financial year is likely to come to: what is known, what goes on, and how it has changed month by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from leeway.law.numbers import ceil_div, floor_div
from leeway.money.budgets.schedule import DAYS_A_WEEK
from leeway.period import Period

DAY = timedelta(days=1)
#: Fewer months of the past say too little of how far a year may go.
MONTHS_LEAST = 6
#: How many months of the past are looked at.
MONTHS_MOST = 24
DRAWS, SEED = 4_000, 20_260_401
#: The interval holds eight of ten draws.
LOW, HIGH = 10, 90


@dataclass(frozen=True)
class Outturn:
    """What one line of a year's figures comes to, in pence; the interval is None where the past is too short."""

    until_today_pence: int
    if_nothing_changes_pence: int
    expected_pence: int | None
    low_pence: int | None
    high_pence: int | None


def month_ends(before: date, months: int = MONTHS_MOST) -> list[date]:
    """The last days of the months before a day, the earliest first.

    >>> month_ends(date(2026, 3, 10), 2)
    [datetime.date(2026, 1, 31), datetime.date(2026, 2, 28)]
    """
    found: list[date] = []
    last = before.replace(day=1) - DAY
    while len(found) < months:
        found.append(last)
        last = last.replace(day=1) - DAY
    return found[::-1]


def months_to_come(today: date, year: Period) -> list[Period]:
    """What is left of this month after a day, and each month after it to the end of the year.

    >>> [month.days for month in months_to_come(date(2027, 1, 21), Period(date(2026, 4, 1), date(2027, 3, 31)))]
    [10, 28, 31]
    """
    found, first = [], today + DAY
    while first <= year.ends_on:
        next_month = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
        last = min(next_month - DAY, year.ends_on)
        found.append(Period(first, last))
        first = last + DAY
    return found


def outturn(
    *,
    until_today_pence: int,
    if_nothing_changes_pence: int,
    week_pence: int,
    weeks_past: Sequence[int],
    days: Sequence[int],
    day_weeks: Sequence[int] | None = None,
) -> Outturn:
    """What the year comes to if the weeks to come change as the months before did.

    `week_pence` is what a week costs today, `weeks_past` what it cost at the end of each month before, the earliest
    first, `days` those of each month to come on which it can change. Each draw takes a change of a past month, by
    chance, for each month to come, the same for everybody who looks (one seed). Known ends count as part of those
    changes, not twice. A part of a penny is left off. `day_weeks` is said where another payer is known to take over:
    what each month's days cost of what holds today, seven times.
    """
    changes = np.diff(np.array([*weeks_past, week_pence], dtype=np.int64))
    if len(changes) < MONTHS_LEAST or not days:
        whole = if_nothing_changes_pence if not days else None
        return Outturn(until_today_pence, if_nothing_changes_pence, whole, whole, whole)
    drawn = np.random.default_rng(SEED).choice(changes, size=(DRAWS, len(days) - 1))
    steps = np.concatenate([np.zeros((DRAWS, 1), dtype=np.int64), drawn.cumsum(axis=1)], axis=1)
    known = [week_pence * each for each in days] if day_weeks is None else day_weeks
    weeks = np.maximum(np.array(known, dtype=np.int64) + steps * np.array(days, dtype=np.int64), 0)
    to_come = floor_div(weeks, DAYS_A_WEEK).sum(axis=1)
    low, middle, high = np.percentile(to_come, [LOW, 50, HIGH], method="nearest")
    return Outturn(
        until_today_pence,
        if_nothing_changes_pence,
        until_today_pence + int(middle),
        until_today_pence + int(low),
        until_today_pence + int(high),
    )


def share_of(part_pence: int, days: int, of_days: int) -> int:
    """What the first so many of an amount's days take of it; part of a penny counts as a whole one.

    >>> share_of(40000, 5, 28)
    7143
    """
    return ceil_div(part_pence * days, of_days)
