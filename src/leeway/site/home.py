"""The home page of each role: what waits on this user, or this person's support."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import redirect, render
from django.utils import timezone

from leeway.access.access import SignedIn
from leeway.access.looks import record_looks
from leeway.access.queries import proposals_waiting
from leeway.access.roles import Capability
from leeway.care.people.access import MONEY_TO_START, WORKS_ON, is_the_person
from leeway.care.people.queries import cases_waiting, own_cases, own_tasks
from leeway.care.people.states import Stage
from leeway.care.planning.queries import waiting_for_sign_off
from leeway.care.review.queries import reviews_due
from leeway.money.budgets.queries import budgets_to_end, paid_beyond_death
from leeway.money.payees.queries import waiting as details_waiting
from leeway.money.payments.queries import first_pay_day, money_now, preview, runs, runs_to_confirm, runs_to_send
from leeway.money.payments.states import State
from leeway.site.next_steps import next_step

CASES_A_PAGE, TASKS_SHOWN, REVIEWS_SHOWN = 25, 25, 10


def home(request: SignedIn):
    """Your work, or your support."""
    today = timezone.localdate()
    mine = [part for part, (capability, _) in PARTS.items() if request.user.can(capability)]
    if mine == ["insight"]:
        return redirect("insight:home")
    context: dict = {
        "today": today,
        "parts": mine or ["directory"],
        "shown": TASKS_SHOWN,
        "tasks": list(own_tasks(request.user)),
    }
    for part in mine:
        context |= PARTS[part][1](request, today)
    record_looks(viewer=request.user, person_ids=people_named(context), page="Your work")
    return render(request, "site/home.jinja", context)


def people_named(context: dict) -> list[UUID]:
    """Whom a member of staff's home page names: in tasks, cases, reviews, and budgets to start or end."""
    cases = [task.case for task in context["tasks"][:TASKS_SHOWN]]
    cases += context["page"].object_list if "page" in context else []
    cases += [review.case for review in context.get("reviews", ())]
    cases += context.get("to_start", ())
    cases += [budget.case for budget, _beyond_pence in context.get("to_end", ())]
    return [case.person_id for case in cases]


def _person(request: SignedIn, today: date) -> dict:
    cases = [(case, next_step(case, today)) for case in own_cases(request.user, today)[:20]]
    user = request.user
    return {
        "cases": [
            {
                "case": case,
                "step": step,
                "address": step.address_for(case, user),
                "own": is_the_person(user, case),
                "money": None if case.person.date_of_death else money_now(case, today),
            }
            for case, step in cases
        ]
    }


def _caseload(request: SignedIn, today: date) -> dict:
    user = request.user
    cases = cases_waiting(user, WORKS_ON)
    leads = user.can(Capability.LEAD_TEAM)
    stage = request.GET.get("stage", "")
    counts = Counter(dict(cases.order_by().values_list("stage").annotate(Count("pk"))))
    chosen = cases.filter(stage=stage) if stage in Stage else cases
    return {
        "stages": [{"value": s.value, "label": s.label, "count": counts[s.value]} for s in Stage if counts[s.value]],
        "stage": stage,
        "total": sum(counts.values()),
        "page": Paginator(chosen, CASES_A_PAGE).get_page(request.GET.get("page")),
        "reviews": list(reviews_due(user, today)[:REVIEWS_SHOWN]),
        "sign_offs": waiting_for_sign_off(user).count() if user.can(Capability.SIGN_OFF) else None,
        "unallocated": cases.filter(worker=None).count() if leads else None,
        "leads": leads,
    }


def _finance(request: SignedIn, today: date) -> dict:
    pay_on = first_pay_day(today)
    due, _rows = preview(pay_on, seen_by=request.user, rows=0)
    return {
        "to_start": list(cases_waiting(request.user, [MONEY_TO_START])[:CASES_A_PAGE]),
        "to_end": [(each, paid_beyond_death(each)) for each in budgets_to_end(seen_by=request.user)[:CASES_A_PAGE]],
        "details": details_waiting(seen_by=request.user, rows=CASES_A_PAGE),
        "pay_on": pay_on,
        "due": due,
        "to_approve": runs(seen_by=request.user).filter(state=State.MADE),
        "to_send": runs_to_send(seen_by=request.user),
        "to_confirm": runs_to_confirm(today, seen_by=request.user),
    }


def _administrator(request: SignedIn, today: date) -> dict:
    return {"proposals": proposals_waiting(seen_by=request.user)[:TASKS_SHOWN]}


def _nothing_more(request: SignedIn, today: date) -> dict:
    return {}


#: The parts of a home page, in the order in which they stand: who has it, and what it shows. Two roles see both.
PARTS: dict[str, tuple[Capability, Callable[[Any, date], dict]]] = {
    "person": (Capability.TAKE_PART, _person),
    "caseload": (Capability.WORK_ON_CASES, _caseload),
    "finance": (Capability.PAY, _finance),
    "administrator": (Capability.ADMINISTER, _administrator),
    "insight": (Capability.SEE_RESULTS, _nothing_more),
}
