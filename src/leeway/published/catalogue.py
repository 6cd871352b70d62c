"""The published figures, one series a measure: what it counts, of whom, from which return, where it breaks.

Every series is made from the tables that `returns.figures` ships, and has the same shape, so that any of them can be
drawn, mapped, ranked and downloaded in the same way.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import polars as pl

from leeway.published.returns.figures import table
from leeway.published.spending import FIVE_REASONS, FOUR_GROUPS, shares

ENGLAND = "England"
COLUMNS = ("council", "year", "value", "numerator", "denominator", "flag")
ASCOF = "Adult Social Care Outcomes Framework, DHSC, to 2024-25"
OFLOG = "Office for Local Government data, 2015-16 to 2022-23"
PSS = "PSS-EX1 and RAP returns, NHS Information Centre"
GROUPS = {
    "all ages": "everyone",
    "learning disability 18-64": "people with a learning disability, 18 to 64",
    "physical disability 18-64": "people with a physical disability, 18 to 64",
    "mental health 18-64": "people with mental ill health, 18 to 64",
    "older people 65 and over": "people of 65 and over",
}
MERGED = "In 2009-10 the return began to count people with any personal budget together with those on direct payments."
SHORT = {
    "1B": "Quality of life that services add",
    "1D": "People satisfied with their care and support",
    "1E": "Carers satisfied with social services",
    "2A": "Reablement after which no more support was asked for",
    "2C": "Admissions to care homes, 65 and over",
    "2D(1)": "Still in the community 12 weeks after hospital, 65 and over",
    "2D(2)": "Discharged from hospital with reablement, 65 and over",
    "2E(2A)": "Living in their own home or with family, 18 to 64",
    "2E(2B)": "Living in their own home or with family, 65 and over",
    "3B": "Carers included in discussions",
    "3C(1)": "People who find it easy to find information",
    "3C(2)": "Carers who find it easy to find information",
    "4A": "People who feel safe",
    "5A(1)": "People with as much social contact as they would like",
    "5A(2)": "Carers with as much social contact as they would like",
    "6A": "Care staff who left their role in the year",
}


@dataclass(frozen=True)
class Series:
    """One published series: its words, its unit, and the function that makes its table (see `COLUMNS`)."""

    key: str
    group: str
    name: str
    definition: str
    unit: str
    source: str
    make: Callable[[], pl.DataFrame] = field(repr=False)
    breaks: dict[str, str] = field(default_factory=dict)  # first year of another way of counting: what changed
    decimals: int = 1

    @property
    def figures(self) -> pl.DataFrame:
        """Council (or England), year, value, numerator and denominator where published, and flag."""
        return _made(self.key)

    def with_breaks(self) -> pl.DataFrame:
        """The figures with `counted`: since which year it has been counted in this way ("" for the first way)."""
        counted = pl.lit("")
        for year in sorted(self.breaks):
            counted = pl.when(pl.col("year") >= year).then(pl.lit(year)).otherwise(counted)
        return self.figures.with_columns(counted=counted)


@cache
def catalogue() -> dict[str, Series]:
    """Every published series by its key, in the order in which pages list them."""
    return {series.key: series for series in (*_take_up(), *_counts(), *_spending(), *_ascof(), *_oflog())}


@cache
def _made(key: str) -> pl.DataFrame:
    return catalogue()[key].make().select(COLUMNS).sort("year", "council")


def _take_up() -> list[Series]:
    measures = {
        "3D(2A)": (
            "direct-payments",
            "Direct payments",
            "who receive a direct payment for all or part of it",
            "1C(2A)",
        ),
        "3D(1A)": ("self-directed", "Self-directed support", "who have a direct payment or a managed budget", "1C(1A)"),
    }
    breaks = {
        "2014-15": "Until 2013-14: of all users of community services, and carers, in the year. "
        "From 2014-15: of people with long-term support in the community on 31 March.",
        "2024-25": "From 2024-25: counted by DHSC from Client Level Data.",
    }
    return [
        Series(
            key,
            "Take-up",
            f"{name}: share of clients",
            f"Of adults with long-term support in the community on 31 March, the share {words}. "
            "England from 2010-11, each council for 2024-25.",
            "%",
            f"{ASCOF} ({measure}, before {before}); England before 2024-25 as quoted by councils",
            lambda measure=measure, before=before: _with_history(measure, before),  # type: ignore[misc]
            breaks,
        )
        for measure, (key, name, words, before) in measures.items()
    ]


def _with_history(measure: str, before: str) -> pl.DataFrame:
    """Councils of the last year, with England's series before it (whose doubts stand in the flag)."""
    history = table("take_up_england").filter(pl.col("measure") == before, pl.col("year") < "2024-25")
    england = history.select(
        "year", "numerator", "denominator", council=pl.lit(ENGLAND), value="value_percent",
        flag=pl.when(pl.col("doubt") == "check").then(pl.lit("not checked at its source")),
    )  # fmt: skip
    return pl.concat([england.select(COLUMNS), _ascof_year(measure)])


def _counts() -> list[Series]:
    return [
        Series(
            f"users-{group.split()[0]}",
            "Take-up",
            f"Direct payments: {words}",
            f"Of {words}: how many received direct payments on 31 March, for each 10,000 adults of their age who "
            "lived there in 2020. The population of one year serves all years.",
            "per 10,000 adults",
            f"{PSS}; population: ONS, mid-2020",
            lambda group=group: _users(group),  # type: ignore[misc]
            {"2009-10": MERGED},
        )
        for group, words in GROUPS.items()
    ]


def _users(group: str) -> pl.DataFrame:
    ages = {"all ages": "population_18_plus", "older people 65 and over": "population_65_plus"}
    users = table("direct_payments").filter(pl.col("client_group") == group).rename({"users": "numerator"})
    return _for_each(users, ages.get(group, "population_18_64"), per=10_000)


def _for_each(counted: pl.DataFrame, population: str, *, per: int) -> pl.DataFrame:
    """Divide a count by the people of an age who live there now; none for a council that is gone."""
    people = table("councils").select("council", denominator=population)
    whole = (
        table("councils").filter(pl.col("last_year").is_null()).select(council=pl.lit(ENGLAND), denominator=population)
    )
    people = pl.concat([people, whole.group_by("council").sum()])
    told = counted.join(people, on="council", how="left")
    return told.with_columns(value=pl.col("numerator") / pl.col("denominator") * per).select(COLUMNS)


def _spending() -> list[Series]:
    return [
        Series(
            "spending-learning",
            "Money",
            "Learning disability: spending for each adult",
            "Gross total cost of services for people of 18 to 64 with a learning disability, for each adult of that "
            "age who lived there in 2020, in the money of the year.",
            "£ an adult",
            f"{PSS}; population: ONS, mid-2020",
            _learning_disability,
            decimals=0,
        ),
        *(
            Series(
                f"share-{group.split()[0]}",
                "Money",
                f"{group.capitalize()}: share of spending",
                f"Of what was spent on older people, and on adults with a physical disability, a learning disability "
                f"or mental ill health, the share that went to {group}. From 2014-15 spending is told apart by the "
                "reason for support instead, and the two do not join up.",
                "%",
                PSS,
                lambda group=group: _share(group, FOUR_GROUPS),  # type: ignore[misc]
            )
            for group in ("learning disability", "physical disability", "mental health", "older people")
        ),
        Series(
            "share-learning-support",
            "Money",
            "Learning disability support: share of spending",
            "Of what was spent on the five reasons for long-term support, at 18 to 64 and at 65 and over, the share "
            "that went to learning disability support.",
            "%",
            f"{PSS}; ASC-FR 2016-17, NHS Digital",
            lambda: _share("learning disability", FIVE_REASONS),
        ),
    ]


def _share(group: str, whole: str) -> pl.DataFrame:
    """A group's share of a whole. Pounds are not people, so no chance is worked out from them: no counts."""
    told = shares(None, client_group=group).filter(pl.col("whole") == whole)
    nothing = pl.lit(None, dtype=pl.Float64)
    return told.select(
        "council", "year", value="share", numerator=nothing, denominator=nothing, flag=pl.lit(None, dtype=pl.String)
    )


def _learning_disability() -> pl.DataFrame:
    spent = table("spending").filter(pl.col("client_group") == "learning disability 18-64")
    return _for_each(spent.with_columns(numerator=pl.col("gross_cost") * 1000), "population_18_64", per=1)


def _described(source: str) -> list[tuple[str, str]]:
    return table("measures").filter(pl.col("source").str.starts_with(source)).select("measure", "description").rows()


def _ascof() -> list[Series]:
    units = {"1B": "points", "2C": "per 100,000"}
    done = {"3D(1A)", "3D(2A)"}
    found = []
    for measure, words in _described("ASCOF"):
        if measure not in done:
            name = words.removesuffix(" (%)")
            found.append(
                Series(
                    f"ascof-{measure.lower()}",
                    "Outcomes",
                    SHORT[measure],
                    f"ASCOF {measure}: {name}, as published.",
                    units.get(measure, "%"),
                    ASCOF,
                    lambda measure=measure: _ascof_all(measure),  # type: ignore[misc]
                    decimals=3 if measure == "1B" else 1,
                )
            )
    return found


def _ascof_all(measure: str) -> pl.DataFrame:
    """A survey measure has its own series; one that is counted from records has its last year alone."""
    known = table("ascof_series").filter(pl.col("measure") == measure)
    nothing = pl.lit(None, dtype=pl.Float64)
    # Five councils stand at 0 in 2019-20, four of them with no other figure of that survey: it is not the worst life.
    none = (pl.col("measure") == "1B") & (pl.col("value") == 0)
    known = known.with_columns(
        value=pl.when(none).then(nothing).otherwise("value"),
        flag=pl.when(none).then(pl.lit("published as 0")).otherwise("flag"),
    )
    series = known.with_columns(numerator=nothing, denominator=nothing).select(COLUMNS)
    year = _ascof_year(measure).join(series, on=["council", "year"], how="anti")
    return pl.concat([series, year.filter(pl.col("flag").ne_missing("not applicable"))])


def _ascof_year(measure: str) -> pl.DataFrame:
    year = table("ascof_2024_25").filter(pl.col("measure") == measure)
    return year.with_columns(year=pl.lit("2024-25")).select(COLUMNS)


def _oflog() -> list[Series]:
    # Its “quality of life” is left out: figure for figure the same as ASCOF 1B.
    names = {
        "OFLOG requests resulting in a service": ("Requests that led to a service", "per 100,000 adults"),
        "OFLOG sequel to short-term service": ("Short-term services after which no more support was asked for", "%"),
        "OFLOG workforce turnover": ("Staff who left in the year", "%"),
        "OFLOG carer quality of life": ("Quality of life of carers", "points of 12"),
    }
    doubts = {
        "OFLOG requests resulting in a service": " The file does not say of how many: by their size, of 100,000 adults."
    }
    return [
        Series(
            measure.lower().replace(" ", "-"),
            "Outcomes",
            names[measure][0],
            f"{words[0].upper()}{words[1:]}, as published.{doubts.get(measure, '')}",
            names[measure][1],
            OFLOG,
            lambda measure=measure: _ascof_all(measure),  # type: ignore[misc]
        )
        for measure, words in _described("OFLOG")
        if measure in names
    ]
