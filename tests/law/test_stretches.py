"""A charge by the days that it covers: the days on which it may change, and what lies between them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.law import compute, law_on
from leeway.law.births import Birth
from leeway.law.months import anniversary
from leeway.law.pension_age import has_reached_pension_age, reaches_pension_age_on
from leeway.law.stretches import NEW_VALUES, Turn, birthday_turns, law_turns, stretches

LEAP = date(2008, 2, 29)


def charged_on(born, **means):
    """The charge of somebody born on a day, by the law and the facts of each day."""

    def on_day(day):
        years = day.year - born.year
        facts = {
            "age": years - (day < anniversary(born, years)),
            "pension_age": has_reached_pension_age(born, day),
            "personal_budget_pence_per_week": 500_00,
        }
        return compute("charge", facts | means, day)

    return on_day


def by_days(first, last, born, **means):
    turns = [*birthday_turns(Birth(born, born)), *law_turns(law_on(first))]
    return stretches(first, last, turns, charged_on(born, **means))


PENSION = [{"kind": "private_pension", "pence_per_week": 300_00}]


def test_pension_age_the_day_before_support_starts_is_what_counts():
    """Who reaches it on 10 January is charged as of pension age from the first day, 11 January."""
    born = date(1960, 1, 10)
    assert reaches_pension_age_on(born) == date(2026, 1, 10)
    (only,) = by_days(date(2026, 1, 11), date(2026, 3, 8), born, income=PENSION)
    assert only.outcome.inputs["pension_age"] and not only.because and only.ends_on is None


def test_pension_age_after_the_start_is_a_stretch_of_its_own():
    born = date(1960, 1, 10)
    before, after = by_days(date(2026, 1, 5), date(2026, 3, 8), born, income=PENSION)
    assert (before.starts_on, before.ends_on) == (date(2026, 1, 5), date(2026, 1, 9))
    assert (after.starts_on, after.because) == (date(2026, 1, 10), ("pension age is reached",))
    assert after.charge_pence_per_week < before.charge_pence_per_week


def test_a_start_dated_back_has_the_figures_of_each_year():
    born = date(1980, 6, 1)
    march, april = by_days(date(2026, 3, 2), date(2026, 5, 1), born, income=PENSION)
    assert (march.ends_on, april.starts_on) == (date(2026, 4, 5), date(2026, 4, 6)) and april.because == (NEW_VALUES,)
    for each in (march, april):
        same = charged_on(born, income=PENSION)(each.starts_on)
        assert (
            each.outcome.result == same.result
            and each.outcome.digest == law_on(each.starts_on).only("charging", "charging_policy").digest
        )


def test_the_25th_birthday_leaves_more_to_live_on():
    born = date(2001, 5, 20)
    before, after = by_days(date(2026, 5, 11), date(2026, 6, 30), born, income=PENSION)
    assert after.starts_on == date(2026, 5, 20) and after.charge_pence_per_week < before.charge_pence_per_week


def test_what_comes_to_the_same_is_one_stretch():
    """A birthday of somebody who pays nothing either way changes nothing."""
    assert len(by_days(date(2026, 5, 11), date(2026, 6, 30), date(2001, 5, 20), income=[])) == 1


def test_two_causes_on_a_day_are_both_told():
    first, last = date(2026, 4, 1), date(2026, 4, 30)
    day = date(2026, 4, 6)
    turns = [*law_turns(law_on(first)), Turn(day, "the partner reaches pension age")]
    _, later = stretches(first, last, turns, charged_on(date(1980, 6, 1), income=PENSION))
    assert later.because == (NEW_VALUES, "the partner reaches pension age")


@given(
    st.dates(date(1935, 1, 1), date(2000, 1, 1)),
    st.dates(date(2018, 4, 6), date(2026, 9, 1)),
    st.integers(0, 500),
    st.integers(0, 400_00),
)
def test_every_day_has_the_charge_of_its_own_law_and_age(born, first, days, pence):
    """No day on which a charge changes is overlooked, and no two neighbours are the same."""
    income = [{"kind": "private_pension", "pence_per_week": pence}]
    last = first + timedelta(days=days)
    found = by_days(first, last, born, income=income)
    on_day = charged_on(born, income=income)
    assert found[0].starts_on == first and found[-1].ends_on is None
    for number, each in enumerate(found):
        until = each.ends_on or last
        for day in {each.starts_on, each.starts_on + (until - each.starts_on) // 2, until}:
            assert on_day(day).result["charge_pence_per_week"] == each.charge_pence_per_week
        if number:
            assert found[number - 1].ends_on + timedelta(1) == each.starts_on and each.because
            assert found[number - 1].charge_pence_per_week != each.charge_pence_per_week


@pytest.mark.parametrize(
    ("years", "reached"), [(18, date(2026, 3, 1)), (25, date(2033, 3, 1)), (20, date(2028, 2, 29)), (0, LEAP)]
)
def test_a_birthday_on_29_february(years, reached):
    assert anniversary(LEAP, years) == reached


@pytest.mark.parametrize(
    ("born", "reached"),
    [
        (date(1956, 2, 29), date(2022, 3, 1)),
        (date(1960, 2, 29), date(2026, 3, 1)),
        (date(1964, 2, 29), date(2031, 3, 1)),
        (date(1980, 2, 29), date(2048, 2, 29)),
        (date(1984, 2, 29), date(2052, 2, 29)),
        (date(1940, 2, 29), date(2000, 2, 29)),
    ],
)
def test_pension_age_of_those_born_on_29_february(born, reached):
    assert reaches_pension_age_on(born) == reached
    assert not has_reached_pension_age(born, reached - timedelta(days=1))


@pytest.mark.parametrize(
    ("born", "reached"),
    [
        (date(1960, 7, 31), date(2026, 11, 30)),
        (date(1960, 12, 31), date(2027, 9, 30)),
        (date(1961, 1, 31), date(2027, 11, 30)),
    ],
)
def test_the_three_days_of_birth_that_paragraph_1_7a_names(born, reached):
    assert reaches_pension_age_on(born) == reached
