"""Reads a panel from a CSV file of any council return: names of columns in, a panel and what was left out back."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from leeway.published.estimates.panel import Panel, panel_of
from leeway.published.returns.reading import MARKS
from leeway.reading import rows_of
from leeway.refusal import Refusal

NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?([eE][+-]?\d{1,3})?|[+-]?\.\d+")
YEAR = re.compile(r"(\d{1,4})(?:\.0+)?")
FINANCIAL_YEAR = re.compile(r"(\d{4})[-/–](\d{2}|\d{4})")
NAMED_MOST = 5
# Beyond these, sums of products of squares leave what a computer's numbers can hold.
SMALLEST, LARGEST = 1e-30, 1e30
# A cell that is no name of a column, but a number or a date: then the first row is somebody's figures.
NO_NAME = re.compile(r"[\d\s./,:£%-]+")


@dataclass(frozen=True)
class Columns:
    """Which column of the file holds what; outcome and effect are both divided by `per`, where there is one."""

    outcome: str
    effect: str
    unit: str
    period: str
    controls: tuple[str, ...] = ()
    group: str | None = None
    per: str | None = None

    @property
    def numeric(self) -> tuple[str, ...]:
        return (self.outcome, self.effect, *([self.per] if self.per else []), *self.controls)

    @property
    def wanted(self) -> tuple[str, ...]:
        return (*self.numeric, self.unit, self.period, *([self.group] if self.group else []))


@dataclass
class _Rows:
    """The file's columns as far as they are read, and the places that cannot be used."""

    numbers: list[list[float]] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    years: list[int] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def read_panel(path: Path, columns: Columns) -> tuple[Panel, dict[str, int]]:
    """Read a panel, and count the rows that lack a series: by which one, and in all.

    The panel keeps those rows (a lag may use the half that is known); an estimate leaves them out. Refuses a file
    that is no CSV, columns that are not there, cells that are neither a number nor blank nor a mark of the published
    tables (`..`, `[x]`), periods that are no year, and a unit that has a period twice: by row (the heading is row 1)
    and field.
    """
    rows = _Rows()
    _read(rows_of(path, strict=True), columns, rows, path=path)
    if rows.wrong:
        more = len(rows.wrong) - NAMED_MOST
        also = f"; and {more:,} more" if more > 0 else ""
        raise Refusal(f"{path}: {'; '.join(rows.wrong[:NAMED_MOST])}{also}.")
    if not rows.units:
        raise Refusal(f"{path}: there are no rows under the heading.")
    numbers = np.array(rows.numbers)
    both, others = numbers[:, :2], numbers[:, 2:]
    if columns.per:
        both, others = both / others[:, :1], others[:, 1:]
    panel = panel_of(
        unit=rows.units,
        year=rows.years,
        outcome=both[:, 0],
        effect=both[:, 1],
        controls=others,
        group=rows.groups or None,
    )
    return panel, _left_out(numbers, columns)


def _read(reader: Iterable[list[str]], columns: Columns, rows: _Rows, *, path: Path) -> None:
    lines = iter(reader)
    header = [name.strip() for name in next(lines, [])]
    places = {name: _place(name, header, path=path) for name in columns.wanted}
    seen: dict[tuple[str, int], int] = {}
    for number, line in enumerate(lines, start=2):
        if not any(cell.strip() for cell in line):
            continue
        if len(line) != len(header):
            rows.wrong.append(f"row {number} has {len(line)} cells under {len(header)} headings")
            continue
        cells = {name: line[place].strip().strip('"').strip() for name, place in places.items()}
        unit, year = cells[columns.unit], _year(cells[columns.period])
        if not unit:
            rows.wrong.append(f"row {number}, {columns.unit}: it is blank; name the unit")
        if year is None:
            rows.wrong.append(f"row {number}, {columns.period}: not a year (write 2001 or 2000-01)")
        elif (unit, year) in seen:
            rows.wrong.append(
                f"row {number}: {unit} in {cells[columns.period]} is there already in row {seen[unit, year]}"
            )
        else:
            seen[unit, year] = number
        rows.numbers.append([_number(cells[name], name, number, rows.wrong) for name in columns.numeric])
        if columns.per and rows.numbers[-1][2] <= 0:
            rows.wrong.append(f"row {number}, {columns.per}: not above nought, so nothing can be divided by it")
        rows.units.append(unit)
        rows.years.append(year or 0)
        if columns.group:
            rows.groups.append(cells[columns.group] or "not said")


def _place(name: str, header: Sequence[str], *, path: Path) -> int:
    """Where a column stands. Refuses one that is not there, or there twice."""
    if header.count(name) == 1:
        return header.index(name)
    if any(NO_NAME.fullmatch(column) for column in header):
        raise Refusal(f"{path}: there is no column “{name}”. Give the names of the columns in the first row.")
    there = ", ".join(column[:60] for column in header[:40] if column) or "none"
    how = "more than one column" if name in header else "no column"
    raise Refusal(f"{path}: there is {how} “{name}”. The columns are: {there}.")


def _number(cell: str, name: str, number: int, wrong: list[str]) -> float:
    if cell.lower() in MARKS:
        return np.nan
    value = float(cell.replace(",", "")) if NUMBER.fullmatch(cell) else np.nan
    if value == 0 or SMALLEST <= abs(value) <= LARGEST:
        return value
    why = "not a number" if np.isnan(value) else "too large or too small a number to reckon with"
    wrong.append(f"row {number}, {name}: {why}")
    return np.nan


def _year(cell: str) -> int | None:
    """The year a period ends in: 2001 for “2001” and for “2000-01”."""
    if match := YEAR.fullmatch(cell):
        return int(match[1])
    if match := FINANCIAL_YEAR.fullmatch(cell):
        year = int(match[1]) + 1
        return year if str(year).endswith(match[2]) else None
    return None


def _left_out(numbers: np.ndarray, columns: Columns) -> dict[str, int]:
    lacking = ~np.isfinite(numbers)
    outcome, effect = lacking[:, 0], lacking[:, 1]
    counts = {
        "without_outcome": int((outcome & ~effect).sum()),
        "without_effect": int((effect & ~outcome).sum()),
        "without_either": int((outcome & effect).sum()),
    }
    if columns.controls or columns.per:
        counts["without_another_column"] = int((lacking[:, 2:].any(axis=1) & ~outcome & ~effect).sum())
    return {"rows": int(lacking.any(axis=1).sum()), **counts}
