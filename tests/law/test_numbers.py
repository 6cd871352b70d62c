"""The five words and the sharing out of pence, on whole numbers and on columns."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.law.numbers import ceil_div, floor_div, greatest, least, split, where
from leeway.refusal import Refusal

WHOLE = st.integers(-(10**12), 10**12)


@given(st.lists(st.tuples(WHOLE, WHOLE, st.integers(1, 10**6)), min_size=1))
def test_columns_and_whole_numbers_agree(rows):
    one, other, by = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    assert least(one, other).tolist() == [least(a, b) for a, b, _ in rows]
    assert greatest(one, other).tolist() == [greatest(a, b) for a, b, _ in rows]
    assert floor_div(one, by).tolist() == [floor_div(a, c) for a, _, c in rows]
    assert ceil_div(one, by).tolist() == [ceil_div(a, c) for a, _, c in rows]
    assert where(one > other, one, other).tolist() == [where(a > b, a, b) for a, b, _ in rows]


@given(WHOLE, st.lists(st.integers(0, 1000), min_size=1).filter(any))
def test_nothing_is_lost_in_sharing(pence, shares):
    parts = split(pence, shares)
    assert sum(parts) == pence
    for part, share in zip(parts, shares, strict=True):
        assert share or part == 0
        assert abs(part * sum(shares) - pence * share) < len(shares) * sum(shares)


def test_the_last_takes_the_penny():
    assert split(10001, [50, 50]) == [5000, 5001]
    assert split(10001, [50, 50, 0]) == [5000, 5001, 0]
    assert split(-10001, [50, 50]) == [-5000, -5001]
    assert split(100, [1, 1, 1]) == [33, 33, 34]


@pytest.mark.parametrize("shares", [[], [0, 0], [-1, 2]])
def test_shares_that_cannot_be_are_refused(shares):
    with pytest.raises(Refusal, match="Shares must be"):
        split(100, shares)
