"""Reading a bank's statement: MT940, MT942, camt.052, camt.053, camt.054, OFX, CSV and XLSX, known by their content.

`read_statement` is the one way in. It reads a file whole or refuses it with one sentence, and never half of it.
"""

from leeway.money.banking.lines import Detail, Line, ReadFile, Statement
from leeway.money.banking.readers.mapping import Mapping
from leeway.reading import CannotRead

__all__ = ["CannotRead", "Detail", "Line", "Mapping", "ReadFile", "Statement", "read_statement"]


def read_statement(content: bytes, *, mapping: Mapping | None = None) -> ReadFile:
    """Read a bank's statement from the bytes of its file. A table (CSV, XLSX) may need a `mapping` of its columns.

    Refuses (CannotRead, TooMuch) what is no statement or cannot be read whole; the sentence names line or field.
    """
    raise CannotRead("Statements cannot be read yet.")
