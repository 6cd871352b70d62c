"""The estimates equal those of two peers, and of the definition worked out the long way."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from linearmodels import PanelOLS
from scipy import stats

from leeway.published.estimates.panel import broken, differenced, lagged
from leeway.published.estimates.regression import Estimate, NotEstimated, Within, _signs, estimate, leave_one_out
from leeway.refusal import Refusal
from tests.published.estimates.made_up import a_panel, as_panel

SEEDS = range(6)
CLOSE = 1e-8


def by_linearmodels(frame, *, weights=None, columns=("people",), level="council", years=True):
    """Two-way estimate and error, clustered by council whoever has the level.

    linearmodels multiplies the clustered variance by n / (its residual degrees of freedom), counting the effects that
    are taken out, and not by G/(G-1). Take its factor off and put ours on.
    """
    panel = frame.assign(cluster=frame["council"].astype("category").cat.codes).set_index([level, "year"])
    found = PanelOLS(
        panel["spending"],
        panel[list(columns)],
        entity_effects=True,
        time_effects=years,
        weights=None if weights is None else panel[weights],
    ).fit(cov_type="clustered", clusters=panel["cluster"], auto_df=years)
    units = frame["council"].nunique()
    factor = units / (units - 1) * found.df_resid / found.nobs
    return found.params["people"], found.std_errors["people"] * np.sqrt(factor)


def by_statsmodels(outcome, design, cluster):
    """Least squares with every dummy written out; the first column's coefficient and its clustered error."""
    found = sm.OLS(outcome, design).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(cluster)[0], "use_correction": False}
    )
    units = len(set(cluster))
    return found.params[0], found.bse[0] * np.sqrt(units / (units - 1))


def dummies(column, *, but=0):
    """A column for each value; `but` leaves out so many, which the other columns of a design already say."""
    return pd.get_dummies(column).to_numpy(dtype=float)[:, but:]


def equal(ours: Estimate, theirs: tuple[float, float]) -> None:
    assert (ours.effect, ours.standard_error) == pytest.approx(theirs, rel=CLOSE)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_two_way_equals_linearmodels_with_rows_missing_too(seed, missing):
    frame = a_panel(seed, missing=missing)
    equal(estimate(as_panel(frame), draws=0), by_linearmodels(frame))


@pytest.mark.parametrize("seed", SEEDS)
def test_weights_and_controls_equal_linearmodels(seed):
    frame = a_panel(seed, missing=0.2)
    weighted = estimate(as_panel(frame, weight="size"), draws=0)
    equal(weighted, by_linearmodels(frame, weights="size"))
    equal(estimate(as_panel(frame, controls="other"), draws=0), by_linearmodels(frame, columns=("people", "other")))


@pytest.mark.parametrize("seed", SEEDS)
def test_two_way_equals_statsmodels_with_every_dummy_written_out(seed):
    frame = a_panel(seed, missing=0.3)
    design = np.column_stack([frame["people"], dummies(frame["council"]), dummies(frame["year"], but=1)])
    equal(estimate(as_panel(frame), draws=0), by_statsmodels(frame["spending"].to_numpy(), design, frame["council"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_trends_equal_statsmodels_with_every_trend_written_out(seed):
    frame = a_panel(seed, missing=0.3)
    trends = dummies(frame["council"]) * (frame["year"].to_numpy() - 2005)[:, None]
    design = np.column_stack([frame["people"], dummies(frame["council"]), trends, dummies(frame["year"], but=2)])
    theirs = by_statsmodels(frame["spending"].to_numpy(), design, frame["council"])
    equal(estimate(as_panel(frame), within=Within.TRENDS, draws=0), theirs)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("period_effects", [True, False])
def test_first_differences_equal_differences_made_by_hand(seed, period_effects):
    frame = a_panel(seed, missing=0.3)
    before = frame.assign(year=frame["year"] + 1)[["council", "year", "spending", "people"]]
    both = frame.merge(before, on=["council", "year"], suffixes=("", "_before"))
    change = (both["people"] - both["people_before"]).to_numpy()
    others = dummies(both["year"]) if period_effects else np.ones((len(both), 1))
    spent = (both["spending"] - both["spending_before"]).to_numpy()
    theirs = by_statsmodels(spent, np.column_stack([change, others]), both["council"])
    ours = estimate(differenced(as_panel(frame)), within=Within.NOTHING, period_effects=period_effects, draws=0)
    equal(ours, theirs)
    assert ours.observations == len(both)


def test_lag_looks_one_year_back_and_to_no_other_unit():
    frame = a_panel(3, missing=0.3)
    before = frame.assign(year=frame["year"] + 1)[["council", "year", "people"]]
    both = frame.drop(columns="people").merge(before, on=["council", "year"])
    equal(estimate(lagged(as_panel(frame)), draws=0), by_linearmodels(both))


def test_lag_uses_a_year_in_which_only_the_effect_is_known():
    frame = a_panel(3)
    holed = frame.assign(spending=frame["spending"].where(frame["year"] != 2004))
    whole, ours = estimate(lagged(as_panel(frame)), draws=0), estimate(lagged(as_panel(holed)), draws=0)
    assert ours.observations == whole.observations - 40


def test_a_break_gives_each_unit_a_level_before_and_after():
    frame = a_panel(4, missing=0.2)
    era = frame["council"] + (frame["year"] >= 2005).map({True: " after", False: " before"})
    design = np.column_stack([frame["people"], dummies(era), dummies(frame["year"])[:, 1:-1]])
    panel = broken(as_panel(frame), years=(2005,))
    equal(estimate(panel, draws=0), by_statsmodels(frame["spending"].to_numpy(), design, frame["council"]))
    assert 2005 not in differenced(panel).year
    assert 2005 not in lagged(panel).complete().year


def test_interval_is_student_t_with_one_fewer_than_the_units():
    found = estimate(as_panel(a_panel(1)), draws=0)
    reach = stats.t.ppf(0.975, 39) * found.standard_error
    assert found.interval == pytest.approx((found.effect - reach, found.effect + reach))
    assert (found.observations, found.units, found.periods) == (360, 40, 9)


@pytest.mark.parametrize("units", [8, 20])  # six-point draws, then two-point ones
def test_wild_bootstrap_equals_a_regression_for_each_draw(units):
    draws, frame = 99, a_panel(5, units=units, effect=0, missing=0.2)
    panel = as_panel(frame)
    ours = estimate(panel, draws=draws)
    design = np.column_stack([dummies(panel.unit), dummies(panel.year, but=1)])
    without = design @ np.linalg.lstsq(design, panel.outcome, rcond=None)[0]
    as_far = 0
    for signs in _signs(units, draws, 2012):
        drawn = without + signs[panel.unit] * (panel.outcome - without)
        effect, error = by_statsmodels(drawn, np.column_stack([panel.effect, design]), panel.unit)
        as_far += abs(effect / error) >= abs(ours.effect / ours.standard_error)
    assert 0.02 < ours.wild_bootstrap_p < 1
    assert ours.wild_bootstrap_p == pytest.approx((1 + as_far) / (1 + draws))


def test_leaving_out_each_group_in_turn():
    frame = a_panel(6, missing=0.1)
    frame["region"] = frame["council"].str[-1].map(lambda digit: "North" if digit < "4" else "South")
    found = leave_one_out(as_panel(frame, group="region"))
    assert list(found) == ["North", "South"]
    equal(found["North"], by_linearmodels(frame[frame["region"] == "South"]))


def test_what_cannot_be_estimated_is_said():
    frame = a_panel(1)
    with pytest.raises(NotEstimated, match="fewer than two units"):
        estimate(as_panel(frame[frame["council"] == "Council 001"]))
    with pytest.raises(NotEstimated, match="does not vary"):
        estimate(as_panel(frame.assign(people=frame["year"] * 3.3)))
    with pytest.raises(NotEstimated, match="no more observations"):
        estimate(
            as_panel(frame[frame["year"].isin([2001, 2002]) & frame["council"].isin(["Council 001", "Council 002"])])
        )
    with pytest.raises(Refusal, match="same year twice"):
        as_panel(pd.concat([frame, frame.head(1)]))
    with pytest.raises(Refusal, match="nought or less"):
        as_panel(frame.assign(size=0.0), weight="size")
