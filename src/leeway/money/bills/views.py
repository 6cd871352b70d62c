"""Pages of bills: what finance has to look at, what one person pays, each bill, and what is agreed about it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from leeway.access.access import SignedIn
from leeway.access.roles import Capability
from leeway.access.searches import keeps_words_out_of_addresses, looked_for
from leeway.acting import act
from leeway.care.letters.blocks import Letter
from leeway.care.letters.showing import letter_as_pdf, letter_page
from leeway.care.people.models import Case
from leeway.care.people.queries import about, get_case
from leeway.law.numbers import decimal_pounds, pounds
from leeway.money.bills import actions, queries
from leeway.money.bills.content import bill_letter, statement_letter
from leeway.money.bills.forms import (
    CapacityForm,
    DecideForm,
    DisputeForm,
    EarlyEndForm,
    FindForm,
    LateForm,
    OutcomeForm,
    PlanEndForm,
    PlanForm,
    ReviewForm,
    SettleForm,
    SpaceForm,
    TakeOverForm,
    ToForm,
    TreatmentForm,
    UndoForm,
    no_more_than,
)
from leeway.money.bills.kinds import Asked, BecauseOf, Every, MoneyFrom, SettlementKind, SpaceKind
from leeway.money.bills.models import Settlement
from leeway.money.bills.payers import payers_of, representatives_of
from leeway.money.bills.standing import due_bills, overdue, owed_by, spare_pence_per_week
from leeway.writing import write_rows

ROWS_A_PAGE = 50


@keeps_words_out_of_addresses
@require_GET
def home(request: SignedIn):
    """What there is to look at, and the latest bills."""
    today = timezone.localdate()
    text = request.GET.get("page", "1")
    number = max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1
    find = FindForm(looked_for(request))
    words = find.cleaned_data["words"] if find.is_valid() else ""
    rows, count = queries.latest(seen_by=request.user, words=words, first=(number - 1) * ROWS_A_PAGE, rows=ROWS_A_PAGE)
    context = {
        "work": queries.work(seen_by=request.user, on=today),
        "rows": rows,
        "paid": queries.paid_before_they_went(rows, today),
        "count": count,
        "page": Paginator(range(count), ROWS_A_PAGE).get_page(number),
        "find": find,
        "words": words,
        "not_billed_pence": queries.not_billed_pence(today),
        "may_write": request.user.can(Capability.CONFIRM_RECEIPTS),
    }
    return render(request, "bills/home.jinja", context)


@require_GET
def ageing(request: SignedIn):
    """How old what people and the NHS owe is."""
    found = queries.ageing(seen_by=request.user, on=timezone.localdate())
    context = {"found": found, "bands": queries.BAND_NAMES, "shown": found.rows[:100], "today": timezone.localdate()}
    return render(request, "bills/ageing.jinja", context)


@require_GET
def ageing_csv(request: SignedIn) -> HttpResponse:
    """The same as a file for a spreadsheet: a row for each case and payer."""
    today = timezone.localdate()
    found = queries.ageing(seen_by=request.user, on=today)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="ageing-{today}.csv"'
    header = ("Owed by", "Case", "Person", *queries.BAND_NAMES, "In all")
    rows = [
        (payer, str(case.pk), str(case.person), *map(decimal_pounds, pence), decimal_pounds(sum(pence)))
        for payer, case, pence in found.rows
    ]
    write_rows(answer, header, rows)
    return answer


@require_http_methods(["GET", "POST"])
def take_over(request: SignedIn):
    """Take over what people owed before, from a file."""
    form = TakeOverForm(request.POST or None, request.FILES or None)
    if done := act(form, lambda **by_on: actions.take_over(**form.cleaned_data, **by_on), request):
        pence = sum(each.amount_pence for each in done.result)
        count = len(done.result)
        messages.success(request, f"{pounds(pence)} is taken over, of {count:,} row{'' if count == 1 else 's'}.")
        return redirect("bills:home")
    return render(request, "bills/take_over.jinja", {"form": form})


@require_safe
def account(request: SignedIn, case_id: UUID):
    """What one person pays: to pay, paid, the plan, each bill."""
    found = queries.account(case_id, seen_by=request.user, on=timezone.localdate())
    context = about(found.case, seen_by=request.user) | {
        "account": found,
        "payer": payers_of([found.case], found.on).get(found.case.pk),
        "may_write": request.user.can(Capability.CONFIRM_RECEIPTS),
    }
    return render(request, "bills/account.jinja", context)


@require_safe
def bill(request: SignedIn, case_id: UUID, number: int) -> HttpResponse:
    """One bill as a page."""
    letter = bill_letter(queries.get_bill(case_id, number, seen_by=request.user), settings.COUNCIL_NAME)
    return letter_page(request, letter, pdf=reverse("bills:bill_pdf", args=[case_id, number]), **_back(case_id))


@require_safe
def bill_pdf(request: SignedIn, case_id: UUID, number: int) -> HttpResponse:
    """The same bill as a PDF."""
    letter = bill_letter(queries.get_bill(case_id, number, seen_by=request.user), settings.COUNCIL_NAME)
    return letter_as_pdf(request, letter, **_back(case_id))


@require_safe
def statement(request: SignedIn, case_id: UUID) -> HttpResponse:
    """Every movement of what somebody owes, as a page."""
    pdf = reverse("bills:statement_pdf", args=[case_id])
    return letter_page(request, _statement(request, case_id), pdf=pdf, **_back(case_id))


@require_safe
def statement_pdf(request: SignedIn, case_id: UUID) -> HttpResponse:
    """The same statement as a PDF."""
    return letter_as_pdf(request, _statement(request, case_id), **_back(case_id))


def _statement(request: SignedIn, case_id: UUID) -> Letter:
    today = timezone.localdate()
    case = get_case(case_id, seen_by=request.user, page="Statement of what is paid")
    owed = owed_by([case.pk], today).get(case.pk, 0)
    late = sum(overdue(due_bills(today, [case.pk]), today).values())
    return statement_letter(case, queries.movements(case, today), owed, late, today, settings.COUNCIL_NAME)


def _back(case_id: UUID) -> dict[str, str]:
    return {"back": reverse("bills:account", args=[case_id]), "back_text": "What is paid"}


@require_http_methods(["GET", "POST"])
def late(request: SignedIn, case_id: UUID, number: int):
    """Why a bill is late, with the plan that is offered: then it is sent with our apology."""
    found = queries.get_bill(case_id, number, seen_by=request.user)
    form = LateForm(request.POST or None)

    def explain_and_send(**by_on):
        asked = form.cleaned_data | {"every": Every(form.cleaned_data["every"])}
        actions.explain_lateness(bill=found, **asked, **by_on)
        return actions.send_bill(bill=found, **by_on)

    if act(form, explain_and_send, request):
        messages.success(request, f"Bill {number} is sent, with why it is late and our apology.")
        return redirect("bills:account", case_id)
    return _ask(request, found.case, form, "Send a late bill", "Send it with our apology", bill=found)


@require_http_methods(["GET", "POST"])
def send(request: SignedIn, case_id: UUID, number: int):
    """Send a bill of somebody who has died to whoever settles what they left."""
    found = queries.get_bill(case_id, number, seen_by=request.user)
    people = representatives_of(found.case, timezone.localdate())
    form = ToForm(request.POST or None, representatives=people)
    if act(form, lambda **by_on: actions.send_bill(bill=found, to=form.cleaned_data["to"], **by_on), request):
        messages.success(request, f"Bill {number} is sent.")
        return redirect("bills:account", case_id)
    return _ask(request, found.case, form, "Send a bill after a death", "Send it", bill=found, people=people)


@require_http_methods(["GET", "POST"])
def dispute(request: SignedIn, case_id: UUID):
    """Say that a bill looks wrong: the person, or whoever helps them, or staff who heard it from them."""
    return _pause(request, case_id, BecauseOf.DISPUTE, DisputeForm, "A bill looks wrong", "Ask us to look at it")


@require_http_methods(["GET", "POST"])
def capacity(request: SignedIn, case_id: UUID):
    """Say that somebody may not be able to manage their money: nothing is sent until it is known who does."""
    title = "May they not be able to manage their money?"
    return _pause(request, case_id, BecauseOf.CAPACITY, CapacityForm, title, "Stop bills until it is known")


def _pause(request: SignedIn, case_id: UUID, why: BecauseOf, kind: type[forms.Form], title: str, button: str):
    case = get_case(case_id, seen_by=request.user, page="What is paid")
    form = kind(request.POST or None)
    if act(form, lambda **by_on: actions.pause(case=case, because_of=why, **form.cleaned_data, **by_on), request):
        messages.success(request, "It is noted. Nobody is reminded until there is an answer.")
        return redirect("bills:account", case_id)
    return _ask(request, case, form, title, button, why=why)


@require_http_methods(["GET", "POST"])
def go_on(request: SignedIn, case_id: UUID, pause_id: UUID):
    """Answer a dispute, or say who manages the money."""
    case = get_case(case_id, seen_by=request.user, page="What is paid")
    found = get_object_or_404(case.pauses, pk=pause_id)
    title = "Answer a disputed bill" if found.because_of == BecauseOf.DISPUTE else "Say who manages the money"
    form = OutcomeForm(request.POST or None)
    if act(form, lambda **by_on: actions.go_on(pause=found, **form.cleaned_data, **by_on), request):
        messages.success(request, "It is answered. Bills and reminders go on from here.")
        return redirect("bills:account", case_id)
    return _ask(request, case, form, title, "Save the answer", pause=found)


@require_http_methods(["GET", "POST"])
def start_space(request: SignedIn, case_id: UUID):
    """Record a breathing space."""
    case = get_case(case_id, seen_by=request.user, page="What is paid")
    form = SpaceForm(request.POST or None)

    def start(**by_on):
        asked = form.cleaned_data | {"kind": SpaceKind(form.cleaned_data["kind"])}
        return actions.start_breathing_space(case=case, **asked, **by_on)

    if act(form, start, request):
        messages.success(request, "The breathing space is recorded. Nothing about what is owed is sent while it lasts.")
        return redirect("bills:account", case_id)
    return _ask(request, case, form, "Record a breathing space", "Record it")


#: What can be recorded of a breathing space: its form, the action, the heading and the button.
SPACES: dict[str, tuple[type[forms.Form], Callable[..., Any], str, str]] = {
    "review": (ReviewForm, actions.record_midway_review, "The midway review", "Record the review"),
    "treatment": (TreatmentForm, actions.end_treatment, "The treatment has ended", "Record the end of treatment"),
    "end": (EarlyEndForm, actions.end_breathing_space, "The breathing space ends early", "Record its end"),
}


@require_http_methods(["GET", "POST"])
def space(request: SignedIn, case_id: UUID, space_id: UUID, what: str):
    """The midway review of a breathing space, the end of the treatment, or an earlier end."""
    if what not in SPACES:
        raise Http404("There is no such page.")
    kind, action, title, button = SPACES[what]
    case = get_case(case_id, seen_by=request.user, page="What is paid")
    found = get_object_or_404(case.breathing_spaces, pk=space_id)
    form = kind(request.POST or None)
    if act(form, lambda **by_on: action(space=found, **form.cleaned_data, **by_on), request):
        messages.success(request, "It is recorded.")
        return redirect("bills:account", case_id)
    return _ask(request, case, form, title, button, space=found)


@require_http_methods(["GET", "POST"])
def agree(request: SignedIn, case_id: UUID):
    """Agree a payment plan."""
    case = get_case(case_id, seen_by=request.user, page="What is paid")
    today = timezone.localdate()
    form = PlanForm(request.POST or None)

    def make(**by_on):
        asked = form.cleaned_data
        kinds = {"every": Every(asked["every"]), "money_from": MoneyFrom(asked["money_from"])}
        return actions.agree_plan(case=case, **asked | kinds, **by_on)

    if act(form, make, request):
        messages.success(request, "The payment plan is agreed, and the person is told.")
        return redirect("bills:account", case_id)
    owed, spare = owed_by([case.pk], today).get(case.pk, 0), spare_pence_per_week(case, today)
    return _ask(request, case, form, "Agree a payment plan", "Agree the plan", owed=owed, spare=spare, plan=True)


@require_http_methods(["GET", "POST"])
def end_plan(request: SignedIn, case_id: UUID, payment_plan_id: UUID):
    """Say that a payment plan could not be kept."""
    case = get_case(case_id, seen_by=request.user, page="What is paid")
    found = get_object_or_404(case.payment_plans, pk=payment_plan_id)
    form = PlanEndForm(request.POST or None)
    if act(form, lambda **by_on: actions.end_plan(plan=found, **form.cleaned_data, **by_on), request):
        messages.success(request, "The plan is ended.")
        return redirect("bills:account", case_id)
    return _ask(request, case, form, "End a payment plan", "End the plan")


@require_http_methods(["GET", "POST"])
def settle(request: SignedIn, case_id: UUID):
    """Ask that something is written off, or recorded as paid back."""
    case = get_case(case_id, seen_by=request.user, page="What is paid")
    form = SettleForm(request.POST or None)

    def ask(**by_on):
        asked = form.cleaned_data
        kinds = {"kind": SettlementKind(asked["kind"]), "because_of": Asked(asked["because_of"])}
        return actions.ask_settlement(case=case, **asked | kinds, **by_on)

    if act(form, ask, request):
        messages.success(request, "It is asked. A colleague decides.")
        return redirect("bills:account", case_id)
    owed = owed_by([case.pk], timezone.localdate()).get(case.pk, 0)
    hint = no_more_than(owed) if owed >= 0 else f"{pounds(-owed)} is owed back to them."
    return _ask(request, case, form, "Write off or pay back", "Ask a colleague to decide", hint=hint)


@require_http_methods(["GET", "POST"])
def decide(request: SignedIn, settlement_id: UUID):
    """Decide what a colleague asked for."""
    found, case = _settlement(request, settlement_id)
    form = DecideForm(request.POST or None)
    if act(form, lambda **by_on: actions.decide_settlement(settlement=found, **form.cleaned_data, **by_on), request):
        messages.success(request, "It is decided.")
        return redirect("bills:home")
    context = {"settlement": found, "back": reverse("bills:home")}
    return _ask(request, case, form, found.get_kind_display(), "Save the decision", **context)


@require_http_methods(["GET", "POST"])
def undo(request: SignedIn, settlement_id: UUID):
    """Take back a write-off or a refund that was a mistake."""
    found, case = _settlement(request, settlement_id)
    form = UndoForm(request.POST or None)
    if act(form, lambda **by_on: actions.undo_settlement(settlement=found, **form.cleaned_data, **by_on), request):
        messages.success(request, f"It is taken back: {pounds(found.amount_pence)} is owed as before.")
        return redirect("bills:account", case.pk)
    return _ask(request, case, form, "Take this back", "Take it back", settlement=found)


def _settlement(request: SignedIn, settlement_id: UUID) -> tuple[Settlement, Case]:
    found = get_object_or_404(Settlement.objects.select_related("asked_by", "answer"), pk=settlement_id)
    return found, get_case(found.case_id, seen_by=request.user, page="What is paid")


def _ask(request: SignedIn, case, form: forms.Form, title: str, button: str, **more) -> HttpResponse:
    """One page for each thing that is asked: what it is about, the form, one button."""
    context = about(case, seen_by=request.user) | {"form": form, "title": title, "button": button}
    return render(request, "bills/ask.jinja", {"back": reverse("bills:account", args=[case.pk])} | context | more)
