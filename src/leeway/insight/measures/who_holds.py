"""Who is on which way of holding support: by support reason, age, gender, ethnic group and place, and against the rest.

A plain share mixes who people are with how they are treated: young disabled people take direct payments everywhere. So
each group is also compared with everybody else of the same council, age band and support reason. With many groups some
stand out by chance alone, so a difference is told only beyond limits that chance passes twice in a thousand, as on a
funnel plot. People whose way of holding is not known are shown, and kept out of both sides: a group whose records are
poor must not look like a group that is refused.
"""

from collections.abc import Sequence

import narwhals as nw
import polars as pl

from leeway.insight.measures.answers import gather
from leeway.insight.measures.costs import CLIENT_LEVEL_DATA, WAYS
from leeway.insight.measures.holding import (
    BY_COMMISSIONED,
    BY_DIRECT,
    BY_MANAGED,
    BY_UNKNOWN,
    NOT_KNOWN,
    clients,
    number,
    on,
    tally,
)
from leeway.insight.measures.like_for_like import Z_998, Kinds, compare, kinds
from leeway.insight.measures.measure import Count, Measure
from leeway.insight.records.tables import Records
from leeway.period import Period

#: What people are set apart by. "ethnic_group" is the census's broad group, from the return's ethnicity.
CHARACTERISTICS = ("support_reason", "age_band", "gender", "ethnic_group", "district")
#: What is held alike when they are compared, less the characteristic itself.
HELD_ALIKE = ("council", "age_band", "support_reason")
_NO_DATA = "No data"  # the census group of an ethnicity that was refused, or never asked


def people(records: Records, period: Period) -> nw.LazyFrame:
    """Give each adult with community support on the period's last day one row, with all that sets people apart."""
    rows = clients(records, on(period.ends_on), CHARACTERISTICS)
    said = nw.when(nw.col("ethnic_group") != _NO_DATA).then(nw.col("ethnic_group")).otherwise(nw.lit(NOT_KNOWN))
    return rows.filter(nw.col("rank").is_between(BY_DIRECT, BY_UNKNOWN)).with_columns(ethnic_group=said)


def who_holds(records: Records, period: Period, *, rank: int = BY_DIRECT) -> pl.DataFrame:
    """Say, for each group of each characteristic, what share hold support one way, and the difference to the rest.

    One row a group: `characteristic`, `group`, `numerator` (people who hold it so), `denominator` (people whose way is
    known), `unknown` (people whose way is not), `share` (%), then among people alike: `compared` and `rest` (how many),
    `left_out`, `difference`, `low` and `high` (percentage points; none where too few), `told` and a `sentence`.
    Those whose group is not known have a row with no comparison. `rank` is a way of holding (see `WAYS`).
    """
    rows = people(records, period)
    questions = [(one, tuple(same for same in HELD_ALIKE if same != one)) for one in CHARACTERISTICS]
    found = gather([_counted(rows, (*alike, one), rank=rank) for one, alike in questions])
    lines = []
    for (one, alike), counts in zip(questions, found, strict=True):
        groups: dict[str, list[dict]] = {}
        for row in counts:
            groups.setdefault(str(row[one]), []).append(row)
        for group in sorted(groups):
            rest = [row for other, rows in groups.items() if other not in (group, NOT_KNOWN) for row in rows]
            lines.append(_line(one, group, groups[group], rest, alike, rank))
    return pl.DataFrame(lines, schema=_SCHEMA)


_NUMBERS = ("numerator", "denominator", "unknown", "compared", "rest", "left_out")
_SCHEMA: dict[str, type[pl.DataType]] = (
    {"characteristic": pl.String, "group": pl.String}
    | dict.fromkeys(_NUMBERS[:3], pl.Int64)
    | {"share": pl.Float64}
    | dict.fromkeys(_NUMBERS[3:], pl.Int64)
    | dict.fromkeys(("difference", "low", "high"), pl.Float64)
    | {"told": pl.Boolean, "sentence": pl.String}
)


def _counted(rows: nw.LazyFrame, by: Sequence[str], *, rank: int) -> nw.LazyFrame:
    """Count people whose way is known, those of them who hold support one way, and those whose way is not known."""
    known = number(nw.col("rank") <= BY_COMMISSIONED)
    marked = rows.with_columns(people=known, total=number(nw.col("rank") == rank), unknown=1 - known)
    counted = marked.group_by(*by).agg(nw.col("people", "total", "unknown").sum().cast(nw.Int64))
    return counted.with_columns(squares=nw.col("total"))  # of a yes or no, the square is itself


def _line(one: str, group: str, own: list[dict], rest: list[dict], alike: Sequence[str], rank: int) -> dict:
    holders, known, unknown = (sum(int(row[name]) for row in own) for name in ("total", "people", "unknown"))
    others: Kinds = {} if group == NOT_KNOWN else kinds(rest, alike)
    found = compare(kinds(own, alike), others, standard_errors=Z_998)
    what = f"Share with {WAYS[rank].lower()} (percentage points)"
    points = [None if value is None else 100 * value for value in (found.difference, found.low, found.high)]
    sentence = found.sentence(what=what, first=f"“{group}”", second="others", per=100)
    return {
        "characteristic": one,
        "group": group,
        "numerator": holders,
        "denominator": known,
        "unknown": unknown,
        "share": 100 * holders / known if known else None,
        "compared": found.first_people,
        "rest": found.second_people,
        "left_out": found.left_out,
        **dict(zip(("difference", "low", "high"), points, strict=True)),
        "told": found.told,
        "sentence": "Not compared: it is not known to which group these people belong."
        if group == NOT_KNOWN
        else sentence,
    }


def _share(rank: int) -> Count:
    def count(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
        rows = clients(records, on(period.ends_on), by).filter(nw.col("rank").is_between(BY_DIRECT, BY_UNKNOWN))
        known = number(nw.col("rank") <= BY_COMMISSIONED)
        return tally(rows, by, numerator=number(nw.col("rank") == rank), denominator=known, unknown=1 - known)

    return count


MEASURES = tuple(
    Measure(
        f"holds-{code}", f"{WAYS[rank]}, of those whose way of holding is known",
        "Adults with long-term community support on the day, each counted at their highest way of holding.",
        WAYS[rank], "Adults with community support whose way of holding is known",
        "Adults with community support whose way of holding is not known", CLIENT_LEVEL_DATA, _share(rank),
    )
    for code, rank in (("direct", BY_DIRECT), ("managed", BY_MANAGED), ("commissioned", BY_COMMISSIONED))
)  # fmt: skip
_, HOLDS_MANAGED, _ = MEASURES
