"""The home page of each role: what waits on this user, or this person's support."""

from collections import Counter
from datetime import date

from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import redirect, render
from django.utils import timezone

from leeway.access.models import Role
from leeway.care.people.access import is_the_person
from leeway.care.people.queries import own_cases, own_tasks
from leeway.care.people.states import Stage
from leeway.care.planning.queries import waiting_for_sign_off
from leeway.care.review.queries import reviews_due
from leeway.money.budgets.queries import budgets_to_end
from leeway.money.payees.queries import waiting as details_waiting
from leeway.money.payments.queries import first_pay_day, preview, runs
from leeway.money.payments.states import State
from leeway.site.journey import next_step

CASES_A_PAGE = 25


def home(request):
    """Your work, or your support."""
    if request.user.role in {Role.ANALYST, Role.COMMISSIONER}:
        return redirect("insight:home")
    today = timezone.localdate()
    page, context = HOMES.get(request.user.role, _directory)(request, today)
    return render(request, f"site/home_{page}.jinja", {"today": today, "tasks": own_tasks(request.user), **context})


def _person(request, today: date):
    cases = [(case, next_step(case, today)) for case in own_cases(request.user, today)[:20]]
    user = request.user
    return "person", {
        "cases": [
            {"case": case, "step": step, "address": step.address_for(case, user), "own": is_the_person(user, case)}
            for case, step in cases
        ]
    }


def _caseload(request, today: date):
    user = request.user
    cases = own_cases(user, today)
    stage = request.GET.get("stage", "")
    counts = Counter(dict(cases.order_by().values_list("stage").annotate(Count("pk"))))
    chosen = cases.filter(stage=stage) if stage in Stage else cases
    return "caseload", {
        "stages": [{"value": s.value, "label": s.label, "count": counts[s.value]} for s in Stage if counts[s.value]],
        "stage": stage,
        "total": sum(counts.values()),
        "page": Paginator(chosen, CASES_A_PAGE).get_page(request.GET.get("page")),
        "reviews": reviews_due(user, today),
        "sign_offs": waiting_for_sign_off(user).count() if user.role == Role.MANAGER else None,
        "unallocated": cases.filter(worker=None).count() if user.role == Role.MANAGER else None,
    }


def _finance(request, today: date):
    pay_on = first_pay_day(today)
    due, _rows = preview(pay_on, seen_by=request.user, rows=0)
    return "finance", {
        "to_start": own_cases(request.user, today)[:CASES_A_PAGE],
        "to_end": budgets_to_end(seen_by=request.user)[:CASES_A_PAGE],
        "details": list(details_waiting()[:CASES_A_PAGE]),
        "pay_on": pay_on,
        "due": due,
        "to_approve": runs(seen_by=request.user).filter(state=State.MADE),
    }


def _administrator(request, today: date):
    return "administrator", {}


def _directory(request, today: date):
    return "directory", {}


HOMES = {
    Role.PERSON: _person,
    Role.ASSESSOR: _caseload,
    Role.MANAGER: _caseload,
    Role.FINANCE: _finance,
    Role.ADMINISTRATOR: _administrator,
}
