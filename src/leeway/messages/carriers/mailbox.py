"""The carrier of a made-up council: nothing leaves. What it took is read on the mailbox page, as it would arrive."""

from leeway.messages.carriers import Fate
from leeway.messages.models import Message
from leeway.messages.recipients import Channel
from leeway.messages.states import State

NAME = "Mailbox of the demo"
BOUNCES = "bounce"


def carry(message: Message) -> str:
    """Take a message into the mailbox."""
    return f"mailbox-{message.pk}"


def find(message: Message) -> str | None:
    return None


def fate(message: Message) -> Fate | None:
    """All arrives, but what is sent to an address that begins with “bounce”."""
    if message.address.startswith(BOUNCES):
        return Fate(State.FAILED, "The address or number is wrong, or no longer in use.")
    return Fate(State.POSTED if message.channel == Channel.POST else State.DELIVERED)
