"""Targets on a page: the chance it tells is the one worked out, and what cannot be asked gets a sentence."""

import re
import xml.etree.ElementTree as ET
from datetime import date

import polars as pl
import pytest
from django.urls import reverse

from leeway.insight.pages.views.targets import YEARS_LEAST, ahead, as_series, signed, to_forecast
from leeway.published.catalogue import ENGLAND, catalogue
from leeway.published.comparing import places
from leeway.published.forecasts.chance import chances
from leeway.published.forecasts.picture import in_percent
from tests.insight.pages.test_waves import told

pytestmark = pytest.mark.django_db
FAR = date(2040, 3, 31)


def words_of(measure="ascof-1d", place="Kent", percent="70", by=(31, 3, 2040)) -> dict[str, str]:
    day, month, year = map(str, by)
    return {"measure": measure, "place": place, "percent": percent, "by_day": day, "by_month": month, "by_year": year}


@pytest.fixture
def see(client, cole):
    client.force_login(cole)
    return lambda page="targets", **words: client.get(reverse(f"insight:{page}"), words)


def test_it_begins_with_england_and_thirty_percent(see):
    text = told(see())
    assert (
        "Direct payments: share of clients, 30% by 31 March" in text and "England: the chance of getting there" in text
    )
    assert "Where it stands 25.5% on 31 March 2024" in text
    assert "It was 24.5% on 31 March 2025, counted in another way" in text, (
        "2024-25 is the first from client level data"
    )


def test_the_chance_is_the_one_worked_out(see):
    published = to_forecast()["ascof-1d"]
    kent = as_series(published).filter(unit="Kent")
    found = chances(kent, target_percent=70, by=FAR).row(0, named=True)
    text = told(see(**words_of()))
    assert f"Kent: the chance of getting there is {in_percent(found['probability'])} ." in text
    likely = f"{found['median']:.1f}%; four times in five between {found['low']:.1f}% and {found['high']:.1f}%"
    assert f"Likely by 31 March 2040 {likely}" in text
    last = published.figures.filter(council="Kent", year="2024-25")["value"].item()
    assert f"Where it stands {last:.1f}% on 31 March 2025" in text and "Later years" not in text


def test_pace_and_every_council(see):
    text = told(see(**words_of(percent="50")))
    assert "Pace it takes None: it is reached." in text
    councils = as_series(to_forecast()["ascof-1d"]).filter(
        pl.col("unit") != ENGLAND, pl.col("period") == date(2025, 3, 31)
    )
    reached = councils.filter(pl.col("value") >= 50).height
    assert f"{reached} have reached it" in text and f"{councils['unit'].n_unique()} in all" in text


def test_national_targets_through_their_history(see):
    text = told(see())
    assert "What was to be reached before" in text and "30% of:" in text and "1 April 2011" in text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"percent": "0"}, "The target must be above 0 percent."),
        ({"percent": "-5"}, "The target must be above 0 percent."),
        ({"percent": "101"}, "The target must be 100 percent or less."),
        ({"percent": "nan"}, "Enter the percentage to reach as a number"),
        ({"percent": "inf"}, "Enter the percentage to reach as a number"),
        ({"percent": "half"}, "Enter the percentage to reach as a number"),
        ({"percent": ""}, "Enter the percentage to reach."),
        ({"by": (31, 3, 2025)}, "Enter a day after 31 March 2025: what happened until then is known."),
        ({"by": (31, 3, 2001)}, "Enter a day after 31 March 2025"),
        ({"by": (31, 2, 2030)}, "there is no 31/2/2030 in the calendar"),
        ({"by": ("", "", "")}, "Enter the day to reach it by."),
        ({"by": (1, 1, 2090)}, "more than 25 years from now"),
        ({"measure": "<b>all"}, "Choose one of the measures."),
        ({"place": "Atlantis"}, "Choose one of the places."),
    ],
)
def test_what_cannot_be_asked_gets_a_sentence(see, changes, sentence):
    page = see(**words_of(**changes))
    text = told(page)
    assert page.status_code == 200 and "There is a problem" in text and sentence in text
    assert "the chance of getting there" not in text and b"<b>all" not in page.content
    assert see("fan", **words_of(**changes)).status_code == 400


def test_a_fortnight_and_a_day_after_the_last_can_be_asked(see):
    assert "the chance of getting there" in told(see(**words_of(by=(15, 4, 2025))))
    assert "is known" in told(see(**words_of(by=(1, 4, 2025))))


def test_a_council_whose_figures_end_early_is_asked_for_a_day_after_the_others(see):
    series = as_series(to_forecast()["ascof-1d"])
    ends = (
        series.group_by("unit")
        .agg(pl.col("period").max())
        .filter(pl.col("period") < pl.col("period").max(), pl.col("unit").is_in(places()))
    )
    early, last = ends.sort("period", "unit").row(0)
    between = date(last.year + 1, 3, 30)
    text = told(see(**words_of(place=early, by=(between.day, between.month, between.year))))
    assert "Enter a day after 31 March 2025" in text
    assert "counted in another way" not in told(see(**words_of(place=early))), "there are none"


def test_a_council_with_too_few_years_is_told_so(see):
    """Councils' take-up is at hand for one year."""
    page = see(**words_of(measure="direct-payments"))
    assert "Kent has too few years in this series" in told(page) and b"<figure" not in page.content
    assert see("fan", **words_of(measure="direct-payments")).status_code == 400


def test_at_most_is_asked_the_other_way(see):
    more, less = (told(see(**words_of(percent="66"), at_most=way)) for way in ("", "less"))
    assert "66% by 31 March 2040" in more and "66% or less by 31 March 2040" in less
    chances = [int(re.search(r"chance of getting there is (\d+)%", text)[1]) for text in (more, less)]
    assert sum(chances) in (99, 100, 101)
    picture = see("fan", **words_of(percent="66"), at_most="less").content.decode()
    assert "66% or less" in picture and f"the red line, is {chances[1]}%." in picture


def test_only_since_the_last_break_with_years_enough():
    units = as_series(catalogue()["direct-payments"])
    assert set(units["unit"]) == {ENGLAND} and units["period"].max() == date(2024, 3, 31)
    counted = units.group_by("series").len()["len"]
    assert counted.min() >= YEARS_LEAST


@pytest.mark.parametrize("key", list(to_forecast()))
def test_every_measure_can_be_looked_ahead_from(key):
    series = as_series(to_forecast()[key])
    place = ENGLAND if ENGLAND in series["unit"] else series["unit"].mode()[0]
    found = ahead(measure=key, place=place, percent=50, by=FAR)
    assert found["chance"].endswith("%") and len(found["standing"]) == 4
    assert (
        "nan" not in " ".join(found["standing"].values())
        and "None " not in found["standing"]["Likely by 31 March 2040"]
    )


def test_the_picture_is_of_the_same_target(see):
    answer = see("fan", **words_of())
    root = ET.fromstring(answer.content)
    assert answer.headers["Content-Type"] == "image/svg+xml" and root[0].text == "The chance of 70% by 31 March 2040"


def test_a_change_has_its_sign():
    assert [signed(value, 1) for value in (-0.42, 0.06)] == ["−0.4", "+0.1"]
