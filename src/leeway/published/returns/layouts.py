"""Which return a file is, told by its content, and the reader for it."""

import re
from pathlib import Path

from leeway.published.returns import listed, stacked, wide
from leeway.published.returns.reading import Reading, Rows, rows_of
from leeway.refusal import Refusal

COUNCIL_AND_YEAR = {"financial_year", "cassr_code", "council"}
IN_TITLE = re.compile(r"(?<!\d)(20\d\d)[-/](?:20)?(\d\d)(?!\d)")


def read_return(path: Path) -> Reading:
    """Read a published return: what it says by council, year and item, and what of it could not be read.

    The layout is told by the heading rows. The file's name is looked at for one thing only: the year, where the
    content has none (PSS-EX1 2014-15 and 2015-16). Refuses a file that is missing, empty, no text, of no known
    layout, of no known year, or without one readable figure.
    """
    reading = _read(path, rows_of(path))
    if reading.table.is_empty() and reading.totals.is_empty():
        raise Refusal(f"{path}: looks like a {reading.kind} return, but no figure in it could be read.")
    return reading


def _read(path: Path, rows: Rows) -> Reading:
    header = {cell.strip() for cell in rows[0]}
    if {"section", "line", "line_label", *COUNCIL_AND_YEAR} <= header:
        return stacked.read_expenditure(rows)
    if {"sheet_row", "heading", "item", "value", "average_flag", "adjusted_flag", *COUNCIL_AND_YEAR} <= header:
        return stacked.read_activity(rows)
    if {"Council Code", "Council Name", "Value"} <= header:
        kind = "PSS-EX1 activity, long" if "Activity Provision" in header else "PSS-EX1 additional, long"
        return listed.read_long(rows, kind, _year(path, rows))
    if {"LABEL", "CASSR_CODE", "CASSR_NAME", "Time_Period_Desc", "Value"} <= header:
        return listed.read_deferred(rows)
    if {"FY_Ending", "CASSR_CODE", "GEOGRAPHY_CODE", "REGION_GO_CODE"} <= header:
        return listed.read_asc_fr(rows)
    if {"Financial year", "Local authority code", "Local authority name", "Measure", "Value"} <= header:
        return listed.read_oflog(rows)
    if rows[0] and rows[0][0].startswith("Table ") and listed.ascof_header(rows) > 0:
        return listed.read_ascof(rows)
    if any(cell.startswith("GDP DEFLATORS") for cell in rows[0]):
        return listed.read_deflators(rows)
    if wide.council_columns(rows) > 0:
        kind = "bridging" if "Bridging Year" in rows[1] else "councils in columns"
        return wide.read_council_columns(rows, f"PSS-EX1, {kind}", _year(path, rows))
    if wide.first_council_row(rows)[0] > 0:
        kind = "unit costs" if "nit Cost" in " ".join(rows[0]) and "Activity" not in " ".join(rows[0]) else "activity"
        return wide.read_council_rows(rows, f"PSS-EX1 {kind}, wide", _year(path, rows))
    raise Refusal(
        f"{path}: is not a published return that Leeway knows (PSS-EX1, ASC-FR, ASCOF, OFLOG or GDP deflators)."
    )


def _year(path: Path, rows: Rows) -> str:
    """The financial year of a file with one year: from its title, else from its name."""
    for words in (" ".join(rows[0][:2]), path.name):
        if (said := IN_TITLE.search(words)) and int(said[2]) == (int(said[1]) + 1) % 100:
            return f"{said[1]}-{said[2]}"
    raise Refusal(
        f"{path}: nothing in the file says its year. Put the year in its name, for example return_2014-15.csv."
    )
