"""GOV.UK Notify, through its own client. Our id of a message is Notify's reference, so none need go twice.

Notify wants a template for every message: one for each channel, with ((subject)) and ((body)) and nothing else
(see docs/how-to/send-messages.md).
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from leeway.messages.carriers import Fate, TryLater, WillNotCarry
from leeway.messages.models import Message
from leeway.messages.recipients import Channel
from leeway.messages.states import State

NAME = "GOV.UK Notify"
TIMEOUT_SECONDS = 30
FATES = {
    "delivered": Fate(State.DELIVERED),
    "received": Fate(State.POSTED),
    "permanent-failure": Fate(State.FAILED, "The address or number is wrong, or no longer in use."),
    "temporary-failure": Fate(State.FAILED, "The mailbox is full or refused it, or the phone was off for three days."),
    "technical-failure": Fate(State.FAILED, "GOV.UK Notify could not pass it on."),
    "cancelled": Fate(State.FAILED, "Somebody cancelled it in GOV.UK Notify."),
    "validation-failed": Fate(State.FAILED, "GOV.UK Notify could not print it."),
    "virus-scan-failed": Fate(State.FAILED, "GOV.UK Notify could not print it."),
    "returned-letter": Fate(State.FAILED, "The letter came back to sender."),
}
LETTER_FATES = FATES | {"permanent-failure": Fate(State.FAILED, "The letter could not be printed.")}


def is_set_up_for(channel: str) -> bool:
    """Whether the council has given a key, and a template for this channel."""
    return bool(settings.NOTIFY_KEY and settings.NOTIFY_TEMPLATES.get(channel))


def carry(message: Message) -> str:
    """Hand a message to Notify and give Notify's id."""
    template, reference = settings.NOTIFY_TEMPLATES[message.channel], str(message.pk)
    words = {"subject": message.subject, "body": message.body}

    def send(client: NotificationsAPIClient) -> dict[str, Any]:
        if message.channel == Channel.EMAIL:
            return client.send_email_notification(message.address, template, words, reference)
        if message.channel == Channel.TEXT:
            return client.send_sms_notification(message.address, template, {"body": message.body}, reference)
        lines = [message.recipient_name, *message.address.splitlines()]
        address = {f"address_line_{number}": line for number, line in enumerate(lines, start=1)}
        return client.send_letter_notification(template, words | address, reference)

    return _asked(send)["id"]


def find(message: Message) -> str | None:
    """Notify's id of this message, where an earlier attempt reached it."""
    known = _asked(lambda client: client.get_all_notifications(reference=str(message.pk)))["notifications"]
    return known[0]["id"] if known else None


def fate(message: Message) -> Fate | None:
    """What Notify knows became of the message; None while it waits for word."""
    try:
        status = _asked(lambda client: client.get_notification_by_id(message.carrier_id))["status"]
    except WillNotCarry:  # Notify has forgotten it
        return None
    return (LETTER_FATES if message.channel == Channel.POST else FATES).get(status)


def _asked(question: Callable[[NotificationsAPIClient], dict[str, Any]]) -> dict[str, Any]:
    client = NotificationsAPIClient(settings.NOTIFY_KEY, base_url=settings.NOTIFY_ADDRESS, timeout=TIMEOUT_SECONDS)
    try:
        return question(client)
    except APIError as problem:
        raise _in_words(problem) from None  # Notify's answer may repeat what it was sent: it goes into no log


def _in_words(problem: APIError) -> Exception:
    """What to do about Notify's refusal, by its code: its sentences may change."""
    if problem.status_code in {400, 404}:
        return WillNotCarry("GOV.UK Notify refused it: the address or number is not one it can send to.")
    if problem.status_code == 403:
        return TryLater("GOV.UK Notify does not accept the council’s key, or this computer’s clock is wrong.")
    if problem.status_code == 429:
        return TryLater("GOV.UK Notify has had too many messages from the council today, or in this minute.")
    return TryLater("GOV.UK Notify did not answer.")
