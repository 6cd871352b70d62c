"""Which lines are in a pool on which day: by client group and team, or by name. A line is in one pool on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from leeway.care.planning.models import PlanLine, PlanState
from leeway.care.planning.waiting import client_group
from leeway.law.exemptions import PART_BY_CODE
from leeway.money.funders.models import Purse
from leeway.money.pools.models import Membership, Pool
from leeway.period import Period

DAY = timedelta(days=1)
#: By which law each purse pays for a line that no rule frees.
REASONS: Mapping[Purse, str] = {
    Purse.COUNCIL: "Care Act 2014, s. 18: needs that the council must meet",
    Purse.NHS: "NHS Act 2006, s. 3: the health part of a joint package",
    Purse.PERSON: "Care Act 2014, s. 14: what the person pays",
}
CARER = "Care Act 2014, s. 20: a carer’s needs that the council must meet"


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What is known of a line: whose it is, in which group and team, who answers for it, and by which law it is."""

    line: UUID
    what: str
    case: UUID
    person: UUID
    name: str
    group: str
    team: int
    team_name: str
    owner: str
    exemption: str
    of_carer: bool

    def reason(self, purse: Purse) -> str:
        """By which law a purse pays for it."""
        if self.exemption in PART_BY_CODE and purse != Purse.PERSON:
            freed = PART_BY_CODE[self.exemption]
            return f"{freed.help.split(':')[0]}: {freed.label}"
        return CARER if self.of_carer and purse == Purse.COUNCIL else REASONS[purse]


@dataclass(frozen=True, slots=True)
class Belongings:
    """The lines that were in a pool on any day of a period, and the memberships that put them there or elsewhere."""

    pool: Pool
    facts: Mapping[UUID, LineFacts]
    memberships: Sequence[Membership]

    @property
    def cases(self) -> list[UUID]:
        """The cases of its lines."""
        return sorted({facts.case for facts in self.facts.values()})

    def lines_on(self, day: date) -> set[UUID]:
        """The lines in the pool on a day: those that it names, and those of its groups that no pool names."""
        holding = [each for each in self.memberships if each.starts_on <= day and (each.ends_on or day) >= day]
        named = {each.line_id: each.pool_id for each in holding if each.line_id}
        groups = {
            (each.client_group, each.team_id) for each in holding if not each.line_id and each.pool_id == self.pool.pk
        }
        return {
            line
            for line, facts in self.facts.items()
            if named.get(line) == self.pool.pk
            or (line not in named and {(facts.group, None), (facts.group, facts.team)} & groups)
        }

    def spans(self, period: Period) -> list[Period]:
        """A period cut where what is in the pool changes, and to the pool's own days."""
        first = max(period.starts_on, self.pool.starts_on)
        last = min(period.ends_on, self.pool.ends_on or period.ends_on)
        cuts = {each.starts_on for each in self.memberships}
        cuts |= {each.ends_on + DAY for each in self.memberships if each.ends_on}
        firsts = sorted({first} | {day for day in cuts if first < day <= last})
        lasts = [*(day - DAY for day in firsts[1:]), last]
        return [Period(one, end) for one, end in zip(firsts, lasts, strict=True) if one <= end]


def belongings(pool: Pool, period: Period) -> Belongings:
    """What was in a pool on any day of a period."""
    holding = holding_in(period)
    ours = [each for each in holding if each.pool_id == pool.pk]
    wanted = Q(pk__in=[each.line_id for each in ours if each.line_id])
    for each in ours:
        if each.client_group:
            in_group = Q(plan__case__support_reason__startswith=each.client_group)
            wanted |= in_group & (Q(plan__case__team=each.team_id) if each.team_id else Q())
    facts = {each.line: each for each in facts_of(PlanLine.objects.filter(wanted))}
    return Belongings(pool, facts, holding)


def holding_in(period: Period) -> list[Membership]:
    """Every membership, of any pool, that holds on some day of a period: whoever names a line takes it from others."""
    found = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gte=period.starts_on))
    return list(found.filter(starts_on__lte=period.ends_on))


def facts_of(lines: QuerySet[PlanLine]) -> list[LineFacts]:
    """What is known of lines of plans that were agreed."""
    agreed = lines.filter(
        plan__state__in=[PlanState.AGREED, PlanState.REPLACED, PlanState.ENDED], plan__budgets__isnull=False
    )
    rows = agreed.select_related("plan__case__person", "plan__case__team", "plan__case__worker").distinct()
    return [
        LineFacts(
            line=line.pk,
            what=line.what,
            case=line.plan.case_id,
            person=line.plan.case.person_id,
            name=str(line.plan.case.person),
            group=client_group(line.plan.case.support_reason),
            team=line.plan.case.team_id,
            team_name=line.plan.case.team.name,
            owner=line.plan.case.worker.name if line.plan.case.worker else line.plan.case.team.name,
            exemption=line.exemption,
            of_carer=line.plan.case.kind == "carer",
        )
        for line in rows.order_by("pk")
    ]
