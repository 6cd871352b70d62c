"""Every action on a person and those around them, for somebody who has died: refused, or fitting."""

import inspect

import pytest

from leeway.access.models import User
from leeway.care.circumstances.actions import record_death
from leeway.care.people import actions, leave
from leeway.care.people.models import Authority, Case, CaseKind, Person, Relationship
from leeway.messages.models import Message
from leeway.refusal import Refusal
from leeway.versions import version_of
from tests.conftest import TODAY

#: What serves to settle what is left, or corrects the record.
FITTING = {
    "accept_leave", "add_file", "change_person", "close_case", "decline_leave", "end_leave", "end_relationship",
    "finish_task", "give_case", "give_leave", "record_posted", "record_returned", "write_to_supporter",
}  # fmt: skip
#: What other actions call; each of those asks by itself. And what begins with nobody who could have died.
WITHIN = {
    "tell", "tell_many", "tell_of_words", "set_task", "set_tasks", "finish_tasks", "finish_tasks_of_many", "end_tasks",
    "open_tasks_again",
    "finish_message_tasks", "tell_every_case", "claim_relationship", "write_anew",
    "add_person",
    "write_to_people",  # whoever has died is left out, and nobody else's message stops for it
}  # fmt: skip
REFUSED = {
    "open_case": lambda case, by: actions.open_case(
        person=case.person, details={"team": case.team, "kind": CaseKind.ADULT, "request_words": "x"}, by=by, on=TODAY
    ),
    "invite_person": lambda case, by: actions.invite_person(
        case=case, email="ada@new.example", site_address="http://localhost", by=by, on=TODAY
    ),
    "decide_capacity": lambda case, by: actions.decide_capacity(
        case=case,
        details={"question": "money", "has_capacity": True, "how_supported": "", "reasons": "x"},
        by=by,
        on=TODAY,
    ),
    "add_relationship": lambda case, by: around(case, by, Authority.NOMINATED),
    "move_case": lambda case, by: actions.move_case(
        case=case, to="assessment", kind="assessment_started", sentence="x", by=by, on=TODAY
    ),
    "write_to_person": lambda case, by: actions.write_to_person(
        case=case, template="plan_returned", data={"worker": "Bea"}, key="k", by=by, on=TODAY
    ),
    "reopen_case": lambda case, by: actions.reopen_case(
        case=case, reason="She rang", version=version_of(case, *actions.WHERE_IT_STANDS), by=by, on=TODAY
    ),
    "send_again": lambda case, by: actions.send_again(case=case, message=failed(case, by), by=by, on=TODAY),
}


def around(case, by, authority, **more):
    details = {
        "name": "Tom Bell",
        "kind": "sibling",
        "authority": authority,
        "evidence": "Form seen",
        "starts_on": TODAY,
    }
    return actions.add_relationship(case=case, details=details | more, by=by, on=TODAY)


def failed(case, by):
    return Message.objects.get(person_id=case.person_id)


@pytest.fixture
def dead(case, bea, mona):
    message = actions.write_to_person(
        case=case, template="plan_returned", data={"worker": "Bea"}, key="before", by=mona, on=TODAY
    )
    actions.record_posted(case=case, message=message, by=bea, on=TODAY)
    actions.record_returned(case=case, message=message, reason="Moved away", by=bea, on=TODAY)
    Person.objects.filter(pk=case.person_id).update(user=None)
    record_death(case=Case.objects.get(pk=case.pk), died_on=TODAY, told_by="Tom, by phone", by=bea, on=TODAY)
    return Case.objects.get(pk=case.pk)


def test_every_action_says_what_it_is_for_the_dead():
    """A new action is put into one of the lists above."""
    public = {
        name
        for module in (actions, leave)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    assert public == FITTING | WITHIN | set(REFUSED)


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused(dead, bea, what):
    """“Hello Kofi…” was mailed to somebody who had died, and a new case was opened for him."""
    before = Message.objects.count(), User.objects.count(), Case.objects.count(), Relationship.objects.count()
    with pytest.raises(Refusal, match="died"):
        REFUSED[what](dead, bea)
    assert before == (
        Message.objects.count(), User.objects.count(), Case.objects.count(), Relationship.objects.count()
    )  # fmt: skip


def test_a_carers_request_for_somebody_who_has_died_is_refused(dead, team, bea):
    pat = Person.objects.create(given_name="Pat", family_name="Hughes", date_of_birth=TODAY.replace(year=1960))
    details = {"team": team, "kind": CaseKind.CARER, "cared_for": dead.person, "request_words": "x"}
    with pytest.raises(Refusal, match="has died") as refused:
        actions.open_case(person=pat, details=details, by=bea, on=TODAY)
    assert refused.value.field == "cared_for"


def test_whoever_settles_what_is_left_is_recorded_once_they_do(dead, bea):
    """One who starts in 2119 was condoled at once."""
    with pytest.raises(Refusal, match="is more than 5 years from now"):
        around(dead, bea, Authority.REPRESENTATIVE, starts_on=TODAY.replace(year=2119))
    with pytest.raises(Refusal, match="in the future"):
        around(dead, bea, Authority.REPRESENTATIVE, starts_on=TODAY.replace(year=2027))
    Relationship.objects.create(
        person=dead.person, name="Ruth", kind="child", authority="representative", evidence="Form seen",
        starts_on=TODAY.replace(year=2119),
    )  # fmt: skip
    around(dead, bea, Authority.REPRESENTATIVE)
    assert [message.recipient_name for message in Message.objects.filter(template="condolence")] == ["Tom Bell"]
