"""Admissions: adults who went to live in a care home for good, per 100,000 of their age (ASCOF 2B and 2C).

Source: ASCOF, DHSC, from Client Level Data (2024-25).
"""

from collections.abc import Sequence
from math import ceil

import narwhals as nw
import polars as pl

from leeway.insight.measures.holding import (
    NURSING,
    PERSON,
    RESIDENTIAL,
    SERVICE_USER,
    adults,
    must_be_breakdowns,
    number,
)
from leeway.insight.measures.measure import Count, Measure
from leeway.insight.measures.sharing import shared
from leeway.insight.measures.spells import day_number, numbered
from leeway.insight.records.tables import Records
from leeway.period import Period
from leeway.published.returns.figures import table

SELF_FUNDED = "NFA: Self-funded client or under 12wk disregard"
LONG_STAYS = ("Long term nursing care", "Long term residential care")
BEFORE_DAYS = 365  # in a care home in the days before: no new admission


@shared
def admitted(records: Records, period: Period) -> nw.LazyFrame:
    """Give each adult newly admitted in a period one row: `who`, council and `younger` (1 if under 65 on the day).

    Who was under 65 at one admission and over at another counts as under.
    """
    component, outcome = nw.col("component"), nw.col("outcome")
    stays = numbered(
        records.services.filter(
            nw.col("client_type") == SERVICE_USER,
            nw.col("service_type").is_in([NURSING, RESIDENTIAL]),
            component.is_null() | component.is_in(LONG_STAYS),
            outcome.is_null() | (outcome != SELF_FUNDED),
        )
    ).select(*PERSON, "first", "last")
    began = stays.filter(nw.col("first").is_between(period.starts_on.toordinal(), period.ends_on.toordinal()))
    arrivals = began.select(*PERSON, "first").unique()
    earlier = stays.select(*PERSON, before="first", until="last")
    recent = (nw.col("before") < nw.col("first")) & (nw.col("first") - nw.col("until") < BEFORE_DAYS)
    known = arrivals.join(earlier, on=list(PERSON)).filter(recent).select(*PERSON, "first").unique()
    new = arrivals.join(known, on=[*PERSON, "first"], how="anti")
    aged = adults(new, records, period).filter(~nw.col("born_on").is_null())
    # The age on the day itself, from the first of the month of birth, in years of 365.25 days.
    days = nw.col("first") - (day_number("born_on") - nw.col("born_on").dt.day().cast(nw.Int64) + 1)
    grown = aged.with_columns(days=days).filter(nw.col("days") >= ceil(18 * 365.25))
    return (
        grown.with_columns(younger=number(nw.col("days") < ceil(65 * 365.25)))
        .group_by(*PERSON, "council")
        .agg(nw.col("younger").max())
    )


def population() -> nw.LazyFrame:
    """The people of each council's area by age, under each of the codes that a return may name the council by.

    Councils of whom no such figure is shipped are not there, and rates over them are none.
    """
    councils = table("councils").lazy()
    ages = {"18-64": "population_18_64", "65+": "population_65_plus"}
    parts = [
        councils.select(pl.col(code).alias("council"), pl.lit(age).alias("age"), pl.col(column).alias("people"))
        for code in ("cassr_code", "ons_code")
        for age, column in ages.items()
    ]
    return nw.from_native(pl.concat(parts).drop_nulls().with_columns(pl.col("people").cast(pl.Int64)))


def admission_measures(population: nw.LazyFrame) -> tuple[Measure, Measure]:
    """Make ASCOF 2B and 2C from the numbers of people: columns `council`, `age` (18-64 or 65+) and `people`.

    Councils must be named as in the records; only those in the records count. They break down by council alone.
    """
    return tuple(  # type: ignore[return-value]
        Measure(
            code=code,
            name=f"Admissions to care homes, aged {words}, per 100,000",
            definition=(
                f"Adults aged {words} on the day who began long-term nursing or residential care in the year, without "
                f"any in the {BEFORE_DAYS} days before. Stays recorded as short, and those that ended as the person "
                "went on to pay for themselves, are left out; those without a component are counted."
            ),
            numerator="people newly admitted",
            denominator=f"people aged {words} who live in the councils’ areas",
            unknown="nobody: the return says all that is counted here",
            source="ASCOF, DHSC, from Client Level Data; people: ONS mid-year estimates",
            count=_admissions(population, age),
            per=100_000,
            unit="per 100,000",
            breakdowns=("council",),
        )
        for code, words, age in (("ASCOF 2B", "18 to 64", "18-64"), ("ASCOF 2C", "65 and over", "65+"))
    )


def _admissions(population: nw.LazyFrame, age: str) -> Count:
    def count(records: Records, period: Period, by: Sequence[str]) -> nw.LazyFrame:
        must_be_breakdowns(by, ("council",))
        counted = (
            admitted(records, period)
            .filter(nw.col("younger") == (1 if age == "18-64" else 0))
            .group_by("council")
            .agg(numerator=nw.len())
        )
        living = population.filter(nw.col("age") == age).group_by("council").agg(denominator=nw.col("people").sum())
        councils = records.people.select("council").unique()
        rows = councils.join(living, on="council").join(counted, on="council", how="left")
        counts = rows.with_columns(
            nw.col("numerator").fill_null(0).cast(nw.Int64),
            nw.col("denominator").cast(nw.Int64),
            unknown=nw.lit(0).cast(nw.Int64),
        )
        columns = ("numerator", "denominator", "unknown")
        if by:
            return counts.select("council", *columns)
        return counts.select(nw.col(*columns).sum().fill_null(0))

    return count
