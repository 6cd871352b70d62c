"""What a service costs on a day, what it cost before, and what it will cost. A price is never guessed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from leeway.market.contracts.models import Rate, RateKind
from leeway.market.listings.models import Service
from leeway.market.units import Unit
from leeway.refusal import Refusal

KIND_ORDER, UNIT_ORDER = list(RateKind), list(Unit)


class NoRate(Refusal):
    """No price of this kind was recorded for the day."""


def rate_on(service: Service, *, unit: str, kind: str = RateKind.LISTED, on: date) -> Rate:
    """The price of one unit on a day. Raises NoRate before the first day, after the last, and between."""
    found = Rate.objects.filter(in_force(on), service=service, unit=unit, kind=kind).first()
    if found is None:
        raise NoRate(
            f"No price of {service.name} for one {Unit(unit).label} is recorded for {on:%-d %B %Y} "
            f"({RateKind(kind).short}). Record it first."
        )
    return found


def rates_on(
    services: Iterable[Service], on: date, *, kinds: Iterable[str] = RateKind.values
) -> dict[UUID, list[Rate]]:
    """The prices of some services in force on a day, by service: listed ones first. One query."""
    found: dict[UUID, list[Rate]] = {service.pk: [] for service in services}
    for rate in Rate.objects.filter(in_force(on), service__in=list(found), kind__in=kinds):
        found[rate.service_id].append(rate)
    return {service_id: sorted(rates, key=_in_order) for service_id, rates in found.items()}


def listed_prices(services: Iterable[Service], on: date) -> dict[UUID, list[Rate]]:
    """What anyone pays on a day, by service: what the public directory shows."""
    return rates_on(services, on, kinds=[RateKind.LISTED])


@dataclass(frozen=True, slots=True)
class PricesOf:
    """Every price of one service, seen from a day: in force, still to come, and of before, the latest first."""

    now: list[Rate]
    coming: list[Rate]
    before: list[Rate]


def prices_of(service: Service, on: date, *, kinds: Iterable[str] = RateKind.values) -> PricesOf:
    """Every price of one service that was ever recorded. One query."""
    rates = list(service.rates.filter(kind__in=kinds).select_related("recorded_by"))
    now = [rate for rate in rates if holds(rate, on)]
    coming = [rate for rate in rates if rate.starts_on > on and not rate.never_held]
    before = [rate for rate in rates if rate not in now and rate not in coming]
    return PricesOf(sorted(now, key=_in_order), sorted(coming, key=lambda rate: rate.starts_on), before)


def matching_rate(service: Service, *, unit: str, pence: int, on: date) -> Rate | None:
    """The recorded price, in force on a day, that is this price; the listed one where several are."""
    found = Rate.objects.filter(in_force(on), service=service, unit=unit, pence=pence)
    return min(found, key=_in_order, default=None)


@dataclass(frozen=True, slots=True)
class Change:
    """A price that something was reckoned with, and the one that took or takes its place; None where none does."""

    was: Rate
    now: Rate | None


def changes(rates: Collection[Rate], on: date) -> dict[int, Change]:
    """Which of these prices are not what is paid today, or will not be for ever, by their number. One query."""
    asked, services = {rate.pk for rate in rates}, {rate.service_id for rate in rates}
    known = list(Rate.objects.filter(service__in=services)) if services else []
    found = {}
    for was in known:
        if was.pk not in asked or was.ends_on is None:
            continue
        first = max(on, was.starts_on, was.ends_on)  # a day on which `was` is over, or its last one
        later = sorted((rate for rate in known if _follows(rate, was, first)), key=lambda rate: rate.starts_on)
        other = next((rate for rate in later if rate.pence != was.pence), None)
        if other is not None or not later:
            found[was.pk] = Change(was, other)
    return found


def later_prices(rates: Collection[Rate]) -> dict[int, list[Rate]]:
    """The prices of the same kind that begin after each of these, the first first, by its number. One query."""
    services = {rate.service_id for rate in rates}
    known = Rate.objects.filter(service__in=services).order_by("starts_on", "pk") if services else ()
    later = [rate for rate in known if not rate.never_held]
    return {was.pk: [rate for rate in later if _is_like(rate, was) and rate.starts_on > was.starts_on] for was in rates}


def in_force(on: date) -> Q:
    """Rates that hold on a day."""
    return Q(starts_on__lte=on) & (Q(ends_on=None) | Q(ends_on__gte=on))


def holds(rate: Rate, on: date) -> bool:
    """Whether a rate holds on a day."""
    return rate.starts_on <= on and (rate.ends_on is None or rate.ends_on >= on)


def _follows(rate: Rate, was: Rate, first: date) -> bool:
    lasts = not rate.never_held and (rate.ends_on is None or rate.ends_on >= first)
    return _is_like(rate, was) and rate.pk != was.pk and lasts


def _is_like(rate: Rate, was: Rate) -> bool:
    """Whether two are prices of one unit of one service on one footing."""
    return (rate.service_id, rate.unit, rate.kind) == (was.service_id, was.unit, was.kind)


def _in_order(rate: Rate) -> tuple:
    return KIND_ORDER.index(RateKind(rate.kind)), UNIT_ORDER.index(Unit(rate.unit)), -rate.starts_on.toordinal()
