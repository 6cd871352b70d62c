"""Pace: the founding papers' figures by hand, the slope against statsmodels, and how often "flat" is right."""

from datetime import date

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from leeway.published.forecasts.pace import paces, slopes
from leeway.published.forecasts.series import SERIES
from tests.published.forecasts.made_up import series, table

APRIL_2011 = date(2011, 4, 1)


def only(frame):
    assert len(frame) == 1
    return frame.row(0, named=True)


def test_from_168_000_of_one_and_a_half_million_to_30_percent_in_a_year():
    """March 2010: 11.2 percent. 30 percent by 1 April 2011 needs 18.8 points in 366 days."""
    known = series(6.0, 100 * 168_000 / 1_500_000, first=2009)
    answer = only(paces(known, target_percent=30, by=APRIL_2011))
    assert answer["last_value"] == pytest.approx(11.2)
    assert answer["years_left"] == pytest.approx(366 / 365.25)
    assert answer["needed_points_per_year"] == pytest.approx(18.8 * 365.25 / 366)
    assert answer["recent_points_per_year"] == pytest.approx(5.2 * 365.25 / 365)
    assert answer["verdict"] == "not on the way"


def test_the_same_people_on_the_directors_base_need_a_larger_step():
    """16.0 percent of the 70 percent base, and 30 percent of everybody is 42.86 percent of it."""
    known = series(100 * 168_000 / 1_050_000 - 5, 100 * 168_000 / 1_050_000, first=2009)
    answer = only(paces(known, target_percent=30 / 0.7, by=APRIL_2011))
    assert answer["last_value"] == pytest.approx(16.0)
    assert answer["needed_points_per_year"] == pytest.approx((42.857142857 - 16) * 365.25 / 366)


def test_of_late_is_three_years_and_never_across_a_break():
    since_2014 = [("", "on the day", 2015 + n, v) for n, v in enumerate([26.3, 28.1, 28.3, 28.5, 28.3, 27.9])]
    known = table(("", "in the year", 2013, 16.8), ("", "in the year", 2014, 19.1), *since_2014)
    answer = only(paces(known, target_percent=30, by=date(2022, 3, 31)))
    assert answer["recent_points_per_year"] == pytest.approx((27.9 - 28.3) / (1096 / 365.25))
    two_kept = only(paces(known.head(4), target_percent=30, by=date(2022, 3, 31)))
    assert two_kept["recent_points_per_year"] == pytest.approx(1.8 * 365.25 / 366)


def test_verdicts():
    known = pl.concat([
        series(28, 30, unit="there"), series(10, 20, unit="quick"), series(10, 11, unit="slow"),
        series(12, 11, unit="falling"), series(40, None, 41, first=2005, unit="long ago"),
    ])  # fmt: skip
    by = date(2013, 4, 1)
    assert dict(paces(known, target_percent=30, by=by).select("unit", "verdict").iter_rows()) == {
        "there": "reached", "quick": "on the way", "slow": "not on the way", "falling": "not on the way",
        "long ago": "reached",
    }  # fmt: skip
    late = paces(series(10, 11), target_percent=30, by=date(2012, 3, 31))
    assert late["verdict"].to_list() == ["too late"]
    assert late["needed_points_per_year"].to_list() == [None]


def test_a_target_of_at_most_is_reached_from_above():
    known = pl.concat([series(28, 30, unit="there"), series(50, 40, unit="quick"), series(40, 39, unit="slow")])
    found = paces(known, target_percent=30, by=date(2013, 4, 1), at_most=True)
    assert dict(found.select("unit", "verdict").iter_rows()) == {
        "there": "reached", "quick": "on the way", "slow": "not on the way",
    }  # fmt: skip
    assert found.filter(pl.col("unit") == "slow")["needed_points_per_year"][0] == pytest.approx(-9 * 365.25 / 366)


def test_a_series_with_a_long_gap_has_the_pace_of_its_last_change():
    answer = only(paces(series(10, None, None, None, None, 20), target_percent=30, by=date(2021, 3, 31)))
    assert answer["recent_points_per_year"] == pytest.approx(10 / (1827 / 365.25))


@given(st.lists(st.tuples(st.integers(1, 4), st.floats(0, 100)), min_size=3, max_size=15))
def test_the_slope_equals_weighted_least_squares_of_the_changes(steps):
    years = np.cumsum([gap for gap, _ in steps]) + 1990
    known = table(*(("", "", int(year), value) for year, (_, value) in zip(years, steps, strict=True)))
    answer = only(slopes(known))
    gaps = known["period"].diff().drop_nulls().dt.total_days().to_numpy() / 365.25
    peer = sm.WLS(known["value"].diff().drop_nulls().to_numpy(), gaps, weights=1 / gaps).fit()
    low, high = peer.conf_int(0.05)[0]
    assert answer["points_per_year"] == pytest.approx(peer.params[0], abs=1e-9)
    assert (answer["low"], answer["high"]) == (pytest.approx(low, abs=1e-8), pytest.approx(high, abs=1e-8))


def test_rising_falling_flat_and_too_few_to_say():
    assert slopes(series(20, 24, 27, 32, 35))["verdict"].to_list() == ["rising"]
    assert slopes(series(35, 32, 27, 24, 20))["verdict"].to_list() == ["falling"]
    # Three large rises that differ as much as these do not make a fourth sure, and flat they are not.
    assert slopes(series(29.2, 43.0, 56.2, 61.9))["verdict"].to_list() == ["cannot be said"]
    # England's direct payments, 2016-17 to 2023-24: they fell by 0.4 points a year, and yet not surely.
    payments = only(slopes(series(28.3, 28.5, 28.3, 27.9, 26.6, 26.7, 26.2, 25.5)))
    assert payments["points_per_year"] == pytest.approx(-0.4, abs=0.001)
    assert payments["verdict"] == "flat" and payments["low"] < 0 < payments["high"]
    assert slopes(series(20, 21)).row(0) == ("", pytest.approx(1, rel=0.01), None, None, 1, "cannot be said")


def test_what_only_wanders_is_called_flat_19_times_in_20():
    rng = np.random.default_rng(3)
    walks = 50 + np.cumsum(rng.normal(0, 0.5, (800, 9)), axis=1)
    rows = [(f"{n}", "", date(2010 + y, 3, 31), v) for n, walk in enumerate(walks) for y, v in enumerate(walk)]
    verdicts = slopes(pl.DataFrame(rows, schema=SERIES, orient="row"))["verdict"]
    assert verdicts.is_in(["rising", "falling"]).mean() == pytest.approx(0.05, abs=0.02)
    assert (verdicts == "flat").mean() > 0.9
    lines = [stats.linregress(np.arange(9), walk).pvalue < 0.05 for walk in walks]
    assert np.mean(lines) > 0.3  # why a straight line is not used
