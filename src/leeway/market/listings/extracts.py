"""Opens a file from the regulator, finds out which layout it has, and reads it row by row. Nothing is written here."""

import codecs
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from leeway import limits
from leeway.market.listings.layouts import LAYOUTS, Layout, Location, RatingRow, day_alone, narrowed, read_rating
from leeway.market.listings.models import Service
from leeway.reading import CannotRead, content_of, csv_rows, json_of, lines_of
from leeway.refusal import Refusal, shortened
from leeway.workbook import STARTS, sheets_of
from leeway.written_days import Order, order_of, orders_since, shows_order

Row = tuple[int, list[str]]
TITLE_LINES_AT_MOST = 20
NUMBER = re.compile(r"1-[0-9]+")
#: What a header has called a column in one year and another.
CALLED = {"cqc location": "cqc location id"}
NOT_GIVEN = {"", "-", "NA", "N/A", "NULL"}
LONGEST: dict[str, int] = {
    field.name: field.max_length
    for field in Service._meta.concrete_fields
    if field.name in Location.__slots__ and field.max_length is not None
}


class UnreadableFile(Refusal):
    """The file cannot be read at all: not one of the layouts, or not text."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be taken as it is, and why."""

    row: int
    reason: str


@dataclass
class Extract:
    """A file being read. `ratings()` must be run to its end before the rest is complete.

    `held` are the numbers in rows that cannot be read: the file lists these places, and they stay as they were.
    `nameless` says that a row which cannot be read has no number, so that any place may be the one it lists.
    """

    path: Path
    layout: str
    rows: Iterator[Row]
    names: list[str]
    order: Order
    places: dict[str, Location] = field(default_factory=dict)
    bad_rows: list[BadRow] = field(default_factory=list)
    rows_read: int = 0
    held: set[str] = field(default_factory=set)
    nameless: bool = False

    @property
    def has_ratings(self) -> bool:
        return self.layout == "ratings"

    @property
    def locations(self) -> list[Location]:
        """The places that give adult social care."""
        return [place for place in self.places.values() if place.kinds]

    @property
    def left_out(self) -> int:
        """How many places are not adult social care (dentists, doctors, hospitals), or dormant."""
        return len(self.places) - len(self.locations)

    def ratings(self) -> Iterator[RatingRow]:
        """Read row by row: keep each location, hand on each rating, note each bad row and go on."""
        layout = LAYOUTS[self.layout]
        for number, cells in self.rows:
            if not any(cells):
                continue
            self.rows_read += 1
            try:
                values = by_name(self.names, cells)
                location = layout.read(number, values, self.order)
                rating = read_rating(number, values, self.order) if self.has_ratings else None
                self._keep(location)
            except ValueError as problem:
                self._note(BadRow(number, shortened(f"{problem}.")), cells)
                continue
            if rating:
                yield rating

    def _keep(self, location: Location) -> None:
        known = self.places.get(location.external_id)
        if known is None:
            refuse_too_long(location)
            self.places[location.external_id] = location
        elif not self.has_ratings:
            raise ValueError(f"location {location.external_id} is already in row {known.row}")
        elif location.kinds != known.kinds:
            self.places[location.external_id] = replace(known, kinds=narrowed(known.kinds + location.kinds))

    def _note(self, bad: BadRow, cells: list[str]) -> None:
        """Note a row that cannot be read, and whom it lists: a row that was shifted has its number in another cell."""
        self.bad_rows.append(bad)
        limits.BAD_ROWS.check(len(self.bad_rows), self.path)
        place = self.names.index(LAYOUTS[self.layout].number)
        own = [cells[place].strip()] if len(cells) > place else []
        numbers = {cell for cell in (*own, *map(str.strip, cells)) if NUMBER.fullmatch(cell)} | {*filter(None, own)}
        self.held |= numbers
        self.nameless |= not numbers


def open_extract(path: Path, *, day_first: bool | None = None) -> Extract:
    """Find out which of the regulator's layouts a file has, and in which order its dates are; make ready to read it.

    Raises UnreadableFile with one sentence naming the file and what was expected.
    """
    try:
        with path.open("rb") as opened:
            start = opened.read(4)
    except OSError as problem:
        raise UnreadableFile(f"{path.name} cannot be opened: {problem.strerror}.") from problem
    if not start:
        raise UnreadableFile(f"{path.name} is empty.")
    layout, names, rows = recognise(path, list(sources(path, start)))
    return Extract(path, layout.name, rows(), names, order_in(path, layout, names, rows(), day_first))


def sources(path: Path, start: bytes) -> Iterator[Callable[[], Iterator[Row]]]:
    """What reads the numbered rows of a file from its beginning; of a workbook, one for each sheet."""
    if start.startswith(STARTS):
        try:
            sheets = sheets_of(content_of(path, limits.WORKBOOK_MB))
        except CannotRead as problem:
            raise UnreadableFile(f"{path.name}: {problem}") from problem
        yield from (partial(enumerate, rows, 1) for rows in sheets.values())
    else:
        yield partial(features if start.lstrip().startswith(b"{") else records, path)


def recognise(
    path: Path, found: list[Callable[[], Iterator[Row]]]
) -> tuple[Layout, list[str], Callable[[], Iterator[Row]]]:
    """Look in the first lines of a file, or of each sheet, for a header that one of the layouts knows.

    Gives the layout, the names of its columns, and what reads the rows under them.
    """
    most_found, nearest, lacking = 0, LAYOUTS["ratings"], frozenset[str]()
    for source in found:
        for number, cells in itertools.islice(source(), TITLE_LINES_AT_MOST):
            names = [column_name(cell) for cell in cells]
            for layout in LAYOUTS.values():
                missing = layout.columns.difference(names)
                if not missing:
                    return layout, names, lambda source=source, past=number: itertools.islice(source(), past, None)
                if len(layout.columns) - len(missing) > most_found:
                    most_found, nearest, lacking = len(layout.columns) - len(missing), layout, missing
    if most_found * 2 > len(nearest.columns):
        columns = ", ".join(sorted(lacking))
        raise UnreadableFile(f"{path.name} looks like {nearest.label} but lacks these columns: {columns}.")
    labels = "; ".join(f"{layout.label} ({', '.join(sorted(layout.columns))})" for layout in LAYOUTS.values())
    raise UnreadableFile(f"{path.name} is not a file of the regulator that Leeway knows. Expected one of: {labels}.")


def order_in(path: Path, layout: Layout, names: list[str], rows: Iterator[Row], said: bool | None) -> Order:
    """The order of day and month in a whole file: as its dates show, as was said, or as the layout is published."""
    columns = [(names.index(name), layout.no_day_before.get(name)) for name in layout.days if name in names]
    days: dict[str, str] = {}
    shown: set[bool] = set()
    for number, cells in rows:
        for place, since in columns:
            text = day_alone(cells[place]) if len(cells) > place else ""
            if text not in days:
                days[text] = f"Row {number}"
                shown |= orders_since(text, since)
    told = said
    if told is None and not any(map(shows_order, days)):
        told = shown.pop() if len(shown) == 1 else layout.day_first
    try:
        return order_of(
            ((where, text) for text, where in days.items()),
            told,
            by="--dates",
            say="Say it: --dates day-first or --dates month-first.",
        )
    except CannotRead as problem:
        raise UnreadableFile(f"{path.name}: {problem}") from problem


def refuse_too_long(location: Location) -> None:
    """Refuse a place with a cell longer than the directory keeps, rather than cut it short."""
    for name, longest in LONGEST.items():
        if len(getattr(location, name) or "") > longest:
            raise ValueError(f"its {name.replace('_', ' ')} is longer than {longest} characters")


def column_name(cell: str) -> str:
    """A column's name without capitals or the notes in brackets.

    >>> column_name("Service's website (if available)"), column_name("CQC Location (for office use only")
    ("service's website", 'cqc location id')
    """
    name = re.sub(r"\s?\((if available|for office use only)\)?", "", cell.strip().lower()).strip()
    return CALLED.get(name, name)


def by_name(names: list[str], cells: list[str]) -> dict[str, str]:
    """One row's cells by column name, with the marks for "not given" made blank."""
    if len(cells) < len(names) or any(cells[len(names) :]):
        raise ValueError(f"it has {len(cells)} cells where the header has {len(names)}")
    stripped = [cell.strip() for cell in cells[: len(names)]]
    return {name: "" if cell in NOT_GIVEN else cell for name, cell in zip(names, stripped, strict=True)}


def records(path: Path) -> Iterator[Row]:
    """The numbered rows of a CSV file, plain or gzipped; bytes that are not UTF-8 are read as Windows-1252."""
    yield from enumerate(csv_rows(lines_of(path, limits.ROWS, errors="windows-1252"), path), start=1)


def features(path: Path) -> Iterator[Row]:
    """The features of a GeoJSON file as rows: a header first, then properties with longitude and latitude."""
    try:
        found = json_of(path, limits.WHOLE_MB)["features"]
        names = list(found[0]["properties"])
        yield 1, [*names, "lon", "lat"]
        for number, feature in enumerate(found, start=2):
            cells = [*map(feature["properties"].get, names), *feature["geometry"]["coordinates"][:2]]
            yield number, ["" if cell is None else str(cell) for cell in cells]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as problem:
        raise UnreadableFile(f"{path.name} is not GeoJSON with a list of places.") from problem


def _as_windows(problem: UnicodeError) -> tuple[str, int]:
    assert isinstance(problem, UnicodeDecodeError)
    return problem.object[problem.start : problem.end].decode("cp1252", "replace"), problem.end


codecs.register_error("windows-1252", _as_windows)
