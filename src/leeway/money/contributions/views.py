"""Pages of what the NHS and people owe towards budgets."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from leeway.access.access import SignedIn
from leeway.access.roles import Capability
from leeway.access.searches import keeps_words_out_of_addresses, looked_for
from leeway.acting import act
from leeway.law.numbers import pounds
from leeway.money.budgets.dues import Payer
from leeway.money.budgets.models import Budget
from leeway.money.budgets.queries import backdated
from leeway.money.contributions import actions, queries
from leeway.money.contributions.forms import FindForm, ReceiptForm, SeenForm, TakeBackForm
from leeway.writing import write_rows

ROWS_A_PAGE = 100


@keeps_words_out_of_addresses
@require_GET
def home(request: SignedIn):
    """What is owed, by whom, for which case, and for how long."""
    text = request.GET.get("page", "1")
    number = max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1
    first = (number - 1) * ROWS_A_PAGE
    find = FindForm(looked_for(request))
    asked = find.cleaned_data if find.is_valid() else {}
    rows, totals, count = queries.owed(
        seen_by=request.user, on=timezone.localdate(), first=first, rows=ROWS_A_PAGE, **asked
    )
    pages = Paginator(range(count), ROWS_A_PAGE)
    context = {"rows": rows, "totals": totals, "count": count, "page": pages.get_page(number), "Payer": Payer}
    context |= {"find": find, "asked": asked}
    return render(request, "contributions/home.jinja", context)


@require_http_methods(["GET", "POST"])
def show(request: SignedIn, case_id, payer):
    """One payer's share for one case, and the form that confirms a receipt."""
    picture = _picture(request, case_id, payer)
    owed = {"owed_pence": picture.share.due_pence}
    form = ReceiptForm(request.POST or None, initial=owed)
    if act(
        form,
        lambda **by_on: actions.confirm_receipt(case=picture.case, payer=picture.payer, **form.cleaned_data, **by_on),
        request,
    ):
        messages.success(request, f"{pounds(form.cleaned_data['amount_pence'])} is recorded as received.")
        return redirect("contributions:show", case_id, payer)
    if form.is_bound:
        form.data = request.POST.dict() | owed  # what the page now shows
    return render(request, "contributions/show.jinja", {"picture": picture, "form": form})


@require_http_methods(["GET", "POST"])
def take_back(request: SignedIn, case_id, payer, receipt_id):
    """Put right a receipt that was confirmed by mistake."""
    picture = _picture(request, case_id, payer)
    receipt = queries.get_receipt(receipt_id, case=picture.case)
    form = TakeBackForm(request.POST or None)
    if act(form, lambda **by_on: actions.take_back(receipt=receipt, **form.cleaned_data, **by_on), request):
        messages.success(request, "The receipt is corrected, and its amount is owed again.")
        return redirect("contributions:show", case_id, payer)
    return render(request, "contributions/take_back.jinja", {"picture": picture, "receipt": receipt, "form": form})


@require_GET
def changes(request: SignedIn):
    """Whose charge is about to change, on which day, why, and from how much to how much."""
    today = timezone.localdate()
    rows = queries.changes(seen_by=request.user, on=today)
    context = {"rows": rows, "today": today, "may_decide": request.user.can(Capability.START_BUDGETS)}
    return render(request, "contributions/changes.jinja", context)


@require_GET
def changes_csv(request: SignedIn) -> HttpResponse:
    """The same as a file for a spreadsheet."""
    today = timezone.localdate()
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="charges-about-to-change-{today}.csv"'
    header = (
        "Person",
        "From",
        "Because",
        "Pence a week now",
        "Pence a week from then",
        "Cannot be worked out",
        "Checked",
    )
    rows = [
        (
            str(row.budget.case.person),
            stretch.starts_on,
            " and ".join(stretch.because),
            row.pays_pence_per_week,
            stretch.charge_pence_per_week,
            stretch.problem,
            row.rests_on.get(stretch.starts_on),
        )
        for row in queries.changes(seen_by=request.user, on=today)
        for stretch in row.stretches
    ]
    write_rows(answer, header, rows)
    return answer


@require_http_methods(["GET", "POST"])
def change(request: SignedIn, case_id):
    """What one person pays from then on, and the decision."""
    found = queries.change_to_decide(case_id, seen_by=request.user, on=timezone.localdate())
    form = SeenForm(request.POST or None, initial={"seen": found.seen})
    if done := act(
        form,
        lambda **by_on: actions.decide_change(budget=found.budget, **form.cleaned_data, **by_on),
        request,
    ):
        messages.success(request, _decided(done.result, found))
        return redirect("contributions:changes")
    if form.is_bound:
        form.data = request.POST.dict() | {"seen": found.seen}  # what the page now shows
    return render(request, "contributions/change.jinja", {"change": found, "form": form, "today": timezone.localdate()})


def _decided(budget: Budget, change: queries.Change) -> str:
    said = "It is decided, the budget goes on with the new amount, and the person is told."
    of_plan = Budget.objects.filter(plan=budget.plan_id).select_related("charge", "final_budget")
    for each in backdated(of_plan):
        asked = each.asked
        if each.budget.started_on == budget.started_on and each.budget.starts_on >= change.first.starts_on:
            what = f"{pounds(abs(asked.back_pence))} too {'much' if asked.back_pence > 0 else 'little'}"
            said += (
                f" From {asked.starts_on:%-d %B %Y} until {asked.ends_on:%-d %B %Y} {pounds(asked.asked_pence)} was "
                f"asked, and {pounds(asked.right_pence)} is right: {what}. The budget page shows how."
            )
    return said


def _picture(request: SignedIn, case_id, payer: str) -> queries.Picture:
    if payer not in Payer:
        raise Http404("Only the NHS and the person owe a share.")
    return queries.picture(case_id, Payer(payer), seen_by=request.user, on=timezone.localdate())
