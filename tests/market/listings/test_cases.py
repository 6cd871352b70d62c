"""Lists of the regulator that people found misread or refused without need: what each brings, or what it asks."""

import csv
import io
from datetime import date

import pytest
from click.testing import CliRunner

from leeway.market.directory.commands import directory
from leeway.market.listings.models import Kind, RatingGiven, Service
from tests.originals import reported_case

pytestmark = pytest.mark.django_db

ON = ("--on", "2026-11-23")


def run(name, *options):
    return CliRunner().invoke(directory, ["import", str(reported_case("readers", name)), *ON, *options])


def test_a_place_whose_row_cannot_be_read_stays_listed():
    assert run("cqc_ratings_us_ok.csv").exit_code == 0
    refused = run("cqc_ratings_us_badrow.csv")
    assert refused.exit_code == 2 and "“not yet” is not a date" in refused.stderr
    done = run("cqc_ratings_us_badrow.csv", "--leave-out-bad-rows")
    assert done.exit_code == 0 and "1  as they were, a row of theirs cannot be read" in done.stdout
    assert list(Service.objects.order_by("name").values_list("name", "no_longer_listed_on", "rated_on")) == [
        ("Example House", None, date(2023, 4, 25)),
        ("Sample Lodge", None, date(2024, 9, 11)),
    ]


def test_the_order_of_day_and_month_is_asked_for_where_no_date_shows_it():
    asked = run("cqc_ratings_uk_dates.csv")
    assert asked.exit_code == 2 and not Service.objects.exists()
    assert "Row 2 (04/05/2023) can be meant day first or month first" in asked.stderr
    assert "Say it: --dates day-first or --dates month-first." in asked.stderr
    assert run("cqc_ratings_uk_dates.csv", "--dates", "day-first").exit_code == 0
    assert set(Service.objects.values_list("rated_on", flat=True)) == {date(2023, 5, 4), date(2024, 11, 9)}


def test_days_that_cannot_be_mistaken_ask_nothing():
    assert run("cqc_ratings_iso_dates.csv").exit_code == 0
    assert set(Service.objects.values_list("rated_on", flat=True)) == {date(2023, 4, 25), date(2024, 9, 11)}


def test_the_directory_with_the_header_of_2020():
    assert run("cqc_directory_2020_header.csv").exit_code == 0
    place = Service.objects.get(external_id="1-1000000001")
    assert (place.name, place.kinds, place.area) == ("Example House", [Kind.CARE_HOME], "Trafford")
    assert (place.inspected_on, place.provider.external_id) == (date(2018, 10, 2), "1-2000000001")


def test_the_active_locations():
    """01/10/2010 is 1 October: on 10 January nobody was registered under the Act. So 04/05/2023 is 4 May."""
    assert run("cqc_hsca_active.csv").exit_code == 0
    place = Service.objects.get(external_id="1-1000000001")
    assert (place.name, place.kinds, place.phone) == ("Example House", [Kind.CARE_HOME], "01234567890")
    assert (place.overall_rating, place.rated_on) == (RatingGiven.GOOD, date(2023, 5, 4))
    assert (place.specialisms, place.address) == (["Dementia"], "1 Example Street, Anytown")
    assert (place.latitude, place.longitude, place.website) == (53.4, -2.3, "")


def test_names_that_are_formulas_come_out_as_names():
    done = run("directory_names_that_are_formulas.csv", "--leave-out-bad-rows")
    assert done.exit_code == 0 and "“31/Feb/2018” is not a date" in done.stdout
    told = list(csv.DictReader(io.StringIO(CliRunner().invoke(directory, ["export", *ON]).stdout)))
    assert {row["name"]: row["provider"] for row in told} == {
        """'=HYPERLINK("http://evil.example","Care")""": "'+Provider Ltd",
        "Café Care": "'@Prov",
        "Good Home": "Prov",
    }
    good = Service.objects.get(name="Good Home")
    assert (good.inspected_on, good.phone) == (date(2024, 9, 1), "01234567890")
