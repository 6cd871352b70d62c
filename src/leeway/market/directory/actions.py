"""Listing something and its price at once: two rooms' actions, all or nothing."""

from datetime import date

from django.db import transaction

from leeway.access.models import User
from leeway.market.contracts.actions import record_rate
from leeway.market.listings import actions as listings
from leeway.market.listings.models import Service


@transaction.atomic
def list_service(*, pence: int | None = None, unit: str = "", note: str = "", by: User, on: date, **details) -> Service:
    """Add to the directory what the regulator does not list, with what it costs from today where that is known."""
    service = listings.list_service(**details, by=by, on=on)
    if pence is not None:
        record_rate(service=service, pence=pence, unit=unit, note=note, starts_on=on, by=by, on=on)
    return service
