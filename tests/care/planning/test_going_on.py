"""From one page of a plan to the next thing that it lacks, and what its pages know already."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from leeway.care.assessment.models import Assessment
from leeway.care.decisions.actions import decide_by_judgement
from leeway.care.decisions.models import DecisionKind
from leeway.care.planning import actions, queries
from leeway.care.planning.models import ChosenWay, NeedAnswer, Plan
from tests.care.conftest import TODAY, lose_capacity, relate
from tests.care.test_stale_pages import World, day, need_of
from tests.pages import send


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


def page(name, case, *rest):
    return reverse(f"planning:{name}", args=[case.pk, *rest])


def test_each_page_leads_to_the_next_thing_that_the_plan_lacks_and_the_last_to_the_check(client, planning_case, bea):
    client.force_login(bea)
    case = planning_case
    assert client.post(page("start", case)).url == page("about", case)
    assert send(client, page("about", case), about_me="My dog", author="worker").url == page("add_aim", case)
    assert send(client, page("add_aim", case), words="Walk him").url == page("find", case)
    line = {"what": "Walks", "units": "1", "unit": "hour", "frequency": "weekly", "unit_cost_pence": "10"}
    line |= {"nhs_percent": "0", "exemption": "ordinary"}
    assert send(client, f"{page('add_line', case)}?kind=plain", **line).url == page("overview", case)
    assert send(client, page("start_date", case), **day("starts_on")).url == page("offer", case)
    explained = {"ways_explained": "all", "how_explained": "At home, with the leaflet", "amount_told": "True"}
    assert client.post(page("offer", case), explained | day("offered_on", 23, 11)).url == page("choice", case)
    chosen = {"way": "direct_payment", "words": "I choose who walks him.", "decided_by": "person"}
    assert send(client, page("choice", case), **chosen).url == page("direct_payment", case)
    met = {"received_by": "person", "not_barred": "yes", "can_manage": "yes", "appropriate": "yes"}
    checked = send(client, page("direct_payment", case), **met)
    assert checked.url == page("submit", case)
    assert "Every condition is met" in client.get(checked.url).content.decode()


def test_whoever_saves_for_later_and_the_person_come_back_to_the_plan(client, draft, bea, ada_user):
    client.force_login(bea)
    later = send(client, page("about", draft.case), about_me="My dog", author="worker", later="yes")
    assert later.url == page("overview", draft.case)
    client.force_login(ada_user)
    assert send(client, page("add_aim", draft.case), words="Walk him").url == page("overview", draft.case)


def test_a_condition_that_is_not_met_leads_to_the_plan_and_not_round_in_a_circle(client, chosen, bea):
    client.force_login(bea)
    met = {"received_by": "person", "not_barred": "yes", "can_manage": "no", "appropriate": "yes"}
    assert send(client, page("direct_payment", chosen.case), **met).url == page("overview", chosen.case)


def test_what_matters_stands_there_as_the_assessment_has_it_until_the_plan_says_more(client, draft, bea):
    Assessment.objects.create(case=draft.case, started_on=TODAY, completed_on=TODAY, what_matters="My dog Biscuit")
    client.force_login(bea)
    assert "My dog Biscuit" in client.get(page("about", draft.case)).content.decode()
    assert Plan.objects.get(pk=draft.pk).about_me == "", "nothing is stored before somebody saves it"
    send(client, page("about", draft.case), about_me="The sea", author="worker")
    shown = client.get(page("about", draft.case)).content.decode()
    assert "The sea" in shown and "Biscuit" not in shown


def test_the_only_aim_is_the_one_that_a_line_serves(client, draft, bea):
    client.force_login(bea)
    address = f"{page('add_line', draft.case)}?kind=plain"

    def add(words):
        added = {"words": words, "how_we_know": "", "by": bea, "on": TODAY}
        return actions.add_aim(plan=draft, version=Plan.objects.get(pk=draft.pk).version, **added)

    def chosen():
        return re.findall(r'<option value="(\d+)" selected', client.get(address).content.decode())

    aim = add("Walk the dog")
    assert chosen() == [str(aim.pk)]
    add("Swim")
    assert chosen() == []


def test_what_the_assessment_points_to_is_one_press_away_and_so_is_each_kind_of_idea(client, draft, bea):
    home_care = {"counted": True, "buys": {"service": "home_care"}}
    nothing = {"counted": True, "buys": None}
    decide_by_judgement(
        case=draft.case,
        kind=DecisionKind.INDICATIVE_BUDGET,
        inputs={},
        result={"indicative_pence_per_week": 1, "costed_instead": False, "answers": [home_care, nothing, home_care]},
        steps=[],
        reasons=["For this test."],
        by=bea,
        on=TODAY,
    )
    client.force_login(bea)
    find, overview = (client.get(page(name, draft.case)).content.decode() for name in ("find", "overview"))
    assert find.count('href="?words=home%20care"') == 1
    for shown in (find, overview):
        for kind in ("plain", "family", "service", "care_home"):
            assert f"{page('add_line', draft.case)}?kind={kind}" in shown


def test_all_four_ways_are_said_at_once_and_stored_one_by_one(client, written, bea):
    client.force_login(bea)
    explained = {"ways_explained": ["all"], "how_explained": "At home, with the leaflet", "amount_told": "True"}
    client.post(page("offer", written.case), explained | day("offered_on", 23, 11))
    assert written.offers.get().ways_explained == list(ChosenWay.values)


def test_the_person_decides_and_receives_the_money_unless_something_on_record_says_otherwise(client, written, bea):
    client.force_login(bea)
    actions.offer_ways(
        plan=written, ways_explained=list(ChosenWay.values), how_explained="At home, by talking", amount_told=True,
        by=bea, on=TODAY,
    )  # fmt: skip
    choice, conditions = page("choice", written.case), page("direct_payment", written.case)

    def filled_in(address):
        return 'value="person" checked' in client.get(address).content.decode()

    assert filled_in(choice) and filled_in(conditions)
    relate(written.case.person, "Sam Bell", "nominated")
    assert filled_in(choice) and not filled_in(conditions)
    lose_capacity(written.case.person, bea)
    assert not filled_in(choice)


def test_when_somebody_was_asked_is_said_by_a_button_or_by_its_day_and_never_left_out(client, request, bea):
    plan = need_of(World(request.getfixturevalue))
    address = page("need", plan.case, "hygiene")
    client.force_login(bea)
    said = {"met_by": "somebody", "who": "Jo, her sister", "words": "I come on Sundays and gladly."}
    refused = send(client, address, **said).content.decode()
    assert "Say when they were asked: nobody is presumed to be willing." in refused and "Jo, her sister" in refused
    assert not NeedAnswer.objects.exists()
    send(client, address, **said, asked="today")
    assert NeedAnswer.objects.get().asked_on == TODAY
    send(client, address, **said, asked="before", **day("asked_on", 20, 11))
    assert NeedAnswer.objects.get().asked_on.day == 20
    assert 'value="before" checked' in client.get(address).content.decode()
    left_over = {"who": "Jo, her sister", "asked": "before", "asked_on_day": "31", "asked_on_month": "2"}
    left_over |= {"met_by": "reason", "words": "She waits for the spring."}
    send(client, address, **left_over)
    assert (NeedAnswer.objects.get().who, NeedAnswer.objects.get().asked_on) == ("", None)


def test_after_a_decision_comes_the_next_plan_that_waits_for_this_manager(client, submitted, mona, another_case, bea):
    waits = Plan.objects.create(
        case=another_case("Dora"), number=1, state="submitted", started_on=TODAY, submitted_by=bea,
        submitted_on=TODAY + timedelta(days=1),
    )  # fmt: skip
    type(waits.case).objects.filter(pk=waits.case_id).update(stage="sign_off")
    assert queries.next_to_sign_off(mona) == submitted
    client.force_login(mona)
    decision = {"decision": "sign", "final_pence_per_week": "185", "reason": ""}
    answer = send(client, page("sign_off", submitted.case), **decision)
    assert answer.url == page("sign_off", waits.case)
    shown = client.get(answer.url).content.decode()
    assert "Your decision on the plan of Ada Bell is on record. This is the next that waits." in shown


def test_a_plan_that_the_manager_may_not_sign_off_is_not_the_next(client, submitted, mona):
    submitted.written_by.add(mona)
    assert queries.next_to_sign_off(mona) is None
    submitted.written_by.remove(mona)
    mona.sign_off_limit_pence_per_week = 184_99
    assert queries.next_to_sign_off(mona) is None
