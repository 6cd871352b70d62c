"""What the cells of a return say: dates, money, numbers and codes made out of text, and nothing guessed.

A cell that cannot be understood is read as empty. `records.check` finds each of them.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from leeway.insight.records.lists import code_list
from leeway.insight.records.tables import ADDED, FIELDS, Field, Kind
from leeway.refusal import Refusal

#: How the cells of each kind of field are held, once they are understood.
TYPES: dict[Kind, type[pl.DataType]] = {
    Kind.TEXT: pl.String, Kind.CODE: pl.String, Kind.DATE: pl.Date, Kind.WHOLE: pl.Int64, Kind.PENCE: pl.Int64,
    Kind.HUNDREDTHS: pl.Int64,
}  # fmt: skip
_HUNDRED = 100
#: How far a number times a hundred may lie from a whole one: the noise of binary fractions, far below half a penny.
_NOISE = 1e-6
_MONTH_FIRST = r"^(0?[1-9]|1[0-2])/(1[3-9]|2[0-9]|3[01])/[0-9]{4}"
_POSTCODE = r"^[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}$"


def understood(texts: pl.DataFrame) -> pl.DataFrame:
    """Turn a batch of text into dates, whole pence, whole hundredths and values of release 2.

    Takes what `files.batches` gives, and keeps its rows and their order. Adds `district`.
    """
    return texts.with_columns(
        *(_cell(texts[field.column], field) for field in FIELDS + ADDED if field.column in texts.columns),
        district_in(pl.col("postcode")).alias("district"),
    )


@dataclass
class Proof:
    """Whether a file is what its header says: how much of its days, numbers and codes can be read, and in which order.

    Where days have the month first, those whose numbers are both small would be read wrong, and nobody would see it.
    """

    path: Path
    filled: int = 0
    unread: int = 0
    slashed: bool = False
    day_first: bool = False
    month_first: bool = False

    def note(self, texts: pl.DataFrame, cells: pl.DataFrame) -> None:
        """Take in a batch of text and what was understood of it."""
        for field in FIELDS:
            if field.kind is Kind.TEXT:
                continue
            text, cell = texts[field.column], cells[field.column]
            unread = cell.null_count() - text.null_count()
            self.filled += len(text) - text.null_count()
            self.unread += unread
            if field.kind is Kind.DATE and not self.day_first:
                read = cell.filter(text.str.contains("/", literal=True)).drop_nulls()
                self.slashed |= bool(len(read))
                self.day_first = bool((read.dt.day() > 12).any())
                self.month_first |= bool(text.filter(cell.is_null()).str.contains(_MONTH_FIRST).any())

    def check_order(self) -> None:
        """Refuse a file whose days have the month first."""
        if self.slashed and self.month_first and not self.day_first:
            raise Refusal(
                f"{self.path}: its days have the month first, and the return asks for DD/MM/YYYY. Export it again with "
                "days like 31/03/2025 or 2025-03-31."
            )

    def check(self) -> None:
        """Refuse a file whose days have the month first, or of which most cannot be read."""
        self.check_order()
        if self.unread * 2 > self.filled:
            raise Refusal(
                f"{self.path}: {self.unread:,} of its {self.filled:,} days, numbers and codes cannot be read, so that "
                "nothing is told from it. Have “leeway insight check-records” list them, and correct them."
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
    """Read £1,234.50 as 123450; null where it is no number, or has a half penny (a third decimal).

    A comma stands before thousands alone: 23,56 is no number, and never 2,356 pounds.
    """
    plain = text.str.replace_all(r"[£\s]", "").str.replace_all(r",([0-9]{3})\b", "$1")
    number = plain.cast(pl.Float64, strict=False) * _HUNDRED
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
