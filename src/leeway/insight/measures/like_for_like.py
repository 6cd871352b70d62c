"""Two groups compared like for like: the same mix of people on both sides, with an interval, able to say "cannot tell".

People are put into kinds (say, a client group and an age band). Within each kind the two groups are compared; each kind
then weighs as much as it can say: first times second over first plus second. Kinds in which only one group has people
say nothing, and those people are counted as left out. It is what a regression with a constant for each kind would give.

The interval is the difference, and so many standard errors each side. For amounts, each side has its own spread within
each kind (that of all its kinds together where it has one person there). For a yes or no, both sides have the spread
of the two together, so that a difference is told when the Mantel-Haenszel test tells one: a side where nobody says yes
has no spread of its own, and would seem surer than it is.

Source: Mantel and Haenszel (1959).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import fsum, sqrt
from typing import Any, NamedTuple

#: Standard errors each side of the difference: 19 times in 20, and the 998 in 1,000 of a funnel plot's outer lines.
Z_95, Z_998 = 1.959964, 3.090232
#: Fewer people than this on either side, and nothing is said.
PEOPLE_MIN = 10


class Tally(NamedTuple):
    """One kind of people in one group: how many, the total of what is measured, and the total of its squares."""

    people: int
    total: int
    squares: int


Kinds = Mapping[Any, Tally]


@dataclass(frozen=True)
class Difference:
    """The first group's mean less the second's, among people alike. Means, difference and limits are null if untold.

    `people` are those in kinds that both groups have; `left_out` are the rest. Unit: that of what is measured.
    """

    first_people: int
    second_people: int
    left_out: int
    first_mean: float | None
    second_mean: float | None
    difference: float | None
    low: float | None
    high: float | None

    @property
    def told(self) -> bool:
        """Whether a difference can be told: there are people enough, and the interval leaves out zero."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    def sentence(self, *, what: str, first: str, second: str, per: float | Fraction = 1, decimals: int = 1) -> str:
        """Say it in words: `what` with its unit, such as "Hours (a week)", and what turns a whole number into it."""
        people = f"{self.first_people:,} and {self.second_people:,} people"
        if self.difference is None or self.low is None or self.high is None:
            return f"{what}: too few people are alike to compare {first} with {second} ({people})."
        low, high, size = (
            round(float(value * per), decimals) + 0.0 for value in (self.low, self.high, self.difference)
        )
        limits = f"likely between {low:,.{decimals}f} and {high:,.{decimals}f}; {people}"
        if not self.told:
            return f"{what}: no difference can be told between {first} and {second}, among people alike ({limits})."
        more = "more" if self.difference > 0 else "less"
        return f"{what}: {abs(size):,.{decimals}f} {more} for {first} than for {second}, among people alike ({limits})."


def kinds(rows: Iterable[Mapping[str, Any]], by: Sequence[str]) -> dict[tuple[str, ...], Tally]:
    """Sort rows that count `people`, `total` and `squares` into kinds, adding up those of one kind."""
    found: dict[tuple[str, ...], Tally] = {}
    for row in rows:
        kind = tuple(str(row[column]) for column in by)
        counts = (int(row["people"]), int(row["total"]), int(row["squares"]))
        found[kind] = Tally(*(a + b for a, b in zip(found.get(kind, (0, 0, 0)), counts, strict=True)))
    return found


def compare(first: Kinds, second: Kinds, *, standard_errors: float = Z_95) -> Difference:
    """Compare two groups of people, kind by kind. Kinds without people are allowed, and say nothing."""
    both = sorted(kind for kind in first if kind in second and first[kind].people and second[kind].people)
    sizes = [(first[kind].people, second[kind].people) for kind in both]
    ours, theirs = sum(a for a, _ in sizes), sum(b for _, b in sizes)
    left_out = sum(tally.people for tally in (*first.values(), *second.values())) - ours - theirs
    if min(ours, theirs) < PEOPLE_MIN:
        return Difference(ours, theirs, left_out, None, None, None, None, None)
    weights = [a * b / (a + b) for a, b in sizes]
    everything = fsum(weights)
    shares = [weight / everything for weight in weights]
    ours_by_kind, theirs_by_kind = [first[kind] for kind in both], [second[kind] for kind in both]
    first_mean, second_mean = _mean(ours_by_kind, shares), _mean(theirs_by_kind, shares)
    if all(tally.total == tally.squares for tally in (*ours_by_kind, *theirs_by_kind)):
        together = [
            Tally(*(a + b for a, b in zip(*pair, strict=True)))
            for pair in zip(ours_by_kind, theirs_by_kind, strict=True)
        ]
        first_spreads = second_spreads = _spreads(together)
    else:
        first_spreads, second_spreads = _spreads(ours_by_kind), _spreads(theirs_by_kind)
    variance = fsum(
        share**2 * (own / a + other / b)
        for share, own, other, (a, b) in zip(shares, first_spreads, second_spreads, sizes, strict=True)
    )
    difference, reach = first_mean - second_mean, standard_errors * sqrt(variance)
    return Difference(
        ours, theirs, left_out, first_mean, second_mean, difference, difference - reach, difference + reach
    )


def _mean(tallies: list[Tally], shares: list[float]) -> float:
    """One group's mean at the shared mix of kinds."""
    return fsum(share * tally.total / tally.people for share, tally in zip(shares, tallies, strict=True))


def _spreads(tallies: list[Tally]) -> list[float]:
    """The variance of one person in each kind; where a kind has one person, that of all kinds together."""
    # In whole numbers until the last step: no digits are lost where the spread is small beside the mean.
    sums = [(tally.people * tally.squares - tally.total**2) / tally.people for tally in tallies]
    freedom = sum(tally.people - 1 for tally in tallies)
    pooled = fsum(sums) / freedom if freedom else 0.0
    return [one / (tally.people - 1) if tally.people > 1 else pooled for one, tally in zip(sums, tallies, strict=True)]
