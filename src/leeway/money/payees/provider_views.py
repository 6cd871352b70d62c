"""Pages of a provider's bank details: enter, look, ring up and approve, or turn down."""

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from leeway.access.access import SignedIn
from leeway.acting import act
from leeway.money.payees import actions, queries
from leeway.money.payees.forms import AccountForm, ApproveProviderForm, RejectForm
from leeway.money.payees.models import PayeeAccount
from leeway.money.payees.states import State
from leeway.money.payees.views import details_page


@require_GET
def home(request: SignedIn, provider_id):
    """Every bank account of a provider, and who rang about it."""
    provider = queries.get_provider(provider_id, seen_by=request.user)
    shown = {"provider": provider, "accounts": queries.of_provider(provider), "back": reverse("payments:home")}
    return render(request, "payees/provider.jinja", shown)


@require_http_methods(["GET", "POST"])
def enter(request: SignedIn, provider_id):
    """Enter a provider's bank account."""
    provider = queries.get_provider(provider_id, seen_by=request.user)
    form = AccountForm(request.POST or None)
    if done := act(
        form, lambda **by_on: actions.enter_provider_details(provider=provider, **form.cleaned_data, **by_on), request
    ):
        payee = done.result
        messages.success(
            request, f"Bank details saved. {payee.check_words} Another officer rings the provider and approves them."
        )
        return redirect("provider_details:show", provider.pk, payee.pk)
    return render(request, "payees/enter.jinja", {"whose": provider.name, "form": form, "back": _home(provider.pk)})


@require_GET
def show(request: SignedIn, provider_id, payee_id):
    """One bank account, masked, and where it stands."""
    return _page(request, _find(request, provider_id, payee_id), ApproveProviderForm(), RejectForm())


@require_http_methods(["POST"])
def approve(request: SignedIn, provider_id, payee_id):
    """Take the account into use, once the provider was rung up about it."""
    payee = _find(request, provider_id, payee_id)
    form = ApproveProviderForm(request.POST)
    if act(form, lambda **by_on: actions.approve_details(payee=payee, **form.cleaned_data, **by_on), request):
        messages.success(request, "The bank details are in use. The next payment to them is pointed out in its run.")
        return redirect("provider_details:home", provider_id)
    return _page(request, payee, form, RejectForm())


@require_http_methods(["POST"])
def reject(request: SignedIn, provider_id, payee_id):
    """Turn the account down."""
    payee = _find(request, provider_id, payee_id)
    form = RejectForm(request.POST)
    if act(form, lambda **by_on: actions.reject_details(payee=payee, **form.cleaned_data, **by_on), request):
        messages.success(request, "The bank details are turned down. Invoices are paid where they were.")
        return redirect("provider_details:home", provider_id)
    return _page(request, payee, ApproveProviderForm(), form)


def _home(provider_id: UUID) -> str:
    return reverse("provider_details:home", args=[provider_id])


def _find(request: SignedIn, provider_id: UUID, payee_id: UUID) -> PayeeAccount:
    return queries.get_details(payee_id, of=queries.get_provider(provider_id, seen_by=request.user))


def _page(request: SignedIn, payee: PayeeAccount, approve_form: Form, reject_form: Form):
    assert payee.provider is not None
    more = {
        "whose": payee.provider.name,
        "numbers": queries.numbers_on_record(payee.provider, before=payee),
        "in_use": payee.provider.payee_accounts.filter(state=State.APPROVED).first(),
        "approve": reverse("provider_details:approve", args=[payee.provider.pk, payee.pk]),
        "reject": reverse("provider_details:reject", args=[payee.provider.pk, payee.pk]),
        "back": _home(payee.provider.pk),
    }
    return details_page(request, payee, approve_form, reject_form, more)
