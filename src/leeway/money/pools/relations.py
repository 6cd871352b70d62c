"""What must hold in a pool: it adds back to the penny, in what was reported and in what stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from leeway.money.ledger.histories import of_history
from leeway.money.ledger.relations import Relation
from leeway.money.pools.models import Membership, Overhead, Pool
from leeway.money.pools.untangling import untangle
from leeway.period import Period, financial_year, quarter

DAY = timedelta(days=1)


@dataclass(frozen=True)
class AddsBack:
    """That each pool, taken apart for each quarter that it has had, leaves nothing unexplained."""

    words: str = "Pool {pool}: {pence} pence of the days from {first} to {last} are not explained."

    def findings(self) -> Iterator[str]:
        """A sentence for each quarter of a pool that does not add back."""
        for pool in Pool.objects.all():
            quarters = quarters_of(pool)
            for found in untangle(pool, quarters) if quarters else ():
                if found.unexplained_pence:
                    days = {"first": found.period.starts_on, "last": found.period.ends_on}
                    yield self.words.format(pool=pool.pk, pence=found.unexplained_pence, **days)


def quarters_of(pool: Pool) -> list[Period]:
    """The quarters from the first in which something is in a pool to the end of the last year in which it changes."""
    days = [*pool.memberships.values_list("starts_on", flat=True), *pool.overheads.values_list("starts_on", flat=True)]
    lasts = [*pool.overheads.values_list("ends_on", flat=True), *days]
    if not days:
        return []
    found, last = [quarter(min(days))], financial_year(max(lasts)).ends_on
    while found[-1].ends_on < last:
        found.append(quarter(found[-1].ends_on + DAY))
    return found


RELATIONS = (
    AddsBack(),
    *of_history(Pool, "Pool"),
    *of_history(Membership, "Membership"),
    *of_history(Overhead, "Overhead"),
    Relation(
        "Report {report}: its groups and questions are {parts} pence, and its total is {total}.",
        "SELECT r.id AS report, (figures ->> 'total_pence')::bigint AS total, parts.pence AS parts "
        "FROM pools_report AS r CROSS JOIN LATERAL (SELECT (r.figures ->> 'in_question_pence')::bigint "
        " + COALESCE(SUM((part ->> 'pence')::bigint), 0) AS pence "
        " FROM jsonb_array_elements(r.figures -> 'groups') AS part) AS parts "
        "WHERE (figures ->> 'total_pence')::bigint <> parts.pence OR (figures ->> 'unexplained_pence')::bigint <> 0",
    ),
    Relation(
        "Report {report}: the rows of team {team} are not what it says of the team.",
        "SELECT r.id AS report, team ->> 'name' AS team FROM pools_report AS r "
        "CROSS JOIN jsonb_array_elements(r.figures -> 'groups') AS part "
        "CROSS JOIN jsonb_array_elements(part -> 'teams') AS team WHERE (team ->> 'pence')::bigint <> ("
        " SELECT COALESCE(SUM((row ->> 'pence')::bigint), 0) FROM jsonb_array_elements(team -> 'rows') AS row)",
    ),
    Relation(
        "Overhead {overhead} is driven by figures that nobody stated.",
        "SELECT o.id AS overhead FROM pools_overhead AS o WHERE o.driver IN ('hours', 'headcount') "
        "AND NOT EXISTS (SELECT 1 FROM pools_figure AS f WHERE f.overhead_id = o.id AND f.figure > 0 "
        " AND (o.driver = 'hours') = (f.case_id IS NOT NULL))",
    ),
    Relation(
        "Pool {pool} has a host that is none of its partners.",
        "SELECT p.id AS pool FROM pools_pool AS p WHERE NOT EXISTS ("
        " SELECT 1 FROM pools_partner AS partner WHERE partner.pool_id = p.id AND partner.funder_id = p.host_id)",
    ),
    Relation(
        "Overhead {overhead} is paid by somebody who is no partner of its pool.",
        "SELECT o.id AS overhead FROM pools_overhead AS o WHERE NOT EXISTS ("
        " SELECT 1 FROM pools_partner AS partner "
        "  WHERE partner.pool_id = o.pool_id AND partner.funder_id = o.paid_by_id)",
    ),
    Relation(
        "“{client_group}” is in two pools on the same days: memberships {one} and {other}.",
        "SELECT one.client_group, one.id AS one, other.id AS other FROM pools_membership AS one "
        "JOIN pools_membership AS other ON other.client_group = one.client_group AND other.id > one.id "
        "WHERE one.line_id IS NULL AND other.line_id IS NULL "
        "AND (one.team_id IS NULL OR other.team_id IS NULL OR one.team_id = other.team_id) "
        "AND daterange(one.starts_on, one.ends_on, '[]') && daterange(other.starts_on, other.ends_on, '[]')",
    ),
)
