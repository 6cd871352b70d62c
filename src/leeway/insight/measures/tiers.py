"""Two tiers: what people have under each way of holding support, and whether people alike have the same.

The question is old: does a direct payment buy more, or better looked after, support than a budget that the council
manages, or only other people's? So each thing is shown plainly by way of holding, and then compared among people of
the same council, client group and age band, with an interval. Often the honest answer is that no difference can be
told.

What the return says about support is what was planned and paid, not what was done. Hours are those of services paid
by the hour: a direct payment paid as one sum a month has none, and is unknown. Providers are known by the regulator's
number, which personal assistants do not have.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import narwhals as nw
import polars as pl

from leeway.insight.measures.answers import gather
from leeway.insight.measures.costs import CLIENT_LEVEL_DATA, OF_PEOPLE, WAY, WAYS, packages, supports
from leeway.insight.measures.holding import (
    BY_DIRECT,
    BY_MANAGED,
    BY_UNKNOWN,
    NOT_KNOWN,
    PERSON,
    SERVICE_USER,
    equal,
    is_direct,
    must_be_breakdowns,
    number,
    on,
    tally,
)
from leeway.insight.measures.like_for_like import Difference, Kinds, compare, kinds
from leeway.insight.measures.long_term import all_year
from leeway.insight.measures.measure import Measure
from leeway.insight.measures.sharing import shared
from leeway.insight.records.tables import Records
from leeway.period import Period

#: Whom a person is compared with: people of the same council, client group and age band.
ALIKE = ("council", "client_group", "age_band")
DIRECT_PAYMENT, MANAGED_BUDGET = WAYS[BY_DIRECT], WAYS[BY_MANAGED]


@dataclass(frozen=True)
class Thing:
    """One thing that people may have more or less of: its column, what it counts, and how to read it."""

    column: str
    name: str
    definition: str
    numerator: str
    known: str
    unknown: str
    unit: str
    per: int | Fraction = 1
    decimals: int = 1


@dataclass(frozen=True)
class Compared:
    """One thing compared between two ways of holding, in one client group or in all ("All")."""

    thing: Thing
    client_group: str
    first: str
    second: str
    difference: Difference = field(repr=False)

    @property
    def sentence(self) -> str:
        """What can be said, in words."""
        return self.difference.sentence(
            what=f"{self.thing.name} ({self.thing.unit})",
            first=self.first,
            second=self.second,
            decimals=self.thing.decimals,
            per=self.thing.per,
        )


_NO_HOURS = "People with no service paid by the hour, or with one whose hours are blank"
THINGS = (
    Thing(
        "hours_hundredths", "Hours of support", "Planned hours a week of the services paid by the hour.",
        "Hours a week, in hundredths", "People with a service paid by the hour", _NO_HOURS,
        "hours a week", Fraction(1, 100),
    ),
    Thing(
        "pence", "Cost of support", "What a person’s long-term support costs the council a week, gross.",
        "What a week costs, in pence", "People all of whose services have a cost",
        "People with a service that has no cost, or a cost of nothing", "£ a week", Fraction(1, 100), 2,
    ),
    Thing(
        "components", "Parts of support", "Different service components that a person has at once.",
        "Components", "People whose services all name a component", "People with a service whose component is blank",
        "components a person", decimals=2,
    ),
    Thing(
        "providers", "Providers", "Different providers that a person has at once, by the regulator’s number.",
        "Providers", "People whose services other than direct payments all name one",
        "People with a service that names no provider, or with a direct payment alone",
        "providers a person", decimals=2,
    ),
    Thing(
        "reviewed", "Reviewed in the last 12 months",
        "Of people who have had long-term support for 12 months (services a day apart count as one, however they were "
        "held), those with a review finished in those months.",
        "People with a review", "People with support that began 12 months ago or earlier",
        "People whose support is newer", "%", 100,
    ),
)  # fmt: skip


@shared
def people(records: Records, period: Period, by: Sequence[str] = ()) -> nw.LazyFrame:
    """Give each adult with community support on the period's last day one row: what they have, and what is known.

    For each of `THINGS` a whole number and, with `_known` after its name, 1 or 0; and `way` and the breakdowns.
    """
    must_be_breakdowns(by, OF_PEOPLE)
    kept = tuple(dict.fromkeys((*PERSON, "council", WAY, *by)))
    held = packages(records, period, by).filter(nw.col("rank").is_between(BY_DIRECT, BY_UNKNOWN))
    rows = supports(records, on(period.ends_on)).with_columns(
        hours_told=number(~nw.col("hours_hundredths").is_null()),
        hours_wanting=number(equal("cost_frequency", "Hourly") & nw.col("hours_hundredths").is_null()),
        named=nw.when(nw.col("provider") != NOT_KNOWN).then(nw.col("provider")),
        unnamed=number((nw.col("provider") == NOT_KNOWN) & ~is_direct()),
        blank=number(nw.col("component") == NOT_KNOWN),
    )
    named = rows.filter(~nw.col("named").is_null()).group_by(*PERSON).agg(nw.col("named").n_unique().alias("providers"))
    more = rows.group_by(*PERSON).agg(
        nw.col("hours_hundredths", "hours_told", "hours_wanting", "unnamed", "blank").sum().cast(nw.Int64)
    )
    # Who moved from one way of holding to another has the same support still: its months are not counted anew.
    old = all_year(records, period, ()).select(*PERSON).with_columns(old=nw.lit(1, dtype=nw.Int64))
    joined = held.join(more, on=list(PERSON), how="left").join(named, on=list(PERSON), how="left")
    joined = joined.join(reviewed(records, period), on=list(PERSON), how="left").join(old, on=list(PERSON), how="left")
    joined = joined.with_columns(nw.col("providers", "reviewed", "old").cast(nw.Int64).fill_null(0))
    return joined.with_columns(
        hours_hundredths_known=number((nw.col("hours_told") > 0) & (nw.col("hours_wanting") == 0)),
        pence_known=nw.col("known"),
        components_known=number(nw.col("blank") == 0),
        providers_known=number((nw.col("providers") > 0) & (nw.col("unnamed") == 0)),
        reviewed_known=nw.col("old"),
    ).select(*kept, *(column for thing in THINGS for column in (thing.column, f"{thing.column}_known")))


def reviewed(records: Records, period: Period) -> nw.LazyFrame:
    """Give each person with a review finished in the period one row, with `reviewed` 1."""
    finished = nw.when(nw.col("ends_on").is_null()).then(nw.col("starts_on")).otherwise("ends_on")
    within = (finished >= period.starts_on) & (finished <= period.ends_on)
    rows = records.reviews.filter(nw.col("client_type") == SERVICE_USER, within)
    return rows.select(*PERSON).unique().with_columns(reviewed=nw.lit(1, dtype=nw.Int64))


def differences(
    records: Records, period: Period, *, first: str = DIRECT_PAYMENT, second: str = MANAGED_BUDGET
) -> list[Compared]:
    """Compare two ways of holding on each thing, among people alike: in all, and within each client group.

    The ways are words of `WAYS`. Differences are in the thing's own whole numbers (pence, hundredths of an hour).
    """
    rows = people(records, period, ALIKE).filter(nw.col(WAY).is_in([first, second]))
    found = gather([_counted(rows, thing) for thing in THINGS])
    compared = []
    for thing, counts in zip(THINGS, found, strict=True):
        sides = [kinds([row for row in counts if row[WAY] == way], ALIKE) for way in (first, second)]
        groups = sorted({kind[1] for side in sides for kind in side})
        for group in ("All", *groups):
            ours, theirs = (_of_group(side, group) for side in sides)
            compared.append(Compared(thing, group, first, second, compare(ours, theirs)))
    return compared


def _counted(rows: nw.LazyFrame, thing: Thing) -> nw.LazyFrame:
    value = nw.col(thing.column)
    known = rows.filter(nw.col(f"{thing.column}_known") == 1)
    squared = known.select(WAY, *ALIKE, total=value, squares=value * value)
    return squared.group_by(WAY, *ALIKE).agg(
        nw.len().cast(nw.Int64).alias("people"), nw.col("total", "squares").sum().cast(nw.Int64)
    )


def _of_group(side: Kinds, group: str) -> Kinds:
    return {kind: counts for kind, counts in side.items() if group in ("All", kind[1])}


def table(compared: Sequence[Compared]) -> pl.DataFrame:
    """Set comparisons out as a frame, one row each, in the unit that each thing is read in."""
    columns = {
        "thing": [one.thing.name for one in compared],
        "unit": [one.thing.unit for one in compared],
        "client_group": [one.client_group for one in compared],
        "first": [one.first for one in compared],
        "second": [one.second for one in compared],
        "first_people": [one.difference.first_people for one in compared],
        "second_people": [one.difference.second_people for one in compared],
        "left_out": [one.difference.left_out for one in compared],
    }
    for name in ("first_mean", "second_mean", "difference", "low", "high"):
        columns[name] = [_read(getattr(one.difference, name), one.thing.per) for one in compared]
    columns |= {"told": [one.difference.told for one in compared], "sentence": [one.sentence for one in compared]}
    return pl.DataFrame(columns)


def _read(value: float | None, per: int | Fraction) -> float | None:
    return None if value is None else value * float(per)


def _measure(thing: Thing) -> Measure:
    def count(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
        known = nw.col(f"{thing.column}_known")
        rows = people(records, period, by)
        return tally(rows, by, numerator=nw.col(thing.column) * known, denominator=known, unknown=1 - known)

    code = "tier-" + thing.column.removesuffix("_hundredths").replace("pence", "cost")
    return Measure(
        code, thing.name, thing.definition, thing.numerator, thing.known, thing.unknown, CLIENT_LEVEL_DATA,
        count, per=thing.per, unit=thing.unit, decimals=thing.decimals, breakdowns=OF_PEOPLE,
    )  # fmt: skip


MEASURES = tuple(_measure(thing) for thing in THINGS)
