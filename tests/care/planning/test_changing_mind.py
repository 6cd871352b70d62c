"""Somebody changes their mind about how the budget is held: what they said is kept, and leads to what came of it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from leeway.care.circumstances.actions import record_death
from leeway.care.people.actions import finish_task, move_case
from leeway.care.people.events import Event
from leeway.care.people.models import Case, Task, Whose
from leeway.care.planning import actions
from leeway.care.planning.models import ChangeOfMind
from leeway.care.planning.queries import last_change_of_mind, open_change_of_mind
from leeway.care.review.models import Review
from leeway.messages.models import Message
from leeway.refusal import NotAllowed, Refusal
from tests.care.conftest import TODAY, explain, relate, seen_offer

WORDS = "The papers are too much since my fall."
WHY = "We talked it through: a payroll service does the papers from now on."


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


def change(case, by, way="council_managed", words=WORDS):
    return actions.change_mind(case=case, way=way, words=words, by=by, on=TODAY)


def waits(case, whose=Whose.WORKER):
    return list(Task.objects.filter(case=case, whose=whose, done_on=None).values_list("kind", flat=True))


def test_it_is_kept_as_it_was_said_and_the_worker_has_it_and_a_review_is_due(active, ada_user, bea):
    asked = change(active, ada_user)
    assert (asked.words, asked.way, asked.asked_by_name) == (WORDS, "council_managed", "Ada Bell")
    assert asked.instead_of.way == "direct_payment"
    assert Event.MIND_CHANGED in waits(active)
    review = Review.objects.get(case=active, held_on=None)
    assert review.due_on == TODAY + timedelta(weeks=4) and WORDS in review.asked_words
    active.refresh_from_db()
    assert active.stage == "active", "nothing else changes"


def test_nobody_must_say_why_or_which_way(active, ada_user):
    assert change(active, ada_user, way="not_sure", words=" ").words == ""


def test_one_change_of_mind_is_looked_at_after_another(active, ada_user, bea):
    change(active, ada_user)
    for again in ("service_fund", "council_managed"):
        with pytest.raises(Refusal, match="asked for this on 23 November 2026"):
            change(active, ada_user, way=again)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeOfMind.objects.create(
            case=active, instead_of=ChangeOfMind.objects.get().instead_of, way="mixed", asked_on=TODAY, asked_by=bea
        )
    actions.take_back_change_of_mind(case=active, by=ada_user, on=TODAY)
    assert Event.MIND_CHANGED not in waits(active)
    assert change(active, ada_user), "the same may be asked for again, word for word"
    actions.take_back_change_of_mind(case=active, by=ada_user, on=TODAY)
    waiting = change(active, ada_user, way="service_fund")
    assert last_change_of_mind(active) == waiting, "and no other of the same day"


def test_what_was_typed_where_somebody_else_asked_meanwhile_is_offered_again(active, ada_user, client):
    change(active, ada_user, way="service_fund")
    client.force_login(ada_user)
    address = reverse("planning:change_mind", args=[active.pk])
    page = client.post(address, {"way": "council_managed", "words": WORDS}).content.decode()
    assert WORDS in page and "offered to you here" in page
    client.post(reverse("planning:take_back_mind", args=[active.pk]))
    assert WORDS in client.get(address).content.decode()


def test_the_way_it_is_held_now_is_no_other_way(active, ada_user):
    with pytest.raises(Refusal, match="held in that way now") as refused:
        change(active, ada_user, way="direct_payment")
    assert refused.value.field == "way"


def test_a_helper_with_leave_may_ask_and_a_stranger_may_not(active, cyril):
    with pytest.raises(NotAllowed):
        change(active, cyril)
    relate(active.person, "Cyril Crane", "none", user=cyril, may_see_record=True)
    assert change(active, cyril).asked_by_name == cyril.name


def test_nobody_asks_before_there_is_a_choice_or_after_a_death(written, active, ada_user, bea):
    dead = Case.objects.get(pk=active.pk)
    record_death(case=dead, died_on=TODAY, told_by="Her brother", by=bea, on=TODAY)
    with pytest.raises(Refusal, match="died"):
        change(Case.objects.get(pk=active.pk), bea)


def test_without_a_choice_there_is_nothing_to_change(written, ada_user):
    with pytest.raises(Refusal, match="Nobody has chosen yet"):
        change(written.case, ada_user)


def test_the_new_choice_answers_it_and_each_leads_to_the_other(chosen, ada_user, bea):
    asked = change(chosen.case, ada_user)
    assert not Review.objects.filter(case=chosen.case).exists(), "the plan is being written: no review is needed"
    explain(chosen, bea)
    choice = actions.record_choice(
        plan=chosen, version=seen_offer(chosen), way="council_managed", words="Less paper for me.",
        why_not_direct_payment="paperwork", by=ada_user, on=TODAY,
    )  # fmt: skip
    asked.refresh_from_db()
    assert (asked.settled, asked.choice, choice.asked_for) == ("chosen", choice, asked)
    assert open_change_of_mind(chosen.case) is None
    assert Event.MIND_CHANGED not in waits(chosen.case)


def test_it_stays_as_it_is_with_reasons_and_the_person_is_told(active, ada_user, bea):
    change(active, ada_user)
    with pytest.raises(Refusal, match="why it stays") as refused:
        actions.answer_change_of_mind(case=active, words="No.", agreed=True, by=bea, on=TODAY)
    assert refused.value.field == "words"
    with pytest.raises(Refusal, match="agrees") as refused:
        actions.answer_change_of_mind(case=active, words=WHY, agreed=None, by=bea, on=TODAY)
    assert refused.value.field == "agreed"
    with pytest.raises(NotAllowed):
        actions.answer_change_of_mind(case=active, words=WHY, agreed=True, by=ada_user, on=TODAY)
    actions.answer_change_of_mind(case=active, words=WHY, agreed=True, by=bea, on=TODAY)
    assert not waits(active, Whose.MANAGER)
    assert Message.objects.filter(person_id=active.person_id, template="another_way").count() == 1


def test_where_that_is_not_agreed_the_manager_looks_at_it(active, ada_user, bea, mona):
    change(active, ada_user)
    settled = actions.answer_change_of_mind(case=active, words=WHY, agreed=False, by=bea, on=TODAY)
    assert waits(active, Whose.MANAGER) == [Event.MIND_REFUSED]
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        ChangeOfMind.objects.filter(pk=settled.pk).update(answer="Something else")
    with pytest.raises(Refusal, match="nothing to answer or take back"):
        actions.take_back_change_of_mind(case=active, by=ada_user, on=TODAY)


def page(client, case, name="planning:change_mind", **answers):
    address = reverse(name, args=[case.pk])
    answer = client.post(address, answers) if answers else client.get(address)
    return answer, answer.content.decode()


def test_the_page_says_what_happens_then_and_what_goes_on_meanwhile(active, client, ada_user, bea):
    client.force_login(ada_user)
    _, shown = page(client, active)
    assert "Change how your budget is held" in shown and "Not sure yet" in shown and "Managed account" in shown
    assert "Payments and support go on as they are now" in shown
    assert "before giving them notice" in shown, "she may employ somebody"
    answer, shown = page(client, active, way="")
    assert answer.status_code == 200 and "Choose how the budget should be held" in shown
    assert page(client, active, way="council_managed", words=WORDS)[0].status_code == 302
    _, shown = page(client, active)
    assert WORDS in shown and f"gets in touch by {TODAY + timedelta(days=5):%-d %B %Y}" in shown
    assert "Take this back" in shown and "Send this to" not in shown, "not twice"
    _, plan = page(client, active, "planning:overview")
    assert "What happens now" in plan
    client.post(reverse("planning:take_back_mind", args=[active.pk]))
    assert "Taken back on 23 November 2026" in page(client, active)[1]


def test_a_helper_reads_her_name_and_the_worker_where_it_is_answered(active, client, cyril, bea, ada_user):
    relate(active.person, "Cyril Crane", "none", user=cyril, may_see_record=True)
    change(active, ada_user)
    client.force_login(cyril)
    _, shown = page(client, active)
    assert "Change how Ada’s budget is held" in shown and "talks all four ways through with Ada" in shown
    client.force_login(bea)
    _, shown = page(client, active)
    assert (
        reverse("planning:answer_mind", args=[active.pk]) in shown and reverse("review:show", args=[active.pk]) in shown
    )
    assert page(client, active, "planning:answer_mind", words=WHY, agreed="True")[0].status_code == 302
    assert WHY in page(client, active)[1]


def test_finishing_the_task_settles_nothing(active, ada_user, bea):
    change(active, ada_user)
    finish_task(task=Task.objects.get(case=active, kind=Event.MIND_CHANGED), by=bea, on=TODAY)
    assert open_change_of_mind(active) is not None


def test_a_closed_case_holds_no_budget(active, ada_user, bea):
    move_case(case=active, to="review", kind="review_started", sentence="x", by=bea, on=TODAY)
    move_case(case=active, to="closed", kind="support_ended", sentence="x", by=bea, on=TODAY)
    with pytest.raises(Refusal, match="closed"):
        change(active, ada_user)
