"""Reading what a rule is given: every mistake gets a sentence that names the field and says what to do."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from leeway.law.outcome import BadInput
from leeway.refusal import quoted

#: No day that a rule of social care asks about lies before or after these.
EARLIEST, LATEST = date(1890, 1, 1), date(2199, 12, 31)
#: No weekly amount or saving in social care comes near this; a larger number is a slip (pence typed as pounds).
MOST_PENCE = 100_000_000_000


def nearest(word: str, known: Iterable[str]) -> str:
    """Suggest the known words nearest to a mistyped one, as the end of a sentence."""
    from difflib import get_close_matches  # only a mistake needs it

    close = get_close_matches(word[:100], list(known), n=3, cutoff=0.6)
    return f" Did you mean {' or '.join(close)}?" if close else ""


def mapping(given: object, field: str) -> Mapping[str, Any]:
    """Read a set of named fields."""
    if not isinstance(given, Mapping) or any(not isinstance(name, str) for name in given):
        raise BadInput(f"{field} must be a set of named values.", field=field)
    return given


def only_known(given: Mapping[str, Any], known: Collection[str], field: str) -> None:
    """Refuse a field nobody reads: a misspelt name must not be silently left out of a decision."""
    for name in given:
        if name not in known:
            near = nearest(name, known) or f" Known are: {', '.join(known)}."
            raise BadInput(f"{field}: “{name}” is not known here.{near}", field=name)


def needed(given: Mapping[str, Any], name: str, known: Iterable[str] = ()) -> Any:
    """Read a field that must be there; `known` are the codes that it may have, which a refusal then names."""
    if name not in given:
        codes = ", ".join(known)
        what = f"Add it, as one of: {codes}." if codes else "Add it and try again."
        raise BadInput(f"{name} is missing. {what}", field=name)
    return given[name]


def all_needed(given: Mapping[str, Any], known: Mapping[str, Collection[str]], field: str) -> None:
    """Refuse a set of codes that lacks some, naming every one that is missing and what it may be."""
    missing = [name for name in known if name not in given]
    if missing:
        lacking = "; ".join(f"{name} is missing (one of: {', '.join(known[name])})" for name in missing)
        raise BadInput(f"{field}: {lacking}. Add what is missing.", field=missing[0])


def yes_or_no(value: object, field: str) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise BadInput(f"{field} must be true or false, not {quoted(value)}.", field=field)
    return value


def whole(value: object, field: str, *, least: int = 0, most: int = MOST_PENCE, unit: str = "") -> int:
    """Read a whole number inside its limits (money is whole pence)."""
    kind = f"a whole number{' of ' + unit if unit else ''}"
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput(f"{field} must be {kind}, not {quoted(value)}.", field=field)
    if value < least:
        raise BadInput(f"{field} is {value:,}; it must be {kind}, {least:,} or more.", field=field)
    if value > most:
        raise BadInput(f"{field} is {value:,}; the most that can be right is {most:,}.", field=field)
    return value


def pence(value: object, field: str) -> int:
    """Read an amount of money: whole pence, nought or more."""
    return whole(value, field, unit="pence")


def day(value: object, field: str) -> date:
    """Read a day, written 2026-01-31."""
    try:
        found = date.fromisoformat(value) if isinstance(value, str) else None
        if found and found.isoformat() == value and EARLIEST <= found <= LATEST:
            return found
    except ValueError:
        pass
    raise BadInput(f"{field} must be a day such as 2026-01-31, not {quoted(value)}.", field=field)


def words(value: object, field: str) -> str:
    """Read a text."""
    if not isinstance(value, str):
        raise BadInput(f"{field} must be words, not {quoted(value)}.", field=field)
    return value.strip()


def needed_words(given: Mapping[str, Any], name: str, field: str) -> str:
    """Read a text that must be there, on one line."""
    text = " ".join(words(given.get(name, ""), f"{field}, {name}").split())
    if not text:
        raise BadInput(f"{field}: {name} is missing. Say it in a few words.", field=name)
    return text


def one_of(value: object, known: Collection[str], field: str) -> str:
    """Read one code of a list."""
    if not isinstance(value, str) or value not in known:
        raise BadInput(f"{field} is {quoted(value)}; use one of: {', '.join(known)}.", field=field)
    return value


def sequence(value: object, field: str) -> Sequence[Any]:
    """Read a list."""
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise BadInput(f"{field} must be a list.", field=field)
    return value


def some_of(value: object, known: Collection[str], field: str) -> tuple[str, ...]:
    """Read a list of codes without doubles, in the order of the code list."""
    given = [one_of(code, known, field) for code in sequence(value, field)]
    return tuple(code for code in known if code in given)
