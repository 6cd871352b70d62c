"""When so few people are counted that somebody could be found: what is hidden of a whole, and what else with it."""

from collections.abc import Collection, Sequence

LEAST = 5


def hidden_parts(counts: Sequence[int]) -> set[int]:
    """The places of the parts that are hidden of a whole that everybody may see: the small, and as many as it takes.

    >>> sorted(hidden_parts([1, 0, 50])), sorted(hidden_parts([3, 3, 50])), sorted(hidden_parts([5, 50]))
    ([0, 1, 2], [0, 1], [])
    """
    small = {place for place, count in enumerate(counts) if 0 < count < LEAST}
    return small | set(more_to_hide([(count,) for count in counts], small))


def more_to_hide(parts: Sequence[tuple[int, ...]], hidden: Collection[int]) -> list[int]:
    """Of parts with their counts, which more are hidden, the smallest first, until those hidden are two and not small.

    With fewer, what is hidden could be had by taking the others from the whole.
    """
    gone, more = list(hidden), []
    shown = [place for place in range(len(parts)) if place not in gone]
    for place in sorted(shown, key=lambda place: parts[place]):
        enough = all(sum(counts) >= LEAST for counts in zip(*(parts[each] for each in gone), strict=True))
        if not gone or (enough and len(gone) > 1):
            break
        gone.append(place)
        more.append(place)
    return more
