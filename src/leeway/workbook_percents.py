"""Which cells of a workbook are shown as percentages: what opens workbooks gives 27.5% as 0.275, and does not say so.

An XLSX tells it by the style of a cell, an ODS by the kind of its value.
"""

import io
import posixpath
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from xml.parsers import expat

from leeway import limits
from leeway.reading import CannotRead

OTHER = "The file is a workbook of another kind (XLS, XLSB). Save it as XLSX or CSV."
#: Columns by row, both counted from nought.
Cells = dict[int, set[int]]
BUILT_IN = {"9", "10"}  # 0% and 0.00%
#: In a style: words, a sign that is shown as it is, or stands for room; a colour.
NOT_A_SIGN = re.compile(r'"[^"]{0,255}"|[\\_*].|\[[^\]]{0,255}\]', re.DOTALL)
READ_BYTES = 65_536


def percents_in(content: bytes) -> dict[str, Cells]:
    """The cells that are shown as percentages, by sheet. Refuses workbooks of which it cannot tell."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise CannotRead(OTHER)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = {name.lower(): name for name in packed.namelist()}
        if "xl/workbook.xml" in parts:
            return _in_xlsx(packed, parts)
        if "content.xml" in parts:
            return _in_ods(packed, parts["content.xml"])
    raise CannotRead(OTHER)


def _in_xlsx(packed: zipfile.ZipFile, parts: dict[str, str]) -> dict[str, Cells]:
    styles = _percent_styles(packed, parts["xl/styles.xml"]) if "xl/styles.xml" in parts else set()
    if not styles:
        return {}
    links = _elements(packed, parts["xl/_rels/workbook.xml.rels"])
    part_of = {link["Id"]: _part(link["Target"]) for name, link in links if name == "Relationship"}
    sheets = [sheet for name, sheet in _elements(packed, parts["xl/workbook.xml"]) if name == "sheet"]
    found = {}
    for sheet in sheets:
        link = next(value for key, value in sheet.items() if key.endswith(":id"))
        found[sheet["name"]] = _styled(_elements(packed, parts[part_of[link]]), styles)
    return found


def _part(target: str) -> str:
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/").lower()


def _percent_styles(packed: zipfile.ZipFile, part: str) -> set[str]:
    """The numbers of the styles of cells that have a percent sign, which is not in quotes."""
    percent, styles, within, number = set(BUILT_IN), set(), "", 0
    for name, said in _elements(packed, part):
        if name in {"numFmts", "cellStyleXfs", "cellXfs", "dxfs"}:
            within = name
        elif name == "numFmt" and within == "numFmts" and "%" in NOT_A_SIGN.sub("", said["formatCode"]):
            percent.add(said["numFmtId"])
        elif name == "xf" and within == "cellXfs":
            if said.get("numFmtId") in percent:
                styles.add(str(number))
            number += 1
    return styles


def _styled(elements: Iterator[tuple[str, dict[str, str]]], styles: set[str]) -> Cells:
    cells: Cells = defaultdict(set)
    row, column = -1, -1
    for name, said in elements:
        if name == "row":
            row, column = int(said.get("r", row + 2)) - 1, -1
        elif name == "c":
            column = _column(said["r"]) if "r" in said else column + 1
            if said.get("s", "0") in styles:
                cells[row].add(column)
    return cells


def _column(place: str) -> int:
    """The column of a place: 0 of A1, 27 of AB12."""
    number = 0
    for letter in place.rstrip("0123456789"):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _in_ods(packed: zipfile.ZipFile, part: str) -> dict[str, Cells]:
    found: dict[str, Cells] = {}
    if not _names(packed, part, b"percentage"):
        return found  # most have none, and are read in less time
    cells: Cells = {}
    row, after, column = 0, 0, 0
    for name, said in _elements(packed, part):
        match name:
            case "table":
                cells = found.setdefault(said.get("table:name", ""), defaultdict(set))
                row, after = 0, 0
            case "table-row":
                row, column = after, 0
                after = row + int(said.get("table:number-rows-repeated", 1))
            case "table-cell" | "covered-table-cell":
                last = column + int(said.get("table:number-columns-repeated", 1))
                if said.get("office:value-type") == "percentage":
                    for each in range(row, min(after, limits.TABLE_ROWS.most)):
                        cells[each].update(range(column, min(last, limits.COLUMNS.most)))
                column = last
    return found


def _names(packed: zipfile.ZipFile, part: str, word: bytes) -> bool:
    before = b""
    with packed.open(part) as opened:
        while piece := opened.read(READ_BYTES):
            if word in before + piece:
                return True
            before = piece[-len(word) :]
    return False


def _elements(packed: zipfile.ZipFile, part: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each element of a part as it begins: its name and what it says, read a piece at a time."""
    begun: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, said: begun.append((name.rpartition(":")[2], said))
    with packed.open(part) as opened:
        while piece := opened.read(READ_BYTES):
            parser.Parse(piece)
            yield from begun
            begun.clear()
    parser.Parse(b"", True)
