"""Names and references in the few characters that banks carry.

Accents come off, other letters are spelled out, what is left becomes a space; no digit is ever lost, because
a reference without its digits finds nobody.
"""

import re
import unicodedata

from leeway.refusal import Refusal

NOT_BACS = r"[^A-Z0-9.&/-]"  # Bacs Standard 18
#: The Latin letters, digits and signs that ISO 20022 messages carry in names: SWIFT's set X, and the signs that CBPR+
#: adds to it for names and remittance. Identifiers have set X alone.
NOT_ISO = r"""[^A-Za-z0-9/?:().,'+!#&%*=^_`{|}~";@[\]$<>\\-]"""
SPELLED = str.maketrans(
    {"ß": "ss", "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "O", "ø": "o", "Đ": "D", "đ": "d", "Ð": "D"}
    | {"ð": "d", "Ł": "L", "ł": "l", "Þ": "TH", "þ": "th", "ı": "i", "Ħ": "H", "ħ": "h", "Ŧ": "T", "ŧ": "t"}
    | dict.fromkeys("–—‐‑−", "-")
)
APOSTROPHES = str.maketrans("", "", "'’‘`ʼ´")


class NotCarried(Refusal):
    """A name or reference has nothing that a bank can carry, or more digits than it has room for."""


def bacs_text(text: str, *, width: int = 18) -> str:
    """Write a name or reference in Bacs characters: A to Z, 0 to 9, space and . & / -

    Too long a text loses its last letters, but never a digit. Refuses (NotCarried) a text with no such
    character, or with more digits than `width`. Source: Bacs Standard 18.

    >>> bacs_text("Zoë O'Brien, flat 2")
    'ZOE OBRIEN FLAT 2'
    """
    return _fit(re.sub(NOT_BACS, " ", _latin(text.translate(APOSTROPHES)).upper()), text, width)


def iso_text(text: str, *, width: int) -> str:
    """Write a name or reference in the Latin characters that banks carry in ISO 20022 messages.

    Shortened and refused as `bacs_text`. Unlike there, small letters, commas and brackets stay.

    >>> iso_text("Zoë O'Brien & Sons (Care)", width=70)
    "Zoe O'Brien & Sons (Care)"
    """
    return _fit(re.sub(NOT_ISO, " ", _latin(re.sub("[’‘`ʼ´]", "'", text))), text, width)


def _latin(text: str) -> str:
    """Letters without their accents, digits of any script as 0 to 9."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(SPELLED))
    return "".join(
        str(unicodedata.digit(character, character)) for character in decomposed if not unicodedata.combining(character)
    ).translate(SPELLED)


def _fit(carried: str, original: str, width: int) -> str:
    """Single spaces, and no longer than the width: the last letters go first, digits never."""
    carried = " ".join(carried.split())
    if not re.search("[A-Za-z0-9]", carried):
        raise NotCarried(f"Banks cannot carry “{original}”. Write it with letters A to Z or digits.")
    if len(re.sub("[^0-9]", "", carried)) > width:
        raise NotCarried(f"“{original}” has more than {width} digits. Shorten it to {width} characters.")
    while len(carried) > width:
        shorter = re.sub("[A-Za-z](?=[^A-Za-z]*$)", "", carried, count=1)
        if shorter == carried:
            shorter = re.sub("[^0-9](?=[0-9]*$)", "", carried, count=1)
        carried = " ".join(shorter.split())
    return carried
