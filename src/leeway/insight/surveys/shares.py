"""Shares of those who answered: how far chance could move them, and how far those who did not answer could."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, inf, sqrt
from statistics import NormalDist
from typing import NamedTuple

import polars as pl

from leeway.refusal import Refusal

NORMAL = NormalDist()
NO_DIFFERENCE = "no difference can be told"
SMALLEST = 5  # fewer answers than this are never shown
MOST_IN_A_WAVE = 10_000_000


class Interval(NamedTuple):
    """From low to high."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """A share from 0 to 1 of so many answers; `asked` is how many there are in all, where that is known.

    `answered` may be broken: with weights it is the number of answers that would tell as much without them.
    """

    share: float
    answered: float
    asked: float | None = None


def wilson(given: Share, *, confidence: float = 0.95) -> Interval:
    """The range in which the share of everyone lies, as far as chance goes (Wilson's score interval).

    Where it is known how many there are in all, the range is narrower (finite population correction): with everyone
    answering it is a point. It supposes that those who did not answer are like those who did: see `bounds`.
    Source: Wilson (1927), Journal of the American Statistical Association 22, 209-212; the correction replaces n by
    n(N-1)/(N-n).
    """
    z2, share = _z(confidence) ** 2, given.share
    answered = _enough(given)
    if answered == inf:
        return Interval(share, share)
    middle = (share + z2 / (2 * answered)) / (1 + z2 / answered)
    reach = sqrt(z2 * (share * (1 - share) / answered + z2 / (4 * answered**2))) / (1 + z2 / answered)
    return Interval(max(0.0, middle - reach) if share > 0 else 0.0, min(1.0, middle + reach) if share < 1 else 1.0)


def _enough(given: Share) -> float:
    """How many answers out of a boundless population would tell as much as these tell."""
    if given.answered <= 0:
        raise Refusal("Nobody answered, so there is no share. Ask those with answers.")
    if given.asked is None:
        return given.answered
    if given.answered > given.asked:
        raise Refusal("More answered than were asked. Check how many there are in all.")
    left = given.asked - given.answered
    return inf if left <= 0 else given.answered * (given.asked - 1) / left


def _z(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise Refusal("A confidence lies between 0 and 1, such as 0.95.")
    return NORMAL.inv_cdf(0.5 + confidence / 2)


def bounds(said: float, answered: float, asked: float) -> Interval:
    """The least and the most that the share of everyone can be: no, or yes, from all who did not answer.

    These are certain, and need no supposition. Source: Manski (1989), Journal of Human Resources 24, 343-360.

    >>> [round(100 * each, 1) for each in bounds(100, 132, 153)]
    [65.4, 79.1]
    """
    if not 0 <= said <= answered <= asked or asked <= 0:
        raise Refusal(
            "Those who said so are some of those who answered, who are some of those asked. Check the counts."
        )
    return Interval(said / asked, (said + asked - answered) / asked)


def what_can_be_said(said: int, answered: int, asked: int, *, of: str = "", than: float = 0.5) -> list[str]:
    """What answers from a part of them can and cannot say about all, in sentences. `of` names them: “councils”.

    `than` is a share of interest: the last sentence says whether more than that, or less, can be told.
    """
    least, most = bounds(said, answered, asked)
    low, high = wilson(Share(said / answered, answered, asked))
    all_of = f"{asked:,} {of}".strip()
    told = [f"{answered:,} of {all_of} answered ({percent(answered / asked)}); {said:,} of them said so "
            f"({percent(said / answered)})."]  # fmt: skip
    if answered < asked:
        told.append(
            f"Whatever the other {asked - answered:,} would have said, the share of all {all_of} is between "
            f"{percent(least)} and {percent(most)}. If they are like those who answered, it is between "
            f"{percent(low)} and {percent(high)} (95% interval)."
        )
    point = percent(than)
    if least > than or most < than:
        told.append(f"It is certain that {'more' if least > than else 'fewer'} than {point} of all would say so.")
    elif low > than or high < than:
        side = "more" if low > than else "fewer"
        told.append(
            f"That {side} than {point} of all would say so holds only if those who did not answer are like the rest."
        )
    else:
        told.append(f"Whether more or fewer than {point} of all would say so cannot be told.")
    return told


def newcombe(first: Share, second: Share, *, confidence: float = 0.95) -> Interval:
    """The range of the difference, second less first, from the Wilson range of each.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10 (no continuity correction).
    """
    low_first, high_first = wilson(first, confidence=confidence)
    low_second, high_second = wilson(second, confidence=confidence)
    difference = second.share - first.share
    down = sqrt((second.share - low_second) ** 2 + (high_first - first.share) ** 2)
    up = sqrt((high_second - second.share) ** 2 + (first.share - low_first) ** 2)
    return Interval(max(-1.0, difference - down), min(1.0, difference + up))


def power(first: float, second: float, *, answered_first: float, answered_second: float, confidence: float = 0.95):
    """The chance that two waves of these sizes would show a difference this large as more than chance.

    Source: Cohen (1988), Statistical Power Analysis, chapter 6: the difference of arcsines of the two shares.
    """
    effect = 2 * (asin(sqrt(second)) - asin(sqrt(first)))
    away = effect / sqrt(1 / answered_first + 1 / answered_second)
    z = _z(confidence)
    return NORMAL.cdf(away - z) + NORMAL.cdf(-away - z)


def sample_needed(first: float, second: float, *, chance: float = 0.8, confidence: float = 0.95) -> int | None:
    """How many must answer in each of two waves, for this chance of telling the two shares apart.

    None where the shares are the same, or so near that more than ten million would not do.
    """
    low, high = 1, MOST_IN_A_WAVE
    if not 0 < chance < 1:
        raise Refusal("A chance lies between 0 and 1, such as 0.8.")

    def enough(answered: int) -> bool:
        found = power(first, second, answered_first=answered, answered_second=answered, confidence=confidence)
        return found >= chance

    if not enough(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


def by_sample_size(first: float, second: float, sizes: Iterable[int], *, confidence: float = 0.95) -> pl.DataFrame:
    """Two published shares whose sample sizes are not known: what could be said for each size of both waves.

    One row a size: `answered`, then `low` and `high` of each share and of the difference, and `told` (up, down, or
    no difference can be told).
    """
    rows = []
    for size in sizes:
        one, two = Share(first, size), Share(second, size)
        difference = newcombe(one, two, confidence=confidence)
        rows.append(
            {"answered": size}
            | _named("first", first, wilson(one, confidence=confidence))
            | _named("second", second, wilson(two, confidence=confidence))
            | _named("difference", second - first, difference)
            | {"told": direction(difference)}
        )
    return pl.DataFrame(rows)


def _named(name: str, value: float, interval: Interval) -> dict[str, float]:
    return {name: value, f"{name}_low": interval.low, f"{name}_high": interval.high}


def direction(difference: Interval) -> str:
    """Which way a difference goes, as far as it can be told."""
    if difference.low > 0:
        return "up"
    return "down" if difference.high < 0 else NO_DIFFERENCE


def percent(share: float) -> str:
    """A share in words: 65.4%."""
    return f"{100 * share:.1f}%"
