"""The chance: by hand, as properties, and against made-up series whose truth is known."""

from datetime import date, timedelta
from functools import partial
from math import asin, sin, sqrt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from leeway.published.forecasts.chance import chances, learn
from leeway.published.forecasts.series import SERIES
from leeway.refusal import Refusal
from tests.published.forecasts.made_up import series, table

BY = date(2031, 3, 31)

percents = st.floats(0, 100) | st.sampled_from([0.0, 100.0, 50.0])
values = st.lists(st.none() | percents, min_size=2, max_size=12).filter(lambda v: sum(x is not None for x in v) > 1)


def only(frame):
    assert len(frame) == 1
    return frame.row(0, named=True)


def test_two_values_by_hand():
    """50, then 60: the best guess is 60; one miss of its own stands beside the four that are taken as usual."""
    answer = only(chances(series(50, 60), target_percent=65, by=date(2013, 3, 31)))
    miss = asin(sqrt(0.6)) - asin(sqrt(0.5))
    yearly = (4 * 0.04**2 + miss**2 / (366 / 365.25) ** 0.75) / 5
    spread = sqrt(yearly * (365 / 365.25) ** 0.75)
    by_hand = stats.t(df=5, loc=asin(sqrt(0.6)), scale=spread)
    assert answer["probability"] == pytest.approx(by_hand.sf(asin(sqrt(0.65))))
    assert answer["median"] == pytest.approx(60)
    assert answer["low"] == pytest.approx(100 * sin(by_hand.ppf(0.1)) ** 2)
    assert answer["high"] == pytest.approx(100 * sin(by_hand.ppf(0.9)) ** 2)
    assert answer["values"] == 2
    assert answer["method"].startswith("last value")


def test_each_series_gets_the_plain_forecast_that_suits_it():
    assert learn(series(10, 15, 20, 25, 30, 35, 40)).plain.name == "fading trend"
    assert learn(series(50, 56, 49, 57, 50, 56, 49, 57)).plain.name == "running average"
    assert learn(series(30, 34, 34, 34, 39, 39, 39, 35, 35)).plain.name == "last value"


@given(values, st.floats(0.1, 100), st.floats(0.1, 100))
def test_a_chance_is_a_chance_and_falls_as_the_target_rises(given_values, one, other):
    known = series(*given_values)
    low, high = sorted((one, other))
    easier, harder = (only(chances(known, target_percent=t, by=BY)) for t in (low, high))
    assert 0 <= harder["probability"] <= easier["probability"] <= 1
    assert 0 <= easier["low"] <= easier["median"] <= easier["high"] <= 100
    assert easier == only(chances(known, target_percent=low, by=BY))


@given(values, st.floats(0.1, 99.9))
def test_or_less_is_what_or_more_leaves(given_values, target):
    more, less = (
        only(chances(series(*given_values), target_percent=target, by=BY, at_most=way)) for way in (False, True)
    )
    assert more["probability"] + less["probability"] == pytest.approx(1)
    assert (more["median"], more["low"]) == (less["median"], less["low"])
    assert only(chances(series(*given_values), target_percent=100, by=BY, at_most=True))["probability"] == 1


@given(values)
def test_the_chance_of_reaching_the_median_is_one_half(given_values):
    known = series(*given_values)
    median = only(chances(known, target_percent=50, by=BY))["median"]
    if 0.1 < median < 99.9:
        assert only(chances(known, target_percent=median, by=BY))["probability"] == pytest.approx(0.5, abs=1e-6)


@given(st.lists(percents, min_size=4, max_size=8))
def test_the_order_of_rows_does_not_matter(given_values):
    known = pl.concat([series(*given_values, unit="Ash"), series(*reversed(given_values), unit="Beck")])
    answer = chances(known, target_percent=40, by=BY).sort("unit")
    assert chances(known.reverse(), target_percent=40, by=BY).sort("unit").equals(answer)


def test_further_away_is_less_sure():
    known = series(20, 22, 21, 23, 22)
    widths = [a["high"] - a["low"] for a in (only(chances(known, target_percent=30, by=date(y, 3, 31))) for y in
                                             (2016, 2017, 2020, 2030))]  # fmt: skip
    assert widths == sorted(widths)
    assert widths[0] < widths[-1] / 2


def test_a_gap_of_two_years_is_no_surprise_of_one():
    """The same step weighs less where it took longer, and the next year starts from the last value all the same."""
    steady = chances(series(20, 24), target_percent=30, by=date(2013, 3, 31))
    slower = chances(series(20, None, 24), target_percent=30, by=date(2014, 3, 31))
    assert slower["high"][0] - slower["low"][0] < steady["high"][0] - steady["low"][0]
    assert slower["median"][0] == pytest.approx(24)


def test_nought_and_a_hundred_are_ordinary_values():
    answer = chances(
        pl.concat([series(0, 0, 0, unit="none"), series(100, 100, 100, unit="all")]),
        target_percent=100,
        by=date(2014, 3, 31),
    )
    by_unit = {row["unit"]: row for row in answer.iter_rows(named=True)}
    assert by_unit["none"]["median"] == 0 and by_unit["none"]["low"] == 0 < by_unit["none"]["high"]
    assert by_unit["all"]["median"] == by_unit["all"]["high"] == 100 > by_unit["all"]["low"]
    assert by_unit["none"]["probability"] < 1e-4
    assert by_unit["all"]["probability"] == pytest.approx(0.5)


def test_a_break_is_never_taken_for_growth():
    """ASCOF 1C: 19.1 in 2013-14 and 26.3 a year later are counts of different people, not a rise of seven points."""
    shares = [(2012, 13.7), (2013, 16.8), (2014, 19.1), (2015, 26.3), (2016, 28.1)]
    joined = table(*(("", "", year, share) for year, share in shares))
    apart = table(*(("", "in the year" if year < 2015 else "on the day", year, share) for year, share in shares))
    by = date(2018, 3, 31)
    taken, kept = (only(chances(known, target_percent=31, by=by)) for known in (joined, apart))
    assert kept["probability"] < taken["probability"]
    assert kept["high"] - kept["low"] < taken["high"] - taken["low"]


def test_other_councils_lend_their_misses_to_one_with_two_values():
    newcomer = series(40, 41, first=2018, unit="newcomer")
    wild = [series(*row, unit=f"w{n}") for n, row in enumerate([[20, 50, 20, 50, 20, 50, 20, 50, 20]] * 5)]
    calm = [series(*row, unit=f"c{n}") for n, row in enumerate([[40, 40.2, 40, 40.1, 40, 40.2, 40, 40.1, 40]] * 5)]
    width = {}
    for name, others in (("wild", wild), ("calm", calm), ("none", [])):
        answer = chances(pl.concat([newcomer, *others]), target_percent=50, by=date(2020, 3, 31))
        row = only(answer.filter(pl.col("unit") == "newcomer"))
        width[name] = row["high"] - row["low"]
    assert width["calm"] < width["none"] < width["wild"]


@pytest.mark.parametrize(
    ("target", "by", "said"),
    [
        (0, BY, "above 0 and up to 100"),
        (101, BY, "above 0 and up to 100"),
        (float("nan"), BY, "above 0 and up to 100"),
        (50, date(2013, 3, 31), "what happened then is known"),
        (50, date(2012, 6, 30), "what happened then is known"),
    ],
)
def test_what_cannot_be_asked(target, by, said):
    with pytest.raises(Refusal, match=said):
        chances(series(10, 12, 14), target_percent=target, by=by)


def made_up_councils(rng, *, councils, years, trend, noise):
    """Councils whose true angle walks, and whose returns show it with some noise: the truth is ours to know."""
    walk = rng.uniform(0.4, 1.0, (councils, 1)) + np.cumsum(rng.normal(trend, 0.02, (councils, years)), axis=1)
    return 100 * np.sin(np.clip(walk + rng.normal(0, noise, walk.shape), 0, np.pi / 2)) ** 2


def looked_ahead(*, trend, noise):
    """What was said of two years on, and what came: the chance, whether it did, whether it fell within."""
    rng = np.random.default_rng(7)
    said, came, within = [], [], []
    for _ in range(40):
        seen = made_up_councils(rng, councils=60, years=11, trend=trend, noise=noise)
        rows = [
            (f"{n:02}", "", date(2010 + year, 3, 31), value)
            for n, row in enumerate(seen[:, :9])
            for year, value in enumerate(row)
        ]
        target = float(np.median(seen[:, 8])) + rng.choice([-4, 0, 4])
        known = pl.DataFrame(rows, schema=SERIES, orient="row")
        answer = chances(known, target_percent=target, by=date(2020, 3, 31)).sort("unit")
        said.append(answer["probability"].to_numpy())
        came.append(seen[:, 10] >= target)
        within.append((answer["low"].to_numpy() <= seen[:, 10]) & (seen[:, 10] <= answer["high"].to_numpy()))
    return np.concatenate(said), np.concatenate(came), np.concatenate(within)


@pytest.mark.parametrize("noise", [0, 0.04])
def test_chances_come_true_as_often_as_they_say(noise):
    """Where the truth is known to wander; where the figures are mostly noise, chances stay too near to a half."""
    said, came, within = looked_ahead(trend=0, noise=noise)
    assert 0.75 < np.mean(within) < 0.92
    for low, high in ((0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.001)):
        some = (said >= low) & (said < high)
        assert some.sum() > 30
        assert np.mean(came[some]) == pytest.approx(np.mean(said[some]), abs=0.15 if noise else 0.09)


@pytest.mark.parametrize("trend", [0.015, -0.01])
def test_a_trend_that_never_fades_stays_within_the_interval_most_often(trend):
    """It is underestimated (a trend is taken to fade), which the interval makes good: the explanation says so."""
    said, came, within = looked_ahead(trend=trend, noise=0)
    assert 0.7 < np.mean(within) < 0.9
    assert np.mean(came) == pytest.approx(np.mean(said), abs=0.05)


@pytest.mark.parametrize(("by", "known"), [(1, True), (14, True), (15, False), (366, False)])
def test_a_day_just_after_a_figure_is_answered_by_it_and_not_forecast(by, known):
    """29.2% on 31 March 2011, and a target of 30% by 1 April: it was not reached, whatever a forecast would say."""
    last = date(2011, 3, 31)
    past = series(20, 25, 29.2, first=2009)
    assert past["period"].max() == last
    ask = partial(chances, past, target_percent=30, by=last + timedelta(days=by))
    if known:
        with pytest.raises(Refusal, match="what happened then is known"):
            ask()
    else:
        assert 0 < ask()["probability"].item() < 1
