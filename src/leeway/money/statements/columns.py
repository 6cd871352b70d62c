"""A council's own mappings of columns: described from an example, proved on it, and offered from then on.

A mapping is described in one way, the words of its YAML file (`money/banking/mappings`). The example is in its page,
signed, and kept nowhere.
"""

import re
from collections.abc import Mapping as Named
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core import signing
from django.core.files.base import File as DjangoFile
from django.db import DatabaseError
from django.db.models import QuerySet

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.carrying import LASTS, carried
from leeway.law.numbers import pounds
from leeway.money.banking.readers.mapping import USUAL, Mapping, mapping_from, shipped, title_of
from leeway.money.banking.readers.tables import DOES_NOT_FOLLOW, read_rows, rows_of
from leeway.money.banking.statement import Line
from leeway.money.banking.statement import Statement as Read
from leeway.money.statements.models import ColumnMapping
from leeway.refusal import Refusal

ROWS_MOST, COLUMNS_MOST, HEADINGS_AMONG = 500, 40, 20
NAME = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
NAME_LONGEST = 40
#: What a column of a table may be, in the words of the page.
MEANINGS = {
    "booked_on": "Day of booking",
    "value_on": "Day of value",
    "amount": "Amount, in and out in one column",
    "paid_in": "Money in",
    "paid_out": "Money out",
    "reference": "Reference of whoever paid",
    "description": "What it was for (several columns may be)",
    "counterparty": "Who the other side is",
    "counterparty_account": "Account of the other side",
    "bank_reference": "The bank’s own number of the line",
    "balance": "Balance after the line",
    "account": "Number of this account or card",
    "sort_code": "Sort code of this account",
    "currency": "Currency",
}


@dataclass(frozen=True)
class Example:
    """The rows of an example, for a page, and the same signed for its form to carry.

    `name` and `version` are of the mapping that is made anew from it; none where it is a new one.
    """

    rows: list[list[str]]
    name: str
    version: int
    signed: str


def lay_out_example(*, upload: DjangoFile, name: str, version: int, field: str, by: User) -> Example:
    """Read the rows of an example, for somebody to say which column is what. Nothing of it is kept."""
    check_can(by, Capability.RECONCILE)
    upload.seek(0)
    try:
        rows = [[" ".join(cell.split()) for cell in cells] for cells in rows_of(upload.read())]
    except Refusal as refusal:
        raise Refusal(str(refusal), field=field) from refusal
    if len(rows) > ROWS_MOST or max(map(len, rows), default=0) > COLUMNS_MOST:
        raise Refusal(f"Give an example of at most {ROWS_MOST} rows and {COLUMNS_MOST} columns.", field=field)
    if not heading_rows(rows):
        raise Refusal(
            "No row of this file has headings. Give a table (CSV or XLSX) with its row of headings.", field=field
        )
    said = {"rows": rows, "name": name, "version": version}
    return Example(rows, name, version, carried(said, salt=_salt(by), field=field))


def read_example(signed: str, *, by: User) -> Example:
    """The example that a form carried."""
    try:
        said = signing.loads(signed, salt=_salt(by), max_age=LASTS)
    except signing.BadSignature:
        raise Refusal("This example was laid out too long ago, or changed on its way. Choose it again.") from None
    return Example(said["rows"], said["name"], said["version"], signed)


def name_of(typed: str) -> str:
    """A mapping's name from what somebody typed: “Our card” is our-card."""
    name = re.sub(r"[\s_]+", "-", typed.strip().casefold())
    if not NAME.fullmatch(name) or len(name) > NAME_LONGEST:
        raise Refusal(
            f"Name it with letters, digits and spaces or hyphens, at most {NAME_LONGEST}: “Our card”.", field="name"
        )
    if name in shipped():
        raise Refusal(f"“{title_of(name)}” comes with Leeway. Give it another name.", field="name")
    return name


def heading_rows(rows: Sequence[Sequence[str]]) -> list[int]:
    """The places of rows that may have the headings, the likeliest first: words in most columns, and no numbers."""
    some = {
        place: sum(map(bool, cells))
        for place, cells in enumerate(islice(rows, HEADINGS_AMONG))
        if sum(map(bool, cells)) > 1 and place + 1 < len(rows)
    }
    numbers = {place: sum(bool(re.search("[0-9]", cell)) for cell in rows[place]) for place in some}
    return sorted(some, key=lambda place: (numbers[place] > 0, -some[place], place))


def usual_meaning(heading: str) -> str:
    """What a heading usually is; empty where that is not known."""
    usual = shipped()[USUAL].columns
    said = heading.strip().casefold()
    return next((name for name in MEANINGS if said in map(str.casefold, getattr(usual, name))), "")


def prove(rows: list[list[str]], described: Named[str, Any], *, name: str) -> tuple[Read, ...]:
    """Read an example with a mapping, and refuse the mapping where it misreads, naming the field to look at.

    Balances must follow from row to row where there are any. Without them every row must have an amount, and both
    money in and money out must be there: nothing else would show that one is taken for the other. Where money in or
    money out alone is read, no row may be without an amount.
    """
    mapping = mapping_from(described, name=name, where="This mapping")
    try:
        statements = read_rows(rows, mapping)
    except Refusal as refusal:
        field = "days" if "first" in str(refusal) else ""
        raise Refusal(f"Read like this, the example makes no sense. {refusal}", field=field) from refusal
    lines = [line for one in statements for line in one.lines]
    notes = [note for one in statements for note in one.warnings]
    if not lines:
        raise Refusal("Read like this, the example has no line with an amount.", field="signs")
    if broken := next((note for note in notes if DOES_NOT_FOLLOW in note), ""):
        raise Refusal(
            f"{broken.partition('. ')[0]}. Look at the columns of amounts and of the balance again, and at whether "
            "money out has a minus.",
            field="signs",
        )
    _require_whole(mapping, lines, notes, proved=_is_proved(statements))
    return statements


def balance_in_words(one: Read) -> str:
    """What proves the amounts of an example, or that nothing does."""
    if one.opening_balance_pence is None or one.closing_balance_pence is None or len(one.lines) < 2:
        return "It gives no balances, so nothing but your eyes proves the amounts. Look at each."
    return (
        f"The balances prove the amounts: from {pounds(one.opening_balance_pence)} to "
        f"{pounds(one.closing_balance_pence)}, row by row."
    )


def in_use() -> dict[str, ColumnMapping]:
    """The council's mappings that are offered, by name: the latest version of each that was not ended."""
    latest: dict[str, ColumnMapping] = {}
    for each in ColumnMapping.objects.select_related("ending"):
        latest.setdefault(each.name, each)
    return {name: each for name, each in latest.items() if not each.is_ended}


def require_free(name: str, version: int) -> None:
    """Refuse a new mapping under the name of one that is in use."""
    if version == 0 and name in in_use():
        raise Refusal("There is a mapping of this name. Make that one anew, or take another name.", field="name")


def versions_of(name: str) -> QuerySet[ColumnMapping]:
    """Every version of a mapping, the latest first."""
    return ColumnMapping.objects.filter(name=name).select_related("made_by", "ending__ended_by").order_by("-version")


def own_mapping(name: str) -> Mapping | None:
    """A mapping of the council's that is in use, by its name; none where there are no records yet."""
    try:
        found = versions_of(name).first()
    except DatabaseError:
        return None
    return mapping_from(found.described, name=name, where=name) if found and not found.is_ended else None


def mapping_called(name: str) -> Mapping | None:
    """The mapping of a name that was chosen: one that comes with Leeway, or the council's; none for no name."""
    if not name:
        return None
    found = shipped().get(name) or own_mapping(name)
    if found is None:
        raise Refusal(f"The columns “{title_of(name)}” are not in use any more. Choose others.", field="mapping")
    return found


def _is_proved(statements: Sequence[Read]) -> bool:
    """Whether balances show that every amount is right: there are some, and they follow over two lines or more."""
    return all(
        one.opening_balance_pence is not None and one.closing_balance_pence is not None and len(one.lines) > 1
        for one in statements
    )


def _require_whole(mapping: Mapping, lines: Sequence[Line], notes: Sequence[str], *, proved: bool) -> None:
    """Refuse a reading that loses rows, or in which no balance shows which way money went.

    A row of a balance alone is none that is lost where balances prove the others, and both ways are read.
    """
    said = mapping.columns
    one_way = not said.amount and bool(said.paid_in) != bool(said.paid_out)
    if (left_out := next((note for note in notes if note.startswith("Rows without")), "")) and (one_way or not proved):
        raise Refusal(f"{left_out} Is a column of money in or money out missing?", field="signs")
    if not proved and len({line.amount_pence > 0 for line in lines}) == 1:
        way = "came in" if lines[0].amount_pence > 0 else "went out"
        raise Refusal(
            f"Read like this, all of the money {way}, and no balance shows whether that is right. Give an example that "
            "has both money in and money out, or say which column has the balance.",
            field="signs",
        )


def _salt(by: User) -> str:
    return f"example {by.pk}"
