"""The code lists of the return, as `lists.yaml` holds them, and how what a council wrote is matched to them."""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).with_name("lists.yaml")


@dataclass(frozen=True)
class Code:
    """One value of a list: its words in release 2, and what the centre knows about it."""

    value: str
    release_1: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    rank: int | None = None
    group: str = ""
    settled: bool | None = None
    never_sent: bool = False


@dataclass(frozen=True)
class CodeList:
    """One list: its values in order, where they come from, and what is doubtful about them."""

    name: str
    codes: tuple[Code, ...]
    source: str
    doubt: str = ""
    open: bool = False  # the list was not seen: any value is let through
    _spelt: dict[str, tuple[str, int]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def values(self) -> tuple[str, ...]:
        """Give the values of release 2, in order."""
        return tuple(code.value for code in self.codes)

    def within(self, group: str) -> tuple[str, ...]:
        """Give the values of one group, such as those that are long term support."""
        return tuple(code.value for code in self.codes if code.group == group)

    def read(self, text: str) -> tuple[str | None, int]:
        """Say which value somebody meant, and of which release their spelling is: none and 0 where it is no value.

        >>> code_list("client_type").read("carer"), code_list("client_type").read("Service  User")
        (('Unpaid carer', 1), ('Service user', 2))
        >>> code_list("client_type").read("Neighbour")
        (None, 0)
        """
        spelt = folded(text)
        if found := self._spelt.get(spelt):
            return found
        for code in self.codes:
            if any(spelt.startswith(folded(start)) for start in code.begins):
                return code.value, 2
        return (text.strip(), 2) if self.open else (None, 0)


_DASHES = re.compile("[\u2010-\u2015\u2212\ufffd\x96]")  # among them what is left of a dash in the wrong encoding
_TIGHT = re.compile(" ?([-:/,]) ?")
_SPACES = re.compile(r"\s+")


def folded(text: str) -> str:
    """Write a value without what spelling it differently would change: capitals, spaces, kinds of dashes.

    >>> folded("NFA -Support  Declined") == folded("nfa - support declined")
    True
    """
    return _TIGHT.sub(r"\1", _SPACES.sub(" ", _DASHES.sub("-", text.casefold()))).strip()


@cache
def _data() -> dict[str, Any]:
    return yaml.safe_load(DATA.read_text(encoding="utf-8"))


@cache
def code_list(name: str) -> CodeList:
    """Give one list by its name in `tables`, such as "service_type"."""
    told = _data()["lists"][name]
    codes = tuple(_code(row) for row in told["values"])
    spelt = {folded(old): (code.value, 1) for code in codes for old in (*code.release_1, code.value) if old}
    spelt |= {folded(code.value): (code.value, 2) for code in codes if not code.never_sent}
    return CodeList(name, codes, told["source"], told.get("doubt", ""), told.get("open", False), spelt)


def _code(row: dict[str, Any]) -> Code:
    listed: dict[str, Any] = {key: tuple(row[key]) for key in ("release_1", "begins") if key in row}
    return Code(**(row | listed))


@dataclass(frozen=True)
class Setting:
    """Where a person with long-term support is counted: the lowest rank of their open services."""

    rank: int
    name: str
    service_type: str
    mechanism: str  # empty for blank or wrong


@cache
def settings() -> tuple[Setting, ...]:
    """Give the nine settings of long-term support in the centre's order (ASCOF 3D, SALT LTS001)."""
    return tuple(Setting(**row) for row in _data()["settings"]["ranks"])
