"""Who pays what of a signed-off budget: the one charge taken once, in the council's order, over its parts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from leeway.care.decisions.models import Decision
from leeway.care.planning.costs import CostedLine, free_ways
from leeway.care.planning.models import Way
from leeway.law import law_on
from leeway.law.charging import apply_charge_to_ways, ways_in_order
from leeway.law.numbers import floor_div, split
from leeway.refusal import Refusal

NAME_IN_LAW = {Way.SERVICE_FUND: "individual_service_fund"}


@dataclass(frozen=True)
class Share:
    """One part of a budget: how it is held, what it costs a week, and who pays that. All pence a week."""

    way: Way
    gross_pence_per_week: int
    nhs_pence_per_week: int
    charge_pence_per_week: int
    is_gross: bool = False

    @property
    def paid_pence_per_week(self) -> int:
        """What the council pays out: a direct payment net of what the person pays into its account, or gross."""
        if self.way == Way.DIRECT_PAYMENT and not self.is_gross:
            return self.gross_pence_per_week - self.charge_pence_per_week
        return self.gross_pence_per_week


def way_of_start_up(ways: Collection[Way]) -> Way:
    """With which part what is paid once is paid: a direct payment or a service fund where there is one."""
    return next((way for way in (Way.DIRECT_PAYMENT, Way.SERVICE_FUND) if way in ways), next(iter(ways)))


def shares_of(final_budget: Decision, charge: Decision, law_day: date, *, gross: bool) -> list[Share]:
    """Each part of a budget that was decided with who pays it, in the order in which a charge is taken.

    NHS money is never charged for, nor is what is free by law: the charge is taken from the rest of each part alone.
    """
    lines = [CostedLine(**line) for line in final_budget.inputs["lines"]]
    return share_out(final_budget.result, charge.result, lines, order_of_charge(law_day), gross=gross)


def order_of_charge(law_day: date) -> list[str]:
    """The council's order in which one charge is taken from the parts of a budget, on a day."""
    return list(ways_in_order(law_on(law_day, settings.COUNCIL_POLICY)))


def share_out(
    result: dict, charge: dict, lines: Sequence[CostedLine], order: Sequence[str], *, gross: bool = False
) -> list[Share]:
    """Share a signed-off budget out, from its figures and the charge's, the lines, and the order of the charge.

    `gross` says that the council pays a direct payment whole, and bills the person for what they pay of it.
    """
    ways = {Way(way): pence for way, pence in result["ways"].items() if pence}
    nhs = dict.fromkeys(ways, 0)
    for line in lines:
        if line.way in nhs:
            nhs[Way(line.way)] += line.nhs_pence
    if sum(nhs.values()) and sum(nhs.values()) != result["nhs_pence_per_week"]:  # signed off at another amount
        nhs = dict(zip(nhs, split(result["nhs_pence_per_week"], list(nhs.values())), strict=True))
    if sum(nhs.values()) != result["nhs_pence_per_week"] or any(nhs[way] > ways[way] for way in ways):
        raise Refusal(
            "The plan and the signed-off budget differ on what the NHS pays. Ask for it to be signed off again."
        )
    free = free_ways(lines, charge["free_parts"])
    chargeable = {NAME_IN_LAW.get(way, way.value): max(0, ways[way] - nhs[way] - free.get(way, 0)) for way in ways}
    charged = apply_charge_to_ways(charge["charge_pence_per_week"], chargeable, order)
    shares = [
        Share(way, ways[way], nhs[way], charged[NAME_IN_LAW.get(way, way.value)]["charge_pence_per_week"], gross)
        for way in ways
    ]
    return sorted(shares, key=lambda share: order.index(NAME_IN_LAW.get(share.way, share.way.value)))


def divide(pence: int, shares: Sequence[int]) -> list[int]:
    """Share pence out in proportion so that nobody gets more than their share, and nothing is lost.

    `pence` is at most the sum of the shares.

    >>> divide(2, [1, 1, 1])
    [0, 1, 1]
    """
    left_pence, left_shares, parts = pence, sum(shares), []
    for share in shares:
        part = floor_div(left_pence * share, left_shares) if left_shares else 0
        parts.append(part)
        left_pence, left_shares = left_pence - part, left_shares - share
    return parts
