"""The truth of the matching bench: what a line is said to stand for is what it was made from."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))

from matching_truth import REFERENCE_STANDS, Damage, draw


def test_every_line_comes_to_what_it_stands_for():
    payments, lines = draw(5_000)
    known = {payment.id: payment for payment in payments}
    assert {line.damage for line in lines} == set(Damage)
    for line in lines:
        meant = [known[key] for key in line.truth]
        assert bool(meant) == (line.damage != Damage.NOTHING)
        if meant:
            assert abs(line.amount_pence) == sum(payment.amount_pence for payment in meant)
        if line.damage in REFERENCE_STANDS:
            assert meant[0].reference in line.text and line.day >= meant[0].sent_on
    assert len({line.number for line in lines}) == len(lines)


def test_the_same_seed_gives_the_same_lines():
    assert draw(500, seed=3) == draw(500, seed=3) != draw(500, seed=4)
