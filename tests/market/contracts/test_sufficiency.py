"""The table's prices beside those recorded here: how many can be bought, and where they are too low."""

import json
import uuid
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from django.urls import reverse

from leeway.law.allocation_table import SERVICES, UNITS
from leeway.market.contracts.models import Rate
from leeway.market.contracts.sufficiency import sufficiency
from leeway.market.directory.commands import directory
from leeway.market.listings.models import Kind, Provider, Service
from leeway.market.units import Unit

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 23)
HOUR_OF_HOME_CARE = 26_17  # the default policy, prices of 2026-27


def offer(*pence, kind=Kind.HOME_CARE, unit=Unit.HOUR, starts_on=date(2026, 4, 1), ends_on=None):
    provider = Provider.objects.create(name=f"{uuid.uuid4()}")
    service = Service.objects.create(
        provider=provider, name="Help at home", kinds=[kind], last_checked_on=ON, regulated=False
    )
    for amount, rate_kind in zip(pence, ["listed", "framework"], strict=False):
        Rate.objects.create(
            service=service,
            kind=rate_kind,
            unit=unit,
            pence=amount,
            starts_on=starts_on,
            ends_on=ends_on,
            recorded_on=ON,
        )
    return service


def home_care(on=ON):
    return next(each for each in sufficiency(on) if each.kind == Kind.HOME_CARE)


def test_the_words_of_the_table_are_those_of_the_directory():
    assert set(SERVICES) == set(Kind.values) and set(UNITS) == set(Unit.values)


def test_half_is_enough_and_fewer_than_half_is_not():
    offer(HOUR_OF_HOME_CARE)
    offer(HOUR_OF_HOME_CARE + 1)
    found = home_care()
    assert (found.table_pence, found.priced, found.bought, found.enough) == (HOUR_OF_HOME_CARE, 2, 1, True)
    offer(40_00)
    found = home_care()
    assert (found.bought, found.priced, found.enough, found.median_pence) == (1, 3, False, HOUR_OF_HOME_CARE + 1)
    assert "Fewer than half" in found.sentence
    assert "Personal care" in found.subjects and "The care you give" in found.subjects


def test_what_is_not_known_proves_nothing():
    offer()
    assert (home_care().enough, home_care().listed, home_care().median_pence) == (None, 1, None)


def test_the_least_price_of_a_service_counts_and_only_one_that_holds_for_this_unit():
    offer(30_00, 25_00)
    offer(20_00, unit=Unit.NIGHT)
    offer(20_00, ends_on=ON - timedelta(days=1))
    offer(0)
    gone = offer(10_00)
    Service.objects.filter(pk=gone.pk).update(no_longer_listed_on=ON)
    found = home_care()
    assert (found.listed, found.priced, found.bought) == (4, 1, 1)


def test_an_earlier_year_is_compared_with_its_own_prices():
    offer(24_00, starts_on=date(2024, 4, 1))
    assert home_care(date(2024, 4, 1)).table_pence == 23_56 and not home_care(date(2024, 4, 1)).enough
    assert home_care(date(2025, 4, 1)).table_pence == 25_14 and home_care(date(2025, 4, 1)).enough


def test_the_command_warns(market):
    printed = CliRunner().invoke(directory, ["sufficiency", "--on", f"{ON}"]).stdout
    assert "Home care: £26.17 an hour in the table" in printed
    answered = json.loads(CliRunner().invoke(directory, ["sufficiency", "--on", f"{ON}", "--json"]).stdout)
    assert [each["kind"] for each in answered] == ["home_care", "supported_living", "personal_assistant", "day_support"]
    assert all(0 <= each["bought"] <= each["priced"] <= each["listed"] for each in answered)


def test_the_page_is_for_staff_and_says_what_is_too_low(client, carla):
    address = reverse("directory:prices")
    assert client.get(address).status_code == 302
    for pence in (40_00, 41_00, 20_00):
        offer(pence)
    client.force_login(carla)
    shown = client.get(address).content.decode()
    assert "Too low for this place:</strong> home care" in shown and "1 of 3" in shown and "Not known" in shown
