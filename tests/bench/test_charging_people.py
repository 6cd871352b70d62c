"""The people of the charging bench, before any clock runs: one by one and in columns they are charged the same."""

import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from leeway.law import charging, law_on
from leeway.refusal import Refusal

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))

import charging_people

LAW = law_on(date(2026, 4, 6))
PEOPLE = charging_people.draw(2000)


@pytest.fixture(scope="module")
def charged():
    return charging.charge_columns(PEOPLE, LAW)


def test_one_by_one_and_in_columns_the_charge_is_the_same(charged):
    one_by_one = [charging.charge(charging_people.case_of(PEOPLE, row), LAW).result for row in range(2000)]
    for step, field in {
        "charge": "charge_pence_per_week",
        "net_direct_payment": "net_direct_payment_pence_per_week",
        "counted_income": "counted_income_pence_per_week",
        "floor": "floor_pence_per_week",
        "disposable": "disposable_income_pence_per_week",
        "full_cost": "full_cost",
    }.items():
        assert charged[step].tolist() == [result[field] for result in one_by_one], step


def test_the_edges_are_among_them(charged):
    assert set(charging_people.CAPITAL_EDGES) <= set(PEOPLE["capital_pence"].tolist())
    assert set(charging_people.AGES) <= set(PEOPLE["age"].tolist())
    for name in ("couple", "lone_parent", "exempt", "free_pence", "carers_own", "means_not_disclosed", "pension_age"):
        assert 0 < (PEOPLE[name] > 0).sum() < 2000, name
    nothing = charged["charge"] == 0
    part = ~nothing & (charged["charge"] < PEOPLE["personal_budget_pence"])
    assert all(group.sum() > 100 for group in (nothing, part, charged["full_cost"], charged["free"]))


def test_the_same_seed_draws_the_same_people():
    again = charging_people.draw(2000)
    other = charging_people.draw(2000, seed=2)
    assert all(np.array_equal(PEOPLE[name], again[name]) for name in PEOPLE)
    assert not np.array_equal(PEOPLE["capital_pence"], other["capital_pence"])


def test_only_the_steps_asked_for_are_answered(charged):
    wanted = charging.charge_columns(PEOPLE, LAW, ["charge"])
    assert list(wanted) == ["charge"]
    assert np.array_equal(wanted["charge"], charged["charge"])
    with pytest.raises(Refusal, match="steps"):
        charging.charge_columns(PEOPLE, LAW, ["charges"])


def test_handfuls_and_the_whole_are_the_same():
    many = charging_people.draw(2 * charging.ROWS_AT_A_TIME + 1)
    charges = charging.charge_columns(many, LAW, ["charge"])["charge"]
    for row in (0, charging.ROWS_AT_A_TIME - 1, charging.ROWS_AT_A_TIME, 2 * charging.ROWS_AT_A_TIME):
        one = charging.charge(charging_people.case_of(many, row), LAW)
        assert charges[row] == one.result["charge_pence_per_week"]
