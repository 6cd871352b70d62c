"""Reading a bank's statement: MT940, MT942, camt.052, camt.053, camt.054, OFX, CSV and XLSX, known by their content.

`read_statement` is the one way in. It reads a file whole or refuses it with one sentence, and never half of it.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

from leeway import limits
from leeway.money.banking.lines import Detail, Line, ReadFile, Statement
from leeway.money.banking.readers import camt, mt940, ofx, tables
from leeway.money.banking.readers.mapping import Mapping, mapping_named
from leeway.money.banking.readers.values import STATEMENTS_MOST
from leeway.reading import UNSEEN, CannotRead, seen_alone
from leeway.refusal import quoted

__all__ = ["CannotRead", "Detail", "Line", "Mapping", "ReadFile", "Statement", "mapping_named", "read_statement"]

BEGINS = 20_000
NAME_LONGEST = 60
PENCE_MOST = 10**15
#: Of a workbook, as it is packed: fewer than a row takes, so that rather too many are thought to be there.
BYTES_OF_A_ROW = 30
MT940 = re.compile(r"^(\{1:F01|:(?:20|25P?|28C?|34F|6[0-5][FM]?|86|NS):)", re.MULTILINE)
OFX = re.compile(r"OFXHEADER|(?:<\?[^>]{0,400}>\s{0,40}){0,5}<\??OFX[\s>]", re.IGNORECASE)
JSON = re.compile(r"""\{\s*["}]|\[\s*[{\["0-9\]]""")
OTHER_KINDS = {
    b"%PDF": "The file is a PDF, a picture of a statement. Download it as MT940, camt.053, OFX or CSV.",
    b"\xd0\xcf\x11\xe0": "The file is a workbook of an old kind (XLS), or is locked. Save it as XLSX or CSV.",
    b"\x1f\x8b": "The file is packed (gzip). Unpack it, and give what is in it.",
    b"VOL1": "The file is a Bacs file (Standard 18): it says what is to be paid or was collected, and is no statement.",
}


def read_statement(content: bytes, *, mapping: Mapping | None = None) -> ReadFile:
    """Read a bank's statement from the bytes of its file. A table (CSV, XLSX) may need a `mapping` of its columns.

    Refuses (CannotRead, TooMuch) what is no statement or cannot be read whole; the sentence names line or field.
    """
    found = _read(content, mapping)
    if len(found.statements) > STATEMENTS_MOST:
        raise CannotRead(f"The file holds more than {STATEMENTS_MOST:,} statements. Ask the bank for fewer at once.")
    for statement in found.statements:
        _require_sense(statement)
    statements = tuple(map(_seen_alone, found.statements))
    return replace(found, statements=statements, warnings=(*found.warnings, *_several(statements)))


def _require_sense(statement: Statement) -> None:
    """Refuse what no bank gives: a name without end, words without end beside a line, more money than there is."""
    for what, name in (("account", statement.account), ("number", statement.number)):
        if len(name) > NAME_LONGEST:
            raise CannotRead(f"The {what} of a statement is {quoted(name)}, which is none. Ask the bank for it again.")
    most = limits.BANK_WORDS.most
    for line in statement.lines:
        if max(map(len, _words_of(line))) > most:
            raise limits.BANK_WORDS.passed(f"A line of {line.booked_on:%-d %B %Y}")
    if sum(abs(line.amount_pence) for line in statement.lines) > PENCE_MOST:
        raise CannotRead("The lines come to more money than any account moves. Ask the bank for the file again.")


def _seen_alone(statement: Statement) -> Statement:
    """The same without signs that cannot be seen, which whoever pays may write beside a line."""
    lines = tuple(
        _plain(line, details=tuple(map(_plain, line.details))) if any(map(UNSEEN.search, _words_of(line))) else line
        for line in statement.lines
    )
    changed = sum(line is not before for line, before in zip(lines, statement.lines, strict=True))
    warnings = statement.warnings
    if changed:
        warnings += (f"Signs that cannot be seen were left out of the words of {changed} line{'s' * (changed > 1)}.",)
    return _plain(statement, lines=lines, warnings=warnings)


def _plain[T: (Statement, Line, Detail)](one: T, **more: Any) -> T:
    texts = {name: text for name in one.__slots__ if isinstance(text := getattr(one, name), str)}
    return replace(one, **{name: seen_alone(text) for name, text in texts.items() if UNSEEN.search(text)}, **more)


def _words_of(line: Line) -> Iterator[str]:
    parts: tuple[Line | Detail, ...] = (line, *line.details)
    for one in parts:
        yield from (one.reference, one.end_to_end_id, one.counterparty, one.counterparty_account, one.bank_reference)
        yield one.return_reason
    yield line.description


def _several(statements: tuple[Statement, ...]) -> list[str]:
    """What to say where a file holds several statements, since one alone is what most people look for."""
    notes = []
    if len(statements) > 1:
        accounts = len({statement.account for statement in statements})
        notes.append(f"The file holds {len(statements)} statements, of {accounts} account{'s' * (accounts > 1)}.")
    if len(set(statements)) < len(statements):
        notes.append("A statement is in the file twice, with the same lines and balances: one of them is a copy.")
    return notes


def _read(content: bytes, mapping: Mapping | None) -> ReadFile:
    limits.STATEMENT_MB.check(-(-len(content) // 1_000_000), "The file")
    if not content.strip():
        raise CannotRead("The file is empty. Download it again.")
    for start, sentence in OTHER_KINDS.items():
        if content.startswith(start):
            raise CannotRead(sentence)
    if content.startswith(b"PK\x03\x04"):
        if b"[Content_Types].xml" not in content:
            raise CannotRead("The file is packed (ZIP), and no workbook. Unpack it, and give what is in it.")
        return tables.read_workbook(content, mapping)
    begins = _beginning(content)
    if OFX.match(begins):
        return ofx.read(content)
    if begins.startswith("<"):
        return camt.read(content)
    if JSON.match(begins):
        raise CannotRead("The file is JSON, which no bank’s statement is. Download it as MT940, camt.053, OFX or CSV.")
    if MT940.search(begins):
        return mt940.read(content)
    return tables.read_csv(content, mapping)


def lines_about(content: bytes) -> int:
    r"""About how many lines a bank's file has, told without reading it, by what each of them begins with.

    >>> lines_about(b":20:A\n:61:2604240424D5,00\n:61:2604240424D6,00"), lines_about(b"date,amount\n1,2\n3,4\n")
    (2, 3)
    """
    if content.startswith(b"PK\x03\x04"):
        return len(content) // BYTES_OF_A_ROW
    begins = _beginning(content)
    if OFX.match(begins):
        return content.upper().count(b"<STMTTRN>")
    if begins.startswith("<"):
        return max(content.count(b"Ntry>"), content.count(b"TxDtls>")) // 2
    return content.count(b":61:" if MT940.search(begins) else b"\n")


def _beginning(content: bytes) -> str:
    """The first letters of the file, by which its kind is known."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "latin-1"
    begins = BytesIO(content).read(BEGINS).decode(encoding, "replace")
    return begins.removeprefix("\xef\xbb\xbf").lstrip()
