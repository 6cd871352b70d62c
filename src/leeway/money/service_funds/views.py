"""Pages of individual service funds: what was stated, spent and left, for the person and for finance."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from leeway.access.access import SignedIn
from leeway.access.roles import Capability
from leeway.acting import act, attempt
from leeway.care.people.access import is_the_person
from leeway.files.uploads import NEVER_ON_DISK
from leeway.law.numbers import pounds
from leeway.money.service_funds import actions, forms, queries
from leeway.money.service_funds.tables import ReadSpent, read_spent
from leeway.refusal import Refusal
from leeway.split_bar import AMBER, INK, OTHERS, PALE, Share, split_bar

STATEMENTS_SHOWN = 12


@require_GET
def home(request: SignedIn):
    """Every fund: whose, what is left, which statement is due, and what is to be asked back."""
    found = queries.funds(seen_by=request.user, on=timezone.localdate())
    context = {"funds": found, "may_write": request.user.can(Capability.SETTLE_INVOICES)}
    return render(request, "service_funds/home.jinja", context)


@require_GET
def show(request: SignedIn, case_id):
    """One fund: what is left of it, and what was spent on what, statement by statement."""
    fund = queries.get_fund(case_id, seen_by=request.user, on=timezone.localdate())
    shares = [Share("Spent", sum(each.spent_pence for each in fund.statements), INK)]
    shares += [Share("Given back", sum(each.given_back_pence for each in fund.statements), PALE)]
    shares += [Share("Left", min(fund.told_pence, fund.left_pence), AMBER)]
    shares += [Share("Came since and not told yet", max(fund.not_told_pence, 0), OTHERS[0])]
    context = {
        "bar": split_bar(shares, title="What became of the money", each=""),
        "shares": [each for each in shares if each.pence],
        "fund": fund,
        "case": fund.case,
        "you": is_the_person(request.user, fund.case),
        "name": fund.case.person.called,
        "shown": fund.statements[:STATEMENTS_SHOWN],
        "agreed_pence": queries.agreed_pence,
        "taken": queries.taken_back(fund.case),
        "asked": queries.all_asked(fund.case),
        "may_ask_back": queries.may_ask_back(fund),
        "may_write": request.user.can(Capability.SETTLE_INVOICES),
    }
    return render(request, "service_funds/show.jinja", context)


@never_cache
@require_http_methods(["GET", "POST"])
def enter(request: SignedIn, case_id):
    """Enter a provider's statement: by hand, or with what was spent from a table."""
    today = timezone.localdate()
    fund = queries.get_fund(case_id, seen_by=request.user, on=today)
    wanted = queries.to_state(fund.case, today, today)
    begins: dict[str, Any] = {"opening_pence": wanted.opening_pence, "given_back_pence": wanted.given_back_pence}
    reads = "read" in request.POST
    table = forms.TableForm(request.POST if reads else None, request.FILES if reads else None)
    read = attempt(table, lambda: _read(table, wanted)) if reads else None
    if read:
        begins |= forms.filled_in(read.result, wanted.lines)
    form = forms.StatementForm(None if reads else request.POST or None, lines=wanted.lines, initial=begins)
    if not reads and act(
        form, lambda **by_on: actions.enter_statement(case=fund.case, **form.cleaned_data, **by_on), request
    ):
        messages.success(request, f"The statement of {fund.holder} is here, and fits.")
        return redirect("service_funds:show", case_id)
    context = {"fund": fund, "case": fund.case, "wanted": wanted, "form": form, "table": table}
    return render(request, "service_funds/enter.jinja", context | {"read": read.result if read else None})


def _read(table: forms.TableForm, wanted: queries.ToState) -> ReadSpent:
    upload = table.cleaned_data[NEVER_ON_DISK]
    upload.seek(0)
    try:
        found = read_spent(upload.read(), wanted.lines)
        forms.filled_in(found, wanted.lines)
    except Refusal as refusal:
        raise Refusal(str(refusal), field=NEVER_ON_DISK) from refusal
    return found


@require_http_methods(["GET", "POST"])
def take_back(request: SignedIn, case_id, statement_id):
    """Say that the latest statement was mistaken."""
    fund = queries.get_fund(case_id, seen_by=request.user, on=timezone.localdate())
    statement = queries.get_statement(statement_id, case=fund.case)
    form = forms.TakeBackForm(request.POST or None)
    if act(
        form, lambda **by_on: actions.take_back_statement(statement=statement, **form.cleaned_data, **by_on), request
    ):
        messages.success(request, "The statement does not count any more. Enter it as it is right.")
        return redirect("service_funds:show", case_id)
    asks = f"Take back the statement to {statement.ends_on:%-d %B %Y}"
    says = "What it says was spent is in the fund again until a statement says it anew. It stays to be read."
    return _ask(request, fund, form, asks, says, "Take it back")


@require_http_methods(["GET", "POST"])
def ask_back(request: SignedIn, case_id):
    """Ask the provider to give back what is left, or what is above what may stay."""
    fund = queries.get_fund(case_id, seen_by=request.user, on=timezone.localdate())
    allowed = queries.may_ask_back(fund)
    form = forms.AskBackForm(request.POST or None, initial={"pence": max(allowed.values(), default=0)})
    if act(form, lambda **by_on: actions.ask_back(case=fund.case, **form.cleaned_data, **by_on), request):
        messages.success(request, f"It is recorded. Now write to {fund.holder}: Leeway does not.")
        return redirect("service_funds:show", case_id)
    if not allowed and request.method == "GET":
        messages.error(request, "Nothing of this fund can be asked back now.")
        return redirect("service_funds:show", case_id)
    says = " ".join(f"{each.label}: {pounds(pence)} at most." for each, pence in allowed.items())
    return _ask(request, fund, form, "Ask for money of the fund back", says, "Ask for it back")


@require_http_methods(["GET", "POST"])
def received(request: SignedIn, case_id, asked_id):
    """Confirm that what was asked back reached the council's account."""
    fund = queries.get_fund(case_id, seen_by=request.user, on=timezone.localdate())
    asked, form = queries.get_asked(asked_id, case=fund.case), forms.ReceivedForm(request.POST or None)
    if act(form, lambda **by_on: actions.confirm_back(asked=asked, **form.cleaned_data, **by_on), request):
        messages.success(request, f"{pounds(asked.pence)} came back.")
        return redirect("service_funds:show", case_id)
    says = f"{pounds(asked.pence)}, asked for on {asked.asked_on:%-d %B %Y}."
    return _ask(request, fund, form, "Confirm what came back", says, "Confirm it")


@require_http_methods(["GET", "POST"])
def let_go(request: SignedIn, case_id, asked_id):
    """Say that money is no longer asked for."""
    fund = queries.get_fund(case_id, seen_by=request.user, on=timezone.localdate())
    asked, form = queries.get_asked(asked_id, case=fund.case), forms.LetGoForm(request.POST or None)
    if act(form, lambda **by_on: actions.let_go(asked=asked, **form.cleaned_data, **by_on), request):
        messages.success(request, f"{pounds(asked.pence)} is no longer asked for.")
        return redirect("service_funds:show", case_id)
    says = f"{pounds(asked.pence)}, asked for on {asked.asked_on:%-d %B %Y}. It stays in the fund."
    return _ask(request, fund, form, "Ask for it no longer", says, "Let it go")


def _ask(request: SignedIn, fund: queries.Fund, form: django_forms.Form, asks: str, says: str, button: str):
    context = {"fund": fund, "case": fund.case, "form": form, "asks": asks, "says": says, "button": button}
    return render(request, "service_funds/ask.jinja", context)
