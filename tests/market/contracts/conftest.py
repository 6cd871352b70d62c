"""A club, and days around the first of April on which its price changes."""

from datetime import date

import pytest

from leeway.market.listings.actions import list_service
from leeway.market.listings.models import Kind

NOW, APRIL = date(2026, 11, 23), date(2027, 4, 1)


@pytest.fixture
def club(bea):
    return list_service(name="Quay Chess", provider_name="Quay Chess", kind=Kind.COMMUNITY, by=bea, on=NOW)
