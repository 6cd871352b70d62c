"""Pages on which one line of a plan in force ends or stops for a time, and on which new prices are taken."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leeway.access.access import SignedIn
from leeway.acting import act, attempt, is_barred, press, why_not
from leeway.care.people.access import check_can_work_on
from leeway.care.people.queries import get_case
from leeway.care.planning.line_changes import require_may_end
from leeway.care.planning.models import LineChange, PlanLine
from leeway.money.lines import actions, queries
from leeway.money.lines.forms import EndLineForm, PauseLineForm, SeenForm


@require_http_methods(["GET", "POST"])
def end(request: SignedIn, case_id, line_id):
    """Decide that one line ends after a day: ask, check what comes of it, and record."""
    line = queries.get_line(case_id, line_id, seen_by=request.user)
    return _decide(request, line, EndLineForm(request.POST or None), END)


@require_http_methods(["GET", "POST"])
def pause(request: SignedIn, case_id, line_id):
    """Decide that one line stops for a time: ask, check what comes of it, and record."""
    line = queries.get_line(case_id, line_id, seen_by=request.user)
    return _decide(request, line, PauseLineForm(request.POST or None), PAUSE)


@dataclass(frozen=True)
class Step:
    """What is decided of a line on a page: how it is weighed and recorded, and what is said of it then."""

    weighs: Callable[..., queries.Ends]
    records: Callable[..., LineChange]
    said: str
    template: str


END = Step(queries.weigh_end, actions.end_line, "ends", "lines/end.jinja")
PAUSE = Step(queries.weigh_pause, actions.pause_line, "stops for a time", "lines/pause.jinja")


def _decide(request: SignedIn, line: PlanLine, form: forms.Form, step: Step) -> HttpResponse:
    case, weighed = line.plan.case, None

    def require_open():
        check_can_work_on(request.user, case)
        require_may_end(line)

    if is_barred(require_open, request):
        return redirect("planning:overview", case.pk)
    if request.POST.get("step") == "record":
        if act(form, lambda **by_on: step.records(line=line, **form.cleaned_data, **by_on), request):
            told = f"“{line.what}” {step.said}. Finance has the budget go on without it, and {case.person} is told."
            messages.success(request, told)
            return redirect("planning:overview", case.pk)
    elif request.method == "POST" and request.POST.get("step") != "change":
        today = timezone.localdate()
        weighed = attempt(form, lambda: step.weighs(line=line, **form.cleaned_data, on=today))
    context = {"line": line, "case": case, "form": form, "ends": weighed.result if weighed else None}
    return render(request, step.template, context | {"stops": queries.is_last_paid_directly(line)})


@require_POST
def keep(request: SignedIn, case_id, change_id):
    """Take it back that a line ends, or stops for a time."""
    change = queries.get_change(case_id, change_id, seen_by=request.user)
    if press(lambda **by_on: actions.keep_line(change=change, **by_on), request):
        messages.success(request, f"“{change.line.what}” stays.")
    return redirect("planning:overview", case_id)


@require_http_methods(["GET", "POST"])
def carry_out(request: SignedIn, case_id, change_id):
    """Look at what changes, and have the budget go on without a line."""
    change = queries.get_change(case_id, change_id, seen_by=request.user)
    today = timezone.localdate()
    form = SeenForm(request.POST or None)
    if act(form, lambda **by_on: actions.carry_out(change=change, **form.cleaned_data, **by_on), request):
        messages.success(request, f"The budget goes on without “{change.line.what}”.")
        return redirect("budgets:show", case_id)
    if why := why_not(lambda: queries.weigh(change, on=today)):
        messages.error(request, why)
        return redirect("budgets:show", case_id)
    weighed = queries.weigh(change, on=today)
    context = {"change": change, "case": change.line.plan.case, "form": form, "weighed": weighed}
    return render(request, "lines/carry_out.jinja", context)


@require_GET
def new_prices(request: SignedIn):
    """Whose lines have another recorded price, from which day, and which."""
    found = queries.new_prices(seen_by=request.user, on=timezone.localdate())
    return render(request, "lines/new_prices.jinja", {"found": found})


@require_http_methods(["GET", "POST"])
def take_prices(request: SignedIn, case_id):
    """Look at what new prices change, and have the budget go on at them."""
    case = get_case(case_id, seen_by=request.user, page="New prices")
    form = SeenForm(request.POST or None)
    if act(form, lambda **by_on: actions.take_prices(case=case, **form.cleaned_data, **by_on), request):
        messages.success(request, "The budget goes on at the new prices, and the plan stays as it was agreed.")
        return redirect("budgets:show", case_id)
    today = timezone.localdate()
    if why := why_not(lambda: queries.weigh_prices(case, on=today)):
        messages.error(request, why)
        return redirect("budgets:show", case_id)
    prices, _, weighed = queries.weigh_prices(case, on=today)
    return render(request, "lines/prices.jinja", {"case": case, "form": form, "prices": prices, "weighed": weighed})
