"""Handing messages over: to a stand-in of Notify, to a real mail server, and what happens when they have trouble."""

import logging
import uuid
from datetime import timedelta

import pgtrigger
import pytest
from django.conf import settings as configured
from django.db import connection, transaction

from leeway.jobs.actions import queue_errand
from leeway.messages import actions
from leeway.messages.carriers import notify as notify_carrier
from leeway.messages.models import Message
from leeway.messages.recipients import Channel
from leeway.messages.states import State
from tests.messages.conftest import NOON
from tests.messages.notify import KEY, TEMPLATES

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def now(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


# --- GOV.UK Notify ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "kind", "where"),
    [
        (Channel.EMAIL, "email", {"email_address": "ada@home.example"}),
        (Channel.TEXT, "sms", {"phone_number": "07700900982"}),
        (Channel.POST, "letter", {}),
    ],
)
def test_notify_is_sent_the_words_and_our_id(write, notify, channel, kind, where):
    message = write(preferred=channel)
    actions.send_due(at=NOON)
    (sent,) = notify.sent.values()
    assert sent["type"] == kind and sent["reference"] == str(message.pk)
    assert sent["template_id"] == TEMPLATES[channel] and sent["personalisation"]["body"] == message.body
    assert where.items() <= sent.items()
    if channel == Channel.POST:
        lines = [sent["personalisation"][f"address_line_{number}"] for number in range(1, 5)]
        assert lines == ["Ada Bell", "1 Quay Street", "Fairbourne", "LN3 5AG"]
    message = now(message)
    assert (message.state, message.carrier, message.carrier_id) == (State.SENT, "GOV.UK Notify", sent["id"])
    assert message.sent_at == NOON and message.settled_on is None


def test_sent_is_not_delivered(write, notify):
    message = write()
    actions.send_due(at=NOON)
    for status in ("created", "sending", "pending"):
        notify.became(status)
        actions.read_back_all(at=NOON + MINUTE)
        assert now(message).state == State.SENT
    notify.became("delivered")
    actions.read_back_all(at=NOON + MINUTE)
    assert now(message).state == State.DELIVERED and now(message).settled_on == NOON.date()


@pytest.mark.parametrize("status", ["permanent-failure", "temporary-failure", "technical-failure"])
def test_a_bounce_is_seen_and_somebody_is_told(write, notify, asked, status):
    message = write()
    actions.send_due(at=NOON)
    notify.became(status)
    actions.read_back_all(at=NOON + MINUTE)
    assert now(message).state == State.FAILED and now(message).last_error
    assert asked == [(message.pk, State.FAILED)]
    actions.read_back_all(at=NOON + MINUTE)
    assert len(asked) == 1


def test_a_letter_is_posted_and_may_still_come_back(write, notify):
    message = write(preferred=Channel.POST)
    actions.send_due(at=NOON)
    notify.became("accepted")
    actions.read_back_all(at=NOON + MINUTE)
    assert now(message).state == State.SENT
    notify.became("received")
    actions.read_back_all(at=NOON + MINUTE)
    assert now(message).state == State.POSTED
    notify.became("returned-letter")
    actions.read_back_all(at=NOON + MINUTE)
    assert (now(message).state, now(message).last_error) == (State.FAILED, "The letter came back to sender.")


@pytest.mark.parametrize("trouble", [403, 429, 500])
def test_trouble_of_notify_is_waited_out_with_growing_waits(write, notify, trouble):
    message, at, waits = write(), NOON, []
    notify.trouble = trouble
    while now(message).state == State.WAITING:
        actions.send_due(at=at)
        kept = now(message)
        if kept.state == State.WAITING:
            assert kept.last_error and "ada" not in kept.last_error.lower()
            actions.send_due(at=kept.next_attempt_at - MINUTE / 2)  # too early: nothing happens
            assert now(message).attempts == kept.attempts
            waits.append(kept.next_attempt_at - at)
            at = kept.next_attempt_at
    assert now(message).state == State.FAILED
    assert waits == sorted(waits) == list(actions.WAITS) and len(waits) == 7
    assert not notify.sent


def test_after_the_trouble_it_goes(write, notify):
    message = write()
    notify.trouble = 500
    actions.send_due(at=NOON)
    notify.trouble = None
    actions.send_due(at=NOON + MINUTE)
    assert now(message).state == State.SENT and now(message).last_error == "" and len(notify.sent) == 1


def test_what_notify_refuses_is_not_tried_again(write, notify):
    message = write()
    notify.trouble = 400
    actions.send_due(at=NOON)
    assert now(message).state == State.FAILED and now(message).attempts == 1
    notify.trouble = None
    actions.send_due(at=NOON + MINUTE)
    assert not notify.sent


def test_a_wrong_key_gets_in_nowhere(write, notify, settings):
    settings.NOTIFY_KEY = KEY[:-1] + ("1" if KEY[-1] != "1" else "2")
    message = write()
    actions.send_due(at=NOON)
    assert now(message).state == State.WAITING and "key" in now(message).last_error
    assert not notify.sent


def test_what_notify_took_before_its_answer_was_lost_is_not_sent_twice(write, notify):
    message = write()
    notify.takes_and_breaks_off = True
    actions.send_due(at=NOON)
    assert now(message).state == State.WAITING and len(notify.sent) == 1
    notify.takes_and_breaks_off = False
    actions.send_due(at=NOON + MINUTE)
    assert now(message).state == State.SENT and list(notify.sent) == [now(message).carrier_id]


def test_a_worker_killed_after_notify_answered_sends_nothing_twice(write, notify, monkeypatch):
    """As a kill does, the fault strikes between the carrier's answer and our own note of it."""
    message = write()

    def carried_and_killed(message):
        carry(message)
        raise KeyboardInterrupt

    carry = notify_carrier.carry
    monkeypatch.setattr(notify_carrier, "carry", carried_and_killed)
    with pytest.raises(KeyboardInterrupt):
        actions.send_due(at=NOON)
    assert now(message).state == State.SENDING and len(notify.sent) == 1
    monkeypatch.setattr(notify_carrier, "carry", carry)
    actions.send_due(at=NOON + MINUTE)
    assert now(message).state == State.SENT and len(notify.sent) == 1


def test_a_worker_that_always_breaks_off_does_not_go_on_for_ever(write, notify, monkeypatch, caplog):
    def broken(message):
        raise RuntimeError("ada@home.example")

    monkeypatch.setattr(notify_carrier, "carry", broken)
    message, other = write(), write(key="other", preferred=Channel.POST)
    for minute in range(20):
        actions.send_due(at=NOON + minute * MINUTE)
    assert now(message).state == State.FAILED and now(message).attempts == actions.ATTEMPTS_MOST
    assert now(other).state == State.FAILED  # each had its turn
    assert str(message.pk) in caplog.text


@pytest.mark.django_db(transaction=True)
def test_two_workers_hand_a_message_over_once(write, notify):
    """Another worker holds the row, as it does while it talks to the carrier: this one leaves it alone."""
    message = write()
    other = connection.copy()
    try:
        with transaction.atomic():
            Message.objects.filter(pk=message.pk).update(state=State.SENDING, attempts=1)
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM outbox_message WHERE id = %s FOR UPDATE", [message.pk])
            actions.send_due(at=NOON)
        assert not notify.sent and now(message).attempts == 1
        other.rollback()
    finally:
        other.close()
    actions.send_due(at=NOON)
    assert len(notify.sent) == 1


def test_a_worker_that_was_overtaken_sends_nothing(write, notify):
    """Both have noted that they begin; the one that comes second to the carrier finds it done."""
    message = write()
    assert actions._take_up(message.pk, NOON)
    actions.send_due(at=NOON)
    actions._hand_over(message.pk, NOON)
    assert len(notify.sent) == 1 and now(message).state == State.SENT


def test_the_worker_sends_what_waits_and_asks_what_became_of_it(write, notify, work):
    message = write()
    queue_errand(name="send_outbox")
    work()
    assert now(message).state == State.SENT and len(notify.sent) == 1
    notify.became("delivered")
    queue_errand(name="read_back_outbox")
    work()
    assert now(message).state == State.DELIVERED


def test_what_notify_forgot_stays_sent(write, notify):
    message = write()
    actions.send_due(at=NOON)
    notify.sent.clear()
    actions.read_back_all(at=NOON + MINUTE)
    assert now(message).state == State.SENT
    asked = len(notify.asked)
    actions.read_back_all(at=NOON + timedelta(days=8))
    assert len(notify.asked) == asked  # and is asked for no longer


# --- A mail server ----------------------------------------------------------------------------------------


def test_a_mail_server_is_sent_one_letter_with_our_id(write, postbox):
    message = write()
    actions.send_due(at=NOON)
    (letter,) = postbox.letters
    assert letter["To"] == "ada@home.example" and letter["Subject"] == message.subject
    assert str(message.pk) in letter["Message-ID"] and letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_payload(decode=True).decode().split() == message.body.split()
    message = now(message)
    assert (message.state, message.carrier, message.carrier_id) == (State.SENT, "Mail server", letter["Message-ID"])
    actions.read_back_all(at=NOON + MINUTE)
    assert now(message).state == State.SENT  # a mail server never says that it arrived


@pytest.mark.parametrize(
    ("says", "state"), [("550 No such mailbox", State.FAILED), ("451 Come again later", State.WAITING)]
)
def test_a_mail_server_says_never_or_not_now(write, postbox, says, state):
    message = write()
    postbox.refuses = says
    actions.send_due(at=NOON)
    message = now(message)
    assert message.state == state and says[:3] in message.last_error and "ada" not in message.last_error.lower()


def test_a_second_attempt_by_mail_has_the_same_id(write, postbox):
    message = write()
    Message.objects.filter(pk=message.pk).update(state=State.SENDING, attempts=1)  # a worker broke off here
    actions.send_due(at=NOON)
    with pgtrigger.ignore("outbox.Message:message_moves"):  # as if its answer had been lost
        Message.objects.filter(pk=message.pk).update(state=State.SENDING, attempts=1)
    actions.send_due(at=NOON)
    first, second = postbox.letters
    assert first["Message-ID"] == second["Message-ID"]


def test_no_mail_server_is_waited_for(write, settings):
    options = {"host": "127.0.0.1", "port": 9}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
    message = write()
    actions.send_due(at=NOON)
    assert (now(message).state, now(message).last_error) == (State.WAITING, "The mail server did not answer.")


# --- What a log may say -----------------------------------------------------------------------------------

PERSONAL = ("ada", "bell", "07700 900", "07700900", "quay", "okafor", "plan")


@pytest.mark.parametrize("trouble", [None, 400, 403, 429, 500])
def test_nothing_personal_is_in_a_log(write, notify, caplog, monkeypatch, trouble):
    """Everything is logged, down to the client's own words, and nothing of it names Ada or what was written."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(logging.getLogger("notifications_python_client"), "propagate", True)
    notify.trouble = trouble
    for number, channel in enumerate((Channel.EMAIL, Channel.TEXT, Channel.POST)):
        write(preferred=channel, key=f"plan-returned:{number}")
    actions.send_due(at=NOON)
    actions.read_back_all(at=NOON + MINUTE)
    ours = [record for record in caplog.records if not record.name.startswith("django.db")]
    assert any(record.name == "notifications_python_client.base" for record in ours)
    text = "\n".join(record.getMessage() for record in ours).lower()
    assert not [word for word in PERSONAL if word in text]


def test_the_clients_own_log_goes_nowhere():
    assert configured.LOGGING["loggers"]["notifications_python_client"]["propagate"] is False


def test_a_message_names_nobody_where_it_stands_in_an_error(write):
    assert str(write()) == f"Message {Message.objects.get().pk}"
    assert uuid.UUID(str(write()).removeprefix("Message "))
