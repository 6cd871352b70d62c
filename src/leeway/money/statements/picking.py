"""A person's ordinary account: its lines are laid out to be picked from, and kept nowhere until they are picked."""

from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from django.core import signing
from django.core.files.base import File as DjangoFile

from leeway.law.numbers import pounds
from leeway.money.banking.statement import Detail, Line, Mapping, read_statement
from leeway.money.banking.statement import Statement as Read
from leeway.money.statements.keeping import days_of, is_of
from leeway.money.statements.models import BankAccount
from leeway.refusal import Refusal

LINES_MOST = 1_000
#: How long, in seconds, a page with lines to pick from can be sent: an afternoon with the person.
LASTS = 4 * 60 * 60
DAYS = ("booked_on", "value_on", "from_on", "to_on")


@dataclass(frozen=True)
class LaidOut:
    """The lines of a file, for one page, and the same signed for its form to carry."""

    format: str
    read: Read
    signed: str


def lay_out(account: BankAccount, *, upload: DjangoFile, mapping: Mapping | None, on: date) -> LaidOut:
    """Read a file for somebody to pick lines of it. Nothing of it is kept."""
    upload.seek(0)
    try:
        read = read_statement(upload.read(), mapping=mapping)
    except Refusal as refusal:
        raise Refusal(str(refusal), field="upload") from refusal
    ours = [one for one in read.statements if is_of(account, one.account)]
    if len(ours) != 1:
        raise Refusal(f"This file has {len(ours)} statements of this account. Choose one that has one.", field="upload")
    if len(ours[0].lines) > LINES_MOST:
        raise Refusal(f"This file has over {LINES_MOST:,} lines. Choose fewer days at once.", field="upload")
    one, (first, last) = ours[0], days_of(ours[0])
    said = {
        "format": read.format,
        "account": one.account,
        "currency": one.currency,
        "number": one.number,
        "from_on": first.isoformat(),
        "to_on": last.isoformat(),
        "lines": [_plain(asdict(line)) for line in one.lines],
    }
    signed = signing.dumps(said, salt="picking", compress=True)
    return read_back(signed)


def read_back(signed: str) -> LaidOut:
    """The lines that a form carried."""
    try:
        said = signing.loads(signed, salt="picking", max_age=LASTS)
    except signing.BadSignature:
        raise Refusal(
            "These lines were laid out too long ago, or changed on their way. Choose the file again."
        ) from None
    read = Read(
        account=said["account"],
        currency=said["currency"],
        opening_balance_pence=None,
        closing_balance_pence=None,
        lines=tuple(_line(each) for each in said["lines"]),
        number=said["number"],
        from_on=date.fromisoformat(said["from_on"]),
        to_on=date.fromisoformat(said["to_on"]),
    )
    return LaidOut(said["format"], read, signed)


def choices(laid_out: LaidOut) -> list[tuple[str, str]]:
    """The lines as a form offers them."""
    return [
        (str(number), f"{line.booked_on:%-d %B %Y}, {pounds(line.amount_pence)}: {_words(line)}")
        for number, line in enumerate(laid_out.read.lines, start=1)
        if line.amount_pence
    ]


def _words(line: Line) -> str:
    words = dict.fromkeys(text for text in (line.counterparty, line.description, line.reference) if text)
    return " ".join(words) or "no words"


def _plain(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in line.items() if value}


def _line(said: dict[str, Any]) -> Line:
    details = tuple(Detail(**{"amount_pence": None, **each}) for each in said.get("details", ()))
    days = {name: date.fromisoformat(said[name]) for name in DAYS if name in said}
    texts = {field.name: "" for field in fields(Line)} | said
    return Line(**(texts | {"value_on": None, "amount_pence": 0} | said | days | {"details": details}))
