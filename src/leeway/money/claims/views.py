"""Pages of claims on NHS bodies."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from leeway.access.access import SignedIn
from leeway.access.roles import Capability
from leeway.acting import act
from leeway.care.letters.showing import letter_as_pdf
from leeway.law.numbers import decimal_pounds
from leeway.money.claims import actions, queries
from leeway.money.claims.content import claim_letter
from leeway.money.claims.forms import AnswerForm, ChaseForm, PartForm, QueryForm, ReceiveForm, SendForm
from leeway.writing import write_rows


@require_GET
def home(request: SignedIn):
    """How each claim stands, what is to chase first."""
    rows = queries.standings(seen_by=request.user, on=timezone.localdate())
    context = {"rows": rows, "left_pence": sum(each.left_pence for each in rows)}
    return render(request, "claims/home.jinja", context)


@require_safe
def show(request: SignedIn, number: int):
    """One claim: its lines, its chasing, and what is done next."""
    standing, lines = _claim(request, number)
    context = {"standing": standing, "lines": lines, "may_write": request.user.can(Capability.CONFIRM_RECEIPTS)}
    return render(request, "claims/show.jinja", context)


@require_safe
def pdf(request: SignedIn, number: int) -> HttpResponse:
    """The claim as the NHS body gets it."""
    standing, lines = _claim(request, number)
    letter = claim_letter(standing, lines, settings.COUNCIL_NAME, settings.OFFICE_CONTACT)
    return letter_as_pdf(request, letter, back=reverse("claims:show", args=[number]), back_text=f"Claim {number}")


@require_safe
def csv(request: SignedIn, number: int) -> HttpResponse:
    """Its lines as a file for a spreadsheet: no name in it."""
    _standing, lines = _claim(request, number)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="claim-{number:06}.csv"'
    header = ("Claim", "Line", "Reference", "From", "Until", "Amount", "State")
    rows = [
        (
            number, each.line.place, each.line.reference, each.line.starts_on, each.line.ends_on,
            decimal_pounds(each.line.amount_pence), each.state,
        )
        for each in lines
    ]  # fmt: skip
    write_rows(answer, header, rows)
    return answer


@require_http_methods(["GET", "POST"])
def send(request: SignedIn, number: int):
    """Say that a claim was sent."""
    return _do(request, number, SendForm, actions.send_claim, "Say that it was sent", "It was sent")


@require_http_methods(["GET", "POST"])
def chase(request: SignedIn, number: int):
    """Record a step of chasing."""
    return _do(request, number, ChaseForm, actions.chase_claim, "Chase a claim", "Record this step")


def _do(
    request: SignedIn, number: int, kind: type[forms.Form], action: Callable[..., Any], title: str, button: str
) -> HttpResponse:
    standing, _lines = _claim(request, number)
    form = kind(request.POST or None)
    if act(form, lambda **by_on: action(claim=standing.claim, **form.cleaned_data, **by_on), request):
        messages.success(request, "It is recorded.")
        return redirect("claims:show", number)
    return _ask(request, standing, form, title, button)


@require_http_methods(["GET", "POST"])
def receive(request: SignedIn, number: int):
    """Confirm what was received against a claim, line by line."""
    standing, lines = _claim(request, number)
    form = ReceiveForm(request.POST or None, lines=lines)
    if act(form, lambda **by_on: actions.receive_claim(claim=standing.claim, **form.cleaned_data, **by_on), request):
        messages.success(request, "What was received is recorded, a receipt for each line.")
        return redirect("claims:show", number)
    return _ask(request, standing, form, "Confirm what was received", "Confirm that it was received")


@require_http_methods(["GET", "POST"])
def query(request: SignedIn, number: int, claim_line_id: UUID):
    """Record that a line is queried; or what was answered, where it is."""
    standing, lines = _claim(request, number)
    line, left = queries.get_line(standing.claim, claim_line_id), _left_of(lines, claim_line_id)
    raised = getattr(line, "query", None)
    form: forms.Form = AnswerForm(request.POST or None) if raised else QueryForm(request.POST or None)

    def record(**by_on):
        if raised:
            return actions.answer_query(query=raised, **form.cleaned_data, **by_on)
        return actions.raise_query(line=line, **form.cleaned_data, **by_on)

    if act(form, record, request):
        messages.success(request, "It is recorded.")
        return redirect("claims:show", number)
    title = "Answer a query" if raised else "Record a query"
    return _ask(request, standing, form, title, "Save", line=line, query=raised, left_pence=left)


@require_http_methods(["GET", "POST"])
def part(request: SignedIn, number: int, claim_line_id: UUID):
    """Confirm that a part of one line was paid, and record what is queried of the rest."""
    standing, lines = _claim(request, number)
    line, left = queries.get_line(standing.claim, claim_line_id), _left_of(lines, claim_line_id)
    raised = getattr(line, "query", None)
    form = PartForm(request.POST or None, queried=raised is not None)
    if act(form, lambda **by_on: actions.receive_part(line=line, **form.cleaned_data, **by_on), request):
        messages.success(request, "The part that was received is recorded. The rest is still asked for.")
        return redirect("claims:show", number)
    title = "A part of a line was paid"
    return _ask(request, standing, form, title, "Confirm this part", line=line, query=raised, left_pence=left)


def _ask(request: SignedIn, standing: queries.Standing, form: forms.Form, title: str, button: str, **more):
    shown = {"standing": standing, "form": form, "title": title, "button": button}
    context = shown | {"left_pence": standing.left_pence} | more
    return render(request, "claims/ask.jinja", context)


def _left_of(lines: Sequence[queries.LineNow], line_id: UUID) -> int:
    """What is left to receive of one line."""
    return next(each.left_pence for each in lines if each.line.pk == line_id)


def _claim(request: SignedIn, number: int):
    return queries.get_claim(number, seen_by=request.user, on=timezone.localdate())
