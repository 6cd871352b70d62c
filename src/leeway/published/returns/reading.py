"""What reading a return gives: a tidy table, the totals kept apart, and a list of everything that could not be read."""

import io
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import polars as pl

from leeway import limits
from leeway.published.returns.councils import council_coded, council_named, group_named, known
from leeway.reading import CannotRead, content_of, csv_rows, lines_in
from leeway.refusal import Refusal
from leeway.workbook import STARTS, sheets_of

SCHEMA = {"council": pl.String, "year": pl.String, "item": pl.String, "value": pl.Float64, "flag": pl.String}
FLAGS = (
    "",
    "not available",
    "not applicable",
    "suppressed",
    "below threshold (1-5)",
    "blank",
    "unreadable",
    "negative",
    "rounded",
    "estimated",
    "averaged",
    "adjusted",
    "none recorded",
    "low",
    "low reliability",
    "break in series",
    "forecast",
    "provisional",
    "revised",
)
# What the returns themselves write for a figure that is not there. In brackets: the Government Statistical Service's
# "Using symbols and shorthand in tables".
MARKS = {
    "": "blank",
    "..": "not available",
    '".."': "not available",
    ":": "not available",
    "[x]": "not available",
    "n/a": "not available",
    "no data": "not available",
    "not available": "not available",
    "unable to report": "not available",
    "unknown": "not available",
    ".": "not applicable",
    "[z]": "not applicable",
    "-": "suppressed",
    "*": "suppressed",
    "[c]": "suppressed",
    "[w]": "none recorded",
    "[low]": "low",
    "[u]": "low reliability",
}
# The same guidance's shorthand for a figure that is there: it stands beside the figure, or instead of it.
BESIDE = {
    "[b]": "break in series",
    "[e]": "estimated",
    "[er]": "revised",
    "[f]": "forecast",
    "[p]": "provisional",
    "[r]": "revised",
    "[u]": "low reliability",
    "[ns]": "",
    "[s]": "",
    "[ss]": "",
    "[sss]": "",
}
NUMBER = re.compile(r"[-+]?((\d{1,3}(,\d{3})+|\d+)(\.\d*)?|\.\d+)(e[-+]?\d{1,2})?", re.IGNORECASE)
SHORTHAND = re.compile(r"\[([a-z]{1,3})\d?\]", re.IGNORECASE)
Rows = list[list[str]]


class Unread(NamedTuple):
    """A place in a file that could not be read, and why: the row (the first is 1) and, for one figure, the council."""

    row: int
    reason: str
    council: str = ""


class Unproved(Refusal):
    """A file looks like a layout, and what stands in it is not what that layout has there."""


@dataclass(frozen=True)
class Reading:
    """One file read: `table` has councils only, `totals` the groups of councils (England, regions, classes).

    Both have the columns of `SCHEMA`: council, year ("2004-05"), item, value (null where there is none), flag.
    `passed_over` counts heading rows, footnotes, blank lines and rows that repeat another exactly.
    """

    kind: str
    table: pl.DataFrame
    totals: pl.DataFrame
    unread: tuple[Unread, ...]
    passed_over: int


@lru_cache(maxsize=200_000)
def figure_in(cell: str) -> tuple[float | None, str]:
    """The figure a cell gives and its flag; "unreadable" where the cell is neither a number nor a known mark.

    >>> figure_in("1,234.5"), figure_in("-3"), figure_in(".."), figure_in("12 [p]")
    ((1234.5, ''), (-3.0, 'negative'), (None, 'not available'), (12.0, 'provisional'))
    """
    text = cell.strip()
    if text.endswith("]"):
        text = SHORTHAND.sub(r"[\1]", text)  # [u1] and [u2] are [u], for two reasons
        if text.lower() not in MARKS:
            return _figure_beside(text)
    if NUMBER.fullmatch(text):
        # Spreadsheets write 25.9 as 25.900000000000002: twelve figures are more than any return has.
        value = float(f"{float(text.replace(',', '')):.12g}")
        return value, "negative" if value < 0 else ""
    return None, MARKS.get(text.lower(), "unreadable")


def _figure_beside(text: str) -> tuple[float | None, str]:
    """A figure with shorthand after it ("12 [r][e]"): the first of them that has a meaning of its own is its flag."""
    marks = [f"[{word.lower()}]" for word in SHORTHAND.findall(text)]
    number = SHORTHAND.sub("", text).strip()
    if not marks or not set(marks) <= set(BESIDE):
        return None, "unreadable"
    if not number:
        return None, "not available"
    value, flag = figure_in(number)
    return value, flag if value is None else next(filter(None, (*map(BESIDE.__getitem__, marks), flag)), "")


@lru_cache(maxsize=50_000)
def plain_label(*parts: str) -> str:
    """An item's key from the source's own words: small letters, single spaces, no dates, the parts kept apart by |."""
    words = (re.sub(r"\s+", " ", part).strip(" -:>*#") for part in parts)
    joined = " | ".join(word for word in words if word).lower()
    # A date of the year itself would give each year its own item.
    return re.sub(r"(31(?:st)? march|1(?:st)? april) \d{4}", r"\1", joined)


@dataclass
class Collected:
    """What a reader has gathered so far; `done` makes the Reading."""

    kind: str
    dash: str = "suppressed"
    rounded: bool = False
    passed_over: int = 0
    kept: dict[tuple[str, str, str], tuple[float | None, str]] = field(default_factory=dict)
    totals: dict[tuple[str, str, str], tuple[float | None, str]] = field(default_factory=dict)
    unread: set[Unread] = field(default_factory=set)
    named: int = 0
    nameless: int = 0

    def council(self, row: int, raw: str, year: str, *codes: str) -> str | None:
        """The council or group a row is about; where it is neither, the row is listed and None comes back."""
        exact = (council_coded(code, year=year) for code in codes if code.startswith("E"))
        name = next(filter(None, exact), None) or council_named(raw, year=year) or group_named(raw)
        name = name or next(filter(None, (council_coded(code, year=year) for code in codes)), None)
        self.named += 1
        if name is None:
            self.nameless += 1
            said = raw.strip()[:60] or " ".join(codes).strip()[:60]
            self.miss(row, f"“{said}” is not a council or group that is known")
        return name

    def miss(self, row: int, reason: str, council: str = "") -> None:
        """List a place that could not be read."""
        self.unread.add(Unread(row, reason, council))

    def add(self, row: int, council: str, year: str, item: str, cell: str, *, note: str = "") -> None:
        """Keep one figure. A cell that cannot be read is kept as null and listed.

        Where a council and the one that followed it each have a row, “not applicable” in one gives way to the other.
        """
        figure = figure_in(cell)
        if not figure[1]:
            figure = (figure[0], note or "rounded") if note or self.rounded else figure
        elif figure[1] == "unreadable":
            self.miss(row, f"“{cell.strip()[:40]}” is not a figure", council)
        elif cell.strip() == "-":
            figure = (None, self.dash)
        store, key = self.totals if council in known()["groups"] else self.kept, (council, year, item)
        none = (None, "not applicable")
        if key not in store:
            store[key] = figure
        elif figure in (store[key], none):
            self.passed_over += 1
        elif store[key] == none:
            self.passed_over += 1
            store[key] = figure
        else:
            self.miss(row, "the same item a second time, with another figure; the first is kept", council)

    def done(self) -> Reading:
        """The Reading: frames in the order of the file. Refuses what was read by a layout that it does not have."""
        flags = [flag for _, flag in (*self.kept.values(), *self.totals.values()) if flag != "blank"]
        if (wrong := flags.count("unreadable")) * 2 > len(flags):
            raise Unproved(f"{wrong:,} of {len(flags):,} cells where {self.kind} has figures hold none")
        if self.nameless * 2 > self.named:
            raise Unproved(f"most rows name no council that is known where {self.kind} names one")
        unread = tuple(sorted(self.unread))
        return Reading(self.kind, _frame(self.kept), _frame(self.totals), unread, self.passed_over)


def _frame(kept: dict[tuple[str, str, str], tuple[float | None, str]]) -> pl.DataFrame:
    columns = [*zip(*kept, strict=True)] or [(), (), ()], [*zip(*kept.values(), strict=True)] or [(), ()]
    return pl.DataFrame(dict(zip(SCHEMA, (*columns[0], *columns[1]), strict=True)), schema=SCHEMA)


def tables_of(path: Path) -> dict[str, Rows]:
    """The cells of each sheet of a workbook (XLSX, ODS) by its name, or of a CSV file, which has no name.

    Refuses what is missing, empty, cut, too large or not text.
    """
    content = content_of(path)
    if not content.strip():
        raise Refusal(f"{path}: is empty. Give a published return as CSV, XLSX or ODS.")
    if content.startswith(STARTS):
        try:
            return sheets_of(content)
        except CannotRead as problem:
            raise CannotRead(f"{path}: {problem}") from problem
    if b"\0" in content:
        raise Refusal(f"{path}: is not text. Give a published return as CSV, XLSX or ODS.")
    return {"": list(csv_rows(lines_in(io.BytesIO(_in_utf8(content)), path, limits.TABLE_ROWS), path))}


def _in_utf8(content: bytes) -> bytes:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        # The offices that published these returns wrote CSV on Windows.
        return content.decode("cp1252", errors="replace").encode()
    return content
