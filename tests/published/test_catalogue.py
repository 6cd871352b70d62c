"""The catalogue: every series is one figure a council and year, in its unit, with its source."""

import polars as pl
import pytest

from leeway.published.catalogue import COLUMNS, ENGLAND, catalogue
from leeway.published.comparing import years_of
from leeway.published.returns.councils import register
from leeway.published.returns.figures import table

KEYS = list(catalogue())
#: The bounds that a unit sets, and what a council could not be beyond.
BOUNDS = {
    "%": (0, 100),
    "points": (0.2, 1),  # no council's people say that services add nothing
    "points of 12": (0, 12),
    "per 10,000 adults": (0, 1000),
    "per 100,000": (0, 100_000),
    "per 100,000 adults": (0, 100_000),
    "£ an adult": (0, 1000),
}


@pytest.mark.parametrize("key", KEYS)
def test_a_series_has_one_row_a_council_and_year_in_the_shape_of_all(key):
    series = catalogue()[key]
    figures = series.figures
    assert series.key == key and tuple(figures.columns) == COLUMNS
    assert not figures.select("council", "year").is_duplicated().any()
    assert set(figures["council"]) <= {*register()["council"], ENGLAND}
    assert figures["year"].str.contains(r"^20\d\d-\d\d$").all()
    assert figures.select("year", "council").equals(figures.select("year", "council").sort("year", "council"))


@pytest.mark.parametrize("key", KEYS)
def test_a_series_has_figures_of_councils_within_the_bounds_of_its_unit(key):
    series = catalogue()[key]
    values = series.figures["value"].drop_nulls()
    low, high = BOUNDS[series.unit]
    assert years_of(series), "the pages begin with the latest year"
    assert values.is_between(low, high).all() and values.is_finite().all()


@pytest.mark.parametrize("key", KEYS)
def test_a_value_is_what_its_counts_give(key):
    """Where both are published: to the rounding of the counts (England's to the nearest 5) and of the value."""
    per = {"%": 100, "per 10,000 adults": 10_000, "per 100,000": 100_000, "£ an adult": 1}
    series = catalogue()[key]
    known = series.figures.drop_nulls(["value", "numerator", "denominator"]).filter(pl.col("denominator") > 0)
    if series.unit in per and known.height:
        given = pl.col("numerator") / pl.col("denominator") * per[series.unit]
        assert known.select((given - pl.col("value")).abs().max()).item() < 0.06


@pytest.mark.parametrize("key", KEYS)
def test_a_series_says_what_it_counts_and_whence(key):
    series = catalogue()[key]
    assert series.definition.endswith(".") and series.definition[0].isupper()
    assert series.source and series.name and series.group in {"Take-up", "Money", "Outcomes"}
    assert all(words.endswith(".") for words in series.breaks.values())


def test_names_are_told_apart():
    shown = [(one.group, one.name) for one in catalogue().values()]
    assert len(shown) == len(set(shown))


@pytest.mark.parametrize(
    ("key", "year", "value"),
    [
        ("direct-payments", "2024-25", 24.5),
        ("self-directed", "2024-25", 82.4),
        ("direct-payments", "2014-15", 26.3),
        ("ascof-1d", "2024-25", 65.1),
    ],
)
def test_the_published_figures_of_england(key, year, value):
    assert catalogue()[key].figures.filter(council=ENGLAND, year=year)["value"].to_list() == [value]


def test_englands_take_up_of_the_last_year_is_told_once():
    for key in ("direct-payments", "self-directed"):
        england = catalogue()[key].figures.filter(council=ENGLAND)
        assert england["year"].to_list() == [f"20{year}-{year + 1}" for year in range(10, 25)]


def test_a_figure_in_doubt_says_so():
    flags = catalogue()["direct-payments"].figures.filter(council=ENGLAND).select("year", "flag").rows()
    doubted = table("take_up_england").filter(measure="1C(2A)", doubt="check")["year"].to_list()
    assert {year for year, flag in flags if flag} == set(doubted) != set()


def test_a_count_is_for_each_ten_thousand_of_its_age():
    """By hand: Kent's people with a learning disability in 2012-13 over its adults under 65."""
    kent = catalogue()["users-learning"].figures.filter(council="Kent", year="2012-13").row(0, named=True)
    people = register().filter(council="Kent")["population_18_64"].item()
    assert kent["denominator"] == people
    assert kent["value"] == pytest.approx(kent["numerator"] / people * 10_000)
    older = catalogue()["users-older"].figures.filter(council="Kent", year="2012-13").row(0, named=True)
    assert older["denominator"] == register().filter(council="Kent")["population_65_plus"].item()


def test_spending_is_in_pounds_and_counts_nobody_twice():
    england = catalogue()["spending-learning"].figures.filter(year="2006-07")
    spent = table("spending").filter(client_group="learning disability 18-64", year="2006-07", council="Kent")
    assert england.filter(council="Kent")["numerator"].to_list() == [spent["gross_cost"].item() * 1000]
    assert england.filter(council="Cumbria")["value"].to_list() != [0]


def test_no_survey_is_no_figure_rather_than_the_worst():
    none = catalogue()["ascof-1b"].figures.filter(pl.col("flag") == "published as 0")
    assert none["council"].to_list() == ["City of London", "Isles of Scilly", "Kent", "Trafford", "Wokingham"]
    assert none["value"].null_count() == 5 and set(none["year"]) == {"2019-20"}
    satisfied = catalogue()["ascof-1d"].figures.filter(year="2019-20").drop_nulls("value")["council"]
    assert set(none["council"]) & set(satisfied) == {"Trafford"}, "the same survey has nobody's satisfaction there"


def test_each_value_knows_since_when_it_has_been_counted_in_this_way():
    counted = dict(catalogue()["users-all"].with_breaks().select("year", "counted").unique().rows())
    assert {year for year, since in counted.items() if since} == {"2009-10", "2010-11", "2011-12", "2012-13"}
    assert set(counted.values()) == {"", "2009-10"}
    whole = catalogue()["ascof-1d"].with_breaks()["counted"]
    assert set(whole) == {""}
