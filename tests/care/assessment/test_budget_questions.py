"""The budget questions: help is asked of each, only what serves eligible needs is asked, what does not fit is said."""

import pytest

from leeway.care.assessment import actions, parts, queries
from leeway.care.assessment.actions import NotFinished
from leeway.law import compute
from leeway.refusal import Refusal
from tests.pages import send

from .test_pages import page
from .writing import ANSWERS, HELP, TODAY, complete, fill

COOKS = {"meals": "every_meal", "nights": "sleeping"}
UNABLE = {"nutrition": ["cannot"], "toilet": ["cannot"], "community": ["endangers"]}
WELL_SAID = "She washes by herself and sees the nurse about the rest."


@pytest.fixture
def cooking(draft, bea):
    """Ada's daughter cooks; at night somebody sleeps nearby whom the budget must pay."""
    filled = fill(draft, bea, unable=UNABLE, answers=ANSWERS | COOKS)
    say(filled, bea, help_given={"meals": "none", "nights": "none", "home": "none"})
    return queries.draft_assessment(filled.case)


def say(assessment, bea, *, answers=None, help_given=None):
    actions.save_allocation_answers(
        assessment=assessment,
        answers=answers or {},
        help_given=help_given or {},
        version=assessment.version,
        by=bea,
        on=TODAY,
    )
    return queries.draft_assessment(assessment.case)


def check(assessment, bea, **details):
    details = {"explained": {}} | details
    actions.save_cross_check(assessment=assessment, details=details, version=assessment.version, by=bea, on=TODAY)
    return queries.draft_assessment(assessment.case)


def test_a_daughter_who_cooks_lowers_the_money_for_meals_and_not_for_the_nights(cooking, bea):
    inputs = parts.allocation_inputs(cooking, TODAY)
    alone = lines_of(inputs)
    helped = lines_of(parts.allocation_inputs(say(cooking, bea, help_given={"meals": "all"}), TODAY))
    assert helped["meals"] < alone["meals"] and alone["nights"] > 0
    assert helped | {"meals": 0} == alone | {"meals": 0}


def lines_of(inputs):
    answered = compute("allocation", inputs, TODAY).result["answers"]
    return {line["question"]: line["pence_per_week"] for line in answered}


def test_help_that_nobody_answered_is_asked_and_is_neither_none_nor_all(cooking, bea):
    unsaid = say(cooking, bea, help_given={"meals": None})
    with pytest.raises(NotFinished, match="Budget questions: 1 still to answer"):
        complete(unsaid, bea)


def test_whoever_helps_is_asked_whether_they_can_go_on(cooking, bea):
    helped = say(cooking, bea, help_given={"meals": "most"})
    unasked = check(helped, bea, helpers_willing=None, helpers_words="", explained=helped.explained)
    with pytest.raises(NotFinished, match="say whether those who help are willing and able to go on and who helps"):
        complete(unasked, bea)
    cannot = check(unasked, bea, helpers_willing=False, helpers_words="Her daughter starts work in May and stops.",
                   explained=helped.explained)  # fmt: skip
    done = complete(cannot, bea)
    given = done.indicative_budget.inputs
    assert given["willing_and_able"] is False and "starts work in May" in given["helpers_words"]
    assert done.indicative_budget.result["answers"][1]["percent"] == 100


def test_a_question_about_what_can_be_managed_is_not_asked_and_the_page_says_so(client, cooking, bea):
    taken_back = say(cooking, bea, answers={"personal_care": "nothing", "parenting": None})
    asked = [question.id for question in parts.budget_asked(taken_back, TODAY)]
    assert "parenting" not in asked and "meals" in asked and "personal_care" in asked  # toilet cannot be managed
    client.force_login(bea)
    shown = client.get(page("budget_questions", cooking.case)).content.decode()
    assert "Not asked: caring for a child" in shown


def test_the_help_recorded_about_a_part_of_life_stands_beside_its_question(client, cooking, bea):
    note = cooking.outcomes.get(outcome="nutrition")
    actions.save_outcome(
        note=note,
        details={"assessor_words": "Cannot cook.", "help_now": "Ruth cooks each evening.", "unable": ["cannot"]},
        version=note.version,
        by=bea,
        on=TODAY,
    )
    client.force_login(bea)
    shown = client.get(page("budget_questions", cooking.case)).content.decode()
    assert "Ruth cooks each evening." in shown and "willing and able to go on" in shown


def test_help_that_was_noted_and_is_answered_with_none_is_pointed_out(client, cooking, bea):
    client.force_login(bea)
    address = page("cross_check", cooking.case)
    shown = client.get(address).content.decode()
    meals = next(question for question in parts.budget_questions(cooking.case, TODAY) if question.id == "meals")
    assert "Help that was noted, and is not counted" in shown and meals.text in shown and "Her mother." in shown
    assert page("budget_questions", cooking.case) in shown
    assert meals in parts.help_not_counted(cooking, TODAY)
    assert meals not in parts.help_not_counted(say(cooking, bea, help_given={"meals": "some"}), TODAY)
    cooking.outcomes.update(help_now="")
    assert not parts.help_not_counted(queries.draft_assessment(cooking.case), TODAY)


def test_who_helps_and_what_does_not_fit_waits_for_the_other_answers(client, draft, bea):
    tasks = queries.progress(draft, TODAY).tasks
    assert tasks[-1].page == "cross_check" and tasks[-1].waits and not tasks[-1].done
    client.force_login(bea)
    assert "Cannot start yet" in client.get(page("overview", draft.case)).content.decode()
    shown = client.get(page("cross_check", draft.case)).content.decode()
    assert "Nothing can be said here yet" in shown and "the answers fit each other" not in shown
    answered = fill(draft, bea)
    assert queries.progress(answered, TODAY).tasks[-1].done
    assert "Cannot start yet" not in client.get(page("overview", draft.case)).content.decode()


def test_a_question_that_is_no_longer_asked_is_kept_where_its_page_was_open(client, cooking, bea):
    client.force_login(bea)
    known, address = dict(cooking.allocation_answers), page("budget_questions", cooking.case)
    cooking.outcomes.update(answered=True, unable=[])
    asked = parts.budget_asked(queries.draft_assessment(cooking.case), TODAY)
    (gone, *_rest) = [one for one in parts.budget_questions(cooking.case, TODAY) if one not in asked]
    assert gone.id not in client.get(address).content.decode().partition("<form")[2]
    client.post(address, {"version": cooking.version, **known, gone.id: gone.answers[-1].id})
    assert queries.draft_assessment(cooking.case).allocation_answers == known | {gone.id: gone.answers[-1].id}


def test_where_all_can_be_managed_no_question_is_asked_and_the_page_leads_back(client, draft, bea):
    draft.outcomes.update(answered=True, unable=[])
    client.force_login(bea)
    gone = client.get(page("budget_questions", draft.case), follow=True)
    assert gone.redirect_chain[-1][0] == page("overview", draft.case)
    assert "No budget question is needed" in gone.content.decode()


def test_answers_that_contradict_the_assessment_are_pointed_out_and_explained_or_mended(client, draft, bea):
    filled = fill(draft, bea, unable=UNABLE, answers=ANSWERS | {"personal_care": "two_people", "meals": "every_meal"})
    say(filled, bea, help_given=HELP | {"meals": "none"})
    unexplained = check(queries.draft_assessment(filled.case), bea)
    with pytest.raises(NotFinished, match="Who helps, and what does not fit: say why"):
        complete(unexplained, bea)
    client.force_login(bea)
    address = page("cross_check", filled.case)
    shown = client.get(address).content.decode()
    assert "from two people" in shown and "“Using your home safely” can be managed" in shown
    assert f"{page('outcomes', filled.case)}#home_safety" in shown and "the answer about personal care" in shown
    misfits = parts.what_does_not_fit(queries.draft_assessment(filled.case), TODAY)
    assert "personal_care" in {one.code for one in misfits}
    one_word = {f"explain_{one.code}": "ok" for one in misfits}
    refused = send(client, address, **one_word, helpers_willing="", helpers_words="").content.decode()
    assert "Explain what does not fit, 1: write a sentence that somebody else could follow" in refused
    with pytest.raises(NotFinished, match="not fit"):
        complete(queries.draft_assessment(filled.case), bea)
    said = {f"explain_{one.code}": WELL_SAID for one in misfits}
    who = {"helpers_willing": "True", "helpers_words": "Her mother shops, and will go on."}
    assert send(client, address, **said, **who).url == page("check", filled.case)
    done = complete(queries.draft_assessment(filled.case), bea)
    assert done.indicative_budget.inputs["explained"]["personal_care"] == WELL_SAID
    assert WELL_SAID in client.get(page("result", filled.case)).content.decode()


def test_a_part_of_life_that_is_not_answered_yet_is_not_said_to_be_managed(draft, bea):
    filled = fill(draft, bea, unable=UNABLE, answers=ANSWERS | {"personal_care": "two_people"})
    assert "personal_care" in {one.code for one in parts.what_does_not_fit(filled, TODAY)}
    filled.outcomes.filter(outcome="home_safety").update(answered=False)
    unanswered = queries.draft_assessment(filled.case)
    assert "personal_care" not in {one.code for one in parts.what_does_not_fit(unanswered, TODAY)}


def test_help_of_a_kind_or_with_a_question_that_the_table_does_not_have_is_refused(draft, bea):
    for help_given in [{"meals": "plenty"}, {"safety": "some"}, {"garden": "some"}]:
        with pytest.raises(Refusal, match="answer about help is not in the council’s table"):
            say(draft, bea, help_given=help_given)


def test_what_no_longer_needs_to_be_explained_is_not_kept(cooking, bea):
    with pytest.raises(Refusal, match="no longer needs to be explained"):
        check(cooking, bea, explained={"parenting": WELL_SAID})
