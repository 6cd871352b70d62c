"""The allocation has no cliff, every pound has an answer behind it, and the default table is what it says it is."""

import itertools
from datetime import date

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from leeway.law import BadInput, BadParameter, compute, law_on
from leeway.law.allocation import contradictions, helps, interpolate, questions
from leeway.law.allocation_table import SERVED, allocation_table
from leeway.law.calibration import contingency_pence, deflator_percent, fit, match_with_help, never_cheaper, rank_match
from leeway.law.dated import DEFAULT_POLICY
from leeway.law.eligibility_codes import ADULT_OUTCOMES

from .made_up_people import COSTS_OF, draw_people
from .vectors import examples

ON = date(2026, 4, 6)
LAW = law_on(ON)
ADULT = [outcome.code for outcome in ADULT_OUTCOMES]
WELL_SAID = "They do not fit, and both have been talked through."


def inputs(kind):
    """Any answers at all, with any outcomes out of reach, any help, and each thing explained that does not fit."""
    asked = questions(LAW, kind)
    codes = [outcome.code for outcome in SERVED[kind]]
    return st.fixed_dictionaries(
        {
            "kind": st.just(kind),
            "unable": st.lists(st.sampled_from(codes), unique=True),
            "answers": st.fixed_dictionaries({q.id: st.sampled_from([a.id for a in q.answers]) for q in asked}),
            "help": st.fixed_dictionaries(
                {q.id: st.sampled_from([h.id for h in helps(LAW)]) for q in asked if q.family_can_help}
            ),
            "willing_and_able": st.booleans(),
            "explained": st.just(dict.fromkeys([*codes, *(q.id for q in asked)], WELL_SAID)),
        }
    )


EITHER = st.sampled_from(["adult", "carer"]).flatmap(inputs)


def result(given, on=ON):
    return compute("allocation", given, on).result


def figure(given):
    return result(given)["indicative_pence_per_week"]


def lines(given):
    return {line["question"]: line["pence_per_week"] for line in result(given)["answers"]}


@settings(deadline=None)
@given(EITHER)
def test_each_pound_is_traced_to_an_answer(given_answers):
    told = result(given_answers)
    parts = [line["pence_per_week"] for line in told["answers"]]
    assert sum(parts) == told["indicative_pence_per_week"]
    assert min(parts) >= 0
    for line in told["answers"]:
        assert line["pence_per_week"] <= line["alone_pence_per_week"]
        assert line["counted"] or line["not_counted_because"]


@settings(deadline=None)
@given(EITHER)
def test_what_would_change_is_what_the_rule_then_says(given_answers):
    told = result(given_answers)
    before = told["indicative_pence_per_week"]
    for line in told["what_would_change"]:
        for other in (line["one_less"], line["one_more"]):
            if not other:
                continue
            part = {"answer": "answers", "help": "help"}[line["about"]]
            changed = given_answers | {part: given_answers[part] | {line["question"]: other["answer"]}}
            assert figure(changed) == other["indicative_pence_per_week"] == before + other["difference_pence"]


@settings(deadline=None, max_examples=300)
@given(EITHER, st.data())
def test_more_need_never_gives_less_and_more_help_never_gives_more(given_answers, data):
    kind = given_answers["kind"]
    question = data.draw(st.sampled_from(questions(LAW, kind)))
    here = [answer.id for answer in question.answers].index(given_answers["answers"][question.id])
    more = question.answers[data.draw(st.integers(here, len(question.answers) - 1))]
    needs_more = given_answers | {"answers": given_answers["answers"] | {question.id: more.id}}
    assert figure(needs_more) >= figure(given_answers)
    unable = {*given_answers["unable"], data.draw(st.sampled_from([one.code for one in SERVED[kind]]))}
    assert figure(given_answers | {"unable": sorted(unable)}) >= figure(given_answers)
    if question.family_can_help:
        known = [one.id for one in helps(LAW)]
        given_now = known.index(given_answers["help"][question.id])
        helped = given_answers["help"] | {question.id: known[data.draw(st.integers(given_now, len(known) - 1))]}
        assert figure(given_answers | {"help": helped}) <= figure(given_answers)


@settings(deadline=None)
@given(inputs("adult"), st.data())
def test_help_with_one_thing_never_touches_the_money_for_another(given_answers, data):
    """A daughter who cooks does not lower what there is for the nights."""
    question = data.draw(st.sampled_from([q.id for q in questions(LAW) if q.family_can_help]))
    other = data.draw(st.sampled_from([one.id for one in helps(LAW)]))
    before, after = (
        lines(given_answers),
        lines(given_answers | {"help": given_answers["help"] | {question: other}}),
    )
    assert {name: pence for name, pence in before.items() if name != question} == {
        name: pence for name, pence in after.items() if name != question
    }


@settings(deadline=None)
@given(inputs("adult"))
def test_no_step_inside_the_table_is_above_its_cap_and_great_ones_are_pointed_out(given_answers):
    outcome = compute("allocation", given_answers, ON)
    if outcome.result["costed_instead"]:
        return
    table = the_table("adult")
    cap = table.most_pence_for_one_answer * table.prices_percent // 100
    costed = {(q.id, a.id) for q in table.questions for a in q.answers if a.costed}
    for line in outcome.result["what_would_change"]:
        for other in filter(None, (line["one_less"], line["one_more"])):
            step = abs(other["difference_pence"])
            rounded = len(table.questions)  # each question rounds part of a penny up
            assert step <= cap + rounded or (line["question"], other["answer"]) in costed
            if step > table.notice_pence_per_week:
                domain = next(q.domain for q in table.questions if q.id == line["question"])
                assert any(domain.lower() in said and "Much hangs on" in said for said in outcome.reasons)


def the_table(kind):
    return allocation_table(LAW.only("allocation", "allocation_prices"), kind)


@pytest.mark.parametrize("kind", ["adult", "carer"])
def test_no_point_moves_more_than_the_table_allows(kind):
    table = the_table(kind)
    last = table.points_to_pence[-1][0]
    prices = [interpolate(100 * points, table.points_to_pence) for points in range(last + 5)]
    steps = [after - before for before, after in itertools.pairwise(prices)]
    assert min(steps) >= 0
    assert max(steps) <= table.most_pence_for_one_point
    assert prices[-1] == table.points_to_pence[-1][1]


MOST = {
    "unable": ADULT,
    "answers": {q.id: q.answers[-1].id for q in questions(LAW)},
    "help": {q.id: "none" for q in questions(LAW) if q.family_can_help},
}


def test_a_budget_beyond_the_table_is_costed_instead():
    outcome = compute("allocation", MOST, ON)
    assert outcome.result["costed_instead"]
    assert "is not a limit" in outcome.reasons[0]


def test_somebody_awake_all_night_is_costed_whatever_the_figure():
    nights = MOST | {"answers": {q.id: q.answers[-1 if q.id == "nights" else 0].id for q in questions(LAW)}}
    told = result(nights | {"unable": ["toilet", "home_safety"], "explained": {"toilet": WELL_SAID}})
    assert told["costed_instead"] and told["indicative_pence_per_week"] < told["ceiling_pence_per_week"]


def test_help_is_asked_and_so_is_whether_it_can_go_on():
    with pytest.raises(BadInput, match=r"help.meals is missing.*a blank is not"):
        compute("allocation", MOST | {"help": {n: h for n, h in MOST["help"].items() if n != "meals"}}, ON)
    with pytest.raises(BadInput, match=r"willing_and_able is missing.*never assumed"):
        compute("allocation", MOST | {"help": MOST["help"] | {"meals": "all"}}, ON)


def test_help_that_cannot_go_on_lowers_nothing():
    helped = MOST | {"help": dict.fromkeys(MOST["help"], "all")}
    outcome = compute("allocation", helped | {"willing_and_able": False}, ON)
    assert outcome.result["indicative_pence_per_week"] == figure(MOST) > figure(helped | {"willing_and_able": True})
    assert any("not willing or able to go on" in step["sentence"] for step in outcome.steps)


def test_a_question_that_serves_no_eligible_outcome_is_not_asked_and_says_so():
    answers = {"personal_care": "every_day", "meals": "nothing"}
    answers |= dict.fromkeys(["home", "wellbeing", "decisions", "safety", "nights"], "nothing")
    given = {"unable": ["hygiene", "clothing"], "answers": answers, "help": {"personal_care": "none"}}
    told = result(given)
    work = next(line for line in told["answers"] if line["question"] == "work")
    assert (work["label"], work["pence_per_week"], work["counted"]) == ("Not asked", 0, False)
    assert "work, training, education or volunteering" in work["not_counted_because"]


def test_an_explanation_is_words_where_nothing_needs_one_too():
    with pytest.raises(BadInput, match=r"explained.toilet must be words"):
        compute("allocation", MOST | {"explained": {"toilet": 5}}, ON)


def test_what_does_not_fit_is_explained_or_refused_and_kept():
    answers = dict(MOST["answers"]) | {"personal_care": "two_people"}
    given = MOST | {"unable": ["hygiene", "toilet"], "answers": dict.fromkeys(answers, "nothing")}
    given["answers"] = {q.id: q.answers[0].id for q in questions(LAW)} | {"personal_care": "two_people"}
    with pytest.raises(BadInput, match=r"from two people.*“Using your home safely” can be managed"):
        compute("allocation", given, ON)
    with pytest.raises(BadInput, match=r"explained.personal_care"):
        compute("allocation", given | {"explained": {"personal_care": "aaaa aaaa aaaa aaaa aaaa"}}, ON)
    why = "Two people lift her in the bath only; she walks about the house."
    outcome = compute("allocation", given | {"explained": {"personal_care": why}}, ON)
    assert outcome.inputs["explained"] == {"personal_care": why}
    assert [one["code"] for one in outcome.result["contradictions"]] == ["personal_care"]
    assert outcome.result["indicative_pence_per_week"] > 0


def test_an_outcome_out_of_reach_for_which_nobody_asks_support_is_pointed_out():
    none = {q.id: q.answers[0].id for q in questions(LAW)}
    found = contradictions(["nutrition"], none, LAW)
    assert [one.code for one in found] == ["nutrition"]
    assert not contradictions(["nutrition"], {"meals": "nothing"}, LAW)  # not yet answered is not no support


def test_a_carers_hours_explain_no_finding_about_health_or_breaks():
    """Fifty hours a week of care do not say that health suffers: the questions about health do."""
    answers = {"hours": "over_50", "health": "not_at_all", "nights": "never", "breaks": "every_week"}
    found = contradictions(["health_at_risk", "recreation"], answers, LAW, "carer")
    assert sorted(one.code for one in found) == ["health_at_risk", "recreation"]
    assert not contradictions(["health_at_risk"], answers | {"health": "somewhat"}, LAW, "carer")


def test_prices_are_those_of_the_year_and_the_version_says_which():
    told = {on: result(MOST, on) for on in (date(2024, 3, 31), date(2024, 4, 1), date(2026, 4, 1))}
    before, after, now = (each["indicative_pence_per_week"] for each in told.values())
    assert abs(after - before * 107 // 100) < 20 and abs(now - before * 119 // 100) < 20
    assert [each["version"] for each in told.values()] == [
        "2, prices of 2023-24", "2, prices of 2024-25", "2, prices of 2026-27",
    ]  # fmt: skip


def test_the_default_table_is_the_one_fitted_to_the_made_up_people():
    """The page docs/explanation/default-allocation-policy.md says how: this does it again."""
    people = draw_people(4000, seed=2026)
    fitted = match_with_help(
        [one.points for one in people],
        [one.hundredths_left for one in people],
        [one.cost_pence for one in people],
        percentiles=[10, 25, 50, 75, 90],
    )
    assert ((0, 0), *fitted) == the_table("adult").points_to_pence


def test_the_average_plan_is_near_its_guide():
    """With 15 per cent taken off each figure, it was 17.6 per cent above: nobody's figure is cut any more."""
    people = sorted(draw_people(1500, seed=2026), key=lambda one: one.hundredths_left)
    explained = dict.fromkeys([*ADULT, *(q.id for q in questions(LAW))], WELL_SAID)
    plans = guides = 0
    for one, cost_pence in zip(people, sorted(one.cost_pence for one in people), strict=True):
        told = result(one.inputs | {"explained": explained}, COSTS_OF)
        if not told["costed_instead"]:
            plans, guides = plans + cost_pence, guides + told["indicative_pence_per_week"]
    assert abs(plans / guides - 1) < 0.05


def test_the_deflator_never_spends_more_than_there_is():
    table = [(0, 0), (10, 10000), (20, 30000)]
    points = [10, 15, 20]
    priced = 10000 + 20000 + 30000
    assert deflator_percent(table, points, priced) == 100
    assert deflator_percent(table, points, priced - 1) == 99
    with pytest.raises(BadInput, match="Nobody has any points"):
        deflator_percent(table, [0], 100)


def test_the_contingency_is_held_beside_the_allocations_and_is_the_same_money_as_the_cut():
    whole = [50_00, 110_00, 170_00]
    cut = [pence * 85 // 100 for pence in whole]
    assert contingency_pence(cut, 15) == sum(whole) - sum(cut)
    with pytest.raises(BadInput, match="from 0 to 99"):
        contingency_pence(whole, 100)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 90000)), min_size=1, max_size=9))
def test_a_levelled_table_never_makes_a_point_cheaper(rows):
    points = list(itertools.accumulate(step for step, _ in rows))
    prices = [pence / reached for reached, pence in never_cheaper(list(zip(points, (p for _, p in rows), strict=True)))]
    assert prices == sorted(prices)


def test_how_well_a_table_foretells_costs():
    told = fit(((0, 0), (10, 100_00)), [5, 10, 10], [50_00, 100_00, 125_00])
    assert (told.people, told.within_10_percent, told.within_20_percent) == (3, 2 / 3, 1)
    assert told.bias == pytest.approx(-25 / 275)


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
        ([[0, 0], [10, 10000], [20, 15000]], "a point is worth less at 20 points"),
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


def test_the_step_that_prices_says_it_in_plain_words():
    """“119 per cent of the table's own” stood in a letter."""
    given = next(example["given"] for example in examples("allocation") if example["name"].startswith("Ada:"))
    said = " ".join(step["sentence"] for step in compute("allocation", given, date(2026, 4, 6)).steps)
    assert "per cent more than when the table was made" in said and "table’s own" not in said
