"""What changed budgets, and why: the last four quarters by cause, and for finance whose they are."""

from datetime import date
from typing import Any

import polars as pl
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from leeway.access.access import SignedIn
from leeway.access.roles import Capability
from leeway.insight.pages.changed import (
    HIDDEN,
    SHORT,
    Row,
    not_behind,
    quarter_name,
    quarters,
    reductions,
    row,
    rows_of,
)
from leeway.law.changes import CAUSES, in_words
from leeway.law.numbers import decimal_pounds
from leeway.money.budgets.changes import BudgetChange, budget_changes, named, summary
from leeway.period import Period
from leeway.published import charts
from leeway.small_numbers import LEAST
from leeway.writing import write_rows

CASES_SHOWN = 100
TOGETHER = "Together"


def found_by(request: SignedIn) -> tuple[list[Period], list[BudgetChange], bool]:
    """The four quarters, what changed in them, and whether this user may see all of it."""
    four = quarters(timezone.localdate())
    over = Period(four[0].starts_on, four[-1].ends_on)
    whole = request.user.can(Capability.SEE_CHANGED_CASES)
    return four, budget_changes(over, seen_by=request.user), whole


def by_quarter(four: list[Period], found: list[BudgetChange], *, whole: bool) -> list[Row]:
    """A line a quarter."""
    names = [(each.starts_on.isoformat(), quarter_name(each)) for each in four]
    return rows_of(found, names, lambda change: quarter_of(four, change.on), whole=whole)


def quarter_of(four: list[Period], day: date) -> str:
    return next(each for each in four if each.starts_on <= day <= each.ends_on).starts_on.isoformat()


def tables(four: list[Period], found: list[BudgetChange], *, whole: bool) -> dict[str, list[Row]]:
    """The same changes by quarter, client group, age and way of holding, with all together below each."""
    last = row(summary(found), TOGETHER, "", whole=whole)

    def by(key) -> list[Row]:
        names = sorted({key(change) for change in found})
        return [*rows_of(found, [(name, name) for name in names], key, whole=whole), last]

    return {
        "Quarter": [*by_quarter(four, found, whole=whole), last],
        "Client group": by(lambda change: change.client_group),
        "Age": by(lambda change: change.age_band),
        "How it is held": by(lambda change: change.way),
    }


@require_safe
def changes(request: SignedIn):
    """What changed budgets in the last four quarters, by cause, with the picture and its tables."""
    four, found, whole = found_by(request)
    all_of_them = summary(found)
    last = row(all_of_them, TOGETHER, "", whole=whole)
    shown = {
        "found": bool(found),
        "few": not whole and all_of_them.people < LEAST,
        "tables": tables(four, found, whole=whole),
        "last": last,
        "since": four[0].starts_on,
        "causes": CAUSES,
        "short": SHORT,
        "sentence": in_words(all_of_them.causes, who="people pay") if whole else "",
        "reductions": reductions(all_of_them, whole=whole),
        "not_behind": not_behind(all_of_them, whole=whole),
        "whole": whole,
        "back": reverse("insight:home"),
    }
    return render(request, "insight/changes.jinja", shown)


@require_safe
@cache_control(private=True, max_age=600)
def picture(request: SignedIn):
    """The causes of each quarter as bars, above the line what the council came to pay more."""
    four, found, whole = found_by(request)
    points = [
        {"quarter": line.name, "cause": SHORT[cause], "pounds": (pence or 0) // 100}
        for line in by_quarter(four, found, whole=whole)
        for cause, pence in line.causes.items()
    ]
    drawn = charts.stacked(
        pl.DataFrame(points), x="quarter", y="pounds", series="cause", title="What changed budgets, by cause",
        y_title="£ a week that the council came to pay more",
        description="What the council came to pay more a week, or less, in each of four quarters, by cause. The table "
        "has the figures.",
    )  # fmt: skip
    return HttpResponse(drawn, content_type="image/svg+xml")


@require_safe
def figures(request: SignedIn):
    """The tables as CSV, in pounds a week."""
    four, found, whole = found_by(request)
    heads = ("By", "Group", "People", "Together", "Up", "Down", *SHORT.values())
    lines: list[list[Any]] = []
    for by, rows in tables(four, found, whole=whole).items():
        for line in rows:
            told = line.told or dict.fromkeys(("People", "Together", "Up", "Down"), HIDDEN)
            amounts = [HIDDEN if pence is None else decimal_pounds(pence) for pence in line.causes.values()]
            lines.append([by, line.name, *told.values(), *amounts])
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="changes.csv"'
    write_rows(answer, heads, lines)
    return answer


@require_safe
def cases(request: SignedIn):
    """Whose budgets changed by a cause in a quarter, the largest first: finance follows each to its case."""
    cause, first = request.GET.get("cause", ""), request.GET.get("quarter", "")
    four, found, _ = found_by(request)
    quarter = next((each for each in four if each.starts_on.isoformat() == first), None)
    if cause not in CAUSES or quarter is None:
        raise Http404("Choose a quarter and a cause from the table.")
    mine = [each for each in found if quarter_of(four, each.on) == first and getattr(each.causes, cause)]
    mine.sort(key=lambda change: -abs(getattr(change.causes, cause)))
    shown = {
        "cause": CAUSES[cause],
        "quarter": quarter_name(quarter),
        "rows": [
            (person, change, getattr(change.causes, cause), in_words(change.causes))
            for person, change in named(mine[:CASES_SHOWN], seen_by=request.user)
        ],
        "count": len(mine),
        "back": reverse("insight:changes"),
    }
    return render(request, "insight/changed_cases.jinja", shown)
