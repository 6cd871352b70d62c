"""Pages of a person's account: what came in and went out, what for, what is set aside, and what is left."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from leeway.access.access import SignedIn
from leeway.access.roles import Capability
from leeway.acting import act, press
from leeway.care.letters.blocks import Letter
from leeway.care.letters.showing import letter_as_pdf, letter_page
from leeway.care.people.access import can_work_on
from leeway.care.people.models import Case
from leeway.care.people.queries import about
from leeway.forms import carry_version
from leeway.jobs.models import Job
from leeway.jobs.pressing import require_free
from leeway.law import law_on
from leeway.money.payments.money_now import money_now
from leeway.money.spending import actions, forms, presenters, queries
from leeway.money.spending.access import keeps_for_them, sees_only_account
from leeway.money.spending.beside import beside
from leeway.money.spending.content import month_letter
from leeway.money.spending.kinds import Kept, Running
from leeway.money.statements.forms import MonthForm
from leeway.money.statements.kinds import Whose
from leeway.money.statements.queries import jobs_of


@require_GET
def show(request: SignedIn, case_id: UUID):
    """What is in the account, the month's payments, and the plan beside them."""
    case = queries.get_account(case_id, seen_by=request.user)
    today = timezone.localdate()
    accounts = queries.accounts_of(case)
    kept = queries.days_kept(accounts)
    month = presenters.month_of(_day_asked(request, today) or (kept[1] if kept else today), kept=kept, today=today)
    plan = queries.plan_now(case)
    found = queries.with_proposals(queries.entries(case, month.first, month.last), case, plan)
    left = queries.left_on(case, today)
    shares = presenters.shares_of(left)
    planned = beside(plan, found, month.first, month.last)
    money = money_now(case, today) if case.person.date_of_death is None else None
    context = _about(request, case) | {
        "kept": kept,
        "month": month,
        "entries": found,
        "moved": queries.moved(found),
        "everyday_alone": bool(kept) and all(each.whose == Whose.ORDINARY for each in accounts),
        "unsaid": [each for each in found if each.is_out and each.purpose is None],
        "left": left,
        "shares": shares,
        "bar": presenters.bar_of(shares),
        "aside_words": presenters.set_aside_in_words(left),
        "planned": planned,
        "bars": presenters.two_bars(planned.rows),
        "next": money.next if money else None,
        "from_pence": law_on(today, settings.COUNCIL_POLICY)["spending.receipts_from"],
        "running": queries.who_does_what(case),
        "questions": queries.open_questions(case) if can_work_on(request.user, case) else (),
        "today": today,
    }
    return render(request, "spending/show.jinja", context)


@require_safe
def statement(request: SignedIn, case_id: UUID, month: str) -> HttpResponse:
    """The statement of a month, as a page."""
    case, letter = _statement(request, case_id, month)
    pdf = reverse("spending:statement_pdf", args=[case.pk, month])
    return letter_page(request, letter, pdf=pdf, **_back_to(case, month))


@require_safe
def statement_pdf(request: SignedIn, case_id: UUID, month: str) -> HttpResponse:
    """The same statement as a PDF."""
    case, letter = _statement(request, case_id, month)
    return letter_as_pdf(request, letter, **_back_to(case, month))


def _statement(request: SignedIn, case_id: UUID, month: str) -> tuple[Case, Letter]:
    case = queries.get_account(case_id, seen_by=request.user)
    today = timezone.localdate()
    form = MonthForm({"month": month}, today=today)
    if not form.is_valid() or form.cleaned_data["month"] > today:
        raise Http404("There is no statement of that month.")
    accounts = queries.accounts_of(case)
    shown = presenters.month_of(form.cleaned_data["month"], kept=queries.days_kept(accounts), today=today)
    found = queries.entries(case, shown.first, shown.last)
    before = queries.balance_on(case, shown.first - timedelta(days=1))
    return case, month_letter(case, shown, found, before, queries.left_on(case, shown.last), settings.COUNCIL_NAME)


def _back_to(case: Case, month: str) -> dict[str, str]:
    back = f"{reverse('spending:show', args=[case.pk])}?month={month}"
    return {"back": back, "back_text": "What the direct payment was spent on"}


@require_http_methods(["GET", "POST"])
def line(request: SignedIn, case_id: UUID, bank_line_id: UUID):
    """One payment: what it was for, its receipts, and what was asked about it."""
    case = queries.get_account(case_id, seen_by=request.user)
    plan = queries.plan_now(case)
    entry = queries.get_entry(case, bank_line_id, plan)
    purpose = entry.purpose
    version = queries.version_said(purpose)
    said = {"what": forms.chosen(purpose.kind, purpose.plan_line_id), "words": purpose.words} if purpose else {}
    form = forms.SayForm(request.POST or None, lines=plan.lines, initial=said | {"version": version})
    if done := act(form, lambda **by_on: actions.say(line=entry.line, **form.said, **by_on), request):
        messages.success(request, f"Noted: {done.result.in_words}.")
        return redirect(_month_of(case, entry))
    carry_version(form, version)
    proposal = entry.proposal
    context = _about(request, case) | {
        "entry": entry,
        "form": form,
        "proposed": forms.as_chosen(proposal) if proposal else None,
        "back": _month_of(case, entry),
    }
    return render(request, "spending/line.jinja", context)


@require_POST
def take_back(request: SignedIn, case_id: UUID, bank_line_id: UUID):
    """Take back what was said of a payment."""
    case = queries.get_account(case_id, seen_by=request.user)
    purpose = queries.get_entry(case, bank_line_id).purpose
    if purpose is None:
        messages.error(request, "This was taken back already.")
    elif press(lambda **by_on: actions.take_back(purpose=purpose, **by_on), request):
        messages.success(request, "Taken back: what it was for is not said yet.")
    return redirect("spending:line", case.pk, bank_line_id)


@require_http_methods(["GET", "POST"])
def receipt(request: SignedIn, case_id: UUID, bank_line_id: UUID):
    """Add a photograph of a receipt to a payment."""
    case = queries.get_account(case_id, seen_by=request.user)
    entry = queries.get_entry(case, bank_line_id)
    form = forms.ReceiptForm(request.POST or None, request.FILES or None)
    if act(form, lambda **by_on: actions.attach_receipt(line=entry.line, upload=form.given, **by_on), request):
        messages.success(request, "The receipt is kept with the payment.")
        return redirect("spending:line", case.pk, bank_line_id)
    context = _about(request, case) | {"entry": entry, "form": form, "back": _page_of(case, bank_line_id)}
    return render(request, "spending/receipt.jinja", context)


@require_POST
def take_off(request: SignedIn, case_id: UUID, bank_line_id: UUID, attached_id: UUID):
    """Take a receipt off a payment to which it does not belong."""
    case = queries.get_account(case_id, seen_by=request.user)
    entry = queries.get_entry(case, bank_line_id)
    attached = next((each for each in entry.receipts if each.pk == attached_id), None)
    if attached is None:
        messages.error(request, "This receipt was taken off already.")
    elif press(lambda **by_on: actions.take_off_receipt(attached=attached, **by_on), request):
        messages.success(request, "The receipt is taken off this payment.")
    return redirect("spending:line", case.pk, bank_line_id)


@require_http_methods(["GET", "POST"])
def ask(request: SignedIn, case_id: UUID, bank_line_id: UUID):
    """Ask the worker about a payment."""
    case = queries.get_account(case_id, seen_by=request.user)
    entry = queries.get_entry(case, bank_line_id)
    form = forms.AskForm(request.POST or None)
    if act(form, lambda **by_on: actions.ask(line=entry.line, **form.cleaned_data, **by_on), request):
        who = case.worker.name if case.worker else f"the {case.team}"
        messages.success(request, f"Your question is with {who}. The answer comes to this page.")
        return redirect("spending:line", case.pk, bank_line_id)
    context = _about(request, case) | {"entry": entry, "form": form, "back": _page_of(case, bank_line_id)}
    return render(request, "spending/ask.jinja", context)


@require_http_methods(["GET", "POST"])
def answer(request: SignedIn, case_id: UUID, question_id: UUID):
    """Answer what was asked about a payment."""
    case = queries.get_account(case_id, seen_by=request.user)
    if not can_work_on(request.user, case):
        raise Http404("Whoever works on the case answers.")
    question = queries.get_question(case, question_id)
    form = forms.AnswerForm(request.POST or None)
    if act(form, lambda **by_on: actions.answer(question=question, **form.cleaned_data, **by_on), request):
        messages.success(request, "Your answer is with the payment, and they are told that it is there.")
        return redirect("spending:line", case.pk, question.line_id)
    context = _about(request, case) | {
        "question": question,
        "entry": queries.get_entry(case, question.line_id),
        "form": form,
        "back": _page_of(case, question.line_id),
    }
    return render(request, "spending/answer.jinja", context)


@require_http_methods(["GET", "POST"])
def send(request: SignedIn, case_id: UUID):
    """Send a statement of the account for the direct payment."""
    case = queries.get_account(case_id, seen_by=request.user)
    accounts = [each for each in queries.accounts_of(case) if each.whose == Whose.DEDICATED]
    form = forms.SendForm(request.POST or None, request.FILES or None, accounts=accounts)

    def send_it(**by_on: Any):
        account = form.account_chosen
        given = {name: form.cleaned_data[name] for name in ("identifier", "upload", "mapping")}
        require_free(jobs_of(account) if account else Job.objects.none())
        return actions.send_statement(case=case, account=account, **given, **by_on)

    if done := act(form, send_it, request):
        messages.success(request, presenters.what_was_sent(done.result))
        return redirect("spending:show", case.pk)
    return render(request, "spending/send.jinja", _about(request, case) | {"form": form})


@require_http_methods(["GET", "POST"])
def set_aside(request: SignedIn, case_id: UUID):
    """Set money aside."""
    case = queries.get_account(case_id, seen_by=request.user)
    form = forms.SetAsideForm(request.POST or None)

    def set_it_aside(**by_on: Any):
        return actions.set_aside(case=case, **form.cleaned_data | {"kind": Kept(form.cleaned_data["kind"])}, **by_on)

    if act(form, set_it_aside, request):
        messages.success(request, "It is set aside. It stays in the account, and counts as kept.")
        return redirect("spending:show", case.pk)
    return render(request, "spending/set_aside.jinja", _about(request, case) | {"form": form})


@require_http_methods(["GET", "POST"])
def running(request: SignedIn, case_id: UUID):
    """Who does which part of running the direct payment, and how that came about."""
    case = queries.get_account(case_id, seen_by=request.user)
    before = queries.who_does_what(case)
    version = queries.version_of_doing(before)
    form = forms.RunningForm(request.POST or None, before=before, initial={"version": version})

    def say(**by_on: Any):
        return actions.say_who_does(case=case, told=form.told, version=form.cleaned_data["version"], **by_on)

    if act(form, say, request):
        messages.success(request, "Noted. It can be said anew whenever it changes.")
        return redirect("spending:show", case.pk)
    carry_version(form, version)
    context = _about(request, case) | {"form": form, "parts": Running, "earlier": queries.taken_over(case)}
    return render(request, "spending/running.jinja", context)


@require_http_methods(["GET", "POST"])
def no_longer(request: SignedIn, case_id: UUID, set_aside_id: UUID):
    """Set money aside no longer."""
    case = queries.get_account(case_id, seen_by=request.user)
    aside = queries.get_set_aside(case, set_aside_id)
    form = forms.NoLongerForm(request.POST or None)
    if act(form, lambda **by_on: actions.no_longer_aside(aside=aside, **form.cleaned_data, **by_on), request):
        messages.success(request, "It is set aside no longer, and is yours to spend.")
        return redirect("spending:show", case.pk)
    return render(request, "spending/no_longer.jinja", _about(request, case) | {"form": form, "aside": aside})


def _about(request: SignedIn, case: Case) -> dict[str, Any]:
    today = timezone.localdate()
    theirs = not request.user.is_staff_member  # who is none of the council's opens nobody's account but theirs
    return about(case, seen_by=request.user) | {
        "may_keep": theirs or keeps_for_them(request.user, case),
        "may_ask": theirs,
        "asks_back": request.user.can(Capability.KEEP_RECOVERIES),
        "only_account": sees_only_account(request.user, case, today),
        "back": reverse("spending:show", args=[case.pk]),
    }


def _day_asked(request: SignedIn, today: date) -> date | None:
    """The first day of the month that an address names, if it names one that can be meant."""
    form = MonthForm(request.GET if "month" in request.GET else None, today=today)
    return form.cleaned_data["month"] if form.is_valid() else None


def _page_of(case: Case, line_id: UUID) -> str:
    return reverse("spending:line", args=[case.pk, line_id])


def _month_of(case: Case, entry: queries.Entry) -> str:
    """The page of the account, at the month of a payment."""
    return f"{reverse('spending:show', args=[case.pk])}?month={entry.line.booked_on:%Y-%m}"
