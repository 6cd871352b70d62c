"""The council's allocation table as its policy file gives it: questions, points, and points to pounds, checked."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from leeway.law.dated import BadParameter, Law
from leeway.refusal import quoted


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its points, or (for help from family and friends) the share of points that remains."""

    id: str
    label: str
    points: int
    percent: int


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the table. `family_can_help`: help from family and friends lowers its points."""

    id: str
    domain: str
    text: str
    help: str
    family_can_help: bool
    informal_support: bool
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A whole allocation table: who it is for, its questions, and how points become pence."""

    version: str
    kind: str
    contingency_percent: int
    deflator_percent: int
    ceiling_pence_per_week: int
    most_pence_for_one_point: int
    points_to_pence: tuple[tuple[int, int], ...]
    questions: tuple[Question, ...]


@cache
def allocation_table(law: Law, kind: str) -> Table:
    """Read the table in force for an adult or a carer; refuse one that is broken, jumps or falls."""
    value = law["allocation"]
    try:
        part = value[kind]
        table = Table(
            version=str(value["version"]),
            kind=kind,
            contingency_percent=_whole(value["contingency_percent"]),
            deflator_percent=_whole(value["deflator_percent"]),
            ceiling_pence_per_week=_whole(part["ceiling_pence_per_week"]),
            most_pence_for_one_point=_whole(part["most_pence_for_one_point"]),
            points_to_pence=tuple((_whole(points), _whole(pence)) for points, pence in part["points_to_pence"]),
            questions=tuple(_question(question) for question in part["questions"]),
        )
        _check(table)
    except (KeyError, TypeError, ValueError) as problem:
        raise BadParameter(f"The council's allocation file cannot be used for {kind}s: {problem}.") from problem
    return table


def _question(given: Mapping[str, Any]) -> Question:
    informal = bool(given.get("informal_support", False))
    return Question(
        id=str(given["id"]),
        domain=str(given["domain"]),
        text=str(given["text"]),
        help=str(given.get("help", "")),
        family_can_help=bool(given.get("family_can_help", False)),
        informal_support=informal,
        answers=tuple(
            Answer(
                id=str(answer["id"]),
                label=str(answer["label"]),
                points=0 if informal else _whole(answer["points"]),
                percent=_whole(answer["percent"]) if informal else 100,
            )
            for answer in given["answers"]
        ),
    )


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{quoted(value)} must be a whole number, nought or more")
    return value


def _check(table: Table) -> None:
    rows = table.points_to_pence
    if len(rows) < 2 or rows[0] != (0, 0):
        raise ValueError("points_to_pence must begin with no points and no pence, and go on")
    for (points, pence), (more_points, more_pence) in itertools.pairwise(rows):
        if more_points <= points or more_pence < pence:
            raise ValueError(f"points_to_pence must rise: see the row of {more_points} points")
        if more_pence - pence > table.most_pence_for_one_point * (more_points - points):
            raise ValueError(f"one point is worth too much before the row of {more_points} points: a cliff")
    if not 100_00 <= table.ceiling_pence_per_week <= 20_000_00:
        raise ValueError("ceiling_pence_per_week must be from £100 to £20,000 a week, in whole pence")
    if table.contingency_percent > 100 or not 0 < table.deflator_percent <= 200:
        raise ValueError("contingency_percent must be 0 to 100, and deflator_percent 1 to 200")
    ids = [question.id for question in table.questions]
    if len(set(ids)) != len(ids):
        raise ValueError("two questions have the same id")
    for question in table.questions:
        answers = [answer.id for answer in question.answers]
        if len(set(answers)) != len(answers) or len(answers) < 2:
            raise ValueError(f"{question.id} needs two answers or more, each with its own id")
