"""Setting an allocation table at the desk: match the ranks of points to the ranks of real costs.

Source: the desk-top exercise of the Common Resource Allocation Framework (ADASS, 2010).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leeway.law.allocation import interpolate
from leeway.law.numbers import floor_div
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
        raise BadInput("Give one weekly cost for each person's points, and at least one person.", field="points")
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


def keep_contingency(table: Sequence[tuple[int, int]], contingency_percent: int) -> tuple[tuple[int, int], ...]:
    """Take the contingency off every row, as the indicative budget does."""
    return tuple((points, floor_div(pence * (100 - contingency_percent), 100)) for points, pence in table)


def step_table(hundredths_of_points: int, table: Sequence[tuple[int, int]]) -> int:
    """Read a table as steps, as older systems did: the last row reached. Kept to show what a cliff costs."""
    return max((pence for points, pence in table if 100 * points <= hundredths_of_points), default=0)


def deflator_percent(table: Sequence[tuple[int, int]], points: Sequence[int], available_pence: int) -> int:
    """Find the whole per cent of every price at which these people's allocations fit the money there is.

    Rounded down, so that the total never exceeds `available_pence` (which includes the contingency).
    """
    priced = sum(interpolate(100 * point, table) for point in points)
    if priced <= 0:
        raise BadInput("Nobody has any points, so no deflator can be found.", field="points")
    return int(floor_div(100 * available_pence, priced))


def fit(table: Sequence[tuple[int, int]], points: Sequence[int], weekly_costs_pence: Sequence[int]) -> Fit:
    """Compare what the table gives each person with what their support really costs."""
    if len(points) != len(weekly_costs_pence) or not points or min(weekly_costs_pence) <= 0:
        raise BadInput("Give one weekly cost above nought for each person's points.", field="weekly_costs_pence")
    costs = np.array(weekly_costs_pence, dtype=float)
    given = np.array([interpolate(100 * point, table) for point in points], dtype=float)
    error = (given - costs) / costs
    return Fit(
        people=len(costs),
        mean_absolute_error=float(np.mean(np.abs(error))),
        within_10_percent=float(np.mean(np.abs(error) <= 0.10)),
        within_20_percent=float(np.mean(np.abs(error) <= 0.20)),
        bias=float((given.sum() - costs.sum()) / costs.sum()),
        rank_correlation=_agreement(np.array(points), costs),
    )


def _agreement(points: np.ndarray, costs: np.ndarray) -> float | None:
    """Spearman's rank correlation; none where all points or all costs are alike."""
    if len(np.unique(points)) < 2 or len(np.unique(costs)) < 2:
        return None
    return float(np.corrcoef(_ranks(points), _ranks(costs))[0, 1])


def _ranks(values: np.ndarray) -> np.ndarray:
    ordered = np.sort(values)
    return (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / 2
