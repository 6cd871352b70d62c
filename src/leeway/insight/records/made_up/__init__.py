"""A made-up return: as many people as asked for, their events, and none of them real.

For tests, benches and the demo. Every row keeps every rule that `records.check` knows, and every measure finds people
on either side of its line. Shares follow England's: the settings and support reasons of 2020-21 by age (NHS Digital,
long-term support tables), the kinds of people of ASC-FR 2020-21, how carers hold their support (ASCOF 3D, 2023-24).
How often people move from one way of holding to another, how like the care is before and after, and how long they wait
is published nowhere: those shares are guesses. Weekly costs are drawn so that their middle is near what such packages
cost; they are no estimate. NHS numbers come from the range kept for tests (999…) as long as it lasts, postcodes from an
area that does not exist.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from leeway.insight.records.cells import TYPES
from leeway.insight.records.made_up.asking import asking, reablement
from leeway.insight.records.made_up.carers import carers
from leeway.insight.records.made_up.draw import Draw
from leeway.insight.records.made_up.long_term import long_term
from leeway.insight.records.made_up.people import ASKED, CARER, LONG, SHORT, crowd
from leeway.insight.records.tables import FIELDS

#: How many events are drawn for each person, for whoever wants a number of events.
EVENTS_A_PERSON = 1.825
_EVENTS_NEED = ("setting", "older", "born", "day", "died_on")


def made_up_return(
    *, people: int, seed: int = 0, councils: Sequence[str] = ("901",), period_ends_on: date = date(2025, 3, 31)
) -> pl.DataFrame:
    """Make up a return of twelve months: about two events a person, in the flat layout with our column names.

    The same seed gives the same return. Codes are categories of text (`pl.Enum`), dates dates, money whole pence.
    """
    draw = Draw(np.random.default_rng(seed), period_ends_on)
    everybody = crowd(draw, people, councils)
    numbered = everybody.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("who"), "kind", *_EVENTS_NEED)
    makers = {LONG: long_term, SHORT: reablement, ASKED: asking, CARER: carers}
    made = [part for kind, make in makers.items() for part in make(draw, numbered.filter(pl.col("kind") == kind))]
    events = draw.in_the_return(pl.concat(made, how="diagonal")).sort("who", "starts_on", maintain_order=True)
    told = (
        everybody[events["who"]]
        .hstack(events.drop("who"))
        .with_columns(
            pl.lit(draw.starts_on).alias("period_starts_on"),
            pl.lit(draw.ends_on).alias("period_ends_on"),
            pl.when(pl.col("event").is_not_null()).then(pl.format("E{}", pl.int_range(pl.len()))).alias("reference"),
        )
    )
    return told.select(
        pl.col(field.column) if field.column in told.columns else pl.lit(None, TYPES[field.kind]).alias(field.column)
        for field in FIELDS
    )
