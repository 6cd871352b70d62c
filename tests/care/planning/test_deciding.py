"""Submitting, signing off within limits and by another pair of eyes, returning, agreeing, disagreeing."""

import re
from datetime import date

import pgtrigger
import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from leeway.access.models import Team, User
from leeway.access.roles import Role
from leeway.care.decisions.actions import decide_by_judgement
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.decisions.queries import charge_on, charges_that_stand, follower, standing, that_stand, went_back
from leeway.care.letters.content import letter_of
from leeway.care.people.models import Authority, Case
from leeway.care.planning import actions, queries
from leeway.care.planning.models import Plan, PlanState, SentBack
from leeway.care.planning.queries import charges_of
from leeway.money.budgets import actions as budgets
from leeway.refusal import EditedMeanwhile, NotAllowed, Refusal
from tests.care.conftest import (
    LINE,
    TODAY,
    explain,
    lose_capacity,
    passes_conditions,
    relate,
    seen_offer,
    store_indicative,
)

REASON = "Her sister gives two of the ten hours from January."


def sign(plan, by, pence=185_00, reason="", version=None):
    return actions.sign_off(
        plan=plan,
        version=plan.version if version is None else version,
        final_pence_per_week=pence,
        reason=reason,
        by=by,
        on=TODAY,
    )


# --- Submitting


def test_an_empty_plan_says_everything_that_is_missing(draft, bea):
    with pytest.raises(Refusal) as refusal:
        actions.submit_plan(plan=draft, version=draft.version, by=bea, on=TODAY)
    for word in ("aim", "pay for", "when support starts"):
        assert word in str(refusal.value)
    draft.case.refresh_from_db()
    assert draft.case.stage == "planning"


def test_a_plan_without_explanation_choice_or_check_does_not_go(written, bea):
    for page in ("planning:offer", "planning:choice", "planning:direct_payment"):
        assert page in [one.page for one in queries.what_is_missing(written, TODAY)]
        with pytest.raises(Refusal, match="not ready"):
            actions.submit_plan(plan=written, version=written.version, by=bea, on=TODAY)
        if page == "planning:offer":
            explain(written, bea)
        elif page == "planning:choice":
            actions.record_choice(
                plan=written,
                version=seen_offer(written),
                way="direct_payment",
                words="It is mine to run.",
                by=bea,
                on=TODAY,
            )


def test_a_plan_waits_for_the_money_check(chosen, bea):
    with pgtrigger.ignore("assessment.FinancialAssessment:completed_money_check_is_kept"):
        chosen.case.financial_assessments.update(completed_on=None)
    with pytest.raises(Refusal, match="financial assessment"):
        actions.submit_plan(plan=chosen, version=chosen.version, by=bea, on=TODAY)


def test_a_plan_of_unpaid_support_says_why_and_goes(draft, bea, mona):
    actions.add_aim(plan=draft, version=draft.version, words="Company", how_we_know="", by=bea, on=TODAY)
    actions.set_start(
        plan=draft, version=draft.version, starts_on=TODAY, no_lines_reason="The club is free.", by=bea, on=TODAY
    )
    actions.submit_plan(plan=draft, version=draft.version, by=bea, on=TODAY)
    assert sign(draft, mona, pence=0).result["ways"] == {}


def test_only_whoever_works_on_it_submits(chosen, ada_user, cyril):
    for stranger in (ada_user, cyril):
        with pytest.raises(NotAllowed):
            actions.submit_plan(plan=chosen, version=chosen.version, by=stranger, on=TODAY)


def test_submitting_moves_the_case_and_works_out_the_charge(submitted):
    assert submitted.state == PlanState.SUBMITTED and submitted.case.stage == "sign_off"
    (charge,) = charges_of(submitted)
    assert charge == standing(submitted.case, DecisionKind.CHARGE) and charge.law_on == submitted.starts_on
    assert charge.inputs["personal_budget_pence_per_week"] == 185_00


def test_what_changed_since_it_was_checked_is_not_submitted(chosen, bea):
    seen = chosen.version
    actions.save_about(plan=chosen, version=seen, details={"about_me": "More"}, by=bea, on=TODAY)
    with pytest.raises(EditedMeanwhile):
        actions.submit_plan(plan=chosen, version=seen, by=bea, on=TODAY)


# --- Signing off


def test_the_statement_of_section_26_adds_up(submitted, mona):
    result = sign(submitted, mona).result
    assert set(result) == {
        "pence_per_week",
        "charge_pence_per_week",
        "council_pence_per_week",
        "nhs_pence_per_week",
        "stretches",
        "ways",
        "start_up_pence",
        "starts_on",
        "costed_pence_per_week",
        "indicative_pence_per_week",
    }
    assert result["pence_per_week"] == 185_00
    assert result["charge_pence_per_week"] == charges_of(submitted)[0].result["charge_pence_per_week"] > 0
    assert result["charge_pence_per_week"] + result["council_pence_per_week"] == 185_00
    assert result["ways"] == {"direct_payment": 185_00} and result["starts_on"] == "2026-12-07"
    assert submitted.case.stage == "agreement"


def test_below_the_costed_plan_needs_a_reason_and_keeps_the_name(submitted, mona):
    """KM v Cambridgeshire and Savva v Kensington: a cut without intelligible reasons is refused."""
    for reason in ("", "   ", "Budget.", "too much"):
        with pytest.raises(Refusal, match="less than the plan costs"):
            sign(submitted, mona, pence=184_99, reason=reason)
    assert not Decision.objects.filter(kind=DecisionKind.FINAL_BUDGET).exists()
    decision = sign(submitted, mona, pence=150_00, reason=REASON)
    assert any("Mona Patel" in said and REASON in said for said in decision.reasons)
    assert decision.decided_by == mona
    assert decision.result["ways"] == {"direct_payment": 150_00}


def test_a_changed_amount_is_charged_anew(submitted, mona):
    (before,) = charges_of(submitted)
    decision = sign(submitted, mona, pence=1_00, reason=REASON)
    (after,) = charges_of(submitted)
    assert after != before and after.supersedes == before
    assert decision.result["charge_pence_per_week"] <= 1_00


def test_above_the_indicative_budget_is_allowed_with_a_reason(submitted, bea, mona):
    store_indicative(submitted.case, bea, pence=100_00)
    with pytest.raises(Refusal, match="above the indicative budget, which is allowed"):
        sign(submitted, mona)
    assert (
        sign(submitted, mona, reason="Prices here are higher than the table expects.").result[
            "indicative_pence_per_week"
        ]
        == 100_00
    )


def test_beyond_the_table_the_plan_is_costed_and_needs_no_excuse(submitted, mona):
    decide_by_judgement(
        case=submitted.case,
        kind=DecisionKind.INDICATIVE_BUDGET,
        inputs={},
        result={"indicative_pence_per_week": 100_00, "costed_instead": True},
        steps=[],
        reasons=[],
        by=mona,
        on=TODAY,
    )
    assert sign(submitted, mona).result["pence_per_week"] == 185_00


def test_more_than_the_plan_costs_needs_a_reason(submitted, mona):
    with pytest.raises(Refusal, match="what the rest is for"):
        sign(submitted, mona, pence=186_00)


def test_a_budget_of_nothing_is_no_budget(submitted, mona):
    with pytest.raises(Refusal, match="Return the plan"):
        sign(submitted, mona, pence=0, reason=REASON)


def test_above_the_limit_names_who_could(submitted, mona, max_):
    with pytest.raises(NotAllowed, match=r"above your limit of £100\.00.*Mona Patel"):
        sign(submitted, max_)


def test_nobody_cuts_a_plan_to_fit_their_own_limit(submitted, max_):
    with pytest.raises(NotAllowed, match="above your limit"):
        sign(submitted, max_, pence=100_00, reason=REASON)


def test_the_limit_itself_is_within_the_limit(submitted, mona, max_):
    max_.sign_off_limit_pence_per_week = 185_00
    max_.save()
    assert sign(submitted, max_).decided_by == max_


def test_a_penny_over_the_limit_is_over(submitted, mona, max_):
    max_.sign_off_limit_pence_per_week = 184_99
    max_.save()
    with pytest.raises(NotAllowed, match="above your limit"):
        sign(submitted, max_)


def test_whoever_wrote_the_plan_does_not_sign_it(chosen, mona, max_, bea):
    actions.save_about(plan=chosen, version=chosen.version, details={"about_me": "By Mona"}, by=mona, on=TODAY)
    actions.submit_plan(plan=chosen, version=chosen.version, by=bea, on=TODAY)
    max_.sign_off_limit_pence_per_week = 200_00
    max_.save()
    with pytest.raises(NotAllowed, match=r"someone else must sign it off.*Max Reid"):
        sign(chosen, mona)


def test_whoever_submitted_the_plan_does_not_sign_it(chosen, mona):
    actions.submit_plan(plan=chosen, version=chosen.version, by=mona, on=TODAY)
    with pytest.raises(NotAllowed, match="someone else must sign it off"):
        sign(chosen, mona)


def test_a_manager_of_the_family_does_not_sign(submitted, mona):
    relate(submitted.case.person, "Mona Patel", Authority.NONE, user=mona)
    with pytest.raises(NotAllowed, match="you know the person"):
        sign(submitted, mona)


@pytest.mark.parametrize("who", ["bea", "ada_user", "cyril", "finn"])
def test_only_managers_sign_off(submitted, request, who):
    with pytest.raises(NotAllowed, match="Only a team manager"):
        sign(submitted, request.getfixturevalue(who))


def test_another_team_signs_only_where_nobody_in_the_team_may(submitted, mona):
    head = User.objects.create_user(
        "hana@council.example",
        "correct horse battery",
        name="Hana Moss",
        roles=[Role.MANAGER],
        team=Team.objects.create(name="Adults"),
        sign_off_limit_pence_per_week=5000_00,
    )
    with pytest.raises(NotAllowed, match="for a manager of North team"):
        sign(submitted, head)
    assert queries.waiting_elsewhere(head) == []
    mona.sign_off_limit_pence_per_week = 0
    mona.save()
    assert queries.waiting_elsewhere(head) == [submitted]
    assert sign(submitted, head, pence=150_00, reason=REASON).decided_by == head


def test_a_plan_is_signed_once_and_as_it_was_seen(submitted, mona):
    with pytest.raises(EditedMeanwhile):
        sign(submitted, mona, version=submitted.version - 1)
    sign(submitted, mona)
    with pytest.raises(Refusal, match="cannot be signed off now"):
        sign(submitted, mona)


def test_the_nhs_part_is_never_charged(chosen, bea, mona):
    line = chosen.lines.get()
    actions.change_line(line=line, version=line.plan.version, details={"nhs_percent": 100}, by=bea, on=TODAY)
    chosen.refresh_from_db()
    actions.submit_plan(plan=chosen, version=chosen.version, by=bea, on=TODAY)
    result = sign(chosen, mona).result
    assert result["charge_pence_per_week"] == 0 and result["nhs_pence_per_week"] == 185_00


def test_returning_needs_reasons_and_goes_back_to_planning(submitted, mona, bea):
    with pytest.raises(Refusal, match="what has to change"):
        actions.return_plan(plan=submitted, version=submitted.version, reasons="No", by=mona, on=TODAY)
    with pytest.raises(NotAllowed):
        actions.return_plan(plan=submitted, version=submitted.version, reasons=REASON, by=bea, on=TODAY)
    actions.return_plan(plan=submitted, version=submitted.version, reasons=REASON, by=mona, on=TODAY)
    assert submitted.state == PlanState.DRAFT and submitted.case.stage == "planning"
    assert SentBack.objects.get().words == REASON


# --- Agreeing


def test_ada_agrees_and_the_money_is_set_up_next(signed, ada_user):
    agreement = actions.agree(plan=signed, version=signed.version, how="Signed in here", by=ada_user, on=TODAY)
    assert agreement.agreed_by_person and agreement.agreed_by_name == "Ada Bell"
    assert signed.case.stage == "arranging" and queries.plan_in_force(signed.case) == signed
    assert queries.open_plan(signed.case) is None


def test_a_plan_that_nobody_signed_off_is_not_agreed(submitted, ada_user):
    with pytest.raises(Refusal, match="cannot be agreed now"):
        actions.agree(plan=submitted, version=submitted.version, how="Signed here", by=ada_user, on=TODAY)


def test_nobody_agrees_for_ada_without_authority(signed, cyril, mona, bea):
    nominated = relate(signed.case.person, "Cyril Crane", Authority.NOMINATED, user=cyril)
    for by in (cyril, bea):
        with pytest.raises(Refusal, match="nominated person"):
            actions.agree(plan=signed, version=signed.version, decided_by=nominated, how="Signed here", by=by, on=TODAY)
    with pytest.raises(NotAllowed):
        actions.agree(plan=signed, version=signed.version, how="Signed here", by=cyril, on=TODAY)


def test_the_attorney_agrees_where_ada_cannot(signed, bea, cyril):
    lose_capacity(signed.case.person, bea)
    attorney = relate(signed.case.person, "Cyril Crane", Authority.ATTORNEY_WELFARE, user=cyril)
    agreement = actions.agree(
        plan=signed, version=signed.version, decided_by=attorney, how="Signed in", by=cyril, on=TODAY
    )
    assert agreement.agreed_by == attorney


def test_disagreeing_keeps_the_words_and_goes_back_to_planning(signed, ada_user):
    budget = signed.final_budget
    actions.disagree(plan=signed, version=signed.version, words="I need evenings too.", by=ada_user, on=TODAY)
    sent = SentBack.objects.get()
    assert (sent.words, sent.disagreed, sent.final_budget) == ("I need evenings too.", True, budget)
    assert sent.how == "Signed in to Leeway"
    assert signed.state == PlanState.DRAFT and signed.case.stage == "planning"
    assert signed.final_budget is None


def test_ada_may_object_even_where_she_may_not_decide(signed, ada_user, bea):
    lose_capacity(signed.case.person, bea)
    actions.disagree(plan=signed, version=signed.version, words="No, not this.", by=ada_user, on=TODAY)
    assert signed.case.stage == "planning"


def test_a_supporter_without_authority_does_not_send_the_plan_back(signed, cyril):
    friend = relate(signed.case.person, "Cyril Crane", Authority.NONE, user=cyril)
    with pytest.raises(Refusal, match="no authority"):
        actions.disagree(plan=signed, version=signed.version, words="No, not this.", said_by=friend, by=cyril, on=TODAY)


def test_a_start_up_amount_is_paid_once_and_is_not_weekly(chosen, bea, mona):
    once = LINE | {"what": "Insurance", "unit": "item", "units": 1, "unit_cost_pence": 90_00, "frequency": "once"}
    actions.add_line(plan=chosen, version=chosen.version, details=once, by=bea, on=TODAY)
    actions.submit_plan(plan=chosen, version=chosen.version, by=bea, on=TODAY)
    result = sign(chosen, mona).result
    assert result["start_up_pence"] == 90_00 and result["pence_per_week"] == 185_00


def test_a_decision_that_came_too_late_gives_the_words_back(client, signed, mona):
    """Somebody else decided while the page was open."""
    client.force_login(mona)
    address = f"/cases/{signed.case_id}/plan/sign-off/"
    typed = {"version": signed.version, "decision": "return", "reason": "Nights are not in it."}
    text = client.post(address, typed, follow=True).content.decode()
    assert "was decided while your page was open" in text and "You wrote: “Nights are not in it.”" in text
    assert "was decided" not in client.get(address, follow=True).content.decode()


@pytest.mark.parametrize("guide_pence", [200_00, 150_00])
def test_reasons_are_called_optional_only_where_they_are(client, submitted, bea, mona, guide_pence):
    store_indicative(submitted.case, bea, pence=guide_pence)
    client.force_login(mona)
    address = f"/cases/{submitted.case_id}/plan/sign-off/"
    page = client.get(address).content.decode()
    above = guide_pence < 185_00
    assert "Your reasons" in page and ("optional if you sign off what the plan costs" in page) is not above
    assert not above or "optional" not in page
    answer = client.post(
        address, {"version": submitted.version, "decision": "sign", "final_pence_per_week": "185.00", "reason": ""}
    )
    assert (answer.status_code == 302) is not above


# --- An agreed plan whose budget cannot start


@pytest.fixture
def second(active, bea):
    """A second plan like the one in force, to be started four weeks later and held as before; not chosen yet."""
    Case.objects.filter(pk=active.pk).update(stage="planning")
    plan = actions.start_plan(case=Case.objects.get(pk=active.pk), by=bea, on=TODAY)
    actions.set_start(plan=plan, version=plan.version, starts_on=date(2027, 1, 4), by=bea, on=TODAY)
    return plan


def agree_second(plan, bea, mona, ada_user, pence=185_00, *, agrees=True):
    explain(plan, bea)
    version = seen_offer(plan)
    actions.record_choice(plan=plan, version=version, way="direct_payment", words="My own rules.", by=bea, on=TODAY)
    passes_conditions(plan, bea)
    actions.submit_plan(plan=plan, version=plan.version, by=bea, on=TODAY)
    sign(plan, mona, pence=pence)
    if agrees:
        actions.agree(plan=plan, version=plan.version, how="Signed in here", by=ada_user, on=TODAY)


def send_back(plan, by, reason="It would have to start later than was agreed."):
    return budgets.send_plan_back(plan=plan, reason=reason, by=by, on=TODAY)


def test_an_agreed_plan_whose_budget_cannot_start_goes_back_and_the_one_before_is_in_force(
    second, bea, mona, finn, ada_user
):
    before = queries.plan_in_force(second.case)
    agree_second(second, bea, mona, ada_user)
    with pytest.raises(NotAllowed):
        send_back(second, bea)
    with pytest.raises(Refusal, match="why the budget cannot start"):
        send_back(second, finn, "x")
    copy = send_back(second, finn)
    case = Case.objects.get(pk=second.case_id)
    second.refresh_from_db()
    assert case.stage == "planning" and queries.open_plan(case) == copy and queries.plan_in_force(case) == before
    assert second.state == PlanState.TAKEN_BACK and second.agreement.agreed_by_person and second.charges.exists()
    assert [line.what for line in copy.lines.all()] == [line.what for line in second.lines.all()]
    assert case.story.filter(kind="taken_back", sentence__contains="start later than was agreed").exists()
    assert case.tasks.filter(kind="taken_back", whose="worker", done_on=None).exists()
    with pytest.raises(Refusal, match="Setting up the money"):
        send_back(second, finn)
    actions.set_start(plan=copy, version=copy.version, starts_on=date(2027, 1, 11), by=bea, on=TODAY)
    agree_second(copy, bea, mona, ada_user)
    before.refresh_from_db()
    assert before.state == PlanState.REPLACED and queries.plan_in_force(case) == copy
    assert not case.tasks.filter(kind="taken_back", done_on=None).exists()


@pytest.mark.parametrize("how", ["taken back", "disagreed"])
def test_what_was_decided_for_a_plan_that_did_not_go_ahead_does_not_stand(second, bea, mona, finn, ada_user, how):
    """The budget and the charge of the plan in force stand again, on every page and in its letters."""
    case, before = second.case, queries.plan_in_force(second.case)
    charges, budget = charges_of(before), before.final_budget
    actions.change_line(line=second.lines.get(), version=second.version, details=LINE | {"units": 5}, by=bea, on=TODAY)
    agree_second(second, bea, mona, ada_user, pence=92_50, agrees=how == "taken back")
    undone, undone_charges = second.final_budget, charges_of(second)
    assert undone in that_stand(case) and budget not in that_stand(case)
    if how == "taken back":
        send_back(second, finn)
    else:
        actions.disagree(plan=second, version=second.version, words="Too little.", by=ada_user, on=TODAY)
    assert charges_that_stand(case) == charges and charge_on(case, date(2027, 1, 4)) == charges[-1]
    standing_now = that_stand(case)
    assert budget in standing_now and not {undone, *undone_charges} & set(standing_now)
    assert follower(undone) == budget and follower(budget) is None and went_back(undone_charges[0])
    assert "plan that it was for did not go ahead" in repr(letter_of(undone).blocks)
    assert "no longer stands" not in repr(letter_of(budget).blocks)
    client = Client()
    client.force_login(ada_user)
    shown = client.get(reverse("case", args=[case.pk])).content.decode()
    shown = re.sub(r'<ol class="leeway-story">.*?</ol>', "", shown, flags=re.DOTALL)
    assert "£185.00" in shown and "£92.50" not in shown


def test_nothing_stands_of_a_first_plan_that_went_back(signed, ada_user):
    actions.disagree(plan=signed, version=signed.version, words="Too little.", by=ada_user, on=TODAY)
    case = Case.objects.get(pk=signed.case_id)
    assert {each.kind for each in that_stand(case)} == {"indicative_budget", "direct_payment"}
    assert charge_on(case, TODAY) is None


def test_a_first_plan_that_is_sent_back_leaves_none_in_force(signed, finn, ada_user):
    actions.agree(plan=signed, version=signed.version, how="Signed in here", by=ada_user, on=TODAY)
    copy = send_back(signed, finn)
    assert queries.plan_in_force(copy.case) is None and copy.number == 2


def test_what_starts_before_the_plan_in_force_is_not_signed_off_nor_agreed(second, bea, mona, ada_user):
    too_soon = queries.plan_in_force(second.case).starts_on
    with pytest.raises(Refusal, match="later day"):
        actions.set_start(plan=second, version=second.version, starts_on=too_soon, by=bea, on=TODAY)
    with pytest.raises(Refusal, match="later day"), transaction.atomic():
        Plan.objects.filter(pk=second.pk).update(starts_on=too_soon)
        second.refresh_from_db()
        agree_second(second, bea, mona, ada_user)
    second.refresh_from_db()
    explain(second, bea)
    actions.record_choice(
        plan=second, version=seen_offer(second), way="direct_payment", words="My own rules.", by=bea, on=TODAY
    )
    passes_conditions(second, bea)
    actions.submit_plan(plan=second, version=second.version, by=bea, on=TODAY)
    Plan.objects.filter(pk=second.pk).update(starts_on=too_soon)
    second.refresh_from_db()
    with pytest.raises(Refusal, match="later day"), transaction.atomic():
        sign(second, mona)
    Plan.objects.filter(pk=second.pk).update(starts_on=date(2027, 1, 4))
    second.refresh_from_db()
    sign(second, mona)
    Plan.objects.filter(pk=second.pk).update(starts_on=too_soon)
    second.refresh_from_db()
    with pytest.raises(Refusal, match="later day"), transaction.atomic():
        actions.agree(plan=second, version=second.version, how="Signed in here", by=ada_user, on=TODAY)


def test_finance_sends_it_back_by_its_page(client, signed, finn, ada_user):
    actions.agree(plan=signed, version=signed.version, how="Signed in here", by=ada_user, on=TODAY)
    client.force_login(finn)
    at = f"/cases/{signed.case_id}/budget/"
    assert f"{at}send-back/" in client.get(f"{at}start/").content.decode()
    assert "Say why." in client.post(f"{at}send-back/", {"reason": ""}).content.decode()
    done = client.post(f"{at}send-back/", {"reason": "The bank asks for another start."}, follow=True)
    assert "with its worker again" in done.content.decode()
    assert "no agreed plan" in client.get(f"{at}send-back/", follow=True).content.decode()
