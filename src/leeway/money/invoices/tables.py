"""Visits and lines of an invoice from a table of any columns: which column is what, what is read, what is refused why.

Nothing is guessed: minutes are those that somebody was there, never the planned ones, and a part of a minute does not
count. A row that makes no sense is refused by its number, and the others are read.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from leeway.law.numbers import floor_div
from leeway.money.banking.readers.tables import amount_of
from leeway.money.invoices.actions import NewLine, NewVisit
from leeway.money.invoices.actions.visiting import problem_with
from leeway.money.invoices.kinds import Happened
from leeway.nhs import check_digit_fits
from leeway.reading import CannotRead
from leeway.refusal import Refusal, quoted
from leeway.written_days import Order, order_of

HEADINGS_AMONG, HEADINGS_LEAST, SECONDS_A_DAY = 20, 2, 24 * 60 * 60
LONGEST, NUMBER_LONGEST = 200, 60
TIME = re.compile(r"(?:.{0,12}[T ])?([01]?[0-9]|2[0-3])[:.]([0-5][0-9])(?:[:.]([0-5][0-9])(?:\.[0-9]{1,9})?)?")
MINUTES = re.compile(r"([0-9]{1,4})(?:\.0{1,6})?")
LENGTH = re.compile(r"([0-9]{1,2}):([0-5][0-9])(?::[0-5][0-9])?")
DAYS = {"day first": "Day first: 04/05/2026 is 4 May", "month first": "Month first: 04/05/2026 is 5 April"}
#: What a column can be, in the words of the page.
OF_VISITS = {
    "day": "Day of the visit",
    "name": "Name of the person",
    "nhs_number": "NHS number",
    "person_reference": "The provider’s number of the person",
    "date_of_birth": "Date of birth",
    "reference": "The provider’s number of the visit",
    "what": "What was given",
    "happened": "What became of it",
    "started": "When somebody came",
    "ended": "When they left",
    "minutes": "Minutes that somebody was there",
    "planned_from": "Planned from",
    "planned_until": "Planned until",
    "planned_minutes": "Minutes that were planned",
}
OF_INVOICES = {
    "day": "Day of the visit",
    "visit_reference": "The provider’s number of the visit",
    "person_reference": "The provider’s number of the person",
    "nhs_number": "NHS number",
    "name": "Name of the person",
    "what": "What is billed",
    "minutes": "Minutes",
    "amount": "Amount",
}
#: How these columns are usually called, in small letters.
USUAL = {
    "day": ("date", "day", "visit date", "date of visit", "service date"),
    "name": ("name", "client", "client name", "service user", "person", "customer"),
    "nhs_number": ("nhs number", "nhs no", "nhs"),
    "person_reference": ("client id", "client reference", "client ref", "person number", "service user id"),
    "date_of_birth": ("date of birth", "dob", "born"),
    "reference": ("visit id", "visit reference", "visit ref", "visit number", "call id"),
    "visit_reference": ("visit id", "visit reference", "visit ref", "visit number", "call id"),
    "what": ("service", "service type", "description", "call type"),
    "happened": ("status", "outcome", "visit status", "call status"),
    "started": ("actual start", "start", "started", "login", "check in", "arrived"),
    "ended": ("actual end", "end", "ended", "logout", "check out", "left"),
    "minutes": ("minutes", "actual minutes", "actual duration", "duration", "actual length", "minutes delivered"),
    "planned_from": ("planned start", "scheduled start"),
    "planned_until": ("planned end", "scheduled end"),
    "planned_minutes": ("planned minutes", "planned duration", "scheduled minutes", "commissioned minutes"),
    "amount": ("amount", "total", "net", "cost", "charge", "price"),
}
HAPPENED = {
    Happened.DELIVERED: ("delivered", "completed", "complete", "done", "attended", "visited"),
    Happened.CUT_SHORT: ("cut short", "short", "shortened", "left early"),
    Happened.MISSED: ("missed", "not delivered", "no show", "not attended"),
    Happened.CANCELLED_IN_TIME: ("cancelled in time", "cancelled", "canceled", "cancelled with notice"),
    Happened.CANCELLED_LATE: ("cancelled late", "late cancellation", "cancelled without notice", "aborted"),
    Happened.UNPLANNED: ("unplanned", "not planned", "additional", "ad hoc", "extra"),
}
_HAPPENED = {word: happened for happened, words in HAPPENED.items() for word in words}


@dataclass(frozen=True)
class Columns:
    """Which column of a table means what, by its heading, and how its days are written."""

    headings: Mapping[str, str]
    days: str = "day first"


@dataclass
class Read[T]:
    """What a table says: each row that can be, by its number as a spreadsheet shows it, and why each other cannot."""

    rows: list[tuple[int, T]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


def headings_of(rows: Sequence[Sequence[str]]) -> tuple[int, list[str]]:
    """The place of the row with the headings, and they: of the first rows, that with the most words and no figures."""
    some = [
        (sum(bool(cell.strip()) and not re.search("[0-9]", cell) for cell in cells), -place)
        for place, cells in enumerate(rows[:HEADINGS_AMONG])
    ]
    words, place = max(some, default=(0, 0))
    if words < HEADINGS_LEAST:
        raise CannotRead("No row of this file has headings. Give a table (CSV or XLSX) with its row of headings.")
    return -place, [" ".join(cell.split()) for cell in rows[-place]]


def usual(meanings: Mapping[str, str], headings: Sequence[str]) -> Columns:
    """What the columns of a table probably are, by how they are called."""
    known = {heading.casefold(): heading for heading in reversed(headings) if heading}
    found: dict[str, str] = {}
    for meaning in meanings:
        heading = next((known[word] for word in (meaning, *USUAL[meaning]) if word in known), None)
        if heading is not None and heading not in found.values():
            found[meaning] = heading
    return Columns(found)


def read_visits(rows: Sequence[Sequence[str]], columns: Columns, *, on: date) -> Read[NewVisit]:
    """The visits of a table."""
    return _read(rows, columns, _visit, on)


def read_lines(rows: Sequence[Sequence[str]], columns: Columns, *, on: date) -> Read[NewLine]:
    """The lines of an invoice from a table."""
    return _read(rows, columns, _line, on)


def _read[T: (NewVisit, NewLine)](
    rows: Sequence[Sequence[str]], columns: Columns, one: Callable[[Mapping[str, str], Order], T], on: date
) -> Read[T]:
    cells = list(_cells(rows, columns))
    day_first = columns.days == "day first"
    texts = ((f"Row {number}", row.get(name, "")) for number, row in cells for name in ("day", "date_of_birth"))
    order = order_of(texts, day_first, by="“How days are written”", say="Say how days are written.")
    found: Read[T] = Read()
    for number, row in cells:
        try:
            read = one(row, order)
            if read.day > on:
                raise Refusal(f"{read.day:%-d %B %Y} is in the future. A visit is told once it was made.")
            found.rows.append((number, read))
        except Refusal as refusal:
            found.refused.append((number, str(refusal)))
    return found


def _cells(rows: Sequence[Sequence[str]], columns: Columns) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row under the headings that has something, with its number and what its columns mean."""
    at, headings = headings_of(rows)
    places = {meaning: headings.index(text) for meaning, text in columns.headings.items() if text in headings}
    if "day" not in places:
        raise Refusal("Say which column has the day.", field="day")
    for number, cells in enumerate(rows[at + 1 :], start=at + 2):
        row = {name: " ".join(cells[place].split()) if place < len(cells) else "" for name, place in places.items()}
        if any(row.values()):
            yield number, row


def _visit(row: Mapping[str, str], order: Order) -> NewVisit:
    get = _getter(row)
    started, ended = _seconds(get("started")), _seconds(get("ended"))
    planned_from, planned_until = _seconds(get("planned_from")), _seconds(get("planned_until"))
    minutes = _between(started, ended) if started is not None and ended is not None else _minutes(get("minutes"))
    planned = _minutes(get("planned_minutes"))
    if planned is None and planned_from is not None and planned_until is not None:
        planned = _between(planned_from, planned_until)
    begins = started if started is not None else planned_from
    happened = _happened(get("happened"), minutes)
    new = NewVisit(
        day=order.day(get("day"), "The day"),
        happened=happened,
        reference=_short(get("reference")),
        person_reference=_short(get("person_reference")),
        nhs_number=_nhs_number(get("nhs_number")),
        name=get("name"),
        date_of_birth=order.day(get("date_of_birth"), "The date of birth") if get("date_of_birth") else None,
        what=get("what"),
        starts_at=None if begins is None else time(floor_div(begins, 3600), floor_div(begins, 60) % 60),
        planned_minutes=planned,
        minutes=minutes,
    )
    if problem := problem_with(new):
        raise Refusal(problem[1])
    return new


def _line(row: Mapping[str, str], order: Order) -> NewLine:
    get = _getter(row)
    pence = amount_of(get("amount"), "The amount")
    if pence <= 0:
        raise Refusal(f"It bills {quoted(get('amount'))}. A line bills an amount; a credit is told by the provider.")
    new = NewLine(
        day=order.day(get("day"), "The day"),
        claimed_pence=pence,
        visit_reference=_short(get("visit_reference")),
        person_reference=_short(get("person_reference")),
        nhs_number=_nhs_number(get("nhs_number")),
        name=get("name"),
        what=get("what"),
        minutes=_minutes(get("minutes")),
    )
    if not (new.visit_reference or new.person_reference or new.nhs_number or new.name):
        raise Refusal("It says neither which visit it bills nor whose.")
    return new


def _getter(row: Mapping[str, str]) -> Callable[[str], str]:
    def get(name: str) -> str:
        if len(row.get(name, "")) > LONGEST:
            raise Refusal(f"{quoted(row[name])} is longer than {LONGEST} signs.")
        return row.get(name, "")

    return get


def _short(text: str) -> str:
    if len(text) > NUMBER_LONGEST:
        raise Refusal(f"{quoted(text)} is too long for a number of the provider’s: {NUMBER_LONGEST} signs at most.")
    return text


def _nhs_number(text: str) -> str:
    digits = re.sub(r"[\s-]", "", text)
    if digits and not (re.fullmatch("[0-9]{10}", digits) and check_digit_fits(int(digits))):
        raise Refusal(f"{quoted(text)} is no NHS number.")
    return digits


def _happened(text: str, minutes: int | None) -> Happened:
    """What became of a visit in the words of the file; where it has none for it, somebody was there or nobody was."""
    if text:
        found = _HAPPENED.get(text.casefold()) or next((each for each in Happened if each == text.casefold()), None)
        if found is None:
            raise Refusal(f"What became of it is {quoted(text)}, which is not known. Ask the provider.")
        return found
    if minutes is None:
        raise Refusal("Nobody says what became of it, nor how long it was.")
    return Happened.DELIVERED if minutes else Happened.MISSED


def _seconds(text: str) -> int | None:
    """The seconds since midnight of a time, alone or behind a day."""
    if not text:
        return None
    found = TIME.fullmatch(text)
    if found is None:
        raise Refusal(f"{quoted(text)} is not a time. Write it as 08:30.")
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0)


def _between(start: int, end: int) -> int:
    """Whole minutes from one time to another, past midnight where it is earlier."""
    return floor_div((end - start) % SECONDS_A_DAY, 60)


def _minutes(text: str) -> int | None:
    if not text:
        return None
    if found := MINUTES.fullmatch(text):
        return int(found[1])
    if found := LENGTH.fullmatch(text):
        return int(found[1]) * 60 + int(found[2])
    raise Refusal(f"{quoted(text)} is no length. Write whole minutes: 30.")
