"""Returns and tables with a figure (or a few) to a row: PSS-EX1 2015-16, ASC-FR, ASCOF, OFLOG, deflators."""

import re

from leeway.published.returns.meanings import meanings
from leeway.published.returns.reading import Collected, Reading, Rows, figure_in, plain_label

# Carers' survey 2016-17: "the figure (the figure for the carers who were eligible before that year)".
# Source: ASCOF 2024-25, comparability over time log, 1E, 3B, 3C(2), 5A(2).
IN_BRACKETS = re.compile(r"(\S+) \((\S+)\)")
LONG_YEAR = re.compile(r"(\d{4}) to \d{2}(\d{2})")


def read_long(rows: Rows, kind: str, year: str) -> Reading:
    """Read the long form of 2015-16: columns between the council's name and the value name the item."""
    found = Collected(kind)
    header, *body = rows
    at = {name.strip(): place for place, name in enumerate(header)}
    parts = range(at["Council Name"] + 1, at["Value"])
    last = max(at[name] for name in ("Council Code", "Council Name", "Value", "Notes") if name in at)
    for number, row in enumerate(body, start=2):
        if len(row) <= last:
            found.miss(number, "the row is shorter than the heading row")
            continue
        council = found.council(number, row[at["Council Name"]], year, row[at["Council Code"]])
        if council is not None:
            # "Voluntay" is the source's own slip.
            item = plain_label(*(row[place].replace("Voluntay", "Voluntary") for place in parts))
            notes = row[at["Notes"]].strip() if "Notes" in at else ""
            found.add(number, council, year, item, row[at["Value"]], note="estimated" if notes else "")
    return found.done()


def read_deferred(rows: Rows) -> Reading:
    """Read deferred payment agreements 2015-16 (loans against a home; not direct payments): their numbers, or values.

    Some lines have the same words in both files, so the item says which of the two it is.
    """
    found = Collected("Deferred payment agreements")
    header, *body = rows
    at = {name.strip(): place for place, name in enumerate(header)}
    told = "value" if any("Total value" in cell for row in body for cell in row) else "number"
    last = max(at[name] for name in ("LABEL", "CASSR_CODE", "CASSR_NAME", "Time_Period_Desc", "Value"))
    for number, row in enumerate(body, start=2):
        if len(row) <= last:
            found.miss(number, "the row is shorter than the heading row")
            continue
        year = re.sub(r"^(\d{4})/\d{2}(\d{2})$", r"\1-\2", row[at["LABEL"]].strip())
        council = found.council(number, row[at["CASSR_NAME"]], year, row[at["CASSR_CODE"]])
        if council is not None:
            item = plain_label("deferred payment agreements", told, *row[at["Time_Period_Desc"] : at["Value"]])
            found.add(number, council, year, item, row[at["Value"]])
    return found.done()


def read_asc_fr(rows: Rows) -> Reading:
    """Read ASC-FR 2016-17, whose categories are numbers; a number without a known name stays a number in the item."""
    found = Collected("ASC-FR")
    said = meanings()["asc_fr"]
    header, *body = rows
    at = {name.strip(): place for place, name in enumerate(header)}
    for number, row in enumerate(body, start=2):
        if len(row) < len(header):
            found.miss(number, "the row is shorter than the heading row")
            continue
        if (year := _year_ending(row[at["FY_Ending"]])) is None:
            found.miss(number, f"“{row[at['FY_Ending']].strip()[:12]}” is not a year")
            continue
        code = row[at["CASSR_CODE"]].strip()
        group = "" if code else said["regions"].get(row[at["REGION_GO_CODE"]].strip(), "")
        council = found.council(number, group, year, row[at["GEOGRAPHY_CODE"]].strip(), code)
        if council is not None:
            keys = (_key_words(said, name, row[at[name]]) for name in said["words"] if name in at)
            item = [words for words in keys if words]
            for name, words in said["values"].items():
                if name in at:
                    found.add(number, council, year, plain_label(*item, words), row[at[name]])
    return found.done()


def _key_words(said: dict, name: str, key: str) -> str:
    key = key.strip()
    return said["keys"][name].get(key) or (f"{said['words'][name]} {key}" if key else "")


# Of a described ASC-FR file: where and when a row is. What else stands before its figure says what it is.
WHERE_AND_WHEN = {"DATA_LEVEL", "DH_GEOGRAPHY_NAME", "FY_ENDING", "GEOGRAPHY_LEVEL", "GEOGRAPHY_NAME", "UUID"}


def read_asc_fr_described(rows: Rows) -> Reading:
    """Read ASC-FR with the descriptions of its categories: they name the item, and the codes beside them do not."""
    found = Collected("ASC-FR, described")
    header, *body = rows
    names = [name.strip().upper() for name in header]
    at = {name: place for place, name in enumerate(names)}
    parts = [
        place
        for place, name in enumerate(names[: at["ITEMVALUE"]])
        if name not in WHERE_AND_WHEN and not name.endswith(("_CODE", "_KEY"))
    ]
    for number, row in enumerate(body, start=2):
        if len(row) < len(header):
            found.miss(number, "the row is shorter than the heading row")
            continue
        if (year := _year_ending(row[at["FY_ENDING"]])) is None:
            found.miss(number, f"“{row[at['FY_ENDING']].strip()[:12]}” is not a year")
            continue
        council = found.council(number, row[at["GEOGRAPHY_NAME"]], year, row[at["GEOGRAPHY_CODE"]].strip())
        if council is not None:
            item = plain_label(*(row[place] for place in parts))
            found.add(number, council, year, item, row[at["ITEMVALUE"]])
    return found.done()


def _year_ending(words: str) -> str | None:
    """The financial year that ends in a year ("2017"), or None where the words are no year."""
    ending = words.strip()
    return f"{int(ending) - 1}-{ending[2:]}" if re.fullmatch(r"20\d\d", ending) else None


OPEN_DATA = {
    "Geographical Description",
    "Geographical Level",
    "ONS Code",
    "Measure Code",
    "Measure Type",
    "Measure Value",
}


def read_open_data(rows: Rows, year: str) -> Reading:
    """Read ASCOF's open data of 2014-15 to 2020-21: an item is "measure | outcome", with its group between if any."""
    found = Collected("ASCOF open data, long")
    header, *body = rows
    at = {name.strip().replace("_", " "): place for place, name in enumerate(header)}
    for number, row in enumerate(body, start=2):
        if len(row) < len(header):
            found.miss(number, "the row is shorter than the heading row")
            continue
        council = found.council(number, row[at["Geographical Description"]], year, row[at["ONS Code"]].strip())
        if council is not None:
            group = row[at["Disaggregation Level"]].strip() if "Disaggregation Level" in at else ""
            parts = (row[at["Measure Code"]], "" if group == "Total" else group, row[at["Measure Type"]])
            found.add(number, council, year, plain_label(*parts), row[at["Measure Value"]])
    return found.done()


def ascof_header(rows: Rows) -> int:
    """The place of the row that heads an ASCOF table; -1 where there is none."""
    return next((place for place, row in enumerate(rows[:12]) if row and row[0] == "Local authority code"), -1)


def read_ascof(rows: Rows) -> Reading:
    """Read one ASCOF table; an item is "measure | outcome", "| numerator", "| number of respondents" and so on."""
    head = ascof_header(rows)
    measure = re.sub(r"\s?\[note \d+\]", "", rows[0][0]).removeprefix("Table ").split(":")[0].strip().upper()
    found = Collected("ASCOF", passed_over=head + 1)
    header = rows[head]
    years = {place: LONG_YEAR.match(name.strip()) for place, name in enumerate(header) if place > 2}
    for place, said in years.items():
        if said is None:
            found.miss(head + 1, f"the column “{header[place][:40]}” says no year")
    for number, row in enumerate(rows[head + 1 :], start=head + 2):
        if not any(cell.strip() for cell in row[2:]):
            found.passed_over += 1
            continue
        for place, said in years.items():
            if said is None or place >= len(row):
                continue
            year = f"{said[1]}-{said[2]}"
            council = found.council(number, row[1], year, row[2].strip())
            if council is not None:
                item = plain_label(measure, header[place].split(" - ")[-1])
                both = IN_BRACKETS.fullmatch(row[place].strip())
                found.add(number, council, year, item, both[1] if both else row[place])
                if both:
                    found.add(number, council, year, f"{item} (original eligible population)", both[2])
    return found.done()


def read_oflog(rows: Rows) -> Reading:
    """Read the measures of the Office for Local Government; the names of its measures are the items."""
    found = Collected("OFLOG")
    header, *body = rows
    at = {name.strip(): place for place, name in enumerate(header)}
    for number, row in enumerate(body, start=2):
        if len(row) < len(header):
            found.miss(number, "the row is shorter than the heading row")
            continue
        year = row[at["Financial year"]].strip()
        council = found.council(number, row[at["Local authority name"]], year, row[at["Local authority code"]].strip())
        if council is not None:
            item = plain_label(row[at["Measure"]].removeprefix("Outcome, "))
            found.add(number, council, year, item, row[at["Value"]])
    return found.done()


def read_deflators(rows: Rows) -> Reading:
    """Read HM Treasury's GDP deflators by financial year (the United Kingdom's, so no council is named)."""
    found = Collected("GDP deflators")
    item = ""
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row[:4]] + [""] * 4
        item = item or (f"gdp deflator, {cells[2]}" if "= 100" in cells[2] else "")
        if item and re.fullmatch(r"\d{4}-\d{2}", cells[1]) and figure_in(cells[2])[0] is not None:
            found.kept["United Kingdom", cells[1], plain_label(item)] = figure_in(cells[2])
        elif item and re.match(r"\d{4}-\d{2}", cells[1]):
            found.miss(number, f"“{cells[1][:20]}” has no figure that can be read")
        else:
            found.passed_over += 1
    return found.done()
