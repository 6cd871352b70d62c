"""Every worked example an official could sign, rule by rule."""

import json
from datetime import date

import pytest

from leeway.law import compute, law_on
from leeway.law.allocation import interpolate
from leeway.law.calibration import rank_match
from leeway.law.charging import apply_charge_to_ways, tariff_income, ways_in_order
from leeway.law.direct_payment_uses import may_pay
from leeway.law.direct_payments import review_dates
from leeway.refusal import Refusal

from .vectors import examples

RULES = {
    "charging": "charge",
    "eligibility": "eligibility",
    "direct_payments": "direct_payment",
    "allocation": "allocation",
}
ALL = [
    pytest.param(rule, example, id=f"{file}: {example['name']}")
    for file, rule in RULES.items()
    for example in examples(file)
]


@pytest.mark.parametrize(("rule", "example"), ALL)
def test_worked_example(rule, example):
    if "refused" in example:
        with pytest.raises(Refusal) as refusal:
            compute(rule, example["given"], example["date"])
        assert example["refused"] in str(refusal.value)
        assert str(refusal.value).endswith((".", "?"))
        return
    outcome = compute(rule, example["given"], example["date"])
    assert {key: outcome.result[key] for key in example["expect"]} == example["expect"]
    stored = json.loads(json.dumps(outcome.as_json()))
    assert stored == outcome.as_json()
    again = compute(rule, stored["inputs"], date.fromisoformat(stored["on"]))
    assert again.as_json() == stored
    assert all(step["sentence"] and "name" in step and "source" in step for step in outcome.steps)
    assert outcome.reasons


@pytest.mark.parametrize("example", examples("tariff_income"), ids=lambda e: str(e["given"]["capital_pence"]))
def test_tariff_income(example):
    income = tariff_income(example["given"]["capital_pence"], law_on(example["date"]))
    assert income == example["expect"]["tariff_income_pence_per_week"]


@pytest.mark.parametrize("example", examples("family_bar"), ids=lambda e: "-".join(map(str, e.values())))
def test_family_bar(example):
    answer = may_pay(example["relationship"], example["same_household"], example["necessary"])
    assert answer.allowed is example["allowed"]
    assert "reg. 3" in answer.reason


@pytest.mark.parametrize("example", examples("review_dates"), ids=lambda e: f"{e['start']} {e['last_review']}")
def test_review_dates(example):
    assert review_dates(example["start"], example["last_review"]).next_due == example["next_due"]


def test_a_review_cannot_come_before_the_start():
    with pytest.raises(Refusal, match="before the direct payment began"):
        review_dates(date(2025, 1, 2), date(2025, 1, 1))


def test_calibration_by_rank():
    example = examples("calibration")
    table = rank_match(example["points"], example["weekly_costs_pence"])
    assert [list(row) for row in table] == example["table"]
    assert interpolate(3500, table) == example["at_35_points"]


ORDER = ways_in_order(law_on(date(2025, 10, 1)))


def test_one_charge_over_a_budget_held_two_ways():
    """G11: £400 a week, £250 as a direct payment and £150 managed; the charge of £95.52 is taken once."""
    ways = apply_charge_to_ways(9552, {"council_managed": 15000, "direct_payment": 25000}, ORDER)
    assert ways["direct_payment"]["net_pence_per_week"] == 15448
    assert ways["council_managed"]["net_pence_per_week"] == 15000
    assert sum(way["charge_pence_per_week"] for way in ways.values()) == 9552


def test_a_charge_larger_than_the_first_way_goes_on_to_the_next():
    ways = apply_charge_to_ways(30000, {"direct_payment": 25000, "managed": 15000}, ["direct_payment", "managed"])
    assert [way["net_pence_per_week"] for way in ways.values()] == [0, 10000]


@pytest.mark.parametrize(
    ("charge", "ways", "said"),
    [(40001, {"direct_payment": 40000}, "more than the whole budget"), (1, {"cash": 2}, "leaves out cash")],
)
def test_a_charge_that_cannot_be_taken_is_refused(charge, ways, said):
    with pytest.raises(Refusal, match=said):
        apply_charge_to_ways(charge, ways, ORDER)
