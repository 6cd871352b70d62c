"""The allocation has no cliff, every pound has an answer behind it, and the default table is what it says it is."""

import itertools
from datetime import date

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from leeway.law import BadInput, BadParameter, compute, law_on
from leeway.law.allocation import interpolate, questions
from leeway.law.allocation_table import allocation_table
from leeway.law.calibration import deflator_percent, fit, rank_match
from leeway.law.dated import DEFAULT_POLICY

from .made_up_people import draw

ON = date(2026, 4, 6)
LAW = law_on(ON)


def answers(kind):
    """Any answers at all."""
    return st.fixed_dictionaries({q.id: st.sampled_from([a.id for a in q.answers]) for q in questions(LAW, kind)})


EITHER = st.sampled_from(["adult", "carer"]).flatmap(lambda kind: st.tuples(st.just(kind), answers(kind)))


@settings(deadline=None)
@given(EITHER)
def test_each_pound_is_traced_to_an_answer(given_answers):
    kind, chosen = given_answers
    result = compute("allocation", {"kind": kind, "answers": chosen}, ON).result
    parts = [line["pence_per_week"] for line in result["answers"]]
    assert sum(parts) == result["indicative_pence_per_week"]
    assert min(parts) >= 0


@settings(deadline=None)
@given(EITHER)
def test_what_would_change_is_what_the_rule_then_says(given_answers):
    kind, chosen = given_answers
    result = compute("allocation", {"kind": kind, "answers": chosen}, ON).result
    for line in result["what_would_change"]:
        for other in (line["one_less"], line["one_more"]):
            if other:
                changed = {**chosen, line["question"]: other["answer"]}
                again = compute("allocation", {"kind": kind, "answers": changed}, ON).result
                assert again["indicative_pence_per_week"] == other["indicative_pence_per_week"]
                needs_more = (other is line["one_more"]) != (line["question"] == "informal_support")
                before, after = result["indicative_pence_per_week"], again["indicative_pence_per_week"]
                assert after >= before if needs_more else after <= before


@pytest.mark.parametrize("kind", ["adult", "carer"])
def test_no_point_moves_more_than_the_table_allows(kind):
    table = allocation_table(LAW, kind)
    last = table.points_to_pence[-1][0]
    prices = [interpolate(100 * points, table.points_to_pence) for points in range(last + 5)]
    steps = [after - before for before, after in itertools.pairwise(prices)]
    assert min(steps) >= 0
    assert max(steps) <= table.most_pence_for_one_point
    assert prices[-1] == table.points_to_pence[-1][1]


def test_help_from_family_lowers_the_budget_only_where_family_can_help():
    mine = {q.id: q.answers[-1 if q.id == "safety" else 0].id for q in questions(LAW)}
    alone = compute("allocation", {"answers": mine}, ON).result["indicative_pence_per_week"]
    helped = compute("allocation", {"answers": {**mine, "informal_support": "all"}}, ON).result
    assert helped["indicative_pence_per_week"] == alone > 0


def test_a_budget_over_the_ceiling_is_costed_instead():
    most = {q.id: q.answers[-1].id for q in questions(LAW)} | {"informal_support": "nothing"}
    outcome = compute("allocation", {"answers": most}, ON)
    assert outcome.result["costed_instead"]
    assert "is not a limit" in outcome.reasons[0]


def test_the_default_table_is_the_one_fitted_to_the_made_up_people():
    """The page docs/explanation/default-allocation-policy.md says how: this does it again."""
    points, costs = draw(4000, seed=2026)
    fitted = rank_match(points, costs, percentiles=[10, 25, 50, 75, 90, 95, 98])
    assert ((0, 0), *fitted) == allocation_table(LAW, "adult").points_to_pence
    by_rank = fit(((0, 0), *fitted), sorted(points), sorted(costs))
    assert by_rank.within_20_percent > 0.9
    assert abs(by_rank.bias) < 0.06


def test_the_deflator_never_spends_more_than_there_is():
    table = [(0, 0), (10, 10000), (20, 30000)]
    points = [10, 15, 20]
    priced = 10000 + 20000 + 30000
    assert deflator_percent(table, points, priced) == 100
    assert deflator_percent(table, points, priced - 1) == 99
    with pytest.raises(BadInput, match="Nobody has any points"):
        deflator_percent(table, [0], 100)


@pytest.mark.parametrize(("points", "costs"), [([], []), ([1, 2], [1])])
def test_calibration_needs_a_cost_for_each_person(points, costs):
    with pytest.raises(BadInput, match="one weekly cost"):
        rank_match(points, costs)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([[0, 0], [10, 500000]], "a cliff"),
        ([[0, 0], [10, 1000], [20, 900]], "must rise"),
        ([[1, 0], [10, 1000]], "must begin"),
        ([[0, 0], [10, 10.5]], "whole number"),
    ],
)
def test_a_table_with_a_cliff_is_refused(tmp_path, rows, said):
    for path in DEFAULT_POLICY.rglob("*.yaml"):
        target = tmp_path / path.relative_to(DEFAULT_POLICY)
        target.parent.mkdir(parents=True, exist_ok=True)
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        if path.stem == "allocation":
            for dated in data["values"].values():
                dated["value"]["adult"]["points_to_pence"] = rows
        target.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(BadParameter, match=said):
        questions(law_on(ON, tmp_path))
