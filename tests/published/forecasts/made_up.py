"""Series that the tests make up."""

from datetime import date

import polars as pl

from leeway.published.forecasts.series import SERIES, day_of


def series(*values, first=2011, unit="", counted=""):
    """A value a year from the first year on, None for a gap."""
    rows = [(unit, counted, date(first + n, 3, 31), float(v)) for n, v in enumerate(values) if v is not None]
    return pl.DataFrame(rows, schema=SERIES, orient="row")


def table(*rows):
    """Rows of unit, series, period and value, the period written as in a file."""
    return pl.DataFrame([(u, s, day_of(str(p)), float(v)) for u, s, p, v in rows], schema=SERIES, orient="row")
