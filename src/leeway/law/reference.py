"""Every parameter of the law, for the page of the site and for the reference page of the documentation."""

from dataclasses import dataclass
from pathlib import Path

from leeway.law.dated import DEFAULT_POLICY, DatedValue, Parameter, every_parameter
from leeway.law.numbers import pounds

OPENING = """\
# Parameters

Every dated value that a rule of Leeway uses, with its history and its source. A value holds from its first day
until the next one; before its first day there is none, and a rule refuses to guess. National values are followed
by a council's own, here those of the default policy. Each says what a council may do with it, and by which law: a
policy that does anything else is refused.

This page is generated: run `make reference` after a change. A note “in doubt” says what is still to be confirmed
before charging on the value.
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One dated value, ready to read."""

    start: str
    value: str
    title: str
    url: str
    doubt: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One parameter with its history, ready to read, newest value first."""

    name: str
    description: str
    unit: str
    set_by: str
    a_council_may: str
    lines: tuple[Line, ...]


def parameters_for_page(policy: Path = DEFAULT_POLICY) -> tuple[Entry, ...]:
    """Give every parameter with its history, newest first: national values, then the council's own."""
    entries = [
        Entry(
            name=parameter.name,
            description=parameter.description,
            unit=parameter.unit,
            set_by=parameter.set_by,
            a_council_may=_with_doubt(parameter.permission.words, parameter.permission.doubt),
            lines=tuple(
                Line(dated.start.isoformat(), show_value(parameter, dated), dated.title, dated.url, dated.doubt)
                for dated in reversed(parameter.history)
            ),
        )
        for parameter in every_parameter(policy).values()
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.set_by != "national law", entry.name)))


def show_value(parameter: Parameter, dated: DatedValue) -> str:
    """Write a value with its unit, as people read it."""
    value = dated.value
    if value is None:
        return "ended"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict) and "units" in value:
        prices = [
            f"{name.replace('_', ' ')} {pounds(unit['pence'])} a {unit['unit']}"
            for name, unit in value["units"].items()
        ]
        return f"prices of {value['year']}, {value['percent']} per cent of the table's: {', '.join(prices)}"
    if isinstance(value, dict):
        return f"version {value['version']}"
    if isinstance(value, list):
        return ", then ".join(str(part).replace("_", " ") for part in value)
    if parameter.unit.startswith("pence"):
        return pounds(value) + parameter.unit.removeprefix("pence").replace(" per ", " a ")
    return f"{value} {parameter.unit}" if isinstance(value, int) else str(value)


def markdown() -> str:
    """Write the reference page of every parameter."""
    parts = [OPENING]
    heading = ""
    for entry in parameters_for_page():
        if entry.set_by != heading:
            heading = entry.set_by
            parts.append(f"## {heading[0].upper()}{heading[1:]}\n")
        parts.append(f"### `{entry.name}`\n\n{entry.description}\n\n{entry.a_council_may}\n")
        parts.append("| From | Value | Source |\n|---|---|---|")
        for line in entry.lines:
            source = f"[{line.title}]({_link(line.url)})" if line.url else line.title
            parts.append(f"| {line.start} | {line.value} | {_with_doubt(f'{source}.', line.doubt)} |")
        parts.append("")
    return "\n".join(parts)


def _link(url: str) -> str:
    return "../" + url.removeprefix("docs/") if url.startswith("docs/") else url


def _with_doubt(text: str, doubt: str) -> str:
    return f"{text} In doubt: {doubt}" if doubt else text
