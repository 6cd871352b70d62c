"""Who may assess, at which stage, and what the law makes of the answers."""

from datetime import date, timedelta

import pytest

from leeway.access.models import User
from leeway.access.roles import Role
from leeway.care.assessment import actions, queries
from leeway.care.assessment.means import MoneyCheckNeeded
from leeway.care.decisions.actions import decide_by_judgement
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.models import Case, Person
from leeway.law.exemptions import FreePart
from leeway.refusal import EditedMeanwhile, NotAllowed, Refusal

from .writing import TODAY, UNABLE, complete, fill

BEFORE = date(2015, 3, 31)


@pytest.fixture
def dan(team):
    """Another assessor of the team: Ada's case is not his."""
    return User.objects.create_user("dan@council.example", "x", name="Dan Reed", roles=[Role.ASSESSOR], team=team)


@pytest.fixture
def carers_case(team, bea, ada):
    """Gwen, who cares for Ada, in her own right."""
    gwen = Person.objects.create(given_name="Gwen", family_name="Bell", date_of_birth=date(1961, 2, 2))
    details = {"kind": "carer", "cared_for": ada, "request_words": "I am worn out."}
    return Case.objects.create(person=gwen, team=team, worker=bea, opened_on=TODAY, **details)


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


@pytest.mark.parametrize("stage", ["planning", "sign_off", "agreement", "arranging", "active", "review"])
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


def test_support_in_place_goes_on_until_a_review_ends_it(case, bea, draft):
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
    complete(fill(draft, bea, unable={}), bea, advice="Swimming on Mondays.")
    case.refresh_from_db()
    assert case.stage == "active" and not case.closed_on
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
    assert len(refused.value.missing) == 1 + 10 + 1 + 3


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
def test_the_care_act_decides_from_1_april_2015(case, bea, filled, day):
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
    assert queries.needs_money_check(case, TODAY, personal_budget_pence_per_week=420_01, free_parts=after_care)
    assert actions.start_financial_assessment(case=case, by=bea, on=TODAY).basis == ""


def test_free_reablement_needs_no_money_check_until_its_weeks_are_over(case, bea, money):
    visits = (FreePart(exemption="reablement", pence_per_week=100_00, started_on=TODAY),)
    for day, needed in [(TODAY + timedelta(days=41), False), (TODAY + timedelta(days=42), True)]:
        asked = queries.needs_money_check(case, day, personal_budget_pence_per_week=100_00, free_parts=visits)
        assert asked is needed


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
    conditions = {"necessary_care": True, "health_at_risk": False, "wellbeing_impact": True}
    saves = [
        (actions.save_conversation, {"what_matters": "Sleep", "took_part": "Carer only", "advocacy": "not_needed"}),
        (actions.save_conditions, conditions | {"wellbeing_areas": ["health"]}),
    ]
    for save, details in saves:
        save(assessment=assessment, details=details, version=assessment.version, by=bea, on=TODAY)
    answers = {
        "hours": "over_50",
        "health": "a_lot",
        "nights": "most_nights",
        "breaks": "never",
        "work_family": "a_lot",
    }
    actions.save_allocation_answers(
        assessment=assessment, answers=answers, version=assessment.version, by=bea, on=TODAY
    )
    done = complete(queries.draft_assessment(carers_case), bea)
    assert done.eligibility.result["eligible"] and done.indicative_budget.result["indicative_pence_per_week"] > 0
    preview = queries.preview_charge(case=carers_case, personal_budget_pence_per_week=40_00, on=TODAY)
    assert preview.result["free_because"] == "carers_own_support"


def test_an_answer_that_the_table_does_not_have_is_refused(bea, draft):
    with pytest.raises(Refusal, match="not in the council's table"):
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
            save(money, "evidence", {"evidence": "x"}, other)
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
    save(money, "basis", {"basis": "not_disclosed", "basis_reason": "She prefers not to say."}, bea)
    actions.complete_financial_assessment(financial=money, version=money.version, by=bea, on=TODAY)
    first = charged(case, bea, 100_00)
    assert first.result["full_cost"] and first.result["charge_pence_per_week"] == 100_00
    second = charged(case, bea, 80_00)
    assert second.supersedes == first


def test_a_couple_is_of_pension_age_when_either_is(case, bea, money):
    household = {"household": "couple", "dependent_children": 0, "premiums": [], "partner_of_pension_age": True}
    save(money, "basis", {"basis": "light_touch", "basis_reason": "Benefits only"}, bea)
    save(money, "household", household, bea)
    inputs = queries.charge_inputs(case, personal_budget_pence_per_week=0, on=TODAY, financial=money)
    assert inputs["pension_age"] is True and inputs["age"] == 34
    save(money, "household", household | {"household": "single"}, bea)
    assert (
        queries.charge_inputs(case, personal_budget_pence_per_week=0, on=TODAY, financial=money)["pension_age"] is False
    )


def test_pennies_go_to_the_person(bea, money):
    line = {"kind": "private_pension", "amount_pence": 100_00, "every": "monthly"}
    save(money, "income", {"lines": [line]}, bea)
    assert money.means["income"][0]["pence_per_week"] == 23_07
    save(money, "housing", {"lines": [{"kind": "rent", "amount_pence": 100_00, "every": "monthly"}]}, bea)
    assert money.means["housing_costs_pence_per_week"] == 23_08


def test_an_older_version_of_the_means_never_overwrites(bea, finn, money):
    save(money, "evidence", {"evidence": "Letters"}, bea)
    with pytest.raises(EditedMeanwhile):
        actions.save_means(
            financial=money, part="evidence", details={"evidence": "Nothing"}, version=1, by=finn, on=TODAY
        )
