"""An invoice's lines beside the visits that they bill: which visit each means, what of it is due, and why."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from leeway.law.numbers import pounds
from leeway.money.invoices.kinds import DELIVERED, Finding, Result
from leeway.money.invoices.models import Invoice, InvoiceLine, Visit


@dataclass(frozen=True)
class Found:
    """What one line of an invoice is found to be: the visit that it means, and what of it is due."""

    finding: Finding
    why: str
    visit: Visit | None = None
    due_pence: int = 0


def in_words(day: date) -> str:
    """A day as people write it: “3 November 2026”."""
    return f"{day:%-d %B %Y}"


def compare(invoice: Invoice, lines: Iterable[InvoiceLine]) -> Iterator[tuple[InvoiceLine, Found]]:
    """What each line is found to be, a line at a time in the order of the invoice, so that a visit is billed once.

    None of these lines has a visit yet: one that has, of this invoice or another, bills it already.
    """
    rows = list(lines)
    visits = _Visits(invoice, rows)
    for line in rows:
        yield line, _found(line, visits)


class _Visits:
    """The visits that the lines of an invoice may mean, and where each is billed already."""

    def __init__(self, invoice: Invoice, lines: list[InvoiceLine]):
        days = {line.day for line in lines}
        references = {line.visit_reference for line in lines if line.visit_reference}
        told = Visit.objects.filter(provider=invoice.provider_id, taken_back_on=None)
        of_provider = told.select_related("allocation")
        self.by_reference = {each.reference: each for each in of_provider.filter(reference__in=references)}
        self.by_person: defaultdict[tuple[str, date], list[Visit]] = defaultdict(list)
        for each in of_provider.filter(day__in=days):
            for said in {each.person_reference, each.nhs_number, each.name.casefold()} - {""}:
                self.by_person[said, each.day].append(each)
        known = {each.pk for each in self.by_reference.values()}
        known |= {each.pk for rows in self.by_person.values() for each in rows}
        billed = InvoiceLine.objects.filter(visit__in=known)
        self.billed = {line.visit_id: line for line in billed.select_related("invoice")}

    def meant_by(self, line: InvoiceLine) -> tuple[Visit | None, InvoiceLine | None]:
        """The visit that a line means; or, where it is billed already, the line on which it is."""
        found = list(self._candidates(line))
        free = [each for each in found if each.pk not in self.billed]
        if free:
            visit = min(free, key=lambda each: _distance(line, each))
            self.billed[visit.pk] = line
            return visit, None
        return None, self.billed[found[0].pk] if found else None

    def _candidates(self, line: InvoiceLine) -> Iterator[Visit]:
        if line.visit_reference:
            if (named := self.by_reference.get(line.visit_reference)) is not None:
                yield named
            return
        for said in (line.person_reference, line.nhs_number, line.name.casefold()):
            if said and (rows := self.by_person.get((said, line.day))):
                yield from rows
                return


def _distance(line: InvoiceLine, visit: Visit) -> tuple:
    """How far a visit is from what a line says: what was given first, then the nearest length, then the earliest."""
    apart = abs((visit.minutes or 0) - line.minutes) if line.minutes is not None else 0
    return visit.happened not in DELIVERED, apart, str(visit.starts_at or ""), str(visit.pk)


def _found(line: InvoiceLine, visits: _Visits) -> Found:
    visit, already = visits.meant_by(line)
    if already is not None:
        where = f"line {already.number}"
        where += (
            f" of invoice {already.invoice.number}" if already.invoice_id != line.invoice_id else " of this invoice"
        )
        return Found(Finding.DUPLICATE, f"Its visit of {in_words(line.day)} is billed already, on {where}.")
    if visit is None:
        return Found(
            Finding.NOT_FOUND,
            f"No visit that this can be is on record for {in_words(line.day)}. Ask the provider for it, or enter it "
            "with what shows it, and compare again.",
        )
    allocation = visit.allocation
    if allocation.result == Result.UNALLOCATED:
        return Found(Finding.NOT_ALLOCATED, f"Its visit is not allocated yet: {allocation.why}", visit)
    if allocation.result == Result.NOTHING_DUE:
        return Found(Finding.NOT_DELIVERED, allocation.why, visit)
    if line.claimed_pence <= allocation.due_pence:
        return Found(Finding.FITS, allocation.why, visit, line.claimed_pence)
    return _too_much(line, visit)


def _too_much(line: InvoiceLine, visit: Visit) -> Found:
    """By how much a line bills more than is due, and whether it is its length or its price."""
    due_pence, allocation = visit.allocation.due_pence, visit.allocation
    more = f"{pounds(line.claimed_pence - due_pence)} more than is due"
    as_long = line.minutes is not None and line.minutes <= allocation.minutes_paid
    if as_long and allocation.rate_pence is not None:
        why = f"{more}: it bills another price than {pounds(allocation.rate_pence)}, which was agreed. {allocation.why}"
        return Found(Finding.WRONG_RATE, why, visit, due_pence)
    said = f" for {line.minutes} minutes" if line.minutes is not None else ""
    why = f"{more}: it bills {pounds(line.claimed_pence)}{said}. {allocation.why}"
    return Found(Finding.OVER_BILLED, why, visit, due_pence)
