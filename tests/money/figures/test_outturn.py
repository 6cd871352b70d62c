"""What a year is likely to come to: the same for all who look, silent of a short past, right where it is known."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from leeway.money.figures.outturn import MONTHS_LEAST, month_ends, months_to_come, outturn
from leeway.period import Period

YEAR = Period(date(2026, 4, 1), date(2027, 3, 31))


def forecast(weeks_past, week, days=(30, 31, 31, 28, 31)):
    return outturn(
        until_today_pence=1_000_00,
        if_nothing_changes_pence=2_000_00,
        week_pence=week,
        weeks_past=weeks_past,
        days=list(days),
    )


def test_where_every_month_changed_alike_there_is_one_answer():
    """£70 a week, £7 more each month: 30 days at 70, then 31 at 77, 31 at 84, 28 at 91 and 31 at 98."""
    past = [70_00 - 7_00 * back for back in range(8, 0, -1)]
    found = forecast(past, 70_00)
    to_come = 300_00 + 341_00 + 372_00 + 364_00 + 434_00
    assert found.low_pence == found.expected_pence == found.high_pence == 1_000_00 + to_come


def test_too_short_a_past_gives_no_interval_and_says_nothing_of_the_year():
    found = forecast([70_00] * (MONTHS_LEAST - 1), 70_00)
    assert (found.expected_pence, found.low_pence, found.high_pence) == (None, None, None)
    assert found.if_nothing_changes_pence == 2_000_00
    assert forecast([70_00] * MONTHS_LEAST, 70_00).expected_pence is not None


def test_on_the_last_day_of_the_year_nothing_is_left_to_guess():
    found = forecast([70_00] * 12, 70_00, days=())
    assert found.low_pence == found.expected_pence == found.high_pence == 2_000_00


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 10_000_00), min_size=MONTHS_LEAST, max_size=24), st.integers(0, 10_000_00))
def test_the_interval_holds_the_middle_nothing_is_less_than_nought_and_two_looks_agree(past, week):
    found = forecast(past, week)
    assert found.until_today_pence <= found.low_pence <= found.expected_pence <= found.high_pence
    assert found == forecast(past, week)


def test_months_and_days_are_cut_at_the_calendar():
    assert month_ends(date(2026, 3, 1), 3) == [date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28)]
    assert months_to_come(date(2027, 2, 28), YEAR) == [Period(date(2027, 3, 1), YEAR.ends_on)]
    assert sum(month.days for month in months_to_come(date(2026, 4, 1), YEAR)) == 364
    assert months_to_come(YEAR.ends_on, YEAR) == []
