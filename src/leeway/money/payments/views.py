"""Pages of payment runs."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from leeway.access.access import SignedIn
from leeway.acting import act, attempt
from leeway.money.payees.queries import waiting
from leeway.money.payments import actions, queries
from leeway.money.payments.forms import PayDayForm
from leeway.money.payments.states import State

ROWS_A_PAGE = 100
RUNS_SHOWN = 20


@require_GET
def home(request: SignedIn):
    """What is due, what waits for a second officer, and the runs so far."""
    pay_on = queries.first_pay_day(timezone.localdate())
    due = queries.what_is_due(pay_on, seen_by=request.user)
    return render(
        request,
        "payments/home.jinja",
        {
            "pay_on": pay_on,
            "due": due.free,
            "stopped": due.held,
            "held": due.waiting,
            "runs": queries.runs(seen_by=request.user)[:RUNS_SHOWN],
            "details_waiting": waiting(seen_by=request.user, rows=ROWS_A_PAGE),
        },
    )


@require_http_methods(["GET", "POST"])
def make(request: SignedIn):
    """Choose the day, check what would be paid, then make the run."""
    today = timezone.localdate()
    form = PayDayForm(request.POST or None, initial={"pay_on": queries.first_pay_day(today)})
    checked = None
    if form.is_valid():
        pay_on = form.cleaned_data["pay_on"]
        if request.POST.get("make"):
            if done := act(form, lambda **by_on: actions.make_run(pay_on=pay_on, **by_on), request):
                messages.success(request, "The payment run is made. Another finance officer must approve it.")
                return redirect("payments:show", done.result.pk)
        elif attempt(form, lambda: actions.require_pay_day(pay_on, today)):
            checked = queries.preview(pay_on, seen_by=request.user, rows=ROWS_A_PAGE)
    return render(request, "payments/make.jinja", {"form": form, "checked": checked})


@require_GET
def show(request: SignedIn, run_id):
    """One run: its control totals, its payments, its files."""
    return _page(request, queries.get_run(run_id, seen_by=request.user), forms.Form())


@require_http_methods(["POST"])
def approve(request: SignedIn, run_id):
    """Approve a run that another officer made."""
    run = queries.get_run(run_id, seen_by=request.user)
    form = forms.Form(request.POST)
    if act(form, lambda **by_on: actions.approve_run(run=run, **by_on), request):
        messages.success(request, "The run is approved and in the ledger. Send one of its files to the bank today.")
        return redirect("payments:show", run_id)
    return _page(request, run, form)


@require_http_methods(["POST"])
def cancel(request: SignedIn, run_id):
    """Give up a run before it is approved."""
    run = queries.get_run(run_id, seen_by=request.user)
    form = forms.Form(request.POST)
    if act(form, lambda **by_on: actions.cancel_run(run=run, **by_on), request):
        messages.success(request, "The run is cancelled. Its payments are due again.")
        return redirect("payments:home")
    return _page(request, run, form)


@require_GET
def bacs(request: SignedIn, run_id):
    """The Bacs file of an approved run."""
    run = _approved(request, run_id)
    return _file(queries.bacs_file(run), f"{run.reference}.txt", "text/plain; charset=us-ascii")


@require_GET
def iso(request: SignedIn, run_id):
    """The ISO 20022 file of an approved run."""
    run = _approved(request, run_id)
    return _file(queries.iso_file(run), f"{run.reference}.xml", "application/xml")


def _approved(request: SignedIn, run_id):
    run = queries.get_run(run_id, seen_by=request.user)
    if run.state != State.APPROVED:
        raise Http404("A run has files once it is approved.")
    queries.look_over(run, seen_by=request.user, page="Bank file of payment run")
    return run


def _file(text: str, name: str, content_type: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(text.encode(), content_type=content_type, headers={"Content-Disposition": disposition})


def _page(request: SignedIn, run, form):
    queries.look_over(run, seen_by=request.user, page="Payment run")
    pages = Paginator(queries.payments_of(run), ROWS_A_PAGE)
    pages.count = run.payments_count
    return render(
        request,
        "payments/show.jinja",
        {
            "run": run,
            "form": form,
            "payments": pages.get_page(request.GET.get("page")),
            "may_approve": run.state == State.MADE and run.made_by_id != request.user.pk,
            "is_open": run.state == State.MADE,
        },
    )
