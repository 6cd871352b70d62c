"""Choosing how the budget is held: offers, who decides, and the conditions for a direct payment."""

import pytest
from django.db import ProgrammingError, transaction

from leeway.care.people.models import Authority, CapacityQuestion
from leeway.care.planning import actions, queries
from leeway.care.planning.models import Agreement, Choice, Offer, SentBack
from leeway.refusal import NotAllowed, Refusal
from tests.care.conftest import ASKED, LINE, TODAY, explain, lose_capacity, passes_conditions, relate, seen_offer


def choose(plan, by, way="direct_payment", **rest):
    return actions.record_choice(
        plan=plan, version=seen_offer(plan), way=way, words="It suits me.", by=by, on=TODAY, **rest
    )


def test_nothing_is_chosen_before_it_was_explained(written, bea):
    with pytest.raises(Refusal, match="Explain them first"):
        choose(written, bea)


def test_a_way_that_was_not_explained_is_no_real_choice(written, bea):
    explain(written, bea, ways=["council_managed"])
    with pytest.raises(Refusal, match="not among those explained"):
        choose(written, bea)


def test_what_was_not_explained_is_known_at_sign_off(written, bea):
    explain(written, bea, ways=["council_managed", "direct_payment"])
    assert queries.offers_and_choice(written).not_explained == ["Individual service fund", "A mix of these"]


def test_a_managed_account_needs_the_reason_against_a_direct_payment(written, bea):
    explain(written, bea)
    with pytest.raises(Refusal, match="why a direct payment was not chosen"):
        choose(written, bea, way="council_managed")
    choice = choose(written, bea, way="council_managed", why_not_direct_payment="paperwork")
    assert choice.why_not_direct_payment == "paperwork"


def test_not_appropriate_needs_the_councils_reasons_on_record(written, bea):
    explain(written, bea)
    with pytest.raises(Refusal, match="Check the conditions"):
        choose(written, bea, way="council_managed", why_not_direct_payment="not_appropriate")
    passes_conditions(written, bea, answers={"not_barred": True, "can_manage": True, "appropriate": False})
    choose(written, bea, way="council_managed", why_not_direct_payment="not_appropriate")


def test_lines_follow_the_choice_and_later_lines_too(written, bea):
    explain(written, bea)
    choose(written, bea)
    actions.add_line(plan=written, version=written.version, details=LINE | {"way": "council_managed"}, by=bea, on=TODAY)
    assert {line.way for line in written.lines.all()} == {"direct_payment"}


def test_a_mix_is_set_line_by_line_and_one_way_is_not(written, bea):
    explain(written, bea)
    choose(written, bea, way="mixed")
    line = written.lines.get()
    actions.set_ways(plan=written, version=written.version, ways={line.pk: "council_managed"}, by=bea, on=TODAY)
    assert written.lines.get().way == "council_managed"
    explain(written, bea)
    choose(written, bea, way="direct_payment")
    with pytest.raises(Refusal, match="for the whole budget"):
        actions.set_ways(plan=written, version=written.version, ways={line.pk: "council_managed"}, by=bea, on=TODAY)


def test_a_choice_stays_and_another_needs_another_explanation(written, bea):
    explain(written, bea)
    first = choose(written, bea)
    with pytest.raises(Refusal, match="stays on record"):
        choose(written, bea, way="mixed")
    explain(written, bea)
    assert queries.offers_and_choice(written).waiting
    second = choose(written, bea, way="mixed")
    found = queries.offers_and_choice(written)
    assert found.choice == second and Choice.objects.filter(pk=first.pk).exists()


# --- Who decides


def test_ada_chooses_for_herself_and_cyril_does_not_choose_for_her(written, bea, ada_user, cyril):
    explain(written, bea)
    with pytest.raises(NotAllowed, match="your own decision only"):
        choose(written, cyril)
    assert choose(written, ada_user).decided_by_person


@pytest.mark.parametrize(
    ("authority", "sentence"),
    [
        (Authority.NOMINATED, "nominated person: they receive the money"),
        (Authority.APPOINTEE, "does not let them decide"),
        (Authority.ATTORNEY_PROPERTY, "does not let them decide"),
        (Authority.NONE, "does not let them decide"),
        (Authority.ATTORNEY_WELFARE, "may decide only when"),
        (Authority.DEPUTY_WELFARE, "may decide only when"),
        (Authority.AUTHORISED, "does not let them decide"),
    ],
)
def test_while_ada_has_capacity_nobody_decides_for_her(written, bea, authority, sentence):
    explain(written, bea)
    other = relate(written.case.person, "Edie Bell", authority)
    with pytest.raises(Refusal, match=sentence):
        choose(written, bea, decided_by=other)


def test_without_capacity_the_person_does_not_decide_and_the_attorney_does(written, bea, cyril):
    explain(written, bea)
    lose_capacity(written.case.person, bea)
    with pytest.raises(Refusal, match="cannot decide this"):
        choose(written, bea)
    attorney = relate(written.case.person, "Cyril Crane", Authority.ATTORNEY_WELFARE, user=cyril)
    with pytest.raises(Refusal, match="has authority to decide"):
        choose(written, bea, best_interests=True)
    choice = choose(written, cyril, decided_by=attorney)
    assert choice.decided_by == attorney and not choice.decided_by_person


def test_a_nominated_person_does_not_decide_even_without_capacity(written, bea):
    explain(written, bea)
    lose_capacity(written.case.person, bea)
    nominated = relate(written.case.person, "Nia Bell", Authority.NOMINATED)
    with pytest.raises(Refusal, match="nominated person"):
        choose(written, bea, decided_by=nominated)


def test_an_authority_that_has_ended_decides_nothing(written, bea):
    explain(written, bea)
    lose_capacity(written.case.person, bea)
    attorney = relate(written.case.person, "Edie Bell", Authority.ATTORNEY_WELFARE, ends_on=TODAY)
    attorney.starts_on = TODAY.replace(year=2020)
    attorney.ends_on = TODAY.replace(day=22)
    attorney.save()
    with pytest.raises(Refusal, match="not in force"):
        choose(written, bea, decided_by=attorney)


def test_best_interests_need_a_capacity_decision_and_keep_it(written, bea):
    explain(written, bea)
    with pytest.raises(Refusal, match="the decision is theirs"):
        choose(written, bea, best_interests=True)
    decision = lose_capacity(written.case.person, bea)
    choice = choose(written, bea, way="council_managed", why_not_direct_payment="no_help", best_interests=True)
    assert choice.best_interests == decision


def test_an_authorised_person_asks_for_a_direct_payment_and_nothing_else(written, bea):
    explain(written, bea)
    lose_capacity(written.case.person, bea, CapacityQuestion.DIRECT_PAYMENT)
    authorised = relate(written.case.person, "Edie Bell", Authority.AUTHORISED)
    with pytest.raises(Refusal, match="does not let them decide"):
        choose(written, bea, way="council_managed", decided_by=authorised, why_not_direct_payment="paperwork")
    assert choose(written, bea, decided_by=authorised).decided_by == authorised


# --- The conditions for a direct payment


def test_section_31_where_capacity_is_presumed(written, bea):
    decision = passes_conditions(written, bea)
    assert decision.result["section"] == "Care Act 2014 s31" and decision.result["must_pay"]


def test_section_32_needs_an_authorised_person_and_never_a_nominated_one(written, bea):
    lose_capacity(written.case.person, bea, CapacityQuestion.DIRECT_PAYMENT)
    answers = {
        "requester_authorised": True,
        "not_barred": True,
        "best_interests": True,
        "can_manage": True,
        "appropriate": True,
    }
    nominated = relate(written.case.person, "Nia Bell", Authority.NOMINATED)
    for receiver in (None, nominated):
        with pytest.raises(Refusal, match="authorised person"):
            passes_conditions(written, bea, answers=answers, received_by=receiver)
    authorised = relate(written.case.person, "Edie Bell", Authority.AUTHORISED)
    decision = passes_conditions(written, bea, answers=answers, received_by=authorised, about_authorised=ASKED)
    assert decision.result["must_pay"] and decision.result["received_by"] == "authorised_person"
    assert written.received_by == authorised


def test_an_authorised_person_has_no_place_under_section_31(written, bea):
    authorised = relate(written.case.person, "Edie Bell", Authority.AUTHORISED)
    with pytest.raises(Refusal, match="nominated person"):
        passes_conditions(written, bea, received_by=authorised)


def test_a_barred_order_stops_a_direct_payment_and_says_so(written, bea):
    decision = passes_conditions(
        written,
        bea,
        answers={"can_manage": True, "appropriate": True},
        barred_orders=["drug_rehabilitation"],
    )
    assert decision.result["decision"] == "may_not_pay" and decision.result["not_met"] == ["not_barred"]


def test_capacity_decided_since_means_checking_again(chosen, bea):
    lose_capacity(chosen.case.person, bea, CapacityQuestion.DIRECT_PAYMENT)
    sentences = [one.sentence for one in queries.what_is_missing(chosen, TODAY)]
    assert sentences == ["Capacity was decided since the direct payment was checked. Check it again."]


def test_a_nominated_person_whose_time_is_over_receives_nothing(chosen, bea):
    nominated = relate(chosen.case.person, "Nia Bell", Authority.NOMINATED, ends_on=TODAY)
    answers = {"nominee_agrees": True, "not_barred": True, "can_manage": True, "appropriate": True}
    passes_conditions(chosen, bea, answers=answers, received_by=nominated)
    assert queries.what_is_missing(chosen, TODAY) == []
    assert "Nia Bell" in queries.what_is_missing(chosen, TODAY.replace(day=24))[0].sentence


def test_paying_family_from_a_managed_account_is_not_barred(written, bea):
    line = written.lines.get()
    details = {"payee_relationship": "sibling", "payee_same_household": True}
    actions.change_line(line=line, version=line.plan.version, details=details, by=bea, on=TODAY)
    explain(written, bea)
    choose(written, bea, way="council_managed", why_not_direct_payment="not_wanted")
    assert queries.what_is_missing(written, TODAY) == []


# --- What is kept


@pytest.mark.parametrize("record", [Offer, Choice, Agreement, SentBack])
def test_the_database_keeps_evidence_as_it_was(signed, mona, bea, ada_user, record):
    version = signed.version
    actions.disagree(plan=signed, version=version, words="Not enough.", by=ada_user, on=TODAY)
    actions.submit_plan(plan=signed, version=signed.version, by=bea, on=TODAY)
    actions.sign_off(plan=signed, version=signed.version, final_pence_per_week=185_00, reason="", by=mona, on=TODAY)
    actions.agree(plan=signed, version=signed.version, how="Signed in here", by=ada_user, on=TODAY)
    kept = record.objects.all()
    assert kept.exists()
    for forbidden in (lambda: kept.update(id=kept.first().pk), lambda: kept._raw_delete(kept.db), kept.first().save):
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
            forbidden()
