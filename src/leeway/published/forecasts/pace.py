"""The pace a target needs, beside the pace of late, and whether a series moves at all.

A change is only ever taken between values counted in the same way (see `series`).
"""

from datetime import date

import numpy as np
import polars as pl
from scipy.special import stdtrit

from leeway.published.forecasts.series import DAYS_PER_YEAR, latest, refuse_unusable

#: "Of late" means the last so many years.
RECENT_YEARS = 3

SLOPE_METHOD = "average yearly change, Student t interval from the yearly changes themselves"

SLOPES = {
    "unit": pl.String,
    "points_per_year": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "changes": pl.Int64,
    "verdict": pl.String,
}


def slopes(series: pl.DataFrame, *, level: float = 0.95, flat_points_per_year: float = 1) -> pl.DataFrame:
    """Whether each unit's series rises, falls or is flat, with an interval, in points a year.

    The slope is the average yearly change since the last break, and its interval comes from how much the changes
    differ: each over `g` years counts with weight `1/g`, as in a random walk with a drift. A line through the points
    would be surer of itself than it may be, since one year's figure carries over into the next.

    `verdict`: "rising" or "falling" where the interval leaves out no change at all; "flat" where it holds it and
    nothing larger than `flat_points_per_year` either way; else "cannot be said", as with fewer than two changes
    (which give no interval).
    """
    refuse_unusable(series)
    rows = (
        (unit, *_slope(values, level, flat_points_per_year))
        for (unit,), values in latest(series).group_by("unit", maintain_order=True)
    )
    return pl.DataFrame(list(rows), schema=SLOPES, orient="row")


def _slope(values: pl.DataFrame, level: float, flat: float) -> tuple[float, float | None, float | None, int, str]:
    gaps = (values["period"].diff().drop_nulls().dt.total_days() / DAYS_PER_YEAR).to_numpy()
    changes = values["value"].diff().drop_nulls().to_numpy()
    slope, count = float(changes.sum() / gaps.sum()), len(changes)
    if count < 2:
        return slope, None, None, count, "cannot be said"
    variance = ((changes - slope * gaps) ** 2 / gaps).sum() / (count - 1)
    reach = float(stdtrit(count - 1, (1 + level) / 2) * np.sqrt(variance / gaps.sum()))
    low, high = slope - reach, slope + reach
    if low > 0 or high < 0:
        return slope, low, high, count, "rising" if low > 0 else "falling"
    return slope, low, high, count, "flat" if -flat <= low and high <= flat else "cannot be said"


def paces(series: pl.DataFrame, *, target_percent: float, by: date, at_most: bool = False) -> pl.DataFrame:
    """The points a year each unit needs to reach the target by a day, beside its pace over the last three years.

    With `at_most` the target is to be reached from above. Gives `unit`, `last_period`, `last_value`, `years_left`,
    `needed_points_per_year`, `recent_points_per_year` and `verdict`: "reached", "on the way" (the pace of late would
    do), "not on the way", or "too late" (the day is past and the target is not reached; there is no pace then).
    """
    refuse_unusable(series)
    since = pl.col("period").max().over("unit") - pl.duration(days=round((RECENT_YEARS + 0.1) * DAYS_PER_YEAR))
    # Where nothing lies within three years, the last change counts, however long it took.
    near = (pl.col("period") >= since) | (pl.int_range(pl.len()).over("unit") >= pl.len().over("unit") - 2)
    recent = latest(series).filter(near)
    years = (pl.col("period").last() - pl.col("period").first()).dt.total_days() / DAYS_PER_YEAR
    frame = recent.group_by("unit", maintain_order=True).agg(
        last_period=pl.col("period").last(),
        last_value=pl.col("value").last(),
        recent_points_per_year=(pl.col("value").last() - pl.col("value").first()) / years,
    )
    left = (pl.lit(by) - pl.col("last_period")).dt.total_days() / DAYS_PER_YEAR
    missing = target_percent - pl.col("last_value")
    reached = missing >= 0 if at_most else missing <= 0
    frame = frame.with_columns(years_left=left).with_columns(
        needed_points_per_year=pl.when(reached).then(0.0).when(left > 0).then(missing / left)
    )
    needed, pace = pl.col("needed_points_per_year"), pl.col("recent_points_per_year")
    return frame.with_columns(
        verdict=pl.when(reached).then(pl.lit("reached"))
        .when(left <= 0).then(pl.lit("too late"))
        .when(pace <= needed if at_most else pace >= needed).then(pl.lit("on the way"))
        .otherwise(pl.lit("not on the way"))
    ).select(
        "unit", "last_period", "last_value", "years_left", "needed_points_per_year", "recent_points_per_year", "verdict"
    )  # fmt: skip
