"""Programmes that gave money for a time so that more people would have a budget of their own, as published."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
import yaml

from leeway.published.returns.figures import table

TAKE_UP_WORDS = {"1C(1A)": "self-directed support", "1C(2A)": "direct payments"}


@dataclass(frozen=True)
class Programme:
    """One programme: what it was for and asked, what it was in all and by year, each with where it was read."""

    key: str
    name: str
    grant: str
    years: str
    purpose: str
    conditions: str
    source: Mapping[str, str]
    by_year: list[dict[str, Any]]
    by_year_source: Mapping[str, str]
    doubt: str
    total_pounds: int | None = None
    to_councils_source: Mapping[str, str] | None = None


@cache
def programmes() -> list[Programme]:
    """Every programme of which something published is known."""
    told = files("leeway.published").joinpath("programmes.yaml").read_text(encoding="utf-8")
    return [Programme(**each) for each in yaml.safe_load(told)]


def people_with_direct_payments(first: str, last: str) -> list[dict[str, Any]]:
    """How many people in England had a direct payment, by year, as the returns of those years say."""
    mine = table("direct_payments").filter(
        pl.col("council") == "England",
        pl.col("client_group") == "all ages",
        pl.col("year").is_between(pl.lit(first), pl.lit(last)),
    )
    shown = mine.sort("year").select("year", pl.col("users").cast(pl.Int64), "recorded_as")
    return list(shown.iter_rows(named=True))


def take_up_of(year: str) -> list[tuple[str, float, str]]:
    """England's take-up of a year in percent, in words, with its doubt."""
    mine = table("take_up_england").filter(pl.col("year") == year, pl.col("measure").is_in(list(TAKE_UP_WORDS)))
    return [
        (TAKE_UP_WORDS[row["measure"]], row["value_percent"], row["doubt"] or "") for row in mine.iter_rows(named=True)
    ]
