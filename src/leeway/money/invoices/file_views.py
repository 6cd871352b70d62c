"""Pages that take in a provider's file: which column is what, what is read, what is refused, and then all of it."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from leeway.access.access import SignedIn, check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.acting import act
from leeway.carrying import LASTS, carried
from leeway.files.uploads import NEVER_ON_DISK
from leeway.market.listings.models import Provider
from leeway.money.banking.readers.tables import rows_of
from leeway.money.invoices import actions, forms, queries, tables
from leeway.money.invoices.kinds import TableOf
from leeway.refusal import Refusal

SHOWN = 20


@dataclass(frozen=True)
class Given:
    """A file that was given: whose it is, its rows, and the same signed for the page to carry."""

    provider: Provider
    name: str
    sha256: str
    rows: list[list[str]]
    signed: str


@never_cache
@require_http_methods(["GET", "POST"])
def visit_file(request: SignedIn):
    """Take in a provider's file of visits."""
    return _take_in(request, TableOf.VISITS)


@never_cache
@require_http_methods(["GET", "POST"])
def invoice_file(request: SignedIn):
    """Take in an invoice with its lines from a file."""
    return _take_in(request, TableOf.INVOICE)


@require_http_methods(["GET", "POST"])
def take_back(request: SignedIn, file_id):
    """Take back a file of visits that was read wrongly, with all of its visits."""
    file = queries.get_file(file_id, seen_by=request.user)
    form = forms.TakeBackForm(request.POST or None)
    if act(form, lambda **by_on: actions.take_back_file(file=file, **form.cleaned_data, **by_on), request):
        messages.success(request, "It is taken back with its visits. It can be taken in again.")
        return redirect("invoices:visits")
    context = {"form": form, "file": file, "title": "Take back a file of visits", "button": "Take it back"}
    return render(request, "invoices/ask.jinja", context | {"danger": True})


def _take_in(request: SignedIn, of: TableOf) -> HttpResponse:
    check_can(request.user, Capability.SETTLE_INVOICES)
    if "given" in request.POST:
        return _look(request, of)
    form = forms.TableForm(
        request.POST or None,
        request.FILES or None,
        providers=queries.providers_bought_from(seen_by=request.user),
        initial={"provider": request.GET.get("provider", "")},
    )

    def lay_out(by: User, on: date) -> Given:
        return _laid_out(form.cleaned_data["provider"], form.cleaned_data[NEVER_ON_DISK], by)

    if done := act(form, lay_out, request):
        return _show(request, of, done.result, None)
    return render(request, "invoices/file.jinja", {"form": form, "of": of})


def _look(request: SignedIn, of: TableOf) -> HttpResponse:
    """Read a file that its page carries, with the columns that were said; and keep it where that was pressed."""
    try:
        said = signing.loads(request.POST["given"], salt=_salt(request.user), max_age=LASTS)
    except signing.BadSignature:
        messages.error(request, "This file was laid out too long ago, or changed on its way. Choose it again.")
        return redirect(request.path)
    provider = queries.get_provider(said["provider"], seen_by=request.user)
    given = Given(provider, said["name"], said["sha256"], said["rows"], request.POST["given"])
    return _show(request, of, given, request.POST)


def _show(request: SignedIn, of: TableOf, given: Given, data: Any) -> HttpResponse:
    meanings = tables.OF_VISITS if of == TableOf.VISITS else tables.OF_INVOICES
    _at, headings = tables.headings_of(given.rows)
    offered = queries.columns_of(given.provider, of, headings) or tables.usual(meanings, headings)
    begins = {f"column_{name}": heading for name, heading in offered.headings.items()} | {"days": offered.days}
    columns = forms.ColumnsForm(data, meanings=meanings, headings=headings, initial=begins)
    begun = data if data and "keep" in data and of == TableOf.INVOICE else None
    head = forms.InvoiceHeadForm(begun, initial={"received_on": timezone.localdate()})
    read, problem = _read(of, given, columns.columns())
    if read and data and "keep" in data and columns.is_valid():
        form = head if of == TableOf.INVOICE else columns
        if done := act(form, lambda **by_on: _keep(of, given, read, columns.columns(), head, **by_on), request):
            messages.success(request, done.result[1])
            return redirect(*done.result[0])
    context = {
        "of": of,
        "given": given,
        "columns": columns,
        "head": head,
        "read": read,
        "problem": problem,
        "not_read": [each for each in headings if each and each not in columns.columns().headings.values()],
        "rows": read.rows[:SHOWN] if read else [],
        "refused": read.refused[:SHOWN] if read else [],
        "total_pence": sum(each.claimed_pence for _row, each in read.rows) if read and of == TableOf.INVOICE else 0,
    }
    return render(request, "invoices/read.jinja", context)


def _read(of: TableOf, given: Given, columns: tables.Columns) -> tuple[Any, str]:
    """What a file says with these columns; or why it cannot be read with them."""
    read = tables.read_visits if of == TableOf.VISITS else tables.read_lines
    try:
        return read(given.rows, columns, on=timezone.localdate()), ""
    except Refusal as refusal:
        return None, str(refusal)


def _keep(of, given, read, columns, head, by: User, on: date) -> tuple[tuple[Any, ...], str]:
    """Keep what was read of a file; where that is then seen, and what to say of it."""
    said = {"provider": given.provider, "headings": columns.headings, "days": columns.days, "by": by, "on": on}
    if of == TableOf.INVOICE:
        invoice = actions.take_in_invoice(rows=read.rows, refused=read.refused, **head.cleaned_data, **said)
        return ("invoices:show", invoice.pk), "The invoice is here. Compare it with what was delivered."
    kept = actions.keep_visits(name=given.name, sha256=given.sha256, rows=read.rows, refused=read.refused, **said)
    waits = kept.results["unallocated"]
    told = f"{kept.new:,} visit{' is' if kept.new == 1 else 's are'} kept. "
    told += f"Of these, {waits:,} {'fits' if waits == 1 else 'fit'} no agreed line yet."
    left = f" {kept.left_out:,} row{' was' if kept.left_out == 1 else 's were'} left out." if kept.left_out else ""
    return ("invoices:visits",), told + left


def _laid_out(provider: Provider, upload: Any, by: User) -> Given:
    upload.seek(0)
    content = upload.read()
    try:
        rows = rows_of(content)
        tables.headings_of(rows)
    except Refusal as refusal:
        raise Refusal(str(refusal), field=NEVER_ON_DISK) from refusal
    name, digest = upload.name[-200:], sha256(content).hexdigest()
    said = {"provider": str(provider.pk), "name": name, "sha256": digest, "rows": rows}
    return Given(provider, name, digest, rows, carried(said, salt=_salt(by), field=NEVER_ON_DISK))


def _salt(by: User) -> str:
    return f"table of a provider {by.pk}"
