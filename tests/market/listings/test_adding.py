"""The two pages on which the council lists support and records prices: who may, what is kept, what is found."""

import re

import pytest

from leeway.access.roles import WHO_CAN, Capability, Role
from leeway.access.table import who_may_reach
from leeway.market.listings import actions
from leeway.market.listings.models import Kind, Provider, Service, Source

from .conftest import TODAY

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
    for name in ("listings:add", "listings:price"):
        assert who_may_reach(name) == Capability.LIST_SERVICES
    assert Role.PERSON not in WHO_CAN[who_may_reach("listings:add")]


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
    answer = client.post(
        ADD, CLUB | {"price_pence": "£3.50", "price_unit": "session", "website": "www.chess.example"}, follow=True
    )
    assert "Quay Chess is in the directory now" in answer.content.decode()
    listing = Service.objects.get()
    assert (listing.source, listing.is_made_up, listing.regulated) == (Source.COUNCIL, False, False)
    assert (listing.price_pence, listing.price_unit, listing.takes_direct_payments) == (350, "session", None)
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
        ({"kind": "home_care"}, "Select a valid choice"),
        ({"postcode": "FB1"}, "enter a full UK postcode"),
        ({"website": "javascript:alert(1)"}, "enter an address like"),
        ({"website": "no address"}, "enter an address like"),
        ({"phone": "1" * 31}, "“Telephone” has room for 30 characters"),
        ({"description": "x" * 2001}, "has room for 2,000 characters"),
        ({"price_pence": "three"}, "enter an amount in pounds and pence"),
        ({"price_pence": "-3", "price_unit": "hour"}, "enter an amount of £0.00 or more"),
        ({"price_pence": "3"}, "Choose what the price buys."),
        ({"price_unit": "hour"}, "Enter the price, or leave out what it buys"),
        ({"price_note": "more at weekends"}, "Enter the price, or leave out what it buys"),
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


def test_a_price_takes_the_place_of_the_last(client, bea, club):
    client.force_login(bea)
    assert "No price is known yet" in client.get(price_page(club)).content.decode()
    actions.record_price(service=club, price_pence=500, price_unit="session", by=bea, on=TODAY.replace(year=2020))
    assert "£5.00 a session" in client.get(price_page(club)).content.decode()
    told = {"price_pence": "0", "price_unit": "session", "price_note": "bring a cake"}
    assert client.post(price_page(club), told).headers["Location"] == f"/directory/{club.pk}/"
    assert "Free, bring a cake" in client.get(f"/directory/{club.pk}/").content.decode()
    assert "Quay Chess" in client.get("/directory/", {"words": "chess"}).content.decode()


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"price_unit": "hour"}, "Enter the price in pounds, or 0 if it is free."),
        ({"price_pence": "12.50"}, "Choose what the price buys."),
        ({"price_pence": "12.505", "price_unit": "hour"}, "enter an amount in pounds and pence"),
    ],
)
def test_a_wrong_price_says_why_and_keeps_what_was_typed(client, bea, club, told, sentence):
    client.force_login(bea)
    text = sent(client, price_page(club), told | {"price_note": "more at weekends"})
    assert sentence in text
    assert 'value="more at weekends"' in text
    assert f'value="{told.get("price_pence", "")}"' in text
    assert Service.objects.get().price_pence is None


def test_a_price_of_an_unknown_service_is_not_found(client, bea):
    client.force_login(bea)
    assert client.get("/directory/00000000-0000-4000-8000-000000000000/price/").status_code == 404


def test_the_pages_take_few_queries(client, bea, club, django_assert_max_num_queries):
    client.force_login(bea)
    client.get(ADD)
    for address, most in ((ADD, 3), (price_page(club), 5), ("/directory/", 6), (f"/directory/{club.pk}/", 5)):
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200
    with django_assert_max_num_queries(20):
        client.post(ADD, CLUB | {"price_pence": "3", "price_unit": "hour"})
