"""Answers: measures asked of records, all in one go, each with its words, its counts and its value."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import narwhals as nw
import polars as pl

from leeway.insight.measures.holding import must_be_breakdowns
from leeway.insight.measures.measure import Measure, year_to
from leeway.insight.records.tables import Records

COUNTS = ("numerator", "denominator", "unknown")


def answers(
    records: Records, *, as_at: date, measures: Iterable[Measure], by: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Ask measures of records: each in all, then broken down by every combination of `by` that is there.

    What is counted on a day is counted on `as_at`; what is counted in a year, in the twelve months that end on it.
    A measure that one of the words does not suit is given for the whole alone. Gives for each: `measure`, `name`,
    `definition`, `numerator`, `denominator`, `value`, `unit`, `unknown` and `by` (the breakdown's words; none for the
    whole). Refuses a breakdown that none of the measures knows.
    """
    period, asked = year_to(as_at), tuple(measures)
    must_be_breakdowns(by, tuple(dict.fromkeys(word for measure in asked for word in measure.breakdowns)))
    wanted: list[tuple[Measure, tuple[str, ...]]] = []
    for measure in asked:
        wanted.append((measure, ()))
        if by and set(by) <= set(measure.breakdowns):
            wanted.append((measure, tuple(by)))
    frames = gather([measure.count(records, period, cut) for measure, cut in wanted])
    return [
        answer for (measure, cut), rows in zip(wanted, frames, strict=True) for answer in _answer(measure, cut, rows)
    ]


def gather(frames: Sequence[nw.LazyFrame]) -> list[list[dict[str, Any]]]:
    """Work out several frames: Polars does it all at once, so that what they share is done once."""
    native = [frame.to_native() for frame in frames]
    if native and all(isinstance(frame, pl.LazyFrame) for frame in native):
        return [frame.to_dicts() for frame in pl.collect_all(native, engine="streaming")]
    return [list(frame.collect().iter_rows(named=True)) for frame in frames]


def _answer(measure: Measure, by: Sequence[str], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put words to the counts of one measure, in the breakdown's order."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(str(row[word]) for word in by), []).append(row)
    if not by:
        groups.setdefault((), [])
    return [
        {
            "measure": measure.code,
            "name": measure.name,
            "definition": measure.definition,
            **_counted(measure, groups[key]),
            "unit": measure.unit,
            "by": dict(zip(by, key, strict=True)),
        }
        for key in sorted(groups)
    ]


def _counted(measure: Measure, rows: list[dict[str, Any]]) -> dict[str, Any]:
    numerator, denominator, unknown = (sum(int(row[count] or 0) for row in rows) for count in COUNTS)
    value = measure.value(numerator, denominator)
    if measure.middle:
        value = middle({int(row[measure.middle]): int(row["denominator"]) for row in rows if row["denominator"]})
    return {"numerator": numerator, "denominator": denominator, "value": value, "unknown": unknown}


def middle(sizes: dict[int, int]) -> float | None:
    """The median of whole numbers, from how many there are of each; none where there is nothing.

    >>> middle({3: 1, 10: 1}), middle({3: 2, 10: 1})
    (6.5, 3.0)
    """
    total = sum(sizes.values())
    if not total:
        return None
    seen, found = 0, list[int]()
    for size in sorted(sizes):
        seen += sizes[size]
        found += [size] * ((2 * seen >= total) + (2 * seen > total) - len(found))
        if len(found) == 2:
            break
    return sum(found) / 2
