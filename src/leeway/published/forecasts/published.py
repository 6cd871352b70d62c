"""The real series that forecasts are tested on: England's councils, from the tables that Leeway ships."""

import polars as pl

from leeway.published.forecasts.series import SERIES, day_of
from leeway.published.returns.figures import table

#: Measures of the outcomes framework that are percentages. A code alone is nothing to read, so they have names here.
OUTCOMES = {
    "1D": "Users satisfied with their care",
    "3C(1)": "Users who find information easily",
    "4A": "Users who feel safe",
    "5A(1)": "Users with the social contact they like",
    "1E": "Carers satisfied with services",
    "3B": "Carers included in discussions",
    "3C(2)": "Carers who find information easily",
    "5A(2)": "Carers with the social contact they like",
    "OFLOG sequel to short-term service": "Short-term service, no lasting need after it",
    "OFLOG workforce turnover": "Care workers who left in the year",
}
#: Who holds direct payments, of whom: the population is of one year, since no other is shipped.
DIRECT_PAYMENTS = {
    "all ages": ("Direct payments, of all adults", "population_18_plus"),
    "learning disability 18-64": ("Direct payments for learning disability, of adults 18-64", "population_18_64"),
    "older people 65 and over": ("Direct payments, of people 65 and over", "population_65_plus"),
}
ENGLAND = {
    "1C(1A)": "England: self-directed support, users",
    "1C(2A)": "England: direct payments, users",
    "1C(1B)": "England: self-directed support, carers",
    "1C(2B)": "England: direct payments, carers",
}


def published() -> dict[str, pl.DataFrame]:
    """Each family of real series as a `SERIES` frame in percent, councils first, then England alone.

    A missing figure is a gap. `series` is the basis of the count as the table has it: direct payments were counted
    with personal budgets in 2009-10 and 2010-11; England's counts changed in 2014-15. What England's earlier figures
    are worth is in the table's own `doubt` column.
    """
    return {**_direct_payments(), **_outcomes(), **_england()}


def _direct_payments() -> dict[str, pl.DataFrame]:
    users = table("direct_payments").join(table("councils"), on="council")
    return {
        name: _as_series(
            users.filter(pl.col("client_group") == group),
            unit="council",
            counted=pl.col("recorded_as").fill_null(""),
            value=100 * pl.col("users") / pl.col(population),
        )
        for group, (name, population) in DIRECT_PAYMENTS.items()
    }


def _outcomes() -> dict[str, pl.DataFrame]:
    outcomes = table("ascof_series")
    return {
        name: _as_series(
            outcomes.filter(pl.col("measure") == measure), unit="council", counted=pl.lit(""), value=pl.col("value")
        )
        for measure, name in OUTCOMES.items()
    }


def _england() -> dict[str, pl.DataFrame]:
    take_up = table("take_up_england")
    return {
        name: _as_series(
            take_up.filter(pl.col("measure") == measure),
            unit="measure",
            counted=pl.col("basis"),
            value=pl.col("value_percent"),
        )
        for measure, name in ENGLAND.items()
    }


def _as_series(rows: pl.DataFrame, *, unit: str, counted: pl.Expr, value: pl.Expr) -> pl.DataFrame:
    period = pl.col("year").map_elements(day_of, return_dtype=pl.Date)
    known = rows.select(unit=pl.col(unit), series=counted, period=period, value=value).drop_nulls("value")
    return known.cast(SERIES).sort("unit", "period")  # type: ignore[arg-type]
