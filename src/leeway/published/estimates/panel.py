"""A panel: the same two series for each unit (a council) in each year, with what else goes into a regression."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leeway.refusal import Refusal

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Panel:
    """One row for each unit and year, sorted by unit, then year; a number that is not known is not-a-number.

    `level` says which rows share a level of their own. It is the unit, unless a break in the recording gives each
    unit one level before and another after; differences and lags never reach across it. `controls` has a column
    for each further series, perhaps none. `weight` counts how much a row says; 1 where nothing else is given.
    `group` names what the unit belongs to (a region), where that is asked.
    """

    unit: Codes
    year: Codes
    outcome: Numbers
    effect: Numbers
    controls: Numbers
    weight: Numbers
    level: Codes
    group: NDArray[np.str_]

    def where(self, keep: NDArray[np.bool_]) -> "Panel":
        """The rows to keep."""
        return Panel(**{name: column[keep] for name, column in vars(self).items()})

    def complete(self) -> "Panel":
        """The rows on which everything is known."""
        known = np.isfinite(self.outcome) & np.isfinite(self.effect) & np.isfinite(self.weight)
        return self.where(known & np.isfinite(self.controls).all(axis=1))


def panel_of(
    *,
    unit: ArrayLike,
    year: ArrayLike,
    outcome: ArrayLike,
    effect: ArrayLike,
    controls: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    group: ArrayLike | None = None,
) -> Panel:
    """A panel from columns in any order, each unit with one level throughout.

    Refuses a unit that has a year twice, and a weight that is not above nought.
    """
    names, years = np.asarray(unit), np.asarray(year, dtype=np.int64)
    codes = np.unique(names, return_inverse=True)[1].astype(np.int64)
    order = np.lexsort((years, codes))
    codes, years = codes[order], years[order]
    if ((np.diff(codes) == 0) & (np.diff(years) == 0)).any():
        raise Refusal("A unit has the same year twice. Keep one row for each unit and year.")
    rows = len(order)
    weights = np.ones(rows) if weight is None else np.asarray(weight, dtype=np.float64)[order]
    if (weights <= 0).any():
        raise Refusal("A weight is nought or less. Give weights above nought.")
    others = np.empty((rows, 0)) if controls is None else np.asarray(controls, dtype=np.float64).reshape(rows, -1)
    return Panel(
        unit=codes,
        year=years,
        outcome=np.asarray(outcome, dtype=np.float64)[order],
        effect=np.asarray(effect, dtype=np.float64)[order],
        controls=others[order],
        weight=weights,
        level=codes,
        group=np.full(rows, "") if group is None else np.asarray(group, dtype=np.str_)[order],
    )


def broken(panel: Panel, *, years: tuple[int, ...]) -> Panel:
    """The same panel in which each of these years begins a new level of every unit."""
    if not years:
        return panel
    era = np.searchsorted(np.sort(np.asarray(years, dtype=np.int64)), panel.year, "right")
    return replace(panel, level=panel.unit * (len(years) + 1) + era)


def differenced(panel: Panel) -> Panel:
    """What changed from one year to the next: only where both years are known and follow each other directly."""
    known = panel.complete()
    later, earlier = known.where(_follows(known)), known.where(np.roll(_follows(known), -1))
    return replace(
        later,
        outcome=later.outcome - earlier.outcome,
        effect=later.effect - earlier.effect,
        controls=later.controls - earlier.controls,
    )


def lagged(panel: Panel) -> Panel:
    """The same panel with the effect of the year before in place of this year's; unknown where that is not there.

    The year before may lack an outcome: only its effect is asked for.
    """
    effect = np.full(len(panel.effect), np.nan)
    follows = _follows(panel)
    effect[follows] = panel.effect[np.roll(follows, -1)]
    return replace(panel, effect=effect)


def _follows(panel: Panel) -> NDArray[np.bool_]:
    """Which rows come directly after the row above: the same level, one year later."""
    follows = np.zeros(len(panel.year), dtype=np.bool_)
    follows[1:] = (np.diff(panel.level) == 0) & (np.diff(panel.year) == 1)
    return follows
