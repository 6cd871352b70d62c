"""One coefficient, well told: what a difference of one in the effect goes with, once shared levels are taken out.

Everything that is not the effect is taken out of both series first (Frisch, Waugh and Lovell), exactly, whatever
rows are missing: each level's own mean and trend level by level, then period effects and controls by orthogonal
projection. What is left is one regression through the origin. Errors are clustered by unit.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
from scipy.special import stdtrit

from leeway.published.estimates.panel import Codes, Numbers, Panel
from leeway.refusal import Refusal

CONFIDENCE = 0.95
DRAWS = 999
SEED = 2012
# Below this many units two-point draws repeat themselves too often (2 to the number of units different draws).
FEW_UNITS = 12
# What remains of a column after others are taken out counts as nothing below this share of its length.
NOTHING = 1e-10


class NotEstimated(Refusal):
    """This panel cannot answer this specification; the sentence says why."""


class Within(StrEnum):
    """What each level keeps to itself."""

    NOTHING = "nothing"
    LEVELS = "levels"
    TRENDS = "levels and trends"


@dataclass(frozen=True)
class Estimate:
    """A coefficient, in units of the outcome for one more of the effect, with what it rests on.

    `standard_error` is clustered by unit with the small-sample factor G/(G-1), G being the number of units, and no
    other; `interval` is 95% from Student's t with G-1 degrees of freedom; `wild_bootstrap_p` is the chance of a
    t at least as far from nought if there were no association, by the wild cluster bootstrap with the null
    imposed (none where it was not asked for).
    """

    effect: float
    standard_error: float
    interval: tuple[float, float]
    observations: int
    units: int
    periods: int
    wild_bootstrap_p: float | None


def estimate(
    panel: Panel, *, within: Within = Within.LEVELS, period_effects: bool = True, draws: int = DRAWS, seed: int = SEED
) -> Estimate:
    """Estimate the coefficient on the rows that are complete. Refuses (NotEstimated) where they cannot say."""
    rows = panel.complete()
    units, cluster = np.unique(rows.unit, return_inverse=True)
    if len(units) < 2:
        raise NotEstimated("there are fewer than two units with both series: nothing to compare")
    outcome, effect, basis, absorbed = _taken_out(rows, within=within, period_effects=period_effects)
    if np.linalg.norm(effect) <= NOTHING * np.linalg.norm(rows.effect):
        raise NotEstimated("the effect does not vary beyond what units and periods have in common")
    if len(outcome) <= absorbed + 1:
        raise NotEstimated("there are no more observations than numbers to estimate")
    size = float(effect @ outcome / (effect @ effect))
    scores = np.bincount(cluster, effect * (outcome - size * effect))
    error = float(_clustered_error(scores, float(effect @ effect)))
    reach = float(stdtrit(len(units) - 1, (1 + CONFIDENCE) / 2)) * error
    chance = None
    if draws:
        chance = _wild_p(outcome, effect, basis, cluster, size=size, error=error, draws=draws, seed=seed)
    return Estimate(
        effect=size,
        standard_error=error,
        interval=(size - reach, size + reach),
        observations=len(outcome),
        units=len(units),
        periods=len(np.unique(rows.year)),
        wild_bootstrap_p=chance,
    )


def _taken_out(rows: Panel, *, within: Within, period_effects: bool) -> tuple[Numbers, Numbers, Numbers, int]:
    """Outcome and effect with all else taken out, the basis of what came out last, and how many numbers it took."""
    root = np.sqrt(rows.weight / rows.weight.mean())[:, None]
    years = np.unique(rows.year)
    shared = (rows.year[:, None] == years).astype(np.float64) if period_effects else np.ones((len(root), 1))
    table = np.column_stack([rows.outcome, rows.effect, shared, rows.controls]) * root
    lengths = np.linalg.norm(table, axis=0)
    absorbed = 0
    if within != Within.NOTHING:
        table, levels = _without(table, root, rows.level)
        absorbed += levels
    if within == Within.TRENDS:
        trend, _ = _without((rows.year - rows.year.mean())[:, None] * root, root, rows.level)
        table, trends = _without(table, trend, rows.level)
        absorbed += trends
    basis = _basis(table[:, 2:], lengths[2:])
    both = table[:, :2]
    for _ in range(2):  # the second pass takes out what rounding left behind
        both = both - basis @ (basis.T @ both)
    return both[:, 0], both[:, 1], basis, absorbed + basis.shape[1]


def _without(table: Numbers, column: Numbers, level: Codes) -> tuple[Numbers, int]:
    """A table with one column's part taken out level by level, and in how many levels there was such a part."""
    starts = np.flatnonzero(np.diff(level, prepend=level[0] - 1))
    squares = np.add.reduceat(column**2, starts)
    there = squares > 1e-9
    slopes = np.where(there, np.add.reduceat(table * column, starts), 0.0) / np.where(there, squares, 1.0)
    counts = np.diff(starts, append=len(level))
    return table - column * np.repeat(slopes, counts, axis=0), int(there.sum())


def _basis(columns: Numbers, lengths: Numbers) -> Numbers:
    """An orthonormal basis of the columns, leaving out those that say nothing the others do not."""
    basis = np.empty((len(columns), 0))
    for column, length in zip(columns.T, lengths, strict=True):
        for _ in range(2):  # once leaves too much behind where columns are nearly alike; twice is enough
            column = column - basis @ (basis.T @ column)
        remains = np.linalg.norm(column)
        if remains > np.sqrt(NOTHING) * length:
            basis = np.column_stack([basis, column / remains])
    return basis


def _clustered_error(scores: Numbers, squares: float) -> Numbers:
    """The standard error from each unit's score (last axis), with the factor G/(G-1)."""
    units = scores.shape[-1]
    return np.asarray(np.sqrt(units / (units - 1) * (scores**2).sum(axis=-1)) / squares)


def _wild_p(
    outcome: Numbers,
    effect: Numbers,
    basis: Numbers,
    cluster: Codes,
    *,
    size: float,
    error: float,
    draws: int,
    seed: int,
) -> float:
    """How often chance alone gives a t this far from nought: each unit's rows keep or change sign together.

    The rows under the null are the outcome with all else taken out. Drawing again multiplies them by one number a
    unit, after which each unit's own level is still out, and period effects must be taken out again: the basis
    does that, unit by unit, so that no draw needs a regression of its own.
    """
    if error == 0:
        return 1 / (draws + 1)
    units = int(cluster.max()) + 1
    signs = _signs(units, draws, seed)
    squares = np.bincount(cluster, effect**2)
    under_null = np.bincount(cluster, effect * outcome)
    out_of_outcome, out_of_effect = np.zeros((units, basis.shape[1])), np.zeros((units, basis.shape[1]))
    np.add.at(out_of_outcome, cluster, basis * outcome[:, None])
    np.add.at(out_of_effect, cluster, basis * effect[:, None])
    sizes = signs @ under_null / squares.sum()
    scores = signs * under_null - (signs @ out_of_outcome) @ out_of_effect.T - sizes[:, None] * squares
    errors = _clustered_error(scores, squares.sum())
    # Not “at least” to the last bit: a draw that keeps every sign is the sample itself.
    as_far = np.abs(sizes) * error >= np.abs(size) * errors * (1 - 1e-9)
    return float((1 + as_far.sum()) / (1 + draws))


@lru_cache(maxsize=8)
def _signs(units: int, draws: int, seed: int) -> Numbers:
    """A number for each draw and unit: Rademacher's two, or Webb's six where there are few units."""
    chance = np.random.default_rng(seed)
    if units < FEW_UNITS:
        six = np.sqrt([0.5, 1.0, 1.5])
        return chance.choice(np.concatenate([-six, six]), (draws, units))
    return chance.choice(np.array([-1.0, 1.0]), (draws, units))


def leave_one_out(
    panel: Panel, *, within: Within = Within.LEVELS, period_effects: bool = True, draws: int = 0
) -> dict[str, Estimate]:
    """The same estimate without each group (a region) in turn, by the name of the group left out.

    Refuses as `estimate` does.
    """
    return {
        str(name): estimate(panel.where(panel.group != name), within=within, period_effects=period_effects, draws=draws)
        for name in np.unique(panel.group)
    }
