"""The evidence for a choice and for each need: what nobody can rest a plan on, and what is asked instead."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from leeway.care.assessment.actions import start_assessment
from leeway.care.assessment.models import Assessment, OutcomeNote
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.people.models import Case, Person, StoryLine, Task, Whose
from leeway.care.planning import actions, queries
from leeway.care.planning.evidence import needs_of, offers_and_choice, uprated_from
from leeway.care.planning.models import ChallengeAnswer, Choice, NeedAnswer, NotChosen, Offer, PlanState
from leeway.market.contracts.actions import record_rate
from leeway.market.listings.models import Provider, Service
from leeway.refusal import EditedMeanwhile, NotAllowed, Refusal
from leeway.versions import version_of
from tests.care.assessment.writing import complete, fill
from tests.care.conftest import ALL_WAYS, LINE, TODAY, passes_conditions, seen_offer, store_indicative
from tests.pages import version_on

NO_WORDS = ["", "  ", "x", "ok", "n/a", "aaaaaaaaaaaaaaaaaaaaaaaa", "no no no no no", "........................"]
OFFER = {"ways_explained": ALL_WAYS, "how_explained": "Talked through at home", "amount_told": True}
FOUND = "Her sister can hold the papers, and nobody asked her before."


def offer(plan, by, **changes):
    return actions.offer_ways(plan=plan, by=by, on=TODAY, **OFFER | changes)


def choose(plan, by, way="council_managed", why="not_wanted", **rest):
    said = {"words": "I would rather not have the papers."} | rest
    return actions.record_choice(
        plan=plan, version=seen_offer(plan), way=way, why_not_direct_payment=why, by=by, on=TODAY, **said
    )


def missing(plan):
    return [one.sentence for one in queries.what_is_missing(plan, TODAY)]


# --- A choice rests on what was explained


@pytest.mark.parametrize("why", sorted(set(NotChosen) - {NotChosen.NOT_APPROPRIATE}))
def test_no_reason_against_a_direct_payment_that_nobody_explained(written, bea, why):
    offer(written, bea, ways_explained=["council_managed"], why_not_explained="She has always had a managed account.")
    assert "A direct payment was not explained" in " ".join(missing(written))
    with pytest.raises(Refusal, match="A direct payment was not explained"):
        choose(written, bea, why=why)
    assert not Choice.objects.exists()


def test_the_councils_own_decision_needs_no_explaining_and_says_why(written, bea):
    passes_conditions(written, bea, answers={"not_barred": True, "can_manage": True, "appropriate": False})
    rest = ["council_managed", "service_fund", "mixed"]
    offer(written, bea, ways_explained=rest, why_not_explained="The council decided that there can be none.")
    with pytest.raises(Refusal, match="Every reason but the council’s own"):
        choose(written, bea, why="not_wanted")
    assert choose(written, bea, why="not_appropriate")


def test_what_was_left_out_is_explained_or_has_its_reason(written, bea):
    ways = ["direct_payment", "council_managed", "mixed"]
    offer(written, bea, ways_explained=ways)
    assert "Individual service fund" in " ".join(missing(written))
    with pytest.raises(Refusal, match="nobody said why: Individual service fund"):
        choose(written, bea)
    for nothing in NO_WORDS[2:]:
        with pytest.raises(Refusal, match="why a way was left out"):
            offer(written, bea, ways_explained=ways, why_not_explained=nothing)
    offer(written, bea, ways_explained=ways, why_not_explained="No provider here holds service funds.")
    assert choose(written, bea)


def test_a_reason_for_leaving_out_what_was_explained_is_pointed_out(written, bea):
    with pytest.raises(Refusal, match="none was left out"):
        offer(written, bea, why_not_explained="No provider here holds service funds.")


def test_a_direct_payment_that_was_chosen_has_no_reason_against_it(written, bea):
    offer(written, bea)
    with pytest.raises(Refusal, match="Take one of the two back"):
        choose(written, bea, way="direct_payment", why="paperwork")


def test_a_mix_without_a_direct_payment_says_why_too(written, bea):
    offer(written, bea)
    actions.add_line(plan=written, version=written.version, details=LINE, by=bea, on=TODAY)
    choose(written, bea, way="mixed", why="")
    first, second = written.lines.all()
    ways = {first.pk: "council_managed", second.pk: "service_fund"}
    actions.set_ways(plan=written, version=written.version, ways=ways, by=bea, on=TODAY)
    assert "nobody said why not" in " ".join(missing(written))


# --- The amount is told, or there is a reason


def test_the_amount_is_asked_and_told_or_there_is_a_reason(written, bea):
    with pytest.raises(Refusal, match="whether the person knew the amount") as asked:
        offer(written, bea, amount_told=None)
    assert asked.value.field == "amount_told"
    for nothing in NO_WORDS:
        with pytest.raises(Refusal, match="why the amount was not told") as refused:
            offer(written, bea, amount_told=False, why_not_told=nothing)
        assert refused.value.field == "why_not_told"
    with pytest.raises(Refusal, match="Take one of the two back"):
        offer(written, bea, why_not_told="The table was being changed that week.")
    assert not Offer.objects.exists()
    kept = offer(written, bea, amount_told=False, why_not_told="The table was being changed that week.")
    assert (kept.amount_told, kept.why_not_told) == (False, "The table was being changed that week.")


def test_the_database_holds_no_amount_untold_without_a_reason(written, bea):
    with pytest.raises(IntegrityError, match="offer_amount_told_or_why_not"), transaction.atomic():
        Offer.objects.create(
            plan=written, offered_on=TODAY, ways_explained=ALL_WAYS, how_explained="At home", amount_told=False,
            offered_by=bea,
        )  # fmt: skip


# --- Words are words, or it is said that there were none


@pytest.mark.parametrize("nothing", NO_WORDS)
def test_what_says_nothing_is_nobodys_reason(written, bea, nothing):
    with pytest.raises(Refusal, match="how you explained them"):
        offer(written, bea, how_explained=nothing)
    offer(written, bea)
    with pytest.raises(Refusal, match="Write why in a sentence"):
        choose(written, bea, words=nothing)


@pytest.mark.parametrize("nothing", NO_WORDS)
def test_nor_is_it_a_reason_to_sign_or_to_send_back_nor_how_it_was_agreed(submitted, bea, mona, ada_user, nothing):
    given = {"plan": submitted, "on": TODAY}
    with pytest.raises(Refusal, match="what has to change"):
        actions.return_plan(version=submitted.version, reasons=nothing, by=mona, **given)
    with pytest.raises(Refusal, match="less than the plan costs"):
        actions.sign_off(version=submitted.version, final_pence_per_week=100_00, reason=nothing, by=mona, **given)
    actions.sign_off(version=submitted.version, final_pence_per_week=185_00, reason="", by=mona, **given)
    with pytest.raises(Refusal, match="how this was given"):
        actions.agree(version=submitted.version, how=nothing, by=bea, **given)
    with pytest.raises(Refusal, match="what is not right"):
        actions.disagree(version=submitted.version, words=nothing, by=ada_user, **given)
    with pytest.raises(Refusal, match="how this was given"):
        actions.disagree(version=submitted.version, words="It is too little.", how=nothing, by=bea, **given)


def test_nobody_must_use_words(written, bea):
    offer(written, bea)
    for nothing in NO_WORDS:
        with pytest.raises(Refusal, match="what you saw or heard") as refused:
            choose(written, bea, words="", not_said=True, seen_instead=nothing)
        assert refused.value.field == "seen_instead"
    seen = "She pushed the leaflet about money away, twice, and turned to her mother."
    with pytest.raises(Refusal, match="Take one of the two back"):
        choose(written, bea, not_said=True, seen_instead=seen)
    with pytest.raises(Refusal, match="take out what you saw"):
        choose(written, bea, seen_instead=seen)
    choice = choose(written, bea, words="", not_said=True, seen_instead=seen, why="not_said")
    assert (choice.words, choice.not_said, choice.seen_instead) == ("", True, seen)


def test_ada_herself_may_rather_not_say(signed, ada_user):
    sent = actions.disagree(plan=signed, version=signed.version, words="", not_said=True, by=ada_user, on=TODAY)
    assert sent.not_said and not sent.words and signed.state == PlanState.DRAFT
    assert "could not or did not want to say" in StoryLine.objects.get(kind="disagreed").sentence


# --- “Too risky” is looked at


@pytest.fixture
def risky(written, bea):
    """Sent for sign-off with a managed account, since a direct payment was said to be too risky."""
    offer(written, bea)
    choose(written, bea, why="too_risky")
    return actions.submit_plan(plan=written, version=written.version, by=bea, on=TODAY)


def answer(plan, by, **changes):
    given = {"accepted": True, "words": FOUND, "safer": "Her sister holds the papers.", "by_when": date(2027, 1, 31)}
    version = version_of(offers_and_choice(plan).choice)
    return actions.answer_challenge(plan=plan, by=by, on=TODAY, **{"version": version, **given, **changes})


def sign(plan, by, pence=185_00):
    return actions.sign_off(plan=plan, version=plan.version, final_pence_per_week=pence, reason="", by=by, on=TODAY)


def open_tasks(case, whose):
    return list(Task.objects.filter(case=case, whose=whose, done_on=None).values_list("kind", flat=True))


def test_too_risky_is_told_and_asked_of_a_manager_who_answers_before_signing(risky, mona):
    assert StoryLine.objects.filter(case=risky.case, kind="challenged").exists()
    assert open_tasks(risky.case, Whose.MANAGER) == ["challenged"]
    with pytest.raises(Refusal, match="said to be too risky, and nobody has looked"):
        sign(risky, mona)
    answer(risky, mona)
    assert open_tasks(risky.case, Whose.MANAGER) == [] == open_tasks(risky.case, Whose.WORKER)
    assert sign(risky, mona).result["ways"] == {"council_managed": 185_00}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"accepted": None}, "whether the choice stands"),
        *(({"words": nothing}, "what you found") for nothing in NO_WORDS),
        *(({"safer": nothing}, "safe enough") for nothing in NO_WORDS),
        ({"by_when": None}, "by when"),
        ({"by_when": TODAY - timedelta(days=1)}, "by when"),
    ],
)
def test_the_answer_is_in_words_with_a_day(risky, mona, change, sentence):
    with pytest.raises(Refusal, match=sentence):
        answer(risky, mona, **change)
    assert not ChallengeAnswer.objects.exists()


def test_offered_again_sends_the_plan_back_until_there_is_a_new_choice(risky, bea, mona):
    answer(risky, mona, accepted=False)
    risky.refresh_from_db()
    assert risky.state == PlanState.DRAFT and "challenge_answered" in open_tasks(risky.case, Whose.WORKER)
    assert "offered again" in " ".join(missing(risky))
    with pytest.raises(Refusal, match="offered again"):
        actions.submit_plan(plan=risky, version=risky.version, by=bea, on=TODAY)
    offer(risky, bea)
    choose(risky, bea, way="direct_payment", why="")
    assert "challenge_answered" not in open_tasks(risky.case, Whose.WORKER)
    assert missing(risky) == ["Check the conditions for a direct payment."]


def test_nothing_that_the_writer_does_ends_a_challenge(written, bea, mona):
    offer(written, bea)
    choose(written, bea, why="too_risky")
    challenged = offers_and_choice(written).choice
    offer(written, bea)
    choose(written, bea)
    assert open_tasks(written.case, Whose.MANAGER) == ["challenged"]
    actions.submit_plan(plan=written, version=written.version, by=bea, on=TODAY)
    with pytest.raises(Refusal, match="nobody has looked"):
        sign(written, mona)
    assert answer(written, mona, accepted=False).choice == challenged
    assert open_tasks(written.case, Whose.MANAGER) == []
    written.refresh_from_db()
    assert "offered again" in " ".join(missing(written))  # what was chosen before the manager looked is not enough
    offer(written, bea)
    choose(written, bea)
    assert missing(written) == []
    actions.submit_plan(plan=written, version=written.version, by=bea, on=TODAY)
    assert sign(written, mona)


@pytest.mark.parametrize("accepted", [True, False])
def test_an_answer_after_a_direct_payment_was_chosen_says_which_choice_and_sends_nothing_back(
    client, written, bea, mona, accepted
):
    offer(written, bea)
    choose(written, bea, why="too_risky")
    offer(written, bea)
    choose(written, bea, way="direct_payment", why="")
    passes_conditions(written, bea)
    actions.submit_plan(plan=written, version=written.version, by=bea, on=TODAY)
    client.force_login(mona)
    shown = client.get(reverse("planning:challenge", args=[written.case_id])).content.decode()
    assert "You look at the choice of 23 November 2026 (managed account)" in shown
    assert "What was chosen since stays: direct payment." in shown and "The choice stands" not in shown
    answer(written, mona, accepted=accepted)
    written.refresh_from_db()
    assert written.state == PlanState.SUBMITTED and not offers_and_choice(written).to_offer_again
    told = StoryLine.objects.get(kind="challenge_answered").sentence
    assert f"choice of 23 November 2026, and it is {'(' if accepted else 'not ('}chosen since: direct payment)" in told
    assert sign(written, mona).result["ways"] == {"direct_payment": 185_00}


def test_who_wrote_it_does_not_say_that_it_is_too_risky(risky, bea, mona, max_, ada_user):
    for by in (bea, ada_user):
        with pytest.raises(NotAllowed):
            answer(risky, by)
    risky.written_by.add(mona)
    with pytest.raises(NotAllowed, match="another manager"):
        answer(risky, mona)
    assert answer(risky, max_)
    with pytest.raises(Refusal, match="nothing to answer"):
        answer(risky, max_)


def test_an_answer_is_to_the_choice_that_was_looked_at(risky, mona):
    with pytest.raises(EditedMeanwhile):
        answer(risky, mona, version=1)


# --- Every eligible need is met, or has its reason

SUNDAYS = "Her sister helps her wash on Sundays."


@pytest.fixture
def assessed(planning_case):
    """Unable to wash and to get out; able to eat."""
    assessment = Assessment.objects.create(case=planning_case, started_on=TODAY)
    notes = {"hygiene": ["cannot"], "community": ["cannot"], "nutrition": []}
    for outcome, unable in notes.items():
        OutcomeNote.objects.create(
            assessment=assessment,
            outcome=outcome,
            unable=unable,
            answered=True,
            person_words="I want to get out.",
            help_now=SUNDAYS if outcome == "hygiene" else "",
        )
    assessment.completed_on = TODAY
    assessment.save(update_fields=["completed_on"])
    return planning_case


def say(plan, by, outcome="community", **changes):
    given = {"met_by": "reason", "words": "She wants to wait until the spring."} | changes
    return actions.answer_need(plan=plan, version=plan.version, outcome=outcome, by=by, on=TODAY, **given)


SISTER = {"met_by": "somebody", "who": "Jo, her sister", "asked_on": TODAY, "words": "She drives her on Sundays."}


def test_each_need_is_a_row_until_a_line_a_person_or_a_reason_answers_it(assessed, written, bea):
    assert [need.outcome.code for need in needs_of(written)] == ["hygiene", "community"]
    asked = [one for one in queries.what_is_missing(written, TODAY) if one.page == "planning:need"]
    assert [one.arguments for one in asked] == [("hygiene",), ("community",)]
    aim = written.aims.get()
    actions.change_aim(
        aim=aim, version=aim.plan.version, words=aim.words, how_we_know="", outcomes=["hygiene"], by=bea, on=TODAY
    )
    written.refresh_from_db()
    say(written, bea, **SISTER)
    assert not [one for one in queries.what_is_missing(written, TODAY) if one.page == "planning:need"]
    washing, going_out = needs_of(written)
    assert [line.what for line in washing.met.lines] == ["Help with mornings"] and washing.met.answer is None
    assert going_out.met.answer.who == "Jo, her sister" and going_out.met.lines == []


def test_the_help_that_the_assessment_noted_stands_beside_the_need(client, assessed, written, bea):
    client.force_login(bea)
    plan = reverse("planning:overview", args=[written.case_id])
    assert f"Help there is now: {SUNDAYS}" in client.get(plan).content.decode()
    address = reverse("planning:need", args=[written.case_id, "hygiene"])
    shown = client.get(address).content.decode()
    assert shown.count(SUNDAYS) == 2 and "as the assessment noted it" in shown
    say(written, bea, "hygiene", words="She washes by herself with the new seat.")
    answered = client.get(address).content.decode()
    assert answered.count(SUNDAYS) == 1 and "with the new seat" in answered


def test_an_aim_that_pays_for_nothing_meets_no_need(assessed, written, bea):
    actions.add_aim(
        plan=written, version=written.version, words="Get out", how_we_know="", outcomes=["community"], by=bea, on=TODAY
    )
    assert "Using services in the community: say how this need is met, or why it is not." in missing(written)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (SISTER | {"who": " "}, "who"),
        (SISTER | {"asked_on": None}, "asked_on"),
        (SISTER | {"asked_on": TODAY + timedelta(days=1)}, "asked_on"),
        (SISTER | {"words": "ok"}, "words"),
        ({"words": "n/a"}, "words"),
        ({"met_by": ""}, "met_by"),
        ({"who": "Jo, her sister"}, "met_by"),
    ],
)
def test_nobody_is_presumed_to_be_willing_and_a_reason_is_a_sentence(assessed, written, bea, change, field):
    with pytest.raises(Refusal) as refused:
        say(written, bea, **change)
    assert refused.value.field == field
    assert not NeedAnswer.objects.exists()


def test_ada_answers_in_her_own_words_and_cyril_does_not(assessed, written, ada_user, cyril):
    assert say(written, ada_user, words="I want to do this on my own.").words == "I want to do this on my own."
    with pytest.raises(NotAllowed):
        say(written, cyril)


def test_what_the_assessment_did_not_find_is_no_need(assessed, written, bea):
    with pytest.raises(Refusal, match="did not find this to be a need"):
        say(written, bea, outcome="nutrition")


def test_a_plan_with_a_need_unanswered_is_neither_sent_nor_signed(assessed, chosen, bea, mona):
    with pytest.raises(Refusal, match="Personal hygiene: say how this need is met"):
        actions.submit_plan(plan=chosen, version=chosen.version, by=bea, on=TODAY)
    say(chosen, bea)
    say(chosen, bea, outcome="hygiene")
    actions.submit_plan(plan=chosen, version=chosen.version, by=bea, on=TODAY)
    NeedAnswer.objects.filter(outcome="hygiene").delete()
    with pytest.raises(Refusal, match="does not say how these needs are met"):
        sign(chosen, mona)


def test_a_carers_plan_answers_the_carers_own_outcomes(assessed, draft):
    OutcomeNote.objects.bulk_create(
        [OutcomeNote(assessment=Assessment.objects.get(), outcome="recreation", unable=["cannot"], answered=True)]
    )
    cared_for = Person.objects.create(given_name="Len", family_name="Bell", date_of_birth=date(1950, 1, 1))
    Case.objects.filter(pk=draft.case_id).update(kind="carer", cared_for=cared_for)
    draft.case.refresh_from_db()
    assert [need.outcome.code for need in needs_of(draft)] == ["community", "recreation"]


# --- A new price asks nobody anything again


def price(service, pence, starts_on, by):
    return record_rate(service=service, pence=pence, unit="hour", starts_on=starts_on, by=by, on=TODAY)


@pytest.fixture
def listed(bea):
    provider = Provider.objects.create(name="Harbour Care")
    service = Service.objects.create(provider=provider, name="Home care", regulated=True, last_checked_on=TODAY)
    price(service, 18_50, TODAY, bea)
    return service


@pytest.fixture
def uprated(assessed, listed, draft, bea, mona, ada_user):
    """In force at £185 a week, above a guide of £100, with an answer; then a copy whose one price rose."""
    details = LINE | {"supplier": "", "service": listed}
    actions.add_aim(
        plan=draft, version=draft.version, words="Up by nine", how_we_know="", outcomes=["hygiene"], by=bea, on=TODAY
    )
    actions.add_line(plan=draft, version=draft.version, details=details | {"aim": draft.aims.get()}, by=bea, on=TODAY)
    actions.set_start(plan=draft, version=draft.version, starts_on=TODAY, by=bea, on=TODAY)
    say(draft, bea, **SISTER)
    offer(draft, bea)
    choose(draft, bea, why="too_risky")
    answer(draft, mona)
    actions.submit_plan(plan=draft, version=draft.version, by=bea, on=TODAY)
    sign(draft, mona)
    actions.agree(plan=draft, version=draft.version, how="Signed in here", by=ada_user, on=TODAY)
    store_indicative(draft.case, bea, pence=100_00)
    Case.objects.filter(pk=draft.case_id).update(stage="planning")
    new = price(listed, 19_20, TODAY, bea)
    plan = actions.start_plan(case=Case.objects.get(pk=draft.case_id), by=bea, on=TODAY)
    assert plan.lines.get().way == "" and offers_and_choice(plan).offer is None
    actions.take_new_price(line=plan.lines.get(), version=plan.version, rate=new, by=bea, on=TODAY)
    plan.refresh_from_db()
    return plan


def test_a_plan_that_differs_in_prices_alone_keeps_its_evidence_and_names_it(uprated, bea, mona):
    before = queries.plan_in_force(uprated.case)
    assert uprated_from(uprated) == before
    then, now = offers_and_choice(before), offers_and_choice(uprated)
    assert now.offer.rests_on == then.offer and now.choice.rests_on == then.choice
    assert (now.choice.words, now.choice.way, now.offer.offered_on) == (then.choice.words, then.choice.way, TODAY)
    assert uprated.lines.get().way == "council_managed" and not now.to_answer
    assert uprated.need_answers.get().rests_on == before.need_answers.get()
    assert missing(uprated) == ["Say when support starts."]
    actions.set_start(plan=uprated, version=uprated.version, starts_on=TODAY + timedelta(days=1), by=bea, on=TODAY)
    actions.submit_plan(plan=uprated, version=uprated.version, by=bea, on=TODAY)
    decision = sign(uprated, mona, 192_00)
    assert decision.result["pence_per_week"] == 192_00 and decision.result["indicative_pence_per_week"] == 100_00


@pytest.mark.parametrize("change", [{"units": 11}, {"unit_cost_pence": 19_50}, {"what": "Help with evenings"}])
def test_anything_else_that_changes_is_explained_and_chosen_again(uprated, listed, bea, change):
    line = uprated.lines.get()
    line.plan = uprated
    details = LINE | {"supplier": "", "service": listed, "unit_cost_pence": 19_20, "aim": line.aim} | change
    actions.change_line(line=line, version=uprated.version, details=details, by=bea, on=TODAY)
    assert uprated_from(uprated) is None and offers_and_choice(uprated).choice is None
    asked = " ".join(missing(uprated))
    assert "Explain the ways" in asked and "Using services in the community" in asked


def test_new_prices_of_a_line_that_the_nhs_pays_for_ask_nothing_again(uprated, guards_aside):
    """A line signed off as free stays so at its new price; in a plan of its own it says who was found to pay."""
    guards_aside("UPDATE planning_planline SET exemption = 'continuing_healthcare'")
    assert uprated_from(uprated) is not None
    assert not [sentence for sentence in missing(uprated) if "free" in sentence]
    guards_aside(f"UPDATE planning_planline SET units = 11 WHERE plan_id = '{uprated.pk}'")
    assert any("did not find that anybody else must pay" in sentence for sentence in missing(uprated))


def test_a_plan_made_after_another_assessment_rests_on_nothing_of_before(uprated):
    assert uprated_from(uprated) is not None
    later = TODAY + timedelta(days=1)
    Assessment.objects.create(case=uprated.case, started_on=TODAY, completed_on=later)
    uprated.started_on = later
    uprated.save(update_fields=["started_on"])
    assert uprated_from(uprated) is None


def in_force_again(plan, bea, mona, ada_user):
    """Take a plan at £192 a week all the way to support in place."""
    actions.set_start(plan=plan, version=plan.version, starts_on=TODAY + timedelta(days=1), by=bea, on=TODAY)
    actions.submit_plan(plan=plan, version=plan.version, by=bea, on=TODAY)
    sign(plan, mona, 192_00)
    actions.agree(plan=plan, version=plan.version, how="Signed in here", by=ada_user, on=TODAY)
    Case.objects.filter(pk=plan.case_id).update(stage="active")
    return Case.objects.get(pk=plan.case_id)


def test_a_plan_that_follows_one_at_new_prices_rests_on_what_was_answered_first(uprated, listed, bea, mona, ada_user):
    case = in_force_again(uprated, bea, mona, ada_user)
    april = date(2027, 4, 1)
    rate = price(listed, 20_00, april, bea)
    Case.objects.filter(pk=case.pk).update(stage="planning")
    again = actions.start_plan(case=Case.objects.get(pk=case.pk), by=bea, on=TODAY)
    actions.set_start(plan=again, version=again.version, starts_on=april, by=bea, on=TODAY)
    line = again.lines.get()
    line.plan = again
    actions.take_new_price(line=line, version=again.version, rate=rate, by=bea, on=TODAY)
    again.refresh_from_db()
    assert again.lines.get().unit_cost_pence == 20_00 and missing(again) == []
    too_soon = april - timedelta(days=1)
    actions.set_start(plan=again, version=again.version, starts_on=too_soon, by=bea, on=TODAY)
    again.refresh_from_db()
    assert any("its price is for days from 1 April 2027 on" in sentence for sentence in missing(again))
    actions.set_start(plan=again, version=again.version, starts_on=april, by=bea, on=TODAY)
    again.refresh_from_db()
    found = offers_and_choice(again)
    assert found.offer.rests_on.plan == uprated and found.answer.accepted, "the chain leads to what was answered"
    actions.submit_plan(plan=again, version=again.version, by=bea, on=TODAY)
    assert sign(again, mona, 200_00).result["pence_per_week"] == 200_00


@pytest.mark.parametrize("begun", [True, False])
def test_not_eligible_any_more_sets_the_plan_that_is_being_written_aside(uprated, bea, begun):
    """Support in place goes on by its own plan; without any, the case closes."""
    case = Case.objects.get(pk=uprated.case_id)
    if begun:
        tell(case=case, kind=Event.BUDGET_STARTED, sentence="Budget started.", by=bea, on=TODAY)
    why = "She manages her mornings again, she says."
    assessment = start_assessment(case=case, reason=why, by=bea, on=TODAY)
    complete(fill(assessment, bea, unable={}), bea, advice="Swimming on Mondays.")
    case.refresh_from_db()
    uprated.refresh_from_db()
    assert case.stage == ("active" if begun else "closed") and queries.open_plan(case) is None
    assert uprated.state == PlanState.SET_ASIDE and uprated in queries.past_plans(case)
    assert case.story.filter(kind="plan_set_aside", sentence__contains="needs are not eligible").exists()


def test_a_plan_dated_back_does_not_use_a_price_of_after(draft, listed, bea):
    """The price holds from today; support began last week."""
    actions.add_line(
        plan=draft, version=draft.version, details=LINE | {"service": listed, "aim": None}, by=bea, on=TODAY
    )
    Case.objects.filter(pk=draft.case_id).update(opened_on=TODAY - timedelta(days=30))
    draft.case.refresh_from_db()
    too_soon = [one for one in (TODAY, TODAY - timedelta(days=7)) if _starts(draft, one, bea)]
    assert too_soon == [TODAY - timedelta(days=7)]


def _starts(plan, day, by):
    actions.set_start(plan=plan, version=plan.version, starts_on=day, by=by, on=TODAY)
    plan.refresh_from_db()
    return any("support starts before" in sentence for sentence in missing(plan))


# --- Pages


def test_the_pages_ask_show_and_give_back_what_was_typed(
    client, assessed, written, bea, mona, django_assert_max_num_queries
):
    at = f"/cases/{written.case_id}/plan/"
    client.force_login(bea)
    assert "Not said yet" in client.get(at).content.decode()
    with django_assert_max_num_queries(25):
        client.get(at)
    page = f"{at}needs/hygiene/"
    typed = {"version": written.version, "met_by": "reason", "words": "n/a"}
    refused = client.post(page, typed).content.decode()
    assert "why this plan does not meet the need" in refused and ">n/a</textarea>" in refused
    for outcome in ("hygiene", "community"):
        written.refresh_from_db()
        say(written, bea, outcome=outcome)
    assert "Not met by this plan: She wants to wait until the spring." in client.get(at).content.decode()
    assert client.get(f"{at}needs/nutrition/").status_code == 404
    assert client.get(f"{at}too-risky/").status_code == 403
    offer(written, bea)
    choose(written, bea, why="too_risky")
    actions.submit_plan(plan=written, version=written.version, by=bea, on=TODAY)
    client.force_login(mona)
    with django_assert_max_num_queries(25):
        text = client.get(f"{at}sign-off/").content.decode()
    assert f"{at}too-risky/" in text and "has yet to look at this" in text
    version = version_on(client.get(f"{at}too-risky/"))
    day = {"by_when_day": "1", "by_when_month": "3", "by_when_year": "2030"}
    given = {"version": version, "accepted": "True", "words": FOUND, "safer": "Her sister holds the papers."} | day
    assert client.post(f"{at}too-risky/", given).headers["Location"] == f"{at}sign-off/"
    assert FOUND in client.get(f"{at}sign-off/").content.decode()
    assert "nothing to answer here" in client.get(f"{at}too-risky/").content.decode()


def test_the_ways_that_lack_something_block_the_choice_and_say_so(client, written, bea):
    offer(written, bea, ways_explained=["council_managed"])
    client.force_login(bea)
    page = client.get(f"/cases/{written.case_id}/plan/choice/").content.decode()
    assert "A direct payment was not explained" in page and "Record the choice" not in page


def test_the_plan_in_force_says_that_its_price_has_another_in_its_place(client, uprated, listed, bea, mona, ada_user):
    case = in_force_again(uprated, bea, mona, ada_user)
    at = f"/cases/{case.pk}/plan/"
    client.force_login(bea)
    assert "new prices" not in client.get(at).content.decode()
    price(listed, 20_00, date(2027, 4, 1), bea)
    assert "Finance has the budget go on at the new prices. The plan stays" in client.get(at).content.decode()
