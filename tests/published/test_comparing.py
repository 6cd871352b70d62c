"""A place beside others: groups, their middle, and years that are not there."""

from math import log
from statistics import median, stdev

import polars as pl
import pytest

from leeway.published.catalogue import COLUMNS, ENGLAND, Series, catalogue
from leeway.published.comparing import (
    FEWEST,
    Group,
    areas,
    groups_of,
    in_year,
    nearest,
    over_time,
    places,
    years_of,
)
from leeway.published.returns.councils import register
from leeway.published.returns.figures import outlines

SIX = ("Kent", "Surrey", "Slough", "Reading", "Medway", "Southampton")
GROUP = Group("six", "the six", SIX)


def made(monkeypatch, rows: list[tuple[str, str, float | None]], breaks: dict[str, str] | None = None) -> Series:
    """A series of our own: council, year and value."""
    frame = pl.DataFrame(rows, schema=["council", "year", "value"], orient="row").with_columns(
        numerator=None, denominator=None, flag=pl.when(pl.col("value").is_null()).then(pl.lit("suppressed"))
    )
    monkeypatch.setattr(Series, "figures", property(lambda _series: frame.select(COLUMNS)))
    return Series("made", "Made", "Made", "Made.", "%", "nobody", lambda: frame, breaks or {})


def test_a_council_is_compared_with_its_region_its_type_and_all():
    groups = groups_of("Kent")
    assert [group.name for group in groups.values()] == [
        "all councils", "South East councils", "counties", "councils nearest in size and age"
    ]  # fmt: skip
    assert len(groups["region"].councils) == 18 and "Medway" in groups["region"].councils
    assert all("Kent" not in group.councils for key, group in groups.items() if key != "all")
    assert groups_of("Camden")["type"].name == "London boroughs"


def test_a_group_of_a_few_is_not_offered():
    """The City of London is the only one of its type."""
    assert "type" not in groups_of("City of London") and "region" in groups_of("City of London")
    assert all(len(group.councils) >= FEWEST for place in places() for group in groups_of(place).values())


def test_england_is_compared_with_all_councils_only():
    assert list(groups_of(ENGLAND)) == ["all"] == list(groups_of("Nowhere"))


def test_the_nearest_are_alike_in_size_and_age_by_hand():
    known = register().filter(pl.col("population_18_plus") > 0, pl.col("last_year").is_null())
    size = {name: log(people) for name, people in known.select("council", "population_18_plus").iter_rows()}
    old = {row["council"]: row["population_65_plus"] / row["population_18_plus"] for row in known.to_dicts()}

    def apart(name):
        return sum(((of[name] - of["Kent"]) / stdev(of.values())) ** 2 for of in (size, old))

    found = nearest("Kent")
    assert list(found) == sorted((name for name in size if name != "Kent"), key=apart)[:15]
    assert "Essex" in found and nearest("Nowhere") == ()


def test_published_neighbours_are_a_group():
    named = register().drop_nulls("statistical_neighbours").row(0, named=True)
    neighbours = groups_of(named["council"])["neighbours"]
    assert set(neighbours.councils) <= set(register()["council"]) - {named["council"]}


def test_places_are_those_that_report_today():
    assert len(places()) == 153 and places() == sorted(places())
    assert "Cumbria" not in places() and "Cumberland" in places()


def test_the_middle_of_a_region_by_hand():
    series, group = catalogue()["users-learning"], groups_of("Kent")["region"]
    figures = series.figures.filter(pl.col("council").is_in(group.councils), year="2012-13")["value"].drop_nulls()
    told = over_time(series, "Kent", group).filter(who="Middle of South East councils", year="2012-13")
    assert told["value"].item() == pytest.approx(median(figures.to_list()))
    kent = over_time(series, "Kent", group).filter(who="Kent").drop_nulls("value")
    assert kent["value"].to_list() == series.figures.filter(council="Kent").drop_nulls("value")["value"].to_list()


def test_a_year_that_nobody_reported_is_there_without_a_value(monkeypatch):
    series = made(monkeypatch, [("Kent", "1998-99", 1.0), ("Kent", "2000-01", 2.0)], {"2000-01": "Anew."})
    told = over_time(series, "Kent", GROUP)
    assert told.select("year", "value", "counted").rows() == [
        ("1998-99", 1.0, ""), ("1999-00", None, ""), ("2000-01", 2.0, "2000-01")
    ]  # fmt: skip


def test_a_year_without_a_return_breaks_the_line():
    users = over_time(catalogue()["users-all"], "Kent", GROUP).filter(who="Kent")
    assert users["year"].len() == 13 and users.filter(year="2005-06")["value"].to_list() == [None]


def test_why_there_is_no_value_is_kept(monkeypatch):
    series = made(monkeypatch, [("Kent", "2019-20", 1.0), ("Kent", "2020-21", None)])
    assert over_time(series, "Kent", GROUP)["flag"].to_list() == [None, "suppressed"]


@pytest.mark.parametrize(("reporting", "known"), [(6, True), (5, True), (4, False)])
def test_a_few_have_no_middle(monkeypatch, reporting, known):
    rows = [(council, "2020-21", float(place)) for place, council in enumerate(SIX)]
    rows += [(council, "2021-22", float(place)) for place, council in enumerate(SIX[:reporting])]
    told = over_time(made(monkeypatch, rows), "Kent", GROUP).filter(who="Middle of the six")["value"].to_list()
    assert told == [2.5, median(range(reporting)) if known else None]


def test_less_than_half_of_a_group_has_no_middle():
    """The survey of 2020-21 was left to councils: 18 of 153 asked."""
    told = over_time(catalogue()["ascof-1d"], "Kent", groups_of("Kent")["all"]).filter(who="Middle of all councils")
    assert told.filter(pl.col("value").is_null())["year"].to_list() == ["2020-21"]


def test_whoever_has_no_figure_at_all_is_not_drawn():
    told = over_time(catalogue()["direct-payments"], "Isles of Scilly", groups_of("Isles of Scilly")["all"])
    assert set(told["who"]) == {ENGLAND, "Middle of all councils"}
    told = over_time(catalogue()["oflog-workforce-turnover"], ENGLAND, groups_of(ENGLAND)["all"])
    assert set(told["who"]) == {"Middle of all councils"}


def test_councils_of_a_year_stand_highest_first_with_those_without_a_figure_last(monkeypatch):
    rows = [("Kent", 1.0), ("Surrey", None), ("Slough", 3.0), ("Bury", 3.0), (ENGLAND, 9.0)]
    series = made(monkeypatch, [(council, "2020-21", value) for council, value in rows])
    told = in_year(series, year="2020-21")
    assert told.select("council", "rank").rows() == [("Bury", 1), ("Slough", 1), ("Kent", 3), ("Surrey", None)]
    assert in_year(series, year="2020-21", group=GROUP)["council"].to_list() == ["Slough", "Kent", "Surrey"]
    assert "Bury" in in_year(series, year="2020-21", group=GROUP, place="Bury")["council"]
    assert in_year(series, year="1999-00").is_empty()


def test_years_are_those_of_councils_latest_first(monkeypatch):
    rows = [(ENGLAND, "2022-23", 1.0), ("Kent", "2020-21", 1.0), ("Kent", "2021-22", 1.0), ("Kent", "2023-24", None)]
    assert years_of(made(monkeypatch, rows)) == ["2021-22", "2020-21"]


def test_the_map_knows_the_councils_that_stood_there_before():
    told = [set(area["councils"]) for area in areas()["areas"]]
    assert {"Cumbria", "Cumberland", "Westmorland and Furness"} in told
    assert {"Bournemouth, Christchurch and Poole", "Bournemouth", "Poole", "Dorset (to 2018-19)"} in told
    assert set().union(*told) == set(register()["council"])
    assert "Cumbria" not in {council for area in outlines()["areas"] for council in area["councils"]}
