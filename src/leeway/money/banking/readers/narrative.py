"""What stands in field :86: of an MT940: free words, or one of two ways to put names and references into them."""

import re
from dataclasses import dataclass

from leeway.money.banking.readers.values import joined

NUMBERED = re.compile(r"[0-9]{3}\?[0-9]{2}")
SLASHED = re.compile(r"/(EREF|REMI|RTRN|BENM|ORDP|CNTP|NAME|IBAN|ISDT|MARF|CSID|PREF|TRTP|BIC|ID|ADDR|TRCD|PURP)/")
KEYWORD = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|COAM|OAMT|PURP)\+")
WIDTH = 27
NO_ID = {"", "NOTPROVIDED", "NOTPROVIDE"}


@dataclass(frozen=True, slots=True)
class Narrative:
    """What field :86: tells of a line."""

    description: str
    reference: str = ""
    end_to_end_id: str = ""
    counterparty: str = ""
    counterparty_account: str = ""
    return_reason: str = ""


def narrative_of(parts: list[str]) -> Narrative:
    """Read field :86:. Nothing of it is lost: what belongs nowhere else stays in the description."""
    unbroken = "".join(parts).strip()
    if NUMBERED.match(unbroken):
        return _numbered(unbroken)
    if SLASHED.search(unbroken):
        return _slashed(unbroken)
    return Narrative(joined(*parts))


def _numbered(text: str) -> Narrative:
    """The German way: `166?00GUTSCHRIFT?20EREF+…?30bank?31account?32name`. A part of full width goes on in the next."""
    found: dict[str, str] = {}
    for part in text.split("?")[1:]:
        key, value = part[:2], part[2:]
        if re.fullmatch("[0-9]{2}", key):
            found[key] = found.get(key, "") + value
        elif found:
            found[next(reversed(found))] += f"?{part}"
    purpose = "".join(
        value if len(value) == WIDTH else f"{value}\n"
        for key, value in sorted(found.items())
        if key[0] == "2" or "60" <= key <= "63"
    )
    words = KEYWORD.split(purpose)
    by_keyword = {name: value.strip() for name, value in zip(words[1::2], words[2::2], strict=True)}
    return Narrative(
        description=joined(found.get("00", ""), purpose),
        reference=joined(by_keyword.get("SVWZ", "") if by_keyword else purpose),
        end_to_end_id=_id(by_keyword.get("EREF", "").split("\n")[0].strip()),
        counterparty=joined(found.get("32", "") + found.get("33", "")),
        counterparty_account=found.get("31", "").strip(),
    )


def _slashed(text: str) -> Narrative:
    """The way with slashes: `/EREF/…/BENM//NAME/…/REMI/…`."""
    words = SLASHED.split(text)
    by_word: dict[str, str] = {}
    for name, value in zip(words[1::2], words[2::2], strict=True):
        by_word.setdefault(name, value.strip().strip("/"))
    return Narrative(
        description=joined(text),
        reference=by_word.get("REMI", ""),
        end_to_end_id=_id(by_word.get("EREF", "")),
        counterparty=by_word.get("NAME", ""),
        counterparty_account=by_word.get("IBAN", ""),
        return_reason=by_word.get("RTRN", ""),
    )


def _id(text: str) -> str:
    return "" if text.upper() in NO_ID else text
