"""The public pages, and what is shown when something cannot be."""

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone

from leeway.law.allocation import table_on
from leeway.law.allocation_table import SERVED, Table
from leeway.law.dated import DEFAULT_POLICY, law_on
from leeway.law.numbers import ceil_div
from leeway.law.reference import Entry, parameters_for_page
from leeway.site.demo.logins import PASSWORD, logins


def start(request: HttpRequest):
    """What Leeway is, for somebody who has not signed in."""
    if request.user.is_authenticated:
        return redirect("home")
    context = {"demo_logins": logins(), "demo_password": PASSWORD} if settings.DEMO else {}
    return render(request, "site/start.jinja", context)


def accessibility(request: HttpRequest):
    return render(request, "site/accessibility.jinja")


def privacy(request: HttpRequest):
    return render(request, "site/privacy.jinja")


def law(request: HttpRequest):
    """Every figure that the rules use, with its history and its source, narrowed by a word if one is typed."""
    words = request.GET.get("words", "").strip()
    entries = [
        entry
        for entry in parameters_for_page(settings.COUNCIL_POLICY or DEFAULT_POLICY)
        if all(word in _looked_through(entry) for word in words.lower().split())
    ]
    return render(request, "site/law.jinja", {"words": words, "by": who_sets(entries)})


def _looked_through(entry: Entry) -> str:
    return f"{entry.name} {entry.label} {entry.description}".lower().replace("_", " ")


def allocation_table(request: HttpRequest):
    """The council's whole allocation table as it is today: questions, points, help, and what points cost."""
    today = timezone.localdate()
    in_force = law_on(today, settings.COUNCIL_POLICY)
    tables = [table_on(in_force, kind) for kind in SERVED]
    labels = {choice.code: choice.label for choices in SERVED.values() for choice in choices}
    shown = {"tables": tables, "rows": [priced_rows(table) for table in tables], "labels": labels, "today": today}
    return render(request, "site/allocation_table.jinja", shown)


def priced_rows(table: Table) -> list[tuple[int, int]]:
    """Each row of points with its pounds a week, in the prices of the year, part of a penny counted as one."""
    rows = [(points, table.price_of_a_point(points) * points) for points, _pence in table.points_to_pence]
    return [(points, int(ceil_div(pence.numerator, pence.denominator))) for points, pence in rows]


def who_sets(entries: Sequence[Entry]) -> dict[str, dict[str, list[Entry]]]:
    """Entries by who sets them, national law first, and by what they are about; each group by its titles."""
    found: dict[str, dict[str, list[Entry]]] = {}
    for entry in sorted(entries, key=lambda one: one.title.lower()):
        found.setdefault(entry.set_by, {}).setdefault(entry.group, []).append(entry)
    return {set_by: dict(sorted(found[set_by].items())) for set_by in dict.fromkeys(one.set_by for one in entries)}


def not_understood(request: HttpRequest, exception):
    return render(request, "400.jinja", status=400)


def not_allowed(request: HttpRequest, exception):
    return render(request, "403.jinja", {"sentence": str(exception)}, status=403)


def form_expired(request: HttpRequest, reason=""):
    """A form came without the proof that it was ours: often a page left open for long, or cookies turned off."""
    return render(request, "form_expired.jinja", status=403)


def not_found(request: HttpRequest, exception):
    return render(request, "404.jinja", status=404)


def at_fault(request: HttpRequest):
    """Made without the request, because what failed may be what the page is made from."""
    return HttpResponseServerError(render_to_string("500.jinja"))
