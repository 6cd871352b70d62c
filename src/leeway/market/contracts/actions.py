"""Everything that records a price, or ends one. What was recorded stays."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.days import PLANNED, check_day
from leeway.market.contracts.models import NOTE_LENGTH_MAX, Rate, RateKind
from leeway.market.listings.models import Service, Source
from leeway.market.units import Unit
from leeway.refusal import Refusal
from leeway.versions import lock_as_seen

DAY = timedelta(days=1)


@transaction.atomic
def record_rate(
    *,
    service: Service,
    pence: int,
    unit: str,
    kind: str = RateKind.LISTED,
    starts_on: date,
    note: str = "",
    by: User,
    on: date,
) -> Rate:
    """Record what one unit of a service costs from a day on, in whole pence.

    It takes the place of every price of the same kind for the same unit from that day on: the one before ends the
    day before, one that would have begun later never holds. Days that are over keep the price they had, but for a
    price that was recorded this very day, which may be put right.
    """
    check_can(by, Capability.LIST_SERVICES)
    _check_sense(pence=pence, unit=unit, kind=kind, note=note)
    check_day(starts_on, PLANNED, field="starts_on", what="The first day of the price", on=on)
    Service.objects.select_for_update().get(pk=service.pk)  # one at a time, so that two never overlap
    same = Rate.objects.filter(service=service, unit=unit, kind=kind)
    over = same.filter(starts_on__lt=on).exclude(recorded_on=on).filter(_holds_from(starts_on))
    if starts_on < on and over.exists():
        raise Refusal(
            f"A price is recorded for {_day(starts_on)} already, and the price of days that are over is kept. "
            "Give today or a later day.",
            field="starts_on",
        )
    same.filter(_holds_from(starts_on)).update(ends_on=Greatest(F("starts_on"), starts_on) - DAY)
    return Rate.objects.create(
        service=service,
        pence=pence,
        unit=unit,
        kind=kind,
        starts_on=starts_on,
        note=note.strip(),
        recorded_by=by,
        recorded_on=on,
    )


@transaction.atomic
def end_rate(*, rate: Rate, ends_on: date, version: int, by: User, on: date) -> Rate:
    """Say on which day a price holds for the last time; one that has not begun by then never holds.

    `version` is `version_of` the price that the user saw. Raises EditedMeanwhile.
    """
    check_can(by, Capability.LIST_SERVICES)
    lock_as_seen(rate, version)
    if rate.ends_on is not None and rate.ends_on <= ends_on:
        raise Refusal(f"This price ends on {_day(rate.ends_on)} already. Give an earlier day.", field="ends_on")
    if ends_on < on - DAY:
        raise Refusal("The price of days that are over is kept. Give yesterday or a later day.", field="ends_on")
    check_day(ends_on, PLANNED, field="ends_on", what="The last day of the price", on=on)
    rate.ends_on = max(ends_on, rate.starts_on - DAY)
    rate.save(update_fields=["ends_on"])
    return rate


def add_made_up_rates(*, rates: list[Rate]) -> None:
    """Add the prices of a made-up market all at once. Every service must say that it is made up."""
    if {rate.service.source for rate in rates} - {Source.DEMO}:
        raise ValueError("a made-up market may price made-up listings only")
    Rate.objects.bulk_create(rates)


def _holds_from(day: date) -> Q:
    """Rates that hold on a day or on any day after it."""
    return Q(ends_on=None) | Q(ends_on__gte=day) & Q(ends_on__gte=F("starts_on"))


def _check_sense(*, pence: int, unit: str, kind: str, note: str) -> None:
    if pence < 0:
        raise Refusal("A price cannot be below nothing.", field="pence")
    if unit not in Unit.values:
        raise Refusal("Say what the price buys: " + ", ".join(Unit.labels) + ".", field="unit")
    if kind not in RateKind.values:
        raise Refusal("Choose what kind of price it is.", field="kind")
    if len(note.strip()) > NOTE_LENGTH_MAX:
        raise Refusal(
            f"There is room for {NOTE_LENGTH_MAX} characters to say something about a price. Make it shorter.",
            field="note",
        )


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"
