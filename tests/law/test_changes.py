"""Why the council pays another amount than before: the parts, and that they always add back."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from leeway.law.changes import CAUSES, Agreed, Bought, Causes, in_words, lines_moved, split_change, together

from .vectors import examples

pence = some.integers(0, 3000_00)
bought = some.builds(
    Bought,
    some.sampled_from(["Help at home", "help at home", "Day centre", "Swimming"]),
    some.sampled_from(["", "A", "B"]),
    some.sampled_from(["hour", "day"]),
    some.integers(1, 200_00),
    some.sampled_from([Fraction(1), Fraction(1, 2), Fraction(3, 13), Fraction(0)]),
    some.integers(0, 90_00),
)
agreed = some.builds(Agreed, some.lists(bought, max_size=5).map(tuple), pence, pence, pence)


def side(given):
    lines = tuple(Bought(*line[:4], Fraction(line[4]), line[5]) for line in given["lines"])
    return Agreed(lines, given["budget_pence"], given.get("charge_pence", 0), given.get("nhs_pence", 0))


@pytest.mark.parametrize("example", examples("changes"), ids=lambda example: example["name"])
def test_changes(example):
    found = split_change(side(example["before"]), side(example["after"]))
    assert found == Causes(**example["expect"])
    if "words" in example:
        assert in_words(found) == example["words"]


@settings(max_examples=60)
@given(agreed, agreed)
def test_the_causes_add_up_and_the_way_back_of_what_the_lines_cost_is_its_opposite(before, after):
    there, back = split_change(before, after), split_change(after, before)
    assert there.total == after.council_pence - before.council_pence == -back.total
    assert there.need + there.price == -(back.need + back.price)
    assert (there.policy, there.charge, there.others) == (-back.policy, -back.charge, -back.others)
    assert split_change(before, before) == Causes()
    assert set(CAUSES) == {cause for cause, _ in there.by_cause()}


@settings(max_examples=40)
@given(agreed, agreed)
def test_each_line_is_in_one_pair(before, after):
    moved = lines_moved(before.lines, after.lines)
    assert sorted(map(repr, (line.before for line in moved if line.before))) == sorted(map(repr, before.lines))
    assert sorted(map(repr, (line.after for line in moved if line.after))) == sorted(map(repr, after.lines))


def test_several_changes_add_up_cause_by_cause():
    assert together([Causes(need=5, price=1), Causes(need=-7, charge=2)]) == Causes(need=-2, price=1, charge=2)
