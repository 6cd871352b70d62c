"""What employing somebody costs: National Insurance by the pay period, the least wage by age, holiday, leaving."""

import csv
from datetime import date

import pytest

from leeway.law import BadInput, compute, law_on
from leeway.law.employing import wage_at_least
from leeway.law.leaving_work import notice_weeks, redundancy_pence
from leeway.law.national_insurance import CATEGORIES, WEEKS, contributions
from tests.law.vectors import examples
from tests.originals import original

PERIODS = {"Weekly": "week", "Fortnightly": "two_weeks", "FourWeekly": "four_weeks", "Monthly": "month"}
ON = date(2026, 6, 1)
JOB = {
    "hourly_pence": 1350,
    "minutes_a_week": 20 * 60,
    "paid_every": "four_weeks",
    "worker_born": "1985-03-02",
    "started_on": "2026-01-05",
    "claims_allowance": True,
    "hours_vary": False,
}


def pence(pounds):
    """Read pounds as whole pence, without a float."""
    whole, _, part = pounds.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))


def employed(on=ON, **changes):
    """What a job costs, with some of its facts changed: each step's pence by name, and the result."""
    outcome = compute("employ", JOB | changes, on)
    return {step["name"]: step["pence"] for step in outcome.steps} | dict(outcome.result)


def test_every_published_case_of_national_insurance_is_right_to_the_penny():
    with original("employment", "national_insurance_cases_2025-26.csv").open(encoding="utf-8", newline="") as file:
        cases = list(csv.DictReader(file))
    assert len(cases) == 448
    law = law_on(date(2025, 6, 6))
    for case in cases:
        found = contributions(pence(case["gross_pay"]), PERIODS[case["pay_frequency"]], case["ni_category"], law)
        right = (pence(case["employer_ni"]), pence(case["employee_ni"]))
        assert (found.employer_pence, found.employee_pence) == right, case["case"]


def test_columns_of_pay_give_what_single_payslips_do():
    import numpy as np

    law, pay = law_on(ON), np.arange(0, 700_000, 1_337)
    for category in CATEGORIES:
        for every in WEEKS:
            together = contributions(pay, every, category, law)
            alone = [contributions(int(one), every, category, law) for one in pay]
            assert together.employer_pence.tolist() == [each.employer_pence for each in alone]
            assert together.employee_pence.tolist() == [each.employee_pence for each in alone]


@pytest.mark.parametrize("example", examples("employing")["contributions"], ids=str)
def test_a_payslip_by_the_rates_of_its_day(example):
    found = contributions(example["pay_pence"], example["every"], "A", law_on(example["day"]))
    assert found.employer_pence == example["employer_pence"]


@pytest.mark.parametrize("example", examples("employing")["redundancy"], ids=str)
def test_redundancy(example):
    law = law_on(example["ends_on"])
    owed = redundancy_pence(example["week_pence"], example["born_on"], example["started_on"], example["ends_on"], law)
    assert owed == example["owed_pence"]


@pytest.mark.parametrize("example", examples("employing")["notice"], ids=str)
def test_notice(example):
    assert notice_weeks(example["started_on"], example["ends_on"]) == example["weeks"]


@pytest.mark.parametrize("example", examples("employing")["least_wage"], ids=str)
def test_the_least_wage_is_that_of_the_pay_period_and_the_age_on_its_first_day(example):
    assert wage_at_least(example["born_on"], law_on(example["day"])) == example["pence"]


def test_a_job_costs_its_parts():
    cost = employed()
    assert cost["Wages"] == 52 * 270_00
    assert cost["Holiday"] == 1512_00  # 5.6 weeks of £270
    assert (
        cost["National Insurance"] == -cost["Employment Allowance"] == 1501_20
    )  # 13 payslips at £104.25, and in the holidays
    assert cost["Pension"] == 13 * 18_00  # 3 per cent of £1,080 less £480
    assert cost["year_pence"] == 52 * 270_00 + 1512_00 + 234_00 + 100_00 + 13 * 9_00 + 100_00
    assert (cost["Notice"], cost["Redundancy"]) == (270_00, 0)
    assert cost["reserve_pence"] == 270_00 + 2 * 123_25


def test_without_the_allowance_its_national_insurance_is_paid():
    with_it, without = employed(), employed(claims_allowance=False)
    assert without["year_pence"] - with_it["year_pence"] == with_it["National Insurance"]


def test_twelve_point_nought_seven_per_cent_counts_only_where_it_is_lawful():
    assert employed(hours_vary=True)["Holiday"] == 1694_63  # 12.07 per cent of £14,040
    before = {"started_on": "2023-01-09", "worker_born": "1985-03-02"}
    assert employed(date(2023, 6, 1), hours_vary=True, **before)["Holiday"] == 1512_00


def test_nobody_below_22_or_below_the_trigger_is_enrolled_by_law_and_whoever_asks_is():
    assert employed(minutes_a_week=10 * 60)["Pension"] == 0
    assert employed(minutes_a_week=14 * 60, in_pension=True)["Pension"] > 0
    assert employed(worker_born="2005-01-01")["Pension"] == 0
    assert employed(in_pension=False)["Pension"] == 0


def test_an_employee_below_21_or_of_pension_age_has_another_category():
    assert employed(worker_born="2006-01-01")["National Insurance"] == 0
    assert employed(worker_born="1950-01-01")["National Insurance"] == employed()["National Insurance"]


def test_sick_pay_before_april_2026_asked_for_earnings_and_is_a_share_of_them_since():
    few = {"minutes_a_week": 5 * 60, "started_on": "2025-01-06"}
    assert employed(date(2025, 6, 1), **few)["Sick pay"] == 0
    assert employed(**few)["Sick pay"] == 2 * 54_00  # 80 per cent of £67.50


def test_a_wage_below_the_least_is_said_and_still_worked_out():
    outcome = compute("employ", JOB | {"hourly_pence": 1200}, ON)
    assert not outcome.result["lawful_wage"]
    assert "less than the law allows: at that age at least £12.71" in outcome.reasons[0]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"hourly_pence": 13.5}, "hourly_pence must be a whole number of pence"),
        ({"minutes_a_week": 0}, "minutes_a_week is 0"),
        ({"minutes_a_week": 10_081}, "minutes_a_week is 10,081"),
        ({"paid_every": "fortnight"}, "paid_every is “fortnight”; use one of: week, two_weeks, four_weeks, month"),
        ({"worker_born": "2011-01-01"}, "not 16 by then"),
        ({"started_on": "2026-06-02"}, "after 2026-06-01"),
        ({"in_pension": "no"}, "in_pension must be true or false"),
        ({"wage": 1}, "is not known here"),
    ],
)
def test_what_cannot_be_right_names_its_field(changes, sentence):
    with pytest.raises(BadInput, match=sentence):
        compute("employ", JOB | changes, ON)


def test_an_answer_left_out_is_asked_for_and_never_taken_as_no():
    for field in ("claims_allowance", "hours_vary", "started_on"):
        given = {name: value for name, value in JOB.items() if name != field}
        with pytest.raises(BadInput, match=f"{field} is missing"):
            compute("employ", given, ON)
