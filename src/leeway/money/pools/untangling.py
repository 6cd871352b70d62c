"""A pool taken apart: for some days, what each penny bought, for whom, who pays it, who answers for it, and why.

Lines come from the ledger, by line and payer (`funders.queries.attributed_in`); what a dispute recharged moves pence
from one payer to another; overheads go to people by what drives them. What nobody can attribute stands as a question.
The leaves and the questions add back to the pool's total, which is counted down from the ledger's own transfers; what
they would leave over is `unexplained_pence`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from leeway.law.numbers import floor_div, split
from leeway.law.recharge import Stretch, cut
from leeway.law.spreading import days_between, pence_of
from leeway.money.disputes.models import Recharge
from leeway.money.funders.attributing import Attributed
from leeway.money.funders.models import COUNCIL, Purse
from leeway.money.funders.queries import attributed_in, kept_in_ledger
from leeway.money.pools.belonging import DAY, Belongings, LineFacts, belongings
from leeway.money.pools.models import Driver, Function, Overhead, Pool
from leeway.period import Period

LINE, RECHARGE, OVERHEAD = "line", "recharge", "overhead"
#: What an overhead of a pool is paid by, where nobody is in it to have it attributed to.
NOBODY = "Nobody was in the pool to whom it could be attributed by what drives it."


@dataclass(frozen=True, slots=True)
class Leaf:
    """Some pence of one payer for one thing, for one person, for some days: with who answers for it, and the law."""

    kind: str
    source: UUID
    what: str
    case: LineFacts
    payer: UUID | None
    purse: Purse
    owner: str
    reason: str
    starts_on: date
    ends_on: date
    pence: int
    social_care: bool
    locked_pence: int = 0
    locked_until: date | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Pence of which something has to be found out, and by whom. Where they are a person's, leaves have them too."""

    what: str
    owner: str
    pence: int
    of_a_person: bool
    overhead: UUID | None = None


@dataclass(frozen=True, slots=True)
class Untangled:
    """All of a pool for some days.

    `total_pence` is what the ledger keeps for its cases, less what is attributed to other days and other lines; and its
    overheads. So a penny of those cases that nobody is told of is in it, and is not explained.
    """

    period: Period
    total_pence: int
    leaves: Sequence[Leaf]
    questions: Sequence[Question]

    @property
    def in_question_pence(self) -> int:
        """What no leaf has, since a question stands."""
        return sum(question.pence for question in self.questions if not question.of_a_person)

    @property
    def unexplained_pence(self) -> int:
        """What neither a person's line or overhead nor a question accounts for."""
        return self.total_pence - sum(leaf.pence for leaf in self.leaves) - self.in_question_pence

    @property
    def spent_pence(self) -> int:
        """What the partners' contributions have to pay: all but what people pay themselves."""
        return self.total_pence - sum(leaf.pence for leaf in self.leaves if leaf.purse == Purse.PERSON)


@dataclass(slots=True)
class _Gathered:
    total_pence: int = 0
    leaves: list[Leaf] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


def untangle(pool: Pool, periods: Sequence[Period]) -> list[Untangled]:
    """Take a pool apart for each of some periods. Whoever shows a person's part of it notes the look."""
    whole = Period(min(each.starts_on for each in periods), max(each.ends_on for each in periods))
    belonging = belongings(pool, whole)
    spans = [belonging.spans(each) for each in periods]
    days = _all_days([span for each in spans for span in each])
    rows = attributed_in([(each.starts_on, each.ends_on) for each in days], cases=belonging.cases)
    kept_pence = kept_in_ledger(belonging.cases)
    overheads = list(pool.overheads.select_related("owner", "paid_by").prefetch_related("figures"))
    recharges = list(_recharges(belonging))
    found = []
    for period, inside in zip(periods, spans, strict=True):
        gathered = _Gathered(kept_pence if inside else 0)
        for span, attributed in zip(days, rows, strict=True) if inside else ():
            if any(each.starts_on <= span.starts_on and span.ends_on <= each.ends_on for each in inside):
                _take_lines(gathered, belonging, span, attributed)
                _take_recharges(gathered, belonging, span, recharges)
            else:
                gathered.total_pence -= sum(row.pence for row in attributed)
        lines = list(gathered.leaves)
        for overhead in overheads:
            _take_overhead(gathered, overhead, period, lines)
        found.append(Untangled(period, gathered.total_pence, gathered.leaves, gathered.questions))
    return found


def _all_days(spans: Sequence[Period]) -> list[Period]:
    """All days there are, cut where any of these spans begins or ends; none where there is no span."""
    firsts = {date.min, *(each.starts_on for each in spans), *(each.ends_on + DAY for each in spans)}
    ordered = sorted(firsts) if spans else []
    lasts = [*(day - DAY for day in ordered[1:]), date.max]
    return [Period(first, last) for first, last in zip(ordered, lasts, strict=False)]


type ByDay = dict[date, dict[tuple[UUID | None, Purse], int]]


def line_by_days(pool: Pool, line: UUID, case: UUID, period: Period) -> tuple[list[Leaf], ByDay]:
    """One line of a pool, whole, and what it cost each payer day by day while it was in the pool."""
    belonging = belongings(pool, period)
    spans = belonging.spans(period)
    days = [Period(day, day) for span in spans for day in _days(span) if line in belonging.lines_on(day)]
    rows = [
        [row for row in attributed if row.line_id == line]
        for attributed in attributed_in([(each.starts_on, each.ends_on) for each in (*spans, *days)], cases=[case])
    ]
    gathered = _Gathered()
    found: ByDay = {}
    for span, attributed in zip(spans, rows, strict=False):
        _take_lines(gathered, belonging, span, attributed)
    for day, attributed in zip(days, rows[len(spans) :], strict=True):
        payers: defaultdict[tuple[UUID | None, Purse], int] = defaultdict(int)
        for row in attributed:
            payers[row.funder_id, row.purse] += row.pence
        found[day.starts_on] = dict(payers)
    return gathered.leaves, found


def days_of_leaf(leaf: Leaf) -> dict[date, int]:
    """What an overhead's part, or a recharge, is day by day."""
    span = Period(leaf.starts_on, leaf.ends_on)
    return {day: pence_of(leaf.pence, leaf.starts_on, leaf.ends_on, first=day, last=day) for day in _days(span)}


def _days(period: Period) -> Iterable[date]:
    return (date.fromordinal(day) for day in range(period.starts_on.toordinal(), period.ends_on.toordinal() + 1))


def _take_lines(found: _Gathered, belonging: Belongings, span: Period, rows: Sequence[Attributed]) -> None:
    """The pence of every line that is in the pool on these days, by who pays them; those of other lines are not its."""
    inside = belonging.lines_on(span.starts_on)
    ours = [row for row in rows if row.line_id in inside]
    found.total_pence -= sum(row.pence for row in rows if row.line_id not in inside)
    unnamed: defaultdict[str, int] = defaultdict(int)
    for row in ours:
        facts = belonging.facts[row.line_id]
        found.leaves.append(
            Leaf(
                kind=LINE,
                source=row.line_id,
                what=facts.what,
                case=facts,
                payer=row.funder_id,
                purse=row.purse,
                owner=facts.owner,
                reason=facts.reason(row.purse),
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                pence=row.pence,
                social_care=row.purse != Purse.NHS,
            )
        )
        if row.funder_id is None and row.purse == Purse.NHS:
            unnamed[facts.owner] += row.pence
    for owner, pence in unnamed.items():
        found.questions.append(Question("Which NHS body pays is not recorded for some lines.", owner, pence, True))


def _recharges(belonging: Belongings) -> Iterable[Recharge]:
    return Recharge.objects.filter(outcome__taken_back_on=None, line__in=belonging.facts)


def _take_recharges(found: _Gathered, belonging: Belongings, span: Period, recharges: Collection[Recharge]) -> None:
    """What disputes moved from one payer to another: together nothing, line by line."""
    inside = belonging.lines_on(span.starts_on)
    for recharge in recharges:
        if recharge.line_id not in inside:
            continue
        for stretch, parts in cut({recharge.stretch: recharge.parts}, span.starts_on, span.ends_on).items():
            bears = {Purse.NHS: recharge.body_id, Purse.COUNCIL: COUNCIL, Purse.PERSON: None}
            for purse, payer in bears.items():
                if pence := parts[purse]:
                    found.leaves.append(_moved(belonging.facts[recharge.line_id], stretch, payer, purse, pence))


def _moved(facts: LineFacts, stretch: Stretch, payer: UUID | None, purse: Purse, pence: int) -> Leaf:
    return Leaf(
        kind=RECHARGE,
        source=facts.line,
        what=facts.what,
        case=facts,
        payer=payer,
        purse=purse,
        owner=facts.owner,
        reason="Recharged after a dispute over who pays",
        starts_on=stretch.starts_on,
        ends_on=stretch.ends_on,
        pence=pence,
        social_care=purse != Purse.NHS,
    )


def _take_overhead(found: _Gathered, overhead: Overhead, period: Period, lines: Sequence[Leaf]) -> None:
    """An overhead's part of these days, to people by what drives it; or a question, with its owner."""
    first, last = max(overhead.starts_on, period.starts_on), min(overhead.ends_on, period.ends_on)
    pence = pence_of(overhead.pence, overhead.starts_on, overhead.ends_on, first=first, last=last)
    if not pence:
        return
    found.total_pence += pence
    units = _units(overhead, [leaf for leaf in lines if overhead.team_id in (None, leaf.case.team)])
    if not sum(units.values()):
        what = overhead.question if not overhead.driver else NOBODY
        found.questions.append(
            Question(f"{overhead.what}: {what}", overhead.owner.name, pence, False, overhead=overhead.pk)
        )
        return
    locked_days = days_between(first, min(last, overhead.locked_until)) if overhead.locked_until else 0
    locked, of, so_far = overhead.locked_percent * locked_days, 100 * days_between(first, last), 0
    for facts, part in zip(units, split(pence, list(units.values())), strict=True):
        locked_pence = floor_div((so_far + part) * locked, of) - floor_div(so_far * locked, of)
        so_far += part
        if part:
            found.leaves.append(_part(overhead, facts, part, locked_pence, first, last))


def _part(overhead: Overhead, facts: LineFacts, pence: int, locked_pence: int, first: date, last: date) -> Leaf:
    return Leaf(
        kind=OVERHEAD,
        source=overhead.pk,
        what=overhead.what,
        case=facts,
        payer=overhead.paid_by_id,
        purse=overhead.paid_by.purse,
        owner=overhead.owner.name,
        reason=overhead.reason,
        starts_on=first,
        ends_on=last,
        pence=pence,
        social_care=overhead.function == Function.SOCIAL_CARE,
        locked_pence=locked_pence,
        locked_until=overhead.locked_until if locked_pence else None,
    )


def _units(overhead: Overhead, lines: Sequence[Leaf]) -> dict[LineFacts, int]:
    """How much of what drives an overhead stands for each person."""
    people: defaultdict[UUID, list[Leaf]] = defaultdict(list)
    for leaf in lines:
        people[leaf.case.case].append(leaf)
    of = {case: replace(leaves[0].case, line=overhead.pk) for case, leaves in sorted(people.items())}
    days = {of[case]: _days_on_caseload(leaves) for case, leaves in sorted(people.items())}
    if overhead.driver == Driver.CASELOAD:
        return days
    if overhead.driver == Driver.SPEND:
        return {of[case]: max(sum(leaf.pence for leaf in leaves), 0) for case, leaves in sorted(people.items())}
    figures = overhead.figures.all()
    stated = {each.case_id if each.team_id is None else each.team_id: each.figure for each in figures}
    if overhead.driver == Driver.HOURS:
        return {facts: stated.get(case, 0) for case, facts in of.items()}
    if overhead.driver == Driver.HEADCOUNT:
        return _by_headcount(stated, days)
    return {}


def _days_on_caseload(leaves: Iterable[Leaf]) -> int:
    covered: set[int] = set()
    for leaf in leaves:
        covered |= set(range(leaf.starts_on.toordinal(), leaf.ends_on.toordinal() + 1))
    return len(covered)


def _by_headcount(staff: Mapping[UUID | int | None, int], days: Mapping[LineFacts, int]) -> dict[LineFacts, int]:
    """Each team's staff, shared among its people by their days: whole numbers of one scale for all teams."""
    of_team: defaultdict[int, int] = defaultdict(int)
    for facts, count in days.items():
        of_team[facts.team] += count
    scale = 1
    for count in of_team.values():
        scale *= max(count, 1)
    return {
        facts: staff.get(facts.team, 0) * count * floor_div(scale, max(of_team[facts.team], 1))
        for facts, count in days.items()
    }
