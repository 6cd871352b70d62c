"""A period of days, wherever one is meant: what a return covers, a measure looks at, or a payment is for."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Period:
    """A first and a last day, both within it. What is counted on a day is counted on the last."""

    starts_on: date
    ends_on: date

    @property
    def days(self) -> int:
        """How many days, both ends included."""
        return (self.ends_on - self.starts_on).days + 1


def year_to(ends_on: date) -> Period:
    """Give the twelve months that end on a day.

    >>> year_to(date(2025, 3, 31)).starts_on, year_to(date(2025, 2, 28)).starts_on
    (datetime.date(2024, 4, 1), datetime.date(2024, 3, 1))
    """
    after = ends_on + timedelta(days=1)
    leap_day = (after.month, after.day) == (2, 29)
    return Period(date(after.year - 1, 3, 1) if leap_day else after.replace(year=after.year - 1), ends_on)


def financial_year(day: date) -> Period:
    """Give the council's financial year that a day is in: from 1 April to 31 March.

    >>> financial_year(date(2026, 3, 31)).starts_on, financial_year(date(2026, 4, 1)).ends_on
    (datetime.date(2025, 4, 1), datetime.date(2027, 3, 31))
    """
    first = day.year - (day.month < 4)
    return Period(date(first, 4, 1), date(first + 1, 3, 31))


def quarter(day: date) -> Period:
    """Give the quarter that a day is in: three months from 1 January, April, July or October.

    >>> quarter(date(2026, 9, 30)).starts_on, quarter(date(2026, 10, 1)).ends_on
    (datetime.date(2026, 7, 1), datetime.date(2026, 12, 31))
    """
    month = day.month - (day.month - 1) % 3
    first = date(day.year, month, 1)
    following = date(day.year + month // 10, (month + 2) % 12 + 1, 1)
    return Period(first, following - timedelta(days=1))
