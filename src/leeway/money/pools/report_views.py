"""Pages of a pool's quarterly reports: made once, and read as a page, a table and a printed letter. Nobody is named."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from leeway.access.access import SignedIn
from leeway.acting import act
from leeway.money.pools import actions, queries
from leeway.money.pools.forms import SeenForm
from leeway.money.pools.reporting import CSV_HEADER, report_pdf, rows_for_csv
from leeway.money.pools.views import quarter_named
from leeway.writing import write_rows


@require_POST
def make(request: SignedIn, pool_id, year: int, number: int):
    """Keep a quarter as it is reported to the partners."""
    pool, days = queries.get_pool(pool_id, seen_by=request.user), quarter_named(year, number)
    form = SeenForm(request.POST)
    if done := act(
        form, lambda **by_on: actions.report_quarter(pool=pool, period=days, **form.cleaned_data, **by_on), request
    ):
        messages.success(request, "The report is made. Send it to the partners as a PDF or a table.")
        return redirect("pools:report", pool_id, done.result.number)
    for error in [*form.non_field_errors(), *form.errors.get("seen", [])]:
        messages.error(request, str(error))
    return redirect("pools:quarter", pool_id, year, number)


@require_GET
def show(request: SignedIn, pool_id, number: int):
    """A report as a page."""
    report = queries.get_report(pool_id, number, seen_by=request.user)
    return render(request, "pools/report.jinja", {"report": report, "figures": report.figures})


@require_GET
def as_csv(request: SignedIn, pool_id, number: int) -> HttpResponse:
    """A report as a file for a spreadsheet: every amount a row."""
    report = queries.get_report(pool_id, number, seen_by=request.user)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="pool-report-{number}-{report.starts_on}.csv"'
    write_rows(answer, CSV_HEADER, rows_for_csv(report))
    return answer


@require_GET
def as_pdf(request: SignedIn, pool_id, number: int) -> HttpResponse:
    """A report to print or send: a tagged PDF."""
    report = queries.get_report(pool_id, number, seen_by=request.user)
    answer = HttpResponse(report_pdf(report), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="pool-report-{number}-{report.starts_on}.pdf"'
    return answer
