"""An amount for some days, spread over them: what stands for any stretch of the days, so that stretches add back.

After so many of the days, so much of the amount in proportion, rounded down, and all of it after the last.
"""

from datetime import date, timedelta

from leeway.law.numbers import floor_div, greatest, least

DAY = timedelta(days=1)


def days_between(starts_on: date, ends_on: date) -> int:
    """How many days there are from a first to a last one, both counted; none where the last is before the first."""
    return max(0, (ends_on - starts_on).days + 1)


def pence_of(pence: int, starts_on: date, ends_on: date, *, first: date, last: date) -> int:
    """What of an amount for the days from `starts_on` to `ends_on` stands for those from `first` to `last`.

    >>> pence_of(100, date(2026, 1, 1), date(2026, 1, 3), first=date(2026, 1, 2), last=date(2026, 1, 3))
    67
    """
    days = days_between(starts_on, ends_on)
    until, before = (
        floor_div(pence * least(greatest(days_between(starts_on, day), 0), days), days) for day in (last, first - DAY)
    )
    return until - before if last >= first else 0
