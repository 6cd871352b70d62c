"""What councils spent on each client group, from the published returns: share, rank, and growth in money and in prices.

The founding documents of personal budgets say that learning disability took more than 23% of spending and grew the
fastest. Whether that is so depends on the whole that it is put over, so every share is given over each whole that the
returns allow, by name. The returns changed twice, and the three bases do not join up: client groups (2000-01 to
2007-08), support reasons (2014-15 on), and the two ages of the bridging tables. Growth is never taken across a break.

Costs are gross total cost in thousands of pounds, without Supporting People; England is the published total, or the sum
of its councils (the flag says). Adults with a learning disability of 65 and over are counted with older people until
2007-08, and apart from 2014-15.

Source: PSS EX1 2000-01 to 2015-16 and ASC-FR 2016-17; prices: HM Treasury's GDP deflators (December 2023).
"""

from dataclasses import dataclass

import polars as pl

from leeway.published.returns.figures import table
from leeway.refusal import Refusal

CLIENT_GROUP, SUPPORT_REASON, BRIDGING = "client group", "support reason", "bridging"
ENGLAND = "England"
LEARNING_DISABILITY = "learning disability"
QUOTED_PERCENT = 23
_WITHIN = ("council", "basis", "client_group")
_YEAR = ("council", "basis", "year")


@dataclass(frozen=True)
class Whole:
    """A whole that spending is a share of: whose spending (`basis`), and which lines (`whole_basis`) it adds up."""

    name: str
    basis: str
    whole_basis: str
    lines: int  # how many it has: with one missing, there is no whole
    ages: str = ""  # how the lines' names end: "" for all
    starts: str = ""  # how the lines' names begin: "" for all


FOUR_GROUPS, FIVE_REASONS = "the four client groups", "the five support reasons, both ages"
WHOLES = (
    Whole(FOUR_GROUPS, CLIENT_GROUP, CLIENT_GROUP, 4),
    Whole("the three client groups of 18 to 64", CLIENT_GROUP, CLIENT_GROUP, 3, "18-64"),
    Whole(FIVE_REASONS, SUPPORT_REASON, SUPPORT_REASON, 10),
    Whole("the five support reasons, 18 to 64", SUPPORT_REASON, SUPPORT_REASON, 5, "18-64"),
    Whole("all services for adults, assessment and the rest included", SUPPORT_REASON, BRIDGING, 2, starts="all "),
)


def spending(council: str | None = ENGLAND) -> pl.DataFrame:
    """Say what was spent on each client group in each year, with its rank, and its growth since the year before.

    For one council, for England, or for all of them (None). Columns: council, basis, year, client_group, `cost` and
    `real_cost` (£000, of the year itself and in 2016-17 prices), `rank` (1 is the most), `years` (since the last year
    there is a figure for: 2005-06 is missing), `growth` and `real_growth` (% a year over those), `growth_rank` (1 is
    the fastest), `flag`. The bridging tables' lines overlap, so they are not here: they serve as a whole in `shares`.
    Raises Refusal for a council that the returns do not have.
    """
    rows = _rows(council).filter(pl.col("basis") != BRIDGING)
    start = pl.col("year").str.slice(0, 4).cast(pl.Int32)
    priced = _in_prices(rows).sort("council", "basis", "client_group", "year").with_columns(start=start)
    last = pl.col("start", "cost", "real_cost").shift(1).over(_WITHIN).name.prefix("last_")
    grown = priced.with_columns(last).with_columns(years=pl.col("start") - pl.col("last_start")).with_columns(
        growth=_a_year("cost"), real_growth=_a_year("real_cost")
    )  # fmt: skip
    return grown.select(
        "council", "basis", "year", "client_group", "cost", "real_cost",
        pl.col("cost").rank("min", descending=True).over(_YEAR).cast(pl.Int64).alias("rank"),
        "years", "growth", "real_growth",
        pl.col("growth").rank("min", descending=True).over(_YEAR).cast(pl.Int64).alias("growth_rank"),
        "flag",
    ).sort("council", "basis", "year", "rank", "client_group")  # fmt: skip


def shares(council: str | None = ENGLAND, *, client_group: str = LEARNING_DISABILITY) -> pl.DataFrame:
    """Give a client group's share of each whole in each year: `numerator`, `denominator` (£000) and `share` (%).

    The numerator is the group's lines that the whole has: of both ages where it has both. A share is null where any
    part of its whole is missing, or the whole is nothing. `above_quoted`: whether it is above the 23% that was said.
    """
    rows = _rows(council)
    found = []
    for whole in WHOLES:
        theirs = pl.col("client_group").str.ends_with(whole.ages) & pl.col("client_group").str.starts_with(whole.starts)
        over = _added(rows.filter(pl.col("basis") == whole.whole_basis, theirs), "denominator", lines=whole.lines)
        own = pl.col("client_group").str.starts_with(client_group) & pl.col("client_group").str.ends_with(whole.ages)
        part = _added(rows.filter(pl.col("basis") == whole.basis, own), "numerator")
        joined = part.join(over, on=["council", "year"], how="inner")
        found.append(joined.with_columns(basis=pl.lit(whole.basis), whole=pl.lit(whole.name)))
    share = pl.when(pl.col("denominator") > 0).then(100 * pl.col("numerator") / pl.col("denominator"))
    return (
        pl.concat(found)
        .with_columns(share=share, above_quoted=share > QUOTED_PERCENT)
        .select("council", "basis", "whole", "year", "numerator", "denominator", "share", "above_quoted")
        .sort("council", "basis", "whole", "year")
    )


def growth_over(first: str, last: str, council: str | None = ENGLAND) -> pl.DataFrame:
    """Give each client group's growth from one year to another on the same basis: `growth` and `real_growth` (%).

    `growth_rank` 1 is the fastest. Nothing where a basis does not have both years.
    """
    rows = _in_prices(_rows(council).filter(pl.col("basis") != BRIDGING))
    ends = [rows.filter(pl.col("year") == year).drop("year", "flag") for year in (first, last)]
    joined = ends[0].join(ends[1], on=list(_WITHIN), suffix="_after")
    return joined.select(
        *_WITHIN,
        *(
            _growth(f"{cost}_after", cost).alias(name)
            for cost, name in (("cost", "growth"), ("real_cost", "real_growth"))
        ),
    ).with_columns(
        growth_rank=pl.col("growth").rank("min", descending=True).over("council", "basis").cast(pl.Int64)
    ).sort("council", "basis", "growth_rank", "client_group")  # fmt: skip


def _rows(council: str | None) -> pl.DataFrame:
    rows = table("spending").rename({"gross_cost": "cost"})
    if council is None:
        return rows
    mine = rows.filter(pl.col("council") == council)
    if mine.is_empty():
        raise Refusal(f"The published returns have no spending for “{council}”. Use a council’s name as they give it.")
    return mine


def _in_prices(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `real_cost`: the cost in the prices of the last year of the returns."""
    deflators = table("deflators").select("year", "deflator")
    base = deflators.filter(pl.col("year") == "2016-17")["deflator"].item()
    joined = rows.join(deflators, on="year", how="left")
    return joined.with_columns(real_cost=pl.col("cost") * base / pl.col("deflator")).drop("deflator")


def _added(rows: pl.DataFrame, name: str, *, lines: int = 1) -> pl.DataFrame:
    """Add up the lines of each council and year; null where one of them is, or where there are too few."""
    lacking = pl.col("cost").is_null().any() | (pl.len() < lines)
    whole = pl.when(lacking).then(None).otherwise(pl.col("cost").sum())
    return rows.group_by("council", "year").agg(whole.alias(name))


def _a_year(cost: str) -> pl.Expr:
    """Growth in per cent a year since the last figure. None where either was nothing or less."""
    both = (pl.col(cost) > 0) & (pl.col(f"last_{cost}") > 0)
    ratio = pl.col(cost) / pl.col(f"last_{cost}")
    return pl.when(both).then(100 * (ratio.pow(1 / pl.col("years")) - 1))


def _growth(after: str, before: str) -> pl.Expr:
    both = (pl.col(after) > 0) & (pl.col(before) > 0)
    return pl.when(both).then(100 * (pl.col(after) / pl.col(before) - 1))
