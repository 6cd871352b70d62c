"""The cells of a workbook, read in a process of its own.

A small XLSX may unpack to gigabytes, and its reader is a library in another language. So each is opened in a process
of limited memory, one at a time; where that process ends, the site goes on. Days come out as 2026-04-06 and numbers
with the fifteen figures that a spreadsheet shows.
"""

import csv
import datetime
import io
import resource
import subprocess
import sys
from collections.abc import Iterator
from threading import BoundedSemaphore

from leeway import limits
from leeway.reading import CannotRead, csv_rows
from leeway.refusal import Refusal, quoted

MEMORY_BYTES_MAX, SECONDS_MAX, SECONDS_WAITED = 1_200_000_000, 60, 20
COMMAND = [sys.executable, "-P", "-m", "leeway.money.banking.readers.spreadsheet"]
ONE_AT_A_TIME = BoundedSemaphore(1)
REFUSED = 3  # how the process ends that has a sentence to give instead of rows
DAMAGED = "The workbook cannot be read: it was cut, is locked, or unpacks to more than can be meant. Save it as CSV."


def rows_of_workbook(content: bytes) -> list[list[str]]:
    """The rows of the one sheet that has any, read by a process that may fail by itself."""
    if not ONE_AT_A_TIME.acquire(timeout=SECONDS_WAITED):
        raise CannotRead("Too many workbooks come in at once. Wait a minute, and give yours again.")
    try:
        done = subprocess.run(COMMAND, input=content, capture_output=True, timeout=SECONDS_MAX, check=False)
    except subprocess.TimeoutExpired as problem:
        raise CannotRead(DAMAGED) from problem
    finally:
        ONE_AT_A_TIME.release()
    if done.returncode == REFUSED:
        raise CannotRead(done.stdout.decode())
    if done.returncode != 0:
        raise CannotRead(DAMAGED)
    return list(csv_rows(io.StringIO(done.stdout.decode(), newline=""), "The workbook", strict=True))


def main() -> None:
    """Read a workbook from standard input and write its rows as CSV, or say why not."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    written = io.StringIO()
    try:
        csv.writer(written).writerows(_rows(sys.stdin.buffer.read()))
    except Refusal as refused:
        sys.stdout.write(str(refused))
        sys.exit(REFUSED)
    sys.stdout.buffer.write(written.getvalue().encode())


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
