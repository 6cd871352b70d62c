"""Adding to the directory by hand."""

import pytest
from django.db import IntegrityError, transaction

from leeway.market.listings import actions, queries
from leeway.market.listings.models import Kind, Provider, Service, Source
from leeway.refusal import NotAllowed, Refusal
from tests.market.conftest import TODAY

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
    with pytest.raises(Refusal, match="import the regulator’s file"):
        list_club(bea, kind=Kind.HOME_CARE)


def test_a_name_and_a_place_on_earth_are_needed(bea):
    with pytest.raises(Refusal, match="Give the name"):
        list_club(bea, name="  ")
    with pytest.raises(Refusal):
        list_club(bea, latitude=153.0, longitude=0.9)
    assert not Provider.objects.exists(), "nothing half-written"


def test_two_offers_of_one_provider_share_it(bea):
    assert list_club(bea).provider == list_club(bea, name="Quay Draughts").provider


def test_the_database_refuses_a_regulated_assistant_and_half_a_position(bea):
    club = list_club(bea)
    for wrong in ({"kinds": ["personal_assistant"], "regulated": True}, {"latitude": 53.0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Service.objects.filter(pk=club.pk).update(**wrong)


def test_a_market_of_real_listings_is_refused(bea):
    with pytest.raises(ValueError, match="made-up"):
        actions.list_market(providers=[], services=[list_club(bea)], ratings=[])
