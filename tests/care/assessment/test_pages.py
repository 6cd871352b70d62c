"""Journeys through the pages: from start to a decision, and to what Ada pays."""

import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

import leeway
from leeway.care.assessment import parts, queries
from leeway.care.assessment.forms import BasisForm, ConditionsForm, HouseholdForm, IncomeForm
from leeway.care.assessment.models import Assessment, FinancialAssessment
from leeway.care.assessment.savings import MISSING, SavingsForm
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.models import Case
from leeway.care.planning.forms import NeedForm
from leeway.forms import asked_with
from leeway.law import law_on
from leeway.law.capital import GIVEN_AWAY
from tests.pages import send, version_on

from .writing import ANSWERS, HELP, HELPERS, TODAY, UNABLE, complete, fill


def page(name, case, *rest):
    return reverse(f"assessment:{name}", args=[case.pk, *rest])


def asked_by(shown, name, value):
    """The boxes that a choice of a select asks for, as its page says."""
    select = re.search(rf'<select[^>]* name="{name}".*?</select>', shown, re.DOTALL)
    option = re.search(rf'<option value="{value}"[^>]*>', select[0])
    asks = re.search(r'data-asks="([^"]*)"', option[0])
    return asks[1].split() if asks else []


def walk(client, case, unable):
    """Answer every page of an assessment as far as the check."""
    client.post(page("start", case))
    conversation = {"what_matters": "The sea", "took_part": "Service user only", "advocacy": "not_needed"}
    response = send(client, page("conversation", case), **conversation)
    assert response.url == page("outcomes", case)
    said = {}
    for choice in parts.outcomes_of(case):
        ways = unable.get(choice.code, ["none"])
        said |= {f"{choice.code}_assessor_words": "She needs help.", f"{choice.code}_unable": ways}
    response = send(client, page("outcomes", case), **said)
    assert response.url == page("conditions", case)
    wellbeing = {"wellbeing_impact": "True", "wellbeing_areas": ["dignity", "control"], "funding": "nobody"}
    response = send(client, page("conditions", case), impairment="True", fluctuates="False", **wellbeing)
    asked = parts.budget_asked(queries.draft_assessment(case), TODAY)
    answers = {question.id: ANSWERS[question.id] for question in asked}
    helped = {f"help_{question.id}": HELP[question.id] for question in asked if question.family_can_help}
    response = send(client, page("budget_questions", case), **answers, **helped)
    assert response.url == page("cross_check", case)
    response = send(client, page("cross_check", case), **HELPERS)
    assert response.url == page("check", case)


def test_bea_goes_from_start_to_an_indicative_budget(client, case, bea):
    client.force_login(bea)
    assert "Start the assessment" in client.get(page("overview", case)).content.decode()
    walk(client, case, UNABLE)
    assert "needs are eligible" in client.get(page("check", case)).content.decode()
    response = send(client, page("check", case))
    assert response.url == page("result", case)
    case.refresh_from_db()
    assert case.stage == "planning"
    shown = client.get(page("result", case)).content.decode()
    budget = queries.completed_assessment(case).indicative_budget
    assert f"£{budget.result['indicative_pence_per_week'] / 100:,.2f} a week" in shown
    assert "Once or twice every day" in shown and "indicative only" in shown
    traced = [line["pence_per_week"] for line in budget.result["answers"]]
    assert sum(traced) == budget.result["indicative_pence_per_week"] > 0


def test_an_assessment_that_is_not_eligible_needs_advice_and_closes_with_reasons(client, case, bea):
    client.force_login(bea)
    client.post(page("start", case))
    fill(queries.draft_assessment(case), bea, unable={"hygiene": ["cannot"]}, answers={})
    assert "not eligible" in client.get(page("check", case)).content.decode()
    refused = send(client, page("check", case), advice_given="")
    assert "Record the information, advice and help" in refused.content.decode()
    send(client, page("check", case), advice_given="A grab rail, and the swimming club on Mondays.")
    case.refresh_from_db()
    assert case.stage == "closed" and "grab rail" in case.closed_reason
    shown = client.get(page("result", case)).content.decode()
    assert "grab rail" in shown and "1 of the 10 outcomes" in shown
    assert not Decision.objects.filter(case=case, kind=DecisionKind.INDICATIVE_BUDGET).exists()


def test_the_result_and_the_record_say_over_which_time_need_was_looked_at(client, case, bea, ada_user, draft):
    filled = fill(draft, bea)
    client.force_login(bea)
    address = page("conditions", case)
    refused = send(
        client, address, impairment="True", fluctuates="True", weeks_looked_at="0", ups_and_downs="Bad nights"
    )
    assert "Bad nights" in refused.content.decode() and "a whole number from 1 to 520" in refused.content.decode()
    answers = {"impairment": "True", "fluctuates": "True", "weeks_looked_at": "26", "ups_and_downs": "Bad weeks."}
    send(client, address, wellbeing_impact="True", wellbeing_areas=["dignity"], funding="nobody", **answers)
    assert "circumstances over 26 weeks" in client.get(page("check", case)).content.decode()
    complete(queries.draft_assessment(filled.case), bea)
    assert "circumstances over 26 weeks" in client.get(page("result", case)).content.decode()
    client.force_login(ada_user)
    shown = client.get(page("result", case)).content.decode()
    assert "Your needs go up and down. We looked at them over 26 weeks." in shown and "Bad weeks." in shown


def test_a_carer_is_asked_about_their_own_home_and_whether_care_is_paid(client, carers_case, bea):
    client.force_login(bea)
    client.post(page("start", carers_case))
    shown = client.get(page("outcomes", carers_case)).content.decode()
    assert "whether or not the person you care for lives there too" in shown
    assert "significantly longer" not in shown
    shown = client.get(page("conditions", carers_case)).content.decode()
    assert "under a contract, or as voluntary work" in shown and "s10(10)" in shown
    assert "impairment or illness" not in shown


def test_a_carer_is_asked_who_took_part_and_about_help_as_a_carer_is(client, carers_case, bea):
    client.force_login(bea)
    client.post(page("start", carers_case))
    shown = client.get(page("conversation", carers_case)).content.decode()
    assert "The carer, and the person they care for" in shown and "The person and their carer" not in shown
    assert "as if nobody helped" not in client.get(page("budget_questions", carers_case)).content.decode()
    send(client, page("conversation", carers_case), took_part="Service user and carer")
    assert "The carer, and the person they care for" in client.get(page("check", carers_case)).content.decode()


def test_save_and_come_back_later_keeps_what_there_is(client, case, bea, draft):
    client.force_login(bea)
    response = send(client, page("outcomes", case), toilet_person_words="Only at night", later="yes")
    assert response.url == page("overview", case)
    note = queries.draft_assessment(case).outcomes.get(outcome="toilet")
    assert note.person_words == "Only at night" and not note.answered
    assert "Not finished" in client.get(page("overview", case)).content.decode()
    shown = client.get(page("outcomes", case)).content.decode()
    assert shown.count("Not finished") == 1 and shown.count('<details class="govuk-details leeway-part" open>') == 1


def test_the_check_page_links_to_what_is_missing(client, case, bea, draft):
    client.force_login(bea)
    shown = client.get(page("check", case)).content.decode()
    assert f'href="{page("outcomes", case)}#parenting"' in shown
    assert "Complete:" not in shown


def test_two_at_once_the_second_is_told_and_both_versions_are_shown(client, case, bea, draft):
    client.force_login(bea)
    address = page("conversation", case)
    first, second = client.get(address), client.get(address)
    client.post(address, {"version": version_on(first), "what_matters": "The sea"})
    told = client.post(address, {"version": version_on(second), "what_matters": "The hills"})
    shown = told.content.decode()
    assert "Someone else saved this" in shown and "The sea" in shown and "The hills" in shown
    assert queries.draft_assessment(case).what_matters == "The sea"
    both = {"version": version_on(told), "what_matters": "The sea and the hills"}
    assert client.post(address, both).status_code == 302
    assert queries.draft_assessment(case).what_matters == "The sea and the hills"


def test_none_of_these_and_one_of_them_gets_a_sentence_and_nothing_typed_is_lost(client, case, bea, draft):
    client.force_login(bea)
    typed = {"hygiene_assessor_words": "Slips", "hygiene_unable": ["none", "cannot"]}
    shown = send(client, page("outcomes", case), **typed).content.decode()
    assert "Personal hygiene: you ticked “None of these” and also one of them. Choose which is right" in shown
    assert "Slips" in shown and shown.count('leeway-part" open') == 1


def test_what_was_kept_is_given_back_under_the_questions_of_its_page_with_choices_in_words(client, case, bea, draft):
    client.force_login(bea)
    typed = {"hygiene_person_words": "I like a bath.", "hygiene_unable": ["cannot"], "rest": "on", "gone": "x"}
    client.post(page("outcomes", case), typed, headers={"Leeway-Keep": "1"})
    kept = unescape(client.get(page("outcomes", case)).content.decode())
    shown = dict(re.findall(r'key">([^<]*)</dt><dd [^>]*>([^<]*)<', kept))
    assert shown == {
        "Personal hygiene: In Ada’s own words": "I like a bath.",
        "Personal hygiene: Without help from anyone, are any of these true?": "Cannot do it without help",
        "Ada Bell can do all the rest without help": "Yes",
        "Gone": "x",
    }


def noted(case):
    """What is stored of each outcome: whether it is answered, and the ways of being unable."""
    return {note.outcome: (note.answered, *note.unable) for note in queries.draft_assessment(case).outcomes.all()}


def test_all_the_rest_is_said_by_a_box_of_its_own_and_never_by_one_left_empty(client, case, bea, draft):
    client.force_login(bea)
    said = {"hygiene_assessor_words": "Slips in the bath.", "hygiene_unable": ["cannot"]}
    send(client, page("outcomes", case), **said)
    assert noted(case).pop("hygiene") == (True, "cannot")
    assert {stands for code, stands in noted(case).items() if code != "hygiene"} == {(False,)}
    send(client, page("outcomes", case), **said, rest="on")
    assert noted(case).pop("hygiene") == (True, "cannot")
    assert {stands for code, stands in noted(case).items() if code != "hygiene"} == {(True,)}


def test_a_part_of_life_with_words_about_it_is_none_of_the_rest(client, case, bea, draft):
    client.force_login(bea)
    draft.outcomes.filter(outcome="toilet").update(person_words="I cannot get there at night.")
    shown = send(client, page("outcomes", case), toilet_person_words="I cannot get there at night.", rest="on")
    assert "Managing toilet needs: there are words about it, so it is none of the rest." in shown.content.decode()
    assert set(noted(case).values()) == {(False,)}, "nothing is stored of a page that is refused"


def seen_on(response):
    """What a page of parts of life shows of each, as its form carries it."""
    return re.search(r'name="seen" value="([^"]*)"', response.content.decode())[1]


def test_two_who_write_about_different_parts_of_life_do_not_hinder_each_other(client, case, bea, ada_user, draft):
    """Ada writes about dressing while Bea's page is open: Bea's save of hygiene goes through and leaves Ada's words."""
    client.force_login(bea)
    opened = client.get(page("outcomes", case))
    client.force_login(ada_user)
    send(client, page("own_words_on_outcome", case, "clothing"), person_words="Buttons beat me.")
    client.force_login(bea)
    old = {"version": version_on(opened), "seen": seen_on(opened)}
    saved = client.post(page("outcomes", case), old | {"hygiene_unable": "cannot", "hygiene_assessor_words": "Slips."})
    assert saved.status_code == 302
    assert noted(case)["hygiene"] == (True, "cannot")
    assert queries.draft_assessment(case).outcomes.get(outcome="clothing").person_words == "Buttons beat me."


def test_of_one_part_of_life_the_second_is_told_and_what_she_did_not_touch_stays(client, case, bea, ada_user, draft):
    client.force_login(bea)
    opened = client.get(page("outcomes", case))
    client.force_login(ada_user)
    for code, words in (("clothing", "Buttons beat me."), ("hygiene", "I slip.")):
        send(client, page("own_words_on_outcome", case, code), person_words=words)
    client.force_login(bea)
    old = {"version": version_on(opened), "seen": seen_on(opened), "hygiene_assessor_words": "Slips in the bath."}
    told = client.post(page("outcomes", case), old)
    shown = told.content.decode()
    assert "Someone else saved this" in shown and "I slip." in shown and "Slips in the bath." in shown
    assert seen_on(told) == old["seen"], "it still says what her page was made from"
    assert shown.count('leeway-part" open') == 1, "what she wrote stands open beside theirs"
    both = {"hygiene_person_words": "I slip.", "version": version_on(told)}
    assert client.post(page("outcomes", case), old | both).status_code == 302
    notes = {note.outcome: note for note in queries.draft_assessment(case).outcomes.all()}
    assert notes["hygiene"].assessor_words == "Slips in the bath." and notes["hygiene"].person_words == "I slip."
    assert notes["clothing"].person_words == "Buttons beat me.", "she never touched it"


def test_a_part_of_life_that_is_saved_as_it_was_counts_no_save(client, case, bea, draft):
    client.force_login(bea)
    seen = seen_on(client.get(page("outcomes", case)))
    send(client, page("outcomes", case), seen=seen, clothing_assessor_words="Buttons.", clothing_unable=["cannot"])
    versions = dict(draft.outcomes.values_list("outcome", "version"))
    assert {code for code, version in versions.items() if version > 1} == {"clothing"}


def test_no_support_with_the_rest_is_said_by_a_box_of_its_own(client, case, bea, draft):
    client.force_login(bea)
    address = page("budget_questions", case)
    send(client, address, personal_care="every_day")
    assert queries.draft_assessment(case).allocation_answers == {"personal_care": "every_day"}
    send(client, address, personal_care="every_day", none_needed="on")
    kept = queries.draft_assessment(case).allocation_answers
    assert kept.pop("personal_care") == "every_day" and set(kept.values()) == {"nothing"}
    assert len(kept) == len(parts.budget_asked(draft, TODAY)) - 1


def test_a_carer_is_not_offered_to_need_nothing_more(client, carers_case, bea):
    client.force_login(bea)
    client.post(page("start", carers_case))
    assert "is needed with the rest" not in client.get(page("budget_questions", carers_case)).content.decode()


def test_nobody_helps_is_said_once_for_what_is_needed_and_not_said(client, case, bea, filled):
    client.force_login(bea)
    answers = {question.id: ANSWERS[question.id] for question in parts.budget_asked(filled, TODAY)}
    send(client, page("budget_questions", case), **answers, help_home="some")
    assert queries.draft_assessment(case).allocation_help == {"home": "some"}
    send(client, page("budget_questions", case), **answers, help_home="some", nobody_helps="on")
    assert queries.draft_assessment(case).allocation_help == {
        "personal_care": "none",
        "home": "some",
        "relationships": "none",
    }


def test_ada_writes_her_own_words_and_nothing_of_the_assessors(client, case, bea, ada_user, draft):
    fill(draft, bea)
    client.force_login(ada_user)
    shown = client.get(page("overview", case), follow=True).content.decode()
    assert "Needs a hand." in shown and "Your words" in shown
    address = page("own_words_on_outcome", case, "hygiene")
    send(client, address, person_words="I want to shower alone", assessor_words="Fine", unable="none")
    note = queries.draft_assessment(case).outcomes.get(outcome="hygiene")
    assert (note.person_words, note.assessor_words) == ("I want to shower alone", "Needs a hand.")
    assert note.unable == ["cannot"]
    send(client, page("own_words", case), what_matters="My own front door", good_day="")
    assert queries.draft_assessment(case).what_matters == "My own front door"


def test_ada_reads_the_decision_in_words_to_her(client, case, bea, ada_user, filled):
    complete(filled, bea)
    client.force_login(ada_user)
    shown = client.get(page("result", case)).content.decode()
    assert "You have eligible needs" in shown and "You cannot manage 3 of them" in shown
    assert "The person" not in shown


def test_ada_cannot_open_the_pages_that_staff_write_on(client, case, ada_user, draft):
    client.force_login(ada_user)
    for address in [page("conversation", case), page("check", case), page("outcomes", case)]:
        assert client.get(address).status_code == 302
    client.post(page("conversation", case), {"version": 1, "took_part": "Carer only"})
    assert queries.draft_assessment(case).took_part == ""


@pytest.mark.parametrize("name", ["overview", "written", "result", "money", "money_result"])
def test_cyril_sees_nothing(client, case, cyril, draft, name):
    client.force_login(cyril)
    assert client.get(page(name, case)).status_code == 404


G1 = {
    "kind_1": "universal_credit",
    "amount_1": "92.34",
    "every_1": "weekly",
    "kind_2": "universal_credit_lcwra",
    "amount_2": "97.68",
    "every_2": "weekly",
    "kind_3": "pip_daily_living",
    "amount_3": "110.40",
    "every_3": "weekly",
    "kind_4": "pip_mobility",
    "amount_4": "77.05",
    "every_4": "weekly",
}


def test_the_first_golden_example_through_the_pages(client, case, bea, finn, filled, time_machine_to):
    """G1: single, 32, in 2025/26: £95.52 a week of a budget of £420, and £324.48 net."""
    time_machine_to(date(2025, 6, 2))
    Case.objects.filter(pk=case.pk).update(stage="planning")
    case.person.date_of_birth = date(1992, 9, 1)
    case.person.save()
    client.force_login(finn)
    client.post(page("money_start", case))
    send(client, page("money_part", case, "basis"), basis="full")
    premiums = ["disability", "enhanced_disability"]
    send(client, page("money_part", case, "household"), household="single", premiums=premiums, dependent_children="0")
    send(client, page("money_part", case, "income"), rows=5, **G1)
    send(client, page("money_part", case, "savings"), rows=1, kind_1="savings", amount_1="3,000", owners_1="1")
    send(client, page("money_part", case, "housing"), rows=1)
    dre = {"kind_1": "laundry", "amount_1": "18.50", "every_1": "weekly"}
    send(client, page("money_part", case, "disability_costs"), rows=1, **dre)
    response = send(client, page("money_part", case, "evidence"), evidence="Letters of April")
    assert response.url == page("money_check", case)
    assert send(client, page("money_check", case)).url == page("money_result", case)
    shown = client.get(page("money_result", case), {"budget": "420"}).content.decode()
    assert "£95.52 a week" in shown and "£324.48" in shown and "£300.42" in shown and "£186.40" in shown


def test_a_line_of_savings_is_asked_what_its_kind_needs_and_nothing_else(client, case, bea, filled):
    complete(filled, bea)
    client.force_login(bea)
    client.post(page("money_start", case))
    address = page("money_part", case, "savings")
    house = {"kind_1": "second_property", "amount_1": "60,000", "owners_1": "3"}
    arrears = {"kind_2": "benefit_arrears", "amount_2": "2,000", "owners_2": "1"}
    shown = send(client, address, rows=3, **house, **arrears).content.decode()
    assert "it may be far less than its part of the whole" in shown and "Line 2: say when it came" in shown
    assert "Line 1: say what debts are secured on it, 0 if none." in shown
    assert asked_by(shown, "kind_1", "second_property") == ["debts"]
    assert (
        asked_by(shown, "kind_3", "benefit_arrears") == asked_by(shown, "kind_2", "benefit_arrears") == ["received_on"]
    )
    assert asked_by(shown, "owners_1", "3") == ["share", "valued_by", "valued_on"]
    assert asked_by(shown, "kind_1", "savings") == asked_by(shown, "owners_1", "1") == []
    left_over = {"received_on_1_day": "30", "share_2": "lots", "their_reason_2": "To be generous"}
    day = {"valued_on_1_day": "2", "valued_on_1_month": "10", "valued_on_1_year": "2026"}
    came = {"received_on_2_day": "1", "received_on_2_month": "6", "received_on_2_year": "2026"}
    share = {"share_1": "8,000", "valued_by_1": "A surveyor", "debts_1": "500"}
    send(client, address, rows=2, **house, **arrears, **share, **day, **came, **left_over)
    assert queries.draft_financial_assessment(case).means["capital_items"] == [
        {
            "kind": "second_property",
            "pence": 6000000,
            "owners": 3,
            "debts_pence": 50000,
            "share_pence": 800000,
            "valued_by": "A surveyor",
            "valued_on": "2026-10-02",
        },
        {"kind": "benefit_arrears", "pence": 200000, "owners": 1, "received_on": "2026-06-01"},
    ]
    again = client.get(address).content.decode()
    assert 'value="8000.00"' in again and 'value="A surveyor"' in again and 'value="2026"' in again
    checked = client.get(page("money_check", case)).content.decode()
    assert "own share £8,000.00 (A surveyor, 2 October 2026)" in checked and "since 1 June 2026" in checked


def test_all_that_a_line_of_savings_lacks_is_said_at_once(client, case, bea, filled):
    complete(filled, bea)
    client.force_login(bea)
    client.post(page("money_start", case))
    shown = send(client, page("money_part", case, "savings"), rows=1, kind_1="notional_capital").content.decode()
    assert "Enter the amount" in shown
    for name in (*GIVEN_AWAY, "counted_from"):
        assert f"Line 1: {MISSING[name]}" in unescape(shown), name
    house = {"kind_1": "second_property", "owners_1": "2"}
    shown = send(client, page("money_part", case, "savings"), rows=1, **house).content.decode()
    for name in ("share_pence", "valued_by", "valued_on", "debts_pence"):
        assert f"Line 1: {MISSING[name]}" in unescape(shown), name


def test_the_styles_know_every_box_that_only_some_answers_ask_for(client, case, bea, filled):
    law = law_on(TODAY, settings.COUNCIL_POLICY)
    line = IncomeForm(None, initial={"version": 1}, law=law, of_pension_age=False, couple=True)
    forms = [
        line,
        SavingsForm(None, initial={"version": 1}, law=law),
        BasisForm(None),
        HouseholdForm(None),
        NeedForm(None),
    ]
    forms += [ConditionsForm(None, case=case), ConditionsForm(None, case=Case(kind="carer"))]
    asked = [asks for form in forms for field in form.fields.values() for asks in asked_with(field).values()]
    styles = Path(leeway.__file__).with_name("site") / "styles" / "leeway.scss"
    listed = re.search(r"\$asked: ([^;]*);", styles.read_text())
    assert asked and {name for asks in asked for name in asks} <= set(re.split(r",\s+", listed[1]))


def test_what_is_left_of_capital_given_away_is_shown_with_what_the_council_found(client, case, bea, filled):
    complete(filled, bea)
    gift = {"kind": "notional_capital", "pence": 20_000_00, "to_avoid_charges": True, "counted_from": "2026-01-05"}
    gift |= {"finding_because": "She knew of the charge.", "given_to": "Her son", "their_reason": "A wedding"}
    means = {"household": "single", "capital_items": [gift], "income": []}
    checked = {"case": case, "started_on": TODAY, "completed_on": TODAY, "basis": "full", "means": means}
    FinancialAssessment.objects.bulk_create([FinancialAssessment(**checked)])
    client.force_login(bea)
    shown = client.get(page("money_result", case), {"budget": "420"}).content.decode()
    assert "Left of capital given away" in shown and "£20,000.00. It falls each week" in shown
    assert "was a significant motive: She knew of the charge." in shown


def test_a_line_without_an_amount_gets_a_sentence(client, case, bea, filled):
    complete(filled, bea)
    client.force_login(bea)
    client.post(page("money_start", case))
    typed = {"kind_1": "state_pension", "amount_1": "", "kind_2": "annuity", "amount_2": "lots", "every_2": "weekly"}
    shown = send(client, page("money_part", case, "income"), rows=3, **typed).content.decode()
    assert "Enter the amount, or choose nothing on this line." in shown
    assert "enter an amount in pounds" in shown and 'value="lots"' in shown


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"kind_1": "other"}, "Say what this income is."),
        ({"kind_1": "other", "what_1": "Royalties"}, "Say from whom this income comes."),
        ({"kind_1": "private_pension", "tax_1": "10.01"}, "The tax is more than the amount."),
        ({"kind_1": "universal_credit", "own_share_1": "5"}, "Say who showed that share"),
        ({"kind_1": "universal_credit", "own_share_1": "11"}, "more than the whole"),
        ({"kind_1": "universal_credit", "awarded_to_1": "person", "own_share_1": "5"}, "A share is of what a couple"),
    ],
)
def test_a_line_of_income_that_lacks_something_gets_a_sentence(client, case, bea, filled, typed, sentence):
    complete(filled, bea)
    client.force_login(bea)
    client.post(page("money_start", case))
    send(client, page("money_part", case, "household"), household="couple")
    shown = send(client, page("money_part", case, "income"), rows=1, amount_1="10", **typed).content.decode()
    assert sentence in shown
    assert ('<details class="govuk-details" open>' in shown) == ("own_share_1" in typed)


def test_tax_is_asked_only_of_what_can_be_taxed_and_what_it_is_only_of_any_other_income(client, case, bea, filled):
    complete(filled, bea)
    client.force_login(bea)
    client.post(page("money_start", case))
    address = page("money_part", case, "income")
    shown = client.get(address).content.decode()
    assert asked_by(shown, "kind_1", "private_pension") == ["tax"]
    assert asked_by(shown, "kind_1", "other") == ["tax", "what", "from_whom"]
    assert asked_by(shown, "kind_1", "pip_daily_living") == asked_by(shown, "kind_1", "child_maintenance") == []
    assert "<details" not in shown
    pip = {"kind_1": "pip_daily_living", "amount_1": "100", "tax_1": "40", "what_1": "PIP"}
    send(client, address, rows=1, **pip)
    assert queries.draft_financial_assessment(case).lines["income"] == [
        {"kind": "pip_daily_living", "amount_pence": 100_00, "every": "weekly"}
    ]


def test_a_couples_income_is_shown_as_it_was_said(client, case, bea, filled):
    complete(filled, bea)
    client.force_login(bea)
    client.post(page("money_start", case))
    born = {"partner_born_on_day": "1", "partner_born_on_month": "2", "partner_born_on_year": "1961"}
    send(client, page("money_part", case, "household"), household="couple", dependent_children="0", **born)
    lines = {"kind_1": "other", "amount_1": "120", "tax_1": "20", "every_1": "quarterly", "what_1": "Royalties"}
    lines |= {"from_whom_1": "a publisher", "awarded_to_1": "couple", "own_share_1": "25"}
    send(client, page("money_part", case, "income"), rows=1, share_shown_by_1="the contract", **lines)
    shown = client.get(page("money_check", case)).content.decode()
    assert "Any other income: Royalties, from a publisher" in shown
    assert "£120.00 a quarter, less £20.00 of tax, awarded to the couple, £25.00 of it is the person’s" in shown
    assert "reaches pension age on 1 December 2027" in shown
    assert "say which premiums apply" in shown


def test_what_is_left_out_goes_back_in_as_it_was_typed(client, case, bea, filled):
    complete(filled, bea)
    client.force_login(bea)
    client.post(page("money_start", case))
    typed = {"kind_1": "universal_credit", "amount_1": "424.90", "every_1": "monthly"}
    response = send(client, page("money_part", case, "income"), rows=2, more="yes", **typed)
    assert response.url == page("money_part", case, "income")
    shown = client.get(response.url).content.decode()
    assert 'value="424.90"' in shown and 'name="kind_4"' in shown
    means = queries.draft_financial_assessment(case).means
    assert means["income"] == [{"kind": "universal_credit", "pence_per_week": 9805}]


@pytest.mark.parametrize(
    "name", ["overview", "check", "conversation", "outcomes", "conditions", "budget_questions", "written"]
)
def test_pages_ask_the_database_little(client, case, bea, filled, name, django_assert_max_num_queries):
    client.force_login(bea)
    with django_assert_max_num_queries(15):
        assert client.get(page(name, case)).status_code == 200


def test_the_result_asks_the_database_little(client, case, bea, filled, django_assert_max_num_queries):
    complete(filled, bea)
    client.force_login(bea)
    with django_assert_max_num_queries(15):
        assert client.get(page("result", case)).status_code == 200
    assert Assessment.objects.get(case=case).eligibility is not None


def test_an_assessment_that_changed_while_it_was_checked_is_not_completed_unseen(client, bea, filled):
    client.force_login(bea)
    opened = client.get(page("check", filled.case))
    Assessment.objects.filter(pk=filled.pk).update(version=filled.version + 5)
    sent = client.post(page("check", filled.case), {"version": version_on(opened)})
    assert sent.status_code == 200
    assert "Someone else saved this while you were writing" in sent.content.decode()
    assert int(version_on(sent)) == queries.version_of_whole(Assessment.objects.get(pk=filled.pk))


@pytest.mark.parametrize(
    ("part", "answers", "sentence"),
    [
        ("basis", {"basis": "light_touch", "basis_reason": "x" * 501}, "write no more than 500 characters"),
        ("income", {"rows": "9" * 5000}, "enter a whole number, like 12."),
        (
            "income",
            {"rows": "1", "kind_1": "earnings", "amount_1": "12", "every_1": "blue moon"},
            "choose one of the answers on this page",
        ),
    ],
)
def test_a_money_check_that_is_too_much_gets_a_sentence(client, bea, case, filled, part, answers, sentence):
    client.force_login(bea)
    client.post(page("money_start", case))
    sent = send(client, page("money_part", case, part), **answers)
    assert sentence in sent.content.decode()


def test_starting_at_the_same_moment_starts_one(client, bea, case, monkeypatch):
    client.force_login(bea)
    for start, draft in [("start", "draft_assessment"), ("money_start", "draft_financial_assessment")]:
        client.post(page(start, case))
        with monkeypatch.context() as not_seen_yet:
            not_seen_yet.setattr(queries, draft, lambda case: None)
            sent = client.post(page(start, case))
        assert sent.status_code == 302
        assert "saved a moment ago" in client.get(sent.url).content.decode()


def test_assessing_again_while_a_plan_is_made_asks_why(client, case, bea, filled):
    complete(filled, bea)
    client.force_login(bea)
    at = f"/cases/{case.pk}/assessment/result/"
    assert "Why are needs assessed again?" in client.get(at).content.decode()
    assert "Say in a sentence why needs are assessed again" in client.post(at, {"reason": "wrong"}).content.decode()
    case.refresh_from_db()
    assert case.stage == "planning"
    why = "Section 117 does not apply to her at all."
    assert client.post(at, {"reason": why}).status_code == 302
    case.refresh_from_db()
    assert case.stage == "assessment" and case.story.filter(sentence__endswith=why).exists()
