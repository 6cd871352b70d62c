"""Those who carry messages: GOV.UK Notify, a mail server, or the mailbox of a made-up council.

A carrier is a module with three functions: `carry` hands a message over and gives the carrier's id for it, `find` asks
whether the carrier has it already, `fate` asks what became of it. None of them writes anything down here.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from django.conf import settings

from leeway.messages.models import Message
from leeway.messages.recipients import Channel
from leeway.messages.states import State

#: How long a carrier can be asked what became of a message; Notify forgets after seven days.
REMEMBERED = timedelta(days=7)


class TryLater(Exception):
    """The carrier did not take the message now. The sentence holds no name and no address."""


class WillNotCarry(Exception):
    """The carrier will never take this message as it is. The sentence holds no name and no address."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What the carrier says became of a message, and why where it did not arrive."""

    state: State
    why: str = ""


class Carrier(Protocol):
    """What each module of this folder can do."""

    NAME: str

    def carry(self, message: Message) -> str: ...

    def find(self, message: Message) -> str | None: ...

    def fate(self, message: Message) -> Fate | None: ...


def carrier_for(channel: str) -> Carrier | None:
    """Who carries this kind of message here; None where the council prints it, or nobody can."""
    from leeway.messages.carriers import mailbox, notify, smtp

    if channel == Channel.PRINT:
        return None
    if settings.DEMO:
        return mailbox
    if notify.is_set_up_for(channel):
        return notify
    return smtp if channel == Channel.EMAIL else None


def carrier_named(name: str) -> Carrier | None:
    """The carrier that took a message, for asking what became of it."""
    from leeway.messages.carriers import mailbox, notify, smtp

    return {carrier.NAME: carrier for carrier in (mailbox, notify, smtp)}.get(name)
