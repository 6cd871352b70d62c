"""Keeping statements: read once, kept as they are, and no line twice however their days overlap."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date, timedelta
from hashlib import sha256
from itertools import batched
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, Value

from leeway.access.models import User
from leeway.days import HAPPENED, check_day
from leeway.files.formats import HEAD
from leeway.files.models import File
from leeway.jobs.kinds import Progress, untold
from leeway.law.numbers import pounds
from leeway.money.banking.statement import Line, read_statement
from leeway.money.banking.statement import Mapping as Columns
from leeway.money.banking.statement import Statement as Read
from leeway.money.banking.status_report import is_status_report
from leeway.money.statements.models import BankAccount, Statement, StatementLine
from leeway.money.statements.standing import chain
from leeway.money.statements.told_twice import (
    FACTS,
    REPORTS,
    Told,
    known_in_part,
    known_in_whole,
    known_on_another_day,
    require_known_again,
)
from leeway.refusal import Refusal

ROWS_AT_ONCE = 5_000
#: How far apart a bank tells of one entry and books it, at most.
DAYS_NEAR = timedelta(days=7)
LEAST_IN_COMMON = 8
IN_POUNDS = ("GBP", "")
IBAN = re.compile("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
#: Which file a bank answers to, by the name that we gave it.
ABOUT = re.compile(rb"OrgnlMsgId>\s{0,20}([A-Z0-9-]{1,35})\s{0,20}<")


def identifier_of(said: str) -> str:
    """How an account is named, in capitals and digits alone.

    >>> identifier_of("12-34-56 12345678")
    '12345612345678'
    """
    return "".join(sign for sign in said.upper() if sign.isascii() and sign.isalnum())


def is_mistyped(identifier: str) -> bool:
    """Whether an IBAN's own check digits say that it was mistyped. Nothing is said of any other number.

    >>> is_mistyped("GB29NWBK60161331926819"), is_mistyped("GB29NWBK60161331926818"), is_mistyped("12345612345678")
    (False, True, False)
    """
    if not IBAN.fullmatch(identifier):
        return False
    return int("".join(str(int(sign, 36)) for sign in identifier[4:] + identifier[:4])) % 97 != 1


def is_of(account: BankAccount, said: str) -> bool:
    """Whether a statement names this account, or none: an IBAN ends with the sort code and number.

    >>> is_of(BankAccount(identifier="12345612345678"), "GB29 NWBK 1234 5612 3456 78")
    True
    """
    named = identifier_of(said)
    shorter, longer = sorted((named, account.identifier), key=len)
    return not named or (len(shorter) >= LEAST_IN_COMMON and longer.endswith(shorter))


def known_by(identifier: str) -> BankAccount | None:
    """The account that has this name already, or one by which the same statements are read: its IBAN, its number."""
    accounts = BankAccount.objects.annotate(said=Value(identifier))
    return accounts.filter(Q(identifier__endswith=identifier) | Q(said__endswith=F("identifier"))).first()


@dataclass(frozen=True)
class Kept:
    """What was kept of a file: its statements, how many lines were new or known, and the accounts it left out.

    Of the new lines, how many were matched by themselves, and for how many something is proposed: None, where more are
    left than that is asked of at once.
    """

    statements: tuple[Statement, ...]
    new: int
    known: int
    left_out: tuple[str, ...] = ()
    matched: int = 0
    proposed: int | None = 0


def read_of(
    content: bytes, account: BankAccount, mapping: Columns | None, on: date
) -> tuple[str, list[Read], tuple[str, ...]]:
    """The format of a file, its statements of an account, and how it calls the accounts of the others."""
    if is_status_report(content):
        about = ABOUT.search(content, 0, HEAD)
        raise Refusal(
            "This is the bank’s answer to a payment run (pain.002), and no statement. Give it on the page of "
            f"{f'payment run {about[1].decode()}' if about else 'its payment run'}, at “Give the bank’s answer”.",
            field="upload",
        )
    try:
        read = read_statement(content, mapping=mapping)
    except Refusal as refusal:
        raise Refusal(str(refusal), field="upload") from refusal
    ours = [one for one in read.statements if is_of(account, one.account)]
    others = tuple(sorted({one.account for one in read.statements if not is_of(account, one.account)}))
    if not ours:
        raise Refusal(
            f"This file is of another account: {', '.join(others)}. Choose that account, or another file."
            if others
            else "There is no statement in this file.",
            field="upload",
        )
    for one in ours:
        if one.currency not in IN_POUNDS:
            raise Refusal(f"This statement is in {one.currency}. Only accounts in pounds are read.", field="upload")
        for line in one.lines:
            check_day(line.booked_on, HAPPENED, field="upload", what="A line of this file", on=on)
        for day in days_of(one):  # of whose lines it is said that they are all here
            check_day(day, HAPPENED, field="upload", what="The first or last day of a statement in this file", on=on)
    return read.format, ours, others


def require_of_no_other(file: File) -> None:
    """Refuse a file that names no account and was read for another: its lines are of one account alone."""
    same = File.objects.filter(owner_kind=file.owner_kind, digest=file.digest).exclude(owner_id=file.owner_id).first()
    if same is not None:
        other = BankAccount.objects.get(pk=same.owner_id)
        raise Refusal(
            f"This file does not say of which account it is, and was read for “{other.name}” on "
            f"{same.added_on:%-d %B %Y}. Choose the file of this account.",
            field="upload",
        )


def keep(
    account: BankAccount,
    read: Sequence[Read],
    *,
    format: str,
    file: File,
    by: User,
    on: date,
    progress: Progress = untold,
) -> Kept:
    """Keep the statements of one file for an account whose row is locked, and the lines that are not kept yet."""
    seen: Counter[str] = Counter()
    statements, new, known, reported = [], 0, 0, 0
    count = sum(len(one.lines) for one in read)
    _require_one_a_day(account, read, format)
    for place, one in enumerate(_in_order(read)):
        require_known_again(one.lines, format)
        found = _look_through(account, one, format, seen)
        lines = [(number, line) for number, line in enumerate(one.lines, start=1) if line.amount_pence]
        new_lines = [(number, line, *found.fresh[number]) for number, line in lines if number in found.fresh]
        statement = _statement(account, one, place, format, file, by, on, [line for _, line, *_ in new_lines], lines)
        _require_that_it_joins(account, statement, found, one)
        statement.save(force_insert=True)
        for nth, some in enumerate(batched(new_lines, ROWS_AT_ONCE)):
            progress(done=new + nth * ROWS_AT_ONCE, of=count)
            StatementLine.objects.bulk_create([line_of(statement, *each) for each in some])
        statements.append(statement)
        new, known = new + len(new_lines), known + statement.known_count
        reported += 0 if format in REPORTS else len(found.reported)
    if not new and known and not reported:  # of what only reports told, the statement brings the balances
        raise Refusal(f"All {known:,} lines of this file are kept already. Nothing was added.", field="upload")
    return Kept(tuple(statements), new, known)


def _require_one_a_day(account: BankAccount, read: Sequence[Read], format: str) -> None:
    """Refuse reports beside several statements of a day: in which of them a line is told nobody could say."""
    whole = account.statements.exclude(format__in=REPORTS)
    if format in REPORTS:
        days = whole.filter(known_count=0).order_by().values("to_on").annotate(times=Count("pk"))
        several = days.filter(times__gt=1).order_by("-to_on").values_list("to_on", flat=True).first()
    else:
        days_read = Counter(day for one in read for day in {line.booked_on for line in one.lines})
        pages = {line.booked_on for one in read if one.is_page for line in one.lines}
        some = [day for day, times in days_read.items() if times > 1 or day in pages]
        told = account.lines.filter(statement__format__in=REPORTS, booked_on__in=some)
        several = told.order_by("booked_on").values_list("booked_on", flat=True).first()
    if several is not None:
        raise Refusal(
            f"The bank gives several statements of one day, such as {several:%-d %B %Y}, so that a report of the day "
            "could not be told from each of them. Give statements of whole days and no reports, or ask the bank for "
            "one statement of that day.",
            field="upload",
        )


def days_of(read: Read) -> tuple[date, date]:
    """The first and last day of a statement: as it says, or of its lines.

    A bank may name the whole month that was asked for: its closing balance is of the day until which it knows.
    """
    said = [day for day in (read.from_on, read.opening_on, read.to_on, read.closing_on) if day]
    days = [line.booked_on for line in read.lines] or said
    if not days:
        raise Refusal("This statement has neither lines nor days, so it says nothing.", field="upload")
    first = read.from_on or read.opening_on or min(days)
    last = min((day for day in (read.to_on, read.closing_on) if day), default=max(days))
    return min(first, *days), max(last, *days)


def _in_order(read: Sequence[Read]) -> list[Read]:
    return sorted(read, key=lambda one: days_of(one)[::-1])


@dataclass(frozen=True)
class _Found:
    """What is in a statement: each line that is not kept yet by its number, and what tells it from lines like it.

    `reported`: the numbers of those that only reports of the bank's told of before. `must_join`: it goes on with a day
    that a file of another format began, so that the balances have to show that nothing is twice.
    """

    fresh: dict[int, tuple[str, int]]
    reported: set[int]
    must_join: bool


@dataclass(frozen=True)
class _KeptDay:
    """What is kept of a day: its amounts, what other files told in words of their own, and which statements have it."""

    amounts: Counter[int] = field(default_factory=Counter)
    told: list[Told] = field(default_factory=list)
    statements: list[tuple[date, str]] = field(default_factory=list)

    def is_settled(self, day: date, format: str, *, can_join: bool) -> bool:
        """Whether it is kept whole: nothing is added to it. A report adds nothing to a statement."""
        if format in REPORTS:
            return bool(self.statements)
        return any(day < last or (other != format and not can_join) for last, other in self.statements)


def _look_through(account: BankAccount, read: Read, format: str, seen: Counter[str]) -> _Found:
    """Find the lines of a statement that are not kept yet.

    A day that is kept whole must have the same amounts. Of other days, lines that came in another format or in a
    report are told as `told_twice` says, and all others by every word of them.
    """
    by_day: defaultdict[date, list[tuple[int, Line]]] = defaultdict(list)
    moved = _booked_on_another_day(account, read, format)
    for number, line in enumerate(read.lines, start=1):
        if line.amount_pence and number not in moved:
            by_day[line.booked_on].append((number, line))
    prints, alike = Counter[str](), Counter[str]()
    kept = _kept(account, days_of(read), by_day, format, prints, alike)
    for told in moved.values():
        if told.booked_on in kept:
            kept[told.booked_on].told.remove(told)
    can_join = read.closing_balance_pence is not None and chain(account, reports=False).bank_pence is not None
    fresh: dict[int, tuple[str, int]] = {}
    reported = set(moved)
    must_join = False
    for day in sorted(kept):
        lines, before = by_day[day], kept[day]
        if before.is_settled(day, format, can_join=can_join):
            at_an_end = day in days_of(read) or format in REPORTS
            _require_same(day, Counter(line.amount_pence for _, line in lines), before.amounts, at_an_end)
            continue
        formats = {other for _, other in before.statements}
        in_part = format in REPORTS or format in formats
        known = (known_in_part if in_part else known_in_whole)(before.told, lines) if before.told else set()
        must_join = must_join or bool(formats - {format})
        reported |= set() if formats else known
        for number, line in lines:
            if number in known:
                continue
            fingerprint = fingerprint_of(line)
            seen[fingerprint] += 1
            if seen[fingerprint] > prints[fingerprint]:
                alike[fingerprint] += 1
                fresh[number] = (fingerprint, alike[fingerprint])
    return _Found(fresh, reported, must_join)


def _booked_on_another_day(account: BankAccount, read: Read, format: str) -> dict[int, Told]:
    """The lines of a statement that a report told of on another day near by, of which there is no statement yet."""
    if format in REPORTS:
        return {}
    first, last = days_of(read)
    near = (first - DAYS_NEAR, last + DAYS_NEAR)
    told = account.lines.filter(statement__format__in=REPORTS, booked_on__range=near).exclude(bank_reference="")
    whole = account.statements.exclude(format__in=REPORTS).filter(
        from_on__lte=OuterRef("booked_on"), to_on__gte=OuterRef("booked_on")
    )
    by_report = [
        Told(booked_on=day, amount_pence=pence, by_report=True, **dict(zip(FACTS, facts, strict=True)))
        for day, pence, *facts in told.exclude(Exists(whole)).values_list("booked_on", "amount_pence", *FACTS)
    ]
    lines = [(number, line) for number, line in enumerate(read.lines, start=1) if line.amount_pence]
    return known_on_another_day(by_report, lines)


def _kept(
    account: BankAccount,
    days: tuple[date, date],
    read: Iterable[date],
    format: str,
    prints: Counter[str],
    alike: Counter[str],
) -> defaultdict[date, _KeptDay]:
    """What is kept of some days, and of those that are read; of this format in `prints`, of all in `alike`."""
    kept: defaultdict[date, _KeptDay] = defaultdict(_KeptDay, {day: _KeptDay() for day in read})
    written = ("booked_on", "fingerprint", "statement__format", "amount_pence", *FACTS)
    for day, fingerprint, other, pence, *facts in account.lines.filter(booked_on__range=days).values_list(*written):
        kept[day].amounts[pence] += 1
        alike[fingerprint] += 1
        if other == format and format not in REPORTS:
            prints[fingerprint] += 1
        else:
            said = dict(zip(FACTS, facts, strict=True))
            kept[day].told.append(Told(booked_on=day, amount_pence=pence, by_report=other in REPORTS, **said))
    statements = account.statements.exclude(format__in=REPORTS).filter(from_on__lte=days[1], to_on__gte=days[0])
    for first, last, other in statements.values_list("from_on", "to_on", "format"):
        for day in kept:
            if first <= day <= last:
                kept[day].statements.append((last, other))
    return kept


def _require_same(day: date, read: Counter[int], kept: Counter[int], at_an_end: bool) -> None:
    """Refuse other amounts than are kept of a day. The first and last day of a file may have been cut short."""
    if not (read <= kept if at_an_end else read == kept):
        raise Refusal(
            f"The lines of {day:%-d %B %Y} are kept already, and this file has others for that day. Ask the bank for a "
            "statement that begins after what is kept, or look at which of the two is right.",
            field="upload",
        )


def _require_that_it_joins(account: BankAccount, statement: Statement, found: _Found, read: Read) -> None:
    """Refuse a statement that overlaps what is kept and whose balances then do not come out, or that is out of turn.

    What only reports told of is no overlap: no balance has it yet.
    """
    known_count = statement.known_count - len(found.reported)
    known_pence = statement.known_pence - sum(read.lines[number - 1].amount_pence for number in found.reported)
    if statement.format in REPORTS or not (known_count or found.must_join):
        return
    later = account.statements.exclude(format__in=REPORTS).filter(to_on__gt=statement.to_on).exists()
    if later and statement.known_count < statement.read_count:
        raise Refusal(
            "Some lines of this file are kept already, from a later statement, and others are new. Ask the bank for "
            "the days that are missing, and no others.",
            field="upload",
        )
    bank, closing = chain(account, reports=False).bank_pence, statement.closing_balance_pence
    if bank is None or closing is None:
        return
    out = bank + statement.read_pence - known_pence - closing
    if out and not later:
        before = (
            f"{known_count:,} lines of this file were kept before. With the others,"
            if known_count
            else "Lines of this file’s first day are kept from another, and are not in it. With both,"
        )
        raise Refusal(
            f"{before} the balance would be {pounds(abs(out))} off what the file says. Ask the bank for a statement "
            "that begins on a later day.",
            field="upload",
        )


def _statement(account, read: Read, place, format, file, by, on, new_lines, lines) -> Statement:
    first, last = days_of(read)
    read_pence = sum(line.amount_pence for _, line in lines)
    opening, closing = read.opening_balance_pence, read.closing_balance_pence
    if opening is not None and closing is not None and opening + read_pence != closing:
        raise Refusal(
            f"The statement begins with {pounds(opening)} and ends with {pounds(closing)}, and its lines come to "
            f"{pounds(read_pence)}. Ask the bank for it again: a line is missing or is there twice.",
            field="upload",
        )
    return Statement(
        account=account,
        file=file,
        format=format,
        place=place,
        number=read.number,
        from_on=first,
        to_on=last,
        opening_balance_pence=opening,
        closing_balance_pence=closing,
        read_pence=read_pence,
        read_count=len(lines),
        known_pence=read_pence - sum(line.amount_pence for line in new_lines),
        known_count=len(lines) - len(new_lines),
        kept_by=by,
        kept_on=on,
    )


def fingerprint_of(line: Line) -> str:
    """A digest of all that the bank wrote in a line."""
    return _digest(asdict(line))


def _digest(said: Mapping[str, Any]) -> str:
    return sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()


def changed_since() -> Iterator[UUID]:
    """The lines of which the bank's words, days or amount are not those that their fingerprint was made of."""
    names = [each.name for each in fields(Line)]
    for line in StatementLine.objects.order_by().values("pk", "fingerprint", *names).iterator(chunk_size=ROWS_AT_ONCE):
        if _digest({name: line[name] for name in names}) != line["fingerprint"]:
            yield line["pk"]


def line_of(statement: Statement, number: int, line: Line, fingerprint: str, occurrence: int) -> StatementLine:
    """A line as it is kept: all that the bank wrote in it, and its place in its statement."""
    return StatementLine(
        statement_id=statement.pk,
        account_id=statement.account_id,
        place=number,
        booked_on=line.booked_on,
        value_on=line.value_on,
        amount_pence=line.amount_pence,
        reference=line.reference,
        description=line.description,
        end_to_end_id=line.end_to_end_id,
        counterparty=line.counterparty,
        counterparty_account=line.counterparty_account,
        bank_reference=line.bank_reference,
        return_reason=line.return_reason,
        details=[asdict(each) for each in line.details],
        fingerprint=fingerprint,
        occurrence=occurrence,
    )
