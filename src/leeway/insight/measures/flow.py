"""Stock and flow: who held support, and how, on one day and on a later one, and what happened between.

A share can rise because new people choose something or because others are moved to it. So each person is put by
where they were on the first day and where they are on the last: new, the same, moved from another way of holding,
ended or died. For each place, start + new + moved in - moved out - ended - died = end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import narwhals as nw

from leeway.insight.measures.answers import gather
from leeway.insight.measures.holding import (
    BY_COMMISSIONED,
    BY_DIRECT,
    BY_MANAGED,
    BY_UNKNOWN,
    PERSON,
    clients,
    equal,
    must_be_breakdowns,
    number,
    on,
    tally,
)
from leeway.insight.measures.measure import Count, Measure
from leeway.insight.measures.sharing import shared
from leeway.insight.records.tables import Records
from leeway.intervals import Share, newcombe
from leeway.period import Period

NEW, ENDED, DIED = "New", "Ended", "Died"


def moves(records: Records, *, start: date, end: date, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Count the people for each pair of places, on a first day and on a last.

    Gives the breakdowns, `before` (a place, or New), `after` (a place, Ended or Died) and `people`. A breakdown says
    where the person is on the last day, or was on the first if they are no longer there. Both days must lie in the
    return: what ended before its period began is not in it. Who turned 18 between the days is new.
    """
    must_be_breakdowns(by)
    told = _both_days(records, start, end, by, said="place")
    gone = nw.when(nw.col("died_on") < end).then(nw.lit(DIED)).otherwise(nw.lit(ENDED))
    named = told.with_columns(
        nw.col("before").fill_null(nw.lit(NEW)), nw.coalesce(nw.col("after"), gone).alias("after")
    )
    return named.group_by(*by, "before", "after").agg(people=nw.len())


@shared
def _both_days(records: Records, start: date, end: date, by: Sequence[str], said: str) -> nw.LazyFrame:
    """Give whoever was there on either day a row: what is `said` of them `before` and `after`, and the breakdowns."""
    by = tuple(dict.fromkeys(("council", *by)))
    first = clients(records, on(start), by).select(*PERSON, nw.col(said).alias("before"), *_renamed(by, "_before"))
    last = clients(records, on(end), by).select(*PERSON, nw.col(said).alias("after"), *_renamed(by, "_after"))
    deaths = records.people.select(*PERSON, "died_on")
    # One row for each who was there on either day: a full join would give its keys two names in some engines.
    anybody = nw.concat([first.select(*PERSON), last.select(*PERSON)]).unique(list(PERSON))
    both = anybody.join(first, on=list(PERSON), how="left").join(last, on=list(PERSON), how="left")
    told = both.join(deaths, on=list(PERSON), how="left")
    return told.with_columns(nw.coalesce(nw.col(f"{word}_after"), nw.col(f"{word}_before")).alias(word) for word in by)


def _renamed(by: Sequence[str], ending: str) -> list[nw.Expr]:
    return [nw.col(word).alias(f"{word}{ending}") for word in by]


@dataclass
class Place:
    """What happened to the number of people in one place between two days."""

    start: int = 0
    new: int = 0
    moved_in: dict[str, int] = field(default_factory=dict)  # from which place, how many
    moved_out: dict[str, int] = field(default_factory=dict)  # to which place, how many
    ended: int = 0
    died: int = 0
    end: int = 0


def stock_and_flow(counted: Iterable[dict[str, Any]]) -> dict[str, Place]:
    """Put rows of `before`, `after` and `people` together into what happened in each place.

    >>> rows = [{"before": "New", "after": "Managed", "people": 3}, {"before": "Managed", "after": "Died", "people": 1}]
    >>> stock_and_flow(rows)["Managed"]
    Place(start=1, new=3, moved_in={}, moved_out={}, ended=0, died=1, end=3)
    """
    places: dict[str, Place] = {}
    for row in counted:
        before, after, people = row["before"], row["after"], row["people"]
        if before != NEW:
            was = places.setdefault(before, Place())
            was.start += people
            was.ended += people * (after == ENDED)
            was.died += people * (after == DIED)
        if after not in (ENDED, DIED):
            now = places.setdefault(after, Place())
            now.end += people
            now.new += people * (before == NEW)
            if before not in (NEW, after):
                now.moved_in[before] = now.moved_in.get(before, 0) + people
                places[before].moved_out[after] = places[before].moved_out.get(after, 0) + people
    return dict(sorted(places.items()))


def between(records: Records, *, start: date, end: date) -> dict[str, Place]:
    """Say for each place what happened between two days."""
    [rows] = gather([moves(records, start=start, end=end)])
    return stock_and_flow(rows)


@dataclass(frozen=True)
class Change:
    """How far a share moved between two times, in percentage points, and between which bounds it lies."""

    points: float
    low: float
    high: float

    @property
    def flat(self) -> bool:
        """Whether no change at all is among what the figures could mean."""
        return self.low <= 0 <= self.high


def change(before: tuple[int, int], after: tuple[int, int]) -> Change:
    """Compare two shares, each given as (numerator, denominator), with a 95% interval for the difference.

    The people counted are taken as a draw from those who might have been there; the interval is Newcombe's, from two
    Wilson intervals, treated as if different people were counted each time. As most are the same people, it is wider
    than need be, and so slow to say that something changed.
    Source: Newcombe, Statistics in Medicine 17 (1998), method 10.

    >>> change((56, 70), (48, 80))
    Change(points=-20.0, low=-33.3..., high=-5.2...)
    """
    first, second = (Share(numerator / denominator, denominator) for numerator, denominator in (before, after))
    moved = (second.share - first.share, *newcombe(first, second))
    return Change(*(round(100 * points, 6) for points in moved))


def _new(rank: int) -> Count:
    """Count those who hold support one way on the last day, and had none on the first."""

    def count(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
        rows = _both_days(records, period.starts_on, period.ends_on, by, said="rank").filter(equal("after", rank))
        none = number(nw.col("before").is_null())
        return tally(rows, by, numerator=none, denominator=nw.lit(1), unknown=nw.lit(0))

    return count


def _converted(rank: int) -> Count:
    """Count those who hold support one way on the last day, and held it another on the first."""

    def count(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
        rows = _both_days(records, period.starts_on, period.ends_on, by, said="rank").filter(equal("after", rank))
        not_known = equal("before", BY_UNKNOWN)
        other = ~nw.col("before").is_null() & ~equal("before", rank) & ~not_known
        return tally(rows, by, numerator=number(other), denominator=nw.lit(1), unknown=number(not_known))

    return count


def _ended(rank: int) -> Count:
    """Count those who held support one way on the first day, and are alive and without any on the last."""

    def count(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
        rows = _both_days(records, period.starts_on, period.ends_on, by, said="rank").filter(equal("before", rank))
        alive = nw.col("died_on").is_null() | (nw.col("died_on") >= period.ends_on)
        ended = nw.col("after").is_null() & alive
        return tally(rows, by, numerator=number(ended), denominator=nw.lit(1), unknown=nw.lit(0))

    return count


_SOURCE = "Leeway’s own rule, on the places of ASCOF 3D: who is where on the first day of the year, and on the last"


def _flow(
    code: str, name: str, definition: str, numerator: str, denominator: str, count: Count, **said: str
) -> Measure:
    unknown = said.get("unknown", "nobody: the return says all that is counted here")
    return Measure(code, name, definition, numerator, denominator, unknown, _SOURCE, count)


def _flows_of(word: str, held: str, rank: int) -> tuple[Measure, ...]:
    """The three flows of one way of holding support."""
    on_the_day = f"Adults with {held} on the last day of the year. The share "
    return (
        _flow(
            f"flow-new-{word}", f"New to support, of those with {held}",
            f"{on_the_day}who had no long-term support on its first day.",
            "those without long-term support on the first day", f"adults with {held} on the last day", _new(rank),
        ),
        _flow(
            f"flow-converted-{word}", f"Moved from another way of holding, of those with {held}",
            f"{on_the_day}who had long-term support on its first day, held another way or in a care home.",
            "those who held support another way on the first day", f"adults with {held} on the last day",
            _converted(rank), unknown="those of whose support on the first day the return does not say how it was held",
        ),
        _flow(
            f"flow-ended-{word}", f"Support ended, of those who had {held}",
            f"Adults with {held} on the first day of the year. The share who have no long-term support on its last "
            "day. Those who died are in the denominator alone.",
            "those alive and without long-term support on the last day", f"adults with {held} on the first day",
            _ended(rank),
        ),
    )  # fmt: skip


MEASURES = (
    *_flows_of("direct", "a direct payment", BY_DIRECT),
    *_flows_of("managed", "a managed personal budget", BY_MANAGED),
    *_flows_of("commissioned", "commissioned support", BY_COMMISSIONED),
)
