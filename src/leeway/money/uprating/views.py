"""Pages of batches of new charges, for finance and its manager."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leeway.access.access import SignedIn
from leeway.access.roles import Capability
from leeway.access.searches import keeps_words_out_of_addresses, looked_for
from leeway.acting import act, press
from leeway.money.uprating import actions, queries
from leeway.money.uprating.applying import because
from leeway.money.uprating.forms import BecauseForm, DraftForm, FindForm, LateForm, LookForm
from leeway.money.uprating.models import Batch
from leeway.money.uprating.presenters import next_step, steps_of
from leeway.money.uprating.states import AT_WORK, BEFORE_APPLYING, RowState, State
from leeway.money.uprating.telling import fields_of, prices_in_words
from leeway.small_numbers import LEAST
from leeway.writing import write_rows

ROWS_A_PAGE = 50
WAITS = "It is done in the background, some people at a time. This page says how far it is."


@require_GET
def home(request: SignedIn):
    """Every batch, and the way to a new one."""
    context = {
        "batches": queries.batches(seen_by=request.user),
        "may_draft": request.user.can(Capability.START_BUDGETS),
    }
    return render(request, "uprating/home.jinja", context)


@require_http_methods(["GET", "POST"])
def draft(request: SignedIn):
    """Draft a batch: it is worked out, and nothing changes by it."""
    form = DraftForm(request.POST or None)
    if done := act(form, lambda **by_on: actions.draft(**form.cleaned_data, **by_on), request):
        messages.success(request, f"It is being worked out. {WAITS}")
        return redirect("uprating:show", done.result.pk)
    return render(request, "uprating/draft.jinja", {"form": form})


@keeps_words_out_of_addresses
@require_GET
def show(request: SignedIn, batch_id):
    """What a batch comes to, whom it touches, and the next step."""
    batch = queries.get_batch(batch_id, seen_by=request.user)
    find = FindForm(looked_for(request))
    asked = find.cleaned_data if find.is_valid() else {}
    text = request.GET.get("page", "1")
    number = max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1
    first = (number - 1) * ROWS_A_PAGE
    rows, count = queries.rows_to_read(batch, seen_by=request.user, first=first, rows=ROWS_A_PAGE, **asked)
    pages = Paginator(range(count), ROWS_A_PAGE)
    context = {
        "batch": batch,
        "at_work": batch.state in AT_WORK,
        "look": queries.look(batch),
        "labels": {state.value: state.label for state in RowState},
        "rows": rows,
        "count": count,
        "page": pages.get_page(number),
        "find": find,
        "steps": steps_of(batch),
        "next": next_step(batch, request.user),
        "may_withdraw": batch.state in BEFORE_APPLYING,
        "may_undo": batch.state in (State.APPLIED, State.TOLD) and request.user.can(Capability.APPROVE_LARGE_RUNS),
        "fewest": LEAST,
    }
    return render(request, "uprating/show.jinja", context)


@require_GET
def people_csv(request: SignedIn, batch_id) -> HttpResponse:
    """Every row as a file for a spreadsheet."""
    batch = queries.get_batch(batch_id, seen_by=request.user)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="new-charges-{batch.number}.csv"'
    header = ["Person", "Case", "Where it stands", "Why", "Pence a week before", "Pence a week from then", "More"]
    header += [f"{words}, pence" for words in queries.WHY_IN_WORDS.values()] + ["Benefits put up", "At no full rate"]
    header += ["New prices", "Budget before, pence a week", "Budget from then, pence a week"]
    shown, _ = queries.rows_to_read(batch, seen_by=request.user, rows=batch.rows.count())
    write_rows(
        answer,
        header,
        (
            [
                str(row.case.person),
                row.case_id,
                row.get_state_display(),
                row.why,
                row.before_pence,
                row.after_pence,
                row.more_pence,
                *(getattr(row, f"by_{why}_pence") for why in queries.WHY_IN_WORDS),
                len(row.raised),
                "yes" if row.at_no_rate else "no",
                len(row.prices),
                row.budget.cost_pence_per_week,
                row.budget.cost_pence_per_week if row.cost_after_pence is None else row.cost_after_pence,
            ]
            for row in shown
        ),
    )
    return answer


@require_GET
def row(request: SignedIn, batch_id, row_id):
    """Both charges of one person, step by step, and what they are told."""
    batch = queries.get_batch(batch_id, seen_by=request.user)
    found = queries.get_row(batch, row_id, seen_by=request.user)
    found.batch = batch
    context = {
        "batch": batch,
        "row": found,
        "both": queries.side_by_side(found),
        "because": because(found),
        "reasons": [
            (words, getattr(found, f"by_{why}_pence"))
            for why, words in queries.WHY_IN_WORDS.items()
            if getattr(found, f"by_{why}_pence")
        ],
        "prices": prices_in_words(found),
        "letter": fields_of(found, batch) if found.more_pence or found.prices else {},
    }
    return render(request, "uprating/row.jinja", context)


@require_http_methods(["GET", "POST"])
def look(request: SignedIn, batch_id):
    """Say what was seen before anybody approves."""
    batch, form = queries.get_batch(batch_id, seen_by=request.user), LookForm(request.POST or None)
    if act(form, lambda **by_on: actions.look_at(batch=batch, **form.cleaned_data, **by_on), request):
        messages.success(request, "It is kept with your name. Two others of finance approve the batch now.")
        return redirect("uprating:show", batch.pk)
    return _ask(request, batch, form, "What was seen of this batch", "Keep what was seen")


@require_POST
def approve(request: SignedIn, batch_id):
    """Approve a batch, as the first or the second."""
    batch = queries.get_batch(batch_id, seen_by=request.user)
    if done := press(lambda **by_on: actions.approve(batch=batch, **by_on), request):
        second = done.result.state == State.APPROVED
        said = "Approved by two. It can be applied." if second else "Approved. A finance manager approves it after you."
        messages.success(request, said)
    return redirect("uprating:show", batch.pk)


@require_POST
def apply(request: SignedIn, batch_id):
    """Have an approved batch applied."""
    batch = queries.get_batch(batch_id, seen_by=request.user)
    if press(lambda **by_on: actions.begin_to_apply(batch=batch, **by_on), request):
        messages.success(request, f"It is being applied. {WAITS}")
    return redirect("uprating:show", batch.pk)


@require_http_methods(["GET", "POST"])
def letters(request: SignedIn, batch_id):
    """Have the letters written; late ones say why."""
    batch, form = queries.get_batch(batch_id, seen_by=request.user), LateForm(request.POST or None)
    if act(form, lambda **by_on: actions.begin_to_tell(batch=batch, **form.cleaned_data, **by_on), request):
        messages.success(request, f"The letters are being written. {WAITS}")
        return redirect("uprating:show", batch.pk)
    late = timezone.localdate() > batch.letters_by
    return _ask(request, batch, form, "Letters about the new charges", "Write the letters", late=late)


@require_http_methods(["GET", "POST"])
def withdraw(request: SignedIn, batch_id):
    """Give a batch up before anything of it was applied."""
    batch, form = queries.get_batch(batch_id, seen_by=request.user), BecauseForm(request.POST or None)
    if act(form, lambda **by_on: actions.withdraw(batch=batch, **form.cleaned_data, **by_on), request):
        messages.success(request, "The batch is withdrawn. Nothing has changed for anybody.")
        return redirect("uprating:show", batch.pk)
    return _ask(request, batch, form, "Withdraw this batch", "Withdraw it")


@require_http_methods(["GET", "POST"])
def undo(request: SignedIn, batch_id):
    """Have a batch undone as one."""
    batch, form = queries.get_batch(batch_id, seen_by=request.user), BecauseForm(request.POST or None)
    if act(form, lambda **by_on: actions.begin_to_undo(batch=batch, **form.cleaned_data, **by_on), request):
        messages.success(request, f"It is being undone. {WAITS}")
        return redirect("uprating:show", batch.pk)
    return _ask(request, batch, form, "Undo this batch", "Undo it for everybody")


def _ask(request: SignedIn, batch: Batch, form, title: str, button: str, *, late: bool = False):
    context = {"batch": batch, "form": form, "title": title, "button": button, "late": late}
    return render(request, "uprating/ask.jinja", context)
