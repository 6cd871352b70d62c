"""How long people wait from asking for help to their first payment: the figure, by group, and who waits longest."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from leeway.access.access import SignedIn
from leeway.care.planning.models import Way
from leeway.care.planning.waiting import Wait
from leeway.insight.measures.holding import AGE_BANDS
from leeway.insight.measures.suppression import nearest
from leeway.money.payments.waiting import first_payments, longest_waits, middle_days
from leeway.small_numbers import LEAST, hidden_parts

A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Row:
    """One group: how many had their first payment, rounded, and the days of the one in the middle; none where few."""

    group: str
    people: int | None
    days: int | None


@require_GET
def show(request: SignedIn):
    """The days from the request to the first payment over a year, by group, and who waits longest now."""
    today = timezone.localdate()
    found = first_payments(since=today - A_YEAR, until=today, seen_by=request.user)
    return render(
        request,
        "site/first_payments.jinja",
        {
            "days": middle_days(found),
            "people": len(found),
            "tables": {
                "Client group": breakdown(found, lambda one: one.client_group),
                "How the budget is held": breakdown(found, lambda one: Way(one.way).short),
                "Age": breakdown(found, lambda one: age_band(one.age)),
            },
            "least": LEAST,
            "waits": longest_waits(on=today, seen_by=request.user),
        },
    )


def breakdown[W: Wait](found: Iterable[W], group_of: Callable[[W], str]) -> list[Row]:
    """The groups by name, with small ones hidden, and as many more as it takes so that none can be told."""
    groups: dict[str, list[W]] = defaultdict(list)
    for one in found:
        groups[group_of(one)].append(one)
    names = sorted(groups)
    hidden = hidden_parts([len(groups[name]) for name in names])
    return [
        Row(name, None, None) if place in hidden else Row(name, nearest(len(groups[name])), middle_days(groups[name]))
        for place, name in enumerate(names)
    ]


def age_band(age: int) -> str:
    """The band of ages that the measures use."""
    return next((words for least, words in reversed(AGE_BANDS) if age >= least), "Under 18 or unknown")
