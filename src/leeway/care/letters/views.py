"""Letters and support plans, to read here or to keep as a PDF."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from leeway.access.access import SignedIn
from leeway.care.decisions.queries import that_stand
from leeway.care.letters import queries
from leeway.care.letters.blocks import Letter
from leeway.care.letters.content import letter_of
from leeway.care.letters.showing import letter_as_pdf, letter_page
from leeway.care.letters.support_plan import plan_document


@require_safe
def show_list(request: SignedIn, case_id: UUID) -> HttpResponse:
    """Every letter and plan of a case: what stands now first, then what went before."""
    case, decisions, plans = queries.letters_and_plans(case_id, seen_by=request.user)
    standing = that_stand(case)
    letters = [
        {
            "title": queries.title_of(decision),
            "on": decision.decided_on,
            "stands": decision in standing,
            "page": reverse("letters:letter", args=[case.pk, decision.pk]),
            "pdf": reverse("letters:letter_pdf", args=[case.pk, decision.pk]),
        }
        for decision in decisions
    ]
    documents = [
        {
            "number": plan.number,
            "state": plan.get_state_display(),
            "page": reverse("letters:plan", args=[case.pk, plan.number]),
            "pdf": reverse("letters:plan_pdf", args=[case.pk, plan.number]),
        }
        for plan in plans
    ]
    context = {
        "case": case,
        "standing": [letter for letter in letters if letter["stands"]],
        "earlier": [letter for letter in letters if not letter["stands"]],
        "plans": documents,
        "back": reverse("case", args=[case.pk]),
    }
    return render(request, "letters/list.jinja", context)


@require_safe
def show_letter(request: SignedIn, case_id: UUID, decision_id: UUID) -> HttpResponse:
    """One decision letter as a page."""
    letter = letter_of(queries.decision_to_read(case_id, decision_id, seen_by=request.user))
    return _page(request, letter, case_id, reverse("letters:letter_pdf", args=[case_id, decision_id]))


@require_safe
def show_letter_pdf(request: SignedIn, case_id: UUID, decision_id: UUID) -> HttpResponse:
    """The same letter as a PDF."""
    letter = letter_of(queries.decision_to_read(case_id, decision_id, seen_by=request.user))
    return _pdf(request, letter, case_id)


@require_safe
def show_plan(request: SignedIn, case_id: UUID, number: int) -> HttpResponse:
    """One support plan as a page."""
    letter = plan_document(queries.plan_to_read(case_id, number, seen_by=request.user))
    return _page(request, letter, case_id, reverse("letters:plan_pdf", args=[case_id, number]))


@require_safe
def show_plan_pdf(request: SignedIn, case_id: UUID, number: int) -> HttpResponse:
    """The same support plan as a PDF."""
    return _pdf(request, plan_document(queries.plan_to_read(case_id, number, seen_by=request.user)), case_id)


def _page(request: SignedIn, letter: Letter, case_id: UUID, pdf: str) -> HttpResponse:
    return letter_page(request, letter, pdf=pdf, **_back(case_id))


def _pdf(request: SignedIn, letter: Letter, case_id: UUID) -> HttpResponse:
    return letter_as_pdf(request, letter, **_back(case_id))


def _back(case_id: UUID) -> dict[str, str]:
    return {"back": reverse("letters:list", args=[case_id]), "back_text": "All letters and plans"}
