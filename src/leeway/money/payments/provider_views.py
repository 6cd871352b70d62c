"""Pages of providers' money: what is owed, what is late, what was paid and told of, and how long they wait."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from leeway.access.access import SignedIn
from leeway.access.roles import Capability
from leeway.acting import act
from leeway.care.letters.pdf import CannotBePrinted, letter_pdf
from leeway.money.payments import days_to_pay, owed, providers, remittances
from leeway.money.payments.days_to_pay import Row, Wait
from leeway.money.payments.forms import HoldInvoiceForm, PayAfterAllForm, RemittanceAddressForm
from leeway.writing import write_rows

COLUMNS = (
    "Provider", "Invoices paid", "Paid within terms, percent", "Within 30 days", "31 to 60 days", "Over 60 days",
    "Days, median", "Oldest unpaid, days",
)  # fmt: skip


@require_GET
def home(request: SignedIn):
    """What is owed to providers: what is late or will be, what waits, and how long each provider waits."""
    today = timezone.localdate()
    shown = providers.overview(today, seen_by=request.user)
    return render(request, "payments/providers.jinja", {"shown": shown, "back": reverse("payments:home")})


@require_GET
def show(request: SignedIn, provider_id):
    """One provider: its bank details, what is owed to it, and what it was paid."""
    today = timezone.localdate()
    found = providers.get_provider(provider_id, seen_by=request.user)
    context = {
        "shown": providers.of_provider(found, today, seen_by=request.user),
        "today": today,
        "may_keep": request.user.can(Capability.KEEP_BANK_DETAILS),
        "back": reverse("payments:providers"),
    }
    return render(request, "payments/provider.jinja", context)


@require_http_methods(["GET", "POST"])
def address(request: SignedIn, provider_id):
    """Record where a provider is told what was paid."""
    found = providers.get_provider(provider_id, seen_by=request.user)
    form = RemittanceAddressForm(request.POST or None, initial={"email": remittances.address_of(found)})
    if act(form, lambda **by_on: remittances.record_address(provider=found, **form.cleaned_data, **by_on), request):
        messages.success(request, "Remittances go there from the next payment on.")
        return redirect("payments:provider", found.pk)
    shown = {"provider": found, "form": form, "back": reverse("payments:provider", args=[found.pk])}
    return render(request, "payments/remittance_address.jinja", shown)


@require_http_methods(["GET", "POST"])
def hold(request: SignedIn, owed_id):
    """Hold back something owed to a provider."""
    what = providers.get_owed(owed_id, seen_by=request.user)
    form = HoldInvoiceForm(request.POST or None)
    if act(form, lambda **by_on: owed.hold_back(owed=what, **form.cleaned_data, **by_on), request):
        messages.success(request, "It is held back. A run that has it and was not sent must be made again without it.")
        return redirect("payments:provider", what.invoice.provider_id)
    return _about(request, what, form, "payments/hold_invoice.jinja")


@require_http_methods(["GET", "POST"])
def pay(request: SignedIn, owed_id):
    """Say that something that was held back can be paid."""
    what = providers.get_owed(owed_id, seen_by=request.user)
    form, held = PayAfterAllForm(request.POST or None), providers.hold_of(what)
    if act(form, lambda **by_on: owed.pay_after_all(held=held, **form.cleaned_data, **by_on), request):
        messages.success(request, "It can be paid, and goes with the next run.")
        return redirect("payments:provider", what.invoice.provider_id)
    return _about(request, what, form, "payments/pay_invoice.jinja", held=held)


@require_safe
def remittance(request: SignedIn, payment_id):
    """What a provider is told of a payment, as a page."""
    payment = remittances.get_remittance(payment_id, seen_by=request.user)
    return _letter(request, payment)


@require_safe
def remittance_pdf(request: SignedIn, payment_id):
    """The same as a PDF."""
    payment = remittances.get_remittance(payment_id, seen_by=request.user)
    try:
        content = letter_pdf(remittances.remittance_letter(payment))
    except CannotBePrinted as refusal:
        return _letter(request, payment, problem=str(refusal))
    name = f'attachment; filename="remittance-{payment.reference}.pdf"'
    headers = {"Content-Disposition": name, "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_safe
def days(request):
    """How long providers wait for their money, for everybody."""
    today = timezone.localdate()
    rows, together = days_to_pay.published(today)
    shown = {"rows": rows, "together": together, "fewest": days_to_pay.fewest_published(today), "today": today}
    return render(request, "payments/days_to_pay.jinja", shown)


@require_safe
def days_csv(request):
    """The same as a table."""
    today = timezone.localdate()
    rows, together = days_to_pay.published(today)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="days-to-pay-{today.isoformat()}.csv"'
    hidden = f"fewer than {days_to_pay.fewest_published(today)}"
    write_rows(answer, COLUMNS, [*_rows(rows, hidden), ("Together, of those shown", *_cells(together))])
    return answer


def _rows(rows: list[Row], hidden: str) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        if row.hidden:
            yield (row.provider.name, hidden, *[""] * (len(COLUMNS) - 2))
        else:
            yield (row.provider.name, *_cells(row.wait))


def _cells(wait: Wait) -> tuple[Any, ...]:
    return wait.paid, wait.in_time_percent, *wait.within, wait.median_days, wait.oldest_unpaid_days


def _about(request: SignedIn, what, form, template, **more):
    back = reverse("payments:provider", args=[what.invoice.provider_id])
    return render(request, template, {"owed": what, "form": form, "back": back, **more})


def _letter(request: SignedIn, payment, problem=""):
    context = {
        "letter": remittances.remittance_letter(payment),
        "pdf": "" if problem else reverse("payments:remittance_pdf", args=[payment.pk]),
        "problem": problem,
        "back": reverse("payments:provider", args=[payment.provider_id]),
    }
    return render(request, "letters/letter.jinja", context)
