"""How the forecasts would have done: from every year of a real series' past, one and two years on, beside plain ones.

Each forecast sees only what was known by its year. Scores: the mean absolute error (points), the CRPS (points: the
error of the whole distribution, equal to the absolute error when it is a single value; lower is better), how often
the 80 percent interval held the value, and the Brier score of the chance (0 is perfect, 0.25 is a coin).
"""

from collections.abc import Iterator

import numpy as np
import polars as pl

from leeway.insight.forecasts.chance import (
    EDGE,
    FADING_TREND,
    LAST_CHANGE,
    LAST_VALUE,
    NEAREST_OF_THREE,
    RUNNING_AVERAGE,
    Outlook,
    Plain,
    learn,
)
from leeway.insight.forecasts.series import DAYS_PER_YEAR

#: Ours first, then what it is made of, then a second naive one. All have their spread from their own past misses.
METHODS: dict[str, tuple[Plain, ...]] = {
    "nearest of three": NEAREST_OF_THREE,
    "last value": (LAST_VALUE,),
    "running average": (RUNNING_AVERAGE,),
    "fading trend": (FADING_TREND,),
    "last change": (LAST_CHANGE,),
}
LEADS_YEARS = (1, 2)

REPLAYED = {
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


def replay(series: pl.DataFrame, plain: tuple[Plain, ...]) -> pl.DataFrame:
    """Forecast a `SERIES` frame again from each of its past periods, for what followed one and two years later.

    A unit takes part from its second value on, and never across a break. The chance is that of reaching where the
    best quarter of the units stood at the origin, or, for a unit alone, one point more than it had. Gives a row a
    forecast: `origin`, `unit`, `lead_years`, `error`, `crps`, `covered`, `chance`, `happened`.
    """
    return pl.concat([pl.DataFrame(schema=REPLAYED), *_replay(series.sort("unit", "period"), plain)], how="diagonal")


def _replay(series: pl.DataFrame, plain: tuple[Plain, ...]) -> Iterator[pl.DataFrame]:
    for origin in series["period"].unique().sort():
        known = series.filter(pl.col("period") <= origin)
        # Only those who reported at the origin, and twice at least since their last break.
        since_break = pl.len().over("unit", pl.col("series").rle_id().over("unit"))
        standing = known.with_columns(values=since_break).filter((pl.col("period") == origin) & (pl.col("values") >= 2))
        if standing.is_empty():
            continue
        learned = learn(known, plain=plain)
        at = pl.DataFrame({"unit": learned.units, "place": np.arange(len(learned.units))})
        target = min(standing["value"].quantile(0.75, "linear") if len(standing) > 1 else standing["value"][0] + 1, 100)
        for period in series.filter(pl.col("period") > origin)["period"].unique().sort():
            lead = round((period - origin).days / DAYS_PER_YEAR, 1)
            if lead not in LEADS_YEARS:
                continue
            later = series.filter(pl.col("period") == period).select("unit", "series", after="value")
            pairs = standing.join(later, on=["unit", "series"]).join(at, on="unit")
            if pairs.is_empty():
                continue
            yield _scored(learned.outlook(period), pairs, target).with_columns(
                origin=pl.lit(origin), lead_years=pl.lit(int(lead), pl.Int64)
            )


def _scored(outlook: Outlook, pairs: pl.DataFrame, target: float) -> pl.DataFrame:
    """Score an outlook against what came after."""
    chosen = outlook.only(pairs["place"].to_numpy())
    after = pairs["after"].to_numpy()
    under = after - chosen.percent(*_QUANTILES)
    pinball = np.where(under >= 0, _QUANTILES[:, None] * under, (_QUANTILES[:, None] - 1) * under)
    low, median, high = chosen.percent(EDGE, 0.5, 1 - EDGE)
    return pl.DataFrame(
        {
            "unit": pairs["unit"],
            "error": np.abs(median - after),
            "crps": 2 * pinball.mean(axis=0),
            "covered": (after >= low) & (after <= high),
            "chance": chosen.chance(target),
            "happened": after >= target,
        }
    )


def scores(families: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Score every method on every family of series.

    Gives `family`, `method`, `lead_years`, `forecasts`, `mean_absolute_error`, `crps`, `covered_percent`, `brier`.
    """
    frames = []
    for family, series in families.items():
        for method, plain in METHODS.items():
            done = replay(series, plain)
            frames.append(
                done.group_by("lead_years")
                .agg(
                    forecasts=pl.len(),
                    mean_absolute_error=pl.col("error").mean(),
                    crps=pl.col("crps").mean(),
                    covered_percent=100 * pl.col("covered").mean(),
                    brier=((pl.col("chance") - pl.col("happened").cast(pl.Float64)) ** 2).mean(),
                )
                .sort("lead_years")
                .select(pl.lit(family).alias("family"), pl.lit(method).alias("method"), pl.all())
            )
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
