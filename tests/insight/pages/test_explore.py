"""The published returns on a page: every measure can be seen in every way it has, and no address breaks it."""

import csv
import io
import re
import xml.etree.ElementTree as ET

import pytest
from django.http import QueryDict
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leeway.access.roles import WHO_CAN, Capability, Role
from leeway.insight.pages.views.explore import VIEWS, Asked, number, table_of_councils, table_over_time
from leeway.published.catalogue import ENGLAND, catalogue
from leeway.published.comparing import gone, places
from tests.insight.pages.conftest import user
from tests.insight.pages.test_waves import told

pytestmark = pytest.mark.django_db
ALLOWED = {Role.ANALYST, Role.ADMINISTRATOR, Role.COMMISSIONER, Role.DIRECTOR}
PAGES = ["home", "explore", "chart", "data", "targets"]


def asked(**words: str) -> Asked:
    query = QueryDict(mutable=True)
    query.update(words)
    return Asked(query)


@pytest.fixture
def see(client, cole):
    """What a page of the published returns answers a commissioner."""
    client.force_login(cole)
    return lambda page="explore", **words: client.get(reverse(f"insight:{page}"), words)


@pytest.mark.parametrize("role", list(Role))
def test_analysts_administrators_commissioners_and_directors_see_the_returns(client, role):
    client.force_login(user("Somebody", role))
    for page in PAGES:
        enters = role in ALLOWED or (page == "home" and role in WHO_CAN[Capability.ENTER_INSIGHT])
        assert client.get(reverse(f"insight:{page}")).status_code == (200 if enters else 403), page


def test_someone_without_sign_in_is_asked_to_sign_in(client):
    for page in PAGES:
        assert client.get(reverse(f"insight:{page}")).status_code == 302


def test_home_shows_only_the_rooms_that_open(client, cole, ana):
    client.force_login(cole)
    assert "Publish the local account" not in told(client.get(reverse("insight:home")))
    client.force_login(ana)
    assert "Publish the local account" in told(client.get(reverse("insight:home")))


def test_a_council_over_time_beside_england_and_its_region(see):
    page = see(measure="users-learning", place="Kent", beside="region")
    text = told(page)
    for words in ("Kent: 0.0 per 10,000 adults in 2000-01, 10.9 per 10,000 adults in 2012-13.",
                  "The way of counting changed between them.", "Year Kent England Middle of South East councils",
                  "In 2009-10 the return began to count", "PSS-EX1 and RAP returns", "2005-06 no figure"):  # fmt: skip
        assert words in text
    assert "view=time" in page.content.decode()


def test_england_stands_beside_the_middle_of_all_councils_and_nothing_else_can_be_chosen(see):
    text = told(see())
    assert "England: 11.7% in 2010-11, 24.5% in 2024-25. The way of counting changed" in text
    assert "Compare with" not in text and "2024-25 24.5 24.1" in text


def test_in_order_among_the_councils_of_its_region(see):
    text = told(see(measure="direct-payments", place="Kent", view="rank", beside="region"))
    assert "Kent: 24.0%. 18 South East councils with a figure in 2024-25: from 8.0% to 50.7%, the middle 23.0%." in text
    assert "Kent 24.0 2,652 of 11,062" in text and "Leeds" not in text.partition("Council %")[2]


@pytest.mark.parametrize("view", ["map", "funnel"])
def test_the_map_and_the_funnel_are_of_all_councils_whatever_the_group(see, view):
    page = see(measure="direct-payments", place="Kent", view=view, beside="region")
    text = told(page)
    assert b'name="beside" value="region"' in page.content, "kept for the next view"
    assert "152 councils with a figure" in text and "Compare with" not in text


def test_why_there_is_no_figure_is_told(see):
    assert "Isles of Scilly not available" in told(see(measure="direct-payments", view="map"))
    text = told(see(measure="direct-payments", place="Isles of Scilly"))
    assert "Isles of Scilly has no figures in this series." in text


def test_what_is_said_of_a_figure_stands_beside_it(see):
    text = told(see())
    assert "2015-16 28.1 [a]" in text and "[a] not checked at its source." in text
    assert "[a] rounded" in told(see(measure="users-all", view="rank", year="2010-11"))
    assert "[a]" not in told(see(measure="ascof-4a"))


def test_a_council_that_is_gone_can_be_chosen(see):
    text = told(see(measure="ascof-4a", place="Cumbria"))
    assert "Cumbria (to 2022-23)" in text and "Cumbria: " in text


def test_what_cannot_be_shown_is_said(see):
    text = told(see(measure="ascof-1b", place="Camelot", year="1999-00", view="funnel"))
    assert "There is no council “Camelot”." in text and "No council has a figure of this measure for 1999-00." in text
    assert "This measure cannot be seen as “Beyond chance”" in text and "This is “Over time”." in text
    assert "cannot be seen" not in told(see(measure="direct-payments", view="funnel"))


@pytest.mark.parametrize("key", list(catalogue()))
def test_every_measure_can_be_seen_in_every_way_it_has(key):
    for place in (ENGLAND, "Kent", "City of London"):
        for view in asked(measure=key).views:
            seen = asked(measure=key, place=place, view=view)
            assert (seen.view, seen.series.key, seen.place) == (view, key, place)
            assert seen.sentence.endswith(".") and "None" not in seen.sentence and "nan" not in seen.sentence
            table = table_over_time(seen) if view == "time" else table_of_councils(seen)
            assert table["rows"] and {len(row["cells"]) for row in table["rows"]} == {len(table["heads"]) - 1}
            assert not {None, "None", "nan"} & {cell for row in table["rows"] for cell in row["cells"]}


@pytest.mark.parametrize("view", VIEWS)
def test_the_chart_is_a_picture_of_what_is_asked(see, view):
    answer = see("chart", measure="direct-payments", place="Kent", view=view)
    root = ET.fromstring(answer.content)
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert root[0].text == asked(measure="direct-payments", view=view).title
    assert root[1].text.startswith("Kent: 24.0%") and "Content-Disposition" not in answer.headers


def test_the_picture_can_be_kept(see):
    answer = see("chart", measure="ascof-1e", view="rank", beside="all", place="City of London", keep="1")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ascof-1e-rank.svg"'


@pytest.mark.parametrize("view", VIEWS)
def test_the_file_has_the_figures_of_the_page_and_their_source(see, view):
    answer = see("data", measure="direct-payments", place="Kent", view=view)
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    series = catalogue()["direct-payments"]
    assert {(row["measure"], row["unit"], row["source"]) for row in rows} == {(series.name, "%", series.source)}
    assert None not in rows[0] and all(None not in row.values() for row in rows)
    told_of = {row["who" if view == "time" else "council"] for row in rows}
    if view == "time":
        assert told_of == {"Kent", ENGLAND, "Middle of all councils"}
    else:
        assert told_of == {*places()} - ({"Isles of Scilly"} if view == "funnel" else set())
    [kent] = [row for row in rows if "Kent" in row.values() and row["year"] == "2024-25"]
    assert float(kent["value"]) == 24.0


@pytest.mark.parametrize(
    ("said", "value", "decimals", "unit"),
    [("0.419 points", 0.419, 3, "points"), ("£98 an adult", 97.5, 0, "£ an adult"), ("12.0", 12, 1, ""),
     ("no figure", None, 1, "%"), ("1,057.2 per 100,000", 1057.2, 1, "per 100,000")],
)  # fmt: skip
def test_a_figure_is_said_with_its_unit(said, value, decimals, unit):
    assert number(value, decimals=decimals, unit=unit) == said


WORDS = st.text(max_size=12) | st.sampled_from(
    ["time", "rank", "funnel", "map", "region", "2024-25", "1999-00", ENGLAND]
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    measure=st.sampled_from([*catalogue(), "nothing"]) | WORDS,
    place=st.sampled_from([*places(), "Cumbria"]) | WORDS,
    beside=st.sampled_from(["all", "region", "type", "neighbours"]) | WORDS,
    year=st.sampled_from(["2000-01", "2012-13", "2024-25"]) | WORDS,
    view=st.sampled_from(list(VIEWS)) | WORDS,
    page=st.sampled_from(["explore", "data"]),
)
def test_any_words_in_the_address_show_something(see, page, **words):
    assert see(page, **words).status_code == 200
    seen = asked(**words)
    assert seen.view in VIEWS and seen.year in seen.years and seen.place in {*places(), *gone(), ENGLAND}


def test_words_in_the_address_are_not_written_on_the_page(see):
    assert b"<b>hello" not in see(measure="<b>hello", place="<b>hello", view="<b>hello").content


def test_the_address_of_a_view_leads_back_to_what_was_asked(see):
    page = see(measure="users-all", place="Kent", view="map", year="2010-11").content.decode()
    for query in re.findall(r'\?([^"]*view=[^"]*)"', page):
        again = Asked(QueryDict(query.replace("&amp;", "&")))
        assert (again.series.key, again.place) == ("users-all", "Kent")
        assert again.view == "time" or again.year == "2010-11"


def test_a_page_asks_the_database_only_who_is_there(see, django_assert_max_num_queries):
    for page in PAGES:
        with django_assert_max_num_queries(6):
            see(page)
