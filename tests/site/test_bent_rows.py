"""What stands in the database is not bent by whoever reaches it: a task, a message, a death, a hold."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from leeway.care.circumstances import actions as circumstances
from leeway.care.circumstances.models import Death
from leeway.care.people import actions as people
from leeway.care.people.events import Event
from leeway.care.people.models import Case, Person, Task
from leeway.care.planning.models import Way
from leeway.messages.models import Message
from leeway.messages.states import MOVES, State
from leeway.money.budgets import actions as budgets
from leeway.money.budgets.models import Hold, HoldKind
from leeway.versions import version_of
from tests.conftest import SET_UP_ON

ON = date(2026, 6, 4)


def refused(bend, match=None):
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        bend()
        connection.check_constraints()


@pytest.fixture
def hold(case, agree, bank, finn):
    bank(case)
    budget = budgets.start_budget(plan=agree(case, (Way.DIRECT_PAYMENT, 100_00, 0)), by=finn, on=SET_UP_ON)
    return budgets.place_hold(budget=budget, kind=HoldKind.HOSPITAL, reason="In hospital.", last_on=ON, by=finn, on=ON)


@pytest.fixture
def death(case, bea):
    return circumstances.record_death(case=case, died_on=ON, told_by="Tom, by phone", by=bea, on=ON)


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_a_message_moves_as_its_table_says(case, mona, before, after):
    """One that had arrived could be set to wait, and was sent again."""
    people.write_to_person(case=case, template="plan_returned", data={"worker": "B"}, key="k", by=mona, on=ON)
    known = {"sent_at": "2026-06-04T12:00Z", "last_error": "x"}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        Message.objects.update(state=before, channel="print", **known)
        cursor.execute("SET LOCAL session_replication_role = origin")
    if after in MOVES[before] or after == before:
        Message.objects.update(state=after)
    else:
        refused(lambda: Message.objects.update(state=after))


def test_a_message_begins_at_the_beginning(case, mona):
    message = people.write_to_person(case=case, template="plan_returned", data={"worker": "B"}, key="k", by=mona, on=ON)
    message.pk, message.key, message.state, message.sent_at = None, "another", State.SENT, "2026-06-04T12:00Z"
    refused(lambda: message.save(force_insert=True))


@pytest.mark.parametrize(
    "bent", [{"what": "Do nothing."}, {"whose": "finance"}, {"due_on": "2099-01-01"}, {"kind": "leave"}]
)
def test_a_task_says_what_it_said(case, bent):
    people.set_task(case=case, kind=Event.HELD, what="Ring Ada.", whose="worker", due_on=ON, on=ON)
    refused(lambda: Task.objects.update(**bent))


@pytest.mark.parametrize("bent", [{"kind": "death"}, {"reason": "x"}, {"placed_on": "2026-01-01"}])
def test_a_hold_is_what_it_was(hold, bent):
    refused(lambda: Hold.objects.update(**bent))


def test_the_lifting_of_a_hold_stands(hold, finn, fay):
    budgets.lift_hold(hold=hold, days_because="As agreed.", by=finn, on=ON)
    refused(lambda: Hold.objects.update(lifted_on=None, lifted_by=None))
    refused(lambda: Hold.objects.update(lifted_by=fay))


def test_the_undoing_of_a_death_stands(death, case, bea):
    circumstances.undo_death(case=case, version=version_of(death), because="It was her aunt.", by=bea, on=ON)
    refused(lambda: Death.objects.update(undone_on=None, undone_by=None, undone_because=""))
    refused(lambda: Death.objects.update(undone_because="Another reason"))


@pytest.mark.parametrize("bent", [None, date(2026, 6, 1)])
def test_the_date_of_death_is_that_of_the_death_on_record(death, case, bent):
    refused(lambda: Person.objects.filter(pk=case.person_id).update(date_of_death=bent), "date of death")


def test_nobody_dies_without_a_record_of_it(case):
    refused(lambda: Person.objects.filter(pk=case.person_id).update(date_of_death=ON), "date of death")


def test_a_death_is_not_undone_while_its_date_stands(death, bea):
    undone = {"undone_on": ON, "undone_by": bea, "undone_because": "It was her aunt."}
    refused(lambda: Death.objects.update(**undone), "date of death")


def test_the_action_itself_keeps_both_together(death, case, bea):
    circumstances.undo_death(
        case=Case.objects.get(pk=case.pk), version=version_of(death), because="It was her aunt.", by=bea, on=ON
    )
    connection.check_constraints()
