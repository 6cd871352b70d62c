"""Pages of conditions of a direct payment: all in force, one person's, a new one, a challenge and its answer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from leeway.access.access import SignedIn
from leeway.access.roles import Capability
from leeway.acting import act
from leeway.care.conditions import actions, forms, queries
from leeway.care.conditions.kinds import Because, What
from leeway.care.people.models import Case
from leeway.care.people.queries import about, get_case

PAGE = "Conditions of the direct payment"


@require_GET
def home(request: SignedIn):
    """Every condition that is in force, why, and until when; what is challenged first."""
    today = timezone.localdate()
    return render(request, "conditions/home.jinja", {"report": queries.report(seen_by=request.user, on=today)})


@require_GET
def show(request: SignedIn, case_id: UUID):
    """What is asked of one person's direct payment, why, until when, and what was said of it."""
    case, today = get_case(case_id, seen_by=request.user, page=PAGE), timezone.localdate()
    every = queries.conditions_of(case)
    context = {
        "now": [each for each in every if each.ends_on >= today and each.ended_on is None],
        "over": [each for each in every if each.ends_on < today or each.ended_on is not None],
        "today": today,
        "back": reverse("case", args=[case_id]),
    }
    return _page(request, "show", case, **context)


@require_http_methods(["GET", "POST"])
def set_one(request: SignedIn, case_id: UUID):
    """Set a condition."""
    case = get_case(case_id, seen_by=request.user, page=f"{PAGE}: a new one", of_the_living=True)
    form = forms.SetForm(request.POST or None)

    def set_it(**by_on: Any):
        told = form.cleaned_data | {
            "what": What(form.cleaned_data["what"]), "because": Because(form.cleaned_data["because"]),
        }  # fmt: skip
        return actions.set_condition(case=case, **told, **by_on)

    if act(form, set_it, request):
        messages.success(request, f"It is on record, and {case.person.called} is written to.")
        return redirect("conditions:show", case_id)
    return _page(request, "set", case, form=form)


@require_http_methods(["GET", "POST"])
def end(request: SignedIn, case_id: UUID, condition_id: UUID):
    """End a condition early."""
    case = get_case(case_id, seen_by=request.user, page=f"{PAGE}: an end")
    condition = queries.get_condition(case, condition_id)
    form = forms.EndForm(request.POST or None)
    if act(form, lambda **by_on: actions.end_condition(condition=condition, **form.cleaned_data, **by_on), request):
        messages.success(request, "The condition ended.")
        return redirect("conditions:show", case_id)
    return _one(request, case, form, condition, "End a condition", "End it")


@require_http_methods(["GET", "POST"])
def challenge(request: SignedIn, case_id: UUID, condition_id: UUID):
    """Challenge a condition."""
    case = get_case(case_id, seen_by=request.user, page=f"{PAGE}: a challenge")
    condition = queries.get_condition(case, condition_id)
    form = forms.ChallengeForm(request.POST or None)
    if act(form, lambda **by_on: actions.challenge(condition=condition, **form.cleaned_data, **by_on), request):
        messages.success(request, "A manager who did not set it answers you, with reasons.")
        return redirect("conditions:show", case_id)
    return _one(request, case, form, condition, "It is not right", "Challenge it")


@require_http_methods(["GET", "POST"])
def answer(request: SignedIn, case_id: UUID, challenge_id: UUID):
    """Answer a challenge."""
    case = get_case(case_id, seen_by=request.user, page=f"{PAGE}: a challenge answered")
    found = queries.get_challenge(case, challenge_id)
    form = forms.AnswerForm(request.POST or None)
    if act(form, lambda **by_on: actions.answer(challenge=found, **form.cleaned_data, **by_on), request):
        messages.success(request, "The answer is on record, and they are told.")
        return redirect("conditions:show", case_id)
    return _one(request, case, form, found.condition, "Answer a challenge", "Answer", challenge=found)


def _one(
    request: SignedIn, case: Case, form: Form, condition: Any, title: str, press: str, **more: Any
) -> HttpResponse:
    return _page(request, "one", case, form=form, condition=condition, title=title, press=press, **more)


def _page(request: SignedIn, name: str, case: Case, **context: Any) -> HttpResponse:
    shared = about(case, seen_by=request.user) | {
        "back": reverse("conditions:show", args=[case.pk]),
        "signs_off": request.user.can(Capability.SIGN_OFF),
        "takes_part": not request.user.is_staff_member,
    }
    return render(request, f"conditions/{name}.jinja", shared | context)
