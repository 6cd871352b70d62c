"""What turns on an age is said where it is the same for every day of birth that there may be, and never guessed."""

from datetime import date

import pytest

from leeway.law.births import Birth
from leeway.law.stretches import birthday_turns

IN_2001 = Birth.known(None, 2001)


def test_a_day_or_a_year_or_nothing_is_known():
    assert Birth.known(date(1952, 3, 27)) == Birth(date(1952, 3, 27), date(1952, 3, 27))
    assert Birth(date(2001, 1, 1), date(2001, 12, 31)) == IN_2001
    assert Birth.known(None) is None


@pytest.mark.parametrize(
    "on, reached",
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), None),
        (date(2026, 12, 30), None),
        (date(2026, 12, 31), True),
    ],
)
def test_an_age_is_reached_for_sure_not_yet_or_perhaps(on, reached):
    assert IN_2001.has_turned(25, on) is reached


def test_an_age_that_may_be_reached_is_a_turn_of_its_own():
    turns = [(turn.day, turn.why) for turn in birthday_turns(IN_2001)][:2]
    assert turns == [
        (date(2026, 1, 1), "the 25th birthday may be reached"),
        (date(2026, 12, 31), "the 25th birthday is reached"),
    ]
    known = Birth.known(date(2001, 5, 1))
    assert [turn.why for turn in birthday_turns(known)] == ["the 25th birthday is reached", "pension age is reached"]
