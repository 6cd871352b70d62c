"""The tables behind the measures, from the command line: long-term support, unit costs, packages to look at."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leeway.commandline import BadUse, past_date, show_json, written_whole
from leeway.writing import csv_of

if TYPE_CHECKING:
    import polars as pl

    from leeway.insight.records.tables import Records

#: Each table, and what it tells.
WORDS = {
    "LTS001a": "long-term support in the year, by place, age and reason",
    "LTS001b": "long-term support on the day",
    "LTS001c": "those of LTS001b who had it all year",
    "LTS002a": "unplanned reviews of those of LTS001c, by what brought them about and what followed",
    "LTS002b": "those of LTS001c, by the kinds of review that they had in the year",
    "LTS003": "carers supported in the year, by what they had",
    "LTS004": "where people of 18 to 64 with a learning disability live, and whether they are in paid work",
    "STS001": "requests of new clients in the year, by route and by what followed",
    "STS002": "spells of reablement that ended in the year, by what followed",
    "unit-costs": "what a unit costs, by component and kind of unit: quartiles, in pence",
    "second-look": "the services of packages that cost more than 19 in 20 of those of people alike",
}


@click.command()
@click.argument("name", metavar="TABLE", type=click.Choice(list(WORDS), case_sensitive=False))
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--as-at", required=True, type=past_date, help="The day, and the last of the twelve months before it.")
@click.option("-o", "--output", metavar="OUT.csv", type=click.Path(path_type=Path), help="Write the table here.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows for programs.")
def table(name: str, paths: tuple[Path, ...], as_at: date, output: Path | None, as_json: bool) -> None:
    """Tell one table of a return, for the council's own eyes: small counts are not hidden.

    \b
    LTS001a, LTS001b, LTS001c, LTS002a, LTS002b, LTS003, LTS004: long-term support, as SALT had it
    STS001, STS002: what followed requests and reablement, as SALT had it
    unit-costs: quartiles of the cost of a unit
    second-look: packages that cost far more than those of people alike

    Example: leeway insight table LTS001b return.csv --as-at 2025-03-31 -o lts001b.csv
    """
    from leeway.insight.records.read import read_records

    if output and output.resolve() in {path.resolve() for path in paths}:
        raise BadUse(f"{output} is one of the files to read. Give another file for the table.")
    rows = _made(name, read_records(paths), as_at)
    if output:
        with written_whole(output) as file:
            file.write(csv_of(rows))
    if as_json:
        show_json(rows.to_dicts())
    elif output:
        click.echo(f"Wrote {rows.height:,} {'row' if rows.height == 1 else 'rows'} to {output}.")
    else:
        click.echo(f"{name}: {WORDS[name]}.\n" + "\n".join(_lines(rows)))


def _made(name: str, records: "Records", as_at: date) -> "pl.DataFrame":
    """Work a table out, in the order of its first columns."""
    from leeway.insight.measures import costs, long_term
    from leeway.period import year_to

    makers: dict[str, Callable] = long_term.TABLES | {
        "unit-costs": costs.unit_costs,
        "second-look": costs.packages_to_look_at,
    }
    rows = makers[name](records, year_to(as_at)).collect("polars").to_native()
    return rows.sort([column for column in rows.columns if column not in {"count", "week_pence"}], nulls_last=True)


def _lines(rows: "pl.DataFrame") -> list[str]:
    """A frame as aligned text."""
    cells = [rows.columns, *([("-" if cell is None else f"{cell}") for cell in row] for row in rows.iter_rows())]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
