"""A place beside others: over the years, on the map, in order. Works on any series of the catalogue."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from leeway.published.catalogue import ENGLAND, Series
from leeway.published.returns.councils import register
from leeway.published.returns.figures import outlines

#: A median of fewer councils than this says more about each of them than about all.
FEWEST = 5
#: How many councils stand beside one as those most like it: as many as the statistical neighbours that are published.
NEAREST = 15


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


def gone() -> dict[str, str]:
    """The councils that report no more, in alphabetical order, with the last year of each."""
    return dict(
        register().filter(pl.col("last_year").is_not_null()).select("council", "last_year").sort("council").rows()
    )


def groups_of(council: str) -> dict[str, Group]:
    """The groups a council can be compared with: all councils, its region, its type, and those most like it.

    It is in none of them but the first. A group too small to have a middle (see `FEWEST`) is left out: the City of
    London is one of a kind.
    """
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
        others = everyone.filter(pl.col(key) == row[key], pl.col("council") != council)
        found[key] = Group(key, name, tuple(others["council"]))
    found["nearest"] = Group("nearest", "councils nearest in size and age", nearest(council))
    neighbours = tuple((row["statistical_neighbours"] or "").split(";"))
    found["neighbours"] = Group("neighbours", "statistical neighbours", neighbours)
    return {key: group for key, group in found.items() if len(group.councils) >= FEWEST}


def nearest(council: str, *, count: int = NEAREST) -> tuple[str, ...]:
    """The councils whose people are most like one council's: how many adults (as a logarithm), and how old.

    Each is divided by its standard deviation among all councils, and the squares of the differences are added up.
    Empty for a council whose people are not known.
    """
    known = register().filter(pl.col("population_18_plus") > 0, pl.col("last_year").is_null())
    size, old = pl.col("population_18_plus").log(), pl.col("population_65_plus") / pl.col("population_18_plus")
    scaled = known.select("council", size=size / size.std(), old=old / old.std())
    own = scaled.filter(pl.col("council") == council)
    if own.is_empty():
        return ()
    apart = sum((pl.col(name) - own[name].item()) ** 2 for name in ("size", "old"))
    others = scaled.with_columns(apart=apart).filter(pl.col("council") != council)
    return tuple(others.sort("apart", "council").head(count)["council"])


def over_time(series: Series, place: str, group: Group) -> pl.DataFrame:
    """A place, England and the middle of a group of councils, year by year.

    Gives `year`, `counted` (see `Series.with_breaks`), `who`, `value` and `flag`; a year that nobody reported is there
    with no value, so that a line breaks. A year in which fewer than half of the group reported has no middle: the few
    who answered a survey that was left to them are not the group.
    """
    figures = series.with_breaks()
    years = _every_year(figures.select("year", "counted").unique().sort("year"))
    who = [ENGLAND] if place == ENGLAND else [place, ENGLAND]
    rows = [
        years.join(
            figures.filter(pl.col("council") == one).select("year", "value", "flag"), on="year", how="left"
        ).with_columns(who=pl.lit(one))
        for one in who
    ]
    among = figures.filter(pl.col("council").is_in(group.councils))
    enough = pl.col("value").count() >= max(FEWEST, among["council"].n_unique() / 2)
    middle = among.group_by("year").agg(
        value=pl.when(enough).then(pl.col("value").median()), flag=pl.lit(None, dtype=pl.String)
    )
    rows.append(years.join(middle, on="year", how="left").with_columns(who=pl.lit(f"Middle of {group.name}")))
    told = pl.concat([row.select("year", "counted", "who", "value", "flag") for row in rows])
    return told.filter(pl.col("value").is_not_null().any().over("who"))


def _every_year(years: pl.DataFrame) -> pl.DataFrame:
    """Put the financial years that a return left out between those it has."""
    first, last = int(years["year"][0][:4]), int(years["year"][-1][:4])
    all_years = pl.DataFrame({"year": [f"{year}-{(year + 1) % 100:02d}" for year in range(first, last + 1)]})
    return all_years.join(years, on="year", how="left").with_columns(pl.col("counted").forward_fill())


def in_year(series: Series, *, year: str, group: Group | None = None, place: str = "") -> pl.DataFrame:
    """Every council in one year, or a group's and a place, the highest first: council, value, counts, flag and rank."""
    rows = series.figures.filter(pl.col("year") == year, pl.col("council") != ENGLAND)
    if group:
        rows = rows.filter(pl.col("council").is_in([*group.councils, place]))
    ranked = rows.with_columns(rank=pl.col("value").rank("min", descending=True))
    return ranked.sort(["value", "council"], descending=[True, False], nulls_last=True)


def years_of(series: Series) -> list[str]:
    """The years with figures of councils, the latest first."""
    known = series.figures.filter(pl.col("council") != ENGLAND, pl.col("value").is_not_null())
    return known["year"].unique().sort(descending=True).to_list()


@cache
def areas() -> dict[str, Any]:
    """The map's outlines (see `figures.outlines`), in which an area also has the councils that its own followed.

    So a year before a council was divided, or joined with another, can be drawn on today's map. In London, the inset,
    none was.
    """
    before: dict[str, list[str]] = {}
    for old, successors in register().select("council", "successors").drop_nulls().iter_rows():
        for successor in successors.split(";"):
            before.setdefault(successor, []).append(old)
    found = outlines()
    through_time = [
        area
        | {"councils": list(dict.fromkeys(sum((before.get(one, []) for one in area["councils"]), area["councils"])))}
        for area in found["areas"]
    ]
    return found | {"areas": through_time}
