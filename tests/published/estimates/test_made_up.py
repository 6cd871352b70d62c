"""A known answer is found as often as is claimed, and none where there is none."""

import numpy as np

from leeway.published.estimates.panel import differenced
from leeway.published.estimates.regression import Within, estimate
from tests.published.estimates.made_up import a_panel, as_panel

MANY = 300


def test_a_known_effect_is_recovered_and_intervals_cover_it_as_often_as_they_say():
    found = [estimate(as_panel(a_panel(seed, missing=0.15)), draws=0) for seed in range(120)]
    assert abs(np.mean([one.effect for one in found]) - 20_000) < 500
    covered = np.mean([one.interval[0] <= 20_000 <= one.interval[1] for one in found])
    assert 0.88 <= covered <= 0.99
    changes = [
        estimate(differenced(as_panel(a_panel(seed, missing=0.15))), within=Within.NOTHING, draws=0)
        for seed in range(60)
    ]
    assert abs(np.mean([one.effect for one in changes]) - 20_000) < 500


def test_comparing_councils_with_each_other_would_mislead():
    """Why levels are taken out: in the made-up panels spending and people go together for another reason."""
    assert estimate(as_panel(a_panel(1)), within=Within.NOTHING, draws=0).effect > 60_000


def test_no_effect_is_found_where_there_is_none_about_one_time_in_twenty():
    clustered = bootstrapped = unclustered = 0
    for seed in range(MANY):
        panel = as_panel(a_panel(seed, units=30, years=8, effect=0, lasting=0.8))
        found = estimate(panel, draws=199)
        clustered += not found.interval[0] <= 0 <= found.interval[1]
        bootstrapped += found.wild_bootstrap_p <= 0.05
        unclustered += abs(found.effect / plain_error(panel, found.effect)) > 1.96
    assert 0.02 <= clustered / MANY <= 0.09
    assert 0.02 <= bootstrapped / MANY <= 0.09
    # Errors that forget the councils claim an effect far too often: that is what clustering is for.
    assert unclustered / MANY > 0.13


def plain_error(panel, effect) -> float:
    """The textbook error, as if every council-year were news of its own (whole panels only)."""
    shape = (len(np.unique(panel.unit)), -1)
    outcome, people = (
        table - table.mean(0) - table.mean(1, keepdims=True) + table.mean()
        for table in (panel.outcome.reshape(shape), panel.effect.reshape(shape))
    )
    left = outcome - effect * people
    free = (left.shape[0] - 1) * (left.shape[1] - 1) - 1
    return float(np.sqrt((left**2).sum() / free / (people**2).sum()))
