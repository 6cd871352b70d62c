"""What budgets commit a council to: by the week on a day, and over some days, by how they are held and for whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.access import LEADER, cases_of
from leeway.care.people.states import Stage
from leeway.care.planning.models import Plan, PlanState
from leeway.care.planning.waiting import client_group
from leeway.money.budgets.models import Part
from leeway.money.budgets.schedule import days_pence
from leeway.period import Period


@dataclass(frozen=True)
class HeldPart:
    """One part of a budget, with who pays how much of it a week and the days on which it holds."""

    part: UUID
    case: UUID
    way: str
    client_group: str
    starts_on: date
    ends_on: date | None
    cost_pence_per_week: int
    person_pence_per_week: int
    nhs_pence_per_week: int

    @property
    def council_pence_per_week(self) -> int:
        """What the council pays of it."""
        return self.cost_pence_per_week - self.person_pence_per_week - self.nhs_pence_per_week

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def council_pence(self, over: Period) -> int:
        """What the council pays of it for a period: a seventh of a week a day, part of a penny a whole one."""
        last = over.ends_on if self.ends_on is None else min(over.ends_on, self.ends_on)
        days = (last - max(over.starts_on, self.starts_on)).days + 1
        return days_pence(self.council_pence_per_week, days) if days > 0 else 0


def held_parts(over: Period, *, seen_by: User) -> list[HeldPart]:
    """The parts of the budgets of a manager's team that hold on any day of a period. A death ends them."""
    check_can(seen_by, Capability.LEAD_TEAM)
    return _held(Part.objects.filter(budget__case__in=cases_of(seen_by, [LEADER])), over)


def all_held_parts(over: Period, *, seen_by: User) -> list[HeldPart]:
    """The parts of everybody's budgets that hold on any day of a period, for the council's books: nobody is named."""
    check_can(seen_by, Capability.SEE_BOOKS)
    return _held(Part.objects.all(), over)


def _held(parts: QuerySet[Part], over: Period) -> list[HeldPart]:
    dated = parts.filter(budget__starts_on__lte=over.ends_on)
    rows = dated.filter(_after(over.starts_on)).order_by().values_list(
        "pk",
        "budget__case",
        "way",
        "budget__case__support_reason",
        "budget__starts_on",
        "budget__ending__ends_on",
        "budget__case__person__date_of_death",
        "gross_pence_per_week",
        "charge_pence_per_week",
        "nhs_pence_per_week",
    )  # fmt: skip
    found = [
        HeldPart(part, case, way, client_group(why), first, min(filter(None, lasts), default=None), cost, charge, nhs)
        for part, case, way, why, first, *lasts, cost, charge, nhs in rows
    ]
    return [part for part in found if part.ends_on is None or part.ends_on >= part.starts_on]


def council_pence_per_week(parts: Iterable[HeldPart], on: date) -> int:
    """What the council pays a week of those parts that hold on a day."""
    return sum(part.council_pence_per_week for part in parts if part.holds_on(on))


def to_set_up(*, seen_by: User) -> list[int]:
    """The plans of a manager's team that were agreed and whose budget is to be set up: what the council pays a week."""
    check_can(seen_by, Capability.LEAD_TEAM)
    arranging = cases_of(seen_by, [LEADER]).filter(stage=Stage.ARRANGING, person__date_of_death=None)
    agreed = Plan.objects.filter(state=PlanState.AGREED, budgets=None, case__in=arranging).order_by()
    return list(agreed.values_list("final_budget__result__council_pence_per_week", flat=True))


def _after(day: date) -> Q:
    """Budgets that have not ended before a day."""
    return Q(budget__ending=None) | Q(budget__ending__ends_on__gte=day)
