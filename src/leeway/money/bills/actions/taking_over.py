"""What people owed when the council took billing over: read from a file, and posted once, aged from its own days."""

import hashlib
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import BinaryIO

from django.db import transaction

from leeway import limits, said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.acting import in_turn
from leeway.care.people.actions import tell_many
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_cases
from leeway.care.people.models import Case
from leeway.days import HAPPENED, check_day
from leeway.law.numbers import pounds
from leeway.money.banking.readers.values import pence_of
from leeway.money.bills.kinds import BecauseOf
from leeway.money.bills.models import KNOWN_BY, Opening, Pause
from leeway.money.ledger.actions import NewTransfer, open_accounts, transfer_many
from leeway.money.ledger.models import Kind, Reason
from leeway.money.ledger.reasons import FIRST_DAY
from leeway.reading import csv_rows, lines_in
from leeway.refusal import Refusal
from leeway.written_days import iso_day

NUMBER, NAME, AMOUNT, SINCE, REFERENCE = "NHS number", "Family name", "Amount", "Owed since", "Reference"
COLUMNS = (NUMBER, NAME, AMOUNT, SINCE, REFERENCE)
REASONS_SHOWN = 20
WAITS = "Nobody is reminded of it until finance has looked at it."


class BadRows(Refusal):
    """Rows of the file that cannot be taken over, each with its reason: nothing of the file was."""

    def __init__(self, reasons: Sequence[str]):
        more = len(reasons) - REASONS_SHOWN
        shown = [*reasons[:REASONS_SHOWN], *([f"And {more:,} more rows."] if more > 0 else [])]
        super().__init__(f"Nothing was taken over. {' '.join(shown)}", field="upload")


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the file: who owes what since when, and what the other system calls it."""

    number: int
    case: Case
    pence: int
    since: date
    reference: str


@transaction.atomic
def take_over(*, upload: BinaryIO, source: str, by: User, on: date) -> list[Opening]:
    """Post what people owed before, from a file of who owes what since when. All of it, or nothing where a row is bad.

    Each amount is owed from its own day, stands on the person's next bill, and is reminded of once somebody has said
    so (`go_on`). A reference is posted once, whichever file has it.
    """
    check_can(by, Capability.CONFIRM_RECEIPTS)
    ask = "Say where these were billed, such as “Bills of the county’s finance system until 31 March 2027”."
    source = said.sentence(source, ask=ask, field="source", least=said.REASON)
    return in_turn("take over what was owed", lambda: _take_over(upload.read(), source, by, on))


def _take_over(content: bytes, source: str, by: User, on: date) -> list[Opening]:
    rows = _rows(content, on)
    cases = {row.case.pk: row.case for row in rows}
    lock_cases(Case.objects.filter(pk__in=cases))
    digest = hashlib.sha256(content).hexdigest()
    posted = Opening.objects.bulk_create(
        Opening(
            case=row.case, amount_pence=row.pence, since=row.since, reference=row.reference, source=source,
            digest=digest, row=row.number, posted_by=by, posted_on=on,
        )
        for row in rows
    )  # fmt: skip
    _post(posted, cases, by, on)
    _have_nobody_reminded(cases, source, by, on)
    lines = [(each.case_id, f"{pounds(each.amount_pence)} is owed since before: {source} {WAITS}") for each in posted]
    tell_many(lines=lines, kind=Event.BILLS, by=by, on=on)
    return posted


def _post(posted: Sequence[Opening], cases: Collection[uuid.UUID], by: User, on: date) -> None:
    council = (Kind.FUNDER_COUNCIL, None, "")
    owed = {case: (Kind.OWED_BY_PERSON, case, "") for case in cases}
    accounts = open_accounts(wanted=[council, *owed.values()], by=by, on=on)
    new = [
        NewTransfer(
            id=uuid.uuid5(each.pk, Reason.OPENING.value), debit=accounts[council], credit=accounts[owed[each.case_id]],
            amount_pence=each.amount_pence, reason=Reason.OPENING, effective_date=each.since, about=each.pk,
        )
        for each in posted
    ]  # fmt: skip
    transfer_many(new=new, by=by, on=on)


def _have_nobody_reminded(cases: Mapping[uuid.UUID, Case], source: str, by: User, on: date) -> None:
    paused = set(Pause.objects.filter(case__in=cases, because_of=BecauseOf.BEFORE, ended_on=None).values_list("case"))
    Pause.objects.bulk_create(
        Pause(case=case, because_of=BecauseOf.BEFORE, words=source, starts_on=on, started_by=by)
        for case in cases.values()
        if (case.pk,) not in paused
    )


def _rows(content: bytes, on: date) -> list[_Row]:
    """The rows of the file. Raises BadRows with the reason of each that cannot be taken over."""
    table = [(number, cells) for number, cells in _table(content) if any(cells.values())]
    if not table:
        raise Refusal("The file has no rows below its first. Choose another one.", field="upload")
    found, bad = [], []
    cases = _cases_of({cells[NUMBER].replace(" ", "") for _number, cells in table})
    same = Opening.objects.alias(known_by=KNOWN_BY).filter(known_by__in={_known_by(cells) for _number, cells in table})
    taken = set(same.values_list(KNOWN_BY, flat=True))
    for number, cells in table:
        try:
            found.append(_row(number, cells, cases, taken, on))
            taken.add(_known_by(cells))
        except Refusal as refusal:
            bad.append(f"Row {number}: {refusal}")
    if bad:
        raise BadRows(bad)
    return found


def _table(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows below the first, with the numbers that a spreadsheet gives them, and their cells by column."""
    try:
        rows = [*csv_rows(lines_in(BytesIO(content), "The file", limits.TABLE_ROWS), "The file")]
    except UnicodeDecodeError as problem:
        raise Refusal("The file is no text. Save it as CSV in UTF-8.", field="upload") from problem
    header = [name.strip() for name in (rows[0] if rows else ())]
    if missing := [name for name in COLUMNS if name not in header]:
        raise Refusal(f"The first row has no column {', '.join(missing)}. Name the columns so.", field="upload")
    if twice := [name for name in COLUMNS if header.count(name) > 1]:
        raise Refusal(f"The first row names {', '.join(twice)} twice. Take one out.", field="upload")
    for number, cells in enumerate(rows[1:], start=2):
        if any(cells) and len(cells) != len(header):
            raise Refusal(
                f"Row {number} has {len(cells)} cells, and the first row names {len(header)} columns. Check its "
                "commas: an amount has none.",
                field="upload",
            )
        told = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        yield number, {name: told.get(name, "") for name in COLUMNS}


def _known_by(cells: Mapping[str, str]) -> str:
    """The reference of a row as it is compared, however it is written."""
    return "".join(cells[REFERENCE].split()).lower()


def _cases_of(numbers: Collection[str]) -> dict[str, list[Case]]:
    """The cases of people by their NHS numbers, the latest first."""
    found: dict[str, list[Case]] = {}
    cases = Case.objects.filter(person__nhs_number__in=numbers).select_related("person").order_by("-opened_on", "pk")
    for case in cases:
        found.setdefault(case.person.nhs_number or "", []).append(case)
    return found


def _row(number: int, cells: dict[str, str], cases: Mapping[str, list[Case]], taken: set[str], on: date) -> _Row:
    known = cases.get(cells[NUMBER].replace(" ", ""), ()) if cells[NUMBER] else ()
    if not known:
        raise Refusal("nobody with that NHS number has a case. Record them first, or check the number.")
    case = known[0]
    if cells[NAME].casefold() != case.person.family_name.casefold():
        raise Refusal("the family name is not that of whoever has this NHS number. Check both.")
    reference = " ".join(cells[REFERENCE].split())
    if not reference or len(reference) > 60:
        raise Refusal("give what the other system calls it, in 60 letters or fewer.")
    if _known_by(cells) in taken:
        raise Refusal("this reference was taken over already, or is in the file twice.")
    pence = pence_of(cells[AMOUNT].removeprefix("£"), "the amount")
    if pence <= 0:
        raise Refusal("the amount is not above nothing. What is owed to somebody is no debt of theirs.")
    since = iso_day(cells[SINCE], "the day")
    check_day(since, HAPPENED, field="upload", what="The day", on=on)
    if since < FIRST_DAY:
        raise Refusal(f"the day lies before {FIRST_DAY:%-d %B %Y}, from which Leeway’s ledger begins.")
    return _Row(number, case, pence, since, reference)
