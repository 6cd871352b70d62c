"""OFX, versions 1 (SGML, where a value needs no end) and 2 (XML): bank accounts, and cards kept as accounts.

Tags are read one after the other and each letter between them is accounted for: where something cannot be read the
file is refused, and where `</OFX>` is missing it was cut.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from html import unescape

from leeway import limits
from leeway.money.banking.lines import Line, ReadFile, Statement
from leeway.money.banking.readers.values import (
    joined,
    pence_of,
    text_of_bytes,
    uk_account,
    warnings_of,
)
from leeway.reading import CannotRead
from leeway.refusal import quoted
from leeway.written_days import iso_day

START = re.compile(r"<OFX>", re.IGNORECASE)
VERSION = re.compile(r"(?:VERSION\s*:\s*|VERSION\s*=\s*[\"'])([0-9]{3})")
TOKEN = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9._]*)\s*(/?)>(?:<!\[CDATA\[(?P<data>[\s\S]*?)\]\]>|(?P<text>[^<]*))")
STATEMENTS = {"STMTRS": "BANKACCTFROM", "CCSTMTRS": "CCACCTFROM"}
TAGS_MOST = 3_000_000


@dataclass(slots=True)
class Node:
    """A tag, with a value or with others inside it."""

    tag: str
    line: int
    text: str = ""
    inside: list["Node"] = field(default_factory=list)

    def find(self, *tags: str) -> "Node | None":
        """The first of this name, one inside the other."""
        found: Node | None = self
        for tag in tags:
            found = next((node for node in found.inside if node.tag == tag), None) if found else None
        return found

    def value(self, *tags: str) -> str:
        """The text that stands there, in one line; nothing where there is none."""
        found = self.find(*tags)
        return " ".join(found.text.split()) if found else ""

    def all(self, tag: str) -> Iterator["Node"]:
        """Every one of this name, however deep."""
        todo = [self]
        while todo:
            node = todo.pop()
            if node.tag == tag:
                yield node
            else:
                todo += reversed(node.inside)


def read(content: bytes) -> ReadFile:
    """The statements of an OFX file. Refuses what was cut, an error of the bank's, and accounts of investments."""
    text, warnings = text_of_bytes(content)
    start = START.search(text)
    if not start:
        raise CannotRead("There is no <OFX> in it, so it is no OFX file.")
    root = _tree(text, start.start())
    _refuse_errors(root)
    given = [(node, STATEMENTS[tag]) for tag in STATEMENTS for node in root.all(tag)]
    if not given:
        what = "an account of investments" if any(root.all("INVSTMTRS")) else "no account’s statement"
        raise CannotRead(f"The file holds {what}. Download the statement of a bank account or a card.")
    version = VERSION.search(text, 0, start.start())
    return ReadFile(
        format="OFX",
        version=f"OFX {version[1]}" if version else "",
        statements=tuple(_statement(node, account) for node, account in sorted(given, key=lambda pair: pair[0].line)),
        warnings=warnings,
    )


def _tree(text: str, position: int) -> Node:
    """The tags from <OFX> to </OFX>. A value without an end ends at the next tag, an empty one with what holds it."""
    root = Node("", 1)
    path, line, count, deepest = [root], 1 + text.count("\n", 0, position), 0, limits.DEPTH.most
    while position < len(text):
        token = TOKEN.match(text, position)
        if not token:
            raise CannotRead(f"Line {line}: {quoted(text[position : text.find(chr(10), position)])} is not OFX.")
        closing, tag, empty = token[1], token[2].upper(), token[3]
        value = token["data"] if token["data"] is not None else unescape(token["text"]).strip()
        if closing:
            if len(path) == 2 and tag == "OFX":
                return _whole(root.inside[0], value or text[token.end() :].strip(), line)
            _close(path, tag, value, line)
        else:
            node = Node(tag, line, text=value)
            path[-1].inside.append(node)
            if not value and not empty:
                path.append(node)
                if len(path) > deepest:
                    raise limits.DEPTH.passed(f"Line {line}")
        count += 1
        if count > TAGS_MOST:
            raise CannotRead(f"The file has more than {TAGS_MOST:,} tags: it is no statement.")
        line += token[0].count("\n")
        position = token.end()
    raise CannotRead("The file has no </OFX> at its end, so it was cut. Get the whole file.")


def _whole(root: Node, after: str, line: int) -> Node:
    """The tree, where nothing stands after </OFX>: a second file pasted to the first would be lost."""
    if after:
        raise CannotRead(f"Line {line}: {quoted(after)} stands after </OFX>. Give each file by itself.")
    return root


def _close(path: list[Node], tag: str, value: str, line: int) -> None:
    """End a tag. What was opened inside it without a value and without an end was an empty value."""
    if value:
        raise CannotRead(f"Line {line}: {quoted(value)} stands after </{tag}>, outside any value.")
    if all(node.tag != tag for node in path):
        last = path[-1].inside[-1] if path[-1].inside else None
        if last is None or last.tag != tag:
            raise CannotRead(f"Line {line}: </{tag}> ends what was not begun.")
        return
    while path[-1].tag != tag:
        unended = path.pop()
        path[-1].inside += unended.inside
        unended.inside = []
    path.pop()


def _refuse_errors(root: Node) -> None:
    """Refuse a file in which the bank says that it could not answer."""
    for status in root.all("STATUS"):
        if status.value("SEVERITY") == "ERROR":
            said = status.value("MESSAGE") or "no reason"
            raise CannotRead(
                f"Line {status.line}: the bank answered with an error ({status.value('CODE')}: {said}). "
                "Download the statement again."
            )


def _statement(given: Node, account_tag: str) -> Statement:
    account = given.find(account_tag)
    if account is None or not account.value("ACCTID"):
        raise CannotRead(f"Line {given.line}: the statement names no account (ACCTID). Download it again.")
    transactions = given.find("BANKTRANLIST")
    lines = []
    for transaction in transactions.inside if transactions else []:
        if transaction.tag == "STMTTRN":
            lines.append(_line(transaction))
    currency = _currency(given, transactions)
    balance = given.find("LEDGERBAL")
    closing = pence_of(text, f"Line {balance.line}, BALAMT") if balance and (text := balance.value("BALAMT")) else None
    warnings = list(_doubles(lines))
    if closing is None:
        warnings.append("The file gives no balance (LEDGERBAL).")
    return Statement(
        account=uk_account(account.value("ACCTID"), account.value("BANKID")),
        currency=currency,
        opening_balance_pence=None,
        closing_balance_pence=closing,
        closing_on=_day(balance, "DTASOF") if balance else None,
        from_on=_day(transactions, "DTSTART") if transactions else None,
        to_on=_day(transactions, "DTEND") if transactions else None,
        lines=tuple(lines),
        warnings=(*warnings, *warnings_of(lines, None, closing, currency)),
    )


def _currency(given: Node, transactions: Node | None) -> str:
    """The currency of the account. Refuses a transaction that is written in another."""
    currency = given.value("CURDEF").upper()
    for transaction in transactions.inside if transactions else []:
        own = transaction.value("CURRENCY", "CURSYM").upper()
        currency = currency or own
        if own not in {"", currency}:
            raise CannotRead(f"Line {transaction.line}: the transaction is in {own} and the account in {currency}.")
    return currency


def _line(given: Node) -> Line:
    booked_on = _day(given, "DTPOSTED")
    if booked_on is None:
        raise CannotRead(f"Line {given.line}: the transaction has no day (DTPOSTED). Download the statement again.")
    if not given.value("TRNAMT"):
        raise CannotRead(f"Line {given.line}: the transaction has no amount (TRNAMT). Download the statement again.")
    name = given.value("NAME") or given.value("PAYEE", "NAME")
    memo = given.value("MEMO")
    other = given.find("BANKACCTTO") or given.find("CCACCTTO")
    return Line(
        booked_on=booked_on,
        value_on=_day(given, "DTAVAIL"),
        amount_pence=pence_of(given.value("TRNAMT"), f"Line {given.line}, TRNAMT"),
        reference=given.value("REFNUM") or given.value("CHECKNUM") or memo or name,
        description=joined(name, memo),
        counterparty=name,
        counterparty_account=uk_account(other.value("ACCTID"), other.value("BANKID")) if other else "",
        bank_reference=given.value("FITID"),
    )


def _day(given: Node, tag: str) -> date | None:
    """The day of a date and time as the bank's own clock had it; its time and zone are passed over."""
    found = given.find(tag)
    text = given.value(tag)
    if not found or not text:
        return None
    where = f"Line {found.line}, {tag}"
    written = re.match("[0-9]{8}", text)
    if not written:
        raise CannotRead(f"{where}: {quoted(text)} is not a date.")
    return iso_day(written[0], where)


def _doubles(lines: list[Line]) -> Iterator[str]:
    """The bank's own names of lines, where two lines share one: perhaps one transaction that is there twice."""
    for name, count in Counter(line.bank_reference for line in lines if line.bank_reference).items():
        if count > 1:
            yield f"The bank’s own reference (FITID) {quoted(name)} is on {count} lines, and should be on one."
