"""Adding to the directory by hand, and recording prices."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from leeway.market.listings import actions, queries
from leeway.market.listings.models import Kind, Provider, Service, Source
from leeway.refusal import NotAllowed, Refusal

from .conftest import TODAY

pytestmark = pytest.mark.django_db


def list_club(by, **facts) -> Service:
    told = {"name": "Quay Chess", "provider_name": "Quay Chess", "kind": Kind.COMMUNITY, "town": "Fairbourne"} | facts
    return actions.list_service(**told, by=by, on=TODAY)


def test_a_worker_lists_a_club_and_it_is_found(bea):
    club = list_club(bea, description="Chess and cake on Tuesdays.")
    assert (club.regulated, club.source, club.last_checked_on) == (False, Source.COUNCIL, TODAY)
    assert [s.pk for s in queries.search(words="chess cake").services] == [club.pk]


def test_a_person_or_finance_officer_may_not(cyril, finn):
    for refused in (cyril, finn):
        with pytest.raises(NotAllowed):
            list_club(refused)
    assert not Service.objects.exists()


def test_a_regulated_kind_comes_only_from_the_regulator(bea):
    with pytest.raises(Refusal, match="import the regulator's file"):
        list_club(bea, kind=Kind.HOME_CARE)


def test_a_name_and_a_place_on_earth_are_needed(bea):
    with pytest.raises(Refusal, match="Give the name"):
        list_club(bea, name="  ")
    with pytest.raises(Refusal):
        list_club(bea, latitude=153.0, longitude=0.9)
    assert not Provider.objects.exists(), "nothing half-written"


def test_two_offers_of_one_provider_share_it(bea):
    assert list_club(bea).provider == list_club(bea, name="Quay Draughts").provider


def test_a_price_is_recorded_with_its_date(bea, cyril):
    club = list_club(bea)
    with pytest.raises(NotAllowed):
        actions.record_price(service=club, price_pence=500, price_unit="session", by=cyril, on=TODAY)
    actions.record_price(service=club, price_pence=500, price_unit="session", by=bea, on=TODAY)
    kept = queries.get_service(club.pk)
    assert (kept.price_pence, kept.price_unit, kept.price_checked_on) == (500, "session", TODAY)


@pytest.mark.parametrize(
    ("price", "unit", "days", "sentence"),
    [(-1, "hour", 0, "below nothing"), (1, "fathom", 0, "what the price buys"), (1, "hour", -1, "later date")],
)
def test_a_price_that_makes_no_sense_is_refused(bea, price, unit, days, sentence):
    club = list_club(bea)
    actions.record_price(service=club, price_pence=500, price_unit="session", by=bea, on=TODAY)
    with pytest.raises(Refusal, match=sentence):
        actions.record_price(service=club, price_pence=price, price_unit=unit, by=bea, on=TODAY + timedelta(days=days))
    assert queries.get_service(club.pk).price_pence == 500


def test_the_database_refuses_a_regulated_assistant_and_a_price_without_a_unit(bea):
    club = list_club(bea)
    for wrong in ({"kinds": ["personal_assistant"], "regulated": True}, {"price_pence": 5}, {"latitude": 53.0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Service.objects.filter(pk=club.pk).update(**wrong)


def test_a_market_of_real_listings_is_refused(bea):
    with pytest.raises(ValueError, match="made-up"):
        actions.list_market(providers=[], services=[list_club(bea)], ratings=[])
