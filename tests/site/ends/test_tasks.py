"""Which tasks are over when something happens, and what a mistaken death gives back."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from leeway.care.circumstances import actions as circumstances
from leeway.care.people import actions as people
from leeway.care.people.events import Event
from leeway.care.people.models import Case, Person, Whose
from leeway.care.planning.models import Way
from leeway.care.review import actions as reviews
from leeway.care.review.queries import next_review, version_of_next
from leeway.messages.models import Message
from leeway.messages.states import State
from leeway.money.budgets import actions as budgets
from leeway.money.budgets.models import HoldKind
from leeway.money.payees import actions as payees
from leeway.money.payees.models import Holder
from leeway.money.payments.making import NothingToPay, make_run
from leeway.refusal import Refusal
from leeway.site import events
from leeway.site.case_now import CaseNow
from leeway.site.casepage import parts
from leeway.versions import version_of
from tests.site.ends.conftest import AWAY, BACK, DIED, END, FIND, LIVES, NEXT, ON, PAY_ON, STARTED, WAITS, tasks


def test_every_task_is_ended_by_some_event_or_by_hand():
    asked = {kind for kind, row in events.EVENTS.items() if row.tasks}
    asked |= {Event.REVIEW_DUE, Event.CHARGE_CHANGES, Event.PAYMENT_LATE, Event.CARED_FOR_DIED}
    asked |= {Event.MESSAGE_FAILED, Event.LETTER_TO_POST, Event.DISPUTE_OPENED, Event.DISPUTE_ENDED}
    asked |= {Event.RECOVERY_GIVEN_BACK}
    over = {kind for row in events.EVENTS.values() for each in row.over for kind in each.kinds}
    assert asked - over - events.BY_HAND == {Event.LETTER_TO_POST}  # over with the letter itself
    assert over <= asked


def test_a_death_undone_ends_what_the_death_had_asked_and_the_other_way_round(ada_case, die, undo):
    die()
    assert {END, FIND} <= tasks(ada_case)
    undo()
    assert not {END, FIND} & tasks(ada_case) and LIVES in tasks(ada_case)
    die()
    assert {END, FIND} <= tasks(ada_case) and LIVES not in tasks(ada_case)


def test_undoing_a_death_gives_back_every_task_whose_cause_stands(budget, ada_case, die, undo, go_to, finn, bea):
    people.set_task(case=ada_case, kind=Event.REVIEW_DUE, what="Hold it.", whose=Whose.WORKER, due_on=ON, on=STARTED)
    budgets.place_hold(
        budget=budget, kind=HoldKind.REVIEW_OVERDUE, reason="Is late", last_on=STARTED, by=finn, on=STARTED
    )
    go_to("hospital", starts_on=date(2026, 5, 1))
    before = tasks(ada_case)
    assert {"Hold it.", WAITS, AWAY} <= before
    die()
    assert not {"Hold it.", WAITS, AWAY} & tasks(ada_case)
    undo()
    assert before <= tasks(ada_case)


def test_what_is_over_meanwhile_does_not_come_back(budget, ada_case, die, undo, go_to, finn, bea):
    stay = go_to("hospital", starts_on=date(2026, 5, 1))
    hold = budgets.place_hold(
        budget=budget, kind=HoldKind.REVIEW_OVERDUE, reason="Is late", last_on=STARTED, by=finn, on=STARTED
    )
    die()
    circumstances.end_stay(case=ada_case, stay=stay, ends_on=date(2026, 5, 20), by=bea, on=ON)
    budgets.lift_hold(hold=hold, by=finn, on=ON)
    undo()
    assert not {AWAY, WAITS} & tasks(ada_case) and BACK in tasks(ada_case)


def test_a_task_that_somebody_had_done_stays_done(ada_case, die, undo, bea):
    task = people.set_task(case=ada_case, kind=Event.REVIEW_DUE, what="Hold it.", whose="worker", due_on=ON, on=ON)
    people.finish_task(task=task, by=bea, on=ON)
    die()
    undo()
    assert "Hold it." not in tasks(ada_case)


def test_a_message_that_a_mistaken_death_stopped_can_be_sent_again_and_a_condolence_cannot(
    ada_case, die, undo, settles, bea, client
):
    due_on = f"{next_review(ada_case).due_on:%-d %B %Y}"
    late = people.write_to_person(
        case=ada_case, template="review_due", data={"worker": "Bea", "due_on": due_on}, key="late", by=bea, on=ON
    )
    die()
    settles()
    undo()
    late.refresh_from_db()
    condolence = Message.objects.get(template="condolence")
    assert late.state == condolence.state == State.STOPPED
    client.force_login(bea)
    at = f"/cases/{ada_case.pk}/messages/"
    assert "Send it again" in client.get(f"{at}{late.pk}/").content.decode()
    assert "Send it again" not in client.get(f"{at}{condolence.pk}/").content.decode()
    again = people.send_again(case=ada_case, message=late, by=bea, on=NEXT)
    assert again.instead_of == late and again.state in {State.WAITING, State.TO_PRINT}
    with pytest.raises(Refusal, match="a death that was recorded by mistake"):
        people.send_again(case=ada_case, message=condolence, by=bea, on=NEXT)


def test_the_account_of_whoever_settles_is_not_paid_once_the_person_lives(
    budget, ada_case, die, undo, settles, finn, fay
):
    die()
    settles()
    payee = payees.enter_details(
        case=ada_case, way=Way.DIRECT_PAYMENT, holder=Holder.REPRESENTATIVE, account_name="Tom Bell",
        sort_code="12-34-56", account_number="87654321", by=finn, on=ON,
    )  # fmt: skip
    payees.approve_details(payee=payee, by=fay, on=ON)
    undo()
    with pytest.raises(NothingToPay):
        make_run(pay_on=PAY_ON, by=finn, on=NEXT)


def test_a_carers_worker_is_not_left_to_speak_of_a_death_that_was_none(ada_case, die, undo, team, bea):
    pat = Person.objects.create(given_name="Pat", family_name="Hughes", date_of_birth=date(1960, 1, 1))
    own = Case.objects.create(
        person=pat, kind="carer", cared_for=ada_case.person, team=team, worker=bea, opened_on=ON, request_words="Tired."
    )
    die()
    undo()
    assert tasks(own) == set()
    die()
    people.finish_task(task=own.tasks.get(done_on=None), by=bea, on=ON)
    undo()
    assert {what.partition(":")[0] for what in tasks(own)} == {"Ada Bell, whom Pat Hughes looks after, has not died"}
    circumstances.record_death(case=own, died_on=DIED, told_by="A nurse, by phone", by=bea, on=ON)
    assert not any("Speak with Pat" in what for what in tasks(own))


def test_the_end_of_the_budget_ends_its_tasks_and_one_of_them_is_enough(ada_case, die, end, bea, go_to):
    go_to("hospital", starts_on=date(2026, 5, 1))
    die()
    people.close_case(
        case=ada_case, reason="Everything is settled.", version=version_of(ada_case, "stage"), by=bea, on=ON
    )
    assert tasks(ada_case) == {"Ada Bell’s case is closed. End the budget."}
    end()
    assert tasks(ada_case) == set()


def test_whoever_settles_is_looked_for_until_recorded_and_again_when_they_no_longer_do(ada_case, die, settles, bea):
    die()
    tom = settles()
    assert FIND not in tasks(ada_case)
    people.end_relationship(case=ada_case, relationship=tom, ends_on=ON, version=version_of(tom), by=bea, on=NEXT)
    assert FIND in tasks(ada_case)


def test_a_hold_and_the_end_of_a_stay_end_what_the_stay_asked(budget, ada_case, go_to, finn, bea):
    stay = go_to("hospital")
    budgets.place_hold(budget=budget, kind=HoldKind.SAFEGUARDING, reason="A concern", last_on=ON, by=finn, on=ON)
    assert AWAY in tasks(ada_case)  # that was not decided because of the stay
    hold = budgets.place_hold(budget=budget, kind=HoldKind.HOSPITAL, reason="In St Mary's", last_on=ON, by=finn, on=ON)
    assert AWAY not in tasks(ada_case)
    circumstances.end_stay(case=ada_case, stay=stay, ends_on=ON, by=bea, on=ON)
    assert BACK in tasks(ada_case)
    budgets.lift_hold(hold=hold, days_because="As agreed.", by=finn, on=NEXT)
    assert BACK not in tasks(ada_case) and WAITS in tasks(ada_case)


def test_a_review_ends_what_asked_for_it_and_a_plan_sent_for_sign_off_what_sent_it_back(ada_case, ada_user, bea):
    reviews.ask_for_due_reviews(on=ON + timedelta(days=120))
    due = tasks(ada_case)
    assert any(what.startswith("Hold Ada Bell’s review") for what in due)
    reviews.ask_for_review(case=ada_case, words="It is not enough.", by=ada_user, on=ON)
    assert tasks(ada_case) == {"Agree a day for Ada Bell’s review."}
    reviews.open_review(case=ada_case, version=version_of_next(ada_case), by=bea, on=ON)
    assert tasks(ada_case) == set()
    for kind in (Event.PLAN_RETURNED, Event.DISAGREED, Event.CHOICE):
        people.tell(case=ada_case, kind=kind, sentence="So.", by=ada_user, on=ON)
    assert len(tasks(ada_case)) == 3
    people.tell(case=ada_case, kind=Event.PLAN_SUBMITTED, sentence="Sent.", by=bea, on=ON)
    assert tasks(ada_case) == set()


def test_the_journey_of_a_closed_case_says_what_was_done(ada_case, die, bea, another_case, client):
    die()
    client.force_login(bea)
    page = client.get(f"/cases/{ada_case.pk}/").content.decode()
    assert "Being settled after a death" in page and "Support in place" not in page and "In force" not in page
    people.close_case(
        case=ada_case, reason="Everything is settled.", version=version_of(ada_case, "stage"), by=bea, on=ON
    )
    said = {part.name: part.status for part in parts(CaseNow(ada_case, ON, seen_by=bea), {}, care_too=True)}
    assert (said["Support plan and choice"], said["Budget and payments"]) == ("Ended", "Ended")
    never = another_case("Zoe")
    people.close_case(case=never, reason="No longer wanted.", version=version_of(never, "stage"), by=bea, on=ON)
    said = {part.name: part.status for part in parts(CaseNow(never, ON, seen_by=bea), {}, care_too=True)}
    assert {said[part] for part in ("Assessment and eligibility", "Money check", "Budget and payments")} == {
        "There was none"
    }


def test_the_persons_front_page_says_that_payments_are_on_hold(budget, ada_user, finn, client):
    client.force_login(ada_user)
    assert "on hold" not in client.get("/home/").content.decode()
    budgets.place_hold(budget=budget, kind=HoldKind.HOSPITAL, reason="In St Mary's", last_on=ON, by=finn, on=ON)
    page = client.get("/home/").content.decode()
    assert "Your payments are on hold.</strong> In hospital." in page


def test_pages_of_the_dead_offer_nothing_that_is_refused(ada_case, die, bea, finn, client):
    at = f"/cases/{ada_case.pk}/"
    client.force_login(bea)
    assert client.get(f"{at}stays/add/").status_code == client.get(f"{at}review/start/").status_code == 200
    die()
    for page in ("stays/add/", "review/start/", "review/ask/"):
        answer = client.get(at + page)
        assert answer.status_code == 403 and "died on 31 May 2026" in answer.content.decode()
    words = client.get(f"{at}review/").content.decode()
    assert not any(offer in words for offer in ("is due by", "Start a review", "Ask for a review"))
    assert "Ada died on 31 May 2026" in words
    for page in ("assessment:overview", "assessment:money", "planning:overview"):
        answer = client.get(reverse(page, args=[ada_case.pk]), follow=True)
        assert answer.status_code == 200 and "Start " not in answer.content.decode().partition("<main")[2]
    client.force_login(finn)
    assert "Start a" not in client.get(reverse("assessment:money", args=[ada_case.pk])).content.decode()
    client.force_login(bea)
    closing = client.get(f"{at}close/").content.decode()
    assert "before support starts" not in closing and "settled" in closing
    assert "The person will read this" not in closing
