"""Answers: measures asked of records, all in one go, each with its words, its counts and its value."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import narwhals as nw
import polars as pl

from leeway.insight.measures.holding import must_be_breakdowns
from leeway.insight.measures.measure import Measure
from leeway.insight.measures.sharing import together
from leeway.insight.records.tables import TABLES, Records
from leeway.period import year_to

COUNTS = ("numerator", "denominator", "unknown")
#: Councils are counted together while they have no more services than this: it keeps what is held at once small.
SERVICES_AT_ONCE = 1_000_000


def answers(
    records: Records, *, as_at: date, measures: Iterable[Measure], by: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Ask measures of records: each in all, then broken down by every combination of `by` that is there.

    What is counted on a day is counted on `as_at`; what is counted in a year, in the twelve months that end on it.
    A measure that one of the words does not suit is given for the whole alone. Gives for each: `measure`, `name`,
    `definition`, `numerator`, `denominator`, `value`, `unit`, `unknown` and `by` (the breakdown's words; none for the
    whole). There is no value where none is counted and as many are not known as there are. Refuses a breakdown that
    none of the measures knows.
    """
    period, asked = year_to(as_at), tuple(measures)
    must_be_breakdowns(by, tuple(dict.fromkeys(word for measure in asked for word in measure.breakdowns)))
    wanted = [
        (measure, cut)
        for measure in asked
        for cut in dict.fromkeys(((), tuple(by) if set(by) <= set(measure.breakdowns) else ()))
    ]
    counted: dict[tuple[Measure, tuple[str, ...]], list[dict[str, Any]]] = {
        (measure, _counted_by(measure, cut)): [] for measure, cut in wanted
    }
    parts = _parts(records)
    for part in parts if len(parts) == 1 else [*parts, records]:
        held = together(part)
        here = [
            (measure, cut)
            for measure, cut in counted
            if len(parts) == 1 or (part is records) != ("council" in cut or measure.adds_up)
        ]
        for one, rows in zip(here, gather([measure.count(held, period, cut) for measure, cut in here]), strict=True):
            counted[one] += rows
    return [
        answer
        for measure, cut in wanted
        for answer in _answer(measure, cut, counted[measure, _counted_by(measure, cut)])
    ]


def _counted_by(measure: Measure, cut: tuple[str, ...]) -> tuple[str, ...]:
    """Count the whole by council, where that adds up: nobody is in two, and councils are often asked for as well."""
    return cut if cut or not measure.adds_up else ("council",)


def _parts(records: Records) -> list[Records]:
    """Split the records of many councils into those of a few, so that what is held at once stays small.

    No person is in two. Other engines than Polars split work as they see fit, and get the records whole.
    """
    services = records.services.to_native()
    if not isinstance(services, pl.LazyFrame):
        return [records]
    sizes = services.group_by("council").len().collect(engine="streaming").sort("council").rows()
    parts: list[list[str]] = [[]]
    size = 0
    for council, rows in sizes:
        if parts[-1] and size + rows > SERVICES_AT_ONCE:
            parts.append([])
            size = 0
        parts[-1].append(council)
        size += rows
    if len(parts) == 1:
        return [records]
    # From one council on to before the next part's first: those without a service are in one part too.
    starts = [None, *(part[0] for part in parts[1:]), None]
    return [_between(records, first, end) for first, end in pairwise(starts)]


def _between(records: Records, first: str | None, end: str | None) -> Records:
    council = nw.col("council")
    inside = [council >= first] * (first is not None) + [council < end] * (end is not None)
    return Records(*(getattr(records, table).filter(*inside) for table in TABLES))


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
    numerator = in_whole_ones(numerator, measure.parts)
    none_known = not numerator and unknown >= denominator  # not known is never no: of nobody known, no share is none
    value = None if none_known else measure.value(numerator, denominator)
    if measure.middle:
        sizes = Counter[int]()
        for row in rows:
            sizes[int(row[measure.middle])] += int(row["denominator"])
        value = middle(sizes)
    return {"numerator": numerator, "denominator": denominator, "value": value, "unknown": unknown}


def in_whole_ones(counted: int, parts: int) -> int:
    """Turn a count of parts into whole ones, a half going up.

    >>> in_whole_ones(7, 2), in_whole_ones(7, 1), in_whole_ones(13, 5)
    (4, 7, 3)
    """
    return (counted * 2 + parts) // (2 * parts)


def middle(sizes: Mapping[int, int]) -> float | None:
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
