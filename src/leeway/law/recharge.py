"""What one payer owes another once a dispute ends: the difference of what was paid and of what should have been.

Both are schedules: so many pence of one payer for some days. Where the NHS refunds, it refunds the whole cost of its
part; what the person was charged for it, they get back from the council. Source: National Framework for NHS Continuing
Healthcare and NHS-funded Nursing Care, guidance on refunds between bodies; NHS money is never charged for.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from leeway.law.numbers import floor_div, least
from leeway.law.spreading import DAY, pence_of

COUNCIL, NHS, PERSON = "council", "nhs", "person"
WHOLE = 10_000


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """Some days, first and last."""

    starts_on: date
    ends_on: date


#: Who paid how many pence for which days: payer by stretch.
type Schedule = Mapping[Stretch, Mapping[str, int]]


def months_over(first: date, last: date, on: date) -> list[Stretch]:
    """The days from a first to a last one by the month, as bodies claim from each other: months that are over alone.

    >>> [str(each.ends_on) for each in months_over(date(2026, 4, 20), date(2026, 7, 9), date(2026, 7, 9))]
    ['2026-04-30', '2026-05-31', '2026-06-30']
    """
    found = []
    while first <= last:
        ends_on = date(first.year, first.month, monthrange(first.year, first.month)[1])
        if min(ends_on, last) >= on:
            break
        found.append(Stretch(first, min(ends_on, last)))
        first = ends_on + DAY
    return found


def cut(was: Schedule, starts_on: date, ends_on: date) -> dict[Stretch, dict[str, int]]:
    """What of a schedule stands for the days from a first to a last one.

    A stretch's whole is cut, and each payer's part of it; the odd penny stands with the council.
    """
    found = {}
    for stretch, payers in was.items():
        first, last = max(stretch.starts_on, starts_on), min(stretch.ends_on, ends_on)
        if first <= last:
            whole, *parts = (
                pence_of(pence, stretch.starts_on, stretch.ends_on, first=first, last=last)
                for pence in (sum(payers.values()), payers.get(NHS, 0), payers.get(PERSON, 0))
            )
            found[Stretch(first, last)] = {COUNCIL: whole - sum(parts), NHS: parts[0], PERSON: parts[1]}
    return found


def as_decided(
    paid: Schedule, nhs_share: int, *, charged: Mapping[Stretch, int] | None = None
) -> dict[Stretch, dict[str, int]]:
    """The same days as they should have been paid: so many ten-thousandths of the whole cost by the NHS.

    What the person was charged is set against the council's part alone, and is never more than that part. `charged`
    says it where it is not what they have paid: some of that may be owed back to them already.

    >>> days = Stretch(date(2026, 4, 6), date(2026, 5, 3))
    >>> as_decided({days: {"council": 80_00, "person": 20_00}}, 10_000)[days]
    {'council': 0, 'nhs': 10000, 'person': 0}
    """
    found = {}
    for stretch, payers in paid.items():
        cost = sum(payers.values())
        nhs = floor_div(cost * nhs_share, WHOLE)
        person = least(payers.get(PERSON, 0) if charged is None else charged.get(stretch, 0), cost - nhs)
        found[stretch] = {COUNCIL: cost - nhs - person, NHS: nhs, PERSON: person}
    return found


def difference(was: Schedule, should: Schedule) -> dict[Stretch, dict[str, int]]:
    """What each payer still owes (more than nothing) or is owed (less), stretch by stretch; each adds up to nothing."""
    found = {}
    for stretch in sorted({*was, *should}):
        before, after = was.get(stretch, {}), should.get(stretch, {})
        owed = {payer: after.get(payer, 0) - before.get(payer, 0) for payer in (COUNCIL, NHS, PERSON)}
        if any(owed.values()):
            found[stretch] = owed
    return found
