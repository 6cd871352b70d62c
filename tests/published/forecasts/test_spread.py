"""Funnels against scipy by hand and against chance itself; neighbours; a council beside others."""

import numpy as np
import polars as pl
import pytest
from scipy import stats

from leeway.published.forecasts.spread import funnel
from leeway.refusal import Refusal

COUNCILS = pl.DataFrame(
    {
        "unit": ["Ash", "Beck", "Cole", "Dale", "Elm"],
        "numerator": [30, 260, 95, None, 0],
        "denominator": [100, 1000, 400, 50, 0],
    }
)


def test_exact_limits_are_the_binomial_quantiles_around_the_whole():
    drawn = funnel(COUNCILS)
    share = (30 + 260 + 95) / (100 + 1000 + 400)
    assert drawn["whole_percent"].to_list() == pytest.approx([100 * share] * 5)
    beck = drawn.row(1, named=True)
    for column, quantile in (("low_95", 0.025), ("high_95", 0.975), ("low_99_8", 0.001), ("high_99_8", 0.999)):
        assert beck[column] == pytest.approx(100 * stats.binom(1000, share).ppf(quantile) / 1000)
    assert drawn["place"].to_list() == ["within", "within", "within", None, None]
    assert drawn["low_95"].to_list()[3:] == [None, None]


def test_a_count_beyond_a_limit_is_outside_and_one_on_it_is_within():
    """The quantile is the last count within: of 1,000 at a half, 469 to 531."""
    cases = {469: "within", 468: "low", 531: "within", 532: "high", 450: "very low", 550: "very high"}
    for hits, place in cases.items():
        drawn = funnel(pl.DataFrame({"numerator": [hits, 500_000 - hits], "denominator": [1000, 999_000]}))
        assert drawn["whole_percent"][0] == pytest.approx(50)
        assert (drawn["low_95"][0], drawn["high_95"][0]) == (pytest.approx(46.9), pytest.approx(53.1))
        assert drawn["place"][0] == place, hits


def test_chance_alone_leaves_one_in_twenty_outside_at_most():
    rng = np.random.default_rng(5)
    whole = rng.integers(200, 5000, 4000)
    drawn = funnel(pl.DataFrame({"numerator": rng.binomial(whole, 0.26), "denominator": whole}))
    assert 0.03 < (drawn["place"] != "within").mean() < 0.05
    assert drawn["place"].is_in(["very low", "very high"]).mean() < 0.004
    widened = funnel(drawn.select("numerator", "denominator"), overdispersed=True)
    assert widened["overdispersion"][0] == 1.0


def test_overdispersion_by_hand():
    """Councils that really differ: phi is the mean square of their scores, the outer tenth of each end pulled in."""
    rng = np.random.default_rng(5)
    whole = rng.integers(500, 5000, 150)
    frame = pl.DataFrame({"numerator": rng.binomial(whole, rng.normal(0.26, 0.05, 150)), "denominator": whole})
    share = frame["numerator"].sum() / frame["denominator"].sum()
    error = np.sqrt(share * (1 - share) / whole)
    pulled = stats.mstats.winsorize((frame["numerator"].to_numpy() / whole - share) / error, limits=(0.1, 0.1))
    drawn = funnel(frame, overdispersed=True)
    phi = drawn["overdispersion"][0]
    assert phi == pytest.approx(np.mean(pulled**2), rel=0.05) and phi > 5
    assert drawn["high_95"][0] == pytest.approx(100 * (share + 1.959964 * np.sqrt(phi) * error[0]), abs=1e-5)
    assert (funnel(frame)["place"] != "within").mean() > 0.5
    assert (drawn["place"] != "within").mean() < 0.15


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        ({"numerator": [5], "denominator": [4]}, "above its denominator"),
        ({"numerator": [-1], "denominator": [4]}, "below 0"),
        ({"numerator": [None], "denominator": [4]}, "No row has both"),
    ],
)
def test_what_cannot_be_drawn(frame, said):
    with pytest.raises(Refusal, match=said):
        funnel(pl.DataFrame(frame, schema={"numerator": pl.Int64, "denominator": pl.Int64}))


@pytest.mark.parametrize("hits", [0, 100])
def test_where_all_or_none_have_it_there_is_nothing_outside(hits):
    frame = pl.DataFrame({"numerator": [hits, hits], "denominator": [100, 100]})
    for overdispersed in (False, True):
        assert funnel(frame, overdispersed=overdispersed)["place"].to_list() == ["within", "within"]
