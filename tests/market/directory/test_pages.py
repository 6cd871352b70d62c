"""The two pages, as someone without a sign-in sees them."""

import pytest

from leeway.market.listings.actions import import_file
from leeway.market.listings.models import Rating, Service
from tests.market.conftest import TODAY
from tests.market.extract_lines import RATINGS_HEADER, rating_line

pytestmark = pytest.mark.django_db
SEARCH = "/directory/"


def page(client, address: str, **asked) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_anyone_searches_in_few_queries(client, market, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        text = page(client, SEARCH, words="care", place="Fairbourne", within_miles="10", sort="distance")
    assert "results" in text
    assert "miles" in text
    assert "Made up" in text


def test_everyone_who_signs_in_may_search_too(client, market, bea, cyril):
    for user in (bea, cyril):
        client.force_login(user)
        assert "Find support" in page(client, SEARCH)


def test_a_page_of_results_leads_to_the_next(client, market):
    assert "?kind=personal_assistant&amp;page=2" in page(client, SEARCH, kind="personal_assistant")
    assert "showing 21 to 40" in page(client, SEARCH, kind="personal_assistant", page="2")


def test_nothing_found_says_what_to_try(client, market):
    assert "Nothing fits all of that" in page(client, SEARCH, words="zebra")


def test_an_empty_directory_says_so(client):
    assert "Nothing is listed yet" in page(client, SEARCH)


@pytest.mark.parametrize(
    "asked",
    [{"within_miles": "5"}, {"place": "Atlantis", "within_miles": "5"}, {"sort": "distance"}, {"kind": "zeppelin"}],
)
def test_a_search_that_cannot_be_made_says_why(client, market, asked):
    text = page(client, SEARCH, **asked)
    assert "There is a problem" in text
    assert "Error: Find support" in text


@pytest.mark.parametrize("asked", [{"page": "-1"}, {"page": "x"}, {"words": "\0"}, {"place": "<script>alert(1)"}])
def test_odd_input_breaks_nothing(client, market, asked):
    assert "<script>alert(1)" not in page(client, SEARCH, **asked)


def test_a_service_shows_every_rating_with_its_date_and_the_report(client, write, django_assert_max_num_queries):
    lines = [
        rating_line(domain=domain, group=group) for group in ("Overall", "Homecare") for domain in ("Overall", "Safe")
    ]
    lines.append(rating_line(domain="Caring", group="Supported Living", rating="Inadequate"))
    import_file(write(RATINGS_HEADER, *lines), on=TODAY)
    listing = Service.objects.get()
    with django_assert_max_num_queries(3):
        text = page(client, f"{SEARCH}{listing.pk}/")
    assert Rating.objects.count() == 5
    assert "Overall, and the same for Homecare" in text
    assert text.count("29 May 2026") == 4, "three questions in two tables, and the overall rating's date"
    assert "Inadequate" in text
    assert 'href="https://www.cqc.org.uk/location/1-1"' in text
    assert "We do not know what this costs" in text
    assert "Not known: ask them" in text
    assert "23 November 2026" in text


def test_an_assistant_is_flagged_as_unregulated_and_as_made_up(client, market):
    assistant = next(s for s in market.services if s.is_personal_assistant)
    text = page(client, f"{SEARCH}{assistant.pk}/")
    assert "Personal assistants are not regulated" in text
    assert "Made up for the demonstration" in text


def test_a_service_that_is_gone_says_so(client, market):
    Service.objects.filter(pk=market.services[0].pk).update(no_longer_listed_on=TODAY)
    assert "left this service out" in page(client, f"{SEARCH}{market.services[0].pk}/")


def test_a_website_cannot_carry_a_script(client, market):
    home = Service.objects.first()
    Service.objects.filter(pk=home.pk).update(source="council", website="javascript:alert(1)//://")
    assert 'href="javascript:' not in page(client, f"{SEARCH}{home.pk}/")


def test_an_unknown_service_is_not_found(client):
    assert client.get(f"{SEARCH}00000000-0000-4000-8000-000000000000/").status_code == 404


def test_the_pages_only_answer_questions(client):
    assert client.post(SEARCH).status_code in {403, 405}
