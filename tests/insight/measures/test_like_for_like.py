"""Groups compared among people alike: by hand, against a regression, and as sure as it says it is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leeway.insight.measures.like_for_like import Z_95, Z_998, Tally, compare, kinds


def tallies(values: dict[str, list[int]]) -> dict[tuple[str, ...], Tally]:
    return {(kind,): Tally(len(v), sum(v), sum(x * x for x in v)) for kind, v in values.items()}


KINDS = st.dictionaries(st.sampled_from("abcde"), st.lists(st.integers(0, 500), min_size=1, max_size=30), min_size=1)


@given(KINDS)
@settings(max_examples=50, deadline=None)
def test_groups_that_are_the_same_do_not_differ(values):
    found = compare(tallies(values), tallies(values))
    assert found.left_out == 0 and not found.told
    assert found.difference in (0.0, None)


@given(KINDS, KINDS, st.integers(1, 50))
@settings(max_examples=50, deadline=None)
def test_whom_a_group_is_put_against_changes_only_the_sign(ours, theirs, times):
    there, back = compare(tallies(ours), tallies(theirs)), compare(tallies(theirs), tallies(ours))
    assert (there.difference is None) == (back.difference is None) and there.told == back.told
    bigger = compare(*(tallies({k: [x * times for x in v] for k, v in side.items()}) for side in (ours, theirs)))
    if there.difference is not None:
        assert there.difference == pytest.approx(-back.difference)
        assert bigger.difference == pytest.approx(times * there.difference, abs=1e-9)


def test_a_plain_difference_can_be_the_mix_of_people_alone():
    # Within each kind both groups have the same; the first has more of the kind that has much.
    first = tallies({"young": [10] * 15 + [12] * 15, "old": [1, 3] * 5})
    second = tallies({"young": [10, 12] * 5, "old": [1, 3] * 15, "nobody else": [99]})
    found = compare(first, second)
    assert found.difference == pytest.approx(0) and not found.told
    assert (found.first_people, found.second_people, found.left_out) == (40, 40, 1)
    what = found.sentence(what="Hours", first="ours", second="theirs")
    assert what.startswith("Hours: no difference can be told between ours and theirs, among people alike (likely")


def test_by_hand():
    first, second = tallies({"a": [4, 6] * 5, "b": [9]}), tallies({"a": [1, 3] * 10, "b": [1]})
    found = compare(first, second)
    weights = (10 * 20 / 30, 1 * 1 / 2)
    assert found.difference == pytest.approx((3 * weights[0] + 8 * weights[1]) / sum(weights))
    spread = [10 / 9 / 10 + 20 / 19 / 20, 10 / 9 / 1 + 20 / 19 / 1]  # a kind of one has the pooled variance
    error = sum((w / sum(weights)) ** 2 * s for w, s in zip(weights, spread, strict=True)) ** 0.5
    assert found.high - found.difference == pytest.approx(Z_95 * error)
    assert "3.3 more for x than for y" in found.sentence(what="It", first="x", second="y")


def test_too_few_people_say_nothing():
    found = compare(tallies({"a": [1] * 9}), tallies({"a": [2] * 50}))
    assert found.difference is None and not found.told
    assert "too few people are alike" in found.sentence(what="It", first="x", second="y")


def test_a_side_where_nobody_says_yes_is_not_surer_than_it_is():
    # None of 12 against a quarter of 4,000: it happens three times in a hundred by chance.
    found = compare(
        tallies({"a": [0] * 12}), tallies({"a": [1] * 1000 + [0] * 3000}), standard_errors=Z_998
    )  # fmt: skip
    assert found.difference == pytest.approx(-0.25)
    assert not found.told


def test_it_is_a_regression_with_a_constant_for_each_kind():
    random = np.random.default_rng(5)
    group, kind = random.integers(0, 2, 400), random.integers(0, 6, 400)
    value = random.poisson(3 + 2 * kind + group)
    columns = np.column_stack([group, *(kind == one for one in range(6))]).astype(float)
    coefficient = np.linalg.lstsq(columns, value.astype(float), rcond=None)[0][0]
    sides = [
        tallies({str(k): value[(group == side) & (kind == k)].tolist() for k in range(6)}) for side in (1, 0)
    ]  # fmt: skip
    assert compare(*sides).difference == pytest.approx(coefficient)


@pytest.mark.parametrize("yes_or_no", [False, True])
def test_it_tells_a_difference_that_is_not_there_one_time_in_twenty(yes_or_no):
    random, told, rounds = np.random.default_rng(11), 0, 2000
    for _ in range(rounds):
        sides = []
        for size in (60, 180):
            kind = random.integers(0, 4, size)
            if yes_or_no:
                value = random.random(size) < 0.1 + 0.2 * kind
            else:
                value = np.round(random.lognormal(3 + kind / 2, 0.5, size))
            sides.append(tallies({str(k): value[kind == k].astype(int).tolist() for k in range(4)}))
        told += compare(*sides).told
    assert 0.035 < told / rounds < 0.07


def test_rows_of_one_kind_are_added_up():
    rows = [
        {"age": "18-64", "people": 1, "total": 2, "squares": 4},
        {"age": "18-64", "people": 2, "total": 3, "squares": 5},
    ]
    assert kinds(rows, ["age"]) == {("18-64",): Tally(3, 5, 9)}
