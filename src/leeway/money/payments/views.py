"""Pages of payment runs."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from leeway.access.access import SignedIn
from leeway.access.alike import flags
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.acting import act, attempt, is_barred, why_not
from leeway.law.numbers import pounds
from leeway.money.budgets.forms import HoldForm
from leeway.money.budgets.models import HoldKind
from leeway.money.budgets.queries import holds_to_look_at
from leeway.money.payees.queries import waiting
from leeway.money.payments import actions, answers, comparing, forms, leaving_out, presenters, queries, together
from leeway.money.payments.models import PaymentRun, Rail
from leeway.money.payments.settling import not_settled_because, settled
from leeway.money.payments.states import NOT_SENT, State

ROWS_A_PAGE = 100
RUNS_SHOWN = 20
HOLDS_AHEAD_DAYS, LATE_SHOWN = 7, 10
APPROVED_WORDS = {
    State.CHECKED: "You checked the run. It is above the council’s limit, so a finance manager must approve it.",
    State.APPROVED: "The run is approved. Give one of its files to the bank, then say here that you did.",
}
WAITS = "The payment came back. Its budget waits until the hold is lifted."
ON_ACCOUNT_BACK = (
    "The payment came back. It was money on account, which waits for nothing: the next run pays it again, so see first "
    "that the bank details are right, or say that it will not be paid."
)


@require_GET
def home(request: SignedIn):
    """What is due, what waits for a second officer, and the runs so far."""
    today = timezone.localdate()
    first, pay_on = queries.first_pay_day(today), queries.pay_day_to_suggest(today)
    due = queries.what_is_due(pay_on, seen_by=request.user)
    keeps_details = request.user.can(Capability.KEEP_BANK_DETAILS)
    runs = comparing.beside_each_other(queries.runs(seen_by=request.user)[: RUNS_SHOWN + 1])[:RUNS_SHOWN]
    return render(
        request,
        "payments/home.jinja",
        {
            "first": first,
            "pay_on": pay_on,
            "due": due.free,
            "stopped": due.held,
            "held": due.waiting,
            "on_account": queries.on_account_waiting(pay_on, seen_by=request.user),
            "runs": runs,
            "settled": settled(run for run, _ in runs),
            "details_waiting": waiting(seen_by=request.user, rows=ROWS_A_PAGE) if keeps_details else None,
            "work": todays_work(request.user, today),
            "may_put_together": together.runs_to_choose(seen_by=request.user).count() >= together.FEWEST,
            "today": today,
        },
    )


def todays_work(user: User, today: date) -> list[presenters.ToDo]:
    """What finance does today about runs: what is late, came back, waits for a word, and holds to look at."""
    holds = holds_to_look_at(today + timedelta(days=HOLDS_AHEAD_DAYS), seen_by=user, rows=ROWS_A_PAGE)
    return [
        *presenters.late_in_words(queries.late(today, seen_by=user, rows=LATE_SHOWN)),
        *map(presenters.came_back_in_words, queries.came_back(seen_by=user)),
        *(presenters.hold_in_words(hold, today) for hold in holds),
        *presenters.runs_in_words(queries.runs_on_their_way(seen_by=user), today, reader=user),
    ]


@require_http_methods(["GET", "POST"])
def faster(request: SignedIn):
    """Pay a few people the same day, by Faster Payments."""
    today = timezone.localdate()
    found = queries.urgent(today, seen_by=request.user)
    choices = [(str(one.id), f"{one.case.person}: {pounds(one.amount_pence)}. {one.what}") for one in found]
    first = queries.first_faster_day(today)
    form = forms.FasterForm(request.POST or None, candidates=choices, initial={"pay_on": first})
    if done := act(form, lambda **by_on: actions.make_faster_run(**form.cleaned_data, **by_on), request):
        messages.success(request, f"The run is made. {_who_is_next(done.result)}")
        return redirect("payments:show", done.result.pk)
    waits = queries.on_account_waiting(first, seen_by=request.user)
    return render(request, "payments/faster.jinja", {"form": form, "found": found, "on_account": waits})


@require_http_methods(["GET", "POST"])
def sample(request: SignedIn, run_id):
    """Draw a sample of a run's payments, and see what was found."""
    run = queries.get_run(run_id, seen_by=request.user)
    form = forms.SampleForm(request.POST or None)
    if act(form, lambda **by_on: actions.draw_sample(run=run, **form.cleaned_data, **by_on), request):
        messages.success(request, "The sample is drawn. Look at each of its payments.")
        return redirect("payments:sample", run_id)
    drawn = queries.sample_of(run, seen_by=request.user)
    barred = why_not(lambda: actions.require_another(run, request.user, "looks at it"))
    shown = {"run": run, "form": form, "sample": drawn, "barred": barred}
    return render(request, "payments/sample.jinja", shown)


@require_http_methods(["GET", "POST"])
def checked(request: SignedIn, run_id, place):
    """Say what was found of one payment of a sample."""
    run = queries.get_run(run_id, seen_by=request.user)
    one = queries.get_sampled(run, place, seen_by=request.user)
    form = forms.CheckedForm(request.POST or None)
    if act(form, lambda **by_on: actions.record_checked(sampled=one, **form.cleaned_data, **by_on), request):
        messages.success(request, "Recorded.")
        return redirect("payments:sample", run_id)
    return render(request, "payments/checked.jinja", {"run": run, "payment": one.payment, "form": form})


def _is_out_of_turn(run: PaymentRun, to: State, request: SignedIn) -> bool:
    """Whether a page is opened for a step that its run cannot take now."""
    return is_barred(lambda: actions.require_step(run, to, timezone.localdate()), request)


def _who_is_next(run: PaymentRun) -> str:
    """Whose word a run that was just made, or given another day, waits for."""
    if run.needs_second:
        return "Another finance officer must check it, and then a finance manager approve it."
    return "Another finance officer must approve it."


@require_http_methods(["GET", "POST"])
def make(request: SignedIn):
    """Choose the day, check what would be paid, then make the run."""
    today = timezone.localdate()
    form = forms.PayDayForm(request.POST or None, initial={"pay_on": queries.pay_day_to_suggest(today)})
    checked, interims, next_due = None, [], None
    if form.is_valid():
        pay_on = form.cleaned_data["pay_on"]
        if request.POST.get("make"):
            if done := act(form, lambda **by_on: actions.make_run(pay_on=pay_on, **by_on), request):
                messages.success(request, f"The payment run is made. {_who_is_next(done.result)}")
                return redirect("payments:show", done.result.pk)
        elif attempt(form, lambda: actions.require_pay_day(pay_on, today)):
            checked = queries.preview(pay_on, seen_by=request.user, rows=ROWS_A_PAGE)
            interims = queries.on_account(pay_on, seen_by=request.user, rows=ROWS_A_PAGE)
            next_due = None if checked[0].count else queries.next_due_day(pay_on, today)
    context = {"form": form, "checked": checked, "interims": interims, "next_due": next_due}
    return render(request, "payments/make.jinja", context)


@require_GET
def show(request: SignedIn, run_id):
    """One run: its control totals, its payments, its files."""
    return _page(request, queries.get_run(run_id, seen_by=request.user), Form())


@require_http_methods(["POST"])
def approve(request: SignedIn, run_id):
    """Approve a run that another officer made."""
    run = queries.get_run(run_id, seen_by=request.user)
    form = forms.DaySeenForm(request.POST)
    if done := act(form, lambda **by_on: actions.approve_run(run=run, **form.cleaned_data, **by_on), request):
        messages.success(request, APPROVED_WORDS[State(done.result.state)])
        return redirect("payments:show", run_id)
    return _page(request, run, form)


@require_http_methods(["POST"])
def cancel(request: SignedIn, run_id):
    """Give up a run before it is approved."""
    run = queries.get_run(run_id, seen_by=request.user)
    form = Form(request.POST)
    if act(form, lambda **by_on: actions.cancel_run(run=run, **by_on), request):
        messages.success(request, "The run is cancelled. Its payments are due again.")
        return redirect("payments:home")
    return _page(request, run, form)


@require_http_methods(["GET", "POST"])
def leave_out(request: SignedIn, run_id, place):
    """Leave one payment out of a run, with a reason, and make the run again."""
    run = queries.get_run(run_id, seen_by=request.user)
    payment = queries.get_payment(run, place, seen_by=request.user)
    if is_barred(lambda: leaving_out.require_can_leave_out(payment, run, timezone.localdate()), request):
        return redirect("payments:show", run_id)
    form = HoldForm(request.POST or None, initial={"kind": HoldKind.QUERIED})
    if done := act(form, lambda **by_on: leaving_out.leave_out(payment=payment, **form.cleaned_data, **by_on), request):
        said = f"{payment.case.person} is left out, and payments to them wait. Run {run.number} is cancelled"
        if done.result is None:
            messages.success(request, f"{said}: nobody else was in it.")
            return redirect("payments:home")
        messages.success(request, f"{said}, and this is the run in its place. {_who_is_next(done.result)}")
        return redirect("payments:show", done.result.pk)
    return render(request, "payments/leave_out.jinja", {"run": run, "payment": payment, "form": form})


@require_http_methods(["GET", "POST"])
def send(request: SignedIn, run_id):
    """Say that the bank was given the file."""
    run = queries.get_run(run_id, seen_by=request.user)
    if _is_out_of_turn(run, State.SENT, request):
        return redirect("payments:show", run_id)
    form = forms.RunSentForm(request.POST or None, initial={"sent_on": timezone.localdate()})
    if act(form, lambda **by_on: actions.record_sent(run=run, **form.cleaned_data, **by_on), request):
        messages.success(request, f"Sent. Confirm what arrived on {run.pay_on:%-d %B %Y} or later.")
        return redirect("payments:show", run_id)
    return render(request, "payments/send.jinja", {"run": run, "form": form})


@require_http_methods(["GET", "POST"])
def redate(request: SignedIn, run_id):
    """Give a run that was not sent another day."""
    run = queries.get_run(run_id, seen_by=request.user)
    if _is_out_of_turn(run, State.MADE, request):
        return redirect("payments:show", run_id)
    day = queries.day_to_suggest_for(run, timezone.localdate())
    form = forms.PayDayForm(request.POST or None, initial={"pay_on": day})
    if act(form, lambda **by_on: actions.redate_run(run=run, **form.cleaned_data, **by_on), request):
        messages.success(request, f"The run has its new day. {_who_is_next(run)}")
        return redirect("payments:show", run_id)
    return render(request, "payments/redate.jinja", {"run": run, "form": form})


@require_http_methods(["GET", "POST"])
def withdraw(request: SignedIn, run_id):
    """Give up an approved run that was not sent."""
    run = queries.get_run(run_id, seen_by=request.user)
    if _is_out_of_turn(run, State.WITHDRAWN, request):
        return redirect("payments:show", run_id)
    form = forms.WithdrawForm(request.POST or None)
    if act(form, lambda **by_on: actions.withdraw_run(run=run, **form.cleaned_data, **by_on), request):
        messages.success(request, "The run is withdrawn. Its payments are due again.")
        return redirect("payments:home")
    return render(request, "payments/withdraw.jinja", {"run": run, "form": form})


@require_http_methods(["GET", "POST"])
def answer(request: SignedIn, run_id):
    """Give the file in which the bank answers to a run."""
    run = queries.get_run(run_id, seen_by=request.user)
    if is_barred(lambda: answers.require_given_to_the_bank(run), request):
        return redirect("payments:show", run_id)
    form = forms.AnswerForm(request.POST or None, request.FILES or None)
    if done := act(form, lambda **by_on: answers.take_answer(run=run, **form.cleaned_data, **by_on), request):
        back = done.result.back_count
        came = f"{back} payment{' came' if back == 1 else 's came'} back." if back else "No payment came back."
        messages.success(request, f"The bank’s answer is kept. {came} {done.result.words}".strip())
        return redirect("payments:show", run_id)
    return render(request, "payments/answer.jinja", {"run": run, "form": form})


@require_http_methods(["GET", "POST"])
def confirm(request: SignedIn, run_id):
    """Say what arrived: first what was looked at and what came back, then a check of it by name."""
    run = queries.get_run(run_id, seen_by=request.user)
    if _is_out_of_turn(run, State.CONFIRMED, request):
        return redirect("payments:show", run_id)
    form = forms.ConfirmForm(request.POST or None, initial={"confirmed_from": queries.evidence_for(run)})
    came_back = None
    if request.POST.get("checked"):
        if act(form, lambda **by_on: actions.confirm_run(run=run, **form.cleaned_data, **by_on), request):
            messages.success(request, "The run is confirmed.")
            return redirect("payments:show", run_id)
    elif found := attempt(form, lambda: queries.payments_in(run, form.cleaned_data["returned"], seen_by=request.user)):
        came_back = found.result
    return render(
        request,
        "payments/confirm.jinja",
        {"run": run, "form": form, "came_back": came_back, "left": queries.not_back(run)},
    )


@require_http_methods(["GET", "POST"])
def returned(request: SignedIn, run_id, place):
    """Say that a confirmed payment came back after all."""
    payment = queries.get_payment(queries.get_run(run_id, seen_by=request.user), place, seen_by=request.user)
    if is_barred(lambda: actions.require_arrived(payment), request):
        return redirect("payments:show", run_id)
    form = forms.ReturnForm(request.POST or None)
    if act(form, lambda **by_on: actions.return_payment(payment=payment, **form.cleaned_data, **by_on), request):
        messages.success(request, WAITS if payment.instalment_id else ON_ACCOUNT_BACK)
        return redirect("payments:show", run_id)
    return render(request, "payments/returned.jinja", {"payment": payment, "form": form})


@require_GET
def bacs(request: SignedIn, run_id):
    """The Bacs file of an approved run."""
    run = _with_files(request, run_id)
    if run.rail == Rail.FASTER:
        raise Http404("A run by Faster Payments has no Bacs file.")
    return file_answer([queries.bacs_file(run)], f"{run.reference}.txt", "text/plain; charset=us-ascii")


@require_GET
def iso(request: SignedIn, run_id):
    """The ISO 20022 file of an approved run."""
    run = _with_files(request, run_id)
    return file_answer(queries.iso_file(run), f"{run.reference}.xml", "application/xml")


def _with_files(request: SignedIn, run_id):
    run = queries.get_run(run_id, seen_by=request.user)
    if not run.has_files:
        raise Http404("A run has files of its own once it is approved, and while it is in no file with others.")
    queries.look_over(run, seen_by=request.user, page="Bank file of payment run")
    return run


def file_answer(pieces: Iterable[str], name: str, content_type: str) -> StreamingHttpResponse:
    """A file for the bank, to be downloaded by its name."""
    disposition = f'attachment; filename="{name}"'
    return StreamingHttpResponse(pieces, content_type=content_type, headers={"Content-Disposition": disposition})


def _page(request: SignedIn, run, form):
    queries.look_over(run, seen_by=request.user, page="Payment run")
    find = forms.FindForm(request.GET)
    asked = find.cleaned_data if find.is_valid() else {}
    pages = Paginator(queries.payments_like(run, **asked), ROWS_A_PAGE)
    if not asked.get("words"):
        pages.count = run.payments_count
    today = timezone.localdate()
    unsent = run.state in NOT_SENT

    def may(to: State) -> bool:
        return not why_not(lambda: actions.require_step(run, to, today))

    return render(
        request,
        "payments/show.jinja",
        {
            "run": run,
            "form": form,
            "find": find,
            "payments": pages.get_page(request.GET.get("page")),
            "flags": flags([run.made_by, run.dated_by, run.checked_by], run.approved_by or request.user),
            "not_approver": why_not(lambda: actions.require_approver(run, request.user)),
            "settled": run.pk in settled([run]),
            "not_settled": not_settled_because(run),
            "may_cancel": may(State.CANCELLED),
            "may_leave_out": may(State.CANCELLED) and request.user.can(Capability.START_BUDGETS),
            "difference": comparing.difference(run, seen_by=request.user) if not run.given_up_on else None,
            "shared": comparing.shared_accounts(run, seen_by=request.user),
            "sample": queries.sample_of(run, seen_by=request.user),
            "may_send": may(State.SENT) and not why_not(lambda: actions.require_alone(run)),
            "answers": queries.answers_to(run),
            "may_answer": not why_not(lambda: answers.require_given_to_the_bank(run)),
            "may_confirm": may(State.CONFIRMED),
            "may_return": run.state == State.CONFIRMED,
            "closed": unsent and run.banks_are_closed,
            "too_late": unsent and run.last_day_to_send < today,
            "stopped": queries.stopped_since(run)[:ROWS_A_PAGE] if unsent else [],
        },
    )
