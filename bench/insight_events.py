"""The events of the insight bench: made-up returns of England's councils, each of its size, as the five tables.

    .venv/bin/python bench/insight_events.py folder --events 10000000

One return a council (`leeway.insight.records.made_up`), read into tables as any return is, and put together in the
order of councils. The same number of events gives the same tables.
"""

import shutil
import tempfile
from multiprocessing import get_context
from pathlib import Path

import click
import polars as pl

from leeway.insight.records.made_up import EVENTS_A_PERSON, made_up_return
from leeway.insight.records.read import records_of, write_tables
from leeway.insight.records.tables import EVENTS, TABLES
from leeway.published.returns.figures import table

FEWEST = 50  # people: the smallest councils have a return too


def sizes(events: int) -> dict[str, int]:
    """How many people each council's return has, by the council's code: shares follow the adults who live there."""
    councils = table("councils").filter(pl.col("last_year").is_null()).sort("cassr_code")
    adults = councils["population_18_plus"].fill_null(strategy="mean")  # where none is published
    people = (adults / adults.sum() * events / EVENTS_A_PERSON).round().cast(pl.Int64).clip(FEWEST)
    return dict(zip(councils["cassr_code"], people, strict=True))


def make(folder: Path, *, events: int, workers: int = 2) -> int:
    """Write the five tables of about so many events into a folder, and count the events that there are."""
    parts = folder / "parts" / "councils"
    parts.mkdir(parents=True)
    jobs = [(parts, *one, seed) for seed, one in enumerate(sizes(events).items())]
    with get_context("spawn").Pool(workers, maxtasksperchild=20) as pool:
        pool.map(_one_council, jobs, chunksize=1)
    rows = 0
    for name in TABLES:
        # Row groups of one size: as one council's file would be, and small enough that a reader's memory stays flat.
        together = pl.scan_parquet(sorted(parts.glob(f"*/{name}.parquet")), glob=False)
        together.sink_parquet(folder / f"{name}.parquet", row_group_size=250_000)
        if name in EVENTS:
            rows += pl.scan_parquet(folder / f"{name}.parquet").select(pl.len()).collect().item()
    shutil.rmtree(parts.parent)
    return rows


def _one_council(job: tuple[Path, str, int, int]) -> None:
    parts, council, people, seed = job
    tempfile.tempdir = str(parts.parent)  # what reading leaves behind goes with the parts
    made = made_up_return(people=people, seed=seed, councils=[council])
    write_tables(records_of(made), parts / council)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--events", default=10_000_000, show_default=True)
def main(folder: Path, events: int) -> None:
    """Make events up, and write the five tables."""
    click.echo(f"{make(folder, events=events):,} events in {folder}")


if __name__ == "__main__":
    main()
