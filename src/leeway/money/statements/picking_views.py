"""Pages on which lines of a person's ordinary account are picked: by the person alone, or with finance beside them.

What a page shows is in the page and nowhere else, and no browser stores it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from leeway.access.access import SignedIn
from leeway.acting import act
from leeway.care.people.access import is_the_person
from leeway.care.people.queries import about, get_case
from leeway.files.uploads import NEVER_ON_DISK
from leeway.forms import set_choices
from leeway.law.numbers import pounds
from leeway.money.statements import actions, forms, picking, queries
from leeway.money.statements.keeping import Kept
from leeway.money.statements.kinds import Whose
from leeway.money.statements.models import BankAccount
from leeway.refusal import Refusal


@dataclass(frozen=True)
class _Pages:
    """The addresses between which a user goes, and how they are spoken to."""

    upload: str
    pick: str
    after: str
    you: bool
    alone: bool


@require_GET
def own(request: SignedIn, case_id):
    """A person's ordinary accounts, and every line of them that is kept."""
    case = get_case(case_id, seen_by=request.user, page="Lines of an ordinary account")
    context = about(case, seen_by=request.user) | {"accounts": queries.ordinary_accounts(case)}
    return render(request, "statements/own.jinja", context)


@require_http_methods(["GET", "POST"])
def own_open(request: SignedIn, case_id):
    """Begin with an ordinary account of one's own, or of the person whom one helps."""
    case = get_case(case_id, seen_by=request.user, page="An ordinary account")
    form = forms.OwnAccountForm(request.POST or None)

    def opening(**by_on: Any) -> BankAccount:
        return actions.open_bank_account(whose=Whose.ORDINARY, case=case, **form.cleaned_data, **by_on)

    if done := act(form, opening, request):
        return redirect("statements:own_upload", case.pk, done.result.pk)
    return render(request, "statements/own_open.jinja", about(case, seen_by=request.user) | {"form": form})


@never_cache
@require_http_methods(["GET", "POST"])
def own_upload(request: SignedIn, case_id, account_id):
    """Lay out the lines of one's own statement."""
    return upload_to_pick(request, _own_account(request, case_id, account_id))


@never_cache
@require_http_methods(["GET", "POST"])
def own_pick(request: SignedIn, case_id, account_id):
    """Pick lines of one's own statement, look at what was picked, and keep it."""
    return _pick(request, _own_account(request, case_id, account_id))


@never_cache
@require_http_methods(["GET", "POST"])
def pick(request: SignedIn, account_id):
    """The same for a finance officer, with the person or whoever helps them."""
    page = "Lines picked of an ordinary account"
    return _pick(request, queries.get_account(account_id, seen_by=request.user, page=page))


def upload_to_pick(request: SignedIn, found: BankAccount) -> HttpResponse:
    """Ask for a statement, and show its lines."""
    form = forms.ToPickFromForm(request.POST or None, request.FILES or None)

    def lay_out(by, on) -> picking.LaidOut:
        upload, mapping = form.cleaned_data[NEVER_ON_DISK], form.cleaned_data["mapping"]
        return picking.lay_out(found, upload=upload, mapping=mapping, field=NEVER_ON_DISK, by=by, on=on)

    if done := act(form, lay_out, request):
        return _to_pick(request, found, done.result, forms.PickForm())
    context = {"account": found, "form": form, "pages": _pages(request, found)}
    return render(request, "statements/to_pick_from.jinja", context)


def _pick(request: SignedIn, found: BankAccount) -> HttpResponse:
    pages = _pages(request, found)
    if request.method == "GET":
        messages.info(request, "Nothing was kept. Choose the file again to pick lines of it.")
        return redirect(pages.upload)
    try:
        laid_out = picking.read_back(request.POST.get("laid_out", ""), found, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(pages.upload)
    step = request.POST.get("step")
    form = forms.PickForm(request.POST)
    set_choices(form, "places", picking.choices(laid_out, found))
    if step == "change" or not form.is_valid():
        form = forms.PickForm(initial={"places": request.POST.getlist("places")}) if step == "change" else form
        return _to_pick(request, found, laid_out, form)
    if step == "keep" and (done := act(form, _keeping(found, laid_out, form), request)):
        messages.success(request, _what_was_kept(done.result))
        return redirect(pages.after)
    if form.errors:
        return _to_pick(request, found, laid_out, form)
    picked = [laid_out.lines[place - 1] for place in form.cleaned_data["places"]]
    context = {
        "account": found,
        "pages": pages,
        "laid_out": laid_out,
        "places": form.cleaned_data["places"],
        "picked": [(line, picking.said_in(line)) for line in picked],
    }
    return render(request, "statements/picked.jinja", context)


def _keeping(found: BankAccount, laid_out: picking.LaidOut, form: forms.PickForm) -> Callable[..., Kept]:
    def keep(**by_on: Any) -> Kept:
        return actions.keep_picked(
            account=found, lines=laid_out.lines, format=laid_out.format, **form.cleaned_data, **by_on
        )

    return keep


def _to_pick(request: SignedIn, found: BankAccount, laid_out: picking.LaidOut, form: forms.PickForm) -> HttpResponse:
    offered = picking.choices(laid_out, found)
    set_choices(form, "places", offered)
    context = {
        "account": found,
        "form": form,
        "laid_out": laid_out,
        "pages": _pages(request, found),
        "offered": len(offered),
        "known": sum(1 for line in laid_out.lines if line.amount_pence) - len(offered),
    }
    return render(request, "statements/pick.jinja", context)


def _own_account(request: SignedIn, case_id, account_id) -> BankAccount:
    case = get_case(case_id, seen_by=request.user, page="Lines picked of an ordinary account")
    return queries.get_ordinary_account(case, account_id)


def _pages(request: SignedIn, found: BankAccount) -> _Pages:
    case = found.case
    if case is None or request.user.is_staff_member:
        upload, after = (reverse(f"statements:{name}", args=[found.pk]) for name in ("upload", "account"))
        return _Pages(upload, reverse("statements:pick", args=[found.pk]), after, you=False, alone=False)
    upload, pick = (reverse(f"statements:{name}", args=[case.pk, found.pk]) for name in ("own_upload", "own_pick"))
    after = reverse("statements:own", args=[case.pk])
    return _Pages(upload, pick, after, you=is_the_person(request.user, case), alone=True)


def _what_was_kept(kept: Kept) -> str:
    pence = sum(one.read_pence for one in kept.statements)
    lines = f"{kept.new:,} line{'' if kept.new == 1 else 's'}"
    return f"Kept: {lines}, {pounds(pence)} in all. Nothing else of the file was kept."
