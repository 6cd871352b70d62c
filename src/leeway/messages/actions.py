"""Everything that writes to the outbox: writing a message, handing it to a carrier, and what became of it.

Who may write to a person is asked by the room that knows the person and calls `write_message`. What a carrier did is
written down before and after it is asked, so that a worker that breaks off sends nothing twice where the carrier can
be asked what it has (see `_take_up` and `_hand_over`).
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.messages.carriers import TryLater, WillNotCarry, carrier_for, carrier_named
from leeway.messages.models import ERROR_LENGTH_MAX, Message
from leeway.messages.queries import due, unheard
from leeway.messages.recipients import About, Channel, Recipient
from leeway.messages.states import MOVES, NEEDS_SOMEBODY, SENT_AGAIN, State
from leeway.messages.wording import fill_in
from leeway.moves import require_move
from leeway.refusal import Refusal

log = logging.getLogger(__name__)
#: How long to wait after each attempt that a carrier could not take; after the last, somebody is needed.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60))
ATTEMPTS_MOST = len(WAITS) + 1
BROKEN_OFF = "The sending was broken off too often. Ask an administrator to look at the worker."
#: Carried most readily first: an email and a letter hold all the words, a text message only a few.
IN_ORDER = (Channel.EMAIL, Channel.POST, Channel.TEXT)
NOT_THIS_WAY = {
    Channel.EMAIL: "no email address is recorded",
    Channel.POST: "no full postal address is recorded",
    Channel.TEXT: "no mobile number is recorded",
}
THIS = "This message"
MOVED = "The address on record, or the way they want to hear from us, was changed."
_whys_not: list[Callable[[Message], str]] = []
#: What changes of a message once it is written.
SETTLED = ("state", "carrier", "carrier_id", "sent_at", "last_error", "next_attempt_at", "settled_on", "settled_by")
_handlers: list[Callable[[Sequence[Message]], None]] = []


def when_somebody_is_needed(handler: Callable[[Sequence[Message]], None]) -> None:
    """Name what is done, in the same transaction, when messages did not arrive or must be printed here.

    `site` does this once at start, so that each becomes a task; a message's `state` says which of the two it is.
    """
    if handler not in _handlers:
        _handlers.append(handler)


def when_sent_again(why_not: Callable[[Message], str]) -> None:
    """Name what says why a message is not to be sent again: what it tells is no longer so. Once, by `site` at start."""
    if why_not not in _whys_not:
        _whys_not.append(why_not)


def why_not_again(message: Message) -> str:
    """Why a message that did not arrive is not to be sent again; empty where it may be."""
    return next((sentence for why_not in _whys_not if (sentence := why_not(message))), "")


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message before it is written: its template, to whom, its fields, about whom, and its event."""

    template: str
    to: Recipient
    data: Mapping[str, str]
    about: About
    key: str
    instead_of: Message | None = None


@transaction.atomic
def write_message(
    *, template: str, to: Recipient, data: Mapping[str, str], about: About, key: str, by: User | None, on: date
) -> Message:
    """Write a message to one person, in the caller's transaction: it leaves only if what caused it is saved.

    `key` names the event (“plan-returned:” and the plan's id). The same event writes to the same recipient once: a
    second call gives the first message. `data` are the fields of the template, in words as they are read. `by` is
    nobody for what is written at night.
    """
    return write_messages(new=[NewMessage(template, to, data, about, key)], by=by, on=on)[0]


@transaction.atomic(savepoint=False)  # a part of the action that writes them, undone with it
def write_messages(*, new: Sequence[NewMessage], by: User | None, on: date) -> list[Message]:
    """Write many messages at once, each as `write_message` does, in their order."""
    rows = [_row(each, by, on) for each in new]
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    kept = {(each.key, each.recipient_id): each for each in Message.objects.filter(key__in={row.key for row in rows})}
    written = {row.pk for row in rows}
    _tell_somebody([each for each in kept.values() if each.pk in written])
    return [kept[row.key, row.recipient_id] for row in rows]


@transaction.atomic
def write_again(*, message: Message, to: Recipient, by: User, on: date) -> Message:
    """Send a message that did not arrive, or was stopped, once more, to what is known of the same recipient now."""
    check_can(by, Capability.SEE_RECORDS)
    failed = Message.objects.select_for_update().get(pk=message.pk)
    if failed.state not in SENT_AGAIN:
        raise Refusal("Only a message that did not arrive, or was stopped before it was sent, is sent again.")
    if failed.recipient_id != to.id:
        raise Refusal("This message was for somebody else.")
    if sentence := why_not_again(failed):
        raise Refusal(sentence)
    return _write_instead(failed, to, by, on)


@transaction.atomic
def write_anew(*, to: Recipient, by: User, on: date) -> list[Message]:
    """Have whatever has not left yet go to what is known of its recipient now, and no longer to the old address.

    The room that learns of the new address has checked that this user may. Answers what was written anew.
    """
    channel, address, _why_so = way_to(to)
    anew = []
    for message in _not_left(to.id):
        if (message.channel, message.address) != (channel, address):
            _stop(message, MOVED, by, on)
            anew.append(_write_instead(message, to, by, on))
    return anew


def _write_instead(before: Message, to: Recipient, by: User, on: date) -> Message:
    about = About(before.person_id, before.case_id)
    new = NewMessage(before.template, to, before.data, about, f"again:{before.pk}", instead_of=before)
    return write_messages(new=[new], by=by, on=on)[0]


def send_due(*, at: datetime) -> None:
    """Hand over everything that is due. Each message by itself: one with a fault in it holds up no other."""
    for message_id in due(at):
        try:
            carry_message(message_id=message_id, at=at)
        except Exception:
            log.exception("Message %s could not be handed over.", message_id)


def carry_message(*, message_id: UUID, at: datetime) -> None:
    """Hand one message to its carrier, unless another worker is at it."""
    if _take_up(message_id, at):
        _hand_over(message_id, at)


def read_back_all(*, at: datetime) -> None:
    """Ask the carriers what became of the messages that they took. One that does not answer is asked later."""
    for message_id in unheard(at):
        try:
            read_back(message_id=message_id, at=at)
        except TryLater:
            return
        except Exception:
            log.exception("What became of message %s could not be read.", message_id)


@transaction.atomic
def read_back(*, message_id: UUID, at: datetime) -> None:
    """Ask the carrier what became of one message, and keep its answer."""
    message = _locked(message_id, State.SENT, State.POSTED)
    carrier = carrier_named(message.carrier) if message else None
    fate = carrier.fate(message) if message and carrier else None
    if message is None or fate is None or fate.state == message.state:
        return
    message.last_error = fate.why
    _settle(message, fate.state, timezone.localdate(at))


@transaction.atomic
def record_posted(*, message: Message, by: User, on: date) -> Message:
    """Say that a letter was printed and posted here, or that the person was told in the way that they need."""
    check_can(by, Capability.SEE_RECORDS)
    kept = Message.objects.select_for_update().get(pk=message.pk)
    if kept.state != State.TO_PRINT:
        raise Refusal("Only a letter that waits here is printed and posted.")
    kept.settled_by = by
    _settle(kept, State.POSTED, on)
    return kept


@transaction.atomic
def record_returned(*, message: Message, reason: str, by: User, on: date) -> Message:
    """Say that a message came back: a letter returned to sender, or a bounce in the council's own mailbox."""
    check_can(by, Capability.SEE_RECORDS)
    kept = Message.objects.select_for_update().get(pk=message.pk)
    require_move(MOVES, kept.state, State.FAILED, of=THIS)
    why = said.sentence(reason, ask="Say how you know that it did not arrive.", field="reason", least=said.FEW)
    if len(why) > ERROR_LENGTH_MAX:
        raise Refusal(f"Say it in {ERROR_LENGTH_MAX} letters or fewer.", field="reason")
    kept.last_error, kept.settled_by = why, by
    _settle(kept, State.FAILED, on)
    return kept


@transaction.atomic
def stop_messages(*, recipient_id: UUID, because: str, by: User, on: date, templates: Collection[str] = ()) -> int:
    """Stop whatever has not left yet for somebody, as when they have died, or what is of some kinds; how many.

    One whose sending broke off is stopped too: what the carrier has of it, it has.
    The room that learns of it has checked that this user may.
    """
    stopped = [each for each in _not_left(recipient_id) if not templates or each.template in templates]
    for message in stopped:
        _stop(message, because, by, on)
    return len(stopped)


def _not_left(recipient_id: UUID) -> list[Message]:
    """Whatever has not left yet for somebody, held for this transaction."""
    waiting = [State.WAITING, State.SENDING, State.TO_PRINT]
    return list(Message.objects.select_for_update().filter(recipient_id=recipient_id, state__in=waiting))


def _stop(message: Message, because: str, by: User, on: date) -> None:
    message.last_error, message.settled_by = because, by
    _settle(message, State.STOPPED, on)


def way_to(to: Recipient) -> tuple[Channel, str, str]:
    """How a message goes to somebody: the way, the address, and why not the way that they prefer.

    What they prefer comes first, where there is an address for it. Who needs letters in another form gets a letter.
    Where nothing is left it is printed here, for somebody to find another way.
    """
    first = to.preferred or (Channel.POST if to.needs else None)
    order = [channel for channel in (first, *IN_ORDER) if channel and channel != Channel.PRINT]
    addresses = {Channel.EMAIL: to.email, Channel.TEXT: to.mobile, Channel.POST: "\n".join(to.postal)}
    reasons = []
    for channel in dict.fromkeys(order):
        if not addresses[channel]:
            reasons.append(NOT_THIS_WAY[channel])
        elif channel == Channel.POST and (to.needs or carrier_for(channel) is None):
            return Channel.PRINT, addresses[channel], _why(to, Channel.PRINT, reasons)
        elif carrier_for(channel) is None:
            reasons.append("text messages are not set up here")
        else:
            return channel, addresses[channel], _why(to, channel, reasons)
    return (
        Channel.PRINT,
        "",
        "There is no address to send it to. Find another way to tell them, and record the address.",
    )


def _why(to: Recipient, channel: Channel, reasons: list[str]) -> str:
    """Why a message goes another way than its recipient asked for; empty where it goes that way."""
    parts = []
    if to.preferred and reasons:
        parts.append(f"{to.preferred.label} was asked for, but {' and '.join(reasons)}.")
    if channel == Channel.PRINT and to.needs:
        parts.append(f"Needs: {', '.join(to.needs)}. This is made here.")
    return " ".join(parts)


def _row(new: NewMessage, by: User | None, on: date) -> Message:
    """A message with its words, and the way that it goes."""
    if not new.key.strip():
        raise ValueError("Say what the message is about, so that it is not written twice.")
    channel, address, why = way_to(new.to)
    words = fill_in(new.template, new.data, recipient_name=new.to.name, short=channel == Channel.TEXT)
    return Message(
        key=new.key,
        template=new.template,
        person_id=new.about.person_id,
        case_id=new.about.case_id,
        recipient_id=new.to.id,
        recipient_name=new.to.name,
        address=address,
        needs=list(new.to.needs),
        channel=channel,
        why_this_way=why,
        data=dict(new.data),
        subject=words.subject,
        body=words.body,
        written_by=by,
        written_on=on,
        state=State.TO_PRINT if channel == Channel.PRINT else State.WAITING,
        instead_of=new.instead_of,
    )


@transaction.atomic
def _take_up(message_id: UUID, at: datetime) -> bool:
    """Write down that an attempt begins, before the carrier hears of it; whether it may.

    A message that is found half way was left there by a worker that broke off: its lock is gone with it.
    """
    message = _locked(message_id, State.WAITING, State.SENDING)
    if message is None:
        return False
    if message.state == State.SENDING and message.attempts >= ATTEMPTS_MOST:
        message.last_error = BROKEN_OFF
        _settle(message, State.FAILED, timezone.localdate(at))
        return False
    if message.state == State.WAITING:
        require_move(MOVES, message.state, State.SENDING, of=THIS)
    message.state, message.attempts = State.SENDING, message.attempts + 1
    message.save(update_fields=["state", "attempts"])
    return True


@transaction.atomic
def _hand_over(message_id: UUID, at: datetime) -> None:
    """Hand the message over and keep the answer. Its row is locked meanwhile, so no other worker hands it over too.

    At every attempt but the first the carrier is asked first whether it has the message already.
    """
    message = _locked(message_id, State.SENDING)
    if message is None:
        return
    carrier = carrier_for(message.channel)
    try:
        if carrier is None:
            raise TryLater(f"{message.get_channel_display()} is not set up here any more.")
        known = carrier.find(message) if message.attempts > 1 else None
        message.carrier, message.carrier_id = carrier.NAME, known or carrier.carry(message)
    except WillNotCarry as problem:
        message.last_error = str(problem)
        _settle(message, State.FAILED, timezone.localdate(at))
    except TryLater as problem:
        message.last_error = str(problem)
        _wait_or_give_up(message, at)
    else:
        message.sent_at, message.last_error, message.next_attempt_at = at, "", None
        _settle(message, State.SENT, None)


def _wait_or_give_up(message: Message, at: datetime) -> None:
    if message.attempts >= ATTEMPTS_MOST:
        _settle(message, State.FAILED, timezone.localdate(at))
        return
    require_move(MOVES, message.state, State.WAITING, of=THIS)
    message.state, message.next_attempt_at = State.WAITING, at + WAITS[message.attempts - 1]
    message.save(update_fields=SETTLED)


def _locked(message_id: UUID, *states: State) -> Message | None:
    """The message, held for this transaction, where it stands so and no other worker holds it."""
    rows = Message.objects.select_for_update(skip_locked=True)
    return rows.filter(pk=message_id, state__in=states).first()


def _settle(message: Message, to: State, on: date | None) -> None:
    require_move(MOVES, message.state, to, of=THIS)
    message.state, message.settled_on = to, on
    message.save(update_fields=SETTLED)
    _tell_somebody([message])


def _tell_somebody(messages: Sequence[Message]) -> None:
    if stuck := [message for message in messages if message.state in NEEDS_SOMEBODY]:
        for handler in _handlers:
            handler(stuck)
