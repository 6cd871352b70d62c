"""Pages of the council's own mappings of columns: described from an example, looked at, saved, made anew, ended."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from leeway.access.access import SignedIn, check_can
from leeway.access.roles import Capability
from leeway.acting import act, attempt
from leeway.files.uploads import NEVER_ON_DISK
from leeway.money.banking.readers.mapping import shipped, title_of
from leeway.money.banking.statement import Statement as Read
from leeway.money.statements import actions, columns, forms
from leeway.money.statements.models import ColumnMapping
from leeway.refusal import Refusal

EXAMPLES_SHOWN, LINES_SHOWN = 4, 12


@require_GET
def every(request: SignedIn):
    """The mappings that the council made, and those that come with Leeway."""
    check_can(request.user, Capability.RECONCILE)
    context = {"own": columns.in_use().values(), "shipped": [title_of(name) for name in shipped()]}
    return render(request, "statements/columns.jinja", context)


@require_http_methods(["GET", "POST"])
def show(request: SignedIn, name):
    """One mapping, what it says and its versions; and the way to end it."""
    check_can(request.user, Capability.RECONCILE)
    versions = list(columns.versions_of(name))
    if not versions:
        raise Http404("There is no such mapping.")
    form = forms.MappingForm(request.POST or None)

    def end(**by_on: Any) -> ColumnMapping:
        seen = next((each for each in versions if each.version == form.cleaned_data["version"]), None)
        if seen is None:
            raise Refusal(forms.OPEN_AGAIN)
        return actions.end_mapping(mapping=seen, **by_on)

    if act(form, end, request):
        messages.success(request, "This mapping is offered no longer.")
        return redirect("statements:columns")
    context = {"mapping": versions[0], "versions": versions, "meanings": columns.MEANINGS, "form": form}
    return render(request, "statements/mapping.jinja", context)


@never_cache
@require_http_methods(["GET", "POST"])
def example(request: SignedIn, name=""):
    """Give an example of a table; of one that has a mapping already, to make it anew."""
    check_can(request.user, Capability.RECONCILE)
    latest = columns.versions_of(name).first() if name else None
    if name and latest is None:
        raise Http404("There is no such mapping.")
    form = forms.ExampleForm(request.POST or None, request.FILES or None)

    def lay_out(by, on) -> columns.Example:
        upload, version = form.cleaned_data[NEVER_ON_DISK], latest.version if latest else 0
        return columns.lay_out_example(upload=upload, name=name, version=version, field=NEVER_ON_DISK, by=by)

    if done := act(form, lay_out, request):
        return _describe(request, done.result, columns.heading_rows(done.result.rows)[0], None)
    return render(request, "statements/example.jinja", {"form": form, "mapping": latest})


@never_cache
@require_http_methods(["GET", "POST"])
def describe(request: SignedIn):
    """Say which column is what, look at what would be read, and save it."""
    check_can(request.user, Capability.RECONCILE)
    if request.method == "GET":
        return redirect("statements:columns_new")
    try:
        given = columns.read_example(request.POST.get("example", ""), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("statements:columns_new")
    rows, chosen, step = columns.heading_rows(given.rows), request.POST.get("headings", ""), request.POST.get("step")
    at = next((row for row in rows if str(row) == chosen), rows[0])
    if step in ("headings", "change"):
        return _describe(request, given, at, None if step == "headings" else request.POST)
    form = _form(given, at, request.POST)
    name = given.name or form.data.get("name", "")
    described = form.described if form.is_valid() else {}
    if step == "save" and (done := act(form, _saving(given, name, described), request)):
        messages.success(request, f"Saved. “{done.result.title}” is offered wherever a statement is read.")
        return redirect("statements:mapping", done.result.name)
    found = attempt(form, lambda: _prove(given, name, described)) if not form.errors else None
    if found is None:
        return _describe(request, given, at, request.POST, form)
    context = {
        "given": given,
        "at": at,
        "name": columns.name_of(name) if not given.name else given.name,
        "carried": [(key, value) for key, value in request.POST.items() if key.startswith("column_")]
        + [(key, request.POST.get(key, "")) for key in ("name", "days", "signs")],
        "read": [(one, tuple(islice(one.lines, LINES_SHOWN)), columns.balance_in_words(one)) for one in found.result],
    }
    return render(request, "statements/mapping_read.jinja", context)


def _prove(given: columns.Example, name: str, described: dict[str, Any]) -> tuple[Read, ...]:
    name = given.name or columns.name_of(name)
    columns.require_free(name, given.version)
    return columns.prove(given.rows, described, name=name)


def _saving(given: columns.Example, name: str, described: dict[str, Any]) -> Callable[..., ColumnMapping]:
    def save(**by_on: Any) -> ColumnMapping:
        return actions.save_mapping(name=name, version=given.version, described=described, rows=given.rows, **by_on)

    return save


def _form(given: columns.Example, at: int, data: Any) -> forms.ColumnsForm:
    described = None
    if given.name:
        described = columns.versions_of(given.name).values_list("described", flat=True).first()
    return forms.ColumnsForm(data, headings=given.rows[at], fixed_name=given.name, described=described)


def _describe(
    request: SignedIn, given: columns.Example, at: int, data: Any, form: forms.ColumnsForm | None = None
) -> HttpResponse:
    form = form or _form(given, at, data)
    under = given.rows[at + 1 : at + 1 + EXAMPLES_SHOWN]
    asked = [
        (field, [cells[place] for cells in under if place < len(cells) and cells[place]]) for place, field in form.asked
    ]
    candidates = columns.heading_rows(given.rows)
    context = {
        "given": given,
        "at": at,
        "form": form,
        "asked": asked,
        "candidates": [(place, " · ".join(filter(None, given.rows[place]))) for place in sorted(candidates)],
    }
    return render(request, "statements/describe.jinja", context)
