"""Two returns of one council, quarter on quarter: what was dropped, added or changed, and who was lost.

Each return holds the last twelve months, so that most events are sent several times. One that is still inside the
later period and not sent again was lost, or corrected away: the return cannot say which, the council can.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from leeway.insight.records.read import PRICED, WHO, joined_key
from leeway.insight.records.tables import FIELDS, KIND_OF

_COMPARED = [field for field in FIELDS if field.column not in ("period_starts_on", "period_ends_on")]


@dataclass(frozen=True)
class Difference:
    """What a later return changed about an earlier one."""

    earlier: Path
    later: Path
    events: pl.DataFrame  # event, sent_again, changed, dropped, moved_out, added
    fields: pl.DataFrame  # event, field, changed
    relabelled: int  # services that are held another way, with provider, price and units as they were
    people_earlier: int
    people_later: int
    people_lost: int  # with an event still inside the later period, and in no row of the later return


def kept_for_comparing(cells: pl.DataFrame, folder: Path, number: int) -> None:
    """Keep a batch of understood rows with what makes each event the same event in another return."""
    folder.mkdir(exist_ok=True)
    key: pl.Expr = pl.lit(None, pl.UInt64)
    for table, kind in KIND_OF.items():
        key = pl.when(pl.col("event") == kind).then(joined_key(table)).otherwise(key)
    kept = cells.select(key.alias("key"), "period_starts_on", *(field.column for field in _COMPARED))
    kept.filter(pl.col("person").is_not_null()).write_parquet(folder / f"{number:06}.parquet", compression="lz4")


def compared(earlier: Path, later: Path, earlier_file: Path, later_file: Path) -> Difference:
    """Compare what was kept of two returns."""
    old, new = _events(earlier), _events(later)
    begins = new.select(pl.col("period_starts_on").min()).collect().item()
    councils = pl.scan_parquet(later).select("council").unique()
    old = old.join(councils, on="council", how="semi")
    together = old.join(new, on=["event", "key", "nth"], how="left", suffix=" later")
    still_there = pl.col("ends_on").is_null() | (pl.col("ends_on") >= begins)
    again = pl.col("council later").is_not_null()
    changes = {
        field.column: again & pl.col(field.column).ne_missing(pl.col(f"{field.column} later"))
        for field in _COMPARED
        if field.column not in ("event", "council")
    }
    # fmt: off
    counted = together.with_columns(change.alias(f"changed {column}") for column, change in changes.items()).group_by(
        "event"
    ).agg(
        again.sum().alias("sent_again"),
        pl.any_horizontal(f"changed {column}" for column in changes).sum().alias("changed"),
        (~again & still_there).sum().alias("dropped"),
        (~again & ~still_there).sum().alias("moved_out"),
        _label_alone().sum().alias("relabelled"),
        *(pl.col(f"changed {column}").sum() for column in changes),
    ).collect(engine="streaming")
    # fmt: on
    added = new.join(old, on=["event", "key", "nth"], how="anti").group_by("event").agg(pl.len().alias("added"))
    events = counted.select("event", "sent_again", "changed", "dropped", "moved_out").join(
        added.collect(engine="streaming"), on="event", how="full", coalesce=True
    )
    names = {f"changed {field.column}": field.name for field in _COMPARED if field.column in changes}
    fields = (
        counted.select("event", *names)
        .rename(names)
        .unpivot(index="event", variable_name="field", value_name="changed")
        .filter(pl.col("changed") > 0)
        .sort("changed", "event", "field", descending=[True, False, False])
    )
    people, later_people = old.select(WHO).unique(), pl.scan_parquet(later).select(WHO).unique()
    lost = old.filter(still_there).select(WHO).unique().join(later_people, on=WHO, how="anti")
    return Difference(
        earlier_file, later_file, events.fill_null(0).sort("event"), fields, int(counted["relabelled"].sum()),
        *(frame.select(pl.len()).collect(engine="streaming").item() for frame in (people, later_people, lost)),
    )  # fmt: skip


def _label_alone() -> pl.Expr:
    """Say whether a later return says of the same service, at the same price, that it is held another way."""
    same = [pl.col(name).eq_missing(pl.col(f"{name} later")) for name in ("provider", *PRICED)]
    other = (pl.col("mechanism") != pl.col("mechanism later")).fill_null(False)
    return (pl.col("event") == "Service") & other & pl.all_horizontal(same)


def _events(folder: Path) -> pl.LazyFrame:
    """Give the events kept of a return, those that are known by the same marks numbered."""
    telling = pl.struct("mechanism", "unit_cost_pence", "cost_frequency", "planned_units_hundredths", "reference")
    kept = pl.scan_parquet(folder).filter(pl.col("key").is_not_null())
    several = pl.col("key").is_duplicated()
    nth = telling.rank("ordinal").over("event", "key")
    return kept.with_columns(pl.when(several).then(nth).otherwise(1).alias("nth"))
