"""Opens a file from the regulator, finds out which layout it has, and reads it row by row. Nothing is written here."""

import codecs
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from leeway import limits
from leeway.market.listings.layouts import LAYOUTS, Location, RatingRow, narrowed, read_rating
from leeway.market.listings.models import Service
from leeway.reading import csv_rows, json_of, lines_of
from leeway.refusal import Refusal, shortened

TITLE_LINES_AT_MOST = 20
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
    """A file being read. `ratings()` must be run to its end before the rest is complete."""

    path: Path
    layout: str
    rows: Iterator[tuple[int, list[str]]]
    names: list[str]
    places: dict[str, Location] = field(default_factory=dict)
    bad_rows: list[BadRow] = field(default_factory=list)

    @property
    def has_ratings(self) -> bool:
        return self.layout == "ratings"

    @property
    def locations(self) -> list[Location]:
        """The places that give adult social care."""
        return [place for place in self.places.values() if place.kinds]

    @property
    def left_out(self) -> int:
        """How many places are not adult social care: dentists, doctors, hospitals."""
        return len(self.places) - len(self.locations)

    def ratings(self) -> Iterator[RatingRow]:
        """Read row by row: keep each location, hand on each rating, note each bad row and go on."""
        layout = LAYOUTS[self.layout]
        for number, cells in self.rows:
            if not any(cells):
                continue
            try:
                values = by_name(self.names, cells)
                location = layout.read(number, values)
                rating = read_rating(number, values) if self.has_ratings else None
                self._keep(location)
            except ValueError as problem:
                self.bad_rows.append(BadRow(number, shortened(f"{problem}.")))
                limits.BAD_ROWS.check(len(self.bad_rows), self.path)
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


def open_extract(path: Path) -> Extract:
    """Find out which of the regulator's layouts a file has, and make ready to read it.

    Raises UnreadableFile with one sentence naming the file and what was expected.
    """
    try:
        with path.open("rb") as opened:
            start = opened.read(4)
    except OSError as problem:
        raise UnreadableFile(f"{path.name} cannot be opened: {problem.strerror}.") from problem
    if not start:
        raise UnreadableFile(f"{path.name} is empty.")
    if start.startswith(b"PK"):
        raise UnreadableFile(f"{path.name} is a spreadsheet or a zip file: save the sheet as CSV and import that.")
    return recognise(path, features(path) if start.lstrip().startswith(b"{") else records(path))


def recognise(path: Path, rows: Iterator[tuple[int, list[str]]]) -> Extract:
    """Look in the first lines of a file for a header that one of the layouts knows."""
    most_found, nearest, lacking = 0, LAYOUTS["ratings"], frozenset[str]()
    for _number, cells in itertools.islice(rows, TITLE_LINES_AT_MOST):
        names = [column_name(cell) for cell in cells]
        for layout in LAYOUTS.values():
            missing = layout.columns.difference(names)
            if not missing:
                return Extract(path, layout.name, rows, names)
            found = len(layout.columns) - len(missing)
            if found > most_found:
                most_found, nearest, lacking = found, layout, missing
    if most_found * 2 > len(nearest.columns):
        columns = ", ".join(sorted(lacking))
        raise UnreadableFile(f"{path.name} looks like {nearest.label} but lacks these columns: {columns}.")
    labels = "; ".join(f"{layout.label} ({', '.join(sorted(layout.columns))})" for layout in LAYOUTS.values())
    raise UnreadableFile(f"{path.name} is not a file of the regulator that Leeway knows. Expected one of: {labels}.")


def refuse_too_long(location: Location) -> None:
    """Refuse a place with a cell longer than the directory keeps, rather than cut it short."""
    for name, longest in LONGEST.items():
        if len(getattr(location, name) or "") > longest:
            raise ValueError(f"its {name.replace('_', ' ')} is longer than {longest} characters")


def column_name(cell: str) -> str:
    """A column's name without capitals or the notes in brackets.

    >>> column_name("Service's website (if available)")
    "service's website"
    """
    return re.sub(r"\s*\((if available|for office use only)\)", "", cell.strip().lower())


def by_name(names: list[str], cells: list[str]) -> dict[str, str]:
    """One row's cells by column name, with the marks for "not given" made blank."""
    if len(cells) < len(names) or any(cells[len(names) :]):
        raise ValueError(f"it has {len(cells)} cells where the header has {len(names)}")
    stripped = [cell.strip() for cell in cells[: len(names)]]
    return {name: "" if cell in NOT_GIVEN else cell for name, cell in zip(names, stripped, strict=True)}


def records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The numbered rows of a CSV file, plain or gzipped; bytes that are not UTF-8 are read as Windows-1252."""
    yield from enumerate(csv_rows(lines_of(path, limits.ROWS, errors="windows-1252"), path), start=1)


def features(path: Path) -> Iterator[tuple[int, list[str]]]:
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
