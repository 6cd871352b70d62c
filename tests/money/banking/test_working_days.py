"""Bank working days, against GOV.UK's own list, and Bacs' three days."""

import csv
from datetime import date, timedelta

import pytest

from leeway.money.banking.working_days import (
    BankDayRefused,
    bacs_processing_day,
    bacs_submission_day,
    is_bank_working_day,
    working_day_after,
    working_day_on_or_before,
)


def test_every_day_of_sixteen_years_agrees_with_the_published_bank_holidays(published):
    with published("calendar/bank_holidays_england_and_wales.csv").open() as file:
        holidays = {date.fromisoformat(row["date"]) for row in csv.DictReader(file)}
    days = [date(2012, 1, 1) + timedelta(days=n) for n in range((date(2029, 1, 1) - date(2012, 1, 1)).days)]
    assert len(holidays) == 140
    wrong = [day for day in days if is_bank_working_day(day) != (day.weekday() < 5 and day not in holidays)]
    assert wrong == []


@pytest.mark.parametrize(
    ("paid_on", "processed_on", "sent_by"),
    [
        (date(2026, 3, 20), date(2026, 3, 19), date(2026, 3, 18)),  # Friday: Thursday, Wednesday
        (date(2026, 3, 23), date(2026, 3, 20), date(2026, 3, 19)),  # Monday: over the weekend
        (date(2026, 4, 2), date(2026, 4, 1), date(2026, 3, 31)),  # the day before Good Friday
        (date(2026, 4, 7), date(2026, 4, 2), date(2026, 4, 1)),  # the day after Easter Monday
        (date(2022, 9, 20), date(2022, 9, 16), date(2022, 9, 15)),  # after the Queen's funeral
        (date(2025, 1, 2), date(2024, 12, 31), date(2024, 12, 30)),  # over New Year
    ],
)
def test_three_days_of_bacs(paid_on, processed_on, sent_by):
    assert bacs_processing_day(paid_on) == processed_on
    assert bacs_submission_day(paid_on) == sent_by
    assert working_day_after(sent_by) == processed_on
    assert working_day_after(processed_on) == paid_on


@pytest.mark.parametrize("day", [date(2026, 12, 25), date(2026, 12, 26), date(2026, 12, 28)])
def test_nobody_is_credited_at_christmas(day):
    assert working_day_on_or_before(day) == date(2026, 12, 24)
    with pytest.raises(BankDayRefused, match="Thursday 24 December 2026 is"):
        bacs_submission_day(day)


@pytest.mark.parametrize("day", [date(2011, 12, 31), date(2100, 1, 4)])
def test_a_year_with_unknown_bank_holidays_is_refused(day):
    with pytest.raises(BankDayRefused, match="Bank holidays are known from 2012 to"):
        is_bank_working_day(day)
