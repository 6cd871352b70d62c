"""Returns laid out wide: a council to a row under several heading rows, or (2014-15) a council to a column."""

import re

from leeway.published.returns.councils import council_named, group_named
from leeway.published.returns.reading import NUMBER, Collected, Reading, Rows, plain_label

CODED = re.compile(r"\s*\d{3}\s*-\s*\S")
CODE = re.compile(r"\s*\d{3}\s*")
ONE_TO_FIVE = re.compile(r"- means greater than 0 and less than or equal to 5", re.IGNORECASE)
ALL_ROUNDED = re.compile(r"All data (is|are) rounded to the nearest 5", re.IGNORECASE)
BRIDGING_YEAR = re.compile(r"(\d{4}) - \d{2}(\d{2})")


def first_council_row(rows: Rows) -> tuple[int, int]:
    """Where the first council's row is, and in how many columns its name stands (1, or 2 with the code apart).

    (-1, 0) where no row of the file begins with a council's code, and where one council has several rows: then the
    cells beside its name say what a row is about, and are no figures.
    """
    for place, row in enumerate(rows[:15]):
        if row and CODED.match(row[0]):
            return (place, 1) if _each_once([row[0] for row in rows if row]) else (-1, 0)
        if len(row) > 2 and CODE.fullmatch(row[0]) and row[1].strip() and not NUMBER.fullmatch(row[1].strip()):
            return (place, 2) if _each_once([row[1] for row in rows if len(row) > 1]) else (-1, 0)
    return -1, 0


def _each_once(names: list[str]) -> bool:
    """Whether councils are named once each, as a heading names them: one in ten may be there again by a slip."""
    known = [name for name in (council_named(raw) or group_named(raw) for raw in names) if name]
    return len(known) - len(set(known)) <= len(known) // 10


def read_council_rows(rows: Rows, kind: str, year: str) -> Reading:
    """Read one council per row; an item is its headings from the top down, merged cells filled to the right."""
    notes = "\n".join(cell for row in rows for cell in row[:2])
    dash = "below threshold (1-5)" if ONE_TO_FIVE.search(notes) else "suppressed"
    found = Collected(kind, dash=dash, rounded=bool(ALL_ROUNDED.search(notes)))
    first, names = first_council_row(rows)
    items = _headings(rows[:first], names)
    found.passed_over = first
    for number, row in enumerate(rows[first:], start=first + 1):
        label = " ".join(cell.strip() for cell in row[:names] if cell.strip())
        raw, code = (row[names - 1], row[0]) if len(row) > names else (label, "")
        figures = [cell for cell in row[names:] if cell.strip()]
        if not figures:
            found.passed_over += 1
            continue
        council = found.council(number, raw, year, code if names == 2 else "")
        if council is None:
            continue
        for place, cell in enumerate(row[names:], start=names):
            if place in items:
                found.add(number, council, year, items[place], cell)
            elif cell.strip():
                found.miss(number, f"column {place + 1} has a figure and no heading")
    return found.done()


def _headings(rows: Rows, names: int) -> dict[int, str]:
    """The item of each column. A heading above spans the blank cells to its right, until the row above starts anew."""
    width = max(len(row) for row in rows)
    levels = [row + [""] * (width - len(row)) for row in rows if sum(bool(cell.strip()) for cell in row[names:]) > 1]
    spans = [""] * len(levels)
    items: dict[int, str] = {}
    for place in range(names, width):
        own = [level[place].strip() for level in levels]
        for depth, words in enumerate(own):
            if words:
                spans[depth] = words
                spans[depth + 1 :] = own[depth + 1 :]
                break
        if any(own):
            deepest = max(depth for depth, words in enumerate(own) if words)
            for depth, words in enumerate(own):
                spans[depth] = words or spans[depth]
            item = plain_label(*spans[: deepest + 1])
            items[place] = f"{item} (column {place + 1})" if item in items.values() else item
    return items


def council_columns(rows: Rows) -> int:
    """The first column that is headed by a council's code and name, in the second row of the file; -1 for none."""
    if len(rows) < 3 or not _each_once(rows[1]):
        return -1
    return next((place for place, cell in enumerate(rows[1]) if place and CODED.match(cell)), -1)


def read_council_columns(rows: Rows, kind: str, year: str) -> Reading:
    """Read councils in columns (2014-15): a row is an item, named by the cells before the first council.

    The bridging file gives two years; there the row says which.
    """
    found = Collected(kind)
    found.passed_over = 2
    first, header = council_columns(rows), rows[1]
    years_at = next((place for place, cell in enumerate(header[:first]) if cell.strip() == "Bridging Year"), -1)
    for number, row in enumerate(rows[2:], start=3):
        if not any(cell.strip() for cell in row[first:]):
            found.passed_over += 1
            continue
        said = BRIDGING_YEAR.fullmatch(row[years_at].strip()) if 0 <= years_at < len(row) else None
        when = f"{said[1]}-{said[2]}" if said else year
        item = plain_label(*(cell for place, cell in enumerate(row[:first]) if place != years_at))
        if not item:
            found.miss(number, "figures without a label")
            continue
        for place in range(first, len(header)):
            if header[place].strip() and (council := found.council(2, header[place], when)):
                found.add(number, council, when, item, row[place] if place < len(row) else "")
    return found.done()
