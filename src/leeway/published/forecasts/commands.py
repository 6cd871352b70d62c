"""The chance of reaching a target, from the command line."""

from datetime import date
from pathlib import Path

import click
import polars as pl

from leeway.commandline import BadUse, iso_date, show_json, written_whole
from leeway.published.catalogue import MERGED
from leeway.published.forecasts.backtest import LEADS_YEARS
from leeway.published.forecasts.chance import INTERVAL_PERCENT, chances
from leeway.published.forecasts.series import crosses, day_of, read_series
from leeway.refusal import Refusal

#: How far ahead the method has been tested on the past.
TESTED_YEARS = max(LEADS_YEARS)
BREAK = "2009-10"
CROSSES = (
    f"The values cross {BREAK}. {MERGED} If they are of those, name the two ways of counting in a column “series”: "
    "what rose between them is a way of counting."
)


@click.command()
@click.argument("path", metavar="SERIES.csv", type=click.Path(path_type=Path))
@click.option("--target", "target_percent", required=True, type=float, help="The percentage to reach, or more.")
@click.option("--at-most", is_flag=True, help="The percentage to reach, or less.")
@click.option("--by", required=True, type=iso_date, help="The day by which, such as 2027-03-31.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer for programs.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw it into this SVG file.")
def forecast(path: Path, target_percent: float, at_most: bool, by: date, as_json: bool, plot: Path | None) -> None:
    """Give the chance that a percentage is reached by a day, with the median and an interval.

    SERIES.csv has the columns period (2011-03-31, 2011 or 2010-11; a year ends on 31 March) and value (percent), and
    perhaps unit (a council) and series (a new name where the way of counting changed: nothing is compared across it).

    Example: leeway insight forecast direct-payments.csv --target 30 --by 2027-03-31
    """
    series = read_series(path)
    try:
        answer = chances(series, target_percent=target_percent, by=by, at_most=at_most)
    except Refusal as refusal:
        where = f"--{refusal.field}" if refusal.field else path
        raise BadUse(f"{where}: {refusal}") from refusal
    if plot:
        if plot.exists() and plot.samefile(path):
            raise BadUse(f"{plot} is the file to read. Give another file for the picture.")
        # Altair takes a second to load, and most answers are not drawn.
        from leeway.published.forecasts.picture import draw

        svg = draw(series, target_percent=target_percent, by=by, at_most=at_most)
        with written_whole(plot) as file:
            file.write(svg)
    broken = crosses(series, day_of(BREAK))
    if as_json:
        units = [_for_programs(row) | {"crosses_2009_10": broken} for row in answer.iter_rows(named=True)]
        show_json(units if _has_units(answer) else units[0])
    else:
        lines = _table(answer, f"{target_percent:g}% or {'less' if at_most else 'more'}", by)
        click.echo("\n".join([*lines, CROSSES] if broken else lines))


def _has_units(answer: pl.DataFrame) -> bool:
    """Whether the file names units; one without them answers with one entry rather than a list."""
    return answer["unit"].to_list() != [""]


def _for_programs(row: dict) -> dict:
    """One unit's answer: `probability` from 0 to 1, everything else in percent and years."""
    return {
        **({"unit": row["unit"]} if row["unit"] else {}),
        "probability": row["probability"],
        "median": row["median"],
        "interval": [row["low"], row["high"]],
        "interval_percent": INTERVAL_PERCENT,
        "method": row["method"],
        "last_period": row["last_period"].isoformat(),
        "last_value": row["last_value"],
        "years_ahead": round(row["years_ahead"], 2),
        "values": row["values"],
        "beyond_tested": row["years_ahead"] > TESTED_YEARS + 0.1,
    }


def _table(answer: pl.DataFrame, aim: str, by: date) -> list[str]:
    width = max(len("unit"), *(len(unit) for unit in answer["unit"])) if _has_units(answer) else 0
    within = f"{INTERVAL_PERCENT}% interval"
    lines = [f"{'unit' if width else '':{width}}  {'chance':>7}  {'median':>6}  {within:>14}  {'last':>5}  on"]
    for row in answer.sort("probability", "unit", descending=[True, False]).iter_rows(named=True):
        interval = f"{row['low']:.1f} to {row['high']:.1f}"
        lines.append(
            f"{row['unit']:{width}}  {row['probability']:7.1%}  {row['median']:6.1f}  {interval:>14}  "
            f"{row['last_value']:5.1f}  {row['last_period']}"
        )
    lines += ["", f"The chance of {aim} on {by}. Method: {answer['method'][0]}."]
    if answer["years_ahead"].max() > TESTED_YEARS + 0.1:  # type: ignore[operator]
        lines.append(
            f"Some of it looks further ahead than the {TESTED_YEARS} years that the method has been tested on."
        )
    return lines
