"""Tables: the CSV and XLSX exports of banks and prepaid cards, a row a line.

Which column is what comes from a mapping. The order of day and month is settled by the whole file or said in the
mapping, and never guessed a row at a time. Amounts are read as people write them; where a running balance stands
beside them, it proves in which order the rows are and that none is missing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from itertools import islice

from leeway import limits
from leeway.money.banking.lines import Line, ReadFile, Statement
from leeway.money.banking.readers.mapping import Mapping, fitting
from leeway.money.banking.readers.values import joined, pence_of, text_of_bytes, uk_account, warnings_of
from leeway.reading import CannotRead, csv_rows
from leeway.refusal import quoted
from leeway.workbook import sheets_of
from leeway.written_days import Order, order_of

HEADINGS_WITHIN = 50
THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
SIGNS = re.compile(r"[£€$\s]|^GBP")
NAMED_MOST = 10
SAY_ORDER = "Say it: take the mapping day-first, or write `days` in your own."
DELIMITERS = (",", ";", "\t")
#: What a note says where the balances prove that a row is missing, or that the amounts are others.
DOES_NOT_FOLLOW = "the balance does not follow from the row before"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A row under the headings: its number as a spreadsheet shows it, and its cells by what they mean."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def where(self) -> str:
        return f"Row {self.number}"

    @property
    def has_amount(self) -> bool:
        return any(self[column] for column in ("amount", "paid_in", "paid_out"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A row of which the amount and the balance are known. Without a line it only tells a balance."""

    row: _Row
    line: Line | None
    balance_pence: int | None

    @property
    def pence(self) -> int:
        return self.line.amount_pence if self.line else 0


def read_csv(content: bytes, mapping: Mapping | None) -> ReadFile:
    """The statements of a CSV file, one for each account in it."""
    text, warnings = text_of_bytes(content)
    for delimiter in DELIMITERS:
        rows = csv_rows(_lines(text), "The file", strict=True, delimiter=delimiter)
        if found := _headings(rows, mapping):
            return ReadFile(format="CSV", statements=_statements(*found), warnings=warnings)
    raise CannotRead(_no_headings(mapping))


def read_workbook(content: bytes, mapping: Mapping | None) -> ReadFile:
    """The statements of an XLSX workbook with one sheet of rows."""
    if not (found := _headings(iter(_sheet_of(content)), mapping)):
        raise CannotRead(_no_headings(mapping))
    return ReadFile(format="XLSX", statements=_statements(*found))


def _sheet_of(content: bytes) -> list[list[str]]:
    """The rows of the one sheet of a workbook that has any."""
    sheets = sheets_of(content)
    if len(sheets) != 1:
        named = ", ".join(quoted(name) for name in list(sheets)[:5])
        raise CannotRead(
            f"{len(sheets)} sheets have rows ({named}), and one must. Save the statement’s sheet by itself."
            if sheets
            else "No sheet of the workbook has a row."
        )
    [rows] = sheets.values()
    return rows


def rows_of(content: bytes) -> list[list[str]]:
    """The rows of a CSV file or of a workbook as they are, for somebody to say which column is what."""
    if content.startswith(b"PK\x03\x04"):
        return _sheet_of(content)
    text, _warnings = text_of_bytes(content)
    read = [list(csv_rows(_lines(text), "The file", strict=True, delimiter=sign)) for sign in DELIMITERS]
    return max(
        read, key=lambda rows: max((sum(map(bool, cells)) for cells in islice(rows, HEADINGS_WITHIN)), default=0)
    )


def read_rows(rows: list[list[str]], mapping: Mapping) -> tuple[Statement, ...]:
    """What the rows of a table say, read with a mapping of its columns."""
    if not (found := _headings(iter(rows), mapping)):
        raise CannotRead(_no_headings(mapping))
    return _statements(*found)


def _lines(text: str) -> Iterator[str]:
    longest, rows = limits.LINE.most, limits.TABLE_ROWS.most
    for number, line in enumerate(StringIO(text, newline=""), start=1):
        if len(line) > longest:
            raise limits.LINE.passed(f"Line {number}")
        if number > rows:
            raise limits.TABLE_ROWS.passed("The file")
        yield line


def _headings(rows: Iterator[list[str]], mapping: Mapping | None) -> tuple[list[_Row], Mapping] | None:
    """The rows under the headings, which stand among the first rows, and the mapping that the headings fit."""
    for number, cells in enumerate(rows, start=1):
        chosen = mapping or fitting(cells)
        if chosen and (places := chosen.places(cells)):
            return list(_rows_under(cells, rows, places, number)), chosen
        if number == HEADINGS_WITHIN:
            break
    return None


def _rows_under(
    header: list[str], rows: Iterator[list[str]], places: dict[str, tuple[int, ...]], at: int
) -> Iterator[_Row]:
    width = max(place for place, heading in enumerate(header, start=1) if heading.strip())
    if not places["reference"]:
        places = places | {"reference": places["description"][:1]}
    for number, cells in enumerate(rows, start=at + 1):
        cells = [_plain(cell) for cell in cells]
        if not any(cells):
            continue
        if len(cells) < width or any(cells[width:]):
            raise CannotRead(
                f"Row {number} has {len(cells)} cells, and the headings are {width}: it was cut, or has a comma more."
            )
        yield _Row(
            number=number,
            cells={column: joined(*(cells[place] for place in where)) for column, where in places.items() if where},
        )


def _plain(cell: str) -> str:
    """A cell without the mark with which spreadsheets begin a text, and without a dash that stands for nothing."""
    text = " ".join(cell.split()).removeprefix("'")
    return "" if text in {"-", "–", "—"} else text


def _no_headings(mapping: Mapping | None) -> str:
    if mapping:
        return (
            f"The headings of the mapping “{mapping.title}” are not in the first {HEADINGS_WITHIN} rows. Choose "
            "another, or describe these columns once from this file."
        )
    return (
        "It is no MT940, camt.052, camt.053, camt.054, OFX or XLSX file, and no row has headings of a table with a "
        "day and an amount. If it is a table, say whose columns they are, or describe them once from this file."
    )


def _statements(rows: list[_Row], mapping: Mapping) -> tuple[Statement, ...]:
    """One statement for each account and currency, in the order in which they come."""
    left_out = [row for row in rows if not row["booked_on"] and not row.has_amount]
    rows = [row for row in rows if row["booked_on"] or row.has_amount]
    order = order_of(
        ((row.where, row["booked_on"]) for row in rows if row["booked_on"]),
        mapping.day_first,
        by="the mapping",
        say=SAY_ORDER,
    )
    out_is_negative = _out_is_negative(rows)
    by_account: dict[tuple[str, str], list[_Entry]] = {}
    for row in rows:
        account = uk_account(row["account"], row["sort_code"])
        currency = row["currency"].upper() or mapping.currency
        entry = _entry(row, order, out_is_negative, mapping.out_has_no_minus)
        by_account.setdefault((account, currency), []).append(entry)
    warnings = [_named("Rows without a day and an amount were left out", left_out)] if left_out else []
    if not by_account:
        by_account[("", mapping.currency)] = []
    return tuple(
        _statement(account, currency, entries, warnings) for (account, currency), entries in by_account.items()
    )


def _out_is_negative(rows: list[_Row]) -> bool:
    """Whether the column of money out is written with a minus: in every row of the file, or in none."""
    signs = {amount_of(row["paid_out"], row.where) < 0 for row in rows if row["paid_out"].strip("0.,£- ")}
    if len(signs) > 1:
        raise CannotRead("Some amounts of money out have a minus and some have none, so neither can be trusted.")
    return signs == {True}


def _entry(row: _Row, order: Order, out_is_negative: bool, out_has_no_minus: bool) -> _Entry:
    balance = amount_of(row["balance"], row.where) if row["balance"] else None
    if not row.has_amount:
        if balance is None:
            raise CannotRead(
                f"{row.where} has a day, and neither an amount nor a balance. Correct it, or take it out. Is a "
                "column of money in or money out missing?"
            )
        return _Entry(row=row, line=None, balance_pence=balance)
    if not row["booked_on"]:
        raise CannotRead(f"{row.where} has an amount and no day. Correct it, or take it out.")
    line = Line(
        booked_on=order.day(row["booked_on"], row.where),
        value_on=order.day(row["value_on"], row.where) if row["value_on"] else None,
        amount_pence=_amount(row, out_is_negative, out_has_no_minus),
        reference=row["reference"] or row["description"],
        description=row["description"] or row["reference"],
        counterparty=row["counterparty"],
        counterparty_account=uk_account(row["counterparty_account"]),
        bank_reference=row["bank_reference"],
    )
    return _Entry(row=row, line=line, balance_pence=balance)


def _amount(row: _Row, out_is_negative: bool, out_has_no_minus: bool) -> int:
    if row["amount"]:
        return amount_of(row["amount"], row.where) * (-1 if out_has_no_minus else 1)
    paid_in = amount_of(row["paid_in"], row.where) if row["paid_in"] else 0
    paid_out = amount_of(row["paid_out"], row.where) if row["paid_out"] else 0
    if paid_in and paid_out:
        raise CannotRead(f"{row.where} has money in and money out. A line has one of them.")
    if paid_in < 0:
        raise CannotRead(f"{row.where}: money in is {quoted(row['paid_in'])}, below nought. Ask the bank.")
    return paid_in + (paid_out if out_is_negative else -paid_out)


def amount_of(text: str, where: str) -> int:
    """An amount as people write it: £1,234.56, (5.00), 5.00-, 5.00 DR. A comma parts thousands, never decimals."""
    plain = SIGNS.sub("", text.replace("−", "-"))
    negative = False
    for before, after in (("(", ")"), ("", "DR"), ("", "-"), ("", "D")):
        if plain.upper().startswith(before) and plain.upper().endswith(after) and len(plain) > len(before + after):
            plain, negative = plain[len(before) : len(plain) - len(after)], True
            break
    plain = plain.removesuffix("CR").removesuffix("Cr")
    sign, digits = (plain[0], plain[1:]) if plain[:1] in {"+", "-"} else ("", plain)
    if THOUSANDS.fullmatch(digits):
        digits = digits.replace(",", "")
    if "," in digits or (negative and sign):
        raise CannotRead(f"{where}: {quoted(text)} is not an amount. Write it as 1234.56.")
    pence = pence_of(sign + digits, where)
    return -pence if negative else pence


def _statement(account: str, currency: str, entries: list[_Entry], warnings: list[str]) -> Statement:
    entries, broken = _in_order_of_time(entries)
    found = [*warnings]
    if without := [entry.row for entry in entries if entry.line is None]:
        found.append(_named("Rows without an amount tell only a balance, and are no lines", without))
    if broken:
        found.append(f"{broken.where}: {DOES_NOT_FOLLOW}. Rows may be missing.")
    if not account:
        found.append("The table does not say of which account it is.")
    lines = [entry.line for entry in entries if entry.line]
    opening, closing = None, None
    if entries and entries[0].balance_pence is not None:
        opening = entries[0].balance_pence - entries[0].pence
    if entries and entries[-1].balance_pence is not None:
        closing = entries[-1].balance_pence
    return Statement(
        account=account,
        currency=currency,
        opening_balance_pence=opening,
        closing_balance_pence=closing,
        from_on=min((line.booked_on for line in lines), default=None),
        to_on=max((line.booked_on for line in lines), default=None),
        lines=tuple(lines),
        warnings=(*found, *warnings_of(lines, opening, closing, currency)),
    )


def _in_order_of_time(entries: list[_Entry]) -> tuple[list[_Entry], _Row | None]:
    """Rows oldest first, as their balances tell or else their days, and the first that does not follow from another."""
    backwards = entries[::-1]
    forth, back = _break_in(entries), _break_in(backwards)
    days = _days(entries)
    newest_first = bool(days) and days[0] > days[-1]
    if forth is None and (back is not None or not newest_first):
        return entries, None
    if back is None:
        return backwards, None
    return (backwards, back) if newest_first else (entries, forth)


def _break_in(entries: list[_Entry]) -> _Row | None:
    """The first row whose balance is not the last one known and the amounts since."""
    known: int | None = None
    for entry in entries:
        expected = None if known is None else known + entry.pence
        if entry.balance_pence is not None and expected is not None and expected != entry.balance_pence:
            return entry.row
        known = entry.balance_pence if entry.balance_pence is not None else expected
    return None


def _days(entries: list[_Entry]) -> list[date]:
    return [entry.line.booked_on for entry in entries if entry.line]


def _named(what: str, rows: list[_Row]) -> str:
    first = ", ".join(str(row.number) for row in islice(rows, NAMED_MOST))
    return f"{what}: {first}{' and more' if len(rows) > NAMED_MOST else ''}."
