"""Whoever waits for money is told that it was sent, and in time that it will be late."""

from datetime import date, timedelta

import pytest

from leeway.care.circumstances import actions as circumstances
from leeway.care.people.events import Event
from leeway.care.people.models import Task
from leeway.care.planning.models import Way
from leeway.messages.models import Message
from leeway.money.budgets.actions import lift_hold, place_hold, start_budget
from leeway.money.budgets.models import HoldKind
from leeway.money.payments.actions import approve_run, record_sent
from leeway.money.payments.making import make_faster_run, make_run
from leeway.money.payments.money_now import money_now
from leeway.money.payments.notices import tell_of_late, tell_of_sent
from tests.conftest import SET_UP_ON

pytestmark = pytest.mark.django_db
FIRST_DUE = date(2026, 4, 22)  # a Wednesday: the bank must have the file by Monday
LAST_DAY, DAY_AFTER = date(2026, 4, 20), date(2026, 4, 21)


@pytest.fixture
def waiting(case, agree, bank, finn):
    """Ada, who hears by email, waits for her first payment."""
    case.person.email = "ada@example.org"
    case.person.save(update_fields=["email"])
    plan = agree(case, (Way.DIRECT_PAYMENT, 280_00, 0))
    bank(case)
    return start_budget(plan=plan, by=finn, on=SET_UP_ON)


def messages(template):
    return Message.objects.filter(template=template)


def late_tasks():
    return Task.objects.filter(kind=Event.PAYMENT_LATE, done_on=None)


def test_a_payment_that_bacs_cannot_bring_in_time_is_late(waiting, case):
    assert tell_of_late(on=LAST_DAY) == 0 and not money_now(case, LAST_DAY).next.late
    assert [tell_of_late(on=DAY_AFTER) for _ in range(2)] == [1, 0]
    (message,) = messages("payment_late")
    assert "in time for 22 April 2026" in message.body and "we are sorry" in message.body
    assert late_tasks().get().whose == "finance"
    now = money_now(case, DAY_AFTER)
    assert now.next.late and now.next.due == FIRST_DUE and now.next.arrives_on == date(2026, 4, 23)
    assert now.arrived is None and not now.on_the_way and not now.came_back


def test_what_is_on_hold_is_not_late_by_mistake(waiting, finn):
    place_hold(
        budget=waiting, kind=HoldKind.REVIEW_OVERDUE, reason="Not reviewed", last_on=DAY_AFTER, by=finn, on=LAST_DAY
    )
    assert tell_of_late(on=DAY_AFTER) == 0


def test_what_was_on_hold_when_it_was_to_be_sent_was_told_then(waiting, finn):
    hold = place_hold(
        budget=waiting, kind=HoldKind.REVIEW_OVERDUE, reason="Not reviewed", last_on=DAY_AFTER, by=finn, on=LAST_DAY
    )
    lift_hold(hold=hold, by=finn, on=DAY_AFTER)
    assert tell_of_late(on=DAY_AFTER) == 0


def test_what_came_back_was_told_then(waiting, finn, paid):
    paid(make_run(pay_on=FIRST_DUE, by=finn, on=LAST_DAY), LAST_DAY, returned={1: "account closed"})
    lift_hold(hold=waiting.holds.get(), by=finn, on=FIRST_DUE)
    assert tell_of_late(on=FIRST_DUE) == 0


def test_what_was_due_before_its_budget_was_set_up_is_no_mistake_of_then(case, agree, bank, finn):
    plan = agree(case, (Way.DIRECT_PAYMENT, 280_00, 0), starts_on=SET_UP_ON - timedelta(days=3))
    bank(case)
    start_budget(plan=plan, by=finn, on=SET_UP_ON)
    assert tell_of_late(on=SET_UP_ON + timedelta(days=1)) == 0


def test_a_run_that_was_approved_and_not_sent_is_late_too(waiting, finn, fay):
    run = make_run(pay_on=FIRST_DUE, by=finn, on=LAST_DAY)
    approve_run(run=run, by=fay, on=LAST_DAY)
    assert tell_of_late(on=DAY_AFTER) == 1


def test_who_hears_by_email_is_told_that_it_was_sent(waiting, case, finn, sent):
    tell_of_late(on=DAY_AFTER)
    run = make_run(pay_on=date(2026, 4, 24), by=finn, on=DAY_AFTER)
    assert tell_of_sent(on=DAY_AFTER) == 0
    sent(run, DAY_AFTER)
    assert not late_tasks()
    assert [tell_of_sent(on=DAY_AFTER) for _ in range(2)] == [1, 0]
    (message,) = messages("payment_sent")
    assert "24 April 2026" in message.body and tell_of_late(on=date(2026, 4, 22)) == 0
    now = money_now(case, DAY_AFTER)
    (on_its_way,) = now.on_the_way
    assert on_its_way.standing.status == "Sent" and now.next.due > FIRST_DUE and not now.next.late


def test_whoever_is_paid_the_same_day_is_told_when_it_is_sent_and_once(waiting, finn, sent):
    due = waiting.parts.get().instalments.order_by("due_on").first()
    run = make_faster_run(pay_on=FIRST_DUE, only=[due.pk], why="Ada has no money", by=finn, on=FIRST_DUE)
    sent(run, FIRST_DUE)
    (message,) = messages("payment_sent")
    assert "22 April 2026" in message.body and message.person_id == run.payments.get().case.person_id
    assert tell_of_sent(on=FIRST_DUE + timedelta(days=1)) == 0 and messages("payment_sent").count() == 1


def test_a_run_recorded_as_sent_on_its_very_day_is_told_the_night_after(waiting, finn, fay):
    run = approve_run(run=make_run(pay_on=FIRST_DUE, by=finn, on=LAST_DAY), by=fay, on=LAST_DAY)
    record_sent(run=run, sent_on=LAST_DAY, by=fay, on=FIRST_DUE)
    assert [tell_of_sent(on=FIRST_DUE + timedelta(days=days)) for days in (1, 1, 2)] == [1, 0, 0]


def test_who_hears_on_paper_reads_it_on_their_page(waiting, case, finn, sent):
    case.person.email, case.person.address, case.person.postcode = "", "1 Mill Lane, Fairbourne", "FB1 1AA"
    case.person.save(update_fields=["email", "address", "postcode"])
    sent(make_run(pay_on=FIRST_DUE, by=finn, on=LAST_DAY), LAST_DAY)
    assert tell_of_sent(on=LAST_DAY) == 0 and not messages("payment_sent")


def test_who_has_died_is_told_nothing(waiting, case, finn, bea, sent):
    sent(make_run(pay_on=FIRST_DUE, by=finn, on=LAST_DAY), LAST_DAY)
    circumstances.record_death(case=case, died_on=LAST_DAY, told_by="Tom, by phone", by=bea, on=DAY_AFTER)
    assert tell_of_sent(on=DAY_AFTER) == tell_of_late(on=date(2026, 5, 12)) == 0
