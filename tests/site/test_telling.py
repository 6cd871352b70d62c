"""Who is told of an event: by a message, once, in the transaction of the event; and never somebody who has died."""

from datetime import UTC, date, datetime

import pytest

from leeway.care.circumstances import actions as circumstances
from leeway.care.circumstances.queries import standing_death
from leeway.care.people import actions as people
from leeway.care.people.events import Event
from leeway.care.people.models import Authority, Relationship, RelationshipKind, Task
from leeway.care.planning.models import Way
from leeway.messages import actions as outbox
from leeway.messages.models import Message
from leeway.messages.states import State
from leeway.messages.wording import wording_names
from leeway.money.budgets import actions as budgets
from leeway.money.budgets.models import HoldKind
from leeway.site import events
from leeway.site.telling import WAITS_BECAUSE
from leeway.versions import version_of

pytestmark = pytest.mark.django_db
ON, DIED = date(2026, 6, 4), date(2026, 6, 1)
NOON = datetime(2026, 6, 4, 12, tzinfo=UTC)


@pytest.fixture
def reachable(case):
    case.person.email = "ada@home.example"
    case.person.save()
    return case


@pytest.fixture
def tom(reachable):
    """Who settles what Ada leaves."""

    def recorded():
        return people.add_relationship(
            case=reachable,
            details={
                "name": "Tom Bell",
                "kind": RelationshipKind.SIBLING,
                "authority": Authority.REPRESENTATIVE,
                "evidence": "Named in the will, seen today",
                "email": "tom@home.example",
                "starts_on": ON,
            },
            by=reachable.worker,
            on=ON,
        )

    return recorded


def tell(case, kind, by):
    return people.tell(case=case, kind=kind, sentence="Something happened.", by=by, on=ON)


def sent(**known):
    return [(message.template, message.recipient_name) for message in Message.objects.filter(**known).order_by("pk")]


def test_every_notice_has_words():
    notices = [notice for row in events.EVENTS.values() for notice in row.notices]
    assert {notice.template for notice in notices} <= set(wording_names()) and len(notices) >= 6


@pytest.mark.parametrize(
    ("kind", "template"),
    [
        (Event.SIGNED_OFF, "plan_to_agree"),
        (Event.PLAN_RETURNED, "plan_returned"),
        (Event.ELIGIBLE, "decision_ready"),
        (Event.NOT_ELIGIBLE, "decision_ready"),
        (Event.MONEY_CHECK_DONE, "decision_ready"),
        (Event.DIRECT_PAYMENT_DECIDED, "decision_ready"),
    ],
)
def test_the_person_is_told(reachable, bea, mona, kind, template):
    tell(reachable, kind, mona)
    message = Message.objects.get()
    assert (message.template, message.address, message.case_id) == (template, "ada@home.example", reachable.pk)
    assert message.written_by == mona and message.state == State.WAITING


def test_a_second_event_of_a_kind_is_told_again(reachable, mona):
    tell(reachable, Event.PLAN_RETURNED, mona)
    tell(reachable, Event.PLAN_RETURNED, mona)
    assert Message.objects.count() == 2


def test_nobody_who_has_died_is_told_anything_even_what_was_waiting(reachable, bea, mona):
    tell(reachable, Event.PLAN_RETURNED, mona)
    circumstances.record_death(case=reachable, died_on=DIED, told_by="Her brother Tom, by phone", by=bea, on=ON)
    assert list(Message.objects.values_list("state", flat=True)) == [State.STOPPED]
    tell(reachable, Event.SIGNED_OFF, mona)
    tell(reachable, Event.MONEY_CHECK_DONE, mona)
    assert Message.objects.count() == 1


@pytest.mark.parametrize("known_before", [True, False])
def test_whoever_settles_what_is_left_is_written_to_once(reachable, tom, bea, known_before):
    if known_before:
        tom()
        assert not sent()
    circumstances.record_death(case=reachable, died_on=DIED, told_by="Her brother Tom, by phone", by=bea, on=ON)
    if not known_before:
        assert not sent()
        tom()
    reachable.refresh_from_db()
    tell(reachable, Event.RELATIONSHIP, bea)
    assert sent() == [("condolence", "Tom Bell")]
    words = Message.objects.get().body
    assert words.startswith("Dear Tom Bell,") and "Ada Bell has died" in words


def test_a_death_recorded_by_mistake_is_told_to_nobody_who_has_not_heard(reachable, tom, bea):
    tom()
    circumstances.record_death(case=reachable, died_on=DIED, told_by="Her brother Tom, by phone", by=bea, on=ON)
    circumstances.undo_death(
        case=reachable,
        version=version_of(standing_death(reachable.person)),
        because="It was her aunt, of the same name.",
        by=bea,
        on=ON,
    )
    assert sent(state=State.STOPPED) == [("condolence", "Tom Bell")]
    tell(reachable, Event.PLAN_RETURNED, bea)
    assert sent(state=State.WAITING) == [("plan_returned", "Ada Bell")]


@pytest.mark.parametrize("had_left", [True, False])
def test_whoever_was_condoled_by_mistake_is_owed_an_apology(reachable, tom, bea, had_left, settings):
    settings.DEMO = True  # a carrier that takes everything
    tom()
    circumstances.record_death(case=reachable, died_on=DIED, told_by="Her brother Tom, by phone", by=bea, on=ON)
    if had_left:
        outbox.send_due(at=NOON)
    death = standing_death(reachable.person)
    circumstances.undo_death(case=reachable, version=version_of(death), because="It was her aunt.", by=bea, on=ON)
    assert Task.objects.filter(kind=Event.DEATH_UNDONE, what__contains="apologise").exists() is had_left


def test_two_holds_on_one_day_are_each_told_as_what_they_are(reachable, agree, bank, finn):
    """Whatever their keys are: a second message never tells of the first hold again."""
    plan = agree(reachable, (Way.DIRECT_PAYMENT, 100_00, 0))
    bank(reachable)
    budget = budgets.start_budget(plan=plan, by=finn, on=date(2026, 4, 10))
    for kind in (HoldKind.HOSPITAL, HoldKind.SAFEGUARDING, HoldKind.REVIEW_OVERDUE):
        budgets.place_hold(budget=budget, kind=kind, reason="As the ward says.", last_on=ON, by=finn, on=ON)
    told = Message.objects.filter(template="payment_held").order_by("written_at").values_list("data", flat=True)
    assert [data["reason"] for data in told] == [
        WAITS_BECAUSE[HoldKind.HOSPITAL],
        WAITS_BECAUSE[HoldKind.REVIEW_OVERDUE],
    ]


@pytest.mark.parametrize("kind", [HoldKind.HOSPITAL, HoldKind.REVIEW_OVERDUE, HoldKind.SAFEGUARDING])
def test_why_payments_wait_is_told_but_never_a_safeguarding_concern(reachable, agree, bank, finn, kind):
    plan = agree(reachable, (Way.DIRECT_PAYMENT, 100_00, 0))
    bank(reachable)
    budget = budgets.start_budget(plan=plan, by=finn, on=date(2026, 4, 10))
    budgets.place_hold(budget=budget, kind=kind, reason="Ward 7, since Monday.", last_on=ON, by=finn, on=ON)
    told = Message.objects.filter(template="payment_held")
    assert told.count() == (kind in WAITS_BECAUSE)
    assert not any("Ward 7" in message.body or "afeguarding" in message.body for message in told)


def test_a_message_that_does_not_arrive_is_a_task_until_it_is_sent_again(reachable, bea, mona, settings):
    settings.DEMO = True
    reachable.person.email = "bounce@home.example"
    reachable.person.save()
    tell(reachable, Event.PLAN_RETURNED, mona)
    outbox.send_due(at=NOON)
    outbox.read_back_all(at=NOON)
    task = Task.objects.get(kind=Event.MESSAGE_FAILED)
    assert (task.whose, task.done_on, "did not arrive" in task.what) == ("worker", None, True)
    reachable.person.email = "ada@new.example"
    reachable.person.save()
    people.send_again(case=reachable, message=Message.objects.get(), by=bea, on=ON)
    task.refresh_from_db()
    assert (task.done_by, task.done_on) == (bea, ON)


def test_letters_to_post_are_one_task_until_all_are_posted(case, bea, mona):
    case.person.address = "1 Quay Street, Fairbourne"
    case.person.save()
    tell(case, Event.PLAN_RETURNED, mona)
    tell(case, Event.SIGNED_OFF, mona)
    first, second = Message.objects.filter(state=State.TO_PRINT)
    task = Task.objects.get(kind=Event.LETTER_TO_POST)
    people.record_posted(case=case, message=first, by=bea, on=ON)
    task.refresh_from_db()
    assert task.done_on is None
    people.record_posted(case=case, message=second, by=bea, on=ON)
    task.refresh_from_db()
    assert task.done_on == ON


def test_a_supporter_is_not_told_what_is_the_persons(reachable, tom, mona):
    tom()
    tell(reachable, Event.PLAN_RETURNED, mona)
    assert sent() == [("plan_returned", "Ada Bell")]
    assert Relationship.objects.count() == 1
