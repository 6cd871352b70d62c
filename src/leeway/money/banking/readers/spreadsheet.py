"""The cells of a workbook, read in a process of its own.

Days come out as 2026-04-06 and numbers with the fifteen figures that a spreadsheet shows.
"""

import datetime
import io
import json
from collections.abc import Iterator

from leeway import limits
from leeway.apart import Apart
from leeway.reading import CannotRead
from leeway.refusal import quoted

DAMAGED = "The workbook cannot be read: it was cut, is locked, or unpacks to more than can be meant. Save it as CSV."
BUSY = "Too many workbooks come in at once. Wait a minute, and give yours again."
APART = Apart("leeway.money.banking.readers.spreadsheet", refuses=CannotRead, busy=BUSY, damaged=DAMAGED)


def rows_of_workbook(content: bytes) -> list[list[str]]:
    """The rows of the one sheet that has any, read by a process that may fail by itself."""
    rows: list[list[str]] = json.loads(APART.ask(content))
    return rows


def main() -> None:
    """Read a workbook from standard input and write its rows, or say why not."""
    APART.answer(lambda content: json.dumps(list(_rows(content))).encode())


def _rows(content: bytes) -> Iterator[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = {name: workbook.get_sheet_by_name(name) for name in workbook.sheet_names}
    except (CalamineError, OSError, ValueError) as problem:
        raise CannotRead(DAMAGED) from problem
    filled = [name for name, sheet in sheets.items() if sheet.height]
    if len(filled) != 1:
        named = ", ".join(quoted(name) for name in filled[:5])
        raise CannotRead(
            f"{len(filled)} sheets have rows ({named}), and one must. Save the statement's sheet by itself."
            if filled
            else "No sheet of the workbook has a row."
        )
    sheet = sheets[filled[0]]
    limits.TABLE_ROWS.check(sheet.total_height + 1, "The workbook")
    limits.COLUMNS.check(sheet.total_width + 1, "The workbook")
    for cells in sheet.iter_rows():
        yield [_text(cell) for cell in cells]


def _text(cell: object) -> str:
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return f"{cell:.15g}" if abs(cell) < 1e15 else repr(cell)
        case datetime.datetime():
            return cell.date().isoformat()
        case datetime.date():
            return cell.isoformat()
    return str(cell).replace("\0", "")


if __name__ == "__main__":
    main()
