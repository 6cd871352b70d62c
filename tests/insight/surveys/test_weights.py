"""Weights that make those who answered stand for everyone."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.insight.surveys.weights import effective, weigh
from leeway.refusal import Refusal

COUNCILS = pl.DataFrame({"type": ["shire"] * 20 + ["london"] * 10, "region": ["north", "south"] * 15})


def test_one_grouping_is_post_stratification():
    """27 shires of which 20 answered, 33 London boroughs of which 10: a weight of 1.35, and of 3.3."""
    weights = weigh(COUNCILS, {"type": {"shire": 27, "london": 33}})
    assert weights.to_list() == pytest.approx([1.35] * 20 + [3.3] * 10)


def test_a_weighted_share_puts_right_who_answered():
    """All shires and no borough say yes: 20 of 30 answered yes, and they stand for 27 of 60."""
    answers = COUNCILS.with_columns(yes=pl.col("type") == "shire")
    weights = weigh(answers, {"type": {"shire": 27, "london": 33}})
    assert float((weights * answers["yes"].cast(float)).sum()) / 60 == pytest.approx(27 / 60)


def test_raking_fits_every_grouping():
    population = {"type": {"shire": 27, "london": 33}, "region": {"north": 20, "south": 40}}
    weighted = COUNCILS.with_columns(weigh(COUNCILS, population))
    for name, groups in population.items():
        sums = dict(weighted.group_by(name).agg(pl.col("weight").sum()).iter_rows())
        assert sums == pytest.approx(groups)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=60), st.data())
def test_weights_sum_to_the_population_and_are_above_nothing(groups, data):
    answers = pl.DataFrame({"group": groups})
    population = {group: data.draw(st.integers(1, 1000)) for group in sorted(set(groups))}
    weights = weigh(answers, {"group": population})
    assert float(weights.sum()) == pytest.approx(sum(population.values())) and float(weights.min()) > 0
    assert 0 < effective(weights) <= len(groups) + 1e-9


def test_equal_weights_tell_as_much_as_none():
    assert effective(pl.Series([2.5] * 40)) == pytest.approx(40)
    assert effective(pl.Series([1.0, 3.0])) == pytest.approx(16 / 10)


@pytest.mark.parametrize(
    ("population", "sentence"),
    [
        ({}, "nothing to weigh"),
        ({"size": {"big": 1}}, "no column “size”"),
        ({"type": {"shire": 27, "london": 33, "unitary": 5}}, "Nobody in “unitary”"),
        ({"type": {"shire": 27}}, "10 of the answers are in no group"),
        ({"type": {"shire": 27, "london": 0}}, "is empty"),
        ({"type": {"shire": 27, "london": 33}, "region": {"north": 20, "south": 41}}, "the same population"),
    ],
)
def test_what_cannot_be_weighed_is_refused(population, sentence):
    with pytest.raises(Refusal, match=sentence):
        weigh(COUNCILS, population)


def test_groupings_that_contradict_each_other_are_refused():
    answers = pl.DataFrame({"one": ["a", "b"], "two": ["a", "b"]})
    with pytest.raises(Refusal, match="cannot all be fitted"):
        weigh(answers, {"one": {"a": 1, "b": 9}, "two": {"a": 9, "b": 1}})
