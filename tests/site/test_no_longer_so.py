"""A message leaves only for the address of now, and is sent again only while what it tells is so."""

from datetime import UTC, date, datetime

import pytest

from leeway.care.circumstances import actions as circumstances
from leeway.care.people import actions as people
from leeway.care.people import leave
from leeway.care.people.events import Event
from leeway.care.people.models import Authority, Case, Relationship, Task
from leeway.care.planning.models import Plan, PlanState, Way
from leeway.care.review.actions import ask_for_due_reviews
from leeway.care.review.models import Review
from leeway.messages import actions as outbox
from leeway.messages.models import Message
from leeway.messages.states import State
from leeway.money.budgets import actions as budgets
from leeway.money.budgets.models import HoldKind
from leeway.refusal import Refusal
from leeway.site.telling import STILL_SO
from leeway.versions import version_of
from tests.conftest import SET_UP_ON

ON, NOON = date(2026, 6, 4), datetime(2026, 6, 4, 12, tzinfo=UTC)
DETAILS = (
    "given_name",
    "family_name",
    "date_of_birth",
    "nhs_number",
    "address",
    "postcode",
    "phone",
    "email",
    "hears_by",
)


@pytest.fixture
def reachable(case):
    case.person.email = "ada@home.example"
    case.person.save()
    return case


def change(case, by, **details):
    person = type(case.person).objects.get(pk=case.person_id)
    known = {name: getattr(person, name) for name in DETAILS}
    people.change_person(person=person, details=known | details, version=person.version, by=by, on=ON)


def came_back(message, by):
    """Have a message leave, and come back."""
    outbox.send_due(at=NOON)
    message.refresh_from_db()
    case = Case.objects.get(pk=message.case_id)
    if message.state == State.TO_PRINT:
        people.record_posted(case=case, message=message, by=by, on=ON)
    people.record_returned(case=case, message=message, reason="It came back.", by=by, on=ON)
    message.refresh_from_db()
    return message


class TestSentAgain:
    def condolence(self, case, bea, **_more):
        Relationship.objects.create(
            person=case.person, name="Tom Bell", kind="sibling", authority=Authority.REPRESENTATIVE,
            evidence="Form seen",
            email="tom@home.example", starts_on=ON,
        )  # fmt: skip
        death = circumstances.record_death(case=case, died_on=ON, told_by="Tom, by phone", by=bea, on=ON)
        seen = version_of(death)
        return lambda: circumstances.undo_death(case=case, version=seen, because="It was her aunt.", by=bea, on=ON)

    def payment_held(self, case, finn, agree, bank, **_more):
        bank(case)
        budget = budgets.start_budget(plan=agree(case, (Way.DIRECT_PAYMENT, 100_00, 0)), by=finn, on=SET_UP_ON)
        hold = budgets.place_hold(
            budget=budget, kind=HoldKind.HOSPITAL, reason="In hospital.", last_on=ON, by=finn, on=ON
        )
        return lambda: budgets.lift_hold(hold=hold, days_because="As agreed.", by=finn, on=ON)

    def plan_returned(self, case, mona, **_more):
        Plan.objects.create(case=case, number=1, state=PlanState.DRAFT, started_on=ON)
        people.tell(case=case, kind=Event.PLAN_RETURNED, sentence="Returned.", by=mona, on=ON)
        return lambda: Plan.objects.update(state=PlanState.SUBMITTED)

    def plan_to_agree(self, case, mona, agree, **_more):
        plan = agree(case, (Way.DIRECT_PAYMENT, 100_00, 0))
        Plan.objects.filter(pk=plan.pk).update(state=PlanState.SIGNED_OFF)
        people.tell(case=case, kind=Event.SIGNED_OFF, sentence="Signed off.", by=mona, on=ON)
        return lambda: Plan.objects.update(state=PlanState.AGREED)

    def review_due(self, case, **_more):
        Case.objects.filter(pk=case.pk).update(stage="active")
        Review.objects.create(case=case, due_on=date(2026, 6, 20))
        ask_for_due_reviews(on=ON)
        return lambda: Review.objects.update(due_on=date(2026, 9, 20))

    @pytest.fixture
    def told(self, request, reachable, bea, mona, finn, agree, bank, settings):
        """A message of a kind that came back, and what makes it untrue."""
        settings.DEMO = True
        known = {"bea": bea, "mona": mona, "finn": finn, "agree": agree, "bank": bank}
        ceases = getattr(self, request.param)(reachable, **known)
        return came_back(Message.objects.get(template=request.param), bea), ceases

    @pytest.mark.parametrize("told", STILL_SO, indirect=True)
    def test_only_while_it_is_so(self, client, told, bea):
        """A condolence for somebody who lives was offered to be sent again, and was."""
        message, ceases = told
        here = f"/cases/{message.case_id}/messages/{message.pk}/"
        client.force_login(bea)
        assert "Send it again" in client.get(here).content.decode()
        ceases()
        page = client.get(here).content.decode()
        assert "Send it again" not in page and "no longer so" in page
        client.post(f"{here}again/")
        with pytest.raises(Refusal):
            people.send_again(case=Case.objects.get(pk=message.case_id), message=message, by=bea, on=ON)
        assert not Message.objects.filter(instead_of=message).exists()

    @pytest.mark.parametrize("told", STILL_SO, indirect=True)
    def test_while_it_is_so(self, told, bea):
        message, _ceases = told
        again = people.send_again(case=Case.objects.get(pk=message.case_id), message=message, by=bea, on=ON)
        assert again.instead_of == message


class TestAnAddressThatChanges:
    """A message that waited still left for the address of before, up to 45 hours later."""

    @pytest.fixture
    def waiting(self, reachable, mona):
        people.tell(case=reachable, kind=Event.PLAN_RETURNED, sentence="Returned.", by=mona, on=ON)
        return Message.objects.get()

    @pytest.mark.parametrize(
        ("details", "channel", "address"),
        [
            ({"email": "ada@new.example"}, "email", "ada@new.example"),
            ({"email": ""}, "print", ""),
            (
                {"hears_by": "post", "address": "1 Quay Street, Fairbourne"},
                "print",
                "1 Quay Street\nFairbourne\nFB1 2AB",
            ),
        ],
    )
    @pytest.mark.parametrize("state", [State.WAITING, State.SENDING])
    def test_is_where_it_goes(self, reachable, waiting, bea, details, channel, address, state):
        if state == State.SENDING:
            Message.objects.update(state=State.SENDING, attempts=1)
        change(reachable, bea, **details)
        waiting.refresh_from_db()
        anew = Message.objects.get(instead_of=waiting)
        assert (waiting.state, waiting.settled_by) == (State.STOPPED, bea)
        assert (anew.channel, anew.address, anew.body) == (channel, address, waiting.body)

    def test_leaves_alone_what_goes_there_anyhow(self, reachable, waiting, bea):
        change(reachable, bea, phone="07700 900 982", family_name="Bellamy")
        assert Message.objects.get() == waiting

    def test_leaves_alone_what_has_left(self, reachable, waiting, bea, settings):
        settings.DEMO = True
        outbox.send_due(at=NOON)
        change(reachable, bea, email="ada@new.example")
        assert Message.objects.count() == 1

    def test_ends_the_task_of_a_letter_that_is_no_letter_now(self, case, bea, mona):
        people.tell(case=case, kind=Event.PLAN_RETURNED, sentence="Returned.", by=mona, on=ON)
        assert Task.objects.filter(kind=Event.LETTER_TO_POST, done_on=None).exists()
        change(case, bea, email="ada@new.example")
        assert not Task.objects.filter(kind=Event.LETTER_TO_POST, done_on=None).exists()

    def test_of_somebody_around_them_too(self, reachable, bea):
        tom = Relationship.objects.create(
            person=reachable.person, name="Tom Bell", kind="sibling", authority=Authority.REPRESENTATIVE,
            evidence="Form seen", email="tom@home.example", starts_on=ON,
        )  # fmt: skip
        circumstances.record_death(case=reachable, died_on=ON, told_by="Tom, by phone", by=bea, on=ON)
        leave.give_leave(
            case=reachable, relationship=tom, email="tom@new.example", agreed="In her will.",
            site_address="http://localhost", version=version_of(tom), by=bea, on=ON,
        )  # fmt: skip
        addresses = {message.state: message.address for message in Message.objects.filter(template="condolence")}
        assert addresses == {State.STOPPED: "tom@home.example", State.WAITING: "tom@new.example"}
