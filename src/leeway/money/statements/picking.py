"""A person's ordinary account: its lines are laid out to be picked from, and kept nowhere until they are picked.

The page carries the lines itself, signed, for this account and this user alone: what comes back is what the file said,
and the server has nothing of it meanwhile.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from django.core import signing
from django.core.files.base import File as DjangoFile

from leeway.access.models import User
from leeway.carrying import LASTS, carried
from leeway.law.numbers import pounds
from leeway.money.banking.statement import Detail, Line, Mapping
from leeway.money.statements.keeping import Kept, fingerprint_of, line_of, read_of
from leeway.money.statements.models import BankAccount, Statement, StatementLine
from leeway.refusal import Refusal

LINES_MOST = 500
DAYS = ("booked_on", "value_on")


@dataclass(frozen=True)
class LaidOut:
    """The lines of a file, for one page, and the same signed for its form to carry."""

    format: str
    lines: tuple[Line, ...]
    signed: str


def lay_out(
    account: BankAccount, *, upload: DjangoFile, mapping: Mapping | None, field: str, by: User, on: date
) -> LaidOut:
    """Read a file for somebody to pick lines of it. Nothing of it is kept.

    Balances are not proved: whoever took lines of their own out of the file before was free to.
    """
    upload.seek(0)
    try:
        format, statements, _others = read_of(upload.read(), account, mapping, on)
    except Refusal as refusal:
        raise Refusal(str(refusal), field=field) from refusal
    lines = [line for one in dict.fromkeys(statements) for line in one.lines]
    if len(lines) > LINES_MOST:
        raise Refusal(f"This file has more than {LINES_MOST} lines. Choose fewer days at once.", field=field)
    said = {
        "format": format,
        "lines": [_plain(asdict(line)) for line in sorted(lines, key=lambda line: line.booked_on)],
    }
    return read_back(carried(said, salt=_salt(account, by), field=field), account, by=by)


def read_back(signed: str, account: BankAccount, *, by: User) -> LaidOut:
    """The lines that a form carried."""
    try:
        said = signing.loads(signed, salt=_salt(account, by), max_age=LASTS)
    except signing.BadSignature:
        raise Refusal(
            "These lines were laid out too long ago, or changed on their way. Nothing was kept. Choose the file again."
        ) from None
    return LaidOut(said["format"], tuple(_line(each) for each in said["lines"]), signed)


def choices(laid_out: LaidOut, account: BankAccount) -> list[tuple[str, str]]:
    """The lines as a form offers them: those that move money, and are not kept yet."""
    return [
        (str(place), f"{in_words(laid_out.lines[place - 1])} | {said_in(laid_out.lines[place - 1])}")
        for place in not_kept_yet(account, laid_out.lines)
    ]


def in_words(line: Line) -> str:
    """A line's day and amount: “1 April 2026: £8.50 out”."""
    way = "in" if line.amount_pence > 0 else "out"
    return f"{line.booked_on:%-d %B %Y}: {pounds(abs(line.amount_pence))} {way}"


def said_in(line: Line) -> str:
    """All that the bank wrote beside a line's day and amount, each once."""
    words = dict.fromkeys(text for text in (line.counterparty, line.description, line.reference) if text)
    return " ".join(words) or "no words"


def not_kept_yet(account: BankAccount, lines: Sequence[Line]) -> dict[int, str]:
    """The places of the lines that move money and are not kept yet, each with its fingerprint."""
    seen: Counter[str] = Counter()
    kept = Counter(account.lines.values_list("fingerprint", flat=True))
    fresh = {}
    for place, line in enumerate(lines, start=1):
        fingerprint = fingerprint_of(line)
        seen[fingerprint] += 1
        if line.amount_pence and seen[fingerprint] > kept[fingerprint]:
            fresh[place] = fingerprint
    return fresh


def keep_lines(
    account: BankAccount, lines: Sequence[Line], *, format: str, places: Collection[int], by: User, on: date
) -> Kept:
    """Keep the lines at these places for an account whose row is locked, and nothing that tells of any other.

    The days, the number of lines and their places are those of what was picked, not of the file.
    """
    fresh = not_kept_yet(account, lines)
    picked = [(lines[place - 1], fresh[place]) for place in sorted(places) if place in fresh]
    if not picked:
        raise Refusal("All of these lines are kept already. Nothing was added.", field="places")
    _require_no_other_words(account, [line for line, _ in picked], lines)
    days, pence = [line.booked_on for line, _ in picked], sum(line.amount_pence for line, _ in picked)
    statement = Statement(
        account=account, format=format, place=1, from_on=min(days), to_on=max(days), read_pence=pence,
        read_count=len(picked), kept_by=by, kept_on=on,
    )  # fmt: skip
    statement.save(force_insert=True)
    alike = Counter(account.lines.values_list("fingerprint", flat=True))
    rows = []
    for number, (line, fingerprint) in enumerate(picked, start=1):
        alike[fingerprint] += 1
        rows.append(line_of(statement, number, line, fingerprint, alike[fingerprint]))
    StatementLine.objects.bulk_create(rows)
    return Kept((statement,), len(picked), len(places) - len(picked))


def _require_no_other_words(account: BankAccount, picked: Sequence[Line], lines: Sequence[Line]) -> None:
    """Refuse a line of whose day and amount one is kept that this file has not: it may be the same, in other words."""
    here = {fingerprint_of(line) for line in lines}
    kept = account.lines.filter(booked_on__in=[line.booked_on for line in picked]).exclude(fingerprint__in=here)
    formats = {(each.booked_on, each.amount_pence): each.statement.format for each in kept.select_related("statement")}
    for line in picked:
        if format := formats.get((line.booked_on, line.amount_pence)):
            raise Refusal(
                f"{in_words(line)} is kept already, in other words than here, and may be the same line. If it is "
                f"another one, pick it from a file like the one of before ({format}): there the two can be told apart.",
                field="places",
            )


def _salt(account: BankAccount, by: User) -> str:
    return f"picking {account.pk} {by.pk}"


def _plain(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in line.items() if value}


def _line(said: dict[str, Any]) -> Line:
    details = tuple(Detail(**{"amount_pence": None, **each}) for each in said.get("details", ()))
    days = {name: date.fromisoformat(said[name]) for name in DAYS if name in said}
    texts = {field.name: "" for field in fields(Line)} | said
    return Line(**(texts | {"value_on": None, "amount_pence": 0} | said | days | {"details": details}))
