"""The cells of a workbook (XLSX, ODS), read in a process of its own.

Days come out as 2026-04-06, with their time behind them where they have one, numbers with the fifteen figures that a
spreadsheet shows, and what it shows as a percentage as 27.5%, not as the 0.275 behind it.
"""

import datetime
import io
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from leeway import limits
from leeway.apart import Apart
from leeway.reading import CannotRead
from leeway.workbook_percents import Cells, percents_in

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # a packed workbook, and one of the old kind (XLS)
CELLS_MOST = 12_000_000  # of the largest list of the regulator, with room to grow
DAMAGED = "The workbook cannot be read: it was cut, is locked, or unpacks to more than can be meant. Save it as CSV."
BUSY = "Too many workbooks come in at once. Wait a minute, and give yours again."
APART = Apart("leeway.workbook", refuses=CannotRead, busy=BUSY, damaged=DAMAGED)


def sheets_of(content: bytes) -> dict[str, list[list[str]]]:
    """The rows of each sheet that has any, by the sheet's name, read by a process that may fail by itself."""
    sheets: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in APART.ask(content).splitlines():
        told = json.loads(line)
        if isinstance(told, str):
            rows = sheets.setdefault(told, [])
        else:
            rows.append(told)
    return sheets


def main() -> None:
    """Read a workbook from standard input and write its sheets, or say why not: a line for each name and each row."""
    APART.answer(lambda content: b"".join(json.dumps(told).encode() + b"\n" for told in _told(content)))


def _told(content: bytes) -> Iterator[str | list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        cells = 0
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        percents = percents_in(content)
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            if sheet.height:
                limits.TABLE_ROWS.check(sheet.total_height + 1, "The workbook")
                limits.COLUMNS.check(sheet.total_width + 1, "The workbook")
                cells += (sheet.total_height + 1) * (sheet.total_width + 1)
                if cells > CELLS_MOST:
                    raise CannotRead(DAMAGED)
                yield name
                yield from _rows(sheet, percents.get(name, {}))
    except (CalamineError, OSError, ValueError) as problem:
        raise CannotRead(DAMAGED) from problem


def _rows(sheet: "CalamineSheet", percents: Cells) -> Iterator[list[str]]:
    begins = sheet.start[1] if sheet.start else 0
    for number, cells in enumerate(sheet.iter_rows()):
        shown = percents.get(number, ())
        yield [
            f"{_text(100 * cell)}%" if column in shown and isinstance(cell, float) else _text(cell)
            for column, cell in enumerate(cells, start=begins)
        ]


def _text(cell: object) -> str:
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return f"{cell:.15g}" if abs(cell) < 1e15 else repr(cell)
        case datetime.datetime():
            return cell.isoformat(" ") if cell.time() else cell.date().isoformat()
        case datetime.date():
            return cell.isoformat()
    return str(cell).replace("\0", "")


if __name__ == "__main__":
    main()
