"""Values by date: never guessed, always sourced, and every one of them read by a rule."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from leeway.law import BadParameter, NotInForce, UnknownParameter, law_on
from leeway.law.dated import DEFAULT_POLICY, PARAMETERS, every_parameter
from leeway.law.means import CAPITAL, INCOME

FIRST = date(2015, 4, 1)


def test_a_value_before_its_first_day_is_refused():
    with pytest.raises(NotInForce, match="no value on 2015-03-31: its first is from 2015-04-01"):
        law_on(FIRST - timedelta(1))["charging.capital.upper_limit"]
    assert law_on(FIRST)["charging.capital.upper_limit"] == 2325000
    assert law_on(FIRST + timedelta(1))["charging.capital.upper_limit"] == 2325000


def test_a_value_that_has_ended_is_refused():
    ended = date(2016, 4, 1)
    assert law_on(ended - timedelta(1))["facs.threshold"] == "substantial"
    with pytest.raises(NotInForce, match="ended on 2016-04-01"):
        law_on(ended)["facs.threshold"]


def test_a_misspelt_name_gets_a_suggestion():
    with pytest.raises(UnknownParameter, match=r"Did you mean charging\.capital\.upper_limit"):
        law_on(FIRST)["charging.capital.uper_limit"]


@pytest.mark.parametrize("year", range(2022, 2027))
def test_the_guarantee_changes_on_the_sixth_of_april_and_not_before(year):
    name = "charging.minimum_income_guarantee.single_pension_age"
    the_day = date(year, 4, 6)
    before, on, after = (law_on(the_day + timedelta(days))[name] for days in (-1, 0, 1))
    assert before < on == after


AS_MADE = {
    "single_18_to_24": 71_70,
    "single_25_to_pension_age": 90_50,
    "single_pension_age": 185_45,
    "lone_parent": 90_50,
    "couple_member": 71_05,
    "couple_member_pension_age": 141_55,
    "disability_premium_single": 39_85,
    "enhanced_disability_premium_single": 19_45,
    "dependent_child": 82_95,
}


@pytest.mark.parametrize(("name", "pence"), AS_MADE.items())
def test_the_figures_of_2014_as_made_hold_for_five_days(name, pence):
    """SI 2015/644, reg. 1(3): what it puts in their place begins on 6 April 2015, and they began on the first."""
    name = f"charging.minimum_income_guarantee.{name}"
    assert {law_on(date(2015, 4, day))[name] for day in range(1, 6)} == {pence}
    assert law_on(date(2015, 4, 6))[name] > pence
    assert [dated.value for dated in every_parameter()[name].history].count(pence) == 1


def test_the_same_day_gives_the_same_law():
    assert law_on(FIRST) is law_on(FIRST)
    assert law_on(FIRST).digest == law_on(date(2015, 4, 5)).digest != law_on(date(2015, 4, 6)).digest
    assert law_on(date(2026, 4, 5)).digest != law_on(date(2026, 4, 6)).digest


@pytest.mark.parametrize("parameter", every_parameter().values(), ids=lambda p: p.name)
def test_every_value_says_where_it_is_written(parameter):
    assert parameter.description.endswith(".")
    assert parameter.unit
    for dated in parameter.history:
        assert dated.title
        assert dated.url.startswith("https://") or (Path(__file__).parents[2] / dated.url).is_file()


def test_every_parameter_is_read_by_a_rule():
    """Of the law, or of the room of money that it is about."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in (PARAMETERS.parents[1]).rglob("*.py"))
    words = set(re.findall(r"\w+", source))
    unread = [name for name in every_parameter() if name.rsplit(".", 1)[-1] not in words]
    read_by_kind = ("charging.minimum_income_guarantee.", "benefits.", INCOME, CAPITAL)
    written_in_parts = [name for name in unread if not name.startswith(read_by_kind)]
    assert written_in_parts == []


@pytest.fixture
def policy(tmp_path):
    """A copy of the default policy to spoil."""
    for path in DEFAULT_POLICY.rglob("*.yaml"):
        target = tmp_path / path.relative_to(DEFAULT_POLICY)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def test_a_policy_that_leaves_something_out_is_refused(policy):
    (policy / "facs" / "threshold.yaml").unlink()
    with pytest.raises(BadParameter, match=r"does not settle facs\.threshold"):
        law_on(FIRST, policy)


def test_a_policy_with_something_no_rule_reads_is_refused(policy):
    (policy / "facs" / "treshold.yaml").write_text((policy / "facs" / "threshold.yaml").read_text())
    with pytest.raises(BadParameter, match=r"facs\.treshold, which no rule reads. Did you mean facs\.threshold"):
        law_on(FIRST, policy)


@pytest.mark.parametrize("spoilt", ["values: {}", "{", "description: x\nunit: y\nvalues: {2015-04-01: 3}"])
def test_a_broken_file_is_named(policy, spoilt):
    (policy / "facs" / "threshold.yaml").write_text(spoilt)
    with pytest.raises(BadParameter, match=r"threshold\.yaml \(facs\.threshold\) cannot be read") as told:
        law_on(FIRST, policy)
    assert "\n" not in str(told.value)


def test_a_policy_may_stand_in_the_place_of_a_national_value(policy):
    """A council may leave people more than the minimum: a file of the same name says so."""
    path = PARAMETERS / "charging" / "capital" / "upper_limit.yaml"
    (policy / "charging" / "capital").mkdir(parents=True)
    (policy / "charging" / "capital" / "upper_limit.yaml").write_text(path.read_text().replace("2325000", "3000000"))
    assert law_on(FIRST, policy)["charging.capital.upper_limit"] == 3000000
    assert law_on(FIRST)["charging.capital.upper_limit"] == 2325000
