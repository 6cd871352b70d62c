"""Who collects what people pay towards a direct payment: themselves, paying it in (net), or the council (gross)."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.conf import settings

from leeway.care.people.models import Case
from leeway.law import law_on
from leeway.money.budgets.models import Collecting, Collector


def paid_gross(cases: Collection[UUID], on: date) -> set[UUID]:
    """The cases whose direct payment is paid whole from the next budget on and billed for: as said, or by policy."""
    latest = Collecting.objects.filter(case__in=cases).order_by("case", "-id").distinct("case")
    said = dict(latest.values_list("case", "collected_by"))
    policy = law_on(on, settings.COUNCIL_POLICY)["billing.pays_direct_payments_gross"]
    return {case for case in cases if (said[case] == Collector.COUNCIL if case in said else policy)}


def collector_of(case: Case, on: date) -> Collector:
    """Who collects what somebody pays towards a direct payment from the next budget on."""
    return Collector.COUNCIL if paid_gross([case.pk], on) else Collector.PERSON


def collecting_of(case: Case) -> list[Collecting]:
    """What was said of it for somebody, the latest first."""
    return list(Collecting.objects.filter(case=case).select_related("said_by"))
