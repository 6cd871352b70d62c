"""How a pool stands: contributions beside spend, and who bears the difference, what could be personal budgets."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from leeway.law.risk_share import RiskShare, share_risk
from leeway.law.spreading import pence_of
from leeway.money.funders.models import Funder
from leeway.money.pools.belonging import LineFacts
from leeway.money.pools.models import ContributionKind, Partner, Pool
from leeway.money.pools.untangling import Leaf, Untangled
from leeway.period import Period
from leeway.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Contributed:
    """What one partner agreed to contribute for some days, changes in the year included, and what came of it."""

    partner: Partner
    agreed_pence: int
    invoiced_pence: int
    paid_in_pence: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Contributions beside spend for some days, and who bears the difference; or why that cannot be said yet."""

    period: Period
    contributed: Sequence[Contributed]
    spent_pence: int
    shared: RiskShare | None
    problem: str

    @property
    def agreed_pence(self) -> int:
        """What the partners contribute together."""
        return sum(each.agreed_pence for each in self.contributed)

    @property
    def over_pence(self) -> int:
        """What is spent over the contributions; less than nothing is under them."""
        return self.spent_pence - self.agreed_pence


@dataclass(frozen=True, slots=True)
class Shadow:
    """What of a pool's spend on one person could be their personal budget: social care, less what is locked."""

    case: LineFacts
    social_care_pence: int
    locked_pence: int

    @property
    def could_be_pence(self) -> int:
        """What could be theirs to direct."""
        return self.social_care_pence - self.locked_pence


def standing(pool: Pool, untangled: Untangled) -> Standing:
    """How a pool stands for the days that were taken apart."""
    contributed = contributions(pool, untangled.period)
    names = told_apart(each.partner.funder for each in contributed)
    amounts = {names[each.partner.funder_id]: each.agreed_pence for each in contributed}
    shared, problem = None, ""
    try:
        shared = share_risk(pool.rule, amounts, host=names.get(pool.host_id, ""), spent_pence=untangled.spent_pence)
    except Refusal as refusal:
        problem = str(refusal)
    return Standing(untangled.period, contributed, untangled.spent_pence, shared, problem)


def told_apart(funders: Iterable[Funder]) -> dict[UUID, str]:
    """The name of each funder, with its code where another of them is called the same."""
    every = list(funders)
    called = Counter(each.name for each in every)
    return {each.pk: each.name if called[each.name] == 1 else f"{each.name} ({each.code})" for each in every}


def contributions(pool: Pool, period: Period) -> list[Contributed]:
    """What each partner contributes for some days: an amount for other days is spread over them."""
    partners = list(pool.partners.all())
    found: defaultdict[UUID, Counter[str]] = defaultdict(Counter)
    for row in (each for partner in partners for each in partner.contributions.all()):
        found[row.partner_id][row.kind] += pence_of(
            row.pence,
            row.starts_on,
            row.ends_on,
            first=max(row.starts_on, period.starts_on),
            last=min(row.ends_on, period.ends_on),
        )
    return [
        Contributed(
            partner,
            agreed_pence=found[partner.pk][ContributionKind.AGREED] + found[partner.pk][ContributionKind.CHANGED],
            invoiced_pence=found[partner.pk][ContributionKind.INVOICED],
            paid_in_pence=found[partner.pk][ContributionKind.PAID_IN],
        )
        for partner in partners
    ]


def shadows(leaves: Iterable[Leaf]) -> list[Shadow]:
    """What of the spend on each person could be their personal budget, the largest first."""
    social, locked = Counter[UUID](), Counter[UUID]()
    people: dict[UUID, LineFacts] = {}
    for leaf in leaves:
        if leaf.social_care:
            people.setdefault(leaf.case.case, leaf.case)
            social[leaf.case.case] += leaf.pence
            locked[leaf.case.case] += leaf.locked_pence
    found = [Shadow(facts, social[case], locked[case]) for case, facts in people.items()]
    return sorted(found, key=lambda each: (-each.could_be_pence, str(each.case.case)))


def releases(leaves: Iterable[Leaf]) -> Mapping[date, int]:
    """When cost that is locked can be released, and how much of these days' cost that is, the first day at the top."""
    found: Counter[date] = Counter()
    for leaf in leaves:
        if leaf.locked_until is not None and leaf.locked_pence:
            found[leaf.locked_until] += leaf.locked_pence
    return dict(sorted(found.items()))
