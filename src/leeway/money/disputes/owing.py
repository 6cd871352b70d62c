"""What is still to be recharged once a dispute has ended: what was paid by whom, and what should have been.

What was paid is read from the ledger by line and payer (`funders.queries.attributed_in`), with what was recharged
already. Only months that are over count: what is paid later is recharged later, by night.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from leeway.care.planning.queries import first_of_lines
from leeway.law.numbers import split
from leeway.law.recharge import COUNCIL, NHS, PERSON, WHOLE, Stretch, as_decided, cut, difference, months_over
from leeway.law.spreading import DAY
from leeway.money.disputes.models import Dispute, Outcome, Recharge
from leeway.money.funders.queries import attributed_in
from leeway.refusal import Refusal


@dataclass(slots=True)
class Paid:
    """What each purse paid of a line in a month, or owes of it; and of the NHS's part, each body. None: not named."""

    payers: dict[str, int] = field(default_factory=lambda: dict.fromkeys((COUNCIL, NHS, PERSON), 0))
    bodies: defaultdict[UUID | None, int] = field(default_factory=lambda: defaultdict(int))
    charged: int = 0
    """What the person was charged of it: of that, some may be owed back to them already."""

    def add(self, parts: Mapping[str, int], body: UUID | None) -> None:
        """Put what was paid for some of its days to the rest; what is the NHS's of it is this body's."""
        for payer, pence in parts.items():
            self.payers[payer] += pence
        if NHS in parts:
            self.bodies[body] += parts[NHS]


#: What each payer still owes (more than nothing) or is owed (less), by line and stretch of days.
type Owed = dict[tuple[UUID, Stretch], Paid]


def lines_of(dispute: Dispute) -> set[UUID]:
    """The lines a dispute is about: one, with those it goes on from and that go on from it in other plans; or all."""
    first = first_of_lines(dispute.case_id)
    return {line for line in first if dispute.line_id is None or first[line] == first[dispute.line_id]}


def standing_outcomes(case_id: UUID) -> QuerySet[Outcome]:
    """The outcomes of a case that stand, as they were recorded."""
    found = Outcome.objects.filter(dispute__case=case_id, taken_back_on=None)
    return found.select_related("dispute__line").prefetch_related("shares__funder")


def still_owed(outcome: Outcome, on: date) -> Owed:
    """What is still to be recharged by an outcome that stands, for the days on which none that begins later holds."""
    spans = {line: [(outcome.starts_on, min(outcome.ends_on or on, on))] for line in lines_of(outcome.dispute)}
    for later in standing_outcomes(outcome.dispute.case_id).filter(starts_on__gt=outcome.starts_on):
        for line in spans.keys() & lines_of(later.dispute):
            spans[line] = [left for span in spans[line] for left in _without(span, later)]
    lines: defaultdict[tuple[Stretch, ...], set[UUID]] = defaultdict(set)
    for line, days in spans.items():
        lines[tuple(month for first, last in days for month in months_over(first, last, on))].add(line)
    shares = {each.funder_id: each.share for each in outcome.shares.all() if each.funder.purse == NHS}
    found: Owed = {}
    for months, its in lines.items():
        found |= _owed(outcome.dispute, shares, its, months)
    return found


def _without(span: tuple[date, date], later: Outcome) -> Iterator[tuple[date, date]]:
    """What is left of some days without those on which a later outcome holds: before it, and after its end."""
    first, last = span
    if first < later.starts_on:
        yield first, min(last, later.starts_on - DAY)
    if later.ends_on and later.ends_on < last:
        yield max(first, later.ends_on + DAY), last


def if_it_ended_as_claimed(dispute: Dispute, on: date) -> Owed:
    """What would be recharged if a dispute ended as is claimed."""
    claimed = {dispute.claimed_of: dispute.claimed_share, dispute.claimed_by: WHOLE - dispute.claimed_share}
    shares = {funder.pk: share for funder, share in claimed.items() if funder.purse == NHS}
    return _owed(dispute, shares, lines_of(dispute), months_over(dispute.claimed_from, on, on))


def in_all(owed: Owed) -> Mapping[str, int]:
    """What each payer owes, or is owed, of all lines and stretches together."""
    return {payer: sum(each.payers[payer] for each in owed.values()) for payer in (COUNCIL, NHS, PERSON)}


def by_body(owed: Owed) -> dict[UUID | None, int]:
    """What each NHS body owes, or is owed, of all lines and stretches together."""
    found: defaultdict[UUID | None, int] = defaultdict(int)
    for each in owed.values():
        for body, pence in each.bodies.items():
            found[body] += pence
    return found


def _owed(dispute: Dispute, shares: Mapping[UUID, int], lines: set[UUID], months: Sequence[Stretch]) -> Owed:
    """The difference of what was paid for lines and what is decided: `shares` has the NHS bodies of the decision.

    Between two bodies of one purse, that purse's part alone is divided anew: the other purses pay as they did.
    """
    parties = [party.pk for party in (dispute.claimed_by, dispute.claimed_of) if party.purse == NHS]
    one_purse = dispute.claimed_by.purse == dispute.claimed_of.purse
    found: Owed = {}
    for line, schedule in _paid(dispute.case_id, lines, months).items():
        for month, was in schedule.items():
            if was.bodies.get(None) and parties:
                _name_the_body(was, parties, month)
            if one_purse:
                owed, divided = dict.fromkeys(was.payers, 0), parties
            else:
                before = {month: was.payers}
                should = as_decided(before, sum(shares.values()), charged={month: was.charged})
                owed = difference(before, should).get(month, dict.fromkeys(was.payers, 0))
                divided = list(was.bodies)
            bodies = _bodies_owe(was.bodies, shares, divided, owed[NHS])
            if any(owed.values()) or bodies:
                found[line, month] = Paid(owed, defaultdict(int, bodies))
    return found


def _name_the_body(was: Paid, parties: list[UUID], month: Stretch) -> None:
    """Take what the NHS paid with no body named as of the one body that argues. Two must say first which of them."""
    if len(parties) > 1:
        raise Refusal(
            f"Of {month.starts_on:%-d %B %Y} to {month.ends_on:%-d %B %Y} it is not said which NHS body paid, so "
            "nothing can be recharged between the two. Say it first under “Who pays”, from that day on."
        )
    was.bodies[parties[0]] += was.bodies.pop(None)


def _bodies_owe(
    paid: Mapping[UUID | None, int], shares: Mapping[UUID, int], divided: list[UUID | None] | list[UUID], more: int
) -> dict[UUID | None, int]:
    """What each NHS body owes or is owed: what these bodies paid, and what the NHS owes more, in the decided shares."""
    owed: defaultdict[UUID | None, int] = defaultdict(int)
    for body in divided:
        owed[body] -= paid.get(body, 0)
    whole = more - sum(owed.values())
    for body, pence in zip(shares, split(whole, list(shares.values())) if shares else (), strict=True):
        owed[body] += pence
    return {body: pence for body, pence in owed.items() if pence}


def _paid(case_id: UUID, lines: set[UUID], months: Sequence[Stretch]) -> dict[UUID, dict[Stretch, Paid]]:
    """Who paid what of each line in each month: what the ledger holds, and what was recharged."""
    found: dict[UUID, defaultdict[Stretch, Paid]] = {line: defaultdict(Paid) for line in lines}
    days = [(month.starts_on, month.ends_on) for month in months]
    for month, rows in zip(months, attributed_in(days, cases=[case_id]), strict=True):
        for row in rows:
            if row.line_id in lines:
                its = found[row.line_id][month]
                its.add({row.purse.value: row.pence}, row.funder_id)
                its.charged += row.pence if row.purse == PERSON else 0
    if not months:
        return {}
    recharged = Recharge.objects.filter(outcome__taken_back_on=None, line__in=lines)
    for each in recharged.filter(starts_on__lte=months[-1].ends_on, ends_on__gte=months[0].starts_on):
        for month in months:
            for parts in cut({each.stretch: each.parts}, month.starts_on, month.ends_on).values():
                found[each.line_id][month].add(parts, each.body_id)
    return {line: dict(schedule) for line, schedule in found.items()}
