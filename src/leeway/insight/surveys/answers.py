"""Answers to a questionnaire, from a file or a page, checked against it: nothing is guessed, nothing is put right."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from leeway.insight.surveys.questionnaire import Question, Questionnaire
from leeway.reading import rows_of
from leeway.refusal import Refusal

Value = str | float | None
NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the answers that cannot be used. Row 1 is the first after the header; row 0 is the header."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class Answers:
    """Answers as a frame, and what was wrong with them.

    One row for each row of the file, with `row`, the columns that were asked for beside the questions, and one
    column a question: a code for a choice, a scale and yes or no; a number; a text. Null: no answer that can be used.
    """

    frame: pl.DataFrame
    findings: list[Finding]


def read_answers(
    path: Path, questionnaire: Questionnaire, *, unit: str = "", weight: str = "", others: Sequence[str] = ()
) -> Answers:
    """Answers from a CSV file whose columns are the codes of the questions.

    `unit` names the column that says who answered (each once), `weight` one of numbers above nothing, `others` more
    columns to keep, such as the region of a council. A cell that cannot be used is a finding, and null in the frame.
    A finding names the row and the column, and never what stands there. Raises Refusal where the file is no CSV, lacks
    a column that was asked for, or has mostly answers that cannot be used.
    """
    header, lines = table_of(path)
    beside = [name for name in (unit, weight, *others) if name]
    if missing := [name for name in beside if name not in header]:
        raise Refusal(f"{path.name} has no column “{missing[0]}”. Give the name of a column in its first line.")
    known = {question.code for question in questionnaire.questions}
    if not known & set(header):
        # What stands in the first line may then be somebody's answers: nothing of it is told.
        raise Refusal(
            f"{path.name}: its first line names no question of “{questionnaire.code}”. Name the columns there."
        )
    findings = [Finding(0, name, "No question has this code.") for name in header if name not in known | set(beside)]
    findings += [Finding(0, code, "No column has this question.") for code in sorted(known - set(header))]
    rows: list[dict[str, Value]] = []
    seen: set[str] = set()
    filled = unused = 0
    for number, line in enumerate(lines, start=1):
        if len(line) != len(header):
            filled, unused = filled + len(line), unused + len(line)
            findings.append(Finding(number, "", f"It has {len(line)} cells and not {len(header)}, and is left out."))
            continue
        cells = {name: cell.strip() for name, cell in zip(header, line, strict=True)}
        values, problems = checked(questionnaire, cells)
        filled += sum(bool(cells.get(code)) for code in known)
        unused += sum(bool(cells.get(code)) for code in problems)
        kept: dict[str, Value] = {name: cells[name] or None for name in beside}
        if unit and (not cells[unit] or cells[unit] in seen):
            why = "was in an earlier row" if cells[unit] else "is not named"
            findings.append(Finding(number, unit, f"Who answered {why}: the row is left out."))
            continue
        if unit:
            seen.add(cells[unit])
        if weight:
            kept[weight] = heavy = number_in(cells[weight])
            if heavy is None or heavy <= 0:
                findings.append(Finding(number, weight, "A weight is a number above nothing: the row is left out."))
                continue
        findings += [Finding(number, code, reason) for code, reason in problems.items()]
        rows.append({"row": number, **kept, **values})
    if unused * 2 > filled:
        raise Refusal(
            f"{path.name}: {unused:,} of its {filled:,} answers are none that “{questionnaire.code}” knows, so nothing "
            "is told from it. Give the codes of answers, as the questionnaire has them."
        )
    return Answers(frame_of(rows, questionnaire, beside=beside, numbers=[weight]), findings)


def table_of(path: Path) -> tuple[list[str], list[list[str]]]:
    """The first line of a CSV file, and the others. Raises Refusal where it is none, or names a column twice."""
    lines = [line for line in rows_of(path, strict=True) if line]
    if not lines:
        raise Refusal(f"{path.name} is empty. Its first line must name the columns.")
    header = [name.strip() for name in lines[0]]
    if len(set(header)) < len(header):
        raise Refusal(f"{path.name} has two columns of the same name. Give each its own.")
    return header, lines[1:]


def frame_of(
    rows: Iterable[Mapping[str, Value]],
    questionnaire: Questionnaire,
    *,
    beside: Sequence[str] = (),
    numbers: Sequence[str] = (),
) -> pl.DataFrame:
    """Answers that were checked already, as a frame: `row`, the columns beside the questions, one a question."""
    numbers = [*numbers, *(question.code for question in questionnaire.questions if question.kind == "number")]
    names = dict.fromkeys([*beside, *(question.code for question in questionnaire.questions)])
    schema = {"row": pl.Int64} | {name: pl.Float64 if name in numbers else pl.String for name in names}
    counted = [{"row": number, **row} for number, row in enumerate(rows, start=1)]
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in counted], schema=schema)


def checked(questionnaire: Questionnaire, given: Mapping[str, str]) -> tuple[dict[str, Value], dict[str, str]]:
    """One set of answers: the values that can be used, and a sentence for each question whose answer cannot be.

    An answer to a question that was not put to this person (the section's condition is not met) is a problem too;
    where the condition itself cannot be used, the answers under it cannot either, and one sentence says so.
    """
    values: dict[str, Value] = {}
    problems: dict[str, str] = {}
    for section in questionnaire.sections:
        put = section.is_for(values)
        for question in section.questions:
            text = given.get(question.code, "").strip()
            values[question.code] = None
            if not put:
                if text and section.when and section.when.question not in problems:
                    problems[question.code] = "This question was not for whoever gave the earlier answers."
                continue
            reason = problem_with(question, text)
            if reason:
                problems[question.code] = reason
            elif text:
                values[question.code] = number_in(text) if question.kind == "number" else text
    return values, problems


def problem_with(question: Question, text: str) -> str:
    """What is wrong with an answer, in a sentence; nothing where it can be used."""
    if not text:
        return "This question needs an answer." if question.required else ""
    if "\0" in text:
        return "Leave out the character that cannot be shown."
    if question.options:
        return "" if text in question.labels else "Choose one of the answers to this question."
    if question.kind == "text":
        long = f"Use {question.longest:,} characters or fewer. These are {len(text):,}."
        return long if len(text) > question.longest else ""
    number = number_in(text)
    fits = number is not None and (not question.whole or number == int(number))
    least = -math.inf if question.minimum is None else question.minimum
    most = math.inf if question.maximum is None else question.maximum
    return "" if number is not None and fits and least <= number <= most else f"Enter {number_wanted(question)}."


def number_wanted(question: Question) -> str:
    """What a question wants, in words: “a whole number from 0 to 10”."""
    words = "a whole number" if question.whole else "a number"
    if question.minimum is None:
        return words if question.maximum is None else f"{words} of {question.maximum:g} or less"
    if question.maximum is None:
        return f"{words} of {question.minimum:g} or more"
    return f"{words} from {question.minimum:g} to {question.maximum:g}"


def number_in(text: str) -> float | None:
    """The number that a text is, written plainly (1200 or 12.5); None where it is none."""
    return float(text) if NUMBER.fullmatch(text) else None
