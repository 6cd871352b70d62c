"""A return written as the centre wants it: the flat layout of release 2, days as DD/MM/YYYY, money in pounds."""

from pathlib import Path
from typing import TextIO

import polars as pl

from leeway.insight.records.tables import FIELDS, Field, Kind
from leeway.writing import sink_csv


def write_return(events: pl.DataFrame, output: Path | TextIO) -> None:
    """Write events as a CSV file to send.

    `events` is in the flat layout with our column names: dates, whole pence and whole hundredths, codes as text or
    categories. A column that is not there is written empty; one that is no field (a mark of lineage, say) is left out.
    """
    sink_csv(events.lazy().select(_text(field, events) for field in FIELDS), output)


def _text(field: Field, events: pl.DataFrame) -> pl.Expr:
    if field.column not in events.columns:
        return pl.lit(None, pl.String).alias(field.name)
    cell = pl.col(field.column)
    match field.kind:
        case Kind.DATE:
            written = cell.dt.strftime("%d/%m/%Y")
        case Kind.PENCE | Kind.HUNDREDTHS:
            whole = cell.abs()
            written = pl.format(
                "{}{}.{}",
                pl.when(cell < 0).then(pl.lit("-")).otherwise(pl.lit("")),
                whole // 100,
                (whole % 100).cast(pl.String).str.zfill(2),
            )
        case _:
            written = cell.cast(pl.String)
    return pl.when(cell.is_not_null()).then(written).alias(field.name)
