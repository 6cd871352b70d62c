"""Whom a message is for and how to reach them, as the caller hands it in. A bad address is refused by its name."""

import re
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices

from leeway.refusal import Refusal

POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}")
UK_MOBILE = re.compile(r"(?:\+?44|0)(7[0-9]{9})")
ABROAD = re.compile(r"\+(?!44)[1-9][0-9]{7,14}")
LANDLINE = re.compile(r"(?:\+?44|0)[1-35-689][0-9]{8,9}")
#: What may stand in a number that somebody wrote down: spaces, brackets, dots, hyphens.
BETWEEN_DIGITS = re.compile(r"[\s().-]")
POSTAL_LINES = range(2, 7)  # the name stands above them, and a printed address has three lines to seven
STARTS_NO_LINE = tuple("@()=[]”\\/,<>")


class Channel(TextChoices):
    """How a message travels."""

    EMAIL = "email", "Email"
    TEXT = "text", "Text message"
    POST = "post", "Letter by post"
    PRINT = "print", "Letter made here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One person to write to. `id` says who it is (their own id, or that of their relationship to somebody).

    `postal` are the lines below the name, the postcode last. `needs` are what a letter to them must be, in words:
    “Large print”, “Braille”.
    """

    id: UUID
    name: str
    email: str = ""
    phone: str = ""
    postal: tuple[str, ...] = ()
    preferred: Channel | None = None
    needs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.name.strip() or "\n" in self.name:
            raise Refusal("Say on one line whom the message is for.", field="name")
        if self.email:
            check_email(self.email)
        if self.phone:
            check_phone(self.phone)
        if self.postal:
            check_postal(self.postal)

    @property
    def mobile(self) -> str:
        """The number that can take a text message, as 07700 900123 or with its country; empty for a landline."""
        return mobile_number(self.phone)


@dataclass(frozen=True, slots=True)
class About:
    """Whose life a message is about, and in which case. Ids only: this room knows no people."""

    person_id: UUID
    case_id: UUID | None = None


def check_email(email: str) -> None:
    """Refuse what is not one email address."""
    try:
        validate_email(email)
    except ValidationError:
        raise Refusal("The email address is not complete. Check it, like name@example.com.", field="email") from None


def check_phone(phone: str, *, field: str = "phone") -> None:
    """Refuse what is not a phone number. A landline is one, though it takes no text messages."""
    if not mobile_number(phone) and not LANDLINE.fullmatch(BETWEEN_DIGITS.sub("", phone)):
        raise Refusal("The phone number is not complete. Check it, like 07700 900 982.", field=field)


def check_postal(lines: tuple[str, ...]) -> None:
    """Refuse an address that no printer takes: too few lines or too many, or no postcode at its end."""
    if len(lines) not in POSTAL_LINES:
        raise Refusal("The postal address needs between two and six lines, the postcode last.", field="postal")
    if not all(line.strip() and "\n" not in line for line in lines):
        raise Refusal("The postal address has an empty line. Take it out.", field="postal")
    if any(line.strip().startswith(STARTS_NO_LINE) for line in lines):
        raise Refusal("A line of the postal address begins with a sign. Begin it with a letter.", field="postal")
    if not POSTCODE.fullmatch(lines[-1].strip().upper()):
        raise Refusal("The postal address must end with a full UK postcode, like LN3 5AG.", field="postal")


def mobile_number(phone: str) -> str:
    """The number as a carrier of text messages takes it; empty where it cannot take any.

    >>> mobile_number("(07700) 900-982"), mobile_number("+44 7700 900982"), mobile_number("01273 555 000")
    ('07700900982', '07700900982', '')
    """
    digits = BETWEEN_DIGITS.sub("", phone)
    ours = UK_MOBILE.fullmatch(digits)
    return f"0{ours[1]}" if ours else digits if ABROAD.fullmatch(digits) else ""
