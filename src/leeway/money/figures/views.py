"""Pages of the council's books: the year, month-ends, and journals for the general ledger."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from leeway.access.access import SignedIn
from leeway.access.roles import Capability
from leeway.acting import act
from leeway.care.planning.models import Way
from leeway.files.laying_by import Given
from leeway.jobs.kinds import KINDS
from leeway.jobs.pressing import Asked, act_or_start
from leeway.jobs.queries import told_of
from leeway.law.numbers import decimal_pounds, pounds
from leeway.money.figures import actions, queries
from leeway.money.figures.finance_return import rows_of
from leeway.money.figures.forms import DayForm, MonthEndForm, YearBudgetForm
from leeway.money.figures.general_ledger import general_ledger
from leeway.money.figures.journal import HEADER, accruals, name_of, rows
from leeway.money.figures.outturn import HIGH, LOW, MONTHS_LEAST
from leeway.period import financial_year
from leeway.writing import write_rows

DAY = timedelta(days=1)
YEAR_HEADER = (
    "By", "Of", "People today", "Planned", "Until today", "If nothing changes", "Expected", "Low", "High",
)  # fmt: skip
RETURN_HEADER = (
    "Reason for support", "Age", "Setting", "Given by", "People", "Gross", "From people", "From the NHS",
    "From the council",
)  # fmt: skip
ROWS_HEADER = (
    "Reason for support", "Age", "Setting", "Given by", "Case", "Line", "Funder", "Paid by", "From", "Until", "Amount",
)  # fmt: skip


@require_GET
def home(request: SignedIn):
    """What this financial year comes to, beside what was planned."""
    books = queries.books(seen_by=request.user, on=timezone.localdate())
    planned = [line.budget.amount_pence for line in books.groups if line.budget]
    context = {
        "books": books,
        "planned_pence": sum(planned) if planned else None,
        "all_planned": len(planned) == len(books.groups),
        "may_keep": request.user.can(Capability.KEEP_BOOKS),
        "months_least": MONTHS_LEAST,
        "of_ten": (HIGH - LOW) // 10,
    }
    return render(request, "figures/home.jinja", context)


@require_GET
def year_csv(request: SignedIn) -> HttpResponse:
    """The same as a file for a spreadsheet, in pounds."""
    books = queries.books(seen_by=request.user, on=timezone.localdate())
    tables = {
        "client group": books.groups,
        "way of holding": books.ways,
        "payer": books.payers,
        **{f"funder: {payer}": lines for payer, lines in books.funders.items()},
        "all": [books.whole],
    }
    found = [
        (
            by,
            line.name,
            line.people,
            *(
                "" if pence is None else decimal_pounds(pence)
                for pence in (
                    line.budget.amount_pence if line.budget else None,
                    line.outturn.until_today_pence,
                    line.outturn.if_nothing_changes_pence,
                    line.outturn.expected_pence,
                    line.outturn.low_pence,
                    line.outturn.high_pence,
                )
            ),
        )
        for by, lines in tables.items()
        for line in lines
    ]
    return _csv(f"year-{books.year.starts_on.year}-at-{books.today}.csv", YEAR_HEADER, found)


@require_http_methods(["GET", "POST"])
def budget(request: SignedIn):
    """Set what is planned for one client group, with every amount that was set before."""
    group, year = request.GET.get("group", ""), financial_year(timezone.localdate())
    if group not in {line.name for line in queries.books(seen_by=request.user, on=timezone.localdate()).groups}:
        raise Http404("There is no such client group.")
    before = list(queries.set_before(year, group, seen_by=request.user))
    seen = {"seen": before[0].number if before else 0}
    form = YearBudgetForm(request.POST or None, initial=seen)
    if act(
        form,
        lambda **by_on: actions.set_year_budget(year=year.starts_on, client_group=group, **form.cleaned_data, **by_on),
        request,
    ):
        messages.success(request, f"{pounds(form.cleaned_data['amount_pence'])} is planned for {group}.")
        return redirect("figures:home")
    if form.is_bound:
        form.data = request.POST.dict() | seen  # what the page now shows
    context = {"group": group, "year": year, "before": before, "form": form}
    return render(request, "figures/budget.jinja", context)


@require_http_methods(["GET", "POST"])
def month_ends(request: SignedIn):
    """The month-ends that were taken, and the form that takes one."""
    last = timezone.localdate().replace(day=1) - DAY
    form = MonthEndForm(request.POST or None, initial={"ends_on": last})
    if done := _do_or_start(queries.MONTH_END, form, request, lay_by=True):
        return done
    taken = queries.month_ends_taken(seen_by=request.user)
    return render(request, "figures/month_ends.jinja", {"taken": taken, "form": form} | _keeping(request))


@require_GET
def month_end(request: SignedIn, month_end_id):
    """How the books stood at one month-end, by what each amount is."""
    found = queries.get_month_end(month_end_id, seen_by=request.user)
    ways = {way.value: way.short for way in Way}
    context = {"month_end": found, "kinds": queries.by_kind(found), "ways": ways}
    return render(request, "figures/month_end.jinja", context)


@require_GET
def month_end_csv(request: SignedIn, month_end_id) -> HttpResponse:
    """A month-end as a journal, and the same turned round on the day after."""
    found = queries.get_month_end(month_end_id, seen_by=request.user)
    name, lines = f"LEEWAY-ME-{found.ends_on:%Y%m}-{found.number}", accruals(found, general_ledger())
    back = rows(f"{name}-R", found.ends_on + DAY, lines, turned_round=True)
    return _csv(f"{name}.csv", HEADER, [*rows(name, found.ends_on, lines), *back])


@require_http_methods(["GET", "POST"])
def journals(request: SignedIn):
    """The journals that were made, and the form that makes the next."""
    form = DayForm(request.POST or None, initial={"ends_on": timezone.localdate() - DAY})
    if done := _do_or_start(queries.JOURNAL, form, request):
        return done
    made = [(name_of(each), each) for each in queries.journals(seen_by=request.user)]
    return render(request, "figures/journals.jinja", {"made": made, "form": form} | _keeping(request))


@require_GET
def journal_csv(request: SignedIn, journal_id) -> HttpResponse:
    """One journal as the file that the general ledger reads."""
    found = queries.get_journal(journal_id, seen_by=request.user)
    return _csv(f"{name_of(found)}.csv", HEADER, rows(name_of(found), found.ends_on, found.lines))


@require_http_methods(["GET", "POST"])
def finance_returns(request: SignedIn):
    """The finance returns that were made, and the form that makes one."""
    year = financial_year(timezone.localdate())
    form = DayForm(request.POST or None, initial={"ends_on": year.starts_on - DAY})
    if done := _do_or_start(queries.FINANCE_RETURN, form, request):
        return done
    made = queries.finance_returns(seen_by=request.user)
    return render(request, "figures/finance_returns.jinja", {"made": made, "form": form} | _keeping(request))


@require_GET
def finance_return(request: SignedIn, return_id):
    """What a year cost, for whom, where, and who paid."""
    found = queries.get_finance_return(return_id, seen_by=request.user)
    amounts = ("gross_pence", "person_pence", "nhs_pence", "council_pence")
    totals = {name: sum(line[name] for line in found.lines) for name in amounts}
    return render(request, "figures/finance_return.jinja", {"made": found, "totals": totals})


@require_GET
def finance_return_csv(request: SignedIn, return_id) -> HttpResponse:
    """The lines of a return as a file, in pounds."""
    found = queries.get_finance_return(return_id, seen_by=request.user)
    lines = [
        (
            line["reason"], line["age"], line["setting"], "own" if line["own"] else "by others", line["people"],
            *(decimal_pounds(line[f"{name}_pence"]) for name in ("gross", "person", "nhs", "council")),
        )
        for line in found.lines
    ]  # fmt: skip
    return _csv(f"finance-return-to-{found.ends_on}.csv", RETURN_HEADER, lines)


@require_GET
def finance_return_rows(request: SignedIn, return_id) -> HttpResponse:
    """What stands behind a return today: each case, line and payer with its days. References alone, and no names."""
    found = queries.get_finance_return(return_id, seen_by=request.user)
    behind = (
        (
            row.about.reason, row.about.age, row.about.setting, "own" if row.about.own else "by others",
            row.paid.case_id, row.paid.line_id, row.paid.funder_id or "", row.paid.purse.label,
            row.paid.starts_on, row.paid.ends_on, decimal_pounds(row.paid.pence),
        )
        for row in rows_of(found.period, seen_by=request.user)
    )  # fmt: skip
    return _csv(f"finance-return-to-{found.ends_on}-rows.csv", ROWS_HEADER, behind)


def _do_or_start(
    kind: str, form: forms.Form, request: SignedIn, *, lay_by: bool = False
) -> HttpResponseRedirect | None:
    """Do what a form asks for, or have a job do it where there is much to look at; what is words is laid by for it."""
    return act_or_start(
        form,
        lambda: Asked(
            kind=kind,
            title=f"{KINDS[kind].title}, to {form.cleaned_data['ends_on']:%-d %B %Y}",
            many=queries.how_many(),
            arguments={} if lay_by else form.cleaned_data,
            given=Given.of(form.cleaned_data) if lay_by else None,
            beside=queries.jobs_of_books(),
        ),
        request,
    )


def _keeping(request: SignedIn) -> dict:
    """Whether this officer keeps the books, and what is being made of them at this moment."""
    jobs = queries.jobs_of_books().filter(asked_on=timezone.localdate())
    return {"may_keep": request.user.can(Capability.KEEP_BOOKS), "told": told_of(jobs, seen_by=request.user)}


def _csv(name: str, header: Sequence[str], found: Iterable[Sequence]) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    write_rows(answer, header, found)
    return answer
