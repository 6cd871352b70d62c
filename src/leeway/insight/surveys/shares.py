"""Shares of those who answered: what can be said of everyone, and how many must answer to tell two apart."""

from collections.abc import Iterable
from math import asin, sqrt

import polars as pl

from leeway.intervals import NORMAL, Interval, Share, bounds, deviate, newcombe, wilson
from leeway.refusal import Refusal

NO_DIFFERENCE = "no difference can be told"
SMALLEST = 5  # fewer answers than this are never shown
MOST_IN_A_WAVE = 10_000_000


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


def power(first: float, second: float, *, answered_first: float, answered_second: float, confidence: float = 0.95):
    """The chance that two waves of these sizes would show a difference this large as more than chance.

    Source: Cohen (1988), Statistical Power Analysis, chapter 6: the difference of arcsines of the two shares.
    """
    effect = 2 * (asin(sqrt(second)) - asin(sqrt(first)))
    away = effect / sqrt(1 / answered_first + 1 / answered_second)
    z = deviate(confidence)
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
