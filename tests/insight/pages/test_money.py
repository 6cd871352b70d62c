"""The page of spending says what the returns say, and of the claim of 2012 no more than they show."""

import csv
import io

import polars as pl
import pytest
from django.urls import reverse

from leeway.insight.pages.views.money import TITLES, by_year, charted, era
from leeway.published.returns.figures import table
from leeway.published.spending import growth_over, shares, spending
from tests.insight.pages.test_waves import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def see(client, cole):
    client.force_login(cole)
    return lambda page="money", **words: client.get(reverse(f"insight:{page}"), words)


def test_learning_disability_was_above_23_percent_and_grew_fastest(see):
    text = told(see())
    assert "was 21.7% of spending on the four client groups in 2000-01 and 26.7% in 2007-08" in text
    assert "above 23% in 5 of the 7 years at hand. Its growth over those years was the fastest of the four." in text
    grown = growth_over("2000-01", "2007-08").row(0, named=True)
    assert grown["client_group"] == "learning disability 18-64"
    assert f"+{grown['growth']:.1f}%" in text and f"+{grown['real_growth']:.1f}%" in text
    assert "changed by +8.3% from 2014-15 to 2016-17: number 3 of 10, the fastest first." in text
    known = shares().filter(whole="the four client groups").drop_nulls("share")
    assert known["above_quoted"].sum() == 5


@pytest.mark.parametrize("place", ["Trafford", "Isles of Scilly", "Rutland", "Westmorland and Furness"])
def test_a_council_with_gaps_says_what_is_not_known(see, place):
    answer = see(place=place)
    assert answer.status_code == 200
    assert ("Learning disability was" in told(answer)) or "do not say" in told(answer) or "Choose" in told(answer)


def test_every_row_is_as_wide_as_its_headings_and_a_missing_year_breaks_the_line():
    for place in sorted(set(table("spending")["council"])):
        known = spending(place).filter(pl.col("cost").is_not_null())
        for basis in TITLES:
            if known.filter(basis=basis)["year"].n_unique() > 1:
                told = era(known, basis, place)
                assert {len(row) for row in told["rows"]} <= {len(told["heads"])}, place
    assert charted("England").filter(year="2005-06")["share"].to_list() == [None] * 4


def test_the_table_has_every_share_that_the_picture_draws():
    told = by_year("England")
    assert told["heads"] == ("Year", "Learning disability 18-64", "Mental health 18-64", "Older people 65 and over",
                             "Physical disability 18-64")  # fmt: skip
    rows = {year: cells for year, *cells in told["rows"]}
    assert rows["2000-01"] == ["21.7%", "7.6%", "61.6%", "9.1%"] and rows["2005-06"] == ["no figure"] * 4
    assert len(rows) == 8 and by_year("Bedford") is None


def test_an_unknown_place_is_a_sentence(see):
    assert "Choose one of the places." in told(see(place="Camelot"))


def test_the_file_and_the_picture(see):
    rows = list(csv.DictReader(io.StringIO(see("money_csv", place="Trafford").content.decode())))
    assert {row["council"] for row in rows} == {"Trafford"} and len(rows) > 30
    assert b"Shares of spending on the four client groups, Trafford" in see("money_chart", place="Trafford").content


def test_it_asks_the_database_only_who_is_there(see, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        see()
