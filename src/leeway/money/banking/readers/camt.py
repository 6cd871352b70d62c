"""camt.052, camt.053 and camt.054 (ISO 20022): an account's report in the day, its statement, what was booked.

Versions differ in where a few things stand, not in their names, so one reader takes all of them. Each entry is turned
into a line and dropped as the file is read, so that a statement takes the memory of its lines. No document type is
taken, so nothing can be defined in a file and unfolded.
"""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO

from leeway import limits
from leeway.money.banking.lines import ReadFile, Statement
from leeway.money.banking.readers.camt_entries import Entries, Part, account_of, day_in, part_of, text_in
from leeway.money.banking.readers.values import NUL, UTF_16, pence_of, utf_16, warnings_of
from leeway.reading import CannotRead, endless_in, one_line
from leeway.refusal import quoted
from leeway.written_days import iso_day

STATEMENT = re.compile(r"camt\.05[234]\.001\.[0-9]{2}")
ENCODING = re.compile(rb"""\s*<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
ENCODINGS = {b"utf-8", b"us-ascii", b"iso-8859-1", b"iso-8859-15", b"windows-1252"}
STATEMENTS = {"Stmt", "Rpt", "Ntfctn"}
KEPT_MOST = 100_000
#: How many attributes an element has at most, and how many names the elements of a message: ISO's have far fewer.
ATTRIBUTES_MOST, NAMES_MOST = 50, 2_000
NO_STATEMENT = "There is no statement in it (no element Stmt, Rpt or Ntfctn). Ask the bank for the whole file."


def read(content: bytes) -> ReadFile:
    """The statements of a camt.052, camt.053 or camt.054 file. Refuses what was cut, and what is no statement."""
    reading = _Reading()
    try:
        for event, element in ET.iterparse(BytesIO(_safe(content)), events=("start", "end")):
            (reading.start if event == "start" else reading.end)(element)
    except ET.ParseError as problem:
        where = f"Line {problem.position[0]}"
        raise CannotRead(f"{where}: the XML is damaged or was cut ({one_line(problem)}). Get it again.") from problem
    if not reading.statements:
        raise CannotRead(NO_STATEMENT)
    if not reading.version:
        raise CannotRead("The XML does not say which message it is (the namespace of Document). Get it again.")
    version = reading.version
    return ReadFile(format=version.split(".001.")[0], version=version, statements=tuple(reading.statements))


def _safe(content: bytes) -> bytes:
    """The file in an encoding whose letters can be looked at, without a document type."""
    if content.startswith(UTF_16):
        content = re.sub(r"^\s*<\?xml[^>]*\?>", "", utf_16(content)).encode()
    if b"\0" in content:
        raise CannotRead(NUL)
    declared = ENCODING.match(content.removeprefix(b"\xef\xbb\xbf"))
    if declared and declared[1].lower() not in ENCODINGS:
        raise CannotRead(f"The XML is in {declared[1].decode()}, which is not read here. Ask for it in UTF-8.")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise CannotRead("The XML defines a document type (DOCTYPE), which no statement needs and none may have.")
    if endless_in(content):
        raise limits.LINE.passed("A part of the XML")
    return content


@dataclass(slots=True)
class _Reading:
    """What was read so far: where the reader stands, the statement that is open, and how much is kept in memory."""

    version: str = ""
    statements: list[Statement] = field(default_factory=list)
    path: list[tuple[ET.Element, int]] = field(default_factory=list)
    statement: ET.Element | None = None
    entries: Entries | None = None
    parts: list[Part] = field(default_factory=list)
    kept: int = 0
    deepest: int = field(default_factory=lambda: limits.DEPTH.most)
    names: set[str] = field(default_factory=set)
    payments: int = 0

    def start(self, element: ET.Element) -> None:
        self._check_message(element)
        self.names.add(element.tag)
        if len(element.attrib) > ATTRIBUTES_MOST or len(self.names) > NAMES_MOST:
            raise CannotRead("Its elements have more names or attributes than any statement. Get it again.")
        element.tag = element.tag.rpartition("}")[2]
        self.path.append((element, self.kept))
        self.kept += 1
        if len(self.path) > self.deepest:
            raise limits.DEPTH.passed("The file")
        if self.kept > KEPT_MOST:
            raise CannotRead(f"The file has more than {KEPT_MOST:,} elements beside its entries: it is no statement.")
        if element.tag in STATEMENTS and self.entries is None:
            self.statement = element
            self.entries = Entries(f"Statement {len(self.statements) + 1}", version=self.version)

    def end(self, element: ET.Element) -> None:
        _element, kept = self.path.pop()
        if self.entries is None or self.statement is None:
            return
        if element is self.statement:
            self.statements.append(_statement(element, self.entries))
            self.statement = self.entries = None
        elif element.tag == "Ntry":
            self.entries.take(element, self.parts, self.statement)
            self.parts = []
        elif element.tag == "TxDtls" and any(outer.tag == "Ntry" for outer, _kept in self.path):
            self.parts.append(part_of(element))
            self.payments += 1
            limits.TABLE_ROWS.check(self.payments, "The entries")
        else:
            return
        self.path[-1][0].remove(element)
        self.kept = kept

    def _check_message(self, element: ET.Element) -> None:
        if not element.tag.endswith("}Document"):
            return
        name = element.tag.removeprefix("{urn:iso:std:iso:20022:tech:xsd:").removesuffix("}Document")
        if not STATEMENT.fullmatch(name):
            raise CannotRead(f"The file is a message {quoted(name)}, and no statement: camt.052, camt.053 or camt.054.")
        self.version = name


def _statement(given: ET.Element, entries: Entries) -> Statement:
    where = entries.name
    if not (account := account_of(given.find("Acct"))):
        raise CannotRead(f"{where} names no account (Acct/Id). Ask the bank for the whole file.")
    opening, closing = _balances(given, entries)
    needed = entries.version.startswith("camt.053")
    missing = [
        f"The bank gives no {word} balance, so whether lines are missing cannot be told."
        for word, balance in (("opening", opening), ("closing", closing))
        if needed and balance is None
    ]
    opening_pence = _pence(opening, where) if opening is not None else None
    closing_pence = _pence(closing, where) if closing is not None else None
    currency = entries.currency or entries.currency_of(given)
    return Statement(
        account=account,
        currency=currency,
        opening_balance_pence=opening_pence,
        closing_balance_pence=closing_pence,
        opening_on=day_in(opening, "Dt", where) if opening is not None else None,
        closing_on=day_in(closing, "Dt", where) if closing is not None else None,
        from_on=_period(given, "FrToDt/FrDtTm", where),
        to_on=_period(given, "FrToDt/ToDtTm", where),
        lines=tuple(entries.lines),
        number=text_in(given, "ElctrncSeqNb", "LglSeqNb", "Id"),
        is_page=_page_of(given) is not None,
        warnings=(
            *entries.all_warnings(),
            *_copies(given),
            *missing,
            *warnings_of(entries.lines, opening_pence, closing_pence, currency),
        ),
    )


def _balances(given: ET.Element, entries: Entries) -> tuple[ET.Element | None, ET.Element | None]:
    """The booked balances at the start and at the end. ITBD is either, where a statement goes on in another page."""
    currency = entries.currency or entries.currency_of(given)
    by_kind: dict[str, list[ET.Element]] = {}
    for balance in given.findall("Bal"):
        kind = text_in(balance, "Tp/CdOrPrtry/Cd", "Tp/Cd", "Tp/CdOrPrtry/Prtry")
        if kind in {"OPBD", "PRCD", "CLBD", "ITBD"}:
            if (other := _currency(balance)) != currency:
                entries.warnings.append(f"The balance {kind} is in {other} and not in {currency}: it is left out.")
            else:
                by_kind.setdefault(kind, []).append(balance)
    between = by_kind.get("ITBD", [])
    opening = next(iter(by_kind.get("OPBD") or by_kind.get("PRCD") or ()), None)
    closing = next(iter(by_kind.get("CLBD", ())), None)
    if closing is None and between:
        closing = between.pop()
    if opening is None and between:
        opening = between.pop(0)
    return opening, closing


def _pence(balance: ET.Element, where: str) -> int:
    amount = pence_of(text_in(balance, "Amt"), f"{where}, balance")
    return -amount if text_in(balance, "CdtDbtInd") == "DBIT" else amount


def _currency(balance: ET.Element) -> str:
    amount = balance.find("Amt")
    return amount.get("Ccy", "") if amount is not None else ""


def _period(given: ET.Element, path: str, where: str) -> date | None:
    text = text_in(given, path)
    return iso_day(text, f"{where}, {path}") if text else None


def _copies(given: ET.Element) -> list[str]:
    """What the bank says of the file itself: that it was sent before, or is one page of several."""
    found = []
    if text_in(given, "CpyDplctInd") in {"DUPL", "CODU"}:
        found.append("The bank marks this statement as a duplicate of one that it sent before.")
    if (page := _page_of(given)) is not None:
        found.append(f"This is page {page} of a statement; its other pages come in other messages.")
    return found


def _page_of(given: ET.Element) -> str | None:
    """The number of a page, where a statement has several; otherwise None."""
    page = given.find("StmtPgntn")
    page = given.find("RptPgntn") if page is None else page
    page = given.find("NtfctnPgntn") if page is None else page
    if page is None or (text_in(page, "PgNb").lstrip("0") == "1" and text_in(page, "LastPgInd") != "false"):
        return None
    return text_in(page, "PgNb")
