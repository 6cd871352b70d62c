"""A council's file of events: opened, its header matched, and handed on in batches of text, a few rows at a time.

CSV or Parquet, in the layout of release 1 or 2. A header is matched whatever its capitals, spaces and punctuation.
A file larger than any council's is refused before it is read: `leeway.limits`.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from leeway import limits
from leeway.insight.records.tables import ADDED, FIELDS
from leeway.reading import megabytes
from leeway.refusal import Refusal

ROWS_AT_ONCE = 50_000
#: Without these, it is not a file of events at all.
ESSENTIAL = ("council", "person", "event", "starts_on")
#: What some systems write into an empty cell. The centre empties it as well.
BLANK = "NULL"
#: How a file begins that is packed: Polars would unpack the whole of it at once.
PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"BZh", b"PK\x03\x04")
#: What Polars adds to a header that is there already.
_AGAIN = re.compile(r"_duplicated_\d+$")


def plain(header: str) -> str:
    """Keep of a column's name what councils agree on: small letters and digits.

    >>> plain("Cost Frequency (Unit Type)") == plain("Cost_Frequency_Unit_Type")
    True
    """
    return "".join(letter for letter in header.casefold() if letter.isalnum())


_KNOWN = {plain(field.name): field.column for field in FIELDS + ADDED if field.name}


@dataclass(frozen=True)
class ReturnFile:
    """One file: which of its columns is which field, what is missing, and what nobody asked for."""

    path: Path
    columns: dict[str, str]  # its own header -> our column
    missing: tuple[str, ...]  # names of fields that it has no column for
    strange: tuple[str, ...]  # headers that are no field


def open_return(path: Path) -> ReturnFile:
    """Match a file's header to the fields of the return.

    Raises `Refusal`, naming the file, where it cannot be read or is not a return of events.
    """
    headers = _headers(path)
    told = {header: plain(_AGAIN.sub("", header)) for header in headers}
    columns = {header: _KNOWN[name] for header, name in told.items() if name in _KNOWN}
    lacking = [field.name for field in FIELDS if field.column in ESSENTIAL and field.column not in columns.values()]
    if lacking:
        raise Refusal(
            f"{path}: not a return of Client Level Data. Its header has no column {', '.join(lacking)}. "
            "Give the flat file, one row an event, with the field names of the specification in its first row."
        )
    if len(set(columns.values())) < len(columns):
        twice = sorted(field.name for field in FIELDS if list(columns.values()).count(field.column) > 1)
        raise Refusal(f"{path}: the header has {', '.join(twice)} twice. Keep one of them.")
    missing = tuple(field.name for field in FIELDS if field.column not in columns.values())
    return ReturnFile(path, columns, missing, tuple(header for header in headers if header not in columns))


def batches(file: ReturnFile) -> Iterator[pl.DataFrame]:
    """Give a file's rows as text, some ten thousand at a time.

    Every field has a column, of text without blanks around it, null where the cell is empty or the column is missing;
    `row` is the row's number in the file, the header being 1 (a quoted cell may hold several lines: it is one row).
    Raises `Refusal` where a row is broken.
    """
    present = [pl.col(header).str.strip_chars().alias(column) for header, column in file.columns.items()]
    absent = [field.column for field in FIELDS + ADDED if field.name and field.column not in file.columns.values()]
    row = 2
    try:
        scan = _scan(file.path).select(*file.columns)
        for batch in scan.collect_batches(chunk_size=ROWS_AT_ONCE, engine="streaming"):
            limits.ROWS.check(row - 2 + batch.height, file.path)
            longest = batch.select(pl.max_horizontal(pl.all().str.len_bytes().max())).item()
            limits.CELL.check(longest or 0, file.path)
            yield batch.select(present).with_columns(
                pl.when((pl.all() != "") & (pl.all() != BLANK)).then(pl.all()),
                pl.int_range(row, row + batch.height, dtype=pl.UInt32).alias("row"),
                *(pl.lit(None, pl.String).alias(column) for column in absent),
            )
            row += batch.height
    except pl.exceptions.PolarsError as problem:
        raise Refusal(f"{file.path}: {_broken(file.path)}") from problem


def _headers(path: Path) -> list[str]:
    if path.is_dir():
        raise Refusal(f"{path} is a folder. Give files, or one folder that “write_tables” made.")
    try:
        with path.open("rb") as opened:
            start = opened.read(65_536)
    except OSError as problem:
        raise Refusal(f"{path} cannot be read: {problem.strerror}.") from problem
    limits.FILE_MB.check(megabytes(path), path)
    if not start.strip():
        raise Refusal(f"{path} is empty. Give a file of events with a header.")
    if _kind(path) == "CSV" and start.startswith(PACKED):
        raise Refusal(f"{path} is packed, or a workbook. Unpack it or save it as CSV (UTF-8), and give that file.")
    if _kind(path) == "CSV" and b"\0" in start:
        raise Refusal(f"{path} is not text. Save it as CSV (UTF-8), or give a Parquet file ending in .parquet.")
    if _kind(path) == "CSV" and b"\n" not in start and b"\r" in start:
        # The whole file would be its header, and people's values the names of columns.
        raise Refusal(f"{path} ends its lines as old computers did. Save it again as CSV (UTF-8).")
    try:
        if _kind(path) == "CSV":
            limits.COLUMNS.check(start.partition(b"\n")[0].count(b",") + 1, path)  # before Polars makes each of them
            _refuse_endless_lines(path)
        else:
            _refuse_repeated_words(path)
        names = _scan(path).collect_schema().names()
        limits.COLUMNS.check(len(names), path)
        return names
    except (pl.exceptions.PolarsError, OSError) as problem:
        raise Refusal(f"{path} cannot be read as {_kind(path)}. Save it again as CSV (UTF-8).") from problem


def _refuse_endless_lines(path: Path) -> None:
    """Refuse a line without an end: it would be taken into memory whole."""
    longest, since = limits.LINE.most, 0
    with path.open("rb") as opened:
        while block := opened.read(longest):
            first, last = block.find(b"\n"), block.rfind(b"\n")
            limits.LINE.check(since + (len(block) if first < 0 else first), path)
            since = since + len(block) if first < 0 else len(block) - last - 1


def _refuse_repeated_words(path: Path) -> None:
    """Refuse a Parquet file of too many rows, or whose lists of words hold one too long to be written out in each."""
    scan = pl.scan_parquet(path, glob=False)
    limits.ROWS.check(scan.select(pl.len()).collect().item(), path)
    for name, kind in scan.collect_schema().items():
        if isinstance(kind, pl.Categorical | pl.Enum):
            longest = scan.select(pl.col(name).cast(pl.Categorical).cat.len_bytes().max())
            limits.CELL.check(longest.collect(engine="streaming").item() or 0, path)


def _kind(path: Path) -> str:
    return "Parquet" if path.suffix.casefold() == ".parquet" else "CSV"


def _scan(path: Path) -> pl.LazyFrame:
    if _kind(path) == "CSV":
        # A dash in the wrong encoding costs its letter, not the file.
        return pl.scan_csv(path, infer_schema=False, encoding="utf8-lossy", glob=False)
    frame = pl.scan_parquet(path, glob=False)
    days = pl.selectors.temporal() - pl.selectors.duration() - pl.selectors.time()
    return frame.with_columns(days.cast(pl.Date)).with_columns(pl.all().cast(pl.String))


def _broken(path: Path) -> str:
    """Say in which row a CSV file goes wrong, without a word of what is in it."""
    if _kind(path) == "CSV":
        with path.open(encoding="utf-8", errors="replace", newline="") as opened:
            rows = csv.reader(opened)
            width = len(next(rows, []))
            for number, cells in enumerate(rows, start=2):
                if len(cells) > width:
                    return f"row {number} has {len(cells)} cells, the header {width}. Put cells with commas in quotes."
    return "its rows cannot be read to the end. Save it again as CSV (UTF-8)."
