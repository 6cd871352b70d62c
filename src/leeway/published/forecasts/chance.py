"""The chance that a unit reaches a percentage by a date, with the middle and an interval.

In two sentences: of three plain forecasts (the last value, a running average, a trend that fades), take the one that
has come nearest so far on the past of the very file that is given. How far it missed then, in the unit itself and in
the others, says how far it may miss now.

The work is done on the angle whose sine, squared, is the share: there a point near 0 or 100 weighs more than one near
50, no forecast leaves 0 to 100, and 0 and 100 themselves are ordinary values. docs/explanation/forecasts.md gives the
scores of this method and of its parts on the past of real series.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import asin, sqrt

import numpy as np
import polars as pl
from scipy.special import stdtr, stdtrit

from leeway.published.forecasts.series import DAYS_PER_YEAR, refuse_unusable
from leeway.refusal import Refusal

#: The interval that answers carry, in percent: as often as that the value should lie within it.
INTERVAL_PERCENT = 80
EDGE = (1 - INTERVAL_PERCENT / 100) / 2

#: How far one year's forecast of a council's share commonly misses, as an angle: 0.04 is 4 points at 50 percent and
#: 2.4 at 10. It stands for what a file's own past does not tell. The back-test prints it for the real series.
COMMON_MISS = 0.04
#: As how many misses of its own the common miss counts, and the other units' misses for each unit.
COMMON_MISSES = 4
#: The square of a miss grows as this power of the years ahead: slower than a random walk (1), since much of a yearly
#: figure's movement is its own noise; faster than noise alone (0).
GROWTH = 0.75


@dataclass(frozen=True)
class Plain:
    """One plain way to forecast: how much of each surprise goes into the level, and into the yearly trend."""

    name: str
    level: float
    trend: float = 0.0
    #: What is left of the trend after a year.
    fade: float = 0.9

    def ahead(self, years: float | np.ndarray) -> float | np.ndarray:
        """How many years' worth of trend lie that many years ahead, once it fades."""
        return years if self.fade == 1 else self.fade * (1 - self.fade**years) / (1 - self.fade)


LAST_VALUE = Plain("last value", level=1)
RUNNING_AVERAGE = Plain("running average", level=0.5)
FADING_TREND = Plain("fading trend", level=1, trend=0.3)
#: Nobody should use it: every change is expected again each year. It stands beside the others in the back-test.
LAST_CHANGE = Plain("last change", level=1, trend=1, fade=1)

#: “By April 2011” is answered by the figure of 31 March: nothing is forecast for a day so soon after.
SAME_FIGURE = timedelta(days=14)
NEAREST_OF_THREE = (LAST_VALUE, RUNNING_AVERAGE, FADING_TREND)


@dataclass(frozen=True)
class Outlook:
    """What may come, by unit: a Student t distribution of the angle, cut off at 0 and at 100 percent."""

    middle: np.ndarray
    spread: np.ndarray
    freedom: np.ndarray

    def only(self, places: np.ndarray) -> "Outlook":
        """The same for some of the units."""
        return Outlook(self.middle[places], self.spread[places], self.freedom[places])

    def percent(self, *quantiles: float) -> np.ndarray:
        """The percentages under which the value stays with these probabilities: a row a quantile, a column a unit."""
        angle = self.middle + self.spread * stdtrit(self.freedom, np.array(quantiles)[:, None])
        return 100 * np.sin(np.clip(angle, 0, np.pi / 2)) ** 2

    def chance(self, target_percent: float) -> np.ndarray:
        """The probability, by unit, that the value is the target or more."""
        if target_percent <= 0:
            return np.ones_like(self.middle)
        return stdtr(self.freedom, (self.middle - asin(sqrt(target_percent / 100))) / self.spread)

    def chance_of_less(self, target_percent: float) -> np.ndarray:
        """The probability, by unit, that the value is the target or less."""
        return np.ones_like(self.middle) if target_percent >= 100 else 1 - self.chance(target_percent)


@dataclass(frozen=True)
class Learned:
    """What the past of a file teaches: where each unit stands, where it is going, and how far forecasts missed."""

    plain: Plain
    units: list[str]
    last: np.ndarray  # day numbers
    level: np.ndarray
    trend: np.ndarray
    squares: np.ndarray  # the unit's own misses, each squared and brought to one year ahead, summed
    misses: np.ndarray

    def outlook(self, by: date) -> Outlook:
        """What may come by that day, which must be later than every unit's last."""
        years = (by.toordinal() - self.last) / DAYS_PER_YEAR
        others, how_many = self.squares.sum() - self.squares, self.misses.sum() - self.misses
        among_others = (COMMON_MISSES * COMMON_MISS**2 + others) / (COMMON_MISSES + how_many)
        yearly = (COMMON_MISSES * among_others + self.squares) / (COMMON_MISSES + self.misses)
        return Outlook(
            middle=self.level + self.trend * self.plain.ahead(years),
            spread=np.sqrt(yearly * years**GROWTH),
            freedom=COMMON_MISSES + self.misses,
        )


def learn(series: pl.DataFrame, *, plain: tuple[Plain, ...] = NEAREST_OF_THREE) -> Learned:
    """Go through a `SERIES` frame period by period, and keep the plain forecast that came nearest."""
    return nearest([follow(series, one) for one in plain])


def nearest(learned: Sequence[Learned]) -> Learned:
    """What the plain forecast taught that missed least so far, all units together; the first of equals."""
    return min(learned, key=lambda one: one.squares.sum())


def follow(series: pl.DataFrame, plain: Plain) -> Learned:
    """Forecast each value of each unit from those before it, within one series at a time."""
    now: dict[str, tuple[str, int, float, float]] = {}
    squares: dict[str, float] = defaultdict(float)
    misses: dict[str, int] = defaultdict(int)
    for unit, counted, period, value in series.sort("unit", "period").select(*_COLUMNS).iter_rows():
        day, angle = period.toordinal(), asin(sqrt(value / 100))
        before = now.get(unit)
        if before is None or before[0] != counted:
            now[unit] = (counted, day, angle, 0.0)
            continue
        _, last, level, trend = before
        years = (day - last) / DAYS_PER_YEAR
        expected = level + trend * plain.ahead(years)
        miss = angle - expected
        squares[unit] += miss**2 / years**GROWTH
        misses[unit] += 1
        level = expected + (1 - (1 - plain.level) ** years) * miss
        now[unit] = (counted, day, level, plain.fade**years * trend + plain.trend * miss / years)
    units = list(now)
    return Learned(
        plain=plain,
        units=units,
        last=np.array([now[unit][1] for unit in units]),
        level=np.array([now[unit][2] for unit in units]),
        trend=np.array([now[unit][3] for unit in units]),
        squares=np.array([squares[unit] for unit in units]),
        misses=np.array([misses[unit] for unit in units]),
    )


_COLUMNS = ("unit", "series", "period", "value")


def chances(series: pl.DataFrame, *, target_percent: float, by: date, at_most: bool = False) -> pl.DataFrame:
    """Each unit's chance to stand at the target or above on a day, with the middle and the 80 percent interval.

    With `at_most`, the chance to stand at the target or below. From a `SERIES` frame; gives `unit`, `probability`
    (0 to 1), `median`, `low`, `high` (percent), `method`, `last_period`, `last_value`, `years_ahead`, `values` (how
    many count), a row a unit. Refuses a target that is not above 0 and at most 100, a day that is not more than a
    fortnight after each unit's last value (what has happened is not forecast), and a unit with one value only.
    """
    if not 0 < target_percent <= 100:
        raise Refusal("The target is not a percentage above 0 and up to 100.", field="target")
    refuse_unusable(series)
    if settled := [period for period in series["period"] if period + SAME_FIGURE >= by]:
        raise Refusal(
            f"{by} is not after the last period, {max(settled)}, or by a fortnight at most: what happened then is "
            "known. Give a later date, or leave out the later rows.",
            field="by",
        )
    learned = learn(series)
    outlook = learned.outlook(by)
    low, median, high = outlook.percent(EDGE, 0.5, 1 - EDGE)
    last = series.sort("period").group_by("unit").agg(
        last_period=pl.col("period").last(), last_value=pl.col("value").last(), values=pl.len()
    )  # fmt: skip
    answer = pl.DataFrame(
        {
            "unit": learned.units,
            "probability": outlook.chance_of_less(target_percent) if at_most else outlook.chance(target_percent),
            "median": median,
            "low": low,
            "high": high,
            "method": [method_of(learned.plain)] * len(learned.units),
            "years_ahead": (by.toordinal() - learned.last) / DAYS_PER_YEAR,
        }
    )
    return answer.join(last, on="unit", maintain_order="left")


def method_of(plain: Plain) -> str:
    """Say the method in a line."""
    return (
        f"{plain.name}: of {', '.join(one.name for one in NEAREST_OF_THREE)}, the one nearest so far in this file; "
        f"spread from its past misses (Student t, arcsine scale)"
    )
