"""Targets as data: what was to be reached, of whom, by when, who said so, and how it was changed.

`targets.yaml` holds the national ones. A council's own are another file of the same kind.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from leeway.reading import yaml_of
from leeway.refusal import Refusal

NATIONAL = Path(__file__).with_name("targets.yaml")


@dataclass(frozen=True)
class Base:
    """Whom a percentage is of, as a share of the widest base."""

    key: str
    name: str
    share_of_ni130_percent: float
    source: str
    doubt: str = ""


@dataclass(frozen=True)
class Goal:
    """What was agreed on one day: this percentage of that base, by then."""

    since: date
    percent: float
    base: Base
    by: date
    owner: str
    source: str
    doubt: str = ""

    def percent_on(self, base: Base) -> float:
        """The same number of people as a percentage of another base; over 100 where that base is too small for it."""
        return self.percent * self.base.share_of_ni130_percent / base.share_of_ni130_percent


@dataclass(frozen=True)
class Target:
    """One target through its history, oldest first."""

    key: str
    name: str
    measure: str
    history: tuple[Goal, ...]

    def on(self, day: date) -> Goal:
        """The goal in force on a day. Refuses a day before anything was agreed."""
        agreed = [goal for goal in self.history if goal.since <= day]
        if not agreed:
            raise Refusal(f"“{self.name}” was not agreed before {self.history[0].since}. Give a later day.")
        return agreed[-1]


@dataclass(frozen=True)
class Targets:
    """All targets of one file, and the bases they count against."""

    bases: dict[str, Base]
    targets: dict[str, Target]


def aim(percent: float, at_most: bool) -> str:
    """What is to be reached, as people write it.

    >>> aim(30, at_most=False), aim(27.5, at_most=True)
    ('30%', '27.5% or less')
    """
    return f"{percent:g}%" + (" or less" if at_most else "")


@cache
def national() -> Targets:
    """The national targets."""
    return read_targets(NATIONAL)


def read_targets(path: Path) -> Targets:
    """Read a file of targets. Refuses, naming the entry: a field that is missing, unknown or of the wrong kind."""
    top = _fields(yaml_of(path), f"{path}", {"bases": dict, "targets": dict})
    bases = {key: _base(key, entry, f"{path}, {key}") for key, entry in top["bases"].items()}
    return Targets(bases, {key: _target(key, entry, bases, f"{path}, {key}") for key, entry in top["targets"].items()})


def _base(key: str, given: Any, where: str) -> Base:
    kinds = {"name": str, "share_of_ni130_percent": float, "source": str}
    fields = _fields(given, where, kinds, {"doubt": str})
    _check_percent(fields["share_of_ni130_percent"], f"{where}, share_of_ni130_percent")
    return Base(key=key, **fields)


def _target(key: str, given: Any, bases: dict[str, Base], where: str) -> Target:
    fields = _fields(given, where, {"name": str, "measure": str, "history": list})
    goals = tuple(_goal(entry, bases, f"{where}, entry {n}") for n, entry in enumerate(fields.pop("history"), 1))
    since = [goal.since for goal in goals]
    if not goals or since != sorted(set(since)):
        raise Refusal(f"{where}, history: needs at least one entry, each later than the one before.")
    return Target(key=key, history=goals, **fields)


def _goal(given: Any, bases: dict[str, Base], where: str) -> Goal:
    kinds = {"since": date, "percent": float, "base": str, "by": date, "owner": str, "source": str}
    fields = _fields(given, where, kinds, {"doubt": str})
    _check_percent(fields["percent"], f"{where}, percent")
    if fields["base"] not in bases:
        raise Refusal(f"{where}, base: is none of {', '.join(bases)}.")
    if fields["by"] <= fields["since"]:
        raise Refusal(f"{where}, by: is not after the day it was agreed.")
    return Goal(**{**fields, "base": bases[fields["base"]]})


def _fields(given: Any, where: str, kinds: dict[str, type], perhaps: dict[str, type] | None = None) -> dict[str, Any]:
    """The fields of one entry, each of its kind; whole numbers pass for numbers, and nothing passes for text."""
    perhaps = perhaps or {}
    if not isinstance(given, dict):
        raise Refusal(f"{where}: is not a list of fields.")
    if missing := [name for name in kinds if given.get(name) in (None, "")]:
        raise Refusal(f"{where}, {missing[0]}: is missing.")
    if unknown := [name for name in given if name not in {**kinds, **perhaps}]:
        raise Refusal(f"{where}, {unknown[0]}: is no field of a target. Use {', '.join({**kinds, **perhaps})}.")
    for name, value in given.items():
        kind = {**kinds, **perhaps}[name]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (is_number if kind is float else type(value) is kind):
            raise Refusal(f"{where}, {name}: is not {_KINDS[kind]}.")
    return dict(given)


_KINDS = {str: "text", float: "a number", date: "a date", dict: "a list of fields", list: "a list of entries"}


def _check_percent(value: float, where: str) -> None:
    if not 0 < value <= 100:
        raise Refusal(f"{where}: is not a percentage above 0 and up to 100.")
