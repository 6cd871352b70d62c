"""The market that the demonstration makes up: the same each time, and all of it saying that it is made up."""

import pytest

from leeway.market.contracts.actions import add_made_up_rates
from leeway.market.contracts.models import Rate
from leeway.market.contracts.queries import listed_prices
from leeway.market.directory.demo import Market
from leeway.market.listings.actions import list_service
from leeway.market.listings.models import Kind, Provider, Service, Source
from tests.market.conftest import TODAY

pytestmark = pytest.mark.django_db


def test_the_market_is_the_same_for_the_same_seed(market):
    again = Market(seed=7, on=TODAY)
    again.add_care(), again.add_community(), again.add_assistants()
    facts = ["id", "name", "postcode", "latitude", "overall_rating", "last_checked_on"]
    assert [[getattr(s, f) for f in facts] for s in again.services] == [
        [getattr(s, f) for f in facts] for s in market.services
    ]
    told = ["service_id", "unit", "pence", "starts_on", "ends_on", "recorded_on"]
    assert [[getattr(r, f) for f in told] for r in again.rates] == [[getattr(r, f) for f in told] for r in market.rates]
    other = Market(seed=8, on=TODAY)
    other.add_care()
    assert [s.id for s in other.services] != [s.id for s in market.services[: len(other.services)]]


def test_the_market_is_all_made_up_and_of_every_sort(market):
    services = Service.objects.all()
    assert 110 <= len(services) <= 130
    assert {s.source for s in services} == {Source.DEMO}
    assert all(provider.name.endswith("(made up)") for provider in Provider.objects.all())
    assert all(s.postcode.startswith("FB") for s in services)
    kinds = {kind for s in services for kind in s.kinds}
    assert kinds == set(Kind.values) - {Kind.COMMUNITY_CARE}
    assert sum(s.is_personal_assistant for s in services) == 40
    prices = [rates[0].pence for rates in listed_prices(services.filter(kinds=["home_care"]), TODAY).values() if rates]
    assert all(21_00 <= pence <= 28_00 for pence in prices)
    middle = sum(prices) // len(prices)
    assert 22_50 <= middle <= 26_00, "around the published £23.56 an hour"
    assert [] in listed_prices(services, TODAY).values(), "some prices nobody has told"


def test_some_prices_went_up_and_some_will(market):
    """So that the demo's plans show both; and every day of five years has one price, or none."""
    before = [rate for rate in market.rates if rate.ends_on and rate.ends_on < TODAY]
    coming = [rate for rate in market.rates if rate.starts_on > TODAY]
    assert len(before) > 10 and len(coming) > 3
    old, now = (listed_prices(market.services, day) for day in (TODAY.replace(year=2022), TODAY))
    assert all(len(old[key]) == len(rates) <= 1 for key, rates in now.items())
    assert all(old[key][0].pence <= rates[0].pence for key, rates in now.items() if rates)


def test_a_made_up_price_of_a_real_listing_is_refused(market, bea):
    club = list_service(name="Quay Chess", provider_name="Quay Chess", kind=Kind.COMMUNITY, by=bea, on=TODAY)
    with pytest.raises(ValueError, match="made-up"):
        add_made_up_rates(rates=[Rate(service=club, unit="hour", pence=1, starts_on=TODAY, recorded_on=TODAY)])
