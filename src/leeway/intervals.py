"""How far chance could move a share: the ranges that surveys, measures, samples and contracts all use."""

from dataclasses import dataclass
from math import inf, sqrt
from statistics import NormalDist
from typing import NamedTuple

from leeway.refusal import Refusal

NORMAL = NormalDist()


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
    z2, share = deviate(confidence) ** 2, given.share
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


def deviate(confidence: float) -> float:
    """How many standard errors reach to either side of a middle for this confidence: 1.96 for 0.95."""
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
