"""The pages of the money check: a list of parts, a page for each, and what the person pays, explained."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from leeway.access.access import SignedIn
from leeway.acting import act, press
from leeway.care.assessment import actions, explain, forms, queries
from leeway.care.assessment.access import can_check_means
from leeway.care.assessment.means import BASIS, PARTNER_HAS_DISREGARD, asks_of_disregard
from leeway.care.assessment.models import FinancialAssessment
from leeway.care.assessment.savings import SavingsForm
from leeway.care.assessment.views import task_address, task_item
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.decisions.queries import charge_on, charges_that_stand, standing
from leeway.care.people.access import can_work_on, lives
from leeway.care.people.models import Case
from leeway.care.people.queries import about, get_case
from leeway.care.people.states import Stage
from leeway.forms import DraftForm
from leeway.law import Outcome, law_on
from leeway.law.charge_case import QUALIFYING_INCOME
from leeway.law.months import anniversary
from leeway.refusal import Refusal

#: How far ahead of pension age the savings disregard is asked about, for a charge that starts later.
TITLES = {
    "basis": "What kind of money check is this?",
    "household": "Home and household",
    "income": "Income",
    "savings": "Savings and property",
    "housing": "Housing costs",
    "disability_costs": "Costs of disability",
    "evidence": "What was seen",
}
FIRST = "basis"


def overview(request: SignedIn, case_id: UUID) -> HttpResponse:
    """Where the money check stands: start it, carry on with it, or see its result."""
    case = get_case(case_id, seen_by=request.user, page="Money check")
    financial = queries.draft_financial_assessment(case)
    may = can_check_means(request.user, case) and lives(case.person)
    completed = queries.completed_financial_assessment(case)
    if not may and completed:
        return redirect("assessment:money_result", case_id)
    tasks = queries.financial_progress(financial) if financial and may else []
    context = about(case, seen_by=request.user) | {
        "back": reverse("case", args=[case_id]),
        "financial": financial,
        "completed": completed,
        "may": may,
        "can_start": may and financial is None and case.stage in actions.MEANS_STAGES,
        "funded": explain.funding(queries.funded_by(case)),
        "needed": queries.needs_money_check(case, timezone.localdate()) or completed is not None,
        "items": [task_item(task, case_id) for task in tasks],
    }
    return render(request, "assessment/money.jinja", context)


@require_POST
def start(request: SignedIn, case_id: UUID) -> HttpResponse:
    """Start a money check, and go on to its first part."""
    case = get_case(case_id, seen_by=request.user, page="Money check")
    if press(lambda **by_on: actions.start_financial_assessment(case=case, **by_on), request):
        return redirect("assessment:money_part", case_id, FIRST)
    return redirect("assessment:money", case_id)


def draft_for_work(request: SignedIn, case_id: UUID) -> tuple[Case, FinancialAssessment | None]:
    """The case, and its money check under way if this user may work on it."""
    case = get_case(case_id, seen_by=request.user, page="Money check", of_the_living=True)
    return case, queries.draft_financial_assessment(case) if can_check_means(request.user, case) else None


def part(request: SignedIn, case_id: UUID, part: str) -> HttpResponse:
    """One part of the money check."""
    case, financial = draft_for_work(request, case_id)
    if financial is None:
        return redirect("assessment:money", case_id)
    if part not in TITLES:
        raise Http404("There is no such part of a money check.")
    form = form_of(part, financial, request.POST or None)
    if act(
        form,
        lambda **by_on: actions.save_means(
            financial=financial,
            part=part,
            details=form.details,
            version=form.cleaned_data["version"],
            **by_on,
        ),
        request,
    ):
        return redirect(after(request, financial, part))
    context = about(case, seen_by=request.user) | {
        "form": form,
        "part": part,
        "title": TITLES[part],
        "last": queries.completed_financial_assessment(case) if part in financial.to_confirm else None,
        "back": reverse("assessment:money", args=[case_id]),
    }
    template = "money_lines" if isinstance(form, forms.LinesForm) else "money_part"
    return render(request, f"assessment/{template}.jinja", context)


def form_of(part: str, financial: FinancialAssessment, data) -> DraftForm:
    """The form of a part, filled with what is stored."""
    means, version = financial.means, {"version": financial.version}
    today = timezone.localdate()
    law = law_on(today, settings.COUNCIL_POLICY)
    match part:
        case "basis":
            kept = {name: getattr(financial, name) for name in BASIS}
            return forms.BasisForm(data, initial=kept | version)
        case "household":
            kept = {name: means[name] for name in ("household", "dependent_children") if name in means}
            kept["partner_born_on"] = financial.partner_born_on
            if "premiums" in means:
                kept["premiums"] = means["premiums"] or [forms.NONE_OF_THESE]
            return forms.HouseholdForm(data, initial=kept | version)
        case "income":
            kept = {name: means.get(name) for name in (QUALIFYING_INCOME, PARTNER_HAS_DISREGARD)}
            return forms.IncomeForm(
                data,
                initial=kept | version | {"lines": financial.lines.get("income", [])},
                law=law,
                of_pension_age=asks_of_disregard(financial),
                couple=means.get("household") == "couple",
            )
        case "savings":
            return SavingsForm(data, initial={"lines": means.get("capital_items", [])} | version, law=law)
        case "evidence":
            return forms.EvidenceForm(data, initial={"evidence": financial.evidence} | version)
        case _:
            return forms.CostsForm(data, initial={"lines": financial.lines.get(part, [])} | version, part=part)


def after(request: SignedIn, financial: FinancialAssessment, part: str) -> str:
    """Where to go once a part is saved: the list, the same page for more lines, or the part that follows."""
    case_id = financial.case_id
    if "later" in request.POST:
        messages.success(request, "Saved. You can come back to it at any time.")
        return reverse("assessment:money", args=[case_id])
    if "more" in request.POST:
        return request.path
    tasks = [task for task in queries.financial_progress(financial) if task.needed]
    names = [task.argument for task in tasks]
    following = tasks[names.index(part) + 1 :] if part in names else []
    return task_address(following[0], case_id) if following else reverse("assessment:money_check", args=[case_id])


def check(request: SignedIn, case_id: UUID) -> HttpResponse:
    """Check what was given, see what it would come to, and complete."""
    case, financial = draft_for_work(request, case_id)
    if financial is None:
        return redirect("assessment:money", case_id)
    form = DraftForm(request.POST or None, initial={"version": financial.version})
    if act(
        form,
        lambda **by_on: actions.complete_financial_assessment(
            financial=financial, version=form.cleaned_data["version"], **by_on
        ),
        request,
    ):
        return redirect("assessment:money_result", case_id)
    missing = [task for task in queries.financial_progress(financial) if task.needed and task.missing]
    context = about(case, seen_by=request.user) | {
        "form": form,
        "back": reverse("assessment:money", args=[case_id]),
        "missing": [{"text": task.missing, "href": task_address(task, case_id)} for task in missing],
        "sections": explain.means(financial),
    }
    return render(request, "assessment/money_check.jinja", context)


def result(request: SignedIn, case_id: UUID) -> HttpResponse:
    """What the person pays, explained step by step; before the plan is costed, with an assumed budget."""
    case = get_case(case_id, seen_by=request.user, page="Money check: result")
    today = timezone.localdate()
    decision = charge_on(case, today)
    indicative = standing(case, DecisionKind.INDICATIVE_BUDGET)
    assumed = indicative.result["indicative_pence_per_week"] if indicative else None
    if decision is not None:
        assumed = decision.result["personal_budget_pence_per_week"]
    form = forms.WhatIfForm(request.GET if "budget" in request.GET else None, initial={"budget": assumed})
    if form.is_bound and form.is_valid():
        assumed, decision = form.cleaned_data["budget"], None
    shown: Decision | Outcome | None = decision
    problem = ""
    if decision is None and assumed is not None:
        try:
            day = max(today, anniversary(case.person.birth.last, 18)) if case.person.birth else today
            shown = queries.preview_charge(case=case, personal_budget_pence_per_week=assumed, on=day)
        except Refusal as refusal:
            problem = str(refusal)
    context = about(case, seen_by=request.user) | {
        "back": reverse("case", args=[case_id]),
        "form": form,
        "decision": decision,
        "charges": charges_that_stand(case),
        "charge": explain.charge(shown) if shown else None,
        "problem": problem,
        "funded": explain.funding(queries.funded_by(case)),
        "needs_check": queries.needs_money_check(case, today),
        "may": can_check_means(request.user, case) and lives(case.person),
        "goes_on": case.stage == Stage.PLANNING and can_work_on(request.user, case),
    }
    return render(request, "assessment/money_result.jinja", context)
