"""The values of the law by date: read from YAML, never guessed before their first day.

National values live in `parameters/`; a council's own live in a policy folder of the same shape. Each file says whose
its value is and what a council may do with it: a policy file of the same name as a national one stands over it from
its first day where the law lets a council be gentler, and is refused everywhere else.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from leeway.law.inputs import nearest
from leeway.law.permission import Permission, amount, problem_with, read_permission
from leeway.reading import yaml_of
from leeway.refusal import Refusal

PARAMETERS = Path(__file__).parent / "parameters"
DEFAULT_POLICY = Path(__file__).parent / "policies" / "default"
NATIONAL, COUNCIL = "national law", "council policy"
#: Of these pairs the first is never more than the second.
IN_ORDER = (
    ("charging.capital.lower_limit", "charging.capital.upper_limit"),
    ("charging_policy.smallest_charge", "charging_policy.largest_charge"),
)


#: Between the name of a value and its first day, where a decision keeps several of them.
SINCE = "@"
#: A value that was put up every year is taken to be put up again: so many of its last years show that it was.
YEARS_THAT_SHOW = 3


class NotInForce(Refusal):
    """The law has no value for that day: it had not begun, or it had ended."""


class UnknownParameter(Refusal):
    """No parameter has that name."""


class BadParameter(Refusal):
    """A parameter file is not as it must be; the sentence names the file and what to mend."""


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A value from a day on, where it is written, and what is in doubt about it. None: it ended that day."""

    start: date
    value: Any
    title: str
    url: str
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value of the law: whose it is, what a council may do with it, and its whole history, oldest first.

    `label` is its name in a list people choose from, for a kind of income or capital; empty for the rest.
    """

    name: str
    description: str
    unit: str
    set_by: str
    permission: Permission
    history: tuple[DatedValue, ...]
    label: str = ""

    def on(self, day: date) -> DatedValue:
        """Give the value in force that day, or refuse: a value before its first day is never guessed."""
        found = None
        for dated in self.history:
            if dated.start <= day:
                found = dated
        if found is None:
            raise NotInForce(
                f"{self.name} has no value on {day}: its first is from {self.history[0].start}. Use a later date."
            )
        if found.value is None:
            raise NotInForce(f"{self.name} has no value on {day}: it ended on {found.start}. Use an earlier date.")
        if old := self.not_known_on(day):
            return replace(found, doubt=f"{found.doubt} {old}".strip())
        return found

    def between(self, first: date, last: date) -> Iterator[DatedValue]:
        """Go through the values in force on any day from a first to a last one."""
        ends = [later.start for later in self.history[1:]]
        for dated, end in zip(self.history, [*ends, date.max], strict=True):
            if dated.start <= last and end > first and dated.value is not None:
                yield dated

    def not_known_on(self, day: date) -> str:
        """Say that a day is in a year of which no value is known yet, though there is one every year; else nothing."""
        last = self.history[-1].start
        if self.history[-1].value is None:
            return ""
        if day < _years_before(last, -1) or len(self.history) < YEARS_THAT_SHOW:
            return ""
        starts = [dated.start for dated in self.history[-YEARS_THAT_SHOW:]]
        if starts != [_years_before(last, years) for years in reversed(range(YEARS_THAT_SHOW))]:
            return ""
        return f"No values after {last.year}-{(last.year + 1) % 100:02} are known; those are used."


def _years_before(day: date, years: int) -> date:
    return date(day.year - years, day.month, day.day)


@dataclass(frozen=True, eq=False)
class Law:
    """Everything in force on one day, frozen: `law["charging.capital.lower_limit"]` gives a value.

    `digest` is a fingerprint (SHA-256) of the values, so that a decision made years ago can prove which it used.
    `looked_back_at` has, by name, the values of the days before that a rule looked back at: they stand in both.
    """

    on: date
    parameters: Mapping[str, Parameter]
    looked_back_at: Mapping[str, tuple[DatedValue, ...]] = MappingProxyType({})

    def __getitem__(self, name: str) -> Any:
        return self.dated(name).value

    def dated(self, name: str) -> DatedValue:
        """Give a value with its first day and its source; refuse if none is in force."""
        if name not in self.parameters:
            raise UnknownParameter(f"There is no parameter {name}.{nearest(name, self.parameters)}")
        return self.parameters[name].on(self.on)

    def looking_back(self, names: Iterable[str], since: date) -> "Law":
        """The same law, with the values that some parameters had since a day, where they were not always the same."""
        if self.looked_back_at:
            return self
        windows = {name: tuple(self.parameters[name].between(since, self.on)) for name in names}
        return replace(self, looked_back_at={name: window for name, window in windows.items() if len(window) > 1})

    def then(self, name: str, day: date) -> Any:
        """Give the value of a day that was looked back at; before the first day of the law, its first value."""
        window = self.looked_back_at.get(name)
        if window is None:
            return self[name]
        return [window[0], *(dated for dated in window if dated.start <= day)][-1].value

    def only(self, *areas: str) -> "Law":
        """Keep some areas of the law, so that a digest speaks of what a rule may read and of nothing else."""
        if areas not in self._parts:
            kept = {name: p for name, p in self.parameters.items() if name.split(".")[0] in areas}
            back = {name: window for name, window in self.looked_back_at.items() if name in kept}
            self._parts[areas] = Law(self.on, MappingProxyType(kept), back)
        return self._parts[areas]

    @cached_property
    def _parts(self) -> dict[tuple[str, ...], "Law"]:
        return {}

    @cached_property
    def not_known_yet(self) -> tuple[str, ...]:
        """What is to be said where the day is in a year of which values are not known yet: a sentence a year."""
        said = {parameter.not_known_on(self.on): None for parameter in self.parameters.values()}
        return tuple(sentence for sentence in said if sentence)

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """Every value in force that day, by name; and of a day before, where a rule looked back, by name and day."""
        back = {
            f"{name}{SINCE}{dated.start}": dated.value
            for name, window in sorted(self.looked_back_at.items())
            for dated in window
        }
        return MappingProxyType({name: dated.value for name, dated in self.in_force()} | back)

    @cached_property
    def digest(self) -> str:
        """Fingerprint of every value in force that day, by name."""
        return digest_of(self.values)

    def in_force(self) -> Iterator[tuple[str, DatedValue]]:
        """Go through the values in force that day, by name."""
        for name, parameter in sorted(self.parameters.items()):
            started = [dated for dated in parameter.history if dated.start <= self.on]
            if started and started[-1].value is not None:
                yield name, started[-1]


def digest_of(values: Mapping[str, Any]) -> str:
    """Fingerprint (SHA-256) of values by name: the same whether they were just read or stored years ago."""
    return hashlib.sha256(_as_text(values).encode()).hexdigest()


def _as_text(values: Mapping[str, Any]) -> str:
    return json.dumps(dict(values), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def law_as_it_was(on: date, values: Mapping[str, Any], policy: Path | None = None) -> Law:
    """Give the law of a day with the values that a decision of that day kept, whatever today's files say of them."""
    return _law_as_it_was(on, _as_text(values), policy or DEFAULT_POLICY)


@cache
def _law_as_it_was(on: date, values: str, policy: Path) -> Law:
    as_it_was = Permission(may="nothing", title="a stored decision", url="", doubt="", between=None, one_of=())
    kept: dict[str, Parameter] = {}
    back: dict[str, tuple[DatedValue, ...]] = {}
    for key, value in json.loads(values).items():
        name, _, since = key.partition(SINCE)
        if since:
            back[name] = (*back.get(name, ()), DatedValue(date.fromisoformat(since), value, "", ""))
        else:
            kept[name] = Parameter(name, "", "", "a stored decision", as_it_was, (DatedValue(on, value, "", ""),))
    parameters = MappingProxyType(dict(sorted({**every_parameter(policy), **kept}.items())))
    return Law(on, parameters, MappingProxyType(back))


def law_on(on: date, policy: Path | None = None) -> Law:
    """Give the law in force on a day: national values with the council's policy over them.

    `policy` is the council's folder; without one, the default policy that Leeway ships.
    """
    return _law_on(on, policy or DEFAULT_POLICY)


@cache
def _law_on(on: date, policy: Path) -> Law:
    return Law(on, every_parameter(policy))


@cache
def every_parameter(policy: Path = DEFAULT_POLICY) -> Mapping[str, Parameter]:
    """Give every parameter by name, national and the council's, each with its history.

    Refuses a policy that leaves out what the default one settles, settles something unknown, overrules national law,
    or contradicts itself.
    """
    national = _read_folder(PARAMETERS, NATIONAL)
    if not policy.is_dir():
        raise BadParameter(f"The council’s policy folder {policy} is not there. Give the folder of its YAML files.")
    settled = _read_folder(DEFAULT_POLICY, COUNCIL)
    known = {**national, **settled}
    council = settled if policy == DEFAULT_POLICY else _read_folder(policy, COUNCIL, known)
    for name in settled:
        if name not in council:
            raise BadParameter(f"The council’s policy {policy.name} does not settle {name}. Add a file for it.")
    together = {**national, **{name: _stands_over(known[name], council[name]) for name in council}}
    _refuse_contradictions(together)
    return MappingProxyType(dict(sorted(together.items())))


def _stands_over(known: Parameter, council: Parameter) -> Parameter:
    """The council's values, refused unless each may stand every day; before the first of them, the law's own."""
    first = council.history[0].start
    for start in sorted({dated.start for dated in (*known.history, *council.history)}):
        if start < first:
            continue
        ours, theirs = _value_on(council, start), _value_on(known, max(start, known.history[0].start))
        if wrong := problem_with(ours, theirs, known.permission, known.unit):
            raise BadParameter(
                f"The council’s policy file {_file(council.name)} has {amount(ours, known.unit)} from {start} for "
                f"{council.name}: {wrong}. {known.permission.words} Mend the value, or add one from that day."
            )
    if known.set_by == COUNCIL:
        return council
    if first < known.history[0].start:
        raise BadParameter(
            f"The council’s policy file {_file(council.name)} begins on {first}, before the law does. "
            f"Begin on {known.history[0].start} or later."
        )
    return replace(council, history=tuple(dated for dated in known.history if dated.start < first) + council.history)


def _refuse_contradictions(parameters: Mapping[str, Parameter]) -> None:
    for less, more in IN_ORDER:
        low, high = parameters[less], parameters[more]
        begun = max(low.history[0].start, high.history[0].start)
        for start in sorted({begun, *(dated.start for dated in (*low.history, *high.history))}):
            if start >= begun and _value_on(low, start) > _value_on(high, start):
                raise BadParameter(
                    f"{less} is {amount(_value_on(low, start), low.unit)} from {start}, more than {more}, which is "
                    f"{amount(_value_on(high, start), high.unit)}. Mend one of the two in the council’s policy."
                )


def _value_on(parameter: Parameter, day: date) -> Any:
    return [dated for dated in parameter.history if dated.start <= day][-1].value


def _file(name: str) -> str:
    return name.replace(".", "/") + ".yaml"


def _read_folder(folder: Path, set_by: str, known: Mapping[str, Parameter] | None = None) -> dict[str, Parameter]:
    """Read a folder of parameter files. With `known`, each is a council's file, and whose it is is known already."""
    read = {}
    for path in sorted(folder.rglob("*.yaml")):
        name = ".".join(path.relative_to(folder).with_suffix("").parts)
        if known is not None and name not in known:
            raise BadParameter(
                f"The council’s policy {folder.name} has {name}, which no rule reads.{nearest(name, known)}"
            )
        for parameter in _read_file(path, name, set_by, known[name] if known else None):
            read[parameter.name] = parameter
    return read


def _read_file(path: Path, name: str, set_by: str, known: Parameter | None) -> list[Parameter]:
    """Read one parameter, or a table of kinds: a parameter each, named after the file and the kind."""
    try:
        data = yaml_of(path)
        permission = _whose(data, set_by, known)
        if "kinds" not in data:
            return [Parameter(name, _words(data["description"]), data["unit"], set_by, permission, _history(data))]
        return [
            Parameter(
                name=f"{name}.{code}",
                description=_words(row.get("help", f"{row['label']}.")),
                unit="way of counting",
                set_by=set_by,
                permission=permission,
                history=_history(row),
                label=row["label"],
            )
            for code, row in data["kinds"].items()
        ]
    except (Refusal, KeyError, TypeError, ValueError, AttributeError) as problem:
        raise BadParameter(
            f"The parameter file {path.name} ({name}) cannot be read: {_words(str(problem))}. "
            "It needs a description, a unit, and values by date, each with a value and a source."
        ) from problem


def _history(data: Mapping[str, Any]) -> tuple[DatedValue, ...]:
    history = tuple(
        DatedValue(
            start=start,
            value=dated["value"],
            title=dated["source"]["title"],
            url=dated["source"].get("url", ""),
            doubt=_words(dated.get("doubt", "")),
        )
        for start, dated in data["values"].items()
    )
    starts = [dated.start for dated in history]
    if not starts or any(type(start) is not date for start in starts) or starts != sorted(set(starts)):
        raise ValueError("its values must be dated, oldest first")
    return history


def _words(text: str) -> str:
    return " ".join(text.split())


def _whose(data: Mapping[str, Any], set_by: str, known: Parameter | None) -> Permission:
    """Read whose a value is, and what a council may do with it. A council's file cannot say it of itself."""
    if known is None:
        if data["set_by"] != set_by:
            raise ValueError(f"set_by must be {set_by}")
        return read_permission(data["a_council_may"])
    if data.get("set_by", known.set_by) != known.set_by:
        raise ValueError(f"it says that it is set by {data['set_by']}, and {known.name} is set by {known.set_by}")
    if "a_council_may" in data and read_permission(data["a_council_may"]) != known.permission:
        raise ValueError(
            f"what a council may do with {known.name} is not the council’s to say: {known.permission.words}"
        )
    return known.permission
