"""Pages of pooled funds: how they stand, what is in them, and the walk from a quarter's total to a person's day."""

from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from leeway.access.access import SignedIn
from leeway.access.roles import Capability
from leeway.access.searches import keeps_words_out_of_addresses, looked_for
from leeway.acting import act
from leeway.money.pools import actions, queries
from leeway.money.pools.forms import (
    ContributionForm,
    DriverForm,
    OverheadForm,
    PoolForm,
    PutInForm,
    PutLineInForm,
    SeenForm,
    TakeOutForm,
)
from leeway.period import Period, financial_year, quarter


@require_GET
def home(request: SignedIn):
    """Every pooled fund."""
    found = queries.pools(seen_by=request.user)
    return render(request, "pools/home.jinja", {"pools": found} | _may(request))


@require_http_methods(["GET", "POST"])
def set_up(request: SignedIn):
    """Record what partners agreed of a pool."""
    form = PoolForm(request.POST or None)
    if done := act(form, lambda **by_on: actions.set_up_pool(**form.cleaned_data, **by_on), request):
        messages.success(request, "The pool is set up. Now say what its partners contribute, and what is in it.")
        return redirect("pools:show", done.result.pk)
    return render(request, "pools/set_up.jinja", {"form": form})


@require_GET
def show(request: SignedIn, pool_id, year: int | None = None, number: int | None = None):
    """How a pool stands for a quarter and its year."""
    pool = queries.get_pool(pool_id, seen_by=request.user)
    days = quarter(timezone.localdate()) if year is None or number is None else quarter_named(year, number)
    found = queries.picture(pool, days, seen_by=request.user)
    context = {"picture": found, "is_over": days.ends_on < timezone.localdate(), **around(pool, days)}
    context["seen"] = SeenForm(initial={"seen": found.seen})
    return render(request, "pools/show.jinja", context | _may(request))


@require_GET
def untangle(request: SignedIn, pool_id, year: int, number: int):
    """One level of a pool's quarter: group, team, person, line or day."""
    pool, days = queries.get_pool(pool_id, seen_by=request.user), quarter_named(year, number)
    found = queries.walk(pool, days, _asked(request), seen_by=request.user)
    rows = [(row, f"?{urlencode(row.leads)}" if row.leads else "") for row in found.rows]
    crumbs = [(crumb.name, f"?{urlencode(crumb.leads)}") for crumb in found.crumbs]
    context = {"walk": found, "rows": rows, "crumbs": crumbs, **around(pool, days)}
    return render(request, "pools/untangle.jinja", context)


@require_GET
def shadow(request: SignedIn, pool_id, year: int, number: int):
    """What of a pool's spend on each person could be their personal budget."""
    pool, days = queries.get_pool(pool_id, seen_by=request.user), quarter_named(year, number)
    rows = queries.shadow_budgets(pool, days, seen_by=request.user)
    return render(request, "pools/shadow.jinja", {"pool": pool, "rows": rows, **around(pool, days)})


@require_GET
def contents(request: SignedIn, pool_id):
    """What is in a pool, its overheads, and what its partners contribute."""
    pool = queries.get_pool(pool_id, seen_by=request.user)
    inside, overheads, contributions = queries.contents(pool, seen_by=request.user)
    context = {"pool": pool, "inside": inside, "overheads": overheads, "contributions": contributions}
    return render(request, "pools/contents.jinja", context | {"keeps": request.user.can(Capability.KEEP_POOLS)})


@require_http_methods(["GET", "POST"])
def contribute(request: SignedIn, pool_id):
    """Record what a partner contributes."""
    pool = queries.get_pool(pool_id, seen_by=request.user)
    year = financial_year(timezone.localdate())
    days = {"starts_on": max(year.starts_on, pool.starts_on), "ends_on": min(year.ends_on, pool.ends_on or date.max)}
    form = ContributionForm(request.POST or None, pool=pool, initial=days)
    if act(form, lambda **by_on: actions.contribute(**form.cleaned_data, **by_on), request):
        messages.success(request, "The contribution is recorded.")
        return redirect("pools:contents", pool_id)
    return render(request, "pools/contribute.jinja", {"pool": pool, "form": form})


@require_http_methods(["GET", "POST"])
def put_in(request: SignedIn, pool_id):
    """Put the lines of a client group in a pool."""
    pool = queries.get_pool(pool_id, seen_by=request.user)
    form = PutInForm(request.POST or None, pool=pool, initial={"starts_on": pool.starts_on})
    if act(form, lambda **by_on: actions.put_in(pool=pool, **form.cleaned_data, **by_on), request):
        messages.success(request, "Their lines are in the pool from that day.")
        return redirect("pools:contents", pool_id)
    return render(request, "pools/put_in.jinja", {"pool": pool, "form": form})


@keeps_words_out_of_addresses
@require_http_methods(["GET", "POST"])
def put_line_in(request: SignedIn, pool_id):
    """Put one line of somebody in a pool by its name."""
    pool = queries.get_pool(pool_id, seen_by=request.user)
    words = looked_for(request)["words"]
    lines = queries.lines_called(words, seen_by=request.user)
    form = PutLineInForm(request.POST or None, lines=lines, initial={"starts_on": pool.starts_on})
    if act(form, lambda **by_on: actions.put_in(pool=pool, **form.cleaned_data, **by_on), request):
        messages.success(request, "The line is in the pool from that day.")
        return redirect("pools:contents", pool_id)
    return render(request, "pools/put_line_in.jinja", {"pool": pool, "form": form, "lines": lines, "words": words})


@require_http_methods(["GET", "POST"])
def take_out(request: SignedIn, pool_id, membership_id):
    """Say until which day something is in a pool."""
    pool = queries.get_pool(pool_id, seen_by=request.user)
    membership = queries.get_membership(membership_id, pool=pool)
    form = TakeOutForm(request.POST or None)
    if act(form, lambda **by_on: actions.take_out(membership=membership, **form.cleaned_data, **by_on), request):
        messages.success(request, "It is in the pool until that day.")
        return redirect("pools:contents", pool_id)
    return render(request, "pools/take_out.jinja", {"pool": pool, "membership": membership, "form": form})


@require_http_methods(["GET", "POST"])
def add_overhead(request: SignedIn, pool_id):
    """Put an overhead in a pool, with what drives it."""
    pool = queries.get_pool(pool_id, seen_by=request.user)
    people, teams = queries.people_and_teams(pool, _this_year(), seen_by=request.user)
    form = OverheadForm(request.POST or None, pool=pool, people=people, teams=teams)
    if act(
        form,
        lambda **by_on: actions.add_overhead(pool=pool, facts=form.facts(), figures=form.figures(), **by_on),
        request,
    ):
        messages.success(request, "The overhead is in the pool.")
        return redirect("pools:contents", pool_id)
    return render(request, "pools/overhead.jinja", {"pool": pool, "form": form})


@require_http_methods(["GET", "POST"])
def answer(request: SignedIn, pool_id, overhead_id):
    """Answer what was asked of an overhead: what drives it."""
    pool = queries.get_pool(pool_id, seen_by=request.user)
    overhead = queries.get_overhead(overhead_id, pool=pool)
    days = Period(overhead.starts_on, overhead.ends_on)
    people, teams = queries.people_and_teams(pool, days, seen_by=request.user)
    form = DriverForm(request.POST or None, people=people, teams=teams)
    if act(
        form,
        lambda **by_on: actions.answer_question(
            overhead=overhead, driver=form.cleaned_data["driver"], figures=form.figures(), **by_on
        ),
        request,
    ):
        messages.success(request, "The question is answered: the overhead goes to people by what drives it.")
        return redirect("pools:contents", pool_id)
    return render(request, "pools/answer.jinja", {"pool": pool, "overhead": overhead, "form": form})


def quarter_named(year: int, number: int) -> Period:
    """The quarter of a year by its number. Http404 where there is none."""
    if not (1 <= number <= 4 and 2010 <= year <= 2100):
        raise Http404("There is no such quarter.")
    return quarter(date(year, 3 * number, 1))


def around(pool, days: Period) -> dict[str, object]:
    """What every page of a quarter shows: which it is, and the ones before and after."""
    before = quarter(date.fromordinal(days.starts_on.toordinal() - 1))
    after = quarter(date.fromordinal(days.ends_on.toordinal() + 1))
    return {"pool": pool, "quarter": days, "of": named(days), "before": named(before), "after": named(after)}


def named(days: Period) -> tuple[int, int]:
    """The year and the number of a quarter."""
    return days.starts_on.year, days.ends_on.month // 3


def _may(request: SignedIn) -> dict[str, bool]:
    """What this user may do with pools, and whether they are shown whose support is in them."""
    asked = {"keeps": Capability.KEEP_POOLS, "untangles": Capability.UNTANGLE_POOLS}
    return {word: request.user.can(capability) for word, capability in asked.items()}


def _this_year() -> Period:
    return financial_year(timezone.localdate())


def _asked(request: SignedIn) -> queries.Asked:
    """Where somebody has walked to, from the address. Http404 where it names nothing."""
    given = request.GET
    try:
        return queries.Asked(
            group=given.get("group", ""),
            team=int(given["team"]) if "team" in given else None,
            case=UUID(given["case"]) if "case" in given else None,
            kind=given.get("kind", ""),
            source=UUID(given["source"]) if "source" in given else None,
        )
    except ValueError as problem:
        raise Http404("There is no such place in this pool.") from problem
