"""What does a direct payment go with? Every defensible way of asking it of the published returns, all at once.

In 2012 a think-tank (NLGN) said each further direct payment to somebody with a learning disability went with
£15,000 to £25,000 more council spending. One regression is one answer; the choices behind it are many and mostly
equally good. Here they are data: what counts as spending, which years, whose prices, how size is allowed for, when
the effect is looked for, what is taken out, which councils. Each combination that the returns can answer is one
row, in pounds of yearly spending for each further person with a direct payment.
"""

from dataclasses import dataclass
from itertools import product

import polars as pl

from leeway.insight.estimates.panel import Panel, broken, differenced, lagged, panel_of
from leeway.insight.estimates.regression import Estimate, NotEstimated, Within, estimate, leave_one_out
from leeway.insight.returns import figures

PUBLISHED_POUNDS = (15_000.0, 25_000.0)
PUBLISHED_WORDS = "The range published in 2012 (NLGN, learning disability, 2002 to 2012)"
PRICES_OF = "2012-13"
# In the return for 31 March 2010 the line counted “direct payments and personal budgets”: a new way of counting.
BREAK = 2010
DRAWS = 499
CHOICES = ("spending", "years", "prices", "size", "timing", "taken out", "councils")
# The choices that make the series themselves; the others only cut or change them.
OF_SERIES = ("spending", "prices", "size", "councils")
TINY = ("City of London", "Isles of Scilly")

_components = pl.sum_horizontal(
    "residential_nursing_cost", "home_care_cost", "day_care_cost", "direct_payments_cost", ignore_nulls=False
)


@dataclass(frozen=True)
class Spending:
    """What counts as spending, and up to which year the returns at hand give it."""

    thousands: pl.Expr
    last_year: int


SPENDING = {
    "all": Spending(pl.col("gross_cost"), 2008),
    # The programme began in April 2003: before it, there is nothing to add.
    "all, with Supporting People": Spending(
        pl.when(pl.col("year_ending") > 2003).then("gross_cost_with_supporting_people").otherwise("gross_cost"), 2008
    ),
    "all, less the direct payments line": Spending(pl.col("gross_cost") - pl.col("direct_payments_cost"), 2008),
    "four main services": Spending(_components, 2013),
    "four main services, less direct payments": Spending(_components - pl.col("direct_payments_cost"), 2013),
}


@dataclass(frozen=True)
class Years:
    """A stretch of years (named by the year each ends in), and whether councils start afresh at the break."""

    first: int
    last: int
    breaks: tuple[int, ...] = ()


YEARS = {
    "2000-01 to 2007-08": Years(2001, 2008),
    "2002-03 to 2007-08": Years(2003, 2008),
    "2010-11 to 2012-13": Years(2011, 2013),
    "2000-01 to 2012-13, a level each side of the break": Years(2001, 2013, (BREAK,)),
    "2002-03 to 2012-13, break left in": Years(2003, 2013),
}
PRICES = {"as paid": False, f"of {PRICES_OF}": True}
SIZE = {
    "pounds": (False, False),
    "pounds a head": (True, False),
    "pounds a head, weighted": (True, True),
}
TIMING = {"same year": False, "the year before": True}
TAKEN_OUT = {
    "levels and years": (Within.LEVELS, False),
    "levels, years and trends": (Within.TRENDS, False),
    "change on the year": (Within.NOTHING, True),
}
COUNCILS = {"all": False, "without tiny and reorganised": True}
TREND_YEARS_LEAST = 4

HEADLINE = {
    "spending": "all",
    "years": "2000-01 to 2007-08",
    "prices": f"of {PRICES_OF}",
    "size": "pounds a head",
    "timing": "same year",
    "taken out": "levels and years",
    "councils": "all",
}


def ways() -> list[dict[str, str]]:
    """Every combination of choices that the returns could answer, each as question and answer."""
    every = product(SPENDING, YEARS, PRICES, SIZE, TIMING, TAKEN_OUT, COUNCILS)
    return [way for answers in every if _can_be_asked(way := dict(zip(CHOICES, answers, strict=True)))]


def _can_be_asked(way: dict[str, str]) -> bool:
    years = YEARS[way["years"]]
    long_enough = years.last - years.first + 1 >= TREND_YEARS_LEAST
    return years.last <= SPENDING[way["spending"]].last_year and (
        long_enough or TAKEN_OUT[way["taken out"]][0] != Within.TRENDS
    )


def curve(client_group: str = "learning disability", *, draws: int = DRAWS) -> pl.DataFrame:
    """Every estimate from the shipped returns: a column for each of `CHOICES`, then effect, standard_error, low, high,
    observations, units, periods and wild_bootstrap_p (null where `draws` is nought).

    Pounds of yearly spending for each further person with a direct payment on 31 March. Combinations that the group's
    returns cannot answer are left out: `ways` has them all.
    """  # fmt: skip
    table = returns_of(client_group)
    series: dict[tuple[str, ...], Panel] = {}
    rows = []
    for way in ways():
        key = tuple(way[choice] for choice in OF_SERIES)
        if key not in series:
            series[key] = _series(table, way)
        try:
            rows.append(way | flat(_answer(series[key], way, draws=draws)))
        except NotEstimated:
            continue
    return pl.DataFrame(rows, infer_schema_length=None).sort("effect")


def answer(way: dict[str, str], client_group: str = "learning disability", *, draws: int = DRAWS) -> Estimate:
    """One estimate: one way of asking, put to the shipped returns. Refuses (NotEstimated) where they cannot say."""
    return _answer(_series(returns_of(client_group), way), way, draws=draws)


def _answer(series: Panel, way: dict[str, str], *, draws: int) -> Estimate:
    return estimate(_asked(series, way), within=TAKEN_OUT[way["taken out"]][0], draws=draws)


def without_each_region(client_group: str = "learning disability", *, way: dict[str, str] = HEADLINE) -> pl.DataFrame:
    """The same estimate without each region in turn: region, effect, standard_error, low, high and counts."""
    panel = _asked(_series(returns_of(client_group), way), way)
    found = leave_one_out(panel, within=TAKEN_OUT[way["taken out"]][0])
    return pl.DataFrame([{"without": region} | flat(one) for region, one in found.items()])


def flat(one: Estimate) -> dict[str, float | int | None]:
    """An estimate as the columns of a row."""
    numbers = vars(one).copy()
    low, high = numbers.pop("interval")
    return {"effect": numbers.pop("effect"), "standard_error": numbers.pop("standard_error"), "low": low, "high": high,
            **numbers}  # fmt: skip


def _series(table: pl.DataFrame, way: dict[str, str]) -> Panel:
    """Both series for all years, as spending, prices, size and councils are chosen."""
    a_head, weighted = SIZE[way["size"]]
    rate = pl.col("to_prices") if PRICES[way["prices"]] else pl.lit(1.0)
    heads = pl.col("population_18_64") if a_head else pl.lit(1.0)
    chosen = table.filter(~pl.col("tiny_or_reorganised")) if COUNCILS[way["councils"]] else table
    columns = chosen.select(
        unit="council",
        year="year_ending",
        outcome=SPENDING[way["spending"]].thousands * 1000 * rate / heads,
        effect=pl.col("direct_payment_users") / heads,
        weight=pl.col("population_18_64") if weighted else pl.lit(1.0),
        group="region",
    ).drop_nulls("weight")
    return panel_of(**{name: columns[name].to_numpy() for name in columns.columns})


def _asked(panel: Panel, way: dict[str, str]) -> Panel:
    """The same series in the years, and with the timing and changes, that are chosen."""
    years = YEARS[way["years"]]
    panel = broken(panel, years=years.breaks)
    if TIMING[way["timing"]]:
        panel = lagged(panel)  # before the years are cut: the first may look back to the one before it
    kept = (panel.year >= years.first) & (panel.year <= years.last)
    return differenced(panel.where(kept)) if TAKEN_OUT[way["taken out"]][1] else panel.where(kept)


def returns_of(client_group: str) -> pl.DataFrame:
    """The shipped returns of one client group, with region, people aged 18 to 64 and prices beside them.

    A council that ended has the people of those that followed it. Costs stay in thousands of pounds as paid.
    """
    deflators = figures.table("deflators").select("year", "deflator")
    base = deflators.filter(pl.col("year") == PRICES_OF)["deflator"].item()
    councils = _people(figures.table("councils"))
    return (
        figures.table("panel")
        .filter(pl.col("client_group") == client_group)
        .drop("region")
        .join(councils, on="council", how="inner", validate="m:1")
        .join(deflators.with_columns(to_prices=base / pl.col("deflator")), on="year", how="inner", validate="m:1")
        .with_columns(year_ending=pl.col("year").str.head(4).cast(pl.Int64) + 1)
    )


def _people(councils: pl.DataFrame) -> pl.DataFrame:
    """Region, people aged 18 to 64, and whether a council is tiny or was reorganised between 2001 and 2013."""
    people = dict(councils.select("council", "population_18_64").iter_rows())
    followed: dict[str, list[str]] = {
        row["council"]: row["successors"].split(";") for row in councils.iter_rows(named=True) if row["successors"]
    }
    for council, successors in followed.items():
        known = [people.get(name.strip()) for name in successors]
        people[council] = people[council] or (sum(known) if all(known) else None)
    ended_or_began = (pl.col("last_year") < "2012-13") | (pl.col("first_year") > "2000-01") & (
        pl.col("first_year") <= "2012-13"
    )
    return councils.select(
        "council",
        "region",
        population_18_64=pl.col("council").replace_strict(people, return_dtype=pl.Float64),
        tiny_or_reorganised=pl.col("council").is_in(TINY) | ended_or_began.fill_null(False),
    )


def summary(frame: pl.DataFrame) -> dict[str, float | int]:
    """What a curve comes to: its ends and middle, and how many intervals reach the published range, and nought."""
    low, high = PUBLISHED_POUNDS
    reaches = (pl.col("low") <= high) & (pl.col("high") >= low)
    inside = pl.col("effect").is_between(low, high)
    return frame.select(
        estimates=pl.len(),
        least=pl.col("effect").min(),
        lower_quarter=pl.col("effect").quantile(0.25, "linear"),
        middle=pl.col("effect").median(),
        upper_quarter=pl.col("effect").quantile(0.75, "linear"),
        most=pl.col("effect").max(),
        inside_published_range=inside.sum(),
        interval_reaches_published_range=reaches.sum(),
        interval_reaches_nought=((pl.col("low") <= 0) & (pl.col("high") >= 0)).sum(),
        above_nought=(pl.col("low") > 0).sum(),
        below_nought=(pl.col("high") < 0).sum(),
    ).row(0, named=True)


def by_choice(frame: pl.DataFrame) -> pl.DataFrame:
    """For each answer to each choice: how many estimates, their middle, and the shares whose interval reaches the
    published range and nought.
    """  # fmt: skip
    parts = []
    for choice in CHOICES:
        for (chosen,), group in frame.group_by([choice], maintain_order=True):
            came_to = summary(group)
            parts.append(
                {
                    "choice": choice,
                    "answer": chosen,
                    "estimates": came_to["estimates"],
                    "middle": came_to["middle"],
                    "reaches_published_percent": 100 * came_to["interval_reaches_published_range"] / group.height,
                    "reaches_nought_percent": 100 * came_to["interval_reaches_nought"] / group.height,
                }
            )
    return pl.DataFrame(parts).sort("choice", "answer")
