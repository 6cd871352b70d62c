"""The law's own lists of what is left out, a row for every paragraph: carried out by kinds or a rule, or not for here.

The rows stand in `schedules/schedule_1.yaml` (income) and `schedule_2.yaml` (capital). They decide nothing: the kinds
do, which are dated values. The rows say that no paragraph was forgotten, and what of it could not be read.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from leeway.law.inputs import only_known
from leeway.reading import yaml_of

SCHEDULES = Path(__file__).parent / "schedules"
ROW = ("what", "kinds", "rule", "does_not_apply", "doubt")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a schedule: what it leaves out, and how it is carried out or why it is not.

    `kinds` are codes of its table; `rule` says what else carries it out; `doubt`, what could not be read.
    """

    number: str
    what: str
    kinds: tuple[str, ...]
    rule: str
    does_not_apply: str
    doubt: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """A list of the law, paragraph by paragraph, and the table whose kinds carry it out."""

    number: int
    title: str
    table: str
    source: str
    url: str
    paragraphs: tuple[Paragraph, ...]


@cache
def schedules() -> tuple[Schedule, ...]:
    """Every list of the law that is kept here, in order of its number."""
    return tuple(_schedule(yaml_of(path)) for path in sorted(SCHEDULES.glob("schedule_*.yaml")))


def _schedule(data: dict[str, Any]) -> Schedule:
    return Schedule(
        number=data["schedule"],
        title=data["title"],
        table=data["table"],
        source=data["source"]["title"],
        url=data["source"]["url"],
        paragraphs=tuple(_paragraph(number, row) for number, row in data["paragraphs"].items()),
    )


def _paragraph(number: str, row: dict[str, Any]) -> Paragraph:
    only_known(row, ROW, f"Paragraph {number}")
    return Paragraph(
        number=number,
        what=row["what"],
        kinds=tuple(row.get("kinds", ())),
        rule=row.get("rule", ""),
        does_not_apply=row.get("does_not_apply", ""),
        doubt=row.get("doubt", ""),
    )


OPENING = """\
# What the law leaves out, paragraph by paragraph

A row for every paragraph of the law’s lists of what is left out of income and capital: the kinds that carry it out
(each with its days on the page of [parameters](parameters.md)), or the rule that does, or why it does not apply to a
charge for care at home. “Not read” says what of it could not be read at its source.

This page is generated: run `make reference` after a change.
"""


def markdown() -> str:
    """Write the reference page of every list."""
    parts = [OPENING]
    for schedule in schedules():
        parts.append(f"\n## {schedule.title}: [{schedule.source}]({schedule.url})\n")
        parts.append("| Paragraph | What | Carried out by | Not read |\n|---|---|---|---|")
        parts += [f"| {row.number} | {row.what} | {_carried_out(row)} | {row.doubt} |" for row in schedule.paragraphs]
    return "\n".join([*parts, ""])


def _carried_out(row: Paragraph) -> str:
    if row.does_not_apply:
        return f"Does not apply: {row.does_not_apply[:1].lower()}{row.does_not_apply[1:]}"
    by_kinds = ", ".join(f"`{code}`" for code in row.kinds)
    return "; ".join(filter(None, [by_kinds, row.rule]))
