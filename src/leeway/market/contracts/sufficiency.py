"""Whether the prices of the allocation table buy what is offered here: the table's beside those that are recorded.

Source: care and support statutory guidance, ch. 11: a budget must be enough to meet the needs, at what that costs here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db.models import QuerySet

from leeway.law import law_on
from leeway.law.allocation import table_on
from leeway.law.allocation_table import SERVED, Table
from leeway.law.numbers import ceil_div
from leeway.market.contracts.models import Rate
from leeway.market.contracts.queries import in_force
from leeway.market.listings.models import Kind, Service
from leeway.market.units import Unit


@dataclass(frozen=True, slots=True)
class Sufficiency:
    """One kind of service: what the table reckons a unit of it costs, and what is asked for one here.

    `listed` services are of the kind; `priced` have a price for this unit that holds that day, their least one if they
    have several; `bought` ask no more than the table reckons.
    """

    kind: Kind
    unit: Unit
    table_pence: int
    subjects: tuple[str, ...]
    listed: int
    priced: int
    bought: int
    median_pence: int | None

    @property
    def enough(self) -> bool | None:
        """Whether half of the priced services or more can be bought; None where none is priced: nothing is known."""
        return 2 * self.bought >= self.priced if self.priced else None

    @property
    def sentence(self) -> str:
        """What to make of it."""
        if self.enough is None:
            return "No price for this is recorded, so nothing is known. Record what services here cost."
        if self.enough:
            return "At least half can be bought at the table’s price."
        return "Fewer than half can be bought at the table’s price. Raise it, or plan for what support costs here."


def sufficiency(on: date, policy: Path | None = None) -> list[Sufficiency]:
    """For each kind of service that the table's questions are met by, whether its price buys what is listed here."""
    tables = [table_on(law_on(on, policy), kind) for kind in SERVED]
    services = dict(Service.objects.filter(no_longer_listed_on=None).values_list("pk", "kinds"))
    found = []
    for price in tables[0].unit_prices:
        subjects = _subjects(tables, price.service)
        if not subjects:
            continue
        of_kind = [pk for pk, kinds in services.items() if price.service in kinds]
        asked = _least_prices(of_kind, price.unit, on)
        bought = sum(pence <= price.pence for pence in asked)
        kind, unit = Kind(price.service), Unit(price.unit)
        found.append(Sufficiency(kind, unit, price.pence, subjects, len(of_kind), len(asked), bought, _median(asked)))
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """What services of one kind that are listed here ask for one unit: how many have a price, and which."""

    priced: int
    least_pence: int
    median_pence: int
    most_pence: int


def asked_here(kind: Kind, unit: Unit, on: date) -> Asked | None:
    """What services of a kind ask for a unit on a day, the least price of each; None where none has a price."""
    listed = Service.objects.filter(no_longer_listed_on=None, kinds__contains=[kind])
    asked = _least_prices(listed.values("pk"), unit, on)
    median = _median(asked)
    return None if median is None else Asked(len(asked), asked[0], median, asked[-1])


def _subjects(tables: Iterable[Table], service: str) -> tuple[str, ...]:
    asked = (question for table in tables for question in table.questions if question.service == service)
    return tuple(dict.fromkeys(question.domain for question in asked))


def _least_prices(services: Sequence | QuerySet, unit: str, on: date) -> list[int]:
    """The least price of each service for one unit on a day, in order. A free service says nothing of prices."""
    least: dict = {}
    rates = Rate.objects.filter(in_force(on), service__in=services, unit=unit, pence__gt=0)
    for service_id, pence in rates.values_list("service_id", "pence"):
        least[service_id] = min(pence, least.get(service_id, pence))
    return sorted(least.values())


def _median(ordered: list[int]) -> int | None:
    """The middle price; between two, half way, part of a penny counted as one."""
    if not ordered:
        return None
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return int(ceil_div(low + high, 2))
