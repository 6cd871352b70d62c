"""The two pages on which the council lists support and records prices: who may, what is kept, what is found."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from leeway.access.roles import WHO_CAN, Capability, Role
from leeway.access.table import who_may_reach
from leeway.market.contracts.actions import record_rate
from leeway.market.contracts.models import Rate
from leeway.market.listings import actions
from leeway.market.listings.models import Kind, Provider, Service, Source
from tests.market.conftest import TODAY
from tests.pages import send

pytestmark = pytest.mark.django_db
ADD = "/directory/add/"
CLUB = {
    "name": "Quay Chess",
    "provider_name": "Quay Chess Society",
    "kind": "community",
    "description": "Chess and cake on Tuesdays.",
    "takes_direct_payments": "not known",
    "town": "Fairbourne",
    "postcode": "fb12ab",
}
LATER = timezone.localdate() + timedelta(days=200)


def typed(day: date) -> dict:
    return {"starts_on_day": f"{day.day}", "starts_on_month": f"{day.month}", "starts_on_year": f"{day.year}"}


@pytest.fixture
def club(bea):
    return actions.list_service(name="Quay Chess", provider_name="Quay Chess", kind=Kind.COMMUNITY, by=bea, on=TODAY)


def price_page(service) -> str:
    return f"/directory/{service.pk}/price/"


def sent(client, address: str, told: dict) -> str:
    """The page that comes back after a form was not taken."""
    answer = client.post(address, told)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "There is a problem" in text
    return text


def test_the_door_lets_in_whom_the_actions_allow():
    for name in ("directory:add", "directory:price", "directory:end_price"):
        assert who_may_reach(name) == Capability.LIST_SERVICES
    assert Role.PERSON not in WHO_CAN[who_may_reach("directory:add")]


def test_only_those_who_may_see_the_links_and_the_pages(client, club, bea, carla, cyril, finn, mona):
    service_page = f"/directory/{club.pk}/"
    for user in (None, cyril, finn, mona, bea, carla):
        client.logout()
        if user:
            client.force_login(user)
        may = user in (bea, carla)
        assert (f'href="{ADD}"' in client.get("/directory/").content.decode()) == may
        assert (f'href="{price_page(club)}"' in client.get(service_page).content.decode()) == may
        for address in (ADD, price_page(club)):
            assert client.get(address).status_code == (200 if may else 403 if user else 302)
            assert client.post(address, CLUB).status_code != 302 or user in (None, bea, carla)
    assert Service.objects.filter(name="Quay Chess").count() == 2, "theirs who may, once: the second is there already"


def test_a_listing_is_found_by_everyone_as_the_councils(client, carla):
    client.force_login(carla)
    answer = client.post(ADD, CLUB | {"pence": "£3.50", "unit": "session", "website": "www.chess.example"}, follow=True)
    assert "Quay Chess is in the directory now" in answer.content.decode()
    listing = Service.objects.get()
    assert (listing.source, listing.is_made_up, listing.regulated) == (Source.COUNCIL, False, False)
    rate = listing.rates.get()
    assert (rate.pence, rate.unit, rate.kind, rate.note) == (350, "session", "listed", "")
    assert listing.takes_direct_payments is None
    assert (listing.postcode, listing.website) == ("FB1 2AB", "https://www.chess.example")
    client.logout()
    for asked in ({"words": "cake"}, {"place": "FB1"}, {"kind": "community"}):
        text = client.get("/directory/", asked).content.decode()
        assert "Quay Chess" in text
        assert "listed by the council, checked" in " ".join(text.split())
        assert "Made up" not in text
    text = client.get(f"/directory/{listing.pk}/").content.decode()
    assert "£3.50 a session" in text
    assert "The council" in text


@pytest.mark.parametrize(("chosen", "kept"), [("yes", True), ("no", False), ("not known", None)])
def test_direct_payments_are_yes_no_or_not_known(client, bea, chosen, kept):
    client.force_login(bea)
    client.post(ADD, CLUB | {"takes_direct_payments": chosen})
    assert Service.objects.get().takes_direct_payments is kept


def test_an_empty_form_says_each_thing_that_is_needed(client, bea):
    client.force_login(bea)
    text = sent(client, ADD, {"name": " "})
    summary = text[text.index("There is a problem") : text.index("<h1")]
    assert [" ".join(found.split()) for found in re.findall(r'<a href="#id_[^>]*>([^<]*)</a>', summary)] == [
        "Enter what it is called.",
        "Enter who gives it: an organisation or a person.",
        "Choose what kind of support it is.",
        "Choose whether it takes direct payments, or “Not known”.",
    ]
    assert "(optional)" in text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kind": "home_care"}, "choose one of the answers on this page"),
        ({"postcode": "FB1"}, "enter a full UK postcode"),
        ({"website": "javascript:alert(1)"}, "enter an address like"),
        ({"website": "no address"}, "enter an address like"),
        ({"phone": "1" * 31}, "“Telephone” has room for 30 characters"),
        ({"description": "x" * 2001}, "has room for 2,000 characters"),
        ({"pence": "three"}, "enter an amount in pounds and pence"),
        ({"pence": "-3", "unit": "hour"}, "enter an amount of £0.00 or more"),
        ({"pence": "3"}, "Choose what the price buys."),
        ({"unit": "hour"}, "Enter the price, or leave out what it buys"),
        ({"note": "more at weekends"}, "Enter the price, or leave out what it buys"),
    ],
)
def test_wrong_input_says_why_and_keeps_what_was_typed(client, bea, wrong, sentence):
    client.force_login(bea)
    text = sent(client, ADD, CLUB | wrong)
    assert sentence in text
    assert 'value="Quay Chess Society"' in text
    assert "Chess and cake on Tuesdays." in text or "description" in wrong
    for name, typed in wrong.items():
        assert name == "kind" or f'value="{typed}"' in text or typed in text
    assert not Provider.objects.exists()


def test_a_second_press_lists_nothing_twice(client, bea):
    client.force_login(bea)
    client.post(ADD, CLUB)
    assert "is in the directory already" in sent(client, ADD, CLUB | {"name": "quay chess"})
    assert client.post(ADD, CLUB | {"town": "Thornsea", "postcode": ""}).status_code == 302, "another place"
    assert (Service.objects.count(), Provider.objects.count()) == (2, 1)


def test_a_price_from_today_ends_the_last_one_yesterday_and_keeps_it(client, bea, club):
    client.force_login(bea)
    today = timezone.localdate()
    assert "No price is known today" in client.get(price_page(club)).content.decode()
    start = today.replace(year=today.year - 3, day=1)
    record_rate(service=club, pence=500, unit="session", starts_on=start, by=bea, on=start)
    assert "£5.00 a session" in client.get(price_page(club)).content.decode()
    told = {"pence": "0", "unit": "session", "note": "bring a cake", "kind": "listed"} | typed(timezone.localdate())
    assert client.post(price_page(club), told).headers["Location"] == f"/directory/{club.pk}/"
    assert "Free, bring a cake" in client.get(f"/directory/{club.pk}/").content.decode()
    assert "Free, bring a cake" in client.get("/directory/", {"words": "chess"}).content.decode()
    page = client.get(price_page(club)).content.decode()
    assert "Prices of before" in page and "£5.00 a session" in page and "Bea Okafor" in page
    assert Rate.objects.get(pence=500).ends_on == today - timedelta(days=1)


def test_a_price_still_to_come_and_one_under_a_framework(client, bea, club):
    client.force_login(bea)
    client.post(price_page(club), {"pence": "5", "unit": "session", "kind": "listed"} | typed(timezone.localdate()))
    assert (
        client.post(price_page(club), {"pence": "6", "unit": "session", "kind": "listed"} | typed(LATER)).status_code
        == 302
    )
    client.post(
        price_page(club), {"pence": "4.20", "unit": "session", "kind": "framework"} | typed(timezone.localdate())
    )
    page = client.get(f"/directory/{club.pk}/").content.decode()
    assert f"From {LATER:%-d %B %Y}: £6.00 a session" in page and "£4.20" in page
    client.logout()
    page = client.get(f"/directory/{club.pk}/").content.decode()
    assert "£5.00 a session" in page and "£6.00 a session" in page
    assert "£4.20" not in page, "what the council pays under a framework is not for everyone"
    assert "£4.20" not in client.get("/directory/", {"words": "chess"}).content.decode()


def test_a_price_is_ended_and_then_not_known(client, bea, club):
    client.force_login(bea)
    client.post(price_page(club), {"pence": "5", "unit": "session", "kind": "listed"} | typed(timezone.localdate()))
    address = f"{price_page(club)}{Rate.objects.get().pk}/end/"
    assert address in client.get(price_page(club)).content.decode()
    assert "Enter the last day" in sent(client, address, {"ends_on_day": ""})
    last_day = {name.replace("starts", "ends"): part for name, part in typed(LATER).items()}
    assert send(client, address, **last_day).status_code == 302
    assert Rate.objects.get().ends_on == LATER
    text = send(client, address, **last_day).content.decode()
    assert "ends on" in text and "already" in text


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"unit": "hour"}, "Enter the price in pounds, or 0 if it is free."),
        ({"pence": "12.50"}, "Choose what the price buys."),
        ({"pence": "12.505", "unit": "hour"}, "enter an amount in pounds and pence"),
        ({"pence": "12.50", "unit": "hour", "kind": "gift"}, "choose one of the answers on this page"),
        ({"pence": "12.50", "unit": "hour"}, "Enter the first day on which this price holds."),
        (
            {"pence": "12.50", "unit": "hour", "starts_on_day": "31", "starts_on_month": "2", "starts_on_year": "2027"},
            "there is no 31/2/2027",
        ),
        ({"pence": "12.50", "unit": "hour"} | typed(date(2099, 4, 1)), "Check the year."),
        ({"pence": "12.50", "unit": "hour", "note": "n" * 121}, "has room for 120 characters"),
    ],
)
def test_a_wrong_price_says_why_and_keeps_what_was_typed(client, bea, club, told, sentence):
    client.force_login(bea)
    told = {"kind": "listed", "note": "more at weekends"} | told
    text = sent(client, price_page(club), told)
    assert sentence in text
    assert f'value="{told["note"]}"' in text
    assert f'value="{told.get("pence", "")}"' in text
    assert not Rate.objects.exists()


def test_a_price_of_an_unknown_service_is_not_found(client, bea):
    client.force_login(bea)
    assert client.get("/directory/00000000-0000-4000-8000-000000000000/price/").status_code == 404


def test_the_pages_take_few_queries(client, bea, club, django_assert_max_num_queries):
    client.force_login(bea)
    client.get(ADD)
    for address, most in ((ADD, 3), (price_page(club), 5), ("/directory/", 6), (f"/directory/{club.pk}/", 5)):
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200
    with django_assert_max_num_queries(27):
        client.post(ADD, CLUB | {"pence": "3", "unit": "hour"})


def test_a_price_says_which_that_were_to_come_it_takes_the_place_of(client, club, bea):
    today = timezone.localdate()
    coming = [today + timedelta(days=days) for days in (30, 60)]
    for day in coming:
        record_rate(service=club, pence=500, unit="session", starts_on=day, by=bea, on=today)
    client.force_login(bea)
    told = {"pence": "6", "unit": "session", "kind": "listed"}
    day = {"starts_on_day": today.day, "starts_on_month": today.month, "starts_on_year": today.year}
    page = client.post(price_page(club), told | day, follow=True).content.decode()
    for each in coming:
        assert f"from {each:%-d %B %Y}" in page.partition("It takes the place of what was to come")[2]
