"""Shares, bounds, differences and sizes, against statsmodels and by hand."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportion_effectsize

from leeway.insight.surveys.questionnaire import load
from leeway.insight.surveys.shares import by_sample_size, power, sample_needed, what_can_be_said
from leeway.intervals import Share, bounds, newcombe, wilson
from leeway.refusal import Refusal

counts = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n), st.integers(n, 2 * n)))


@given(counts, st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_wilson_is_that_of_statsmodels(given_counts, confidence):
    said, answered, _ = given_counts
    theirs = proportion_confint(said, answered, alpha=1 - confidence, method="wilson")
    assert wilson(Share(said / answered, answered), confidence=confidence) == pytest.approx(theirs, abs=1e-8)


@given(counts, counts)
def test_the_difference_is_newcombes_of_statsmodels(first, second):
    ours = newcombe(Share(first[0] / first[1], first[1]), Share(second[0] / second[1], second[1]))
    theirs = confint_proportions_2indep(second[0], second[1], first[0], first[1], method="newcomb", compare="diff")
    assert ours == pytest.approx(theirs, abs=1e-8)


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.integers(2, 5000), st.integers(2, 5000))
def test_power_is_that_of_statsmodels(first, second, one, two):
    effect = proportion_effectsize(second, first)
    if abs(effect) < 1e-9:
        return
    theirs = NormalIndPower().power(effect, nobs1=one, alpha=0.05, ratio=two / one)
    assert power(first, second, answered_first=one, answered_second=two) == pytest.approx(theirs, abs=1e-8)


@pytest.mark.parametrize(("first", "second", "chance"), [(0.67, 0.41, 0.8), (0.5, 0.45, 0.9), (0.1, 0.12, 0.8)])
def test_the_sample_needed_is_the_first_whole_number_that_statsmodels_finds_enough(first, second, chance):
    theirs = NormalIndPower().solve_power(proportion_effectsize(first, second), power=chance, alpha=0.05)
    assert sample_needed(first, second, chance=chance) == np.ceil(theirs)


def test_equal_shares_need_no_sample_that_could_be_had():
    assert sample_needed(0.4, 0.4) is None


def test_two_published_waves_whose_sizes_are_not_known():
    """67% in 2009, 41% in 2011: the drop can be told from 28 answers a wave on; 57 each find such a drop 4 in 5."""
    first, second = (each.percent / 100 for each in load("practitioner").question("benefits_people").published)
    table = by_sample_size(first, second, [10, 27, 28, 100, 400])
    assert table["told"].to_list() == ["no difference can be told"] * 2 + ["down"] * 3
    assert table.filter(pl.col("answered") == 100).select("difference_low", "difference_high").row(0) == pytest.approx(
        confint_proportions_2indep(41, 100, 67, 100, method="newcomb", compare="diff"), abs=1e-8
    )
    assert table["difference"].to_list() == pytest.approx([-0.26] * 5)
    assert sample_needed(first, second) == 57


def test_132_of_153_councils():
    """Someone says that 100 of the 132 have reviewed their contracts. By hand: 100/153 and 121/153."""
    assert bounds(100, 132, 153) == pytest.approx((100 / 153, 121 / 153))
    told = what_can_be_said(100, 132, 153, of="councils")
    assert told[0] == "132 of 153 councils answered (86.3%); 100 of them said so (75.8%)."
    assert "Whatever the other 21 would have said, the share of all 153 councils is between 65.4% and 79.1%." in told[1]
    assert told[2] == "It is certain that more than 50.0% of all would say so."


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (30, "It is certain that fewer than 50.0%"),
        (75, "That more than 50.0% of all would say so holds only if"),
        (66, "Whether more or fewer than 50.0% of all would say so cannot be told."),
    ],
)
def test_what_cannot_be_said_is_said(said, sentence):
    assert what_can_be_said(said, 132, 153)[-1].startswith(sentence)


def test_with_everyone_answering_chance_is_gone():
    assert wilson(Share(100 / 153, 153, 153)) == (100 / 153, 100 / 153)
    assert bounds(100, 153, 153) == (100 / 153, 100 / 153)
    assert len(what_can_be_said(100, 153, 153)) == 2


@given(counts)
def test_bounds_hold_the_estimate_and_a_finite_population_narrows(given_counts):
    said, answered, asked = given_counts
    share = said / answered
    least, most = bounds(said, answered, asked)
    assert least <= share + 1e-12 and share <= most + 1e-12 and 0 <= least <= most <= 1
    finite, endless = wilson(Share(share, answered, asked)), wilson(Share(share, answered))
    assert finite.low - 1e-12 <= share <= finite.high + 1e-12
    assert endless.low - 1e-12 <= finite.low and finite.high <= endless.high + 1e-12


@given(counts)
def test_equal_waves_differ_by_nothing(given_counts):
    share = Share(given_counts[0] / given_counts[1], given_counts[1])
    low, high = newcombe(share, share)
    assert low == pytest.approx(-high) and low <= 0 <= high


def test_counts_that_cannot_be_are_refused():
    for wrong in [(5, 4, 10), (1, 11, 10), (-1, 4, 10), (0, 0, 0)]:
        with pytest.raises(Refusal, match="Check the counts"):
            bounds(*wrong)
    with pytest.raises(Refusal, match="Nobody answered"):
        wilson(Share(0.5, 0))
    with pytest.raises(Refusal, match="More answered than were asked"):
        wilson(Share(0.5, 11, 10))
    with pytest.raises(Refusal, match="between 0 and 1"):
        wilson(Share(0.5, 10), confidence=95)
