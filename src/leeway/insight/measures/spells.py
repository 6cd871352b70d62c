"""Spells: services that follow each other without a gap, taken as one, and days counted as whole numbers."""

from collections.abc import Sequence

import narwhals as nw

from leeway.insight.measures.holding import PERSON

#: Stands for the end of a service that goes on.
NEVER = 4_000_000


def day_number(day: str | nw.Expr) -> nw.Expr:
    """Number the days of a column, or of an expression, from 1 January of the year 1, in whole numbers alone.

    As Python's `date.toordinal` does. One less another is the days between: engines differ in what a date less a date
    is.
    """
    day = nw.col(day) if isinstance(day, str) else day
    years = day.dt.year().cast(nw.Int64) - 1
    leap_days = years // 4 - years // 100 + years // 400
    return years * 365 + leap_days + day.dt.ordinal_day().cast(nw.Int64)


def numbered(events: nw.LazyFrame) -> nw.LazyFrame:
    """Add the day numbers `first` and `last` to events, leaving out those that end before they start."""
    dated = events.with_columns(first=day_number("starts_on"), last=day_number("ends_on").fill_null(NEVER))
    return dated.filter(nw.col("last") >= nw.col("first"))


def spells(services: nw.LazyFrame, keys: Sequence[str] = PERSON) -> nw.LazyFrame:
    """Number the spells of each person's services: `spell` is the same for services at most a day apart.

    Takes numbered services, and adds `spell` (from 1), which runs on while the next begins by the day after the
    latest end so far.
    """
    order = ["first", "last"]
    ends = nw.col("last").cum_max().over(*keys, order_by=order)
    with_ends = services.with_columns(latest=ends)
    earlier = with_ends.with_columns(earlier=nw.col("latest").shift(1).over(*keys, order_by=order))
    begins = (nw.col("first") > nw.col("earlier") + 1).fill_null(True).cast(nw.Int64)
    marked = earlier.with_columns(begins=begins)
    return marked.with_columns(spell=nw.col("begins").cum_sum().over(*keys, order_by=order)).drop(
        "latest", "earlier", "begins"
    )
