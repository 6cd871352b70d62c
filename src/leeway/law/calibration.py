"""Setting an allocation table at the desk: match the ranks of points to the ranks of real costs.

Source: the desk-top exercise of the Common Resource Allocation Framework (ADASS, 2010).
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from leeway.law.allocation import interpolate
from leeway.law.numbers import ceil_div, floor_div
from leeway.law.outcome import BadInput


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a table foretells real costs: errors as shares of the cost, and the agreement of the two orders."""

    people: int
    mean_absolute_error: float
    within_10_percent: float
    within_20_percent: float
    bias: float
    rank_correlation: float | None

    @property
    def words(self) -> str:
        """The same in a sentence or two."""
        order = self.rank_correlation
        agree = "cannot be said, since all are alike" if order is None else f"{order:.3f} (Spearman)"
        return (
            f"Mean error {self.mean_absolute_error:.1%} of the cost; {self.within_10_percent:.1%} of people within "
            f"10 per cent of their cost and {self.within_20_percent:.1%} within 20; all together {self.bias:+.1%}. "
            f"Agreement of the two orders: {agree}."
        )


def rank_match(
    points: Sequence[int],
    weekly_costs_pence: Sequence[int],
    *,
    percentiles: Sequence[int] | None = None,
    round_to_pence: int = 500,
) -> tuple[tuple[int, int], ...]:
    """Make a table of (points, pence): the person at a percentile of points gets the cost at that percentile.

    Without `percentiles` every person is a row. Rows with the same points share their mean cost; costs are rounded
    to the nearest `round_to_pence`, and never fall as points rise.

    >>> rank_match([20, 10], [110_00, 50_00])
    ((10, 5000), (20, 11000))
    """
    if len(points) != len(weekly_costs_pence) or not points:
        raise BadInput("Give one weekly cost for each person’s points, and at least one person.", field="points")
    ranked = list(zip(sorted(points), sorted(weekly_costs_pence), strict=True))
    if percentiles is not None:
        ranked = [ranked[floor_div((len(ranked) - 1) * percentile, 100)] for percentile in percentiles]
    costs: dict[int, list[int]] = {}
    for point, cost in ranked:
        costs.setdefault(point, []).append(cost)
    half = floor_div(round_to_pence, 2)
    return tuple(
        (point, floor_div(floor_div(sum(c), len(c)) + half, round_to_pence) * round_to_pence)
        for point, c in costs.items()
    )


def match_with_help(
    points: Sequence[int],
    hundredths_left: Sequence[int],
    weekly_costs_pence: Sequence[int],
    *,
    percentiles: Sequence[int],
) -> tuple[tuple[int, int], ...]:
    """Make a table of (points, pence) as `allocate` reads it: what the needs cost if nobody helped.

    `points` are each person's points before help, `hundredths_left` what remains of them after it, in hundredths: that
    is what today's weekly costs pay for, so it is what they are matched to by rank. In the band around each percentile
    of points, a point then costs what the band's costs are a point that remains. Ends in `never_cheaper`.
    """
    if not len(points) == len(hundredths_left) == len(weekly_costs_pence) or not any(points):
        raise BadInput("Give points before and after help and one weekly cost for each person.", field="points")
    left, needs = np.array(hundredths_left, dtype=np.int64), np.array(points, dtype=np.int64)
    costs = np.empty(len(left), dtype=np.int64)
    costs[np.argsort(left, kind="stable")] = np.sort(np.array(weekly_costs_pence, dtype=np.int64))
    edges = [0, *(floor_div(low + high, 2) for low, high in itertools.pairwise([*percentiles, 100]))]
    inside = np.flatnonzero(needs > 0)
    ranked = inside[np.argsort(needs[inside], kind="stable")]
    rows = []
    for percentile, (low, high) in zip(percentiles, itertools.pairwise(edges), strict=True):
        band = ranked[floor_div(len(ranked) * low, 100) : floor_div(len(ranked) * high, 100)]
        reached = int(needs[ranked[floor_div((len(ranked) - 1) * percentile, 100)]])
        rows.append((reached, int(floor_div(100 * reached * costs[band].sum(), left[band].sum()))))
    return never_cheaper(rows)


def never_cheaper(table: Sequence[tuple[int, int]], *, round_to_pence: int = 5) -> tuple[tuple[int, int], ...]:
    """Level a table so that a point never costs less where there are more of them.

    Without this, somebody who needs more of one thing would be given less for another. Rows whose points would grow
    cheaper share their mean price (the pool-adjacent-violators rule); prices are rounded down to `round_to_pence`.

    >>> never_cheaper([(5, 70_00), (10, 120_00), (20, 300_00)])
    ((5, 6500), (10, 13000), (20, 30000))
    """
    above = [(points, pence) for points, pence in table if points]  # no points cost nothing
    pools: list[list[Fraction]] = []
    for points, pence in above:
        pools.append([Fraction(pence, points)])
        while len(pools) > 1 and _mean(pools[-2]) > _mean(pools[-1]):
            cheaper = pools.pop()
            pools[-1] = pools[-1] + cheaper
    prices = [_mean(pool) for pool in pools for _ in pool]
    return tuple(
        (points, points * round_to_pence * int(price // round_to_pence))
        for (points, _), price in zip(above, prices, strict=True)
    )


def _mean(prices: Sequence[Fraction]) -> Fraction:
    return sum(prices, Fraction()) / len(prices)


def contingency_pence(allocations_pence: Sequence[int], contingency_percent: int) -> int:
    """What a council plans to hold, beside all its allocations, for plans that cost more than a table can see.

    The Common Resource Allocation Framework takes the same money off every row: `contingency_percent` of the whole, of
    which the allocations are the rest.

    >>> contingency_pence([85_00], 15)
    1500
    """
    if not 0 <= contingency_percent < 100:
        raise BadInput("contingency_percent must be from 0 to 99.", field="contingency_percent")
    return int(ceil_div(sum(allocations_pence) * contingency_percent, 100 - contingency_percent))


def deflator_percent(table: Sequence[tuple[int, int]], points: Sequence[int], available_pence: int) -> int:
    """Find the whole per cent of every price at which these people's allocations fit the money there is.

    Rounded down, so that the total never exceeds `available_pence` (which includes the contingency).
    """
    priced = sum(interpolate(100 * point, table) for point in points)
    if priced <= 0:
        raise BadInput("Nobody has any points, so no deflator can be found.", field="points")
    return int(floor_div(100 * available_pence, priced))


def allocations(
    table: Sequence[tuple[int, int]], points: Sequence[int], hundredths_left: Sequence[int] | None = None
) -> list[int]:
    """What the table gives each person a week, in pence, by what remains of their points where others help."""
    priced = [interpolate(100 * point, table) for point in points]
    if hundredths_left is None:
        return priced
    return [
        floor_div(pence * left, 100 * point) if point else 0
        for pence, point, left in zip(priced, points, hundredths_left, strict=True)
    ]


def fit(
    table: Sequence[tuple[int, int]],
    points: Sequence[int],
    weekly_costs_pence: Sequence[int],
    hundredths_left: Sequence[int] | None = None,
) -> Fit:
    """Compare what the table gives each person with what their support really costs."""
    if len(points) != len(weekly_costs_pence) or not points or min(weekly_costs_pence) <= 0:
        raise BadInput("Give one weekly cost above nought for each person’s points.", field="weekly_costs_pence")
    costs = np.array(weekly_costs_pence, dtype=float)
    given = np.array(allocations(table, points, hundredths_left), dtype=float)
    error = (given - costs) / costs
    return Fit(
        people=len(costs),
        mean_absolute_error=float(np.mean(np.abs(error))),
        within_10_percent=float(np.mean(np.abs(error) <= 0.10)),
        within_20_percent=float(np.mean(np.abs(error) <= 0.20)),
        bias=float((given.sum() - costs.sum()) / costs.sum()),
        rank_correlation=_agreement(np.array(points if hundredths_left is None else hundredths_left), costs),
    )


def _agreement(points: np.ndarray, costs: np.ndarray) -> float | None:
    """Spearman's rank correlation; none where all points or all costs are alike."""
    if len(np.unique(points)) < 2 or len(np.unique(costs)) < 2:
        return None
    return float(np.corrcoef(_ranks(points), _ranks(costs))[0, 1])


def _ranks(values: np.ndarray) -> np.ndarray:
    ordered = np.sort(values)
    return (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / 2
