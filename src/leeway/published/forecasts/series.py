"""A series to look ahead on: one value in percent a period, for one unit (a council, say) or for many.

Every part of the room works on the same frame, `SERIES`: `unit`, `series`, `period` (a day), `value` (percent).
`series` names the way of counting. Where it changes, the counts before and after are not comparable, and nothing
here ever takes a change across it: direct payments as a share of everybody in the year (to 2013-14), of people with
long-term support on 31 March (from 2014-15), and from client level data (from 2024-25) are three series.
"""

import csv
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from leeway.published.returns.reading import MARKS
from leeway.reading import lines_of
from leeway.refusal import Refusal

SERIES = {"unit": pl.String, "series": pl.String, "period": pl.Date, "value": pl.Float64}

DAYS_PER_YEAR = 365.25

_TWO_YEARS = re.compile(r"(\d{4})(?:-|/| to )(\d{2}|\d{4})")
_ONE_YEAR = re.compile(r"\d{4}")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?", re.IGNORECASE | re.ASCII)


def day_of(period: str) -> date:
    """The day a period stands for: a date is itself, a year is its 31 March, when the year of the returns ends.

    2010-11 is the financial year that ends on 31 March 2011, never November 2010. Raises ValueError for anything else.

    >>> day_of("2011"), day_of("2010-11"), day_of("2010 to 2011"), day_of("2010-09-30")
    (datetime.date(2011, 3, 31), datetime.date(2011, 3, 31), datetime.date(2011, 3, 31), datetime.date(2010, 9, 30))
    """
    if _ONE_YEAR.fullmatch(period):
        return date(int(period), 3, 31)
    if two := _TWO_YEARS.fullmatch(period):
        ends = int(two[1]) + 1
        if two[2] not in {f"{ends:04d}", f"{ends % 100:02d}"}:
            raise ValueError(period)
        return date(ends, 3, 31)
    if len(period) != 10:
        raise ValueError(period)
    return date.fromisoformat(period)


def years_between(start: date, end: date) -> float:
    """How many years lie between two days."""
    return (end - start).days / DAYS_PER_YEAR


def read_series(path: Path) -> pl.DataFrame:
    """Read a file with the columns `period` and `value`, and perhaps `unit` and `series`, as a `SERIES` frame.

    A row whose value is blank, or marked as a published table marks a missing figure, is a gap and left out. Refuses
    with file, row and field: a missing column, a period that is none, a value that is no number from 0 to 100, a
    period given twice for one unit, a file without values.
    """
    try:
        rows = list(_rows(path, lines_of(path)))
    except csv.Error as problem:
        raise Refusal(f"{path}: cannot be read as text. Give a CSV file in UTF-8.") from problem
    if not rows:
        raise Refusal(f"{path}: has no values. Give at least two rows with a period and a value.")
    return pl.DataFrame(rows, schema=SERIES, orient="row").sort("unit", "period")


def _rows(path: Path, lines: Iterator[str]) -> Iterator[tuple[str, str, date, float]]:
    table = csv.DictReader(lines, skipinitialspace=True)
    named = [name.strip() for name in table.fieldnames or ()]
    table.fieldnames = named
    for column in ("period", "value"):
        if named.count(column) != 1:
            raise Refusal(f"{path}: needs one column named {column} (and may have unit and series).")
    seen: dict[tuple[str, date], int] = {}
    for row in table:
        number = table.line_num
        if None in row or None in row.values():
            raise Refusal(f"{path}, row {number}: has not as many cells as the header. Give each row all of them.")
        cells = {name: row[name].strip() for name in ("period", "value", "unit", "series") if name in named}
        if not any(cells.values()):
            continue
        where = f"{path}, row {number}"
        if "unit" in cells and not cells["unit"]:
            raise Refusal(f"{where}, unit: is blank. Name the unit, or leave the column out.")
        try:
            day = day_of(cells["period"])
        except ValueError as problem:
            raise Refusal(f"{where}, period: is not a date or a year. Write 2011-03-31, 2011 or 2010-11.") from problem
        unit = cells.get("unit", "")
        if (first := seen.setdefault((unit, day), number)) != number:
            raise Refusal(f"{where}, period: is there twice for one unit (row {first} has it too). Leave one out.")
        if cells["value"].lower() not in MARKS:
            yield unit, cells.get("series", ""), day, _percent(cells["value"], where)


def _percent(text: str, where: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise Refusal(f"{where}, value: is not a number. Write a percentage such as 28.1.")
    value = float(text)
    if not 0 <= value <= 100:
        raise Refusal(f"{where}, value: is not between 0 and 100. Write a percentage such as 28.1.")
    return value


def latest(series: pl.DataFrame) -> pl.DataFrame:
    """Keep, of each unit, the values counted in the way its last value is counted: those since the last break."""
    ordered = series.sort("unit", "period")
    counted = pl.col("series").rle_id().over("unit")
    return ordered.filter(counted == counted.max().over("unit"))


def crosses(series: pl.DataFrame, day: date) -> bool:
    """Whether one unit's values, all counted alike, lie on both sides of a day that began another way of counting."""
    ends = latest(series).group_by("unit").agg(first=pl.col("period").min(), last=pl.col("period").max())
    return not ends.filter(pl.col("first") < day, pl.col("last") >= day).is_empty()


def refuse_unusable(series: pl.DataFrame) -> None:
    """Refuse a frame in which a unit has a period twice, or fewer than two values counted alike (no change shows)."""
    if series.is_empty():
        raise Refusal("There are no values to look ahead from.")
    if not (twice := series.filter(pl.struct("unit", "period").is_duplicated())).is_empty():
        raise Refusal(f"{_whose(twice['unit'][0])} more than one value for {twice['period'][0]}. Leave one out.")
    short = latest(series).group_by("unit").len().filter(pl.col("len") < 2)["unit"].sort()
    if not short.is_empty():
        since = " since the way of counting changed" if series["series"].n_unique() > 1 else ""
        more = f", and so have {len(short) - 1} other units" if len(short) > 1 else ""
        raise Refusal(
            f"{_whose(short[0])} one value only{since}{more}. A forecast takes two at least: add earlier values, "
            f"or leave the unit out."
        )


def _whose(unit: str) -> str:
    return f"{unit} has" if unit else "The series has"
