"""What the council's own records say: the findings of the report, on a page."""

from base64 import b64encode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from leeway.access.access import SignedIn
from leeway.acting import attempt
from leeway.insight.pages.forms import PublishForm, month_ends
from leeway.insight.pages.queries import findings_worked_out, packages_worth_a_look
from leeway.jobs.actions import start_job
from leeway.writing import csv_of


@require_http_methods(["GET", "HEAD", "POST"])
def own(request: SignedIn):
    """The findings, as the records stood on the last day of a month; with `part`, one of them with its figures.

    They are worked out by a job, and kept for an hour.
    """
    today = timezone.localdate()
    last_month = {"as_at": month_ends(today, 1)[0].isoformat()}
    form = PublishForm(request.POST or (request.GET if "as_at" in request.GET else last_month), today=today)
    sections = None
    if form.is_valid():
        as_at = form.cleaned_data["as_at"]
        sections = findings_worked_out(as_at, seen_by=request.user)
        if request.method == "POST":
            job = start_job(
                kind="work_out_findings", arguments={"as_at": as_at}, by=request.user, on=today,
                title=f"Work out what our own records say, as they stood on {as_at:%-d %B %Y}",
            )  # fmt: skip
            return redirect("jobs:show", job.pk)
    chosen = next((one for one in sections or [] if one.key == request.GET.get("part")), None)
    shown = {"form": form, "sections": sections, "chosen": chosen, "picture": as_image, "back": reverse("insight:home")}
    if chosen:
        shown["back"] = f"{reverse('insight:own')}?as_at={form.cleaned_data['as_at']}"
    return render(request, "insight/own.jinja", shown)


@require_safe
def second_look(request: SignedIn):
    """The packages that cost far more than those of people alike, service by service; with `file`, as CSV."""
    today = timezone.localdate()
    form = PublishForm(request.GET, today=today)
    rows = None
    if form.is_valid():
        as_at = form.cleaned_data["as_at"]
        read = attempt(form, lambda: packages_worth_a_look(as_at, seen_by=request.user, on=today))
        rows = read and read.result
    if rows is not None and "file" in request.GET:
        answer = HttpResponse(csv_of(rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="second-look.csv"'
        return answer
    shown = {"form": form, "rows": [] if rows is None else rows.to_dicts(), "back": reverse("insight:own")}
    return render(request, "insight/second_look.jinja", shown)


def as_image(chart: str) -> str:
    """An SVG as the address of an image that stands in the page itself."""
    return f"data:image/svg+xml;base64,{b64encode(chart.encode()).decode()}"
