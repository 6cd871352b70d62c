"""What the cells of a return say: dates, money, numbers and codes made out of text, and nothing guessed.

A cell that cannot be understood is read as empty. `records.check` finds each of them.
"""

import polars as pl

from leeway.insight.records.lists import code_list
from leeway.insight.records.tables import ADDED, FIELDS, Field, Kind

#: How the cells of each kind of field are held, once they are understood.
TYPES: dict[Kind, type[pl.DataType]] = {
    Kind.TEXT: pl.String, Kind.CODE: pl.String, Kind.DATE: pl.Date, Kind.WHOLE: pl.Int64, Kind.PENCE: pl.Int64,
    Kind.HUNDREDTHS: pl.Int64,
}  # fmt: skip
_HUNDRED = 100
#: How far a number times a hundred may lie from a whole one: the noise of binary fractions, far below half a penny.
_NOISE = 1e-6
_POSTCODE = r"^[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}$"


def understood(texts: pl.DataFrame) -> pl.DataFrame:
    """Turn a batch of text into dates, whole pence, whole hundredths and values of release 2.

    Takes what `files.batches` gives, and keeps its rows and their order. Adds `district`.
    """
    return texts.with_columns(
        *(_cell(texts[field.column], field) for field in FIELDS + ADDED if field.column in texts.columns),
        district_in(pl.col("postcode")).alias("district"),
    )


def _cell(texts: pl.Series, field: Field) -> pl.Expr | pl.Series:
    match field.kind:
        case Kind.DATE:
            return date_in(pl.col(field.column))
        case Kind.PENCE | Kind.HUNDREDTHS:
            return hundredths_in(pl.col(field.column))
        case Kind.WHOLE:
            hundredths = hundredths_in(pl.col(field.column))
            return pl.when(hundredths % _HUNDRED == 0).then(hundredths // _HUNDRED).alias(field.column)
        case Kind.CODE:
            return codes_in(texts, field.codes)
    return pl.col(field.column)


def date_in(text: pl.Expr) -> pl.Expr:
    """Read 31/03/2025 or 2025-03-31, with or without a time after it; null where it is no day since 1875."""
    day = text.str.head(10)
    read = pl.coalesce(day.str.to_date("%d/%m/%Y", strict=False), day.str.to_date("%Y-%m-%d", strict=False))
    return pl.when(read.dt.year() >= 1875).then(read)


def hundredths_in(text: pl.Expr) -> pl.Expr:
    """Read £1,234.50 as 123450; null where it is no number, or has a half penny (a third decimal)."""
    number = text.str.replace_all(r"[£,\s]", "").cast(pl.Float64, strict=False) * _HUNDRED
    whole = number.round()
    return pl.when(number.is_finite() & ((number - whole).abs() < _NOISE)).then(whole).cast(pl.Int64, strict=False)


def codes_in(texts: pl.Series, name: str) -> pl.Series:
    """Read each text as the value of a list that it stands for; null where it stands for none."""
    known = code_list(name)
    meant = {text: known.read(text)[0] for text in texts.unique() if text is not None}
    return texts.replace_strict(meant, default=None, return_dtype=pl.String)


def district_in(postcode: pl.Expr) -> pl.Expr:
    """Give the first half of a postcode, LS6 of “ls6 2ab”; null where it is no whole postcode."""
    whole = postcode.str.to_uppercase().str.replace_all(r"\s", "")
    return pl.when(whole.str.contains(_POSTCODE)).then(whole.str.head(-3))
