"""Who may assess, at which stage, and what the law makes of the answers."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from leeway.access.models import User
from leeway.access.roles import Role
from leeway.care.assessment import actions, means, queries
from leeway.care.assessment.means import PARTNER_HAS_DISREGARD, MoneyCheckNeeded
from leeway.care.assessment.models import FinancialAssessment
from leeway.care.decisions.actions import decide_by_judgement
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.people.models import Case, Person
from leeway.care.planning.models import Plan
from leeway.law.births import BirthdayNeeded
from leeway.law.charge_case import QUALIFYING_INCOME
from leeway.law.exemptions import FreePart
from leeway.refusal import EditedMeanwhile, NotAllowed, Refusal
from tests.pages import send

from .writing import TODAY, UNABLE, complete, fill

BEFORE = date(2016, 3, 31)


@pytest.fixture
def dan(team):
    """Another assessor of the team: Ada's case is not his."""
    return User.objects.create_user("dan@council.example", "x", name="Dan Reed", roles=[Role.ASSESSOR], team=team)


def test_starting_moves_the_case_and_tells_the_story(case, bea):
    actions.start_assessment(case=case, by=bea, on=TODAY)
    assert case.stage == "assessment"
    assert case.story.first().sentence == "The assessment was started."
    assert queries.draft_assessment(case).outcomes.count() == 10


def test_a_manager_of_the_team_may_start_and_others_may_not(case, mona, dan, finn, cyril, ada_user):
    for other in [dan, finn, cyril, ada_user]:
        with pytest.raises(NotAllowed):
            actions.start_assessment(case=case, by=other, on=TODAY)
    assert actions.start_assessment(case=case, by=mona, on=TODAY).case == case


def test_a_second_start_is_refused(case, bea, draft):
    with pytest.raises(Refusal, match="under way already"):
        actions.start_assessment(case=case, by=bea, on=TODAY)


def test_a_case_without_a_worker_is_not_assessed(case, mona):
    case.worker = None
    case.save()
    with pytest.raises(Refusal, match="Give it to a worker"):
        actions.start_assessment(case=case, by=mona, on=TODAY)


@pytest.mark.parametrize("stage", ["sign_off", "agreement", "arranging", "active", "review"])
def test_no_assessment_starts_at_a_later_stage(case, bea, stage):
    Case.objects.filter(pk=case.pk).update(stage=stage)
    case.refresh_from_db()
    with pytest.raises(Refusal, match=r"cannot become|A review is under way"):
        actions.start_assessment(case=case, by=bea, on=TODAY)


def test_needs_are_looked_at_again_after_a_review(case, bea, filled):
    complete(filled, bea)
    Case.objects.filter(pk=case.pk).update(stage="assessment")
    case.refresh_from_db()
    again = actions.start_assessment(case=case, by=bea, on=TODAY)
    first = queries.completed_assessment(case).eligibility
    complete(fill(again, bea), bea)
    latest = queries.completed_assessment(case).eligibility
    assert latest.supersedes == first


@pytest.mark.parametrize(("begun", "stage"), [(True, "active"), (False, "closed")])
def test_support_in_place_goes_on_until_a_review_ends_it(case, bea, draft, begun, stage):
    decide_by_judgement(
        case=case,
        kind=DecisionKind.FINAL_BUDGET,
        inputs={},
        result={"final_pence_per_week": 300_00},
        steps=[],
        reasons=["The plan costs that."],
        by=bea,
        on=TODAY,
    )
    if begun:
        tell(case=case, kind=Event.BUDGET_STARTED, sentence="Budget started.", by=bea, on=TODAY)
    complete(fill(draft, bea, unable={}), bea, advice="Swimming on Mondays.")
    case.refresh_from_db()
    assert case.stage == stage
    assert not queries.completed_assessment(case).eligibility.result["eligible"]


def test_nobody_else_writes_in_an_assessment(case, bea, dan, ada_user, draft):
    note = draft.outcomes.first()
    for other in [dan, ada_user]:
        with pytest.raises(NotAllowed):
            actions.save_conversation(assessment=draft, details={"good_day": "x"}, version=1, by=other, on=TODAY)
        with pytest.raises(NotAllowed):
            actions.save_outcome(note=note, details={}, version=1, by=other, on=TODAY)
        with pytest.raises(NotAllowed):
            complete(draft, other)


def test_own_words_are_the_persons_only(case, bea, cyril, draft):
    for other in [bea, cyril]:
        with pytest.raises(NotAllowed):
            actions.save_own_words(assessment=draft, words={"good_day": "x"}, version=1, by=other, on=TODAY)


def test_an_older_version_never_overwrites(bea, draft):
    note = draft.outcomes.get(outcome="hygiene")
    save = {"by": bea, "on": TODAY, "version": 1}
    actions.save_outcome(note=note, details={"assessor_words": "First", "unable": ["cannot"]}, **save)
    with pytest.raises(EditedMeanwhile):
        actions.save_outcome(note=note, details={"assessor_words": "Second", "unable": []}, **save)
    note.refresh_from_db()
    assert (note.assessor_words, note.unable) == ("First", ["cannot"])


def test_nobody_completes_what_they_have_not_seen(case, bea, ada_user, filled):
    seen = queries.version_of_whole(filled)
    note = filled.outcomes.get(outcome="hygiene")
    on_hygiene = {"note": note, "version": note.version, "on": TODAY}
    actions.save_own_words_on_outcome(words="I fell twice.", by=ada_user, **on_hygiene)
    with pytest.raises(EditedMeanwhile):
        actions.complete_assessment(assessment=filled, version=seen, by=bea, on=TODAY)
    assert not Decision.objects.filter(case=case).exists()


def test_what_is_missing_is_named(bea, draft):
    with pytest.raises(actions.NotFinished) as refused:
        complete(draft, bea)
    assert any("impairment or illness" in sentence for sentence in refused.value.missing)
    assert any(sentence.startswith("Caring for a child") for sentence in refused.value.missing)
    assert "Budget questions: 10 still to answer." in refused.value.missing
    assert len(refused.value.missing) == 1 + 10 + 1 + 1


def test_the_help_there_is_now_changes_nothing(case, bea, filled):
    complete(filled, bea)
    stored = Decision.objects.get(case=case, kind=DecisionKind.ELIGIBILITY)
    assert "mother" not in str(stored.inputs)
    assert stored.result["eligible"] and stored.result["outcomes_unable"] == list(UNABLE)


@pytest.mark.parametrize(
    ("answers", "eligible"),
    [
        ({"unable": {"hygiene": ["cannot"], "toilet": ["endangers"]}}, True),
        ({"unable": {"hygiene": ["cannot", "endangers"]}}, False),
        ({"impairment": False}, False),
        ({"wellbeing": False}, False),
    ],
)
def test_two_outcomes_an_impairment_and_wellbeing_are_all_needed(case, bea, draft, answers, eligible):
    complete(fill(draft, bea, **answers), bea, advice="Swimming on Mondays.")
    case.refresh_from_db()
    assert case.stage == ("planning" if eligible else "closed")


def test_a_complete_assessment_is_never_changed(bea, filled):
    done = complete(filled, bea)
    with pytest.raises(Refusal, match="complete, so it cannot be changed"):
        actions.save_conversation(assessment=done, details={"good_day": "x"}, version=done.version, by=bea, on=TODAY)


@pytest.mark.parametrize("day", [BEFORE, BEFORE + timedelta(days=1), BEFORE + timedelta(days=2)])
def test_an_assessment_decides_once_the_care_act_is_everybodys_law(case, bea, filled, day):
    """Until 31 March 2016 some stayed under the bands, and this assessment does not ask who."""
    if day == BEFORE:
        with pytest.raises(Refusal, match="judged by bands"):
            complete(filled, bea, on=day)
    else:
        assert complete(filled, bea, on=day).eligibility.law_on == day


def charged(case, by, pence, *free_parts):
    """What is paid from today on, where that stays the same."""
    (charge,) = actions.charges_from(
        case=case, personal_budget_pence_per_week=pence, free_parts=free_parts, starts_on=TODAY, by=by, on=TODAY
    )
    return charge


def test_section_117_frees_its_own_part_of_the_budget_and_nothing_beside_it(case, bea, draft):
    complete(fill(draft, bea, funding="section_117"), bea)
    case.refresh_from_db()
    assert queries.funded_by(case) == "section_117" and not queries.needs_money_check(case, TODAY)
    after_care = (FreePart(exemption="section_117", pence_per_week=420_00),)
    charge = charged(case, bea, 420_00, *after_care)
    assert charge.result["charge_pence_per_week"] == 0 and charge.result["free_because"] == "free_parts"
    with pytest.raises(MoneyCheckNeeded):
        charged(case, bea, 420_01, *after_care)
    assert queries.what_money_lacks(case, TODAY, personal_budget_pence_per_week=420_01, free_parts=after_care)
    assert actions.start_financial_assessment(case=case, by=bea, on=TODAY).basis == ""


def test_free_reablement_needs_no_money_check_until_its_weeks_are_over(case, bea, money):
    visits = (FreePart(exemption="reablement", pence_per_week=100_00, started_on=TODAY),)
    for day, needed in [(TODAY + timedelta(days=41), False), (TODAY + timedelta(days=42), True)]:
        asked = queries.what_money_lacks(case, day, personal_budget_pence_per_week=100_00, free_parts=visits)
        assert bool(asked) is needed


def test_only_one_illness_frees_the_adult_and_it_says_why(case, bea, money):
    save(money, "basis", {"basis": "free"}, bea)
    with pytest.raises(actions.NotFinished, match="say why"):
        actions.complete_financial_assessment(financial=money, version=money.version, by=bea, on=TODAY)
    save(money, "basis", {"basis": "free", "basis_reason": "The hospital's letter of 2 March."}, bea)
    actions.complete_financial_assessment(financial=money, version=money.version, by=bea, on=TODAY)
    charge = charged(case, bea, 420_00)
    assert (charge.result["charge_pence_per_week"], charge.result["free_because"]) == (0, "cjd")


def test_a_carer_needs_one_outcome_and_pays_nothing(carers_case, bea):
    assessment = actions.start_assessment(case=carers_case, by=bea, on=TODAY)
    assert assessment.outcomes.count() == 8
    for choice, note in queries.outcome_notes(assessment):
        unable = ["cannot"] if choice.code == "recreation" else []
        details = {"assessor_words": "No time.", "unable": unable}
        actions.save_outcome(note=note, details=details, version=note.version, by=bea, on=TODAY)
    conditions = {"necessary_care": True, "health_at_risk": False, "wellbeing_impact": True, "fluctuates": False}
    conditions |= {"contract_or_voluntary_work": False}
    saves = [
        (actions.save_conversation, {"what_matters": "Sleep", "took_part": "Carer only", "advocacy": "not_needed"}),
        (actions.save_conditions, conditions | {"wellbeing_areas": ["health"]}),
    ]
    for save, details in saves:
        save(assessment=assessment, details=details, version=assessment.version, by=bea, on=TODAY)
    answers = {
        "hours": "over_50",
        "nights": "most_nights",
        "breaks": "never",
    }
    actions.save_allocation_answers(
        assessment=assessment, answers=answers, version=assessment.version, by=bea, on=TODAY
    )
    done = complete(queries.draft_assessment(carers_case), bea)
    assert done.eligibility.result["eligible"] and done.indicative_budget.result["indicative_pence_per_week"] > 0
    preview = queries.preview_charge(case=carers_case, personal_budget_pence_per_week=40_00, on=TODAY)
    assert preview.result["free_because"] == "carers_own_support"


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ({"fluctuates": None}, "whether the level of need goes up and down"),
        ({"fluctuates": True}, "over how many weeks that was looked at and how it goes up and down"),
        ({"fluctuates": True, "weeks_looked_at": 26, "ups_and_downs": " "}, "how it goes up and down"),
        ({"funding": ""}, "whether somebody else must pay for the support"),
    ],
)
def test_what_is_blank_is_asked_and_never_taken_as_no(bea, filled, answers, missing):
    actions.save_conditions(assessment=filled, details=answers, version=filled.version, by=bea, on=TODAY)
    with pytest.raises(actions.NotFinished) as refused:
        complete(queries.draft_assessment(filled.case), bea)
    assert refused.value.missing == [f"Conditions and wellbeing: say {missing}."]


def test_a_need_that_goes_up_and_down_is_decided_over_the_weeks_it_was_looked_at(bea, filled):
    details = {"fluctuates": True, "weeks_looked_at": 26, "ups_and_downs": "Two bad weeks in every eight."}
    actions.save_conditions(assessment=filled, details=details, version=filled.version, by=bea, on=TODAY)
    decided = complete(queries.draft_assessment(filled.case), bea).eligibility
    assert (decided.inputs["fluctuates"], decided.inputs["weeks_looked_at"]) == (True, 26)
    assert any("circumstances over 26 weeks" in reason for reason in decided.reasons)
    assert "bad weeks" not in str(decided.inputs)


@pytest.mark.parametrize(
    ("weeks", "how", "asked"),
    [
        (1, "Two flare-ups a year of six weeks.", "why one week will do"),
        (11, "Two bad weeks in every eight.", "why 11 weeks will do"),
        (12, "Two bad weeks in every eight.", None),
        (51, "Two flare-ups a year of six weeks.", "why 51 weeks will do"),
        (51, "Worse every Winter.", "why 51 weeks will do"),
        (52, "Two flare-ups a year of six weeks.", None),
    ],
)
def test_a_need_looked_at_over_few_weeks_asks_why_they_are_enough(client, bea, filled, weeks, how, asked):
    details = {"fluctuates": True, "weeks_looked_at": weeks, "ups_and_downs": how}
    actions.save_conditions(assessment=filled, details=details, version=filled.version, by=bea, on=TODAY)
    looked = queries.draft_assessment(filled.case)
    missing = [task.missing for task in queries.progress(looked, TODAY).missing]
    assert missing == ([f"Conditions and wellbeing: say {asked}."] if asked else [])
    client.force_login(bea)
    address = reverse("assessment:conditions", args=[filled.case.pk])
    assert "in a sentence that somebody else" in send(client, address, long_enough="ok").content.decode()
    why = {"long_enough": "Her diary of the whole year shows the same week again and again."}
    actions.save_conditions(assessment=looked, details=why, version=looked.version, by=bea, on=TODAY)
    assert not queries.progress(queries.draft_assessment(filled.case), TODAY).missing


@pytest.mark.parametrize("weeks", [0, 521])
def test_a_period_that_cannot_be_right_is_refused(bea, draft, weeks):
    with pytest.raises(Refusal, match="from 1 to 520"):
        actions.save_conditions(
            assessment=draft, details={"weeks_looked_at": weeks}, version=draft.version, by=bea, on=TODAY
        )


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ({}, ["whether care is given under a contract or as voluntary work"]),
        ({"contract_or_voluntary_work": True}, ["whether the council regards them", "the reason for that"]),
        ({"contract_or_voluntary_work": True, "regarded_as_carer": True}, ["the reason for that"]),
        ({"contract_or_voluntary_work": False}, []),
    ],
)
def test_who_is_a_carer_is_asked(carers_case, bea, answers, missing):
    assessment = actions.start_assessment(case=carers_case, by=bea, on=TODAY)
    known = {"necessary_care": None, "health_at_risk": True, "wellbeing_impact": False, "fluctuates": False}
    actions.save_conditions(
        assessment=assessment, details=known | answers, version=assessment.version, by=bea, on=TODAY
    )
    tasks = queries.progress(queries.draft_assessment(carers_case), TODAY).tasks
    said = next(task.missing for task in tasks if task.page == "conditions")
    assert all(words in said for words in missing)
    assert "whether the care given is necessary" in said
    assert ("contract" in said) == (not answers)


def test_an_answer_that_the_table_does_not_have_is_refused(bea, draft):
    with pytest.raises(Refusal, match="not in the council’s table"):
        actions.save_allocation_answers(assessment=draft, answers={"meals": "banquet"}, version=1, by=bea, on=TODAY)


@pytest.fixture
def money(case, bea, filled):
    """Ada's money check, started after she was found eligible."""
    complete(filled, bea)
    case.refresh_from_db()
    return actions.start_financial_assessment(case=case, by=bea, on=TODAY)


def save(money, part, details, by):
    actions.save_means(financial=money, part=part, details=details, version=money.version, by=by, on=TODAY)


def test_who_may_check_means(case, bea, mona, finn, dan, cyril, ada_user, money):
    for other in [dan, cyril, ada_user]:
        with pytest.raises(NotAllowed):
            save(money, "evidence", {"evidence": "A bank statement"}, other)
    for allowed in [bea, mona, finn]:
        save(money, "evidence", {"evidence": f"Seen by {allowed}"}, allowed)


def test_means_are_not_asked_before_the_assessment(case, bea):
    with pytest.raises(Refusal, match="Request for help"):
        actions.start_financial_assessment(case=case, by=bea, on=TODAY)


def test_no_charge_without_a_money_check(case, bea, money):
    with pytest.raises(MoneyCheckNeeded):
        charged(case, bea, 100_00)


def test_a_preview_stores_nothing(case, bea, money):
    save(money, "basis", {"basis": "not_disclosed", "basis_reason": "She prefers not to say."}, bea)
    preview = queries.preview_charge(case=case, personal_budget_pence_per_week=100_00, on=TODAY, financial=money)
    assert preview.result["charge_pence_per_week"] == 100_00
    assert not Decision.objects.filter(kind=DecisionKind.CHARGE).exists()


def test_not_disclosing_means_the_full_cost_with_a_reason(case, bea, money):
    save(money, "basis", {"basis": "not_disclosed"}, bea)
    with pytest.raises(actions.NotFinished, match="say why"):
        actions.complete_financial_assessment(financial=money, version=money.version, by=bea, on=TODAY)
    refused = {"basis": "not_disclosed", "basis_reason": "She prefers not to say."}
    save(money, "basis", refused, bea)
    with pytest.raises(actions.NotFinished, match="full check at any time"):
        actions.complete_financial_assessment(financial=money, version=money.version, by=bea, on=TODAY)
    save(money, "basis", refused | {"told_of_full_check": True}, bea)
    actions.complete_financial_assessment(financial=money, version=money.version, by=bea, on=TODAY)
    first = charged(case, bea, 100_00)
    assert first.result["full_cost"] and first.result["charge_pence_per_week"] == 100_00
    second = charged(case, bea, 80_00)
    assert second.supersedes == first


def test_what_would_be_paid_with_another_budget_begins_with_the_one_there_is(client, case, bea, money):
    save(
        money,
        "basis",
        {"basis": "not_disclosed", "basis_reason": "She prefers not to say.", "told_of_full_check": True},
        bea,
    )
    actions.complete_financial_assessment(financial=money, version=money.version, by=bea, on=TODAY)
    Plan.objects.create(case=case, number=1, started_on=TODAY).charges.add(charged(case, bea, 186_15))
    client.force_login(bea)
    assert 'value="186.15"' in client.get(reverse("assessment:money_result", args=[case.pk])).content.decode()


def light(money, by, **answers):
    """A lighter check, as far as it is answered, with its figures."""
    agreed = {"basis_reason": "Her bank statement of October shows it.", "consented": True, "told_of_full_check": True}
    save(money, "basis", {"basis": "light_touch", "light_touch": "above_limit"} | agreed | answers, by)
    save(money, "household", {"household": "single", "dependent_children": 0, "premiums": []}, by)
    for part in ("income", "savings", "housing", "disability_costs"):
        save(money, part, {"lines": []}, by)
    save(money, "savings", {"lines": [{"kind": "savings", "pence": 30_000_00}]}, by)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"light_touch": ""}, "say what satisfies the council"),
        ({"consented": None}, "needs the person’s consent"),
        ({"consented": False}, "needs the person’s consent"),
        ({"told_of_full_check": None}, "full check at any time"),
        ({"told_of_full_check": False}, "full check at any time"),
    ],
)
def test_a_lighter_check_needs_grounds_consent_and_telling(bea, money, answer, sentence):
    light(money, bea, **answer)
    with pytest.raises(actions.NotFinished, match=sentence):
        actions.complete_financial_assessment(financial=money, version=money.version, by=bea, on=TODAY)


def test_a_lighter_check_whose_figures_say_otherwise_is_refused(case, bea, money):
    light(money, bea, light_touch="within_limit")
    with pytest.raises(Refusal, match="over the upper limit, and the kind of check says otherwise"):
        actions.complete_financial_assessment(financial=money, version=money.version, by=bea, on=TODAY)
    light(money, bea)
    actions.complete_financial_assessment(financial=money, version=money.version, by=bea, on=TODAY)
    decision = charged(case, bea, 100_00)
    assert decision.result["full_cost"] and decision.inputs["light_touch"]
    assert any("agreed to a lighter check" in reason for reason in decision.reasons)


GIFT = {
    "kind": "notional_capital",
    "pence": 24_000_00,
    "given_to": "Her son",
    "given_on": "2025-01-10",
    "their_reason": "He was getting married.",
    "to_avoid_charges": True,
    "finding_because": "She had been told of the charge the week before.",
    "counted_from": "2026-11-23",
}


@pytest.mark.parametrize("left_out", [name for name in GIFT if name not in ("kind", "pence")])
def test_capital_given_away_is_kept_only_with_everything_about_it(bea, money, left_out):
    with pytest.raises(Refusal, match="Savings and property, line 1: "):
        save(money, "savings", {"lines": [{name: said for name, said in GIFT.items() if name != left_out}]}, bea)
    money.refresh_from_db()
    assert "capital_items" not in money.means


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"finding_because": "x"}, "in a sentence that others can follow"),
        ({"counted_from": "2024-12-31"}, "before it was given"),
    ],
)
def test_what_cannot_be_meant_of_capital_given_away_is_refused(bea, money, said, sentence):
    with pytest.raises(Refusal, match=sentence):
        save(money, "savings", {"lines": [GIFT | said]}, bea)


def test_capital_given_away_keeps_their_words_and_without_a_finding_counts_nothing(case, bea, money):
    found_nothing = {name: said for name, said in GIFT.items() if name != "counted_from"} | {"to_avoid_charges": False}
    save(money, "savings", {"lines": [found_nothing]}, bea)
    save(money, "basis", {"basis": "full"}, bea)
    preview = queries.preview_charge(case=case, personal_budget_pence_per_week=100_00, on=TODAY, financial=money)
    assert preview.result["capital_pence"] == 0
    assert preview.inputs["capital_items"][0]["their_reason"] == "He was getting married."


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ({"kind": "benefit_arrears", "pence": 1}, "say when it came"),
        ({name: said for name, said in GIFT.items() if name != "counted_from"}, "from which day it is in the charge"),
    ],
)
def test_a_number_of_weeks_stands_for_no_day_which_would_stay_as_it_is_on_later_days(bea, money, line, sentence):
    with pytest.raises(Refusal, match=sentence):
        save(money, "savings", {"lines": [line | {"weeks_since_received": 3}]}, bea)


def test_a_lighter_check_of_somebody_clearly_over_the_limit_asks_only_what_they_own(case, bea, money):
    agreed = {"basis_reason": "Her bank statement of October shows it.", "consented": True, "told_of_full_check": True}
    save(money, "basis", {"basis": "light_touch", "light_touch": "above_limit"} | agreed, bea)
    needed = [task.argument for task in queries.financial_progress(money) if task.needed]
    assert needed == ["basis", "savings"]
    arrears = {"kind": "benefit_arrears", "pence": 20_000_00, "received_on": "2025-12-01"}
    save(money, "savings", {"lines": [{"kind": "savings", "pence": 20_000_00}, arrears]}, bea)
    with pytest.raises(Refusal, match="The figures are within the upper limit"):
        actions.complete_financial_assessment(financial=money, version=money.version, by=bea, on=TODAY)
    save(money, "savings", {"lines": [{"kind": "savings", "pence": 30_000_00}]}, bea)
    actions.complete_financial_assessment(financial=money, version=money.version, by=bea, on=TODAY)
    assert charged(case, bea, 100_00).result["full_cost"]


def test_somebody_who_is_no_longer_over_the_limit_is_not_charged_on_what_nobody_asked(case, bea, money):
    agreed = {"basis_reason": "Her bank statement of October shows it.", "consented": True, "told_of_full_check": True}
    save(money, "basis", {"basis": "light_touch", "light_touch": "above_limit"} | agreed, bea)
    save(money, "savings", {"lines": [{"kind": "savings", "pence": 30_000_00}]}, bea)
    money.means["capital_items"] = [{"kind": "savings", "pence": 20_000_00}]
    with pytest.raises(MoneyCheckNeeded, match="no longer over the upper limit"):
        queries.charge_inputs(case, personal_budget_pence_per_week=100_00, on=TODAY, financial=money)
    money.completed_on = TODAY
    money.save()
    lacking = queries.what_money_lacks(case, TODAY, personal_budget_pence_per_week=100_00)
    assert "no longer over the upper limit" in lacking and lacking.count("Do a new money check.") == 1


def test_an_old_person_may_have_a_lighter_check(case, bea, money):
    money.case.person.date_of_birth = date(1950, 1, 1)
    money.case.person.save(update_fields=["date_of_birth"])
    agreed = {"basis_reason": "Her bank statement of October shows it.", "consented": True, "told_of_full_check": True}
    save(money, "basis", {"basis": "light_touch", "light_touch": "above_limit"} | agreed, bea)
    save(money, "savings", {"lines": [{"kind": "savings", "pence": 30_000_00}]}, bea)
    actions.complete_financial_assessment(financial=money, version=money.version, by=bea, on=TODAY)
    assert charged(Case.objects.get(pk=case.pk), bea, 100_00).result["full_cost"]


def test_all_that_a_lighter_check_lacks_is_said_at_once_and_x_is_no_reason(client, bea, money):
    client.force_login(bea)
    address = reverse("assessment:money_part", args=[money.case_id, "basis"])
    shown = send(client, address, basis="light_touch", basis_reason="x").content.decode()
    for sentence in (
        "Say why, in a sentence",
        "Say what satisfies",
        "needs the person’s consent",
        "Tell them what",
    ):
        assert sentence in shown, sentence
    assert send(client, address, basis="light_touch", basis_reason="x", later="yes").status_code == 302
    said = missing_from(money, bea)
    for sentence in ("say why, in a sentence", "say what satisfies", "needs the person’s consent", "tell them what"):
        assert sentence in said, sentence


def checked(money, bea):
    """A full money check of Ada's, with an answer in each part, completed."""
    save(money, "basis", {"basis": "full"}, bea)
    save(money, "household", HOUSEHOLD, bea)
    pip = {"kind": "pip_daily_living", "amount_pence": 73_90, "every": "weekly"}
    save(money, "income", {"lines": [pip]}, bea)
    save(money, "savings", {"lines": [{"kind": "savings", "pence": 3_000_00, "owners": 1}]}, bea)
    save(money, "housing", {"lines": [{"kind": "rent", "amount_pence": 10_00, "every": "weekly"}]}, bea)
    save(money, "disability_costs", {"lines": []}, bea)
    save(money, "evidence", {"evidence": "The award letter"}, bea)
    return actions.complete_financial_assessment(financial=money, version=money.version, by=bea, on=TODAY)


def test_a_new_money_check_begins_with_the_last_answers_each_to_be_confirmed(client, case, bea, money):
    last = checked(money, bea)
    new = actions.start_financial_assessment(case=case, by=bea, on=TODAY)
    assert (new.means, new.lines, new.partner_born_on) == (last.means, last.lines, last.partner_born_on)
    assert (new.basis, new.evidence) == ("", "")
    said = missing_from(new, bea)
    for title in ("Home and household", "Income", "Savings and property", "Housing costs", "Costs of disability"):
        assert f"{title}: look at the answers of the last check, and confirm them." in said
    client.force_login(bea)
    address = reverse("assessment:money_part", args=[case.pk, "income"])
    shown = client.get(address).content.decode()
    assert "These are the answers of the check of 23 November 2026" in shown and 'value="73.90"' in shown
    send(client, address, rows=1, kind_1="pip_daily_living", amount_1="76.70", every_1="weekly")
    new.refresh_from_db()
    assert "Income: look" not in missing_from(new, bea) and "Savings and property: look" in missing_from(new, bea)
    assert new.means["income"] == [{"kind": "pip_daily_living", "pence_per_week": 76_70}]
    last.refresh_from_db()
    assert last.means["income"] == [{"kind": "pip_daily_living", "pence_per_week": 73_90}]
    assert "These are the answers" not in client.get(address).content.decode()


def test_what_was_given_away_is_asked_anew_in_a_new_check(case, bea, money):
    last = checked(money, bea)
    given_away = last.means | {"capital_items": [GIFT]}
    FinancialAssessment.objects.bulk_create(
        [FinancialAssessment(case=case, started_on=TODAY, completed_on=TODAY, basis="full", means=given_away)]
    )
    new = actions.start_financial_assessment(case=case, by=bea, on=TODAY)
    assert "capital_items" not in new.means and new.to_confirm == ["household"]


def test_a_couple_is_of_pension_age_when_either_is(case, bea, money):
    household = {"household": "couple", "dependent_children": 0, "premiums": [], "partner_born_on": date(1950, 1, 1)}
    save(money, "basis", {"basis": "light_touch", "basis_reason": "Benefits only"}, bea)
    save(money, "household", household, bea)
    save(money, "income", {"lines": [], QUALIFYING_INCOME: 0, PARTNER_HAS_DISREGARD: False}, bea)
    inputs = queries.charge_inputs(case, personal_budget_pence_per_week=0, on=TODAY, financial=money)
    assert inputs["pension_age"] is True and inputs["age"] == 34
    save(money, "household", household | {"household": "single"}, bea)
    assert (
        queries.charge_inputs(case, personal_budget_pence_per_week=0, on=TODAY, financial=money)["pension_age"] is False
    )


def missing_from(money, bea):
    """What a money check that is completed too early says is missing."""
    with pytest.raises(actions.NotFinished) as refused:
        actions.complete_financial_assessment(financial=money, version=money.version, by=bea, on=TODAY)
    return str(refused.value)


HOUSEHOLD = {"household": "couple", "dependent_children": 0, "premiums": [], "partner_born_on": date(1990, 1, 1)}


@pytest.mark.parametrize(
    ("blank", "asked"),
    [
        ("partner_born_on", "when the partner was born"),
        ("dependent_children", "how many children there are"),
        ("premiums", "which premiums apply"),
    ],
)
def test_a_question_of_the_household_left_blank_is_asked_and_never_taken_as_no(bea, money, blank, asked):
    save(money, "basis", {"basis": "full", "basis_reason": ""}, bea)
    save(money, "household", HOUSEHOLD | {blank: None}, bea)
    assert f"Home and household: say {asked}" in missing_from(money, bea)
    save(money, "household", HOUSEHOLD, bea)
    assert "Home and household" not in missing_from(money, bea)


def born(case, *, year=None):
    Person.objects.filter(pk=case.person_id).update(date_of_birth=None, year_of_birth=year)
    case.person.refresh_from_db()


@pytest.mark.parametrize(("year", "age", "pension_age"), [(1950, 75, True), (1980, 45, False)])
def test_a_year_of_birth_is_enough_where_all_its_days_say_the_same(case, year, age, pension_age):
    born(case, year=year)
    assert means.age_facts(case.person, TODAY) == {"age": age, "pension_age": pension_age}


@pytest.mark.parametrize("year", [None, TODAY.year - 25, TODAY.year - 18])
def test_no_charge_while_it_turns_on_a_birthday_that_nobody_knows(case, money, year):
    born(case, year=year)
    with pytest.raises(BirthdayNeeded, match="birthday is not known well enough: what the law leaves to live on"):
        queries.charge_inputs(case, personal_budget_pence_per_week=0, on=TODAY, financial=money)
    assert "Find it out" in queries.what_money_lacks(case, TODAY)


def test_a_money_check_is_written_though_nobody_knows_the_birthday(case, bea, money):
    born(case)
    assert means.asks_of_disregard(money), "who may be of pension age is asked"
    assert means.age_to_try(case.person, TODAY) == {"age": 25, "pension_age": False}


def test_no_charge_while_the_partners_age_is_not_known(case, bea, money):
    save(money, "basis", {"basis": "light_touch", "basis_reason": "Benefits only"}, bea)
    save(money, "household", HOUSEHOLD | {"partner_born_on": None}, bea)
    with pytest.raises(MoneyCheckNeeded, match="when the partner was born"):
        queries.charge_inputs(case, personal_budget_pence_per_week=0, on=TODAY, financial=money)


def test_a_partner_is_not_born_tomorrow(bea, money):
    with pytest.raises(Refusal, match="in the future"):
        save(money, "household", HOUSEHOLD | {"partner_born_on": TODAY + timedelta(days=1)}, bea)


def test_a_partner_is_no_child(bea, money):
    sixteen = TODAY.replace(year=TODAY.year - 16)
    with pytest.raises(Refusal, match="that of a child"):
        save(money, "household", HOUSEHOLD | {"partner_born_on": sixteen + timedelta(days=1)}, bea)
    save(money, "household", HOUSEHOLD | {"partner_born_on": sixteen}, bea)
    assert money.partner_born_on == sixteen


def test_a_lone_parent_has_a_child_and_may_say_later_how_many(bea, money):
    save(money, "basis", {"basis": "full", "basis_reason": ""}, bea)
    alone = HOUSEHOLD | {"household": "lone_parent", "partner_born_on": None}
    with pytest.raises(Refusal, match="how many children"):
        save(money, "household", alone, bea)
    save(money, "household", alone | {"dependent_children": None}, bea)
    assert "say how many children there are" in missing_from(money, bea)


def test_the_enhanced_premium_is_nobodys_where_both_have_reached_pension_age(case, bea, money):
    save(money, "basis", {"basis": "full", "basis_reason": ""}, bea)
    household = HOUSEHOLD | {"premiums": ["enhanced_disability", "carer"], "partner_born_on": date(1950, 1, 1)}
    save(money, "household", household, bea)
    save(money, "income", {"lines": [], QUALIFYING_INCOME: 0, PARTNER_HAS_DISREGARD: False}, bea)
    asked = {"personal_budget_pence_per_week": 0, "on": TODAY, "financial": money}
    assert queries.charge_inputs(case, **asked)["premiums"] == ["enhanced_disability", "carer"]
    case.person.date_of_birth = date(1950, 1, 1)
    assert queries.charge_inputs(case, **asked)["premiums"] == ["carer"]


def test_everybody_of_pension_age_is_asked_what_counts_for_savings_credit(case, bea, money):
    money.case.person.date_of_birth = date(1945, 1, 1)
    money.case.person.save(update_fields=["date_of_birth"])
    save(money, "basis", {"basis": "full", "basis_reason": ""}, bea)
    save(money, "household", HOUSEHOLD, bea)
    pension = {"lines": [{"kind": "state_pension", "amount_pence": 300_00, "every": "weekly"}]}
    save(money, "income", pension, bea)
    said = missing_from(money, bea)
    assert "what income counts for Savings Credit" in said and "whether the partner’s charge has" in said
    answered = pension | {QUALIFYING_INCOME: 0, PARTNER_HAS_DISREGARD: False}
    save(money, "income", answered, bea)
    assert "Income:" not in missing_from(money, bea)
    assert money.means[QUALIFYING_INCOME] == 0
    save(money, "income", pension, bea)
    assert QUALIFYING_INCOME not in money.means


@pytest.mark.parametrize(
    ("every", "paid", "tax", "weekly"),
    [
        ("weekly", 100_00, 12_50, {"pence_per_week": 100_00, "tax_pence_per_week": 12_50}),
        ("fortnightly", 201_01, 20_00, {"pence_per_week": 100_50, "tax_pence_per_week": 10_00}),
        ("four_weekly", 400_00, 1, {"pence_per_week": 100_00, "tax_pence_per_week": 1}),
        ("monthly", 433_33, 43_33, {"pence_per_week": 99_99, "tax_pence_per_week": 9_99}),
        ("quarterly", 1300_00, 130_00, {"pence_per_week": 100_00, "tax_pence_per_week": 10_00}),
        ("yearly", 5200_00, 520_00, {"pence_per_week": 100_00, "tax_pence_per_week": 10_00}),
    ],
)
def test_income_counts_after_tax_by_the_week(bea, money, every, paid, tax, weekly):
    line = {"kind": "private_pension", "amount_pence": paid, "tax_pence": tax, "every": every}
    save(money, "income", {"lines": [line]}, bea)
    assert money.means["income"] == [{"kind": "private_pension"} | weekly]


def test_pennies_go_to_the_person(bea, money):
    line = {"kind": "private_pension", "amount_pence": 100_00, "every": "monthly"}
    save(money, "income", {"lines": [line]}, bea)
    assert money.means["income"][0]["pence_per_week"] == 23_07
    save(money, "housing", {"lines": [{"kind": "rent", "amount_pence": 100_00, "every": "monthly"}]}, bea)
    assert money.means["housing_costs_pence_per_week"] == 23_08


def test_an_older_version_of_the_means_never_overwrites(bea, finn, money):
    save(money, "evidence", {"evidence": "Letters seen"}, bea)
    with pytest.raises(EditedMeanwhile):
        actions.save_means(
            financial=money, part="evidence", details={"evidence": "Nothing seen"}, version=1, by=finn, on=TODAY
        )
