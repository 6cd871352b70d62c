"""The one table of weeks gives the very numbers of the three tables that it took the place of, written out here."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.care.assessment.means import cost_a_week_pence, income_a_week_pence
from leeway.care.planning.costs import weekly_pence
from leeway.care.planning.models import PlanLine
from leeway.insight.measures.costs import PARTS, PARTS_A_WEEK
from leeway.market.units import REGULAR, Frequency
from leeway.market.weeks import TIMES_A_WEEK, a_week_rounded_down, a_week_rounded_up
from leeway.money.budgets.schedule import year_pence

#: Times in so many weeks, as planning and the money check each had it. Nothing was paid by the quarter.
BEFORE = {
    "weekly": (1, 1),
    "fortnightly": (1, 2),
    "four_weekly": (1, 4),
    "monthly": (12, 52),
    "yearly": (1, 52),
    "once": (0, 1),
}
OFTEN = st.sampled_from(sorted(BEFORE))


@given(st.integers(1, 999_99), st.integers(0, 50_000_00), OFTEN)
def test_a_plan_line_costs_a_week_what_it_did(hundredths, pence, often):
    times, weeks = BEFORE[often]
    line = PlanLine(units=Decimal(hundredths) / 100, unit_cost_pence=pence, frequency=often)
    assert weekly_pence(line) == -(-hundredths * pence * times // (100 * weeks))


@given(st.integers(0, 10_000_000_00), st.sampled_from([value for value, _ in REGULAR if value != "quarterly"]))
def test_incomes_and_costs_of_a_money_check_are_what_they_were(pence, often):
    times, weeks = BEFORE[often]
    assert income_a_week_pence(pence, often) == pence * times // weeks
    assert cost_a_week_pence(pence, often) == -(-pence * times // weeks)


@pytest.mark.parametrize(
    ("often", "down", "up"),
    [
        ("weekly", 100_01, 100_01),
        ("fortnightly", 50_00, 50_01),
        ("four_weekly", 25_00, 25_01),
        ("monthly", 23_07, 23_08),
        ("quarterly", 7_69, 7_70),
        ("yearly", 1_92, 1_93),
    ],
)
def test_a_hundred_pounds_and_a_penny(often, down, up):
    assert (a_week_rounded_down(100_01, often), a_week_rounded_up(100_01, often)) == (down, up)


def test_what_the_return_costs_a_week_is_what_it_was():
    assert PARTS == 5200
    assert PARTS_A_WEEK == {
        "Weekly": 5200, "Fortnightly": 2600, "4-weekly": 1300, "Monthly": 1200, "Quarterly": 400, "Annually": 100,
    }  # fmt: skip


def test_a_year_of_a_budget_is_52_weeks():
    assert year_pence(123_45) == 6_419_40


def test_every_frequency_has_its_weeks_and_nothing_else_does():
    assert set(TIMES_A_WEEK) == set(Frequency.values)
