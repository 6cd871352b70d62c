"""Pages of disputes over who pays."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from leeway.access.access import SignedIn
from leeway.access.roles import Capability
from leeway.acting import act
from leeway.money.disputes import actions, queries
from leeway.money.disputes.forms import EndForm, OpenForm, StepForm, TakeBackForm
from leeway.writing import write_rows


@require_GET
def home(request: SignedIn):
    """The disputes that run, the oldest first, and those that ended."""
    today = timezone.localdate()
    context = {
        "rows": queries.ageing(seen_by=request.user, on=today),
        "ended": queries.ended_disputes(seen_by=request.user),
        "keeps": request.user.can(Capability.KEEP_DISPUTES),
    }
    return render(request, "disputes/home.jinja", context)


@require_GET
def ageing_csv(request: SignedIn) -> HttpResponse:
    """The disputes that run as a file for a spreadsheet."""
    today = timezone.localdate()
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="disputes-{today}.csv"'
    header = ("Person", "About", "Claimed from", "Since", "Paid meanwhile by", "Began", "Days", "Next step", "Due by")
    rows = [
        (
            str(row.dispute.case.person),
            row.dispute.get_about_display(),
            str(row.dispute.claimed_of),
            row.dispute.claimed_from,
            str(row.dispute.paid_by),
            row.dispute.began_on,
            row.days,
            row.next_step.words if row.next_step else "",
            row.next_step.due.by if row.next_step else "",
        )
        for row in queries.ageing(seen_by=request.user, on=today)
    ]
    write_rows(answer, header, rows)
    return answer


@require_http_methods(["GET", "POST"])
def open_dispute(request: SignedIn, case_id):
    """Say that one body holds that another must pay for somebody's support."""
    today = timezone.localdate()
    case = queries.case_to_dispute(case_id, seen_by=request.user)
    form = OpenForm(request.POST or None, case=case, on=today)
    if done := act(form, lambda **by_on: actions.open_dispute(case=case, **form.cleaned_data, **by_on), request):
        messages.success(request, "The dispute is opened. Every payment goes on as it was.")
        return redirect("disputes:show", done.result.pk)
    context = {"case": case, "form": form, "running": queries.running().filter(case=case)}
    return render(request, "disputes/open.jinja", context)


@require_GET
def show(request: SignedIn, dispute_id):
    """One dispute: who says what, its clock, its steps, how it ended, and what was recharged."""
    found = queries.picture(dispute_id, seen_by=request.user, on=timezone.localdate())
    context = {"picture": found, "keeps": request.user.can(Capability.KEEP_DISPUTES)}
    context["confirms"] = request.user.can(Capability.CONFIRM_RECEIPTS)
    return render(request, "disputes/show.jinja", context)


@require_http_methods(["GET", "POST"])
def step(request: SignedIn, dispute_id):
    """Write down what was done about a dispute."""
    found = queries.picture(dispute_id, seen_by=request.user, on=timezone.localdate())
    form = StepForm(request.POST or None)
    if act(form, lambda **by_on: actions.record_step(dispute=found.dispute, **form.cleaned_data, **by_on), request):
        messages.success(request, "The step is written down.")
        return redirect("disputes:show", dispute_id)
    return render(request, "disputes/step.jinja", {"picture": found, "form": form})


@require_http_methods(["GET", "POST"])
def end(request: SignedIn, dispute_id):
    """End a dispute: who pays from which day, in which shares."""
    found = queries.picture(dispute_id, seen_by=request.user, on=timezone.localdate())
    begins = {"starts_on": found.dispute.claimed_from, "share": found.dispute.claimed_share}
    form = EndForm(request.POST or None, dispute=found.dispute, initial=begins)
    if done := act(
        form, lambda **by_on: actions.end_dispute(dispute=found.dispute, **form.cleaned_data, **by_on), request
    ):
        messages.success(request, queries.recharged_in_words(done.result))
        return redirect("disputes:show", dispute_id)
    return render(request, "disputes/end.jinja", {"picture": found, "form": form})


@require_http_methods(["GET", "POST"])
def take_back(request: SignedIn, dispute_id):
    """Take back an outcome that was recorded by mistake."""
    found = queries.picture(dispute_id, seen_by=request.user, on=timezone.localdate())
    outcome = found.standing
    if outcome is None:
        raise Http404("This dispute has no outcome to take back.")
    form = TakeBackForm(request.POST or None)
    if act(form, lambda **by_on: actions.take_back_outcome(outcome=outcome, **form.cleaned_data, **by_on), request):
        messages.success(request, "The outcome is taken back, and what was recharged is undone. The dispute runs.")
        return redirect("disputes:show", dispute_id)
    return render(request, "disputes/take_back.jinja", {"picture": found, "form": form})
