"""Writing tables for spreadsheets: the one way. A text that a spreadsheet would work out as a formula is shown instead.

Numbers stay numbers; a text that begins with =, +, -, @ (their wide forms too), a tab or a line's end gets an
apostrophe before it.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:  # only whoever has a frame needs it loaded
    import polars as pl

_FORMULA = r"^\s*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n]"
_NUMBER = r"^[+-]?[0-9]+([.,][0-9]+)*(%|e[+-]?[0-9]+)?$"


def harmless(cell: Any) -> Any:
    """A cell as it may stand in a spreadsheet. What is no number is a text, whatever object says it.

    >>> harmless("=1+1"), harmless("-12.50"), harmless(-3), harmless(" @SUM(A1)"), harmless("Ada")
    ("'=1+1", '-12.50', -3, "' @SUM(A1)", 'Ada')
    """
    if cell is None or isinstance(cell, int | float | Decimal):
        return cell
    text = str(cell)
    return f"'{text}" if re.match(_FORMULA, text) and not re.match(_NUMBER, text) else text


def write_rows(out: TextIO | Any, header: Sequence[str], rows: Iterable[Sequence[Any]], *, end: str = "\r\n") -> None:
    """Write rows as CSV, under their header."""
    writer = csv.writer(out, lineterminator=end)
    writer.writerow([harmless(name) for name in header])
    writer.writerows([harmless(cell) for cell in row] for row in rows)


def csv_of(frame: "pl.DataFrame") -> str:
    """A frame as CSV."""
    return _harmless_frame(frame.lazy()).collect().write_csv()


def sink_csv(frame: "pl.LazyFrame", output: Path | IO[str]) -> None:
    """Write a frame as CSV, a few rows at a time."""
    _harmless_frame(frame).sink_csv(output)


def _harmless_frame(frame: "pl.LazyFrame") -> "pl.LazyFrame":
    import polars as pl

    words = pl.col(pl.String, pl.Categorical, pl.Enum).cast(pl.String)
    formula = words.str.contains(_FORMULA) & ~words.str.contains(_NUMBER)
    return frame.with_columns(pl.when(~formula).then(words).otherwise("'" + words)).rename(harmless)
