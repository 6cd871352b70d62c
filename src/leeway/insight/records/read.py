"""A council's own files turned into the five tables, however many councils and quarters they are of.

Files are read once, a batch at a time, into a temporary folder of Parquet, so that memory stays flat; the tables are
scans of that folder. What is settled on the way, as the centre does it:

- A person is one row: that of their latest event (by start; the later row where two start together). A date of death
  may come from any of their rows.
- An event ends, at the latest, on the day the person died.
- An event that several returns of a council hold counts once, as the latest return has it. The same event twice in
  one return counts once too: the row still open, else the one that ends last. Packages in several rows, which differ
  in mechanism or cost, stay several rows.
- A service that an older return left open, and a later return of the council does not hold, ended with the older
  return's period.
- A service of which a later return changed how it is held, and nothing else, keeps how it was held before: see
  `held_before`. The row itself is the latest return's.

A row without a person is in no table, and one without a kind of event only in `people`. People and events
are told apart by a 64-bit hash of what identifies them: among ten million, the chance that one is mistaken for another
is about three in a million.

Source: DHSC, methodology of the Client Level Data main tables (data cleaning; deduplication), 2025-26.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import narwhals as nw
import polars as pl

from leeway.insight.records.cells import TYPES, Proof, district_in, understood
from leeway.insight.records.files import ROWS_AT_ONCE, batches, open_return
from leeway.insight.records.lists import code_list
from leeway.insight.records.tables import (
    ASSESSMENTS,
    EVENTS,
    KIND_OF,
    PEOPLE,
    REQUESTS,
    REVIEWS,
    SERVICES,
    TABLES,
    Records,
    fields_of,
)
from leeway.refusal import Refusal

WHO = ["council", "person"]
#: What makes an event the same event in several returns. A service's end is left out: it changes as time goes on.
SAME_EVENT = {
    REQUESTS: [*WHO, "starts_on", "ends_on", "client_type", "route"],
    ASSESSMENTS: [*WHO, "starts_on", "ends_on", "client_type", "assessment_type"],
    SERVICES: [*WHO, "starts_on", "client_type", "service_type", "component"],
    REVIEWS: [*WHO, "starts_on", "ends_on", "client_type"],
}
#: What tells two rows of one return apart besides.
PRICED = ["unit_cost_pence", "cost_frequency", "planned_units_hundredths"]
SAME_ROW = {SERVICES: ["mechanism", *PRICED]}
#: What is the same in a service that was only called something else.
SAME_BUT_FOR_LABEL = [*SAME_EVENT[SERVICES], "provider", *PRICED]

_FILE = 1 << 32  # rows of a file that an ordinal has room for
_temporary: list[tempfile.TemporaryDirectory[str]] = []  # kept until the program ends: tables are scans of them


def read_records(paths: Sequence[Path]) -> Records:
    """Read files of one or more councils, or one folder that `write_tables` made, into the five tables.

    Raises `Refusal`, naming the file, where one is not a return, or most of it cannot be read.
    """
    if not paths:
        raise Refusal("No file was given. Give a council’s file of events.")
    if len(paths) == 1 and paths[0].is_dir():
        return _scanned(paths[0])
    opened = [open_return(path) for path in paths]  # all of them before the long work
    _temporary.append(tempfile.TemporaryDirectory(prefix="leeway-records-", ignore_cleanup_errors=True))
    parts = _Parts(Path(_temporary[-1].name))
    for number, file in enumerate(opened):
        proof = Proof(file.path)
        for texts in batches(file):
            rows = understood(texts)
            proof.note(texts, rows)
            parts.add(rows, number)
        proof.check()
    return parts.settled()


def period_end_of(path: Path) -> date:
    """Say on which day a return's period ends, as most of its first rows state it.

    Raises `Refusal`, naming the file, where it is not a return or states no day.
    """
    for texts in batches(open_return(path)):
        stated = understood(texts)["period_ends_on"].drop_nulls()
        if stated.len():
            return stated.value_counts(sort=True)["period_ends_on"][0]
    raise Refusal(f"{path.name}: no row says when its period ends. Fill in Reporting_Period_End_Date.")


def write_tables(records: Records, folder: Path) -> None:
    """Write the five tables into a folder as Parquet, for `read_records` to take up again at once."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        getattr(records, table).sink_parquet(folder / f"{table}.parquet")


def records_of(events: pl.DataFrame) -> Records:
    """Make the five tables of events at hand, in the flat layout with our column names."""
    _temporary.append(tempfile.TemporaryDirectory(prefix="leeway-records-", ignore_cleanup_errors=True))
    parts = _Parts(Path(_temporary[-1].name))
    numbered = events.with_row_index("row", 2)
    text = pl.col(pl.Enum, pl.Categorical).cast(pl.String)
    for batch in numbered.iter_slices(ROWS_AT_ONCE):
        parts.add(batch.with_columns(text, district_in(pl.col("postcode")).alias("district")), 0)
    return parts.settled()


def _scanned(folder: Path) -> Records:
    lacking = [table for table in TABLES if not (folder / f"{table}.parquet").exists()]
    if lacking:
        raise Refusal(f"{folder} has no {lacking[0]}.parquet. Give files of events, or a folder of all five tables.")
    return Records(*(nw.from_native(pl.scan_parquet(folder / f"{table}.parquet")) for table in TABLES))


def who() -> pl.Expr:
    """Give each person one whole number, made of their council and its own number for them."""
    return pl.struct(WHO).hash().reinterpret(signed=True).alias("who")


def joined_key(table: str) -> pl.Expr:
    """Give what an event is known by across a council's returns, as a number."""
    return pl.struct(SAME_EVENT[table]).hash()


@dataclass
class _Parts:
    """The tables in the making: Parquet parts in a folder, and the little that must be known of all of them."""

    folder: Path
    periods: list[pl.DataFrame] = field(default_factory=list)
    batch: int = 0

    def add(self, rows: pl.DataFrame, file: int) -> None:
        """Split a batch of understood rows into parts of the tables."""
        rows = rows.filter(pl.col("person").is_not_null(), pl.col("council").is_not_null()).with_columns(
            (pl.col("row").cast(pl.Int64) + file * _FILE).alias("at"),
            who(),
            _until_death(pl.col("died_on")).alias("ends_on"),
        )
        self.periods.append(rows.select("council", "period_ends_on", pl.lit(file).alias("file")).unique())
        self._write(PEOPLE, _latest(rows))
        for table in EVENTS:
            part = rows.filter(pl.col("event") == KIND_OF[table])
            row_key = pl.struct(SAME_EVENT[table] + SAME_ROW.get(table, [])).hash()
            keys = joined_key(table).alias("key"), row_key.alias("row_key")
            self._write(table, part.select(*_columns(table, part), "at", "period_ends_on", *keys))
        self.batch += 1

    def settled(self) -> Records:
        """Settle what only all the parts together can tell, and give the tables."""
        if not self.batch:
            raise Refusal("There is no row under the header. Give a file that holds events.")
        self._settle_people()
        for table in EVENTS:
            self._settle(table)
        return _scanned(self.folder)

    def _write(self, table: str, part: pl.DataFrame) -> None:
        if part.height or not self.batch:
            (self.folder / table).mkdir(exist_ok=True)
            part.write_parquet(self.folder / table / f"{self.batch:06}.parquet", compression="lz4")

    def _scan(self, table: str) -> pl.LazyFrame:
        return pl.scan_parquet(self.folder / table)

    def _sink(self, table: str, frame: pl.LazyFrame) -> None:
        frame.sink_parquet(self.folder / f"{table}.parquet", compression="lz4")

    def _settle_people(self) -> None:
        parts = self._scan(PEOPLE)
        latest = parts.group_by("who").agg(
            pl.col("seen").max(), pl.col("died_on").max().alias("died"), pl.col("some_without").any()
        )
        together = parts.join(latest.drop("some_without"), on=["who", "seen"]).with_columns(
            pl.coalesce("died_on", "died").alias("died_on")
        )
        self._sink(PEOPLE, together.select(field.column for field in fields_of(PEOPLE)))
        #: Those whose death some of their rows do not know of: few, and none in a sound return.
        self.partly_dead = latest.filter("some_without", pl.col("died").is_not_null()).select("who", "died").collect()

    def _settle(self, table: str) -> None:
        parts = self._scan(table)
        dropped = self._dropped(table)
        if dropped.height:
            parts = parts.join(dropped.lazy(), on="at", how="anti")
            parts = _with_held_before(parts, self._scan(table)) if table == SERVICES else parts
        if self.partly_dead.height:
            parts = parts.join(self.partly_dead.lazy(), on="who", how="left")
            parts = parts.with_columns(_until_death(pl.col("died")).alias("ends_on"))
        if table == SERVICES:
            parts = self._closed(parts)
        self._sink(table, parts.select(field.column for field in fields_of(table)))

    def _dropped(self, table: str) -> pl.DataFrame:
        """Find the rows that say again what another row says, by their ordinals."""
        parts = self._scan(table)
        more_than_once = parts.group_by("key").len().filter(pl.col("len") > 1).select("key")
        rows = (
            parts.join(more_than_once, on="key", how="semi")
            .select("at", "key", "row_key", "period_ends_on", "ends_on", "outcome")
            .collect(engine="streaming")
        )
        rank = {code.value: code.rank for code in code_list("event_outcome").codes}
        rows = rows.with_columns(pl.col("at").floordiv(_FILE).alias("file")).sort(
            pl.col("period_ends_on").fill_null(pl.date(1, 1, 1)),
            "file",
            pl.col("ends_on").fill_null(pl.date(9999, 12, 31)),
            -pl.col("outcome").replace_strict(rank, default=len(rank) + 1, return_dtype=pl.Int64),
            "at",
        )
        last = rows.group_by("key").agg(pl.col("file").last())
        kept = rows.join(last, on=["key", "file"], how="semi").unique("row_key", keep="last", maintain_order=True)
        return rows.join(kept, on="at", how="anti").select("at")

    def _closed(self, services: pl.LazyFrame) -> pl.LazyFrame:
        """End the services that an older return left open and the council's latest return does not hold."""
        latest = pl.concat(self.periods).group_by("council").agg(pl.col("period_ends_on").max().alias("latest"))
        older = pl.concat(self.periods).join(latest, on="council").filter(pl.col("period_ends_on") < pl.col("latest"))
        if not older.height:
            return services
        left_open = (pl.col("period_ends_on") < pl.col("latest")) & (
            pl.col("ends_on").is_null() | (pl.col("ends_on") > pl.col("period_ends_on"))
        )
        ends_on = pl.when(left_open).then("period_ends_on").otherwise("ends_on").alias("ends_on")
        return services.join(latest.lazy(), on="council", how="left").with_columns(ends_on)


def _with_held_before(kept: pl.LazyFrame, said: pl.LazyFrame) -> pl.LazyFrame:
    """Add to each service how the last return that said otherwise said it was held, where all else was the same."""
    same = pl.struct(SAME_BUT_FOR_LABEL).hash().alias("same")
    label = pl.col("mechanism").alias("held_before"), pl.col("period_ends_on").alias("held_before_until")
    older = said.filter(pl.col("mechanism").is_not_null()).select(same, *label)
    both = kept.select("at", same, "mechanism", "period_ends_on").join(older, on="same")
    both = both.filter(pl.col("held_before_until") < pl.col("period_ends_on")).drop("same", "period_ends_on")
    other = both.filter(pl.col("held_before") != pl.col("mechanism")).drop("mechanism").collect(engine="streaming")
    # A return that had the same care under both labels says nothing of a label that was changed.
    beside = both.join(other.lazy().select("at").unique(), on="at", how="semi").filter(
        pl.col("held_before") == pl.col("mechanism")
    )
    changed = other.join(beside.collect(engine="streaming"), on=["at", "held_before_until"], how="anti")
    rewritten = changed.sort("held_before_until").unique("at", keep="last", maintain_order=True)
    return kept.drop("held_before", "held_before_until").join(rewritten.lazy(), on="at", how="left")


def _until_death(died_on: pl.Expr) -> pl.Expr:
    """Give the end of an event, or the day the person died if that came first."""
    return pl.min_horizontal(pl.col("ends_on"), died_on)


def _columns(table: str, rows: pl.DataFrame) -> list[pl.Expr]:
    have = set(rows.columns)
    return [
        pl.col(field.column) if field.column in have else pl.lit(None, TYPES[field.kind]).alias(field.column)
        for field in fields_of(table)
    ]


def _latest(rows: pl.DataFrame) -> pl.DataFrame:
    """Give each person's latest row of a batch, with what the batch's other rows know of their death."""
    start = pl.col("starts_on").cast(pl.Int32).fill_null(-(1 << 17)).cast(pl.Int64)
    seen = rows.with_columns((start * (1 << 45) + pl.col("at")).alias("seen"))
    each = seen.group_by("who").agg(
        pl.col("seen").max(),
        pl.col("died_on").max().alias("died"),
        pl.col("died_on").is_null().any().alias("some_without"),
    )
    people = seen.join(each, on=["who", "seen"]).with_columns(pl.coalesce("died_on", "died").alias("died_on"))
    return people.select(*_columns(PEOPLE, people), "seen", "some_without")
