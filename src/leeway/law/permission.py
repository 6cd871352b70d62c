"""Whose a value of the law is: what a council may do with it, by which law, and what it sets that cannot be meant."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from leeway.law.numbers import pounds
from leeway.refusal import quoted

#: A council's value this many times the law's, or this part of it, is a slip: pounds typed for pence, or the reverse.
SLIP = 20
WHAT_A_COUNCIL_MAY = {
    "nothing": "A council may not change it",
    "raise": "A council may raise it, and not lower it",
    "lower": "A council may lower it, and not raise it",
    "set": "A council sets it",
}
KINDS: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    str: "a word",
    list: "a list",
    dict: "a table",
    type(None): "null, as the law ended that day",
}


@dataclass(frozen=True, slots=True)
class Permission:
    """What a council may do with a value: nothing, raise, lower or set; where that is written; what is in doubt.

    `between` are the least and the most that a council can mean (or nought); `one_of` are the words to choose from.
    """

    may: str
    title: str
    url: str
    doubt: str
    between: tuple[int, int] | None
    one_of: tuple[str, ...]

    @property
    def words(self) -> str:
        """Say what a council may do, and by which law."""
        return f"{WHAT_A_COUNCIL_MAY[self.may]} ({self.title})."


def read_permission(given: Mapping[str, Any]) -> Permission:
    """Read `a_council_may` of a parameter file. Raises KeyError, TypeError or ValueError where it cannot be used."""
    if given["do"] not in WHAT_A_COUNCIL_MAY:
        raise ValueError(f"a_council_may must do one of: {', '.join(WHAT_A_COUNCIL_MAY)}")
    between = given.get("between")
    if between is not None:
        least, most = between
        between = (int(least), int(most))
    return Permission(
        may=given["do"],
        title=given["source"]["title"],
        url=given["source"].get("url", ""),
        doubt=" ".join(given.get("doubt", "").split()),
        between=between,
        one_of=tuple(given.get("one_of", ())),
    )


def problem_with(value: Any, law: Any, permission: Permission, unit: str) -> str:
    """Say why a council's value cannot stand beside the law's (or beside Leeway's own example); nothing if it can."""
    if type(value) is not type(law):
        return f"it must be {KINDS[type(law)]}"
    if permission.may == "set":
        return _cannot_be_set(value, law, permission, unit)
    if value == law:
        return ""
    if permission.may == "nothing" or (value < law) == (permission.may == "raise"):
        return f"the law says {amount(law, unit)}"
    forgoes_it = permission.may == "lower" and value == 0  # nought is meant, and no slip, however much the law says
    if not forgoes_it and (value > law * SLIP or value * SLIP < law):
        return f"the law says {amount(law, unit)}, and so great a difference is a slip{_in_pence(unit)}"
    return ""


def amount(value: Any, unit: str) -> str:
    """Write a value with its unit."""
    if isinstance(value, int) and not isinstance(value, bool):
        return pounds(value) + unit.removeprefix("pence") if unit.startswith("pence") else f"{value} {unit}"
    return quoted(value)


def _cannot_be_set(value: Any, example: Any, permission: Permission, unit: str) -> str:
    if isinstance(value, list) and sorted(map(str, value)) != sorted(example):
        return f"it must name each of these once: {', '.join(sorted(example))}"
    if permission.one_of and value not in (None, *permission.one_of):
        return f"it must be one of: {', '.join(permission.one_of)}"
    if permission.between and value != 0:
        least, most = permission.between
        if not least <= value <= most:
            least_words = f"nought, or from {amount(least, unit)}" if least else "from 0"
            return f"it must be {least_words} to {amount(most, unit)}{_in_pence(unit)}"
    return ""


def _in_pence(unit: str) -> str:
    return " (a file gives whole pence)" if unit.startswith("pence") else ""
