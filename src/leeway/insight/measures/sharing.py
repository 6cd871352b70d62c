"""Frames that several measures are made from, worked out once when the measures are asked together.

Polars finds what plans share by itself, but not where one shared part holds another: every measure of costs would look
for who holds what again. So the frames at the forks are worked out as they are asked for, and kept until the answers
are there. They hold a row a person, or a service, with few columns. On other engines nothing is kept: they plan alone.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, fields
from functools import wraps
from typing import Any, Concatenate

import narwhals as nw
import polars as pl

from leeway.insight.records.tables import Records


@dataclass(frozen=True)
class _Together(Records):
    """Records of which several measures are asked, and the frames that have been made of them so far."""

    made: dict[Hashable, nw.LazyFrame] = field(default_factory=dict, repr=False, compare=False)


def together(records: Records) -> Records:
    """Give the same records, for several measures to be asked of: what they share is worked out once.

    Records that are together already stay so: what was worked out for the measures before is there for these.
    """
    if isinstance(records, _Together):
        return records
    return _Together(*(getattr(records, table.name) for table in fields(Records)))


def shared[**P](
    make: Callable[Concatenate[Records, P], nw.LazyFrame],
) -> Callable[Concatenate[Records, P], nw.LazyFrame]:
    """Make a function of records keep its frame, while measures are asked together (see `together`).

    Everything but the records tells one frame from another. A breakdown by council is none: the column is always there.
    """

    @wraps(make)
    def once(records: Records, *args: P.args, **kwargs: P.kwargs) -> nw.LazyFrame:
        if not isinstance(records, _Together):
            return make(records, *args, **kwargs)
        said = (*map(_told, args), *((name, _told(value)) for name, value in sorted(kwargs.items())))
        key = (make, *(one for one in said if one != ()))
        if key not in records.made:
            records.made[key] = _worked_out(make(records, *args, **kwargs))
        return records.made[key]

    return once


def _told(value: Any) -> Hashable:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(one for one in value if one != "council")
    return value


def _worked_out(frame: nw.LazyFrame) -> nw.LazyFrame:
    native = frame.to_native()
    if not isinstance(native, pl.LazyFrame):
        return frame
    return nw.from_native(native.collect(engine="streaming").lazy())
