"""A place beside others: over the years, on the map, in order. Works on any series of the catalogue."""

from dataclasses import dataclass

import polars as pl

from leeway.insight.measures.catalogue import ENGLAND, Series
from leeway.insight.returns.councils import register

#: A median of fewer councils than this says more about each of them than about all.
FEWEST = 5


@dataclass(frozen=True)
class Group:
    """Some councils to compare one with, and what they are called together."""

    key: str
    name: str
    councils: tuple[str, ...]


_PLURAL = {True: "ies", False: "s"}


def places() -> list[str]:
    """Every council that reports today, in alphabetical order."""
    return register().filter(pl.col("last_year").is_null())["council"].sort().to_list()


def groups_of(council: str) -> dict[str, Group]:
    """The groups a council can be compared with: its region, its type, its published neighbours, and all councils."""
    everyone = register()
    found = {"all": Group("all", "all councils", tuple(everyone["council"]))}
    mine = everyone.filter(pl.col("council") == council)
    if mine.is_empty():
        return found
    row = mine.row(0, named=True)
    names = {
        "region": f"{row['region']} councils",
        "type": f"{row['type'].removesuffix('y')}{_PLURAL[row['type'][-1] == 'y']}",
    }
    for key, name in names.items():
        found[key] = Group(key, name, tuple(everyone.filter(pl.col(key) == row[key])["council"]))
    if row["statistical_neighbours"]:
        found["neighbours"] = Group(
            "neighbours", "statistical neighbours", tuple(row["statistical_neighbours"].split(";"))
        )
    return found


def over_time(series: Series, place: str, group: Group | None) -> pl.DataFrame:
    """A place, England and the middle of a group of councils, year by year.

    Gives `year`, `counted` (see `Series.with_breaks`), `who` and `value`; a year that nobody reported is there with
    no value, so that a line breaks.
    """
    figures = series.with_breaks()
    years = _every_year(figures.select("year", "counted").unique().sort("year"))
    who = [ENGLAND] if place == ENGLAND else [place, ENGLAND]
    rows = [
        years.join(
            figures.filter(pl.col("council") == one).select("year", "value"), on="year", how="left"
        ).with_columns(who=pl.lit(one))
        for one in who
    ]
    if group:
        among = figures.filter(pl.col("council").is_in(group.councils), pl.col("council") != ENGLAND)
        middle = among.group_by("year").agg(
            value=pl.when(pl.col("value").count() >= FEWEST).then(pl.col("value").median())
        )
        rows.append(years.join(middle, on="year", how="left").with_columns(who=pl.lit(f"Middle of {group.name}")))
    told = pl.concat([row.select("year", "counted", "who", "value") for row in rows])
    return told.filter(pl.col("value").is_not_null().any().over("who"))


def _every_year(years: pl.DataFrame) -> pl.DataFrame:
    """Put the financial years that a return left out between those it has."""
    first, last = int(years["year"][0][:4]), int(years["year"][-1][:4])
    all_years = pl.DataFrame({"year": [f"{year}-{(year + 1) % 100:02d}" for year in range(first, last + 1)]})
    return all_years.join(years, on="year", how="left").with_columns(pl.col("counted").forward_fill())


def in_year(series: Series, year: str, group: Group | None = None) -> pl.DataFrame:
    """Every council of a group (or all) in one year, the highest first: council, value, counts, flag and rank."""
    rows = series.figures.filter(pl.col("year") == year, pl.col("council") != ENGLAND)
    if group:
        rows = rows.filter(pl.col("council").is_in(group.councils))
    ranked = rows.with_columns(rank=pl.col("value").rank("min", descending=True))
    return ranked.sort(["value", "council"], descending=[True, False], nulls_last=True)


def years_of(series: Series) -> list[str]:
    """The years with figures of councils, the latest first."""
    known = series.figures.filter(pl.col("council") != ENGLAND, pl.col("value").is_not_null())
    return known["year"].unique().sort(descending=True).to_list()
