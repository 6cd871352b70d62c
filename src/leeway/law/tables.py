"""Tables for the rules: people to charge, one a row, and a sample to calibrate on.

A row of people is turned into one person's case and read as that case is, so that nothing is treated otherwise.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import batched, chain
from pathlib import Path
from typing import Any, TextIO

from leeway import limits
from leeway.law.charge_case import CASE_FIELDS, PREMIUMS, Case, read_case
from leeway.law.charge_numbers import Worked
from leeway.law.charging import ROWS_AT_A_TIME, charge_columns, columns_of_means, result_of
from leeway.law.dated import Law
from leeway.law.inputs import nearest, only_known, whole
from leeway.law.means import CAPITAL, INCOME, kinds
from leeway.law.outcome import BadInput
from leeway.reading import table_of
from leeway.refusal import Refusal, quoted
from leeway.writing import write_rows

#: Who the row is about, in the council's own words or numbers: carried into the answer as they stand.
WHO = ("person", "name", "case", "case_number", "reference")
#: How many mistakes of a table are named at once.
MISTAKES = 5
#: Lists whose lines have a kind: the word their columns begin with, the field, its amount, its kinds.
KINDS_OF = {"income": ("income", "pence_per_week", INCOME), "capital": ("capital_items", "pence", CAPITAL)}
#: Lists of codes: a column a code, which holds true or false.
CODES_OF = {"premiums": tuple(premium.code for premium in PREMIUMS)}
STEPS = tuple(field.name for field in fields(Worked))
WORDS = {"true": True, "false": False, "yes": True, "no": False}
WHOLE = re.compile(r"-?[0-9]{1,15}")
POUNDS = re.compile(r"£.*|-?[0-9][0-9,]*\.[0-9]{1,2}")
SAMPLE = ("points", "weekly_cost_pence")
#: What remains of a person's points after the help of family and friends, in hundredths; a sample may have it.
LEFT = "hundredths_of_points_left"


@dataclass(frozen=True, slots=True)
class Column:
    """Where the cells of a column go: a field of the case, or a part of one line of a list in it."""

    name: str
    field: str
    line: str = ""
    part: str = ""
    kind: str = ""

    @property
    def is_pence(self) -> bool:
        """Whether the cells are amounts of money."""
        return (self.part or self.field).endswith(("pence", "pence_per_week"))


def write_charges(people: Path, out: TextIO, law: Law) -> int:
    """Work out the charge of each person of a table, and write a table of the answers with every step.

    The columns of `people` are named after `CASE_FIELDS`. `income.state_pension` and `capital.savings` hold amounts,
    `income.private_pension.2` a second one of its kind, and `capital.savings.owners` another field of that line;
    `premiums.carer` holds true or false; `FIELD.1.NAME` is a field of the first line of any other list. A blank cell
    is left out, as in a case; a column of `WHO` is carried into the answer. Answers how many
    people there were. Raises `Refusal` that names the rows and the fields.
    """
    answers = _charges(people, law)
    first = next(answers, None)
    if first is None:
        raise Refusal(f"{people}: there are no rows under the heading.")
    count = 0

    def rows() -> Iterator[Sequence[Any]]:
        nonlocal count
        for answer in chain([first], answers):
            count += 1
            yield [_shown(value) for value in answer.values()]

    write_rows(out, list(first), rows())
    return count


def _charges(people: Path, law: Law) -> Iterator[dict[str, Any]]:
    names, rows = table_of(people, limits.ROWS)
    who = [name for name in names if name.strip().lower().replace(" ", "_") in WHO]
    columns = _without_mistakes(lambda name: _column(name, people), [name for name in names if name not in who])
    _refuse_doubles(columns, people)
    part = law.only("charging", "charging_policy")
    for batch in batched(rows, ROWS_AT_A_TIME):
        cases = _without_mistakes(lambda row: _read_row(f"{people}, row {row[0]}", row[1], columns, part), batch)
        worked = charge_columns(columns_of_means([case.means for case in cases]), law)
        in_rows = zip(*(worked[step].tolist() for step in STEPS), strict=True)
        for (number, cells), case, amounts in zip(batch, cases, in_rows, strict=True):
            steps = dict(zip(STEPS, amounts, strict=True))
            yield {
                "row": number,
                **{name: cells[name] for name in who},
                **result_of(case, Worked(**steps)),
                **{f"step.{name}": amount for name, amount in steps.items()},
            }


def _without_mistakes[Given, Read](read: Callable[[Given], Read], given: Iterable[Given]) -> list[Read]:
    """Read each of several things. Refuses with the first mistakes of all of them at once."""
    found, mistakes = [], []
    for each in given:
        try:
            found.append(read(each))
        except BadInput as mistake:
            mistakes.append(mistake)
            if len(mistakes) > MISTAKES:
                break
    if len(mistakes) == 1:
        raise mistakes[0]
    if mistakes:
        more = " There are more." if len(mistakes) > MISTAKES else ""
        raise BadInput(" ".join(str(each) for each in mistakes[:MISTAKES]) + more, field=mistakes[0].field)
    return found


def _refuse_doubles(columns: Sequence[Column], people: Path) -> None:
    """Refuse two columns for the same thing: the second would silently take the place of the first."""
    first: dict[tuple[str, str, str, str], str] = {}
    for column in columns:
        what = (column.field, column.line, column.part, column.kind)
        if what in first:
            raise BadInput(
                f"{people}: the columns {quoted(first[what])} and {quoted(column.name)} are the same line. Give a "
                "second one of its kind another number.",
                field=column.name,
            )
        first[what] = column.name


def _column(name: str, people: Path) -> Column:
    """Read the name of a column. Refuses one that no rule would read."""
    field, *rest = name.split(".")
    lists = {listed for listed, _amount, _table in KINDS_OF.values()} | set(CODES_OF)
    known = [one for one in CASE_FIELDS if one not in lists]
    whole_lists = [*(f"{word}.KIND" for word in KINDS_OF), *(f"{word}.CODE" for word in CODES_OF)]
    problem = nearest(name, [*WHO, *known]) or (
        f" Known are: {', '.join([*known, *whole_lists])}. Who the row is about goes in {', '.join(WHO[:-1])} or "
        f"{WHO[-1]}, and stands in the answer too."
    )
    if field in KINDS_OF and rest:
        listed, amount, table = KINDS_OF[field]
        kind, *rest = rest
        number = str(int(rest.pop(0))) if rest and rest[0].isdecimal() else "1"
        if kind in kinds(table) and len(rest) <= 1 and "" not in rest:
            return Column(name, listed, f"{kind}.{number}", rest[0] if rest else amount, kind)
        named = [f"{field}.{known}" for known in kinds(table)]
        problem = nearest(name, named) or f" Use one of: {', '.join(named)}."
    elif field in CODES_OF and rest:
        if rest[0] in CODES_OF[field] and len(rest) == 1:
            return Column(name, field, kind=rest[0])
        problem = f" Use one of: {', '.join(f'{field}.{code}' for code in CODES_OF[field])}."
    elif field in CASE_FIELDS and len(rest) == 2 and rest[0].isdecimal() and rest[1]:
        return Column(name, field, rest[0], rest[1])
    elif name in lists:
        problem = " It is a list: give each of its lines a column, for example income.state_pension or premiums.carer."
    elif name in CASE_FIELDS:
        return Column(name, field)
    raise BadInput(f"{people}: the column {quoted(name)} is not known.{problem}", field=name)


def _read_row(where: str, cells: Mapping[str, str], columns: Sequence[Column], law: Law) -> Case:
    case: dict[str, Any] = {}
    lines: dict[tuple[str, str], dict[str, Any]] = {}
    try:
        _fill(case, lines, cells, columns)
        return read_case(case, law)
    except Refusal as refusal:
        sentence = str(refusal)
        for field in dict.fromkeys(field for field, _line in lines):
            for number, line in enumerate((line for listed, line in lines if listed == field), start=1):
                sentence = sentence.replace(f"{field}, line {number}", f"{field}, {line.removesuffix('.1')}")
        raise BadInput(f"{where}: {sentence}", field=refusal.field) from refusal


def _fill(
    case: dict[str, Any],
    lines: dict[tuple[str, str], dict[str, Any]],
    cells: Mapping[str, str],
    columns: Sequence[Column],
) -> None:
    for column in columns:
        cell = cells[column.name]
        if not cell:
            continue
        value = _value(cell, column)
        if column.part:
            line = lines.setdefault((column.field, column.line), {"kind": column.kind} if column.kind else {})
            line[column.part] = value
        elif not column.kind:
            case[column.field] = value
        elif not isinstance(value, bool):
            raise BadInput(f"{column.name} must be true or false, not {quoted(cell)}.", field=column.name)
        elif value:
            case.setdefault(column.field, []).append(column.kind)
    for (field, _line), line in lines.items():
        case.setdefault(field, []).append(line)


def _value(cell: str, column: Column) -> Any:
    if WHOLE.fullmatch(cell):
        return int(cell)
    if column.is_pence and POUNDS.fullmatch(cell):
        raise BadInput(f"{column.name} is {quoted(cell)}, which is pounds. Write whole pence: 1250 for £12.50.")
    return WORDS.get(cell.lower(), cell)


def _shown(value: Any) -> Any:
    """A value as it stands in a cell."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def read_sample(path: Path) -> tuple[list[int], list[int], list[int] | None]:
    """Read a sample to calibrate on: each person's points, and the weekly cost of their support in pence.

    The third list is what remains of their points after help, in hundredths; None where the sample does not say.
    """
    names, rows = table_of(path)
    only_known(dict.fromkeys(names), (*WHO, *SAMPLE, LEFT), str(path))
    for name in SAMPLE:
        if name not in names:
            raise BadInput(f"{path}: there is no column “{name}”. Give points and weekly_cost_pence.", field=name)
    points: list[int] = []
    costs: list[int] = []
    left: list[int] = []
    for number, cells in rows:
        try:
            points.append(whole(_value(cells["points"], Column("points", "points")), "points", most=100_000))
            cost = _value(cells["weekly_cost_pence"], Column("weekly_cost_pence", "weekly_cost_pence"))
            costs.append(whole(cost, "weekly_cost_pence", least=1, unit="pence"))
            if LEFT in names:
                left.append(whole(_value(cells[LEFT], Column(LEFT, LEFT)), LEFT, most=100 * points[-1]))
        except Refusal as refusal:
            raise BadInput(f"{path}, row {number}: {refusal}", field=refusal.field) from refusal
    if not points:
        raise Refusal(f"{path}: there are no rows under the heading.")
    return points, costs, left if LEFT in names else None
