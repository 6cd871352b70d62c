"""A council's policy folder cannot overrule national law unnoticed: each value says whose it is."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from leeway.law import BadParameter, law_on
from leeway.law.dated import COUNCIL, DEFAULT_POLICY, NATIONAL, PARAMETERS, every_parameter
from leeway.law.permission import WHAT_A_COUNCIL_MAY, Permission, problem_with
from leeway.law.policy_check import check_policy

ON = date(2026, 4, 6)
SHIPPED = {
    ".".join(path.relative_to(folder).with_suffix("").parts): path
    for folder in (PARAMETERS, DEFAULT_POLICY)
    for path in folder.rglob("*.yaml")
}


@pytest.fixture
def council(tmp_path):
    """A council with the default policy, and with these values in the place of what the law or the default says."""

    def change(values, since=None, **more):
        folder = tmp_path / "council"
        for name, path in SHIPPED.items():
            if name in values or path.is_relative_to(DEFAULT_POLICY):
                data = yaml.safe_load(path.read_text(encoding="utf-8"))
                if name in values:
                    source = {"title": "Cabinet decision"}
                    first = since or next(iter(data["values"]))
                    data["values"] = {first: {"value": values[name], "source": source}}
                    data |= more
                target = folder / (name.replace(".", "/") + ".yaml")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")
        return folder

    return change


def shipped_in(parameter) -> Path:
    """The file that a value is read from: its own, or that of a table of kinds."""
    return SHIPPED[parameter.name.rpartition(".")[0] if parameter.label else parameter.name]


def refused(folder: Path) -> str:
    """The sentence with which both the loader and the check refuse this policy."""
    with pytest.raises(BadParameter) as loading:
        law_on(ON, folder)
    with pytest.raises(BadParameter) as checking:
        check_policy(ON, folder)
    assert str(loading.value) == str(checking.value)
    return str(loading.value)


@pytest.mark.parametrize("parameter", every_parameter().values(), ids=lambda p: p.name)
def test_every_value_says_whose_it_is_and_by_which_law(parameter):
    assert parameter.set_by == (NATIONAL if shipped_in(parameter).is_relative_to(PARAMETERS) else COUNCIL)
    assert parameter.permission.may in WHAT_A_COUNCIL_MAY
    assert (parameter.permission.may == "set") == (parameter.set_by == COUNCIL)
    assert parameter.permission.title and re.match(r"https://|docs/", parameter.permission.url)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"eligibility.care_act.adult_outcomes_needed": 3},
            "has 3 outcomes from 2015-04-01 .* the law says 2 outcomes",
        ),
        ({"eligibility.care_act.adult_outcomes_needed": 1}, r"may not change it \(Care Act 2014, s. 13\(7\)"),
        (
            {"charging.capital.tariff_per_step": 200},
            r"has £2.00 per week .* the law says £1.00 per week. .* may lower it",
        ),
        ({"charging.capital.tariff_step": 12500}, r"has £125.00 .* the law says £250.00. A council may raise it"),
        ({"charging.free.reablement_weeks": 2}, r"has 2 weeks .* the law says 6 weeks. A council may raise it"),
        ({"charging.minimum_income_guarantee.single_pension_age": 18899}, r"the law says £189.00 per week"),
        ({"charging.capital.upper_limit": 2000000}, r"the law says £23,250.00"),
        ({"direct_payments.first_review_months": 7}, "may lower it, and not raise it"),
        ({"charging.income.standard_minimum_guarantee_single": 30000}, "may not change it"),
    ],
)
def test_national_law_is_not_overruled(council, values, said):
    (name,) = values
    sentence = refused(council(values))
    assert re.search(said, sentence), sentence
    assert f"{name.replace('.', '/')}.yaml" in sentence and name in sentence


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"charging.capital.upper_limit": 232500000}, "so great a difference is a slip"),
        ({"charging.capital.tariff_per_step": 1}, "so great a difference is a slip"),
        ({"charging.free.reablement_weeks": 600}, "so great a difference is a slip"),
        ({"charging.free.reablement_weeks": True}, "must be a whole number"),
        ({"charging.free.reablement_weeks": None}, "must be a whole number"),
        ({"charging_policy.smallest_charge": 12500}, "nought, or from £0.10 per week to £50.00 per week"),
        ({"charging_policy.standard_disability_expenditure": 10}, "nought, or from £1.00 per week"),
        ({"charging_policy.buffer_above_guarantee": -500}, "nought, or from £1.00 per week"),
        ({"charging_policy.largest_charge": 125}, "nought, or from £10.00"),
        ({"charging_policy.percent_of_disposable": 110}, "from 0 to 100 per cent"),
        ({"charging_policy.charges_carers": "no"}, "must be true or false"),
        ({"charging_policy.charge_taken_first_from": ["direct_payment"]}, "must name each of these once"),
        ({"facs.threshold": "serious"}, "one of: low, moderate, substantial, critical"),
        ({"facs.threshold": "critical"}, "must be null, as the law ended that day"),
    ],
)
def test_what_cannot_be_meant_is_refused(council, values, said):
    assert re.search(said, refused(council(values)))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"charging.capital.lower_limit": 3000000},
            "lower_limit is £30,000.00 .* more than .*upper_limit, which is £23,250.00",
        ),
        (
            {"charging_policy.largest_charge": 1000, "charging_policy.smallest_charge": 2000},
            "smallest_charge is £20.00",
        ),
    ],
)
def test_values_that_contradict_each_other_are_refused(council, values, said):
    assert re.search(said, refused(council(values)))


def test_a_council_may_be_gentler_where_the_law_allows_it(council):
    folder = council({"charging.free.reablement_weeks": 8, "charging.capital.tariff_per_step": 0})
    assert law_on(ON, folder)["charging.free.reablement_weeks"] == 8
    told = check_policy(ON, folder)
    assert len(told) == 2
    assert "charging.free.reablement_weeks is 8 weeks in the council’s policy; the law says 6 weeks." in told[1]
    assert check_policy(ON) == ()


@pytest.mark.parametrize("law", [1_00, 10_00])
def test_nought_is_meant_where_a_council_may_lower_it(law):
    lowers = Permission(may="lower", title="An Act", url="", doubt="", between=None, one_of=())
    assert problem_with(0, law, lowers, "pence") == ""
    assert "is a slip" in problem_with(1, law, lowers, "pence")


def test_before_the_councils_first_day_the_law_holds(council):
    folder = council({"charging.capital.upper_limit": 3000000}, since=ON)
    assert law_on(date(2026, 4, 5), folder)["charging.capital.upper_limit"] == 2325000
    assert law_on(ON, folder)["charging.capital.upper_limit"] == 3000000


def test_a_guarantee_that_the_law_has_overtaken_is_refused(council):
    """Gentler in 2025, less than the law from April 2026: it was never put up with the others."""
    sentence = refused(council({"charging.minimum_income_guarantee.single_pension_age": 23500}, since=date(2025, 4, 6)))
    assert "has £235.00 per week from 2026-04-06" in sentence


@pytest.mark.parametrize(
    "claim",
    [
        {"a_council_may": {"do": "lower", "source": {"title": "So we say"}}},
        {"a_council_may": {"do": "set", "source": {"title": "So we say"}}},
        {"set_by": COUNCIL},
    ],
)
def test_a_council_cannot_give_itself_the_permission(council, claim):
    assert "reablement_weeks" in refused(council({"charging.free.reablement_weeks": 2}, **claim))


def test_a_council_need_not_say_whose_a_value_is(council):
    folder = council({"charging.free.reablement_weeks": 8})
    path = folder / "charging" / "free" / "reablement_weeks.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    del data["set_by"], data["a_council_may"]
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    assert law_on(ON, folder)["charging.free.reablement_weeks"] == 8


def test_an_allocation_table_a_hundred_times_too_great_is_refused(council):
    folder = council({})
    path = folder / "allocation.yaml"
    text = path.read_text(encoding="utf-8").replace(
        "ceiling_pence_per_week: 120000", "ceiling_pence_per_week: 12000000"
    )
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadParameter, match="ceiling_pence_per_week must be from £100 to £20,000"):
        check_policy(ON, folder)
