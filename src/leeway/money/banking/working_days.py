"""The days on which English banks and Bacs work, and the three days that a Bacs payment takes.

Bank holidays come from GOV.UK as packaged in govuk-bank-holidays (Open Government Licence): a file, never
the network. A year that the list does not cover is refused, since a holiday may be made by proclamation.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import count

from govuk_bank_holidays.bank_holidays import BankHolidays

from leeway.refusal import Refusal

SATURDAY = 5


class BankDayRefused(Refusal):
    """A day is not one on which banks work, or is beyond the years whose bank holidays are known."""


def is_bank_working_day(day: date) -> bool:
    """Say whether English banks and Bacs work on a day: not a weekend, not a bank holiday.

    Refuses (BankDayRefused) a day in a year whose bank holidays are not known.
    """
    holidays = _bank_holidays()
    first, last = min(holidays).year, max(holidays).year
    if not first <= day.year <= last:
        raise BankDayRefused(f"Bank holidays are known from {first} to {last}. Choose a day in those years.")
    return day.weekday() < SATURDAY and day not in holidays


def require_bank_working_day(day: date, what: str = "") -> None:
    """Refuse (BankDayRefused) a day on which banks do not work, and name the one before. `what` may start it."""
    if not is_bank_working_day(day):
        before = working_day_on_or_before(day)
        raise BankDayRefused(f"{what} {_written(day)}".strip() + f" is not a bank working day. {_written(before)} is.")


def working_day_on_or_before(day: date) -> date:
    """The day itself where banks work on it, otherwise the last working day before it."""
    return next(each for each in _days_back(day) if is_bank_working_day(each))


def working_day_before(day: date) -> date:
    """The last bank working day before a day."""
    return working_day_on_or_before(day - timedelta(days=1))


def working_day_after(day: date) -> date:
    """The first bank working day after a day."""
    return next(each for n in count(1) if is_bank_working_day(each := day + timedelta(days=n)))


def bacs_processing_day(for_credit_on: date) -> date:
    """The middle one of Bacs' three days: the one that a Standard 18 file is dated for.

    Refuses (BankDayRefused) a day of credit on which banks do not work.
    """
    require_bank_working_day(for_credit_on)
    return working_day_before(for_credit_on)


def bacs_submission_day(for_credit_on: date) -> date:
    """The last day on which to send a Bacs file for people to have their money on a given day.

    Day 1 the file goes in, day 2 Bacs processes it, day 3 the payee is credited; all are bank working days.
    Refuses (BankDayRefused) a day of credit on which banks do not work. Source: Bacs, the three-day cycle.

    >>> bacs_submission_day(date(2026, 4, 7))  # the Tuesday after Easter
    datetime.date(2026, 4, 1)
    """
    return working_day_before(bacs_processing_day(for_credit_on))


@cache
def _bank_holidays() -> frozenset[date]:
    calendar = BankHolidays(use_cached_holidays=True)
    return frozenset(holiday["date"] for holiday in calendar.get_holidays(BankHolidays.ENGLAND_AND_WALES))


def _days_back(day: date) -> Iterator[date]:
    return (day - timedelta(days=n) for n in count())


def _written(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"
