"""Answers made fit to publish: small counts hidden, the others rounded, so that nobody can be found in them.

DHSC hides both counts and the value where either count is under 5, and rounds the counts of regions and of England
to the nearest 5; values are worked out before rounding, to one decimal. Checked on the published tables of ASCOF
2024-25: council values are those of the exact counts beside them, and eleven regional values are not those of the
rounded counts beside them. Here every count is rounded, as nothing else hides a part of a council.
Source: ASCOF 2024-25, notes 10 and 16.
"""

from collections.abc import Iterable
from typing import Any

LEAST, NEAREST = 5, 5
COUNTS = ("numerator", "denominator", "unknown")


def published(answers: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Hide and round the counts of answers, and say in `hidden` why a row has none.

    A row is hidden whose numerator or denominator is under 5 ("under 5"). If just one of the parts of a whole is
    hidden, or those hidden could be had to within 5 by taking the others from the whole, the next smallest is hidden
    too ("so that others stay hidden"). Where the whole is hidden, so are all its parts.
    """
    rows = [dict(answer) | {"hidden": "under 5" if _small(answer) else ""} for answer in answers]
    for measure in dict.fromkeys(row["measure"] for row in rows):
        mine = [row for row in rows if row["measure"] == measure]
        _hide_more([row for row in mine if not row["by"]], [row for row in mine if row["by"]])
    return [_rounded(row) for row in rows]


def nearest(count: int) -> int:
    """Round a count to the nearest 5.

    >>> [nearest(count) for count in (5, 7, 8, 12, 13)]
    [5, 5, 10, 10, 15]
    """
    return (count + NEAREST // 2) // NEAREST * NEAREST


def _small(answer: dict[str, Any]) -> bool:
    return min(answer["numerator"], answer["denominator"]) < LEAST


def _hide_more(wholes: list[dict[str, Any]], parts: list[dict[str, Any]]) -> None:
    """Hide further parts until those hidden, taken together, cannot be told from the whole."""
    if any(whole["hidden"] for whole in wholes):
        for part in parts:
            part["hidden"] = part["hidden"] or "so that others stay hidden"
        return
    hidden = [part for part in parts if part["hidden"]]
    shown = sorted(
        (part for part in parts if not part["hidden"]), key=lambda part: (part["numerator"], part["denominator"])
    )
    for part in shown:
        enough = all(sum(one[count] for one in hidden) >= LEAST for count in ("numerator", "denominator"))
        if not hidden or enough:
            return
        part["hidden"] = "so that others stay hidden"
        hidden.append(part)


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    if row["hidden"]:
        return row | dict.fromkeys((*COUNTS, "value"))
    unknown = None if 0 < row["unknown"] < LEAST else nearest(row["unknown"])
    return row | {
        "numerator": nearest(row["numerator"]),
        "denominator": nearest(row["denominator"]),
        "unknown": unknown,
    }
