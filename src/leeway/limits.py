"""How much is read of what comes from outside: each limit by name, with the setting that raises it."""

import os
from dataclasses import dataclass

from leeway.refusal import Refusal, quoted


class TooMuch(Refusal):
    """What was given is larger, longer or deeper than anything that is meant. Nothing more of it was read."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The most of something: in which unit, of what, and the setting that an operator may raise."""

    setting: str
    usual: int
    unit: str
    of: str

    @property
    def most(self) -> int:
        """The limit in force: the operator's, or the usual one."""
        given = os.environ.get(self.setting, str(self.usual))
        if not given.isascii() or not given.isdecimal() or not 0 < len(given) <= 12 or int(given) == 0:
            raise Refusal(f"{self.setting} is {quoted(given)}; use a whole number above nought.")
        return int(given)

    def passed(self, where: object) -> TooMuch:
        """What to raise where it is passed; `where` names the file, and the row if there is one."""
        todo = f"Give less at once, or have the operator raise {self.setting}."
        return TooMuch(f"{where}: more than {self.most:,} {self.unit}. {todo}")

    def check(self, amount: int, where: object) -> None:
        """Refuse an amount beyond the limit."""
        if amount > self.most:
            raise self.passed(where)


FILE_MB = Limit("LEEWAY_MOST_FILE_MB", 2_000, "MB", "a file that is read row by row, as it lies on the disk")
WHOLE_MB = Limit("LEEWAY_MOST_WHOLE_MB", 20, "MB", "a file that is read whole, after unpacking")
DOCUMENT_MB = Limit("LEEWAY_MOST_DOCUMENT_MB", 5, "MB", "a YAML or JSON file")
ROWS = Limit("LEEWAY_MOST_ROWS", 2_000_000, "rows", "a file that is read row by row")
TABLE_ROWS = Limit("LEEWAY_MOST_TABLE_ROWS", 300_000, "rows", "a file that is read whole")
BAD_ROWS = Limit("LEEWAY_MOST_BAD_ROWS", 10_000, "rows that cannot be read", "a list of the regulator")
COLUMNS = Limit("LEEWAY_MOST_COLUMNS", 1_000, "columns", "a table")
LINE = Limit("LEEWAY_MOST_LINE", 1_000_000, "characters in one line", "a table")
CELL = Limit("LEEWAY_MOST_CELL", 100_000, "characters in one cell", "a table")
STATEMENT_MB = Limit("LEEWAY_MOST_STATEMENT_MB", 100, "MB", "a bank’s statement")
BANK_WORDS = Limit("LEEWAY_MOST_BANK_WORDS", 10_000, "characters in one place beside a line", "a bank’s statement")
WORKBOOK_MB = Limit("LEEWAY_MOST_WORKBOOK_MB", 100, "MB", "a workbook of the regulator, as it lies on the disk")
DEPTH = Limit("LEEWAY_MOST_DEPTH", 50, "things inside one another", "a YAML or JSON file")
PARTS = Limit("LEEWAY_MOST_PARTS", 500_000, "parts, repetitions counted", "a YAML file")
LIMITS = (
    FILE_MB,
    WHOLE_MB,
    DOCUMENT_MB,
    STATEMENT_MB,
    BANK_WORDS,
    WORKBOOK_MB,
    ROWS,
    TABLE_ROWS,
    BAD_ROWS,
    COLUMNS,
    LINE,
    CELL,
    DEPTH,
    PARTS,
)
