"""Drawing: shares, days and amounts by chance, and the events that are made of them, a column at a time.

Days are whole days since 1970 until an event is made; then they are dates.
"""

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl

from leeway.insight.records.lists import code_list
from leeway.insight.records.tables import FIELDS, PEOPLE
from leeway.period import year_to

_EPOCH = date(1970, 1, 1)
YEAR = 365.25
#: Whose event it is; every event has one unless it says otherwise.
SERVICE_USER = "Service user"
_COLUMNS = {field.column for field in FIELDS if PEOPLE not in field.tables or field.column == "client_type"}
_COLUMNS -= {"council", "person", "support_reason", "postcode"}

ON_TO_ASSESSMENT = "Progress to assessment, review or reassessment"
ON_TO_REABLEMENT = "Progress to reablement/ST-Max"
ON_TO_SUPPORT = "Progress to support planning or services"
CONTINUES = "Continuation of support or services"
DECEASED = "NFA: Deceased"
_ROUTES = {"Community / Other route": 76, "Discharge from Hospital": 20, "Planned Entry (Transition)": 1,
           "Diversion from Hospital Services": 2, "Self-Funder": 1}  # fmt: skip
_PAYERS = {"Joint client and social care funded": 62, "Fully social care funded": 33, "Fully client funded": 5}


class Draw:
    """Draws events of one period, always the same ones from the same seed."""

    def __init__(self, chance: np.random.Generator, ends_on: date) -> None:
        self.chance = chance
        self.starts_on, self.ends_on = year_to(ends_on).starts_on, ends_on
        self.first, self.last = (self.starts_on - _EPOCH).days, (ends_on - _EPOCH).days

    def share(self, count: int, part: float | pl.Series) -> pl.Series:
        """Say yes for a part of many."""
        return pl.Series(self.chance.random(count)) < part

    def days(self, count: int, least: int, most: int) -> pl.Series:
        return pl.Series(self.chance.integers(least, most + 1, count))

    def wait(self, count: int, middle: float, most: int) -> pl.Series:
        """Draw days that people wait: half no longer than the middle, a few very long (log-normal)."""
        return pl.Series(np.minimum(middle * np.exp(self.chance.normal(0, 1, count)), most).astype(np.int64))

    def around(self, count: int, middle: float, spread: float) -> pl.Series:
        """Draw amounts that spread as wages and packages do (log-normal), in whole pence."""
        return pl.Series(np.maximum(100, middle * np.exp(self.chance.normal(0, spread, count))).astype(np.int64))

    def word(self, count: int, shares: Mapping[str, float]) -> pl.Series:
        """Draw words by their shares."""
        return self._gathered(count, shares, pl.Enum(list(shares)))

    def code(self, count: int, name: str, shares: Mapping[str, float]) -> pl.Series:
        """Draw values of a code list by their shares."""
        return self._gathered(count, shares, kind(name))

    def _gathered(self, count: int, shares: Mapping[str, float], dtype: pl.Enum) -> pl.Series:
        weights = np.cumsum(list(shares.values()))
        which = np.searchsorted(weights, self.chance.random(count) * weights[-1], side="right").astype(np.uint32)
        return pl.Series(list(shares), dtype=dtype).gather(which)

    def providers(self, count: int) -> pl.Series:
        """Draw providers, large ones often: the regulator's numbers of places that do not exist. Some have none."""
        number = 9_000_000_000 + pl.Series((self.chance.beta(1, 4, count) * 60).astype(np.int64))
        return pl.select(pl.when(~self.share(count, 0.06)).then(pl.format("1-{}", number))).to_series()

    def funding(self, count: int) -> pl.Series:
        return self.code(count, "funding", _PAYERS)

    def requests(
        self, who: pl.Series, starts: pl.Series, ends: pl.Series, outcome: pl.Expr | pl.Series
    ) -> pl.DataFrame:
        """Make requests, each by some route."""
        route = self.code(len(who), "route", _ROUTES)
        return events("Request", who, starts, ends).with_columns(outcome=outcome, route=route)

    def assessments(
        self, who: pl.Series, starts: pl.Series, ends: pl.Series, told: str, outcome: pl.Expr | pl.Series
    ) -> pl.DataFrame:
        """Make assessments of one kind."""
        return events("Assessment", who, starts, ends).with_columns(
            outcome=outcome,
            assessment_type=said(told, "assessment_type"),
            method=self.code(len(who), "method", {"Service user only": 65, "Service user and carer": 35}),
        )

    def in_the_return(self, made: pl.DataFrame) -> pl.DataFrame:
        """Keep what the return asks for: what was completed in the period, and services that were open in it."""
        begun = pl.col("starts_on").is_null() | (pl.col("starts_on") <= self.ends_on)
        over = pl.col("ends_on").is_null() | pl.col("ends_on").is_between(self.starts_on, self.ends_on)
        return made.filter(begun, over)


def events(told: str, who: pl.Series, starts: pl.Series, ends: pl.Series | None) -> pl.DataFrame:
    """Make events of one kind, from the numbers of their days."""
    frame = pl.DataFrame({"who": who, "start": starts, "end": ends}, schema_overrides={"end": pl.Int64})
    return dated(frame.with_columns(event=said(told, "event"), client_type=said(SERVICE_USER, "client_type")))


def dated(drawn: pl.DataFrame) -> pl.DataFrame:
    """Turn the numbers of days into dates, and leave what only the drawing needed."""
    frame = drawn.with_columns(as_date(pl.col("start")).alias("starts_on"), as_date(pl.col("end")).alias("ends_on"))
    return frame.select("who", *(name for name in frame.columns if name in _COLUMNS))


def as_date(day: pl.Expr) -> pl.Expr:
    return day.cast(pl.Int32).cast(pl.Date)


def kind(name: str) -> pl.Enum:
    return pl.Enum(list(code_list(name).values))


def said(value: str, name: str) -> pl.Expr:
    return pl.lit(value, dtype=kind(name))


def none(name: str) -> pl.Expr:
    return pl.lit(None, dtype=kind(name))
