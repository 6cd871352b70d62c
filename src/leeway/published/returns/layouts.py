"""Which return a file is, told by its content, and the reader for it."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

from leeway.published.returns import listed, stacked, wide
from leeway.published.returns.reading import Reading, Rows, Unproved, tables_of
from leeway.refusal import Refusal

COUNCIL_AND_YEAR = {"financial_year", "cassr_code", "council"}
STACKED = {"section", "line", "line_label", *COUNCIL_AND_YEAR}
IN_TITLE = re.compile(r"(?<!\d)(20\d\d)[-/_](?:20)?(\d\d)(?!\d)")
#: A published file's name may have the year in two figures each: pss-exp-eng-14-15-fin.csv. A day is none: 12-11-2014.
IN_NAME = re.compile(r"(?<!\d)(?<!\d[-_])(\d\d)[-_](\d\d)(?![-_]?\d)")
ONE_COUNCIL = re.compile(r"(?:PSS )?EXPENDITURE IN (20\d\d-\d\d)|PSS EX1 Return for (20\d\d-\d\d)")


class NotKnown(Refusal):
    """Nothing in a table tells of a published return."""


def read_return(path: Path) -> Reading:
    """Read a published return: what it says by council, year and item, and what of it could not be read.

    The layout is told by the heading rows, and proved by the rows under them. The file's name is looked at for one
    thing only: the year, where the content has none. Refuses a file that is missing, empty, no text, of no known
    layout, of no known year, without one readable figure, or with fewer readable figures than others.
    """
    readings, _others = read_sheets(path)
    if len(readings) > 1:
        raise Refusal(f"{path}: has {len(readings)} sheets that are returns. Read one of them.")
    return next(iter(readings.values()))


def read_sheets(path: Path) -> tuple[dict[str, Reading], list[str]]:
    """Every return in a file: of a workbook, one for each sheet that is one, by its name; and the other sheets."""
    tables = tables_of(path)
    readings: dict[str, Reading] = {}
    for sheet, rows in tables.items():
        where = f"{path}, sheet “{sheet}”" if sheet else f"{path}"
        try:
            readings[sheet] = _read_table(path, where, rows)
        except NotKnown:
            if len(tables) == 1:
                raise
    if not readings:
        raise NotKnown(f"{path}: no sheet of it is a published return that Leeway knows.")
    return readings, [sheet for sheet in tables if sheet not in readings]


def _read_table(path: Path, where: str, rows: Rows) -> Reading:
    top = next((place for place, row in enumerate(rows) if any(cell.strip() for cell in row)), 0)
    try:
        reading = _read(path, where, rows[top:])
    except Unproved as problem:
        raise Refusal(f"{where}: {problem}. It is another kind of file, and nothing of it was read.") from problem
    reading = replace(reading, unread=tuple(place._replace(row=place.row + top) for place in reading.unread))
    if reading.table.is_empty() and reading.totals.is_empty():
        reasons = Counter(place.reason for place in reading.unread).most_common(1)
        why = "".join(f" Most often: {reason}." for reason, _count in reasons)
        raise Refusal(f"{where}: looks like a {reading.kind} return, but no figure in it could be read.{why}")
    return reading


def _read(path: Path, where: str, rows: Rows) -> Reading:
    header = {cell.strip() for cell in rows[0]} if rows else set()
    if header >= STACKED:
        return stacked.read_expenditure(rows)
    if {"sheet_row", "heading", "item", "value", "average_flag", "adjusted_flag", *COUNCIL_AND_YEAR} <= header:
        return stacked.read_activity(rows)
    if {"Council Code", "Council Name", "Value"} <= header:
        kind = "PSS-EX1 activity, long" if "Activity Provision" in header else "PSS-EX1 additional, long"
        return listed.read_long(rows, kind, _year(path, where, rows[:1]))
    if {"LABEL", "CASSR_CODE", "CASSR_NAME", "Time_Period_Desc", "Value"} <= header:
        return listed.read_deferred(rows)
    if {"FY_Ending", "CASSR_CODE", "GEOGRAPHY_CODE", "REGION_GO_CODE"} <= header:
        return listed.read_asc_fr(rows)
    if {"FY_ENDING", "GEOGRAPHY_CODE", "GEOGRAPHY_NAME", "ITEMVALUE"} <= {name.upper() for name in header}:
        return listed.read_asc_fr_described(rows)
    if {"Financial year", "Local authority code", "Local authority name", "Measure", "Value"} <= header:
        return listed.read_oflog(rows)
    if {name.replace("_", " ") for name in header} >= listed.OPEN_DATA:
        return listed.read_open_data(rows, _year(path, where, []))
    if rows and rows[0] and rows[0][0].startswith("Table ") and listed.ascof_header(rows) > 0:
        return listed.read_ascof(rows)
    if rows and any(cell.startswith("GDP DEFLATORS") for cell in rows[0]):
        return listed.read_deflators(rows)
    _refuse_one_council(where, rows)
    if wide.council_columns(rows) > 0:
        kind = "bridging" if "Bridging Year" in rows[1] else "councils in columns"
        return wide.read_council_columns(rows, f"PSS-EX1, {kind}", _year(path, where, rows[:1]))
    if (first := wide.first_council_row(rows)[0]) > 0:
        title = " ".join(cell for row in rows[:first] for cell in row)
        kind = "unit costs" if "nit Cost" in title and "Activity" not in title else "activity"
        return wide.read_council_rows(rows, f"PSS-EX1 {kind}, wide", _year(path, where, rows[:first]))
    raise NotKnown(
        f"{where}: is not a published return that Leeway knows (PSS-EX1, ASC-FR, ASCOF, OFLOG or GDP deflators)."
    )


def _refuse_one_council(where: str, rows: Rows) -> None:
    """Refuse one council's own sheet of 2000-08, and say which form of those years is read."""
    for row in rows[:15]:
        said = next(filter(None, (ONE_COUNCIL.search(cell) for cell in row)), None)
        if said or [cell.strip().lower() for cell in row[:2]] == ["col a", "col b"]:
            year = f" of {said[1] or said[2]}" if said else ""
            raise Refusal(
                f"{where}: is one council’s own sheet of the PSS-EX1 return{year}. Of 2000-01 to 2007-08 Leeway reads "
                f"the councils’ sheets stacked in one file, with the columns financial_year, cassr_code, council, "
                f"section, line, line_label, col_C, col_D and so on. Stack them, or give such a file."
            )


def _year(path: Path, where: str, above: Rows) -> str:
    """The financial year of a file with one year: from the rows above its figures, else from its name."""
    for row in above:
        if years := _years(IN_TITLE, " ".join(row[:2])):
            return years[0]
    years = list(dict.fromkeys(_years(IN_TITLE, path.name) + _years(IN_NAME, path.name)))
    if len(years) == 1:
        return years[0]
    told = f"its name tells of {' and '.join(years)}" if years else "nothing in the file says its year"
    raise Refusal(f"{where}: {told}. Put the year in its name, for example return_2014-15.csv.")


def _years(pattern: re.Pattern[str], words: str) -> list[str]:
    """The financial years that some words name; a pair of years that do not follow each other is none."""
    pairs = ((int(said[1]) % 100, int(said[2])) for said in pattern.finditer(words))
    return [f"20{first:02}-{then:02}" for first, then in pairs if then == (first + 1) % 100]
