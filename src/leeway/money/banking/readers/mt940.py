"""MT940 (a day's statement) and MT942 (what came in since), SWIFT's text formats.

Fields of a colon, two figures and perhaps a letter, such as `:61:`, each with its own grammar. The grammar is kept to
(SWIFT's Standards MT, category 9), and what banks are known to do beside it is taken: spaces for the second date, a
reference longer than 16, lines within `:86:` that begin as a field would.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from itertools import islice

from leeway import limits
from leeway.money.banking.lines import Line, ReadFile, Statement
from leeway.money.banking.readers.narrative import Narrative, narrative_of
from leeway.money.banking.readers.values import (
    STATEMENTS_MOST,
    joined,
    money,
    pence_of,
    text_of_bytes,
    uk_account,
    warnings_of,
)
from leeway.reading import CannotRead
from leeway.refusal import quoted
from leeway.written_days import day_of

KNOWN = {"13", "13D", "20", "21", "25", "25P", "28", "28C", "34F", "60", "60F", "60M", "61", "62", "62F", "62M"}
KNOWN |= {"64", "65", "86", "90C", "90D", "NS"}
OPENING, CLOSING = ("60F", "60M", "60"), ("62F", "62M", "62")
FIELD = re.compile(r":([0-9]{2}[A-Z]?|NS):")
END = re.compile(r"-(\}.*|XXX)?")
BALANCE = re.compile(r"([DC])([0-9]{2})([0-9]{2})([0-9]{2})([A-Z]{3})([0-9]+,[0-9]*)")
LINE = re.compile(
    r"(?P<year>[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?P<entry>[0-9]{4}| {4})?(?P<mark>R?[DC]|E[DC])[A-Z]?"
    r"[ \n]?(?P<amount>[0-9]+,[0-9]*)(?:[A-Z][A-Z0-9]{3})?(?P<reference>(?:(?!//)[^\n])*)"
    r"(?://(?P<bank_reference>[^\n]*))?(?:\n(?P<more>[\s\S]*))?"
)
SUM = re.compile(r"([0-9]{1,5})([A-Z]{3})([0-9]+,[0-9]*)")
NO_REFERENCE = {"", "N", "NONREF", "NOTPROVIDED", "EREF", "EREF+", "KREF", "KREF+", "PREF", "MREF"}
LETTERS_MOST = 20_000
MONTHS_APART = 6


@dataclass(slots=True)
class _Field:
    """One field as it stands in the file, and the line on which it begins."""

    tag: str
    number: int
    parts: list[str]
    letters: int = 0

    def add(self, line: str) -> None:
        """Go on in the next line. Refuses more letters than any field has."""
        self.parts.append(line)
        self.letters += len(line) + 1
        if self.letters > LETTERS_MOST:
            raise CannotRead(f"{self.where}: it has more than {LETTERS_MOST:,} letters, which no field has.")

    @property
    def text(self) -> str:
        return "\n".join(self.parts).strip()

    @property
    def where(self) -> str:
        return f"Line {self.number} (:{self.tag}:)"


@dataclass(slots=True)
class _Block:
    """The fields of one statement, from :20: to the next, and what was said of them while they were read."""

    start: int
    fields: list[_Field] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def where(self) -> str:
        return f"The statement that begins on line {self.start}"

    @property
    def is_interim(self) -> bool:
        return any(each.tag in {"34F", "13D", "90C", "90D"} for each in self.fields)

    def only(self, *tags: str) -> _Field | None:
        """The one field of these names, or None. Refuses a second, since nobody knows which is meant."""
        found = [each for each in self.fields if each.tag in tags]
        if len(found) > 1:
            raise CannotRead(f"{found[1].where}: {self.where[0].lower()}{self.where[1:]} has this field twice.")
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class _Balance:
    pence: int
    on: date
    currency: str


def read(content: bytes) -> ReadFile:
    """The statements of an MT940 or MT942 file, one for each :20:. Refuses what was cut, and what is no statement."""
    text, warnings = text_of_bytes(content)
    blocks = list(islice(_blocks(text), STATEMENTS_MOST + 1))
    if not blocks:
        raise CannotRead("There is no statement in it: an MT940 file has a field :20: for each.")
    statements = tuple(_statement(block) for block in blocks)
    return ReadFile(
        format="MT942" if all(block.is_interim for block in blocks) else "MT940",
        statements=statements,
        warnings=warnings,
    )


def _blocks(text: str) -> Iterator[_Block]:
    """Gather fields to statements. Between them stand headers of the bank's own, which tell nothing; never a field."""
    block, ended = None, True
    for each in _fields(text):
        if each.tag == "20":
            if block:
                yield block
            block, ended = _Block(each.number), False
        if each.tag == "end":
            ended = True
        elif ended or block is None:
            raise CannotRead(f"{each.where}: it stands in no statement. Each begins with :20: and ends with a hyphen.")
        else:
            block.fields.append(each)
    if block:
        yield block


def _fields(text: str) -> Iterator[_Field]:
    """The fields of the file and, as a field called `end`, the hyphen that ends a statement."""
    current: _Field | None = None
    for number, line in enumerate(_lines(text), start=1):
        found = FIELD.match(line)
        tag = found[1] if found else ""
        if tag in KNOWN or (tag and (current is None or current.tag not in {"86", "NS"})):
            if current:
                yield current
            current = _Field(tag, number, [])
            current.add(line[len(tag) + 2 :])
        elif END.fullmatch(line):
            if current:
                yield current
            yield _Field("end", number, [])
            current = None
        elif line.startswith("{") and line.endswith("{4:"):
            if current:
                yield current
            current = None
        elif current and line and line != ":":
            current.add(line)
    if current:
        yield current


def _lines(text: str) -> Iterator[str]:
    longest = limits.LINE.most
    for number, line in enumerate(StringIO(text, newline=None), start=1):
        if len(line) > longest:
            raise limits.LINE.passed(f"Line {number}")
        yield line.rstrip()


def _statement(block: _Block) -> Statement:
    account = block.only("25", "25P")
    if account is None or not account.text:
        raise CannotRead(f"{block.where} names no account (field :25:). Ask the bank for the whole file.")
    opening = _balance(block, "opening", *OPENING)
    closing = _balance(block, "closing", *CLOSING)
    if opening and closing and opening.currency != closing.currency:
        raise CannotRead(f"{block.where} opens in {opening.currency} and closes in {closing.currency}.")
    currency = opening.currency if opening else _floor_currency(block)
    lines = _booked(block)
    _compare_sums(block, lines, currency)
    number = block.only("28C", "28")
    return Statement(
        account=uk_account(account.text.split("\n")[0]),
        currency=currency,
        opening_balance_pence=opening.pence if opening else None,
        closing_balance_pence=closing.pence if closing else None,
        opening_on=opening.on if opening else None,
        closing_on=closing.on if closing else None,
        lines=tuple(lines),
        number=number.text if number else "",
        is_page=any(each.tag in {"60M", "62M"} for each in block.fields),
        warnings=(
            *block.warnings,
            *warnings_of(lines, opening.pence if opening else None, closing.pence if closing else None, currency),
        ),
    )


def _balance(block: _Block, which: str, *tags: str) -> _Balance | None:
    """A balance. An MT940 without one was cut, or is none: whether lines are missing could not be told."""
    found = block.only(*tags)
    if found is None:
        if block.is_interim:
            return None
        raise CannotRead(
            f"{block.where} has no {which} balance (field :{tags[0]}:), so the file may have been cut. "
            "Ask the bank for the whole file."
        )
    matched = BALANCE.fullmatch(found.text.split("\n")[0])
    if not matched:
        raise CannotRead(f"{found.where}: {quoted(found.text)} is not a balance, such as C260406GBP1250,00.")
    pence = pence_of(matched[6], found.where)
    on = day_of(_year(matched[2]), int(matched[3]), int(matched[4]), found.where)
    return _Balance(-pence if matched[1] == "D" else pence, on, matched[5])


def _booked(block: _Block) -> list[Line]:
    """The lines: each :61: with the :86: that follows it. What is only expected (EC, ED) is none, and is counted."""
    lines: list[Line] = []
    expected, previous = 0, None
    for each in [*block.fields, _Field("end", 0, [])]:
        if previous and previous.tag == "61":
            line = _line(previous, each if each.tag == "86" else None, block.warnings)
            if line:
                lines.append(line)
            else:
                expected += 1
        previous = each
    if expected:
        block.warnings.append(f"Left out, because they are only expected and not booked: {expected}.")
    return lines


def _line(given: _Field, details: _Field | None, warnings: list[str]) -> Line | None:
    found = LINE.fullmatch(given.text)
    if not found:
        raise CannotRead(f"{given.where}: {quoted(given.text)} is not a line of a statement.")
    if found["mark"].startswith("E"):
        return None
    pence = pence_of(found["amount"], given.where)
    value_on, booked_on = _days(found, given.where, warnings)
    told = narrative_of(details.parts) if details else Narrative("")
    customer, bank = found["reference"].strip(), (found["bank_reference"] or "").strip()
    reference = customer if customer.upper() not in NO_REFERENCE else ""
    return Line(
        booked_on=booked_on,
        value_on=value_on,
        amount_pence=-pence if found["mark"] in {"D", "RC"} else pence,
        reference=reference or told.reference or told.end_to_end_id,
        description=joined(told.description, *(found["more"] or "").split("\n")),
        end_to_end_id=told.end_to_end_id,
        counterparty=told.counterparty,
        counterparty_account=told.counterparty_account,
        bank_reference=bank if bank.upper() not in NO_REFERENCE else "",
        return_reason=told.return_reason,
    )


def _days(found: re.Match[str], where: str, warnings: list[str]) -> tuple[date | None, date]:
    """The day of value and the day of booking. The second is written without its year: the one nearest is meant.

    Some banks give 30 February as a day of value. Where the day of booking is sound it is kept, and the other told.
    """
    year, entry = _year(found["year"]), (found["entry"] or "").strip()
    if not entry:
        value_on = day_of(year, int(found["month"]), int(found["day"]), where)
        return value_on, value_on
    apart = int(entry[:2]) - int(found["month"])
    year += (apart < -MONTHS_APART) - (apart > MONTHS_APART)
    booked_on = day_of(year, int(entry[:2]), int(entry[2:]), where)
    try:
        return day_of(_year(found["year"]), int(found["month"]), int(found["day"]), where), booked_on
    except CannotRead as problem:
        warnings.append(f"{problem} The day of value is left out; the day of booking stands.")
        return None, booked_on


def _year(short: str) -> int:
    return int(short) + (1900 if int(short) >= 80 else 2000)


def _floor_currency(block: _Block) -> str:
    """The currency of an MT942, which has no balance: its floor limit or its sums name it."""
    for each in block.fields:
        if each.tag in {"34F", "90C", "90D"} and (found := re.search("[A-Z]{3}", each.text)):
            return found[0]
    return ""


def _compare_sums(block: _Block, lines: list[Line], currency: str) -> None:
    """Hold the lines against the bank's own count and sum (:90D: and :90C:), which an MT942 has for balances."""
    for tag, word, sign in (("90D", "out", -1), ("90C", "in", 1)):
        if (given := block.only(tag)) is None:
            continue
        found = SUM.fullmatch(given.text)
        if not found:
            raise CannotRead(f"{given.where}: {quoted(given.text)} is not a count and a sum.")
        counted = [line.amount_pence * sign for line in lines if line.amount_pence * sign > 0]
        said = pence_of(found[3], given.where)
        if (len(counted), sum(counted)) != (int(found[1]), said):
            block.warnings.append(
                f"The bank counts {int(found[1])} of money {word}, {money(said, currency)}; the lines are "
                f"{len(counted)}, {money(sum(counted), currency)}. Ask the bank."
            )
