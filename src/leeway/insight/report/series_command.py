"""One measure through several returns, from the command line: a series for `leeway insight forecast`."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leeway.commandline import BadUse, show_json, written_whole
from leeway.writing import csv_of

if TYPE_CHECKING:
    import polars as pl

    from leeway.insight.measures.measure import Measure


@click.command()
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--measure", "code", required=True, help="The code of one measure, such as ASCOF 3D(2a) or 3D(2a).")
@click.option("-o", "--output", metavar="OUT.csv", type=click.Path(path_type=Path), help="Write the series here.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows for programs.")
def series(paths: tuple[Path, ...], code: str, output: Path | None, as_json: bool) -> None:
    """Tell one measure by council through several returns: a figure for each, as at the last day of its period.

    What it writes, `leeway insight forecast` reads. Counts are exact, for the council's own eyes.

    Example: leeway insight series q4-2024.csv q4-2025.csv q4-2026.csv --measure "3D(2a)" -o series.csv
    """
    import polars as pl

    if output and output.resolve() in {path.resolve() for path in paths}:
        raise BadUse(f"{output} is one of the files to read. Give another file for the series.")
    measure = _measure(code)
    rows = pl.concat([_figures(path, measure) for path in paths]).sort("unit", "period")
    if (twice := rows.filter(pl.struct("unit", "period").is_duplicated())).height:
        unit, period = twice.row(0)[:2]
        raise BadUse(f"Two files have figures of {unit} to {period}. Give one return for each period.")
    if output:
        with written_whole(output) as file:
            file.write(csv_of(rows))
    if as_json:
        show_json([row | {"period": row["period"].isoformat()} for row in rows.to_dicts()])
        return
    click.echo(f"{measure.name}, {measure.unit}")
    for row in rows.iter_rows(named=True):
        value = "-" if row["value"] is None else f"{row['value']:.1f}"
        click.echo(f"  {row['unit']}  {row['period']}  {value:>7}  {row['numerator']:,} of {row['denominator']:,}")


def _measure(code: str) -> "Measure":
    from leeway.insight.measures.from_records import with_code

    found = with_code(code)
    if len(found) > 1:
        raise BadUse(f"--measure: several begin with “{code}”. Use one of: {'; '.join(one.code for one in found)}.")
    return found[0]


def _figures(path: Path, measure: "Measure") -> "pl.DataFrame":
    """Each council's figure in one return, as at the last day of its period."""
    import polars as pl

    from leeway.insight.measures.answers import answers
    from leeway.insight.records.read import period_end_of, read_records
    from leeway.insight.report.councils import name_of

    as_at: date = period_end_of(path)
    found = answers(read_records([path]), as_at=as_at, measures=[measure], by=["council"])
    rows = [
        (name_of(one["by"]["council"]), as_at, one["value"], one["numerator"], one["denominator"])
        for one in found
        if one["by"]
    ]
    return pl.DataFrame(
        rows,
        schema={
            "unit": pl.String, "period": pl.Date, "value": pl.Float64, "numerator": pl.Int64, "denominator": pl.Int64,
        },
        orient="row",
    )  # fmt: skip
