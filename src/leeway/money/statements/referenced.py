"""Lines that name the payment reference of a bill: whose they are, and what is owed, to be recorded at once."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from leeway.access.access import check_can
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.models import Case
from leeway.money.bills.models import PaymentReference
from leeway.money.bills.references import PATTERN, number_in
from leeway.money.bills.standing import owed_by
from leeway.money.statements.candidates import open_lines
from leeway.money.statements.models import BankAccount, StatementLine

NAMED = re.compile(rf"(?<![0-9A-Z]){PATTERN}(?![0-9])")
WRITTEN = ("end_to_end_id", "reference", "description")


@dataclass(frozen=True)
class Referenced:
    """A line that names one payment reference: whose bills it pays, what is open of it, and what they owe."""

    line: StatementLine
    case: Case
    reference: str
    open_pence: int
    owed_pence: int

    @property
    def fits(self) -> bool:
        """Whether all of it pays what is owed: the rest needs somebody to say what it is."""
        return self.open_pence <= self.owed_pence


def numbers_of(line: Any) -> set[int]:
    """The payment references that the bank's words of a line have, by their numbers: misspelt ones are none."""
    texts = (getattr(line, field).upper() for field in WRITTEN)
    found = {number_in(key) for text in texts for key in NAMED.findall(text)}
    return {number for number in found if number is not None}


def referenced(account: BankAccount, *, seen_by: User, on: date) -> list[Referenced]:
    """The lines of the council's account that are wholly open and name one payment reference, in the bank's order.

    Of several lines of one person each is held against what the ones before it leave.
    """
    check_can(seen_by, Capability.SEE_BANK)
    said = Q(**{f"{WRITTEN[0]}__iregex": "PAY ?[0-9]{4}"})
    for field in WRITTEN[1:]:
        said |= Q(**{f"{field}__iregex": "PAY ?[0-9]{4}"})
    lines = open_lines(account).filter(said, amount_pence__gt=0).select_related("account", "statement")
    named = {line: numbers for line in lines if len(numbers := numbers_of(line)) == 1}
    references = _references({number for numbers in named.values() for number in numbers})
    left = dict(owed_by([each.case_id for each in references.values()], on))
    found = []
    for line, (number,) in named.items():
        reference = references.get(number)
        if reference is None or line.open_pence != line.amount_pence:
            continue
        owed = max(left.get(reference.case_id, 0), 0)
        found.append(Referenced(line, reference.case, str(reference), line.open_pence, owed))
        if line.open_pence <= owed:
            left[reference.case_id] = owed - line.open_pence
    record_looks(viewer=seen_by, person_ids=[each.case.person_id for each in found], page="Bills that were paid")
    return found


def _references(numbers: Iterable[int]) -> Mapping[int, PaymentReference]:
    rows = PaymentReference.objects.filter(number__in=list(numbers)).select_related("case__person")
    return {row.number: row for row in rows}
