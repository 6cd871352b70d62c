"""Writing a message: how it goes, to whom, once, and only if what caused it is saved."""

import uuid

import pytest
from django.db import DatabaseError, transaction

from leeway.messages import actions
from leeway.messages.models import Message
from leeway.messages.recipients import About, Channel, Recipient
from leeway.messages.states import MOVES, State
from leeway.messages.wording import WrongFields
from leeway.refusal import NotAllowed, Refusal
from tests.messages.conftest import ADA, NOON, TODAY, to_ada

pytestmark = pytest.mark.django_db
NOWHERE = {"email": "", "phone": "", "postal": ()}


def test_a_message_waits_with_its_words_as_they_will_be_read(write):
    message = write()
    assert (message.state, message.channel, message.address) == (State.WAITING, Channel.EMAIL, "ada@home.example")
    assert message.body.startswith("Dear Ada Bell,") and "Bea Okafor will talk with you" in message.body
    assert message.why_this_way == ""


def test_what_they_prefer_comes_first(write, notify):
    message = write(preferred=Channel.TEXT)
    assert (message.channel, message.address) == (Channel.TEXT, "07700900982")
    assert "Dear" not in message.body and len(message.body) < 306


def test_without_an_address_for_it_the_message_goes_another_way_and_says_so(write, notify):
    message = write(preferred=Channel.TEXT, phone="01273 555 000")
    assert message.channel == Channel.EMAIL
    assert message.why_this_way == "Text message was asked for, but no mobile number is recorded."


def test_what_is_not_set_up_here_is_not_chosen(write):
    message = write(preferred=Channel.TEXT)
    assert message.channel == Channel.EMAIL
    assert message.why_this_way == "Text message was asked for, but text messages are not set up here."


def test_a_letter_is_printed_here_where_nobody_carries_letters(write):
    message = write(preferred=Channel.POST)
    assert (message.state, message.channel) == (State.TO_PRINT, Channel.PRINT)
    assert message.address == "1 Quay Street\nFairbourne\nLN3 5AG"


def test_whoever_needs_large_print_gets_a_letter_made_here(write, notify):
    message = write(needs=("Large print",))
    assert (message.state, message.channel, message.needs) == (State.TO_PRINT, Channel.PRINT, ["Large print"])
    assert "Large print" in message.why_this_way
    assert write(key="other", needs=("Large print",), preferred=Channel.EMAIL).channel == Channel.EMAIL


def test_where_there_is_no_address_it_is_a_task_for_somebody(write, asked):
    message = write(**NOWHERE, preferred=Channel.EMAIL)
    assert (message.state, message.channel, message.address) == (State.TO_PRINT, Channel.PRINT, "")
    assert "no address" in message.why_this_way and asked == [(message.pk, State.TO_PRINT)]


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("email", "ada@home"),
        ("email", "ada@home.example\nBcc: cyril@home.example"),
        ("email", "ada@home.example, cyril@home.example"),
        ("phone", "07700 90098"),
        ("phone", "ring after five"),
        ("postal", ("LN3 5AG",)),
        ("postal", ("1 Quay Street", "Fairbourne", "LN3")),
        ("postal", ("1 Quay Street", "(back door)", "LN3 5AG")),
        ("postal", ("1 Quay Street", "", "LN3 5AG")),
        ("postal", tuple("1234567")),
        ("name", "Ada\nBell"),
    ],
)
def test_a_bad_address_is_refused_by_its_name(field, bad):
    with pytest.raises(Refusal) as refused:
        to_ada(**{field: bad})
    assert refused.value.field == field


def test_the_same_event_is_told_once(write):
    first, second = write(), write(data={"worker": "Somebody Else"})
    assert first == second and Message.objects.count() == 1
    to_tom = Recipient(id=uuid.uuid4(), name="Tom Bell", email="tom@home.example")
    assert write(to_tom) != first
    assert write(key="plan-returned:2") != first


def test_a_message_is_not_kept_when_what_caused_it_is_not(write):
    with pytest.raises(Refusal), transaction.atomic():
        write()
        raise Refusal("The plan changed meanwhile.")
    assert not Message.objects.exists()


@pytest.mark.parametrize("data", [{}, {"worker": " "}, {"worker": "Bea Okafor", "reason": "cost"}])
def test_a_field_missing_empty_or_too_many_is_an_error(write, data):
    with pytest.raises(WrongFields):
        write(data=data)
    assert not Message.objects.exists()


def test_words_and_address_are_never_edited(write):
    message = write()
    for change in ({"body": "Other words"}, {"address": "cyril@home.example"}, {"recipient_id": uuid.uuid4()}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        message.delete()


def test_every_state_has_its_moves():
    assert set(MOVES) == set(State)
    reached = {to for moves in MOVES.values() for to in moves} | {State.WAITING, State.TO_PRINT}
    assert reached == set(State)


def test_whoever_posted_a_letter_says_so(write, bea):
    message = actions.record_posted(message=write(preferred=Channel.POST), by=bea, on=TODAY)
    assert (message.state, message.settled_by, message.settled_on) == (State.POSTED, bea, TODAY)
    with pytest.raises(Refusal, match="waits here"):
        actions.record_posted(message=message, by=bea, on=TODAY)


def test_a_letter_that_comes_back_did_not_arrive(write, bea, cyril):
    posted = actions.record_posted(message=write(preferred=Channel.POST), by=bea, on=TODAY)
    with pytest.raises(NotAllowed):
        actions.record_returned(message=posted, reason="Moved away", by=cyril, on=TODAY)
    for bad in ("  ", "x" * 301):
        with pytest.raises(Refusal) as refused:
            actions.record_returned(message=posted, reason=bad, by=bea, on=TODAY)
        assert refused.value.field == "reason"
    returned = actions.record_returned(message=posted, reason="Came back: moved away", by=bea, on=TODAY)
    assert (returned.state, returned.last_error) == (State.FAILED, "Came back: moved away")


def test_what_did_not_arrive_is_sent_again_to_the_address_of_now(write, bea):
    message = write(preferred=Channel.POST)
    with pytest.raises(Refusal, match="did not arrive"):
        actions.write_again(message=message, to=to_ada(), by=bea, on=TODAY)
    posted = actions.record_posted(message=message, by=bea, on=TODAY)
    failed = actions.record_returned(message=posted, reason="Moved away", by=bea, on=TODAY)
    with pytest.raises(Refusal, match="somebody else"):
        actions.write_again(message=failed, to=to_ada(id=uuid.uuid4()), by=bea, on=TODAY)
    again = actions.write_again(message=failed, to=to_ada(email="ada@new.example"), by=bea, on=TODAY)
    assert (again.address, again.body, again.instead_of) == ("ada@new.example", failed.body, failed)
    assert actions.write_again(message=failed, to=to_ada(), by=bea, on=TODAY) == again


def test_what_has_not_left_is_stopped(write, bea, postbox):
    waiting, letter = write(), write(key="letter", preferred=Channel.POST)
    other = actions.write_message(
        template="plan_returned",
        to=Recipient(id=uuid.uuid4(), name="Tom Bell", email="tom@home.example"),
        data={"worker": "Bea Okafor"},
        about=About(ADA),
        key="tom",
        by=bea,
        on=TODAY,
    )
    assert actions.stop_messages(recipient_id=ADA, because="Ada has died.", by=bea, on=TODAY) == 2
    actions.send_due(at=NOON)
    assert [letter["To"] for letter in postbox.letters] == ["tom@home.example"]
    for message in (waiting, letter, other):
        message.refresh_from_db()
    assert [waiting.state, letter.state, other.state] == [State.STOPPED, State.STOPPED, State.SENT]
