"""Pages of the bank details of a case: enter, look, approve or turn down."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from leeway.access.access import SignedIn
from leeway.access.alike import flags
from leeway.access.looks import record_looks
from leeway.acting import act, why_not
from leeway.care.people.models import Case
from leeway.care.people.queries import get_case
from leeway.care.people.states import Stage
from leeway.care.planning.models import Way
from leeway.money.payees import actions, queries
from leeway.money.payees.forms import ApproveForm, DetailsForm, RejectForm
from leeway.money.payees.models import PAID_WAYS, Holder, PayeeAccount
from leeway.money.payees.states import State


@require_http_methods(["GET", "POST"])
def enter(request: SignedIn, case_id, way):
    """Enter a bank account."""
    if way not in PAID_WAYS:
        raise Http404("Nothing is paid out this way.")
    case = get_case(case_id, seen_by=request.user, page="Enter bank details")
    first = Holder.PROVIDER if way == Way.SERVICE_FUND else Holder.PERSON
    form = DetailsForm(request.POST or None, initial={"holder": first})
    if done := act(
        form, lambda **by_on: actions.enter_details(case=case, way=Way(way), **form.cleaned_data, **by_on), request
    ):
        payee = done.result
        messages.success(request, f"Bank details saved. {payee.check_words} Another officer must approve them.")
        return redirect("payees:show", case_id, payee.pk)
    shown = {"whose": f"{case.person}: {Way(way).short.lower()}", "form": form, "back": _budget_of(case)}
    return render(request, "payees/enter.jinja", shown)


@require_GET
def show(request: SignedIn, case_id, payee_id):
    """One bank account, masked, and where it stands."""
    case, payee = _find(request, case_id, payee_id)
    return _page(request, case, payee, ApproveForm(), RejectForm())


@require_http_methods(["POST"])
def approve(request: SignedIn, case_id, payee_id):
    """Take the account into use."""
    case, payee = _find(request, case_id, payee_id)
    form = ApproveForm(request.POST)
    if act(form, lambda **by_on: actions.approve_details(payee=payee, **form.cleaned_data, **by_on), request):
        messages.success(request, "The bank details are in use.")
        return redirect(_budget_of(case))
    return _page(request, case, payee, form, RejectForm())


@require_http_methods(["POST"])
def reject(request: SignedIn, case_id, payee_id):
    """Turn the account down."""
    case, payee = _find(request, case_id, payee_id)
    form = RejectForm(request.POST)
    if act(
        form, lambda **by_on: actions.reject_details(payee=payee, reason=form.cleaned_data["reason"], **by_on), request
    ):
        messages.success(request, "The bank details are turned down. Enter the right ones.")
        return redirect("payees:enter", case_id, payee.way)
    return _page(request, case, payee, ApproveForm(), form)


def _budget_of(case: Case) -> str:
    """The page of the budget that the bank details are for: about to start, or running."""
    return reverse("budgets:start" if case.stage == Stage.ARRANGING else "budgets:show", args=[case.pk])


def _find(request: SignedIn, case_id, payee_id):
    case = get_case(case_id, seen_by=request.user, page="Bank details")
    return case, queries.get_details(payee_id, of=case)


def _page(request: SignedIn, case, payee, approve_form, reject_form):
    more = {
        "whose": f"{case.person}: {Way(payee.way).short.lower()}",
        "approve": reverse("payees:approve", args=[case.pk, payee.pk]),
        "reject": reverse("payees:reject", args=[case.pk, payee.pk]),
        "back": _budget_of(case),
    }
    return details_page(request, payee, approve_form, reject_form, more)


def details_page(request: SignedIn, payee: PayeeAccount, approve_form: Form, reject_form: Form, more: dict[str, Any]):
    """The page of bank details of a case or a provider: what is known of them, and what can be done with them."""
    others = queries.shared_oddly(payee)
    record_looks(viewer=request.user, person_ids=queries.people_of(others), page="Bank details shared")
    may_settle = not why_not(lambda: actions.require_settler(payee, State.APPROVED, request.user))
    return render(
        request,
        "payees/show.jinja",
        {
            "payee": payee,
            "form": reject_form if reject_form.errors else approve_form,
            "approve_form": approve_form,
            "reject_form": reject_form,
            "others": others,
            "may_settle": may_settle,
            "flags": flags([payee.entered_by], payee.settled_by or request.user),
            **more,
        },
    )
