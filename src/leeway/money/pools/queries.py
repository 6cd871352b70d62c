"""Reading pooled funds: how one stands, and a walk through its quarter from the total to a person's day."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.looks import record_look, record_looks
from leeway.access.models import Team, User
from leeway.access.roles import Capability
from leeway.care.people.queries import people_called
from leeway.care.planning.models import PlanLine, PlanState
from leeway.money.funders.models import Funder, Purse
from leeway.money.pools.belonging import LineFacts, belongings
from leeway.money.pools.models import Contribution, Membership, Overhead, Partner, Pool, Report
from leeway.money.pools.position import Shadow, Standing, releases, shadows, standing
from leeway.money.pools.reporting import digest_of, figures_of, payer_names, payer_of
from leeway.money.pools.untangling import LINE, ByDay, Leaf, Question, Untangled, days_of_leaf, line_by_days, untangle
from leeway.period import Period, financial_year

LINES_MOST = 30
NOTHING = "Nothing of this pool is there in this quarter."


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a walk: its name, where a click on it leads, how many people it is for, and its pence by purse."""

    name: str
    leads: Mapping[str, object]
    people: int
    purses: Mapping[Purse, int]
    payer: str = ""
    owner: str = ""
    reason: str = ""

    @property
    def pence(self) -> int:
        """All of it."""
        return sum(self.purses.values())


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the way here, and where it leads back to."""

    name: str
    leads: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Walk:
    """One level of a pool's quarter: what it has one level up, and the rows that it is made of."""

    pool: Pool
    period: Period
    level: str
    crumbs: Sequence[Crumb]
    pence: int
    rows: Sequence[Row]
    questions: Sequence[Question]
    in_question_pence: int

    @property
    def unexplained_pence(self) -> int:
        """What it has one level up that no row and no question accounts for."""
        return self.pence - sum(row.pence for row in self.rows) - self.in_question_pence


@dataclass(frozen=True, slots=True)
class Picture:
    """How a pool stands for a quarter and, as far as is known, for its whole year."""

    pool: Pool
    figures: Mapping[str, Any]
    """All that a report of the quarter would say now."""
    seen: str
    """By which these figures are known again."""
    quarter: Standing
    year: Standing
    untangled: Untangled
    could_be_pence: int
    releases: Mapping[date, int]
    reports: Sequence[Report]


@dataclass(frozen=True, slots=True)
class Asked:
    """How far somebody has walked: the client group, the team, the person's case, and the thing that is looked at."""

    group: str = ""
    team: int | None = None
    case: UUID | None = None
    kind: str = ""
    source: UUID | None = None

    def holds(self, leaf: Leaf) -> bool:
        """Whether a leaf is below the place that was walked to."""
        return (
            self.group in ("", leaf.case.group)
            and self.team in (None, leaf.case.team)
            and self.case in (None, leaf.case.case)
            and (self.source is None or (self.kind, self.source) == (leaf.kind, leaf.source))
        )


def pools(*, seen_by: User) -> QuerySet[Pool]:
    """Every pool."""
    check_can(seen_by, Capability.SEE_POOLS)
    partners = Prefetch("partners", Partner.objects.select_related("funder").prefetch_related("contributions"))
    return Pool.objects.select_related("host", "manager").prefetch_related(partners)


def lines_called(words: str, *, seen_by: User) -> list[PlanLine]:
    """The lines that are paid now of people so called, some of them. Whose they are counts as looked at."""
    check_can(seen_by, Capability.KEEP_POOLS)
    if not words.strip():
        return []
    lines = PlanLine.objects.filter(plan__state=PlanState.AGREED, plan__case__person__in=people_called(words))
    found = list(lines.filter(plan__budgets__isnull=False).distinct().select_related("plan__case__person")[:LINES_MOST])
    record_looks(viewer=seen_by, person_ids=[line.plan.case.person_id for line in found], page="A line for a pool")
    return found


def get_pool(pool_id: UUID, *, seen_by: User) -> Pool:
    """One pool. Http404 where there is none."""
    found = pools(seen_by=seen_by).filter(pk=pool_id).first()
    if found is None:
        raise Http404("There is no such pool.")
    return found


def picture(pool: Pool, quarter: Period, *, seen_by: User) -> Picture:
    """How a pool stands: nobody is named."""
    check_can(seen_by, Capability.SEE_POOLS)
    of_quarter, of_year = untangle(pool, [quarter, financial_year(quarter.starts_on)])
    figures = figures_of(pool, of_quarter)
    return Picture(
        pool=pool,
        figures=figures,
        seen=digest_of(figures),
        quarter=standing(pool, of_quarter),
        year=standing(pool, of_year),
        untangled=of_quarter,
        could_be_pence=sum(each.could_be_pence for each in shadows(of_quarter.leaves)),
        releases=releases(of_quarter.leaves),
        reports=list(pool.reports.select_related("made_by")),
    )


def shadow_budgets(pool: Pool, quarter: Period, *, seen_by: User) -> list[Shadow]:
    """What of a pool's spend on each person could be their personal budget. Everybody in it is looked at."""
    check_can(seen_by, Capability.UNTANGLE_POOLS)
    found = shadows(untangle(pool, [quarter])[0].leaves)
    record_looks(viewer=seen_by, person_ids=[each.case.person for each in found], page=f"Pool: {pool}")
    return found


def walk(pool: Pool, quarter: Period, asked: Asked, *, seen_by: User) -> Walk:
    """The level of a pool's quarter that somebody has walked to. Whoever is named there is looked at."""
    check_can(seen_by, Capability.UNTANGLE_POOLS)
    if asked.source is not None and asked.case is None:
        raise Http404(NOTHING)  # a thing of a person is walked to by that person, who is looked at
    if asked.kind == LINE and asked.source:
        return _line_by_days(pool, quarter, asked, seen_by)
    found = untangle(pool, [quarter])[0]
    leaves = [leaf for leaf in found.leaves if asked.holds(leaf)]
    if not leaves and asked != Asked():
        raise Http404(NOTHING)
    level, rows = _rows(asked, leaves)
    top = asked == Asked()
    if asked.case is not None:
        record_look(viewer=seen_by, person_id=leaves[0].case.person, page=f"Pool: {pool}", own=True)
    elif level == "person":
        record_looks(viewer=seen_by, person_ids=[leaf.case.person for leaf in leaves], page=f"Pool: {pool}")
    return Walk(
        pool=pool,
        period=quarter,
        level=level,
        crumbs=_crumbs(asked, leaves),
        pence=found.total_pence if top else sum(leaf.pence for leaf in leaves),
        rows=rows,
        questions=found.questions if top else (),
        in_question_pence=found.in_question_pence if top else 0,
    )


def _line_by_days(pool: Pool, quarter: Period, asked: Asked, seen_by: User) -> Walk:
    """A line of a person, day by day: the days are read from the ledger one by one, and add back to the line."""
    assert asked.source and asked.case
    leaves, days = line_by_days(pool, asked.source, asked.case, quarter)
    if not leaves:
        raise Http404(NOTHING)
    record_look(viewer=seen_by, person_id=leaves[0].case.person, page=f"Pool: {pool}", own=True)
    pence = sum(leaf.pence for leaf in leaves)
    return Walk(pool, quarter, "day", _crumbs(asked, leaves), pence, _days(leaves, days), (), 0)


def _rows(asked: Asked, leaves: Sequence[Leaf]) -> tuple[str, list[Row]]:
    if asked.source is not None:
        return "day", _days(leaves, _spread(leaves))
    if asked.case is not None:
        return "line", _lines(leaves)
    if asked.team is not None:
        return "person", _grouped(leaves, lambda facts: facts.name, to_person)
    if asked.group:
        return "team", _grouped(leaves, lambda facts: facts.team_name, to_team)
    return "group", _grouped(leaves, lambda facts: facts.group, to_group)


def to_group(facts: LineFacts) -> dict[str, Any]:
    """What leads to a client group."""
    return {"group": facts.group}


def to_team(facts: LineFacts) -> dict[str, Any]:
    """What leads to a team of a client group."""
    return to_group(facts) | {"team": facts.team}


def to_person(facts: LineFacts) -> dict[str, Any]:
    """What leads to a person: their case alone, so that no address says which group somebody is of."""
    return {"case": facts.case}


def _grouped(
    leaves: Iterable[Leaf],
    name: Callable[[LineFacts], str],
    leads: Callable[[LineFacts], dict[str, Any]],
) -> list[Row]:
    """Rows of leaves that lead on to the same place, the largest first."""
    found: defaultdict[str, list[Leaf]] = defaultdict(list)
    for leaf in leaves:
        found[str(leads(leaf.case))].append(leaf)
    rows = [
        Row(
            name(of[0].case),
            leads(of[0].case),
            len({leaf.case.person for leaf in of}),
            _purses(of),
        )
        for of in found.values()
    ]
    return sorted(rows, key=lambda row: (-row.pence, row.name))


def _lines(leaves: Iterable[Leaf]) -> list[Row]:
    """What a person has of a pool, line by line and payer by payer, with who answers for it and the law."""
    names = payer_names()
    found: defaultdict[tuple[str, UUID, str, str], list[Leaf]] = defaultdict(list)
    for leaf in leaves:
        found[leaf.kind, leaf.source, payer_of(leaf, names), leaf.reason].append(leaf)
    return [
        Row(
            of[0].what,
            to_person(of[0].case) | {"kind": kind, "source": source},
            1,
            _purses(of),
            payer=payer,
            owner=of[0].owner,
            reason=reason,
        )
        for (kind, source, payer, reason), of in sorted(found.items(), key=lambda item: (item[0][0], item[1][0].what))
    ]


def _days(leaves: Sequence[Leaf], days: ByDay) -> list[Row]:
    """A thing of a person, day by day and payer by payer."""
    names, leaf = payer_names(), leaves[0]
    reasons = {each.purse: each.reason for each in leaves}
    return [
        Row(
            day.isoformat(),
            {},
            1,
            {purse: pence},
            payer=names[payer] if payer else payer_of(next(one for one in leaves if one.purse == purse), names),
            owner=leaf.owner,
            reason=reasons[purse],
        )
        for day, payers in days.items()
        for (payer, purse), pence in payers.items()
        if pence
    ]


def _spread(leaves: Iterable[Leaf]) -> ByDay:
    found: defaultdict[date, defaultdict[tuple[UUID | None, Purse], int]] = defaultdict(lambda: defaultdict(int))
    for leaf in leaves:
        for day, pence in days_of_leaf(leaf).items():
            found[day][leaf.payer, leaf.purse] += pence
    return {day: dict(payers) for day, payers in sorted(found.items())}


def _purses(leaves: Iterable[Leaf]) -> dict[Purse, int]:
    found = dict.fromkeys((Purse.COUNCIL, Purse.NHS, Purse.PERSON), 0)
    for leaf in leaves:
        found[leaf.purse] += leaf.pence
    return found


def _crumbs(asked: Asked, leaves: Sequence[Leaf]) -> list[Crumb]:
    found = [Crumb("The pool", {})]
    if not leaves:
        return found
    facts = leaves[0].case
    if asked.group or asked.case:
        found.append(Crumb(facts.group, to_group(facts)))
    if asked.team or asked.case:
        found.append(Crumb(facts.team_name, to_team(facts)))
    if asked.case:
        found.append(Crumb(facts.name, to_person(facts)))
    if asked.source is not None:
        found.append(Crumb(leaves[0].what, {}))
    return found


def contents(pool: Pool, *, seen_by: User) -> tuple[Sequence[Membership], Sequence[Overhead], Sequence[Contribution]]:
    """What is in a pool, its overheads, and what its partners contribute."""
    check_can(seen_by, Capability.UNTANGLE_POOLS)
    rows = Contribution.objects.filter(partner__pool=pool).select_related("partner__funder", "recorded_by")
    inside = list(pool.memberships.select_related("team", "line__plan__case__person"))
    named = [each.line.plan.case.person_id for each in inside if each.line]
    record_looks(viewer=seen_by, person_ids=named, page=f"Pool: {pool}")
    return inside, list(pool.overheads.select_related("team", "owner", "paid_by", "answered_by")), list(rows)


def get_membership(membership_id: UUID, *, pool: Pool) -> Membership:
    """Something that is in a pool which this user was found to be allowed to see."""
    found = pool.memberships.select_related("team", "line").filter(pk=membership_id).first()
    if found is None:
        raise Http404("This is not in the pool.")
    return found


def get_overhead(overhead_id: UUID, *, pool: Pool) -> Overhead:
    """An overhead of a pool which this user was found to be allowed to see."""
    found = pool.overheads.select_related("team", "owner").filter(pk=overhead_id).first()
    if found is None:
        raise Http404("There is no such overhead.")
    return found


def get_report(pool_id: UUID, number: int, *, seen_by: User) -> Report:
    """A report as it was made: nobody is named in it."""
    check_can(seen_by, Capability.SEE_POOLS)
    found = Report.objects.select_related("pool", "made_by").filter(pool=pool_id, number=number).first()
    if found is None:
        raise Http404("There is no such report.")
    return found


def people_and_teams(pool: Pool, period: Period, *, seen_by: User) -> tuple[dict[UUID, LineFacts], list[Team]]:
    """Who is in a pool on some days, and in which teams: to state what drives an overhead."""
    check_can(seen_by, Capability.KEEP_POOLS)
    people = {facts.case: facts for facts in belongings(pool, period).facts.values()}
    record_looks(viewer=seen_by, person_ids=[facts.person for facts in people.values()], page=f"Pool: {pool}")
    return people, list(Team.objects.filter(pk__in={facts.team for facts in people.values()}).order_by("name"))


def funders() -> QuerySet[Funder]:
    """Everybody who could be a partner."""
    return Funder.objects.all()
