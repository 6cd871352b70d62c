"""Counting in months, as the law does: from a day to the same day of a later month, or to its last day."""

from calendar import monthrange
from datetime import date


def months_later(day: date, months: int) -> date:
    """Give the same day so many months on; where that month is too short, its last day.

    >>> months_later(date(2025, 8, 31), 6)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def anniversary(day: date, years: int) -> date:
    """Give the same day so many years on; for 29 February, in a year without that day, 1 March.

    Whoever was born on 29 February reaches an age in years at the commencement of that day: a year that has no such
    day is complete only when 28 February is over. Source: Family Law Reform Act 1969 s9.

    >>> anniversary(date(2008, 2, 29), 18)
    datetime.date(2026, 3, 1)
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def months_between(start: date, end: date) -> int:
    """Count the whole months from one day to another.

    >>> months_between(date(2026, 1, 31), date(2026, 2, 28))
    0
    """
    return 12 * (end.year - start.year) + end.month - start.month - (end.day < start.day)
