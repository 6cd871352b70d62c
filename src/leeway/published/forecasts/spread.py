"""How councils spread around the whole: the limits of a funnel.

Source: Spiegelhalter, “Funnel plots for comparing institutional performance”, Statistics in Medicine 24 (2005).
"""

import numpy as np
import polars as pl
from scipy.special import ndtri

from leeway.refusal import Refusal

#: The two pairs of limits of a funnel: about two and about three standard errors.
LIMITS_PERCENT = (95, 99.8)
#: What part of the councils at each end is pulled in before overdispersion is measured.
WINSORISED = 0.1


def funnel(
    frame: pl.DataFrame,
    *,
    numerator: str = "numerator",
    denominator: str = "denominator",
    overdispersed: bool = False,
) -> pl.DataFrame:
    """Say for each row whether its share lies within what chance alone would give around the share of all together.

    Adds `percent`, `whole_percent`, `low_95`, `high_95`, `low_99_8`, `high_99_8` (percent), `overdispersion` (phi)
    and `place`: "within", "low" or "high" (outside 95), "very low" or "very high" (outside 99.8). Rows without a
    figure, or with a denominator of 0, have no limits and no place.

    The limits are exact binomial quantiles. With `overdispersed` they are normal, widened by the root of phi: the
    mean square of the councils' standard scores, the outer tenth at each end pulled in, and at least 1. Councils
    differ by more than chance, so without it nearly all of them stand outside.
    """
    whole, hits = frame[denominator].to_numpy().astype(float), frame[numerator].to_numpy().astype(float)
    known = np.isfinite(whole) & np.isfinite(hits) & (whole > 0)
    if not known.any():
        raise Refusal(f"No row has both a {numerator} and a {denominator}.")
    if (hits[known] < 0).any() or (hits[known] > whole[known]).any():
        raise Refusal(f"A {numerator} is below 0 or above its {denominator}: no funnel can be drawn.")
    share = hits[known].sum() / whole[known].sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(share * (1 - share) / np.where(known, whole, np.nan))
        percent = np.where(known, 100 * hits / whole, np.nan)
    phi = _overdispersion((percent[known] / 100 - share) / error[known]) if overdispersed and 0 < share < 1 else 1.0
    columns = {"percent": percent, "whole_percent": np.full(len(frame), 100 * share)}
    for level in LIMITS_PERCENT:
        tail = (1 - level / 100) / 2
        for side, quantile in (("low", tail), ("high", 1 - tail)):
            if overdispersed:
                edge = np.clip(share + ndtri(quantile) * np.sqrt(phi) * error, 0, 1)
            else:
                from scipy import stats  # takes a second to load, and most who start Leeway draw no funnel

                edge = stats.binom.ppf(quantile, np.where(known, whole, np.nan), share) / whole
            columns[f"{side}_{level}".replace(".", "_")] = np.where(known, 100 * edge, np.nan)
    limits = pl.DataFrame(columns).fill_nan(None).with_columns(overdispersion=pl.lit(phi))
    return frame.hstack(limits).with_columns(place=_place())


def _overdispersion(scores: np.ndarray) -> float:
    low, high = np.quantile(scores, [WINSORISED, 1 - WINSORISED])
    return max(1.0, float(np.mean(np.clip(scores, low, high) ** 2)))


def _place() -> pl.Expr:
    """Where a share stands; one that equals a limit is within it, sums in floating point aside."""
    percent, hair = pl.col("percent"), 1e-9
    return (
        pl.when(percent.is_null()).then(None)
        .when(percent < pl.col("low_99_8") - hair).then(pl.lit("very low"))
        .when(percent > pl.col("high_99_8") + hair).then(pl.lit("very high"))
        .when(percent < pl.col("low_95") - hair).then(pl.lit("low"))
        .when(percent > pl.col("high_95") + hair).then(pl.lit("high"))
        .otherwise(pl.lit("within"))
    )  # fmt: skip
