"""Lines that name a bill's payment reference or a claim on an NHS body: what they pay, to be recorded at once."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from leeway.access.access import check_can
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.models import Case
from leeway.money.bills.models import PaymentReference
from leeway.money.bills.references import PATTERN, number_in
from leeway.money.bills.standing import owed_by
from leeway.money.claims.actions import left_of_lines
from leeway.money.claims.models import Claim, ClaimLine
from leeway.money.statements.candidates import open_lines
from leeway.money.statements.models import BankAccount, StatementLine

CLAIM = re.compile(r"(?<![0-9A-Z])CLAIM ?([0-9]{6})(?![0-9])")
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


@dataclass(frozen=True)
class ReferencedClaim:
    """A line that names one claim: which, what is open of it, and the lines of the claim that it pays to the penny."""

    line: StatementLine
    claim: Claim
    open_pence: int
    left_pence: int
    pays: Sequence[ClaimLine]

    @property
    def fits(self) -> bool:
        """Whether it pays what is left of the claim, or of its lines that are not queried."""
        return bool(self.pays)


def numbers_of(line: Any) -> set[int]:
    """The payment references that the bank's words of a line have, by their numbers: misspelt ones are none."""
    found = {number_in(key) for key in _found(NAMED, line)}
    return {number for number in found if number is not None}


def _found(pattern: re.Pattern[str], line: Any) -> set[str]:
    return {key for field in WRITTEN for key in pattern.findall(getattr(line, field).upper())}


def _lines_with(account: BankAccount, words: str) -> QuerySet[Any]:
    """Open lines of money that came in whose words have a pattern."""
    said = Q(*((f"{field}__iregex", words) for field in WRITTEN), _connector=Q.OR)
    return open_lines(account).filter(said, amount_pence__gt=0).select_related("account", "statement")


def referenced(account: BankAccount, *, seen_by: User, on: date) -> list[Referenced]:
    """The lines of the council's account that are wholly open and name one payment reference, in the bank's order.

    Of several lines of one person each is held against what the ones before it leave.
    """
    check_can(seen_by, Capability.SEE_BANK)
    lines = _lines_with(account, "PAY ?[0-9]{4}")
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


def claims_named(account: BankAccount, *, seen_by: User) -> list[ReferencedClaim]:
    """The lines of the council's account that are wholly open and name one claim, in the bank's order.

    A number has no figure that checks it, so a line pays a claim only where it comes to what is left, to the penny.
    """
    check_can(seen_by, Capability.SEE_BANK)
    lines = _lines_with(account, "CLAIM ?[0-9]{6}")
    named = {line: int(min(numbers)) for line in lines if len(numbers := _found(CLAIM, line)) == 1}
    sent = Claim.objects.filter(number__in=named.values(), sent__isnull=False).select_related("funder")
    claims = {claim.number: claim for claim in sent.prefetch_related("lines__query")}
    left = left_of_lines(claims.values())
    found: list[ReferencedClaim] = []
    for line, number in named.items():
        claim = claims.get(number)
        if claim is None or line.open_pence != line.amount_pence:
            continue
        standing = [each for each in claim.lines.all() if left[each.pk]]
        pays = _paid_whole(standing, left, line.open_pence)
        found.append(ReferencedClaim(line, claim, line.open_pence, sum(left[each.pk] for each in standing), pays))
        left |= {each.pk: 0 for each in pays}
    return found


def _paid_whole(lines: Sequence[ClaimLine], left: Mapping[UUID, int], pence: int) -> Sequence[ClaimLine]:
    """Which lines an amount pays to the penny: all that are left, or all that nobody queries; none where neither."""
    unqueried = [each for each in lines if not hasattr(each, "query")]
    return next((some for some in (lines, unqueried) if some and sum(left[each.pk] for each in some) == pence), ())


def _references(numbers: Iterable[int]) -> Mapping[int, PaymentReference]:
    rows = PaymentReference.objects.filter(number__in=list(numbers)).select_related("case__person")
    return {row.number: row for row in rows}
