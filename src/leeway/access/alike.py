"""Whether two who should be two are one: the same name, the same mailbox, or the same device.

What shows is a flag for whoever reads it, since there are twins of names and shared desks. The same mailbox is refused.
"""

import secrets
import unicodedata
from collections.abc import Iterable

from django.utils.crypto import salted_hmac

from leeway.access.models import SignIn, User
from leeway.refusal import NotAllowed

DEVICE_COOKIE, DEVICE_COOKIE_SECONDS = "leeway_device", 365 * 24 * 60 * 60


def mailbox(email: str) -> str:
    """The mailbox behind an address, however it is written: without case, dots, and what follows a plus.

    >>> mailbox("Sam.Reed+leeway@Council.example")
    'samreed@council.example'
    """
    local, _, domain = email.strip().casefold().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


def plain_name(name: str) -> str:
    """A name as it is compared: without accents, case, signs and spaces.

    >>> plain_name("Zoë  O'Brien") == plain_name("zoe obrien")
    True
    """
    return "".join(each for each in unicodedata.normalize("NFKD", name).casefold() if each.isalnum())


def in_common(one: User | None, other: User | None) -> list[str]:
    """What two users have in common who should be two people: “the same name”; nothing where they are one user."""
    if one is None or other is None or one.pk == other.pk:
        return []
    devices = SignIn.objects.filter(user=one).values("device")
    found = {
        "the same name": plain_name(one.name) == plain_name(other.name),
        "the same email address": mailbox(one.email) == mailbox(other.email),
        "the same device": SignIn.objects.filter(user=other, device__in=devices).exists(),
    }
    return [words for words, holds in found.items() if holds]


def flags(first: Iterable[User | None], second: User | None) -> list[str]:
    """A sentence for each of the first who has something in common with the second: both halves of a pair."""
    pairs = [(one, in_common(one, second)) for one in dict.fromkeys(first)]
    return [f"{one.name} and {second.name} have {' and '.join(shared)}." for one, shared in pairs if shared]


def check_two_mailboxes(one: User | None, other: User) -> None:
    """Refuse as the second half of a pair whoever reads the same mailbox as the first."""
    if one is not None and one.pk != other.pk and mailbox(one.email) == mailbox(other.email):
        raise NotAllowed(f"You and {one.name} sign in with the same mailbox, so that somebody else must do this.")


def note_sign_in(user: User, device: str) -> None:
    """Keep that a member of staff signed in on a device: a digest of a number that only its browser knows."""
    digest = salted_hmac("leeway.access.device", device, algorithm="sha256").hexdigest()
    SignIn.objects.create(user=user, device=digest)


def new_device() -> str:
    """A number for a browser that has none yet."""
    return secrets.token_urlsafe(32)
