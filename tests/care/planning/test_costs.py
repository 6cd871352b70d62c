"""Random plans: the shares of a budget add up to the penny, whatever the lines and whatever is decided."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.care.planning.costs import (
    ChargedDays,
    CostedLine,
    budget_result,
    budget_steps,
    free_parts,
    free_ways,
    in_words,
    shares_of_final,
    totals,
    weekly_pence,
)
from leeway.care.planning.models import PlanLine, Way
from leeway.market.units import Frequency
from leeway.refusal import Refusal

STARTS = date(2026, 12, 7)
lines = st.builds(
    PlanLine,
    what=st.just("Support"),
    units=st.decimals(min_value="0.01", max_value=200, places=2),
    unit_cost_pence=st.integers(0, 300_00),
    frequency=st.sampled_from(Frequency.values),
    way=st.sampled_from(Way.values),
    nhs_percent=st.integers(0, 100),
)
plans = st.lists(lines, max_size=6)


@given(plans, st.data())
def test_the_person_the_council_and_the_nhs_pay_the_whole_and_no_more(plan, data):
    costed = totals(plan)
    whole = costed["pence_per_week"]
    final = data.draw(st.just(whole) | st.integers(1, 2 * whole)) if whole else 0
    social_care = shares_of_final(costed, final)["social_care_pence_per_week"]
    charges = data.draw(st.lists(st.integers(0, social_care), min_size=1, max_size=3))
    charged = [ChargedDays(STARTS + timedelta(weeks=week), pence) for week, pence in enumerate(charges)]
    result = budget_result(costed=costed, final_pence=final, charged=charged, indicative_pence=None)
    shares = [result[f"{payer}_pence_per_week"] for payer in ("charge", "council", "nhs")]
    assert sum(shares) == result["pence_per_week"] == sum(result["ways"].values()) == final
    for pence, stretch in zip(charges, result["stretches"], strict=True):
        assert stretch["charge_pence_per_week"] == pence >= 0 <= stretch["council_pence_per_week"]
        assert pence + stretch["council_pence_per_week"] + result["nhs_pence_per_week"] == final
    assert min(shares) >= 0 and set(result["ways"]) == set(costed["ways"])
    assert all(isinstance(pence, int) for pence in [*shares, *result["ways"].values()])


@given(plans)
def test_a_plan_signed_as_costed_is_the_plan_as_costed(plan):
    costed = totals(plan)
    shares = shares_of_final(costed, costed["pence_per_week"])
    assert shares["ways"] == costed["ways"] and shares["nhs_pence_per_week"] == costed["nhs_pence_per_week"]


@given(plans.filter(lambda plan: totals(plan)["pence_per_week"]))
def test_every_number_of_the_result_is_explained(plan):
    costed = totals(plan)
    result = budget_result(
        costed=costed,
        final_pence=costed["pence_per_week"],
        charged=[ChargedDays(STARTS, 0)],
        indicative_pence=100_00,
    )
    steps = budget_steps(result, plan, reason="", manager="Mona")
    explained = {step["pence"] for step in steps}
    numbers = [value for value in result.values() if isinstance(value, int)]
    assert set(numbers) | set(result["ways"].values()) <= explained
    assert all(step["sentence"] and step["source"] for step in steps)


def test_a_charge_above_the_social_care_part_is_a_defect():
    costed = totals([PlanLine(units=Decimal(1), unit_cost_pence=100, frequency="weekly", way="council_managed")])
    with pytest.raises(AssertionError):
        budget_result(costed=costed, final_pence=100, charged=[ChargedDays(STARTS, 101)], indicative_pence=None)


VISITS = CostedLine("Visits", "direct_payment", 200_00, 0, 0, "reablement", "2026-12-07")
HOIST = CostedLine("Hoist", "council_managed", 40_01, 50, 0, "aid")
SWIMMING = CostedLine("Swimming", "direct_payment", 100_00, 0, 0)


@pytest.mark.parametrize(
    ("social_care_pence", "free_pence"),
    [
        (320_01, [200_00, 20_01]),  # as costed: the NHS pays £20.00 of the hoist, and nobody is charged for the rest
        (400_00, [200_00, 20_01]),  # more: what was added is of the ordinary support
        (220_01, [200_00, 20_01]),  # less: so is what was taken away
        (110_00, [99_99, 10_01]),  # less than the free lines together: each shrinks in proportion
    ],
)
def test_a_free_line_keeps_its_own_cost(social_care_pence, free_pence):
    parts = free_parts([VISITS, SWIMMING, HOIST], social_care_pence)
    assert [part.pence_per_week for part in parts] == free_pence
    assert parts[0].started_on == date(2026, 12, 7) and parts[0].what == "Visits"


def test_what_is_free_of_each_way_is_what_the_charge_found_free():
    judged = [{"free": True, "pence_per_week": 200_00}, {"free": True, "pence_per_week": 20_01}]
    lines = [VISITS, SWIMMING, HOIST]
    assert free_ways(lines, judged) == {"direct_payment": 200_00, "council_managed": 20_01}
    judged[0]["free"] = False
    assert free_ways(lines, judged) == {"council_managed": 20_01}


def test_a_plan_that_costs_nothing_cannot_be_given_an_amount():
    with pytest.raises(Refusal, match="no weekly cost"):
        shares_of_final(totals([]), 50_00)


@pytest.mark.parametrize(
    ("units", "cost", "frequency", "pence", "words"),
    [
        ("10", 18_50, "weekly", 185_00, "10 hours a week at £18.50"),
        ("2.5", 20_00, "fortnightly", 25_00, "2.5 hours a fortnight at £20.00"),
        ("1", 100_00, "four_weekly", 25_00, "1 hour every four weeks at £100.00"),
        ("1", 100_00, "monthly", 23_08, "1 hour a month at £100.00"),
        ("1", 52_01, "yearly", 1_01, "1 hour a year at £52.01"),
        ("1", 100_00, "once", 0, "1 hour once only at £100.00"),
    ],
)
def test_a_line_a_week(units, cost, frequency, pence, words):
    line = PlanLine(units=Decimal(units), unit_cost_pence=cost, frequency=frequency)
    assert weekly_pence(line) == pence and in_words(line) == words
