"""Pages of payment runs."""

from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from leeway.access.access import SignedIn
from leeway.access.alike import flags
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.access.searches import keeps_words_out_of_addresses, looked_for
from leeway.acting import act, attempt, is_barred, why_not
from leeway.care.circumstances.queries import beyond_four_weeks
from leeway.files.laying_by import Given
from leeway.jobs.pressing import Asked, act_or_start, require_free, unless_under_way
from leeway.jobs.queries import Told, told_of
from leeway.law.numbers import pounds
from leeway.money.budgets.forms import HoldForm
from leeway.money.budgets.models import HoldKind
from leeway.money.budgets.queries import holds_to_look_at
from leeway.money.payees.queries import waiting
from leeway.money.payments import (
    actions,
    answers,
    bank_files,
    comparing,
    falling_due,
    forms,
    leaving_out,
    making,
    owed,
    pay_days,
    presenters,
    providers,
    queries,
    returning,
    sampling,
    steps,
    together,
)
from leeway.money.payments.jobs import who_is_next
from leeway.money.payments.lateness import last_day_missed
from leeway.money.payments.models import PaymentRun, Rail
from leeway.money.payments.settling import not_settled_because, settled
from leeway.money.payments.states import NOT_SENT, State

ROWS_A_PAGE = 100
RUNS_SHOWN = 20
HOLDS_AHEAD_DAYS, LATE_SHOWN = 7, 10
WAITS = "The payment came back. Its budget waits until the hold is lifted."
INVOICE_BACK = "The payment came back. The invoice is owed again, and waits until somebody says that it can be paid."
ON_ACCOUNT_BACK = (
    "The payment came back. It was money on account, which waits for nothing: the next run pays it again, so see first "
    "that the bank details are right, or say that it will not be paid."
)


@require_GET
def home(request: SignedIn):
    """What is due, what waits for a second officer, and the runs so far."""
    today = timezone.localdate()
    first, pay_on = pay_days.first_pay_day(today), falling_due.pay_day_to_suggest(today)
    due = falling_due.what_is_due(pay_on, seen_by=request.user)
    keeps_details = request.user.can(Capability.KEEP_BANK_DETAILS)
    page = Paginator(queries.runs(seen_by=request.user), RUNS_SHOWN).get_page(request.GET.get("page"))
    runs = comparing.beside_each_other(page.object_list)
    on_their_way = list(queries.runs_on_their_way(seen_by=request.user))
    return render(
        request,
        "payments/home.jinja",
        {
            "first": first,
            "pay_on": pay_on,
            "due": due.free,
            "stopped": due.held,
            "held": due.waiting,
            "on_account": due.on_account,
            "invoices": due.invoices,
            "runs": runs,
            "page": page,
            "settled": settled(run for run, _ in runs),
            "details_waiting": waiting(seen_by=request.user, rows=ROWS_A_PAGE) if keeps_details else None,
            "told": told_of_making(request),
            "work": todays_work(request.user, today, on_their_way, due.owing),
            "may_put_together": sum(map(together.may_share, on_their_way)) >= together.FEWEST,
            "today": today,
        },
    )


def todays_work(
    user: User, today: date, on_their_way: Collection[PaymentRun], owing: Iterable[Any] | None = None
) -> list[presenters.ToDo]:
    """What finance does today about runs: what is late, came back, waits for a word, and holds to look at.

    Each payment stands there once. `owing` are the invoices that are due, where the page has asked already.
    """
    holds = holds_to_look_at(today + timedelta(days=HOLDS_AHEAD_DAYS), seen_by=user, rows=ROWS_A_PAGE)
    known, missed = beyond_four_weeks(today), last_day_missed(today)
    late = falling_due.late(today, seen_by=user, rows=LATE_SHOWN, known=known)
    back = falling_due.came_back(today, seen_by=user, known=known)
    invoices = owed.missed(today)[:LATE_SHOWN] if owing is None else owing
    people = [each.part.budget.case.person_id for each in late[1]] + [pk for each in back[1] for pk in each.person_ids]
    record_looks(viewer=user, person_ids=people, page="Payments that are late, or came back")
    first_time = falling_due.on_account(pay_days.first_faster_day(today), seen_by=user, came_back_too=False)
    return [
        *presenters.late_in_words(late),
        *presenters.late_invoices_in_words([each for each in invoices if each.invoice.due_on <= missed][:LATE_SHOWN]),
        *map(presenters.on_account_in_words, first_time),
        *presenters.came_back_in_words(back, missed),
        *(presenters.hold_in_words(hold, today) for hold in holds),
        *presenters.runs_in_words(on_their_way, today, reader=user),
    ]


@keeps_words_out_of_addresses
@require_http_methods(["GET", "POST"])
def faster(request: SignedIn):
    """Pay a few people the same day, by Faster Payments."""
    today = timezone.localdate()
    find = forms.FindPersonForm(looked_for(request))
    found = falling_due.urgent(
        today, seen_by=request.user, rows=ROWS_A_PAGE, **(find.cleaned_data if find.is_valid() else {})
    )
    choices = [(str(one.id), f"{one.whose}: {pounds(one.amount_pence)}. {one.what}") for one in found]
    first = pay_days.first_faster_day(today)
    form = forms.FasterForm(request.POST or None, candidates=choices, initial={"pay_on": first})
    pressed = unless_under_way(
        queries.jobs_that_make(), lambda **by_on: making.make_faster_run(**form.cleaned_data, **by_on)
    )
    if done := act(form, pressed, request):
        messages.success(request, f"The run is made. {who_is_next(done.result)}")
        return redirect("payments:show", done.result.pk)
    waits = falling_due.on_account_waiting(first, seen_by=request.user)
    shown = {"form": form, "find": find, "found": found, "rows": ROWS_A_PAGE, "on_account": waits}
    return render(request, "payments/faster.jinja", shown)


@require_http_methods(["GET", "POST"])
def sample(request: SignedIn, run_id):
    """Draw a sample of a run's payments, and see what was found."""
    run = queries.get_run(run_id, seen_by=request.user)
    form = forms.SampleForm(request.POST or None)
    if act(form, _beside(run, lambda **by_on: sampling.draw_sample(run=run, **form.cleaned_data, **by_on)), request):
        messages.success(request, "The sample is drawn. Look at each of its payments.")
        return redirect("payments:sample", run_id)
    drawn = sampling.sample_of(run, seen_by=request.user)
    barred = why_not(lambda: sampling.require_no_part_in(run, request.user, "draws its sample and looks at it"))
    fewest = sampling.fewest_to_check(run.payments_count)
    shown = {"run": run, "form": form, "sample": drawn, "barred": barred, "fewest": fewest}
    return render(request, "payments/sample.jinja", shown)


@require_http_methods(["GET", "POST"])
def checked(request: SignedIn, run_id, place):
    """Say what was found of one payment of a sample."""
    run = queries.get_run(run_id, seen_by=request.user)
    one = sampling.get_sampled(run, place, seen_by=request.user)
    form = forms.CheckedForm(request.POST or None)
    if act(
        form, _beside(run, lambda **by_on: sampling.record_checked(sampled=one, **form.cleaned_data, **by_on)), request
    ):
        messages.success(request, "Recorded.")
        return redirect("payments:sample", run_id)
    return render(request, "payments/checked.jinja", {"run": run, "payment": one.payment, "form": form})


def _is_barred(run: PaymentRun, check: Callable[[], object], request: SignedIn) -> bool:
    """Whether a page is opened for what cannot be done with a run now: it cannot be, or a job is at the run."""

    def free() -> None:
        require_free(queries.jobs_of(run))
        check()

    return is_barred(free, request)


def _is_out_of_turn(run: PaymentRun, to: State, request: SignedIn) -> bool:
    """Whether a page is opened for a step that its run cannot take now."""
    return _is_barred(run, lambda: steps.require_step(run, to, timezone.localdate()), request)


def _beside[T](run: PaymentRun, action: Callable[..., T]) -> Callable[..., T]:
    """A small action on a run, which no job is at."""
    return unless_under_way(queries.jobs_of(run), action)


def _step(
    form: Form, kind: str, title: str, run: PaymentRun, request: SignedIn, *, to: State | None = None,
    check: Callable[[], object] | None = None, lay_by: bool = False, **arguments: Any,
) -> HttpResponse | None:  # fmt: skip
    """Take a step of a run, at once or by a job; the page that follows, or None where it was refused.

    `to` is the state that the step leads to. What the form asks for are its arguments, or laid by where it is words.
    """

    def check_first() -> None:
        if to is not None:
            steps.require_step(run, to, timezone.localdate())
        if check is not None:
            check()

    def asked() -> Asked:
        said = {} if lay_by else form.cleaned_data
        return Asked(
            kind=kind,
            title=f"{title} payment run {run.number}",
            many=run.payments_count,
            arguments={"run": run.pk, **arguments, **said},
            beside=queries.jobs_of(run),
            given=Given.of(form.cleaned_data) if lay_by else None,
            check=check_first,
        )

    return act_or_start(form, asked, request)


def told_of_making(request: SignedIn) -> Told | None:
    """What a page says of a run, or a file of several, that is being made, or could not be made today."""
    return told_of(queries.jobs_that_make().filter(asked_on=timezone.localdate()), seen_by=request.user)


@require_http_methods(["GET", "POST"])
def make(request: SignedIn):
    """Choose the day, check what would be paid, then make the run."""
    today = timezone.localdate()
    form = forms.PayDayForm(request.POST or None, initial={"pay_on": falling_due.pay_day_to_suggest(today)})
    checked, interims, invoices, next_due = None, [], [], None
    if form.is_valid():
        pay_on = form.cleaned_data["pay_on"]
        if request.POST.get("make"):
            if made := act_or_start(form, lambda: _making(pay_on, request), request):
                return made
        elif attempt(form, lambda: pay_days.require_pay_day(pay_on, today)):
            checked = falling_due.preview(pay_on, seen_by=request.user, rows=ROWS_A_PAGE)
            interims = falling_due.on_account(pay_on, seen_by=request.user, rows=ROWS_A_PAGE)
            invoices = falling_due.invoices_to_pay(pay_on, seen_by=request.user, rows=ROWS_A_PAGE)
            next_due = None if checked[0].count else falling_due.next_due_day(pay_on, today)
    context = {"form": form, "checked": checked, "interims": interims, "invoices": invoices, "next_due": next_due}
    return render(request, "payments/make.jinja", context | {"told": told_of_making(request)})


def _making(pay_on: date, request: SignedIn) -> Asked:
    return Asked(
        kind=queries.MAKE_RUN,
        title=f"Make the payment run for {pay_on:%-d %B %Y}",
        many=falling_due.count_due(pay_on, seen_by=request.user),
        arguments={"pay_on": pay_on},
        beside=queries.jobs_that_make(),
        check=lambda: pay_days.require_pay_day(pay_on, timezone.localdate()),
    )


@keeps_words_out_of_addresses
@require_GET
def show(request: SignedIn, run_id):
    """One run: its control totals, its payments, its files."""
    return _page(request, queries.get_run(run_id, seen_by=request.user), Form())


@require_http_methods(["POST"])
def approve(request: SignedIn, run_id):
    """Approve a run that another officer made."""
    run = queries.get_run(run_id, seen_by=request.user)
    form = forms.DaySeenForm(request.POST)
    check = partial(actions.require_approver, run, request.user)
    return _step(form, "approve_run", "Approve", run, request, check=check) or _page(request, run, form)


@require_http_methods(["POST"])
def cancel(request: SignedIn, run_id):
    """Give up a run before it is approved."""
    run = queries.get_run(run_id, seen_by=request.user)
    form = Form(request.POST)
    return _step(form, "cancel_run", "Cancel", run, request, to=State.CANCELLED) or _page(request, run, form)


@require_http_methods(["GET", "POST"])
def leave_out(request: SignedIn, run_id, place):
    """Leave one payment out of a run, with a reason, and make the run again."""
    run = queries.get_run(run_id, seen_by=request.user)
    payment = queries.get_payment(run, place, seen_by=request.user)
    check = partial(leaving_out.require_can_leave_out, payment, run, timezone.localdate())
    if _is_barred(run, check, request):
        return redirect("payments:show", run_id)
    form = HoldForm(request.POST or None, initial={"kind": HoldKind.QUERIED})
    title = "Leave a payment out of"
    if left := _step(form, "leave_out", title, run, request, check=check, lay_by=True, place=place):
        return left
    return render(request, "payments/leave_out.jinja", {"run": run, "payment": payment, "form": form})


@require_http_methods(["GET", "POST"])
def send(request: SignedIn, run_id):
    """Say that the bank was given the file."""
    run = queries.get_run(run_id, seen_by=request.user)
    if _is_out_of_turn(run, State.SENT, request):
        return redirect("payments:show", run_id)
    form = forms.RunSentForm(request.POST or None, initial={"sent_on": timezone.localdate()})

    def check() -> None:
        pay_days.require_sent_day(run, form.cleaned_data["sent_on"], timezone.localdate())

    if sent := _step(form, "send_run", "Send", run, request, to=State.SENT, check=check):
        return sent
    return render(request, "payments/send.jinja", {"run": run, "form": form})


@require_http_methods(["GET", "POST"])
def redate(request: SignedIn, run_id):
    """Give a run that was not sent another day."""
    run = queries.get_run(run_id, seen_by=request.user)
    if _is_out_of_turn(run, State.MADE, request):
        return redirect("payments:show", run_id)
    day = pay_days.day_to_suggest_for(run, timezone.localdate())
    form = forms.PayDayForm(request.POST or None, initial={"pay_on": day})
    if redated := _step(form, "redate_run", "Give another day to", run, request, to=State.MADE):
        return redated
    return render(request, "payments/redate.jinja", {"run": run, "form": form})


@require_http_methods(["GET", "POST"])
def withdraw(request: SignedIn, run_id):
    """Give up an approved run that was not sent."""
    run = queries.get_run(run_id, seen_by=request.user)
    if _is_out_of_turn(run, State.WITHDRAWN, request):
        return redirect("payments:show", run_id)
    form = forms.WithdrawForm(request.POST or None)
    if withdrawn := _step(form, "withdraw_run", "Withdraw", run, request, to=State.WITHDRAWN, lay_by=True):
        return withdrawn
    return render(request, "payments/withdraw.jinja", {"run": run, "form": form})


@require_http_methods(["GET", "POST"])
def answer(request: SignedIn, run_id):
    """Give the file in which the bank answers to a run."""
    run = queries.get_run(run_id, seen_by=request.user)
    check = partial(answers.require_given_to_the_bank, run)
    if _is_barred(run, check, request):
        return redirect("payments:show", run_id)
    form = forms.AnswerForm(request.POST or None, request.FILES or None)
    title = "Read the bank’s answer to"
    if answered := _step(form, "answer_run", title, run, request, check=check, lay_by=True):
        return answered
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
        if confirmed := _step(form, "confirm_run", "Confirm", run, request, to=State.CONFIRMED, lay_by=True):
            return confirmed
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
    run = queries.get_run(run_id, seen_by=request.user)
    payment = queries.get_payment(run, place, seen_by=request.user)
    if _is_barred(run, lambda: returning.require_arrived(payment), request):
        return redirect("payments:show", run_id)
    form = forms.ReturnForm(request.POST or None)
    coming_back = _beside(run, lambda **by_on: returning.return_payment(payment=payment, **form.cleaned_data, **by_on))
    if act(form, coming_back, request):
        messages.success(request, INVOICE_BACK if payment.owed_id else WAITS if payment.part_id else ON_ACCOUNT_BACK)
        return redirect("payments:show", run_id)
    return render(request, "payments/returned.jinja", {"payment": payment, "form": form})


@require_GET
def bacs(request: SignedIn, run_id):
    """The Bacs file of an approved run."""
    run = _with_files(request, run_id)
    if run.rail == Rail.FASTER:
        raise Http404("A run by Faster Payments has no Bacs file.")
    return file_answer([bank_files.bacs_file(run)], f"{run.reference}.txt", "text/plain; charset=us-ascii")


@require_GET
def iso(request: SignedIn, run_id):
    """The ISO 20022 file of an approved run."""
    run = _with_files(request, run_id)
    return file_answer(bank_files.iso_file(run), f"{run.reference}.xml", "application/xml")


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
    find = forms.FindForm(looked_for(request))
    asked = find.cleaned_data if find.is_valid() else {}
    pages = Paginator(queries.payments_like(run, **asked), ROWS_A_PAGE)
    if not asked.get("words"):
        pages.count = run.payments_count
    today = timezone.localdate()
    unsent, not_settled = run.state in NOT_SENT, not_settled_because(run)

    told = told_of(queries.jobs_of(run), seen_by=request.user)
    free = told is None or not told.under_way

    def may(to: State) -> bool:
        return free and not why_not(lambda: steps.require_step(run, to, today))

    return render(
        request,
        "payments/show.jinja",
        {
            "run": run,
            "told": told,
            "form": form,
            "find": find,
            "payments": pages.get_page(request.GET.get("page")),
            "flags": flags([run.made_by, run.dated_by, run.checked_by], run.approved_by or request.user),
            "not_approver": why_not(lambda: actions.require_approver(run, request.user)),
            "settled": run.state == State.CONFIRMED and not not_settled,
            "not_settled": not_settled,
            "may_cancel": may(State.CANCELLED),
            "may_leave_out": may(State.CANCELLED) and request.user.can(Capability.START_BUDGETS),
            "difference": comparing.difference(run, seen_by=request.user) if not run.given_up_on else None,
            "shared": comparing.shared_accounts(run, seen_by=request.user),
            "new_accounts": providers.paid_into_new_accounts(run.payments.all()) if not run.given_up_on else [],
            "sample": sampling.sample_of(run, seen_by=request.user),
            "may_send": may(State.SENT) and not why_not(lambda: steps.require_alone(run)),
            "answers": queries.answers_to(run),
            "may_answer": free and not why_not(lambda: answers.require_given_to_the_bank(run)),
            "may_confirm": may(State.CONFIRMED),
            "may_return": free and run.state == State.CONFIRMED,
            "closed": unsent and run.banks_are_closed,
            "too_late": unsent and run.last_day_to_send < today,
            "stopped": queries.stopped_since(run)[:ROWS_A_PAGE] if unsent else [],
        },
    )
