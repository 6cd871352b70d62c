"""PSS-EX1 returns of 2000-01 to 2007-08: one council's sheet after another, in one long file."""

import re
from collections import Counter, defaultdict

from leeway.published.returns.councils import council_named
from leeway.published.returns.meanings import meanings
from leeway.published.returns.reading import Collected, Reading, Rows, plain_label

GROUPS = {
    "OLDER PEOPLE": "older people 65 and over",
    "PHYSICAL DISABILITY": "physical disability 18-64",
    "LEARNING DISABILITIES": "learning disability 18-64",
    "MENTAL HEALTH NEEDS": "mental health 18-64",
}
YEAR = re.compile(r"\d{4}-\d{2}")
LINES = re.compile(r"\(lines? [^()]*\)", re.IGNORECASE)
WITHOUT, WITH = (
    re.compile(r"\bexcl(?:uding)? S(?:P|upporting People)\b"),
    re.compile(r"\bincl(?:uding)? S(?:P|upporting People)\b"),
)


def read_expenditure(rows: Rows) -> Reading:
    """Read stacked expenditure: an item is "client group | line | what the column means that year"."""
    found = Collected("PSS-EX1 expenditure, stacked")
    header, *body = rows
    at = {name: place for place, name in enumerate(header)}
    columns_of: dict[str, dict[str, str]] = {}
    parent, bare = "", Counter[str]()
    sections = _sections({row[at["section"]] for row in body if len(row) > at["section"]})
    for number, row in enumerate(body, start=2):
        row = row + [""] * (len(header) - len(row))
        year, raw = row[at["financial_year"]].strip(), row[at["council"]]
        if not any(cell.strip() for cell in row):
            found.passed_over += 1
            continue
        columns = columns_of.setdefault(year, _columns(year))
        council = found.council(number, raw, year, row[at["cassr_code"]]) if columns else None
        if not columns:
            found.miss(number, f"what the columns of the year “{year[:12]}” mean is not known")
        label = row[at["line_label"]]
        if row[at["line"]].strip():
            parent, above = label, ""
        else:  # a row without a line number breaks down the line above it
            above = parent
        item = _line_item(sections.get(row[at["section"]], ""), label, above=above)
        if council is None:
            continue
        for name, meaning in columns.items():
            if name in at:
                found.add(number, council, year, plain_label(item, meaning), row[at[name]])
        bare.update(name for name, place in at.items() if name not in columns | NAMED and row[place].strip())
    for name, count in sorted(bare.items()):
        found.miss(1, f"the column {name} has no heading in the source; its {count} figures are not read")
    return found.done()


NAMED = dict.fromkeys(["financial_year", "cassr_code", "council", "section", "line", "line_label"], "")


def _columns(year: str) -> dict[str, str]:
    """What the lettered columns mean in a year; empty where that is not known."""
    for period in meanings()["expenditure"]:
        if year in period["years"]:
            return period["columns"]
    return {}


def _sections(sections: set[str]) -> dict[str, str]:
    """The words of each section of the form, with its letter where two sections have the same words."""
    words = {section: section.partition(": ")[2] or section for section in sections}
    twice = {word for word, count in Counter(words.values()).items() if count > 1}
    return {
        section: f"{word} (section {section.partition(':')[0]})" if word in twice else word
        for section, word in words.items()
    }


def _line_item(section: str, label: str, *, above: str) -> str:
    group = next((name for words, name in GROUPS.items() if words in section), "")
    label = WITH.sub("including Supporting People", WITHOUT.sub("excluding Supporting People", LINES.sub("", label)))
    if group and label.startswith("TOTAL "):
        label = "total" + "".join(
            f", {words}" for words in ("excluding Supporting People", "including Supporting People") if words in label
        )
    return plain_label(group or section, LINES.sub("", above), label)


def read_activity(rows: Rows) -> Reading:
    """Read stacked activity: the item of a row is what most councils' sheets say in that row of the form.

    A sheet's headings vary with the lines a council left blank, so the form is put together from all sheets of a year.
    """
    found = Collected("PSS-EX1 activity, stacked")
    header, *body = rows
    at = {name: place for place, name in enumerate(header)}
    form = _form(body, at)
    notes_from = _notes_from(body, at)
    for number, row in enumerate(body, start=2):
        row = row + [""] * (len(header) - len(row))
        year, raw, cell = (row[at[name]].strip() for name in ("financial_year", "council", "value"))
        label, place = row[at["item"]], row[at["sheet_row"]]
        if place.isdigit() and int(place) > notes_from.get(year, 10_000):
            found.miss(number, "a council’s own note of an adjustment, not a figure of the form")
            continue
        item = form.get((year, place, label))
        if not YEAR.fullmatch(year) or item is None or _is_heading(cell, item):
            if item is not None and YEAR.fullmatch(year):
                found.passed_over += 1
            else:
                found.miss(number, f"row {place[:6]} of the sheet is not where the form of the year has it")
            continue
        council = found.council(number, raw, year, row[at["cassr_code"]])
        if council is not None:
            flags = (row[at["average_flag"]].strip().upper(), row[at["adjusted_flag"]].strip().upper())
            note = "adjusted" if flags[1] == "A" else "averaged" if flags[0] == "Y" else ""
            found.add(number, council, year, item, cell, note=note)
    return found.done()


HEADINGS = {"Data item data", "Source", "rows 8-133", "rows 135-164", "Figure", "You have not selected your council"}


def _is_heading(cell: str, item: str) -> bool:
    return cell in HEADINGS or not item or council_named(cell) is not None


def _form(body: Rows, at: dict[str, int]) -> dict[tuple[str, str, str], str]:
    """For each year, sheet row and label: the item's key. Rows that fewer than half of the sheets have are left out."""
    seen: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    for row in body:
        if len(row) > at["value"]:
            seen[row[at["financial_year"]], row[at["sheet_row"]]][row[at["item"]], row[at["heading"]]] += 1
    form: dict[tuple[str, str, str], str] = {}
    taken: set[tuple[str, str]] = set()
    for (year, place), labels in seen.items():
        label = Counter({name: 0 for name, _ in labels})
        for (name, _), count in labels.items():
            label[name] += count
        common = label.most_common(1)[0][0]
        heading = Counter({words: count for (name, words), count in labels.items() if name == common})
        key = plain_label(_own_heading(heading.most_common(1)[0][0]), common)
        # The forms say some things twice, for residents of different kinds, under headings the file does not keep.
        key = key if (year, key) not in taken else f"{key} (sheet row {place})"
        taken.add((year, key))
        form[year, place, common] = key
    return form


def _notes_from(body: Rows, at: dict[str, int]) -> dict[str, int]:
    """The sheet row under which, each year, councils wrote notes of their own ("Line no above, Source, Figure")."""
    found: dict[str, int] = {}
    for row in body:
        if len(row) > at["value"] and row[at["item"]] == "Line no above" and row[at["sheet_row"]].isdigit():
            year = row[at["financial_year"]]
            found[year] = min(found.get(year, int(row[at["sheet_row"]])), int(row[at["sheet_row"]]))
    return found


def _own_heading(heading: str) -> str:
    """The heading a row stands under: the last one, with the one before it where the last only continues it."""
    above, _, last = heading.rpartition(" > ")
    return f"{above.rpartition(' > ')[2]} | {last}" if last.startswith("-") and above else last
