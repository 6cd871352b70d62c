"""Pages of Bacs files that several runs share."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from leeway.access.access import SignedIn
from leeway.acting import attempt
from leeway.files.laying_by import Given
from leeway.jobs.pressing import Asked, act_or_start
from leeway.jobs.queries import told_of
from leeway.law.numbers import pounds
from leeway.money.payments import forms, queries, together
from leeway.money.payments.models import FileOfRuns, PaymentRun
from leeway.money.payments.settling import settled
from leeway.money.payments.states import State
from leeway.money.payments.views import file_answer, told_of_making


@require_http_methods(["GET", "POST"])
def choose(request: SignedIn):
    """Choose approved runs, check day by day what their file would pay, then make it."""
    runs = list(together.runs_to_choose(seen_by=request.user))
    form = forms.TogetherForm(request.POST or None, choices=[(f"{run.pk} {run.pay_on}", _words(run)) for run in runs])
    checked: list[together.DayOfFile] = []
    if form.is_valid():
        chosen = [run for run in runs if run.pk in form.cleaned_data["runs"]]
        if request.POST.get("make"):
            if made := act_or_start(form, lambda: _putting(chosen), request):
                return made
        elif attempt(form, lambda: together.require_can_share(chosen, timezone.localdate())):
            checked = together.days_of(chosen)
    shown = {"form": form, "runs": runs, "checked": checked, "chosen": request.POST.getlist("runs")}
    return render(request, "payments/together.jinja", shown | {"told": told_of_making(request)})


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
    if apart := act_or_start(form, lambda: _taking_apart(file, form.cleaned_data), request):
        return apart
    return render(request, "payments/take_apart.jinja", {"file": file, "form": form})


def _putting(runs: Sequence[PaymentRun]) -> Asked:
    beside = queries.jobs_that_make()
    for run in runs:
        beside |= queries.jobs_of(run)
    return Asked(
        kind=queries.PUT_TOGETHER,
        title=f"Put {len(runs)} payment runs into one file",
        many=sum(run.payments_count for run in runs),
        arguments={"runs": [run.pk for run in runs]},
        beside=beside,
        check=lambda: together.require_can_share(runs, timezone.localdate()),
    )


def _sending(file: FileOfRuns, said: Mapping[str, Any]) -> Asked:
    return _with_file(file, "send_file", f"Send file {file.reference}", said)


def _taking_apart(file: FileOfRuns, said: Mapping[str, Any]) -> Asked:
    return _with_file(file, "take_file_apart", f"Take file {file.reference} apart", {}, Given.of(said))


def _with_file(file: FileOfRuns, kind: str, title: str, said: Mapping[str, Any], given: Given | None = None) -> Asked:
    return Asked(
        kind=kind,
        title=title,
        many=file.payments_count,
        arguments={"file": file.pk, **said},
        beside=queries.jobs_of_file(file),
        given=given,
        check=lambda: together.require_whole(file, file.runs.all()),
    )


def _words(run: PaymentRun) -> str:
    many = "payment" if run.payments_count == 1 else "payments"
    return (
        f"Run {run.number}: {run.pay_on:%-d %B %Y} | {run.payments_count:,} {many}, {pounds(run.total_pence)}. "
        f"The bank must have it by {run.last_day_to_send:%-d %B %Y}."
    )
