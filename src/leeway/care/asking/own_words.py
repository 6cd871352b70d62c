"""What somebody writes about their own life before they send it: theirs alone, and unreadable for everybody here.

It is sealed (Fernet) with a key that the council does not have. While it is being written the sealed words lie in the
session and the key in a cookie of the browser, and both are gone a day after the last save. Whoever wants to keep them
longer gets a code: the sealed words lie in a table under a fingerprint of the code, and the key is made of the code.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string, salted_hmac

from leeway.care.people.models import CaseKind
from leeway.law.eligibility_codes import ADULT_OUTCOMES, CARER_OUTCOMES
from leeway.law.outcome import Choice

SESSION, COOKIE, COOKIE_PATH = "own_words", "own_words_key", "/ask/"
LASTS = timedelta(days=1)
#: Of any that are taken for one another (0 O, 1 I L, 2 Z, 5 S, 8 B, U V Y) one at most: 25 letters, so 74 bits.
CODE_LETTERS, CODE_LENGTH = "23456789ACDEFGHJKMNPQRTWX", 16
SALT = "leeway.care.asking.own_words"

#: The parts of life that are asked about: of whoever needs help, and of a carer.
PARTS: Mapping[str, tuple[Choice, ...]] = {CaseKind.ADULT.value: ADULT_OUTCOMES, CaseKind.CARER.value: CARER_OUTCOMES}


class How(TextChoices):
    """How it is for them. No answer is no answer, never “can”."""

    CAN = "can", "I can do this"
    VARIES = "varies", "On some days I can, on others I need help"
    HELP = "help", "I need help with this"


@dataclass
class OwnWords:
    """What was written so far: for each part of life how it is, and in their words; and its code, where it has one."""

    parts: dict[str, dict[str, str]] = field(default_factory=dict)
    code: str = ""

    def __bool__(self) -> bool:
        return bool(self.parts)

    def put(self, kind: str, outcome: str, *, how: str, words: str) -> None:
        """Write a part anew; with nothing in it, it is not answered."""
        name = f"{kind}.{outcome}"
        self.parts.pop(name, None)
        if how or words.strip():
            self.parts[name] = {"how": how, "words": words}

    def part(self, kind: str, outcome: str) -> dict[str, str]:
        """One part as it was written; empty where it was not."""
        return self.parts.get(f"{kind}.{outcome}", {})

    def as_sent(self) -> list[dict[str, str]]:
        """What goes along with a request: each part that was answered, in the order of the law."""
        return [
            {"kind": kind, "outcome": choice.code, **self.part(kind, choice.code)}
            for kind, choices in PARTS.items()
            for choice in choices
            if self.part(kind, choice.code)
        ]

    @property
    def fingerprint(self) -> str:
        """A short text that stands for what was written, so that a request sent twice is known as one."""
        return _short(self.parts)

    def version_of(self, kind: str, outcome: str) -> int:
        """A number that stands for one part, so that a page opened before it was written elsewhere is known."""
        return int(_short(self.part(kind, outcome)), 16) % 2**48


def _short(written: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(written, sort_keys=True).encode()).hexdigest()


def seal(own: OwnWords, key: bytes) -> str:
    """The words, unreadable without the key."""
    return Fernet(key).encrypt(json.dumps(asdict(own)).encode()).decode()


def unseal(sealed: str, key: bytes, *, ttl: int | None = None) -> OwnWords | None:
    """The words again; None with another key, or once they are too old."""
    try:
        return OwnWords(**json.loads(Fernet(key).decrypt(sealed, ttl)))
    except (InvalidToken, ValueError):  # ValueError: what came is no key at all
        return None


def read(request: HttpRequest) -> OwnWords:
    """What this browser has written within a day; nothing where its cookie is not the key."""
    sealed = request.session.get(SESSION)
    key = request.COOKIES.get(COOKIE, "").encode()
    return (sealed and key and unseal(sealed, key, ttl=int(LASTS.total_seconds()))) or OwnWords()


def write(request: HttpRequest, response: HttpResponse, own: OwnWords) -> None:
    """Keep what was written for a day, under a new key, which goes to the browser and stays nowhere here."""
    key = Fernet.generate_key()
    request.session[SESSION] = seal(own, key)
    response.set_cookie(
        COOKIE,
        key.decode(),
        path=COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(request: HttpRequest, response: HttpResponse) -> None:
    """Take away what was written, here and in the browser."""
    request.session.pop(SESSION, None)
    response.delete_cookie(COOKIE, path=COOKIE_PATH, samesite="Lax")


def new_code() -> str:
    """A code that nobody guesses, to be written down."""
    return get_random_string(CODE_LENGTH, CODE_LETTERS)


def spaced(code: str, each: int = 4) -> str:
    """A code as one writes it down: in fours, or in groups of another size."""
    return "-".join(re.findall(f".{{1,{each}}}", code))


def tidied(typed: str) -> str:
    """A code as it was typed, without spaces, hyphens, dashes and the like, in capitals."""
    return re.sub(r"[\W_]", "", typed).upper()


def place_of(code: str) -> str:
    """Under which name the words of a code lie. It tells nothing of the code, nor of the key."""
    return salted_hmac(f"{SALT}.place", code, algorithm="sha256").hexdigest()


def key_of(code: str) -> bytes:
    """The key that a code makes."""
    return base64.urlsafe_b64encode(salted_hmac(f"{SALT}.key", code, algorithm="sha256").digest())
