"""Read published returns from the command line: what is in them, as one tidy table, and what could not be read."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import click
import polars as pl

from leeway.commandline import BadUse, written_whole
from leeway.published.returns.layouts import read_sheets
from leeway.published.returns.reading import Reading, Unread
from leeway.writing import csv_of

ROWS_NAMED_MAX = 5


@click.command("read-return")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", metavar="OUT.csv", type=click.Path(path_type=Path), help="Write the tidy table here.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
def read_return(files: tuple[Path, ...], output: Path | None, as_json: bool) -> None:
    """Read published returns (PSS-EX1, ASC-FR, ASCOF, OFLOG, GDP deflators) into one tidy table.

    A file is CSV (gzipped or not), XLSX or ODS; of a workbook, every sheet that is a return is read. The table has a
    row for each council, year and item, with its value and a flag. Totals of groups of councils (England, regions) are
    counted and left out of it. Whatever could not be read is listed with its row and the reason.

    Example: leeway insight read-return pss_ex1_expenditure_2004-05.csv.gz -o spending.csv
    """
    if output and output.resolve() in {path.resolve() for path in files}:
        raise BadUse(f"{output} is one of the files to read. Give another file for the table.")
    read = [(path, *read_sheets(path)) for path in files]
    readings = [(_named(path, sheet), reading) for path, found, _ in read for sheet, reading in found.items()]
    table = _together(readings)
    if output:
        with written_whole(output) as file:
            file.write(csv_of(table))
    if as_json:
        answer: dict[str, Any] = {"files": [_told(named, reading) for named, reading in readings]}
        if not output:
            answer["rows"] = table.to_dicts()
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for named, reading in readings:
        click.echo(_summary(named, reading))
    for path, _, others in read:
        if others:
            click.echo(f"{path.name}: sheets that are no return: {', '.join(others)}.")
    if output:
        click.echo(f"Wrote {table.height:,} rows to {output}.")


def _named(path: Path, sheet: str) -> str:
    return f"{path}, sheet “{sheet}”" if sheet else f"{path}"


def _together(readings: list[tuple[str, Reading]]) -> pl.DataFrame:
    """All tables as one. Refuses two with the same item: Leeway cannot say which of them is right."""
    key = ["council", "year", "item"]
    for place, (named, reading) in enumerate(readings):
        for other, earlier in readings[:place]:
            if reading.table.join(earlier.table, on=key, how="semi").height:
                raise BadUse(f"{named} and {other} give the same items. Read them one at a time.")
    return pl.concat([reading.table for _, reading in readings])


def _told(named: str, reading: Reading) -> dict[str, Any]:
    table = reading.table
    return {
        "file": named,
        "kind": reading.kind,
        "rows": table.height,
        "councils": table["council"].n_unique(),
        "years": table["year"].unique().sort().to_list(),
        "items": table["item"].n_unique(),
        "totals_left_out": reading.totals.height,
        "passed_over": reading.passed_over,
        "unread": [place._asdict() for place in reading.unread],
    }


def _summary(named: str, reading: Reading) -> str:
    told = _told(named, reading)
    years = told["years"]
    when = f", {years[0]}" + (f" to {years[-1]}" if len(years) > 1 else "") if years else ""
    lines = [
        f"{Path(named).name}: {told['kind']}{when}",
        f"  Read: {told['rows']:,} rows (councils {told['councils']}, items {told['items']:,}).",
        f"  Left out: {told['totals_left_out']:,} totals; {told['passed_over']:,} headings, notes and repeats.",
    ]
    by_reason: dict[str, list[Unread]] = defaultdict(list)
    for place in reading.unread:
        by_reason[place.reason].append(place)
    lines += [f"  Not read: {_rows_named(places)}: {reason}." for reason, places in by_reason.items()]
    return "\n".join(lines if by_reason else [*lines, "  Everything was read."])


def _rows_named(places: list[Unread]) -> str:
    numbers = sorted({place.row for place in places})
    more = len(numbers) - ROWS_NAMED_MAX
    named = ", ".join(str(number) for number in numbers[:ROWS_NAMED_MAX])
    return ("row " if len(numbers) == 1 else "rows ") + named + (f" and {more:,} more" if more > 0 else "")
