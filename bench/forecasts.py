"""The scores of the forecasts on the past of real series, beside naive ones.

    .venv/bin/python bench/forecasts.py
    .venv/bin/python bench/forecasts.py --json
    .venv/bin/python bench/forecasts.py --into docs/explanation/forecasts.md

No clock: the same figures on every machine. Nothing is left out where a naive forecast wins.
"""

import json
from pathlib import Path

import click
import polars as pl
from figures import fill

from leeway.published.forecasts.backtest import METHODS, Methods, beside_last_value, scores
from leeway.published.forecasts.chance import FADING_TREND, LAST_VALUE, RUNNING_AVERAGE, Plain, learn
from leeway.published.forecasts.published import published

OURS, NAIVE = "nearest of three", "last value"

#: Other settings of the plain forecasts, to see whether ours were picked to please.
OTHER_SETTINGS: Methods = {
    OURS: METHODS[OURS],
    NAIVE: METHODS[NAIVE],
    **{
        f"average that takes in {level:.0%} of a surprise": (LAST_VALUE, Plain("average", level), FADING_TREND)
        for level in (0.3, 0.7)
    },
    **{
        f"trend that takes in {trend:.0%} of a surprise": (LAST_VALUE, RUNNING_AVERAGE, Plain("trend", 1, trend))
        for trend in (0.2, 0.5)
    },
    **{
        f"trend of which {fade:.0%} is left after a year": (LAST_VALUE, RUNNING_AVERAGE, Plain("trend", 1, 0.3, fade))
        for fade in (0.8, 1)
    },
}


def score_lines(table: pl.DataFrame) -> list[str]:
    """One row for a family and a lead: every method's CRPS, and ours beside the last value in the other scores."""
    names = list(METHODS)
    lines = [
        f"| Series | Years on | Forecasts | Error: ours | {NAIVE} | CRPS: ours | {' | '.join(names[1:])} "
        f"| Within 80% | Brier: ours | {NAIVE} |",
        "|---|" + "--:|" * (len(names) + 7),
    ]
    for (family, lead), rows in table.group_by("family", "lead_years", maintain_order=True):
        by = {row["method"]: row for row in rows.iter_rows(named=True)}
        ours, naive = by[OURS], by[NAIVE]
        cells = [family, lead, ours["forecasts"]]
        cells += [f"{row['mean_absolute_error']:.3g}" for row in (ours, naive)]
        cells += [f"{by[name]['crps']:.3g}" for name in names]
        cells += [f"{ours['covered_percent']:.0f}%", f"{ours['brier']:.3f}", f"{naive['brier']:.3f}"]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def beside_lines(table: pl.DataFrame) -> list[str]:
    """Every method's CRPS as a share of the last value's, all series and leads together."""
    lines = ["| Method | CRPS as a share of the last value's | Better | Worse | Of |", "|---|--:|--:|--:|--:|"]
    lines += [
        f"| {row['method']} | {row['ratio']:.3f} | {row['better']} | {row['worse']} | {row['compared']} |"
        for row in beside_last_value(table).iter_rows(named=True)
    ]
    return lines


def ratio_of_ours(table: pl.DataFrame) -> float:
    """Our CRPS as a share of the last value's, all series and leads together."""
    return beside_last_value(table).row(by_predicate=pl.col("method") == OURS, named=True)["ratio"]


def summary_lines(table: pl.DataFrame, families: dict[str, pl.DataFrame]) -> list[str]:
    """What the table comes to: without any one family, coverage over all, and how far a year's forecast misses."""
    ours = table.filter(pl.col("method") == OURS)
    without = [ratio_of_ours(table.filter(pl.col("family") != family)) for family in families]
    held = (ours["covered_percent"] * ours["forecasts"]).sum() / ours["forecasts"].sum()
    miss = {family: learned for family, series in families.items() for learned in [learn(series)]}
    yearly = {family: (one.squares.sum() / one.misses.sum()) ** 0.5 for family, one in miss.items()}
    low, high = min(yearly, key=yearly.__getitem__), max(yearly, key=yearly.__getitem__)
    middle = sorted(yearly.values())[len(yearly) // 2]
    return [
        f"Ours has {ratio_of_ours(table):.3f} of the last value's CRPS; with any one series left out, from "
        f"{min(without):.3f} to {max(without):.3f}. Of all {ours['forecasts'].sum():,} forecasts the 80% interval held "
        f"{held:.1f}%, in single rows from {ours['covered_percent'].min():.0f}% to "
        f"{ours['covered_percent'].max():.0f}%. One year's forecast misses by {middle:.3f} on the angle in the middle "
        f"series, by {yearly[low]:.3f} in the calmest ({low}) and {yearly[high]:.3f} in the wildest ({high})."
    ]


def setting_lines(families: dict[str, pl.DataFrame]) -> list[str]:
    """What other settings would have scored."""
    table = beside_last_value(scores(families, OTHER_SETTINGS)).filter(pl.col("method") != NAIVE)
    lines = ["| Setting | CRPS as a share of the last value's |", "|---|--:|"]
    return lines + [f"| {row['method']} | {row['ratio']:.3f} |" for row in table.iter_rows(named=True)]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the scores for programs.")
@click.option("--into", type=click.Path(path_type=Path, exists=True), help="Page whose figures to fill.")
def main(as_json: bool, into: Path | None) -> None:
    """Forecast real series again from every year of their past, and score what was said against what came."""
    families = published()
    table = scores(families)
    if as_json:
        click.echo(json.dumps(table.to_dicts(), indent=2))
        return
    parts = {
        "forecasts together": [*beside_lines(table), "", *summary_lines(table, families)],
        "forecasts by series": score_lines(table),
        "other settings": setting_lines(families),
    }
    for name, lines in parts.items():
        if into:
            fill(into, name, lines)
        click.echo("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
