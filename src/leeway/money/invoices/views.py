"""Pages of what providers bill and did: lists, one invoice beside what was delivered, entering, agreeing, arguing."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leeway.access.access import SignedIn
from leeway.access.roles import Capability
from leeway.access.searches import keeps_words_out_of_addresses, looked_for
from leeway.acting import act, press
from leeway.care.planning.costs import in_words
from leeway.law.numbers import pounds
from leeway.money.invoices import actions, forms, queries
from leeway.money.invoices.models import Allocation
from leeway.money.invoices.states import State
from leeway.versions import version_of

ROWS, LINES = 50, 50


@require_GET
def home(request: SignedIn):
    """Invoices in one state with their age, what is due first first."""
    which = request.GET.get("which", "open")
    which = which if which in queries.WHICH else "open"
    page = Paginator(queries.invoices(which, seen_by=request.user), ROWS).get_page(request.GET.get("page"))
    context = {
        "which": which,
        "labels": {key: label for key, (label, _states) in queries.WHICH.items()},
        "counts": queries.counts(seen_by=request.user),
        "waiting": queries.waiting(seen_by=request.user).count(),
        "page": page,
        "today": timezone.localdate(),
        "may_settle": request.user.can(Capability.SETTLE_INVOICES),
    }
    return render(request, "invoices/home.jinja", context)


@require_GET
def show(request: SignedIn, invoice_id):
    """One invoice: its lines beside what was visited and agreed, why they differ, and what is done next."""
    invoice = queries.get_invoice(invoice_id, seen_by=request.user)
    sums, differing = queries.sums_of(invoice), request.GET.get("show") == "differing"
    lines = Paginator(queries.lines_of(invoice, differing=differing), LINES).get_page(request.GET.get("page"))
    less = queries.less_charged(invoice)
    queries.note_looks(list(lines.object_list), less[:LINES], seen_by=request.user)
    context = {
        "invoice": invoice,
        "less": less[:LINES],
        "less_pence": sum(each.pence for each in less),
        "less_rows": len(less),
        "sums": sums,
        "differing": differing,
        "page": lines,
        "today": timezone.localdate(),
        "may_settle": request.user.can(Capability.SETTLE_INVOICES),
    }
    return render(request, "invoices/show.jinja", context)


@require_http_methods(["GET", "POST"])
def enter(request: SignedIn):
    """Enter an invoice by hand with its lines."""
    providers = queries.providers_bought_from(seen_by=request.user)
    form = forms.InvoiceForm(
        request.POST or None, providers=providers, initial={"provider": request.GET.get("provider", "")}
    )
    if not form.wants_more and (
        done := act(form, lambda **by_on: actions.receive_invoice(**form.cleaned_data, **by_on), request)
    ):
        messages.success(request, "The invoice is here. Compare it with what was delivered.")
        return redirect("invoices:show", done.result.pk)
    return render(request, "invoices/enter.jinja", {"form": form})


@require_POST
def compare(request: SignedIn, invoice_id):
    """Look for the visit of each line, and say what of it is due and why."""
    invoice = queries.get_invoice(invoice_id, seen_by=request.user)
    if press(lambda **by_on: actions.compare_invoice(invoice=invoice, **by_on), request):
        messages.success(request, "It is compared with what was delivered.")
    return redirect("invoices:show", invoice.pk)


@require_http_methods(["GET", "POST"])
def agree(request: SignedIn, invoice_id):
    """Look once more at what is due and what is argued, and agree it."""
    invoice = queries.get_invoice(invoice_id, seen_by=request.user)
    if invoice.state != State.MATCHED:
        return redirect("invoices:show", invoice.pk)
    sums = queries.sums_of(invoice)
    form = forms.AgreeForm(request.POST or None, initial={"seen_pence": sums.due_pence})
    if act(form, lambda **by_on: actions.agree_invoice(invoice=invoice, **form.cleaned_data, **by_on), request):
        rest = ", and the rest is argued." if invoice.total_pence > sums.due_pence else "."
        messages.success(request, f"What is due is agreed{rest}")
        return redirect("invoices:show", invoice.pk)
    argued = list(queries.lines_of(invoice, differing=True)[:LINES])
    queries.note_looks(argued, seen_by=request.user)
    return render(request, "invoices/agree.jinja", {"invoice": invoice, "sums": sums, "form": form, "argued": argued})


@require_http_methods(["GET", "POST"])
def withdraw(request: SignedIn, invoice_id):
    """Say that an invoice does not stand."""
    invoice = queries.get_invoice(invoice_id, seen_by=request.user)
    form = forms.WithdrawForm(request.POST or None)
    if act(form, lambda **by_on: actions.withdraw_invoice(invoice=invoice, **form.cleaned_data, **by_on), request):
        messages.success(request, "It is withdrawn. Its visits can be billed on another.")
        return redirect("invoices:show", invoice.pk)
    return _ask(request, form, "Withdraw the invoice", "Withdraw it", invoice=invoice, danger=True)


@require_http_methods(["GET", "POST"])
def answer(request: SignedIn, dispute_id):
    """Record how an argument about a line ended."""
    dispute = queries.get_dispute(dispute_id, seen_by=request.user)
    form = forms.AnswerForm(request.POST or None, pence=dispute.pence)
    if act(form, lambda **by_on: actions.answer_dispute(dispute=dispute, **form.cleaned_data, **by_on), request):
        messages.success(request, "It is settled.")
        return redirect("invoices:show", dispute.line.invoice_id)
    title = f"How the argument about {pounds(dispute.pence)} ended"
    return _ask(request, form, title, "Settle it", invoice=dispute.line.invoice, dispute=dispute)


@require_GET
def visits(request: SignedIn):
    """Visits that fit no agreed line yet, and the files that came in."""
    page = Paginator(queries.waiting(seen_by=request.user), ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "files": queries.files(seen_by=request.user)[:ROWS],
        "may_settle": request.user.can(Capability.SETTLE_INVOICES),
    }
    return render(request, "invoices/visits.jinja", context)


@require_POST
def match(request: SignedIn):
    """Match every provider's visits again that nobody settled and no agreed invoice bills."""
    if done := press(actions.match_everybodys, request):
        messages.success(
            request,
            f"They are matched again. {done.result:,} of them {'fits' if done.result == 1 else 'fit'} no agreed line.",
        )
    return redirect("invoices:visits")


@require_http_methods(["GET", "POST"])
def enter_visit(request: SignedIn):
    """Enter a visit that came in no file."""
    form = forms.VisitForm(request.POST or None, providers=queries.providers_bought_from(seen_by=request.user))
    if done := act(form, lambda **by_on: actions.enter_visit(**form.cleaned_data, **by_on), request):
        messages.success(request, "The visit is on record.")
        return redirect("invoices:visit", done.result.pk)
    return render(request, "invoices/enter_visit.jinja", {"form": form})


@keeps_words_out_of_addresses
@require_http_methods(["GET", "POST"])
def visit(request: SignedIn, visit_id):
    """One visit, what it is matched to and why; whoever may, says to which agreed line it belongs."""
    found = queries.get_visit(visit_id, seen_by=request.user)
    context: dict[str, Any] = {"visit": found, "billed": queries.billed_on(found)}
    if request.user.can(Capability.SETTLE_INVOICES) and not found.is_agreed and not found.taken_back_on:
        asked = looked_for(request)
        bought = queries.lines_that_may_be_meant(found, asked["words"], seen_by=request.user)
        lines = [(one.line, f"{one.line.plan.case.person}: {one.line.what} | {in_words(one.line)}") for one in bought]
        form = forms.SettleForm(request.POST or None, lines=lines, initial=_settled(found.allocation))
        if act(form, lambda **by_on: actions.settle_visit(visit=found, **form.cleaned_data, **by_on), request):
            messages.success(request, "It is settled. Compare its invoice again, where there is one.")
            return redirect("invoices:visit", found.pk)
        context |= {"form": form, "find": forms.FindForm(asked)}
    return render(request, "invoices/visit.jinja", context)


def _settled(allocation: Allocation) -> dict[str, Any]:
    """What the form that settles a visit begins with: what somebody settled before."""
    begins: dict[str, Any] = {"version": version_of(allocation)}
    if allocation.settled_on:
        begins |= {"line": str(allocation.line_id or forms.NOTHING_DUE), "reason": allocation.settled_because}
        begins |= {name: getattr(allocation, name) for name in ("minutes_paid", "due_pence") if allocation.line_id}
    return begins


def _ask(request: SignedIn, form: django_forms.Form, title: str, button: str, **more: Any) -> HttpResponse:
    return render(request, "invoices/ask.jinja", {"form": form, "title": title, "button": button} | more)
