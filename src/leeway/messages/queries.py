"""Reading the outbox. Whoever asks for the messages about a case has looked the case up first, with the look noted."""

from collections.abc import Collection
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import Http404

from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.messages.carriers import REMEMBERED
from leeway.messages.models import Message
from leeway.messages.recipients import Channel
from leeway.messages.states import LEFT, NEEDS_SOMEBODY, State

MAIL_FOLDER = "mailbox"
MAIL_MOST = 20


def about_case(case_id: UUID, *, to: Collection[UUID] | QuerySet | None = None) -> QuerySet[Message]:
    """The messages about a case, the latest first; with `to`, only those to these recipients."""
    messages = Message.objects.filter(case_id=case_id).select_related("written_by", "settled_by", "sent_again")
    return messages if to is None else messages.filter(recipient_id__in=to)


def get_message(message_id: UUID, *, case_id: UUID, to: Collection[UUID] | QuerySet | None = None) -> Message:
    """One message about a case; with `to`, only where it went to one of these recipients. Http404 otherwise."""
    message = about_case(case_id, to=to).filter(pk=message_id).first()
    if message is None:
        raise Http404("There is no such message about this case.")
    return message


def in_need_of_somebody(case_ids: Collection[UUID] | QuerySet) -> QuerySet[Message]:
    """The letters to print and the messages that did not arrive, about these cases, the longest waiting first."""
    stuck = Message.objects.filter(case_id__in=case_ids, state__in=NEEDS_SOMEBODY, sent_again=None)
    return stuck.order_by("written_at")


def left(*, keys: Collection[str]) -> QuerySet[Message]:
    """Of the messages written about something, those that left here, and those that a carrier may have."""
    return Message.objects.filter(key__in=keys, state__in=[State.SENDING, *LEFT])


def due(at: datetime) -> list[UUID]:
    """What is to be handed to a carrier now: what waits, and what an attempt that broke off left behind."""
    waiting = Q(state=State.WAITING) & (Q(next_attempt_at=None) | Q(next_attempt_at__lte=at))
    left = Message.objects.filter(waiting | Q(state=State.SENDING))
    return list(left.order_by("written_at", "pk").values_list("pk", flat=True))


def unheard(at: datetime) -> list[UUID]:
    """What was sent within the days that a carrier remembers, and may have arrived since."""
    asked_for = Message.objects.filter(state__in=[State.SENT, State.POSTED], sent_at__gt=at - REMEMBERED)
    return list(asked_for.order_by("sent_at", "pk").values_list("pk", flat=True))


def delivered_here(channel: str = "") -> QuerySet[Message]:
    """Everything in the outbox, for the mailbox of a made-up council; of one way of travelling where it is named."""
    messages = Message.objects.order_by("-written_at", "-pk")
    return messages.filter(channel=channel) if channel in Channel else messages


def counted_here() -> list[dict[str, str | int]]:
    """How many messages went each way, for choosing among them."""
    counts = dict(Message.objects.order_by().values_list("channel").annotate(Count("pk")))
    return [
        {"value": channel.value, "label": channel.label, "count": counts[channel]}
        for channel in Channel
        if channel in counts
    ]


def mail_of_the_site(*, seen_by: User) -> list[EmailMessage]:
    """Invitations and forgotten passwords, which a made-up council keeps in its data folder; the latest first.

    Each has a link that lets one in as somebody else: nobody but an administrator reads them.
    """
    if not seen_by.can(Capability.ADMINISTER):
        return []
    files = sorted((settings.DATA_FOLDER / MAIL_FOLDER).glob("*.eml"), reverse=True)
    return [message_from_bytes(file.read_bytes(), policy=default) for file in files[:MAIL_MOST]]
