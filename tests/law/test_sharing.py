"""Who pays what of one thing: every method by example, and what holds of all of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from leeway.law.outcome import BadInput
from leeway.law.sharing import METHOD_BY_CODE, Portion, share

from .vectors import examples

PENCE = some.integers(0, 5_000_00)
NAMES = ["A", "B", "C", "D"]


@pytest.mark.parametrize("example", examples("sharing"), ids=lambda example: example["name"])
def test_worked_example(example):
    portions = [Portion(*each) for each in example["shares"]]
    if refused := example.get("refused"):
        with pytest.raises(BadInput, match=refused):
            share(example["method"], portions, example["pence"])
        return
    found = share(example["method"], portions, example["pence"])
    assert list(found.parts) == example["parts"]
    assert [step["pence"] for step in found.steps] == [example["pence"], *example["parts"]]
    assert all(step["sentence"] and step["name"] and step["source"] for step in found.steps)


def test_every_method_has_an_example():
    assert {each["method"] for each in examples("sharing")} >= set(METHOD_BY_CODE)


@some.composite
def agreements(draw):
    method = draw(some.sampled_from(sorted(METHOD_BY_CODE)))
    if method == "owner":
        return method, [Portion("A")]
    names = NAMES[: 2 if method == "incremental" else draw(some.integers(2, 4))]
    figures = draw(some.lists(some.integers(1, 2_500), min_size=len(names), max_size=len(names)))
    if method == "fixed":
        figures[-1] = 100_00 - sum(figures[:-1])
    if method in ("capped", "incremental"):
        figures[-1] = None
    return method, [Portion(*each) for each in zip(names, figures, strict=True)]


@given(agreements(), PENCE)
@settings(max_examples=60)
def test_parts_add_back_and_only_the_last_takes_pennies(agreement, pence):
    method, portions = agreement
    parts = share(method, portions, pence).parts
    assert sum(parts) == pence and min(parts) >= 0
    if method == "fixed":
        exact = [pence * (portion.figure or 0) // 100_00 for portion in portions]
        assert list(parts[:-1]) == exact[:-1]
        assert 0 <= parts[-1] - exact[-1] < len(parts)
