"""Pages of Bacs files that several runs share."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from leeway.access.access import SignedIn
from leeway.acting import act
from leeway.jobs.pressing import Asked, act_or_start, unless_under_way
from leeway.jobs.queries import told_of
from leeway.law.numbers import pounds
from leeway.money.payments import forms, queries, together
from leeway.money.payments.models import FileOfRuns, PaymentRun
from leeway.money.payments.settling import settled
from leeway.money.payments.states import State
from leeway.money.payments.views import file_answer


@require_http_methods(["GET", "POST"])
def choose(request: SignedIn):
    """Choose approved runs, check day by day what their file would pay, then make it."""
    runs = list(together.runs_to_choose(seen_by=request.user))
    form = forms.TogetherForm(request.POST or None, choices=[(f"{run.pk} {run.pay_on}", _words(run)) for run in runs])
    checked: list[together.DayOfFile] = []
    if request.POST.get("make"):
        putting = unless_under_way(
            queries.jobs_that_make(), lambda **by_on: together.put_together(**form.cleaned_data, **by_on)
        )
        if done := act(form, putting, request):
            messages.success(request, f"The file {done.result.reference} is made. Give it to the bank, then say so.")
            return redirect("payments:file", done.result.pk)
    elif form.is_valid():
        if len(form.cleaned_data["runs"]) < together.FEWEST:
            form.add_error("runs", "Choose two runs or more. One run has a file of its own.")
        else:
            checked = together.days_of([run for run in runs if run.pk in form.cleaned_data["runs"]])
    shown = {"form": form, "runs": runs, "checked": checked, "chosen": request.POST.getlist("runs")}
    return render(request, "payments/together.jinja", shown)


@require_GET
def show(request: SignedIn, file_id):
    """One file of several runs: its control totals, day by day, and where it stands."""
    file = together.get_file(file_id, seen_by=request.user)
    runs = list(queries.runs(seen_by=request.user).filter(file=file).order_by("pay_on", "number"))
    sent = next((run for run in runs if run.sent_on), None)
    first_day = min((run.last_day_to_send for run in runs), default=None)
    told = told_of(queries.jobs_of_file(file), seen_by=request.user)
    waits = bool(runs) and sent is None and (told is None or not told.under_way)
    shown = {
        "file": file,
        "told": told,
        "days": together.days_of(runs),
        "settled": settled(runs),
        "sent": sent,
        "waits": waits,
        "first_day": first_day,
        "stopped": together.stopped_in(runs) if waits else [],
        "closed": sorted({run.pay_on for run in runs if run.banks_are_closed}) if waits else [],
        "too_late": waits and first_day is not None and first_day < timezone.localdate(),
    }
    return render(request, "payments/file.jinja", shown)


@require_GET
def download(request: SignedIn, file_id) -> StreamingHttpResponse:
    """The file itself."""
    file = together.get_file(file_id, seen_by=request.user)
    if file.taken_apart_on:
        raise Http404("This file was taken apart.")
    for run in file.runs.all():
        queries.look_over(run, seen_by=request.user, page="Bank file of payment run")
    return file_answer([together.text_of(file)], f"{file.reference}.txt", "text/plain; charset=us-ascii")


@require_http_methods(["GET", "POST"])
def send(request: SignedIn, file_id):
    """Say that the bank was given the file."""
    file = together.get_file(file_id, seen_by=request.user)
    form = forms.SentForm(request.POST or None, initial={"sent_on": timezone.localdate()})
    if sent := act_or_start(form, lambda: _sending(file, form.cleaned_data), request):
        return sent
    runs = together.days_of(file.runs.filter(state=State.APPROVED))
    return render(request, "payments/file_sent.jinja", {"file": file, "days": runs, "form": form})


@require_http_methods(["GET", "POST"])
def take_apart(request: SignedIn, file_id):
    """Give up a file that the bank does not have."""
    file = together.get_file(file_id, seen_by=request.user)
    form = forms.TakeApartForm(request.POST or None)
    apart = unless_under_way(
        queries.jobs_of_file(file), lambda **by_on: together.take_apart(file=file, **form.cleaned_data, **by_on)
    )
    if act(form, apart, request):
        messages.success(request, "The file is taken apart. Each of its runs has files of its own again.")
        return redirect("payments:file", file_id)
    return render(request, "payments/take_apart.jinja", {"file": file, "form": form})


def _sending(file: FileOfRuns, said: Mapping[str, Any]) -> Asked:
    return Asked(
        kind="send_file",
        title=f"Send file {file.reference}",
        many=file.payments_count,
        arguments={"file": file.pk, **said},
        beside=queries.jobs_of_file(file),
    )


def _words(run: PaymentRun) -> str:
    many = "payment" if run.payments_count == 1 else "payments"
    return (
        f"Run {run.number}: {run.pay_on:%-d %B %Y} | {run.payments_count:,} {many}, {pounds(run.total_pence)}. "
        f"The bank must have it by {run.last_day_to_send:%-d %B %Y}."
    )
