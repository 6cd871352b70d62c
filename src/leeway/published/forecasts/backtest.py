"""How the forecasts would have done: from every year of a real series' past, one and two years on, beside plain ones.

Each forecast sees only what was known by its year. Scores: the mean absolute error (points), the CRPS (points: the
error of the whole distribution, equal to the absolute error when it is a single value; lower is better), how often
the 80 percent interval held the value, and the Brier score of the chance (0 is perfect, 0.25 is a coin).
"""

from collections.abc import Iterator

import numpy as np
import polars as pl

from leeway.published.forecasts.chance import (
    EDGE,
    FADING_TREND,
    LAST_CHANGE,
    LAST_VALUE,
    NEAREST_OF_THREE,
    RUNNING_AVERAGE,
    Outlook,
    Plain,
    follow,
    nearest,
)
from leeway.published.forecasts.series import DAYS_PER_YEAR

type Methods = dict[str, tuple[Plain, ...]]

#: Ours first, then what it is made of, then a second naive one. All have their spread from their own past misses.
METHODS: Methods = {
    "nearest of three": NEAREST_OF_THREE,
    "last value": (LAST_VALUE,),
    "running average": (RUNNING_AVERAGE,),
    "fading trend": (FADING_TREND,),
    "last change": (LAST_CHANGE,),
}
LEADS_YEARS = (1, 2)

REPLAYED = {
    "method": pl.String,
    "origin": pl.Date,
    "unit": pl.String,
    "lead_years": pl.Int64,
    "error": pl.Float64,
    "crps": pl.Float64,
    "covered": pl.Boolean,
    "chance": pl.Float64,
    "happened": pl.Boolean,
}

#: The quantiles by which a distribution is scored.
_QUANTILES = np.arange(1, 100) / 100


def replay(series: pl.DataFrame, methods: Methods) -> pl.DataFrame:
    """Forecast a `SERIES` frame again from each of its past periods, for what followed one and two years later.

    A unit takes part from its second value on, and never across a break. The chance is that of reaching where the
    best quarter of the units stood at the origin, or, for a unit alone, one point more than it had. Gives a row a
    forecast and method, in the columns of `REPLAYED`.
    """
    done = _replay(series.sort("unit", "period"), methods)
    return pl.concat([pl.DataFrame(schema=REPLAYED), *(frame.select(*REPLAYED) for frame in done)])


def _replay(series: pl.DataFrame, methods: Methods) -> Iterator[pl.DataFrame]:
    since_break = pl.col("series").rle_id().over("unit")
    ordered = series.with_columns(nth=pl.int_range(1, pl.len() + 1).over("unit", since_break))
    periods = series["period"].unique().sort().to_list()
    for origin in periods:
        later = [day for day in periods if round((day - origin).days / DAYS_PER_YEAR, 1) in LEADS_YEARS]
        standing = ordered.filter((pl.col("period") == origin) & (pl.col("nth") >= 2))
        if standing.is_empty() or not later:
            continue
        known = series.filter(pl.col("period") <= origin)
        followed = {plain: follow(known, plain) for plain in {one for three in methods.values() for one in three}}
        learned = {name: nearest([followed[plain] for plain in three]) for name, three in methods.items()}
        place = {unit: n for n, unit in enumerate(next(iter(learned.values())).units)}
        values = standing["value"].to_numpy()
        target = min(100.0, float(np.quantile(values, 0.75)) if len(values) > 1 else values[0] + 1)
        for day in later:
            after = series.filter(pl.col("period") == day).select("unit", "series", after="value")
            pairs = standing.join(after, on=["unit", "series"], maintain_order="left")
            if pairs.is_empty():
                continue
            places = np.array([place[unit] for unit in pairs["unit"]])
            lead = pl.lit(round((day - origin).days / DAYS_PER_YEAR), pl.Int64)
            for name, taught in learned.items():
                yield _scored(taught.outlook(day).only(places), pairs, target).with_columns(
                    method=pl.lit(name), origin=pl.lit(origin), lead_years=lead
                )


def _scored(outlook: Outlook, pairs: pl.DataFrame, target: float) -> pl.DataFrame:
    """Score an outlook against what came after."""
    after = pairs["after"].to_numpy()
    under = after - outlook.percent(*_QUANTILES)
    pinball = np.where(under >= 0, _QUANTILES[:, None] * under, (_QUANTILES[:, None] - 1) * under)
    low, median, high = outlook.percent(EDGE, 0.5, 1 - EDGE)
    return pl.DataFrame(
        {
            "unit": pairs["unit"],
            "error": np.abs(median - after),
            "crps": 2 * pinball.mean(axis=0),
            "covered": (after >= low) & (after <= high),
            "chance": outlook.chance(target),
            "happened": after >= target,
        }
    )


def scores(families: dict[str, pl.DataFrame], methods: Methods = METHODS) -> pl.DataFrame:
    """Score every method on every family of series.

    Gives `family`, `method`, `lead_years`, `forecasts`, `mean_absolute_error`, `crps`, `covered_percent`, `brier`.
    """
    frames = [
        replay(series, methods)
        .group_by("method", "lead_years", maintain_order=True)
        .agg(
            forecasts=pl.len(),
            mean_absolute_error=pl.col("error").mean(),
            crps=pl.col("crps").mean(),
            covered_percent=100 * pl.col("covered").mean(),
            brier=((pl.col("chance") - pl.col("happened").cast(pl.Float64)) ** 2).mean(),
        )
        .select(pl.lit(family).alias("family"), pl.all())
        for family, series in families.items()
    ]
    return pl.concat(frames)


def beside_last_value(table: pl.DataFrame) -> pl.DataFrame:
    """Each method's CRPS as a share of the last value's, over all families and leads: the geometric mean, and wins."""
    naive = table.filter(pl.col("method") == "last value").select("family", "lead_years", naive="crps")
    ratio = table.join(naive, on=["family", "lead_years"]).with_columns(ratio=pl.col("crps") / pl.col("naive"))
    return (
        ratio.group_by("method", maintain_order=True)
        .agg(
            ratio=pl.col("ratio").log().mean().exp(),
            better=(pl.col("ratio") < 1 - 1e-9).sum(),
            worse=(pl.col("ratio") > 1 + 1e-9).sum(),
            compared=pl.len(),
        )
    )  # fmt: skip
