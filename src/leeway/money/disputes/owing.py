"""What is still to be recharged once a dispute has ended: what was paid by whom, and what should have been.

What was paid is read from the ledger by line and payer (`funders.queries.attributed_in`), with what was recharged
already. Only months that are over count: what is paid later is recharged later, by night.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from leeway.care.planning.models import PlanLine
from leeway.law.recharge import NHS, Stretch, as_decided, cut, difference, months_over
from leeway.law.spreading import DAY
from leeway.money.disputes.models import Dispute, Outcome, Recharge
from leeway.money.funders.queries import attributed_in

#: What each payer still owes (more than nothing) or is owed (less), by line and stretch of days.
type Owed = dict[tuple[UUID, Stretch], Mapping[str, int]]


def lines_of(dispute: Dispute) -> QuerySet[PlanLine]:
    """The lines a dispute is about: one thing, also where a later plan of the case says it again; or every line."""
    lines = PlanLine.objects.filter(plan__case=dispute.case_id)
    if dispute.line is None:
        return lines
    return lines.filter(what=dispute.line.what, service=dispute.line.service_id, way=dispute.line.way)


def standing_outcomes(case_id: UUID) -> QuerySet[Outcome]:
    """The outcomes of a case that stand, as they were recorded."""
    found = Outcome.objects.filter(dispute__case=case_id, taken_back_on=None)
    return found.select_related("dispute__line").prefetch_related("shares__funder")


def still_owed(outcome: Outcome, on: date) -> Owed:
    """What is still to be recharged by an outcome that stands."""
    share = sum(each.share for each in outcome.shares.all() if each.funder.purse == NHS)
    lines = _ids(outcome.dispute)
    last = min(outcome.ends_on or on, on)
    for later in standing_outcomes(outcome.dispute.case_id).filter(starts_on__gt=outcome.starts_on):
        if lines & _ids(later.dispute):
            last = min(last, later.starts_on - DAY)
    return _owed(outcome.dispute.case_id, lines, share, months_over(outcome.starts_on, last, on))


def if_it_ended_so(dispute: Dispute, starts_on: date, nhs_share: int, on: date) -> Owed:
    """What would be recharged if a dispute ended with this share of the NHS, from a day."""
    return _owed(dispute.case_id, _ids(dispute), nhs_share, months_over(starts_on, on, on))


def in_all(owed: Owed) -> Mapping[str, int]:
    """What each payer owes, or is owed, of all lines and stretches together."""
    found: defaultdict[str, int] = defaultdict(int)
    for payers in owed.values():
        for payer, pence in payers.items():
            found[payer] += pence
    return found


def _ids(dispute: Dispute) -> set[UUID]:
    return set(lines_of(dispute).values_list("pk", flat=True))


def _owed(case_id: UUID, lines: set[UUID], nhs_share: int, months: list[Stretch]) -> Owed:
    found: Owed = {}
    for line, was in _paid(case_id, lines, months).items():
        found |= {(line, stretch): owed for stretch, owed in difference(was, as_decided(was, nhs_share)).items()}
    return found


def _paid(case_id: UUID, lines: set[UUID], months: list[Stretch]) -> dict[UUID, dict[Stretch, dict[str, int]]]:
    """Who paid what of each line in each month: what the ledger holds, and what was recharged."""
    found: dict[UUID, dict[Stretch, dict[str, int]]] = {line: {} for line in lines}
    days = [(month.starts_on, month.ends_on) for month in months]
    for month, rows in zip(months, attributed_in(days, cases=[case_id]), strict=True):
        for row in rows:
            if row.line_id in lines:
                _add(found[row.line_id], month, {row.purse.value: row.pence})
    if not months:
        return found
    recharged = Recharge.objects.filter(outcome__taken_back_on=None, line__in=lines)
    for each in recharged.filter(starts_on__lte=months[-1].ends_on, ends_on__gte=months[0].starts_on):
        for month in months:
            for parts in cut({each.stretch: each.parts}, month.starts_on, month.ends_on).values():
                _add(found[each.line_id], month, parts)
    return found


def _add(schedule: dict[Stretch, dict[str, int]], month: Stretch, parts: Mapping[str, int]) -> None:
    payers = schedule.setdefault(month, {})
    for payer, pence in parts.items():
        payers[payer] = payers.get(payer, 0) + pence
