"""To whom a message about somebody goes, from what is on record: to the person, or to somebody in their life."""

import re

from leeway.care.people.models import CommunicationNeed, Person, Relationship
from leeway.messages.recipients import POSTAL_LINES, Channel, Recipient, check_email, check_phone, check_postal
from leeway.refusal import Refusal

#: What a letter must be, for whom a plain one is of no use.
LETTER_NEEDS = (
    CommunicationNeed.LARGE_PRINT,
    CommunicationNeed.EASY_READ,
    CommunicationNeed.BRAILLE,
    CommunicationNeed.AUDIO,
)


NAMELESS = "Whom it concerns"


class HasDied(Refusal):
    """A message was to go to somebody who has died."""


def recipient_for(person: Person) -> Recipient:
    """The person, with the addresses that can be used, how they want to hear from us, and what a letter must be.

    Nobody who has died is written to: HasDied says so, and whoever speaks for them is written to instead.
    """
    if person.date_of_death is not None:
        raise HasDied(f"{person} has died. Write to whoever speaks for them instead.")
    wanted = person.hears_by or (Channel.EMAIL if CommunicationNeed.EMAIL in person.communication_needs else "")
    needs = [need.label for need in LETTER_NEEDS if need in person.communication_needs]
    if person.language != "English":
        needs.append(f"Translated: {person.language}")
    return Recipient(
        id=person.pk,
        name=on_one_line(str(person)),
        email=usable_email(person.email),
        phone=usable_phone(person.phone),
        postal=postal_lines(person.address, person.postcode),
        preferred=Channel(wanted) if wanted else None,
        needs=tuple(needs),
    )


def recipient_of(relationship: Relationship) -> Recipient:
    """Somebody in the person's life, who is written to in their own right."""
    return Recipient(
        id=relationship.pk,
        name=on_one_line(relationship.name),
        email=usable_email(relationship.email),
        phone=usable_phone(relationship.phone),
    )


def on_one_line(name: str) -> str:
    """A name as it stands on an envelope. What is in an old record must not stop what is to be told."""
    return " ".join(name.split()) or NAMELESS


def usable_email(email: str) -> str:
    """The email address, where it is one; a message goes another way otherwise, or somebody is asked to tell them."""
    try:
        check_email(email)
    except Refusal:
        return ""
    return email


def usable_phone(phone: str) -> str:
    """The number, where it is one: what was typed into a record is sometimes “ring after five”."""
    try:
        check_phone(phone)
    except Refusal:
        return ""
    return phone


def postal_lines(address: str, postcode: str) -> tuple[str, ...]:
    """The lines of an address as they stand on an envelope; none where a letter would not arrive with them."""
    parts = [part.strip() for part in re.split(r"[\n,]", address) if part.strip()]
    room = POSTAL_LINES[-1] - 1  # the postcode has the last line; what is too much shares the one before
    lines = (*parts[: room - 1], ", ".join(parts[room - 1 :])) if len(parts) > room else tuple(parts)
    try:
        check_postal((*lines, postcode))
    except Refusal:
        return ()
    return (*lines, postcode)
