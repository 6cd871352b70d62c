"""Pages of funders, and of who pays the lines of a case's budget."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from leeway.access.access import SignedIn
from leeway.access.roles import Capability
from leeway.acting import act, attempt
from leeway.care.people.access import is_the_person
from leeway.money.funders import actions, queries
from leeway.money.funders.forms import AddFunderForm, ChangeFunderForm, MilestoneForm, ShareForm
from leeway.money.funders.models import Funder
from leeway.money.funders.of_one import funder_page
from leeway.money.funders.presenters import agreed_in_words, shares_of
from leeway.small_numbers import LEAST
from leeway.split_bar import split_bar
from leeway.versions import version_of
from leeway.writing import write_rows

#: So many lines without a named NHS body are listed at once: they are work, and the rest follows.
TO_NAME_MOST = 50


@require_GET
def home(request: SignedIn):
    """Every funder with what it pays a week now, and the lines of which no NHS body is named."""
    today = timezone.localdate()
    names = request.user.can(Capability.PAY)
    to_name, count = queries.to_be_named(seen_by=request.user, on=today, most=TO_NAME_MOST) if names else ([], 0)
    context = {
        "rows": queries.commitments(seen_by=request.user, on=today),
        "to_name": to_name,
        "count": count,
        "today": today,
        "may_say": request.user.can(Capability.SAY_WHO_PAYS),
        "names": names,
        "least": LEAST,
    }
    return render(request, "funders/home.jinja", context)


@require_GET
def show(request: SignedIn, funder_id):
    """One funder: its rules, what it pays now and for whom, and what it paid by year."""
    today = timezone.localdate()
    page = funder_page(funder_id, seen_by=request.user, on=today)
    may_say = request.user.can(Capability.SAY_WHO_PAYS)
    return render(request, "funders/show.jinja", {"page": page, "today": today, "may_say": may_say, "least": LEAST})


@require_GET
def show_csv(request: SignedIn, funder_id) -> HttpResponse:
    """What a funder pays now, line by line, as a file for a spreadsheet."""
    today = timezone.localdate()
    page = funder_page(funder_id, seen_by=request.user, on=today)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="funder-{page.funder.pk}-{today}.csv"'
    rows = [(str(case.person), str(case.pk), line.what, pence) for case, line, pence in page.rows]
    write_rows(answer, ("Person", "Case", "Line", "Pence a week"), rows)
    return answer


@require_http_methods(["GET", "POST"])
def add(request: SignedIn):
    """Record a funder."""
    form = AddFunderForm(request.POST or None)
    if done := act(form, lambda **by_on: actions.add_funder(**form.facts, **by_on), request):
        messages.success(request, f"{done.result} is in the list. Say on a case’s page what it pays.")
        return redirect("funders:show", done.result.pk)
    return render(request, "funders/add.jinja", {"form": form})


@require_http_methods(["GET", "POST"])
def change(request: SignedIn, funder_id):
    """Change what may change of a funder."""
    funder = queries.get_funder(funder_id)
    shown = {name: getattr(funder, name) for name in actions.CHANGES}
    version = {"version": version_of(funder, *actions.CHANGES)}
    form = ChangeFunderForm(request.POST or None, initial=shown | version)
    if act(form, lambda **by_on: actions.change_funder(funder=funder, **form.cleaned_data, **by_on), request):
        messages.success(request, f"{funder} is changed.")
        return redirect("funders:show", funder_id)
    return render(request, "funders/change.jinja", {"form": form, "funder": funder})


@require_http_methods(["GET", "POST"])
def milestone(request: SignedIn, funder_id):
    """Record what a programme is to bring by a day."""
    funder = queries.get_funder(funder_id)
    form = MilestoneForm(request.POST or None)
    if act(form, lambda **by_on: actions.add_milestone(funder=funder, **form.cleaned_data, **by_on), request):
        messages.success(request, "The milestone is recorded.")
        return redirect("funders:show", funder_id)
    return render(request, "funders/milestone.jinja", {"form": form, "funder": funder})


@require_GET
def case(request: SignedIn, case_id):
    """Who pays each line of a budget, now and before."""
    today = timezone.localdate()
    found = queries.who_pays(case_id, seen_by=request.user, on=today)
    you = is_the_person(request.user, found.case)
    own = "You pay" if you else f"{found.case.person.called} pays"
    lines = [
        {"of": each, "shares": (shares := shares_of(each.pays, own)), "bar": split_bar(shares)} for each in found.lines
    ]
    context = {
        "found": found,
        "lines": lines,
        "you": you,
        "today": today,
        "may_say": request.user.can(Capability.SAY_WHO_PAYS),
        "agreed_in_words": agreed_in_words,
    }
    return render(request, "funders/case.jinja", context)


@require_http_methods(["GET", "POST"])
def share(request: SignedIn, case_id, line_id):
    """Say who pays one line from a day on: ask, check, and record."""
    found, line = queries.line_to_share(case_id, line_id, seen_by=request.user, on=timezone.localdate())
    form = ShareForm(request.POST or None, funders=Funder.objects.all())
    weighed = None
    if request.POST.get("step") == "record":
        if act(form, lambda **by_on: actions.share_line(line=line.line, **form.said, **by_on), request):
            messages.success(request, f"Who pays “{line.line.what}” is recorded.")
            return redirect("funders:case", case_id)
    elif request.method == "POST" and request.POST.get("step") != "change":
        weighed = attempt(form, lambda: actions.weigh(line=line.line, **form.said))
    context = {"found": found, "line": line, "form": form, "weighed": weighed.result if weighed else None}
    context["agreed_in_words"] = agreed_in_words
    return render(request, "funders/share.jinja", context)
