"""Works out every estimate that Leeway ships: python -m leeway.published.estimates.make_figures.

After a change of the shipped returns, of a choice or of the way of estimating. Made twice, the tables are the same.
"""

import gzip
import json
from pathlib import Path

import click
import polars as pl

from leeway.published.estimates import direct_payment_question as question
from leeway.published.estimates import figures


def make() -> None:
    """Work out the direct payment question for every client group, and write its table and its pictures."""
    parts = []
    for group in question.client_groups():
        click.echo(f"{group}: working out every estimate, and drawing them …")
        found = rounded(question.worked_out(group))
        picture = question.drawn(found.sort("effect", maintain_order=True), group)
        _write(figures.picture_path(group), picture)
        parts.append(found.select(pl.lit(group).alias("client_group"), pl.all()))
    _write(figures.FOLDER / "direct_payment_question.csv.gz", pl.concat(parts).write_csv())
    prints = json.dumps(figures.made_from(), indent=1)
    (figures.FOLDER / "made_from.json").write_text(prints + "\n", encoding="utf-8")


def rounded(found: pl.DataFrame) -> pl.DataFrame:
    """Pounds to the penny, and chances to the last draw."""
    return found.with_columns(
        pl.col("effect", "standard_error", "low", "high").round(2), pl.col("wild_bootstrap_p").round(4)
    )


def _write(path: Path, text: str) -> None:
    path.write_bytes(gzip.compress(text.encode("utf-8"), mtime=0))


if __name__ == "__main__":
    make()
