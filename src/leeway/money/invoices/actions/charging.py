"""Having people pay no more than what was delivered to them cost: with what is settled, and every night."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from leeway.care.people.locks import lock_cases
from leeway.care.people.models import Case
from leeway.care.planning.models import Way
from leeway.money.budgets.actions.not_charging import take_off
from leeway.money.budgets.models import Funding, NotCharged
from leeway.money.invoices.charging import less_of_weeks
from leeway.money.invoices.models import Allocation

CASES_AT_ONCE = 500


def charge_as_delivered(cases: Collection[UUID], on: date) -> int:
    """Have some people, who are locked, charged each week that is over as it was delivered; the pence that moved."""
    return take_off(less_of_weeks(cases, on), cases, on) if cases else 0


@transaction.atomic
def charge_everybody_as_delivered(*, on: date) -> int:
    """The same of everybody who pays for a managed account of which visits are told. Nightly work."""
    pays = Funding.objects.filter(
        part__budget__case=OuterRef("pk"), part__way=Way.COUNCIL_MANAGED, person_pence__gt=0, starts_on__lte=on
    )
    told = Exists(Allocation.objects.filter(case=OuterRef("pk")))
    before = Exists(NotCharged.objects.filter(funding__part__budget__case=OuterRef("pk")))
    cases = list(Case.objects.filter(Q(told) | Q(before), Exists(pays)).order_by("pk").values_list("pk", flat=True))
    lock_cases(Case.objects.filter(pk__in=cases))
    moved = 0
    for first in range(0, len(cases), CASES_AT_ONCE):
        moved += charge_as_delivered(cases[first : first + CASES_AT_ONCE], on)
    return moved
