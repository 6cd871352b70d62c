"""What was agreed with a provider for some days: lines of plans in managed accounts, what is set aside, the price."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from leeway.care.planning.line_changes import lines_decided
from leeway.care.planning.models import PlanLine, Way
from leeway.law import law_on, visits
from leeway.law.numbers import ceil_div, least
from leeway.market.contracts.models import Rate
from leeway.market.contracts.queries import holds
from leeway.market.listings.models import Provider
from leeway.market.units import Unit
from leeway.money.budgets.models import Funding, InstalmentKind
from leeway.money.invoices.kinds import A_VISIT_EACH, DELIVERED, Happened

DAY, HUNDREDTHS = timedelta(days=1), 100


@dataclass(frozen=True, slots=True)
class Bought:
    """One agreed line with what is set aside for it, and the days of both."""

    line: PlanLine
    funding: Funding
    starts_on: date
    ends_on: date


def lines_of(provider: Provider) -> QuerySet[PlanLine]:
    """Every line of a plan that buys from a provider out of a managed account, whenever."""
    by_name = Q(service=None, supplier__iexact=provider.name)
    lines = PlanLine.objects.filter(Q(service__provider=provider) | by_name, way=Way.COUNCIL_MANAGED)
    return lines.select_related("plan__case__person", "rate", "service")


def bought_from(provider: Provider, first: date, last: date) -> list[Bought]:
    """What was agreed with a provider and set aside for days between two; a line for each stretch of its days."""
    lines: defaultdict[UUID, list[PlanLine]] = defaultdict(list)
    for line in lines_of(provider):
        lines[line.plan_id].append(line)
    fundings = Funding.objects.filter(
        part__budget__plan__in=lines,
        part__way=Way.COUNCIL_MANAGED,
        kind=InstalmentKind.REGULAR,
        starts_on__lte=last,
        ends_on__gte=first,
    ).select_related("part__budget__ending")
    decided, found = lines_decided({funding.part.budget.final_budget_id for funding in fundings}), []
    for funding in fundings.order_by("starts_on", "pk"):
        ending = getattr(funding.part.budget, "ending", None)
        until = funding.ends_on if ending is None else least(funding.ends_on, ending.ends_on)
        if until >= first and until >= funding.starts_on:
            budget = funding.part.budget
            bought = {line for line, _ in decided[budget.final_budget_id]}
            its = [line for line in lines[budget.plan_id] if line.pk in bought]
            found += [Bought(line, funding, funding.starts_on, until) for line in its]
    return sorted(found, key=lambda each: (str(each.line.plan.case.person), each.line.what, str(each.line.pk)))


def agreed_a_week(line: PlanLine) -> tuple[str, int, int]:
    """The unit of a line, and how many minutes or times of it a week has at most: what comes more seldom, at once."""
    hundredths = int(line.units * HUNDREDTHS)
    minutes = ceil_div(hundredths * visits.MINUTES_AN_HOUR, HUNDREDTHS) if line.unit == Unit.HOUR else 0
    return line.unit, minutes, ceil_div(hundredths, HUNDREDTHS)


def pays_for(funding: Funding, line: PlanLine) -> bool:
    """Whether what is set aside with a funding is for a line too: it is not once the line has ended by itself."""
    decision = funding.part.budget.final_budget_id
    return any(bought == line.pk for bought, _ in lines_decided([decision])[decision])


class Prices:
    """What one unit of some lines costs on each day: the recorded price of their kind, or as it was agreed."""

    def __init__(self, lines: Iterable[PlanLine]):
        services = {line.rate.service_id for line in lines if line.rate is not None}
        self._rates: defaultdict[tuple, list[Rate]] = defaultdict(list)
        for rate in Rate.objects.filter(service__in=services):
            self._rates[rate.service_id, rate.unit, rate.kind].append(rate)

    def on(self, line: PlanLine, day: date) -> int:
        """The price of one unit of a line on a day."""
        if line.rate is not None:
            for rate in self._rates[line.rate.service_id, line.unit, line.rate.kind]:
                if holds(rate, day):
                    return rate.pence
        return line.unit_cost_pence

    def stretches(self, line: PlanLine, first: date, last: date) -> Iterator[tuple[date, date, int]]:
        """The days between two as stretches of one price each: their first, their last, and the price."""
        changes = set()
        if line.rate is not None:
            for rate in self._rates[line.rate.service_id, line.unit, line.rate.kind]:
                changes |= {rate.starts_on} if rate.ends_on is None else {rate.starts_on, rate.ends_on + DAY}
        begins = sorted({first, *(day for day in changes if first < day <= last)})
        for start, after in pairwise([*begins, last + DAY]):
            yield start, after - DAY, self.on(line, start)


def pence_due(unit: str, rate_pence: int, minutes_paid: int, planned_minutes: int | None) -> int | None:
    """What a visit costs that is paid for so many minutes; None where it is priced by the week or by the thing.

    Of a day, a session or a night that was cut short, a part is due in proportion.
    """
    if unit == Unit.HOUR:
        return visits.visit_pence(rate_pence, minutes_paid)
    if unit not in A_VISIT_EACH:
        return None
    return ceil_div(rate_pence * minutes_paid, planned_minutes) if planned_minutes else rate_pence


def minutes_paid_of(happened: str, planned: int, minutes: int, day: date) -> int:
    """How many minutes of a visit are paid for, by the tolerances of its day."""
    tolerances = visits.Tolerances.of(law_on(day, settings.COUNCIL_POLICY))
    late = happened == Happened.CANCELLED_LATE
    given = happened in DELIVERED
    return visits.minutes_paid(planned, minutes, given=given, cancelled_late=late, tolerances=tolerances)
