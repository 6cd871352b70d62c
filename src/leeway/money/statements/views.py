"""Pages of bank accounts: what is not explained, the queue of lines, what was matched and undone, a month's end."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import batched
from typing import Any, Self
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from leeway.access.access import SignedIn
from leeway.access.roles import Capability
from leeway.access.searches import SEARCH, keeps_words_out_of_addresses, looked_for
from leeway.acting import act, is_barred
from leeway.care.people.queries import get_case
from leeway.files.laying_by import Given
from leeway.forms import set_choices
from leeway.jobs.pressing import Asked, act_or_start, require_free, unless_under_way
from leeway.jobs.queries import jobs_of_kind, told_of
from leeway.law.numbers import pounds
from leeway.money.banking.statement import lines_about
from leeway.money.payments.models import PaymentRun
from leeway.money.payments.queries import answers_to
from leeway.money.payments.queries import jobs_of as jobs_of_run
from leeway.money.payments.states import State
from leeway.money.payments.steps import require_step
from leeway.money.statements import actions, choosing, forms, picking_views, queries
from leeway.money.statements.kinds import Whose, order_called, otherwise_of
from leeway.money.statements.models import BankAccount, Match
from leeway.money.statements.standing import ageing, days, standing
from leeway.writing import write_rows

DAYS_A_PAGE, LINES_A_PAGE, ACCOUNTS_A_PAGE, ROWS_AT_ONCE, WORDS_MOST = 31, 100, 50, 5_000, 100
MONTH = "A month of bank lines"


@keeps_words_out_of_addresses
@require_GET
def home(request: SignedIn):
    """The council's accounts and people's, what is not explained of each, and the runs that a statement says left."""
    form = forms.FindAccountForm(looked_for(request))
    asked = form.cleaned_data if form.is_valid() else {}
    pages = Paginator(queries.accounts_of_people(seen_by=request.user, **asked), ACCOUNTS_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    ours, theirs = queries.how_they_stand(page, seen_by=request.user)
    context = {
        "ours": ours,
        "theirs": theirs,
        "form": form,
        "page": page,
        "unexplained_pence": sum(each.unexplained_pence for each in ours),
        "open_count": sum(each.open_count for each in ours),
        "runs": queries.runs_that_left(seen_by=request.user, on=timezone.localdate()),
        "may_reconcile": request.user.can(Capability.RECONCILE),
    }
    return render(request, "statements/home.jinja", context)


@require_http_methods(["GET", "POST"])
def open_account(request: SignedIn):
    """Begin to read the statements of an account of the council's."""
    form = forms.AccountForm(request.POST or None)

    def opening(**by_on: Any) -> BankAccount:
        return actions.open_bank_account(whose=Whose.COUNCIL, **form.cleaned_data, **by_on)

    if done := act(form, opening, request):
        return redirect("statements:upload", done.result.pk)
    return render(request, "statements/open.jinja", {"form": form})


@require_http_methods(["GET", "POST"])
def open_account_of(request: SignedIn, case_id):
    """Begin to read the statements of an account of a person's."""
    case = get_case(case_id, seen_by=request.user, page="Bank account")
    form = forms.AccountOfForm(request.POST or None)
    if done := act(form, lambda **by_on: actions.open_bank_account(case=case, **form.cleaned_data, **by_on), request):
        return redirect("statements:upload", done.result.pk)
    return render(request, "statements/open.jinja", {"form": form, "case": case})


@require_GET
def account(request: SignedIn, account_id):
    """One account: its unexplained balance, how old that is, day by day, and its statements."""
    found = _account(request, account_id, "Bank account")
    today = timezone.localdate()
    stands = standing(found)
    pages = Paginator(days(stands)[::-1], DAYS_A_PAGE)
    context = {
        "account": found,
        "standing": stands,
        "ages": ageing(stands, today),
        "days": pages.get_page(request.GET.get("page")),
        "statements": found.statements.select_related("kept_by", "file").order_by("-to_on", "-kept_at")[:DAYS_A_PAGE],
        "last": queries.last_match_by(found, request.user),
    }
    return render(request, "statements/account.jinja", context | _may_reconcile(found, request))


@require_http_methods(["GET", "POST"])
def upload(request: SignedIn, account_id):
    """Keep a bank's file."""
    found = _account(request, account_id, "Bank account")
    if found.whose == Whose.ORDINARY:
        return picking_views.upload_to_pick(request, found)
    form = forms.UploadForm(request.POST or None, request.FILES or None)
    if kept := act_or_start(form, lambda: _to_keep(found, form), request):
        return kept
    told = told_of(queries.jobs_of(found), seen_by=request.user)
    context = {"account": found, "standing": standing(found), "form": form, "told": told}
    return render(request, "statements/upload.jinja", context)


def _to_keep(found: BankAccount, form: forms.UploadForm) -> Asked:
    upload = form.cleaned_data["upload"]
    upload.seek(0)
    return Asked(
        kind=queries.KEEP_STATEMENT,
        title="Read a bank statement",
        many=lines_about(upload.read()) + standing(found).open_count,  # those that are open are looked at again
        arguments={"account": found.pk, "mapping": form.mapping_name},
        beside=queries.jobs_of(found) | jobs_of_kind(queries.CONFIRM),
        given=Given(upload=upload),
    )


@keeps_words_out_of_addresses
@require_GET
def queue(request: SignedIn, account_id):
    """The lines that are not explained, or some of them, with what each may stand for."""
    found = _account(request, account_id, "Lines that are not explained")
    text = request.GET.get("page", "1")
    number = max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1
    first = (number - 1) * queries.LINES_SHOWN
    form = forms.QueueForm(looked_for(request))
    asked = _Asked.of(form)
    stands = standing(found)
    count = queries.lines_to_explain(found, **asked.words_and_sort).count() if asked.words else stands.open_count
    context = {
        "account": found,
        "standing": stands,
        "form": form,
        "asked": asked,
        "items": queries.queue(found, seen_by=request.user, first=first, **asked.words_and_sort),
        "count": count,
        "page": Paginator(range(count), queries.LINES_SHOWN).get_page(number),
    }
    return render(request, "statements/queue.jinja", context | _may_reconcile(found, request))


@require_http_methods(["GET", "POST"])
def line(request: SignedIn, account_id, line_id):
    """One line and what it may stand for; and what it is, where nothing here stands for it."""
    found = _account(request, account_id, "A line")
    item = queries.item(found, line_id, seen_by=request.user)
    form = forms.ExplainForm(request.POST or None)
    set_choices(form, "kind", [(kind, kind.label) for kind in otherwise_of(found.whose, item.line.amount_pence)])
    explaining = _beside(found, lambda **by_on: actions.explain(line=item.line, **form.cleaned_data, **by_on))
    if act(form, explaining, request):
        if left_pence := queries.item(found, line_id, seen_by=request.user).open_pence:
            messages.success(request, f"Explained as you said. {pounds(abs(left_pence))} of the line is still open.")
            return redirect("statements:line", found.pk, line_id)
        messages.success(request, "The line is explained as you said.")
        return _next(request, found, item.line)
    return _line_page(request, found, item, form)


def _line_page(request: SignedIn, found: BankAccount, item: queries.Item, form: Form):
    asked = _Asked.kept_in(request)
    context = {
        "account": found,
        "standing": standing(found),
        "item": item,
        "proposals": [(proposal, forms.as_seen(proposal)) for proposal in item.proposals],
        "matches": queries.matches_of(item.line, seen_by=request.user),
        "form": form,
        "asked": asked,
        "after": _line_after(found, item.line, asked),
        "last": queries.last_match_by(found, request.user),
        "may_be_received": item.open_pence > 0 and found.whose == Whose.COUNCIL,
    }
    return render(request, "statements/line.jinja", context | _may_reconcile(found, request))


@require_http_methods(["POST"])
def accept(request: SignedIn, account_id, line_id):
    """Match a line with what was proposed for it."""
    found = _account(request, account_id, "A line")
    line = queries.get_line(found, line_id)
    form = forms.SeenProposalForm(request.POST)
    done = act(
        form,
        _beside(found, lambda **by_on: actions.accept(account=found, proposal=form.cleaned_data["seen"], **by_on)),
        request,
    )
    if done:
        messages.success(request, f"Matched: {done.result.why}")
        if not queries.get_line(found, line_id).open_pence:
            return _next(request, found, line)
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, str(error))
    return _to_line(request, found, line_id)


@keeps_words_out_of_addresses
@require_http_methods(["GET", "POST"])
def by_hand(request: SignedIn, account_id, line_id):
    """Match several lines with several things, by hand."""
    found = _account(request, account_id, "Lines matched by hand")
    words = _words(request)
    choice = choosing.to_match_by_hand(found, line_id, words, seen_by=request.user)
    form = forms.ByHandForm(request.POST or None, initial={"lines": [str(line_id)]})
    set_choices(form, "lines", [(str(each.pk), choosing.in_words(each)) for each in choice.lines])
    set_choices(form, "things", [(forms.key_of(each.thing), choosing.thing_in_words(each)) for each in choice.things])
    open_lines = {str(each.pk): each.open_pence for each in choice.lines}
    open_things = {forms.key_of(each.thing): each.open_pence for each in choice.things}

    def matching(**by_on: Any) -> Match:
        return actions.match_by_hand(
            account=found,
            lines=form.chosen_lines(open_lines),
            things=form.chosen_things(open_things),
            why=form.cleaned_data["why"],
            **by_on,
        )

    if act(form, _beside(found, matching), request):
        messages.success(request, "They are matched, as you said.")
        return _next(request, found, choice.line)
    context = {
        "account": found,
        "standing": standing(found),
        "choice": choice,
        "words": words,
        "form": form,
        "asked": _Asked.kept_in(request),
    }
    return render(request, "statements/by_hand.jinja", context)


@keeps_words_out_of_addresses
@require_http_methods(["GET", "POST"])
def received(request: SignedIn, account_id, line_id):
    """Confirm a share that the NHS or a person paid, from the line that shows it."""
    found = _account(request, account_id, "A share that was received")
    item = queries.item(found, line_id, seen_by=request.user)
    words = _words(request, item.line.counterparty)
    owed = queries.owed_by(words, seen_by=request.user)
    form = forms.ReceivedForm(request.POST or None)
    set_choices(form, "owed", [(each.key, each.words) for each in owed])
    chosen = {each.key: each for each in owed}

    def receive(**by_on: Any):
        one = chosen[form.cleaned_data["owed"]]
        return actions.receive_from_line(
            line=item.line,
            case=one.case,
            payer=one.payer,
            owed_pence=one.owed_pence,
            seen_pence=form.cleaned_data["seen_pence"],
            **by_on,
        )

    if act(form, _beside(found, receive), request):
        messages.success(request, "The share is recorded as received, and matched with this line.")
        return _next(request, found, item.line)
    asked = _Asked.kept_in(request)
    context = {
        "account": found,
        "standing": standing(found),
        "item": item,
        "words": words,
        "owed": owed,
        "form": form,
        "asked": asked,
    }
    return render(request, "statements/received.jinja", context)


@require_http_methods(["GET", "POST"])
def match(request: SignedIn, account_id, match_id):
    """What was matched, why and by whom; and the way to undo it."""
    found = _account(request, account_id, "A match")
    one = queries.get_match(found, match_id)
    queries.look_over(found, seen_by=request.user, page="A match")
    form = forms.UndoForm(request.POST or None)
    undoing = _beside(found, lambda **by_on: actions.undo(match=one, **form.cleaned_data, **by_on))
    if act(form, undoing, request):
        messages.success(request, "The match is undone. Its lines are open again, and every other match stands.")
        return _to_line(request, found, queries.first_line_of(one).pk)
    context = {
        "account": found,
        "standing": standing(found),
        "match": one,
        "form": form,
        "may_reconcile": request.user.can(Capability.RECONCILE),
    }
    return render(request, "statements/match.jinja", context)


@require_http_methods(["GET", "POST"])
def confirm(request: SignedIn, run_id):
    """Confirm a run by what the statements say of it; where they do not, what there is to do."""
    run, evidence = queries.run_to_confirm(run_id, seen_by=request.user)

    def check() -> None:
        require_free(jobs_of_run(run))
        require_step(run, State.CONFIRMED, timezone.localdate())

    if not run.confirmed_on and is_barred(check, request):
        return redirect("payments:show", run.pk)
    form = forms.EvidenceForm(request.POST or None)
    if confirmed := act_or_start(form, lambda: _to_confirm(run, form.cleaned_data["seen"]), request):
        return confirmed
    context = {
        "run": run,
        "evidence": evidence,
        "form": form,
        "accounts": queries.read_up_to(),
        "answers": answers_to(run),
        "may_reconcile": request.user.can(Capability.RECONCILE),
    }
    return render(request, "statements/confirm.jinja", context)


def _to_confirm(run: PaymentRun, seen: str) -> Asked:
    return Asked(
        kind=queries.CONFIRM,
        title=f"Confirm payment run {run.number} by its statement",
        many=run.payments_count,
        arguments={"run": run.pk, "seen": seen},
        beside=jobs_of_run(run) | jobs_of_kind(queries.KEEP_STATEMENT),
        check=lambda: require_step(run, State.CONFIRMED, timezone.localdate()),
    )


@require_GET
def month(request: SignedIn, account_id):
    """The end of a month: everything is explained, or it is listed."""
    found = _account(request, account_id, MONTH)
    form = _month_form(request, found)
    if not form.is_valid():
        return render(request, "statements/month.jinja", {"account": found, "form": form})
    first = form.cleaned_data["month"]
    last, after = _end_of(first), _end_of(first) + timedelta(days=1)
    queries.look_over(found, seen_by=request.user, page=MONTH)
    stands = standing(found)
    moved = days(stands, last=last)
    pages = Paginator(queries.month(found, first, last, open_first=True), LINES_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "account": found,
        "form": form,
        "first": first,
        "last": last,
        "before": (first - timedelta(days=1)).replace(day=1) if queries.has_lines_before(found, first) else None,
        "after": after if after <= timezone.localdate() else None,
        "standing": stands,
        "page": page,
        "rows": queries.with_matches(page.object_list),
        "open_count": sum(each.open_count for each in moved if each.on >= first),
        "at_end": next(iter(moved[-1:]), None),
    }
    return render(request, "statements/month.jinja", context)


@require_GET
def month_csv(request: SignedIn, account_id) -> HttpResponse:
    """The same as a file for a spreadsheet: every line, and what it is."""
    found = _account(request, account_id, MONTH)
    form = _month_form(request, found)
    if not form.is_valid():
        return redirect(f"{reverse('statements:month', args=[found.pk])}?{request.GET.urlencode()}")
    first = form.cleaned_data["month"]
    queries.look_over(found, seen_by=request.user, page=MONTH)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="bank-lines-{first:%Y-%m}.csv"'
    header = ("Day", "Reference", "Description", "Who", "Pence", "Pence not explained", "Explained by", "Why")
    lines = queries.month(found, first, _end_of(first)).iterator(chunk_size=ROWS_AT_ONCE)
    rows = (
        (
            each.booked_on,
            each.reference,
            each.description,
            each.counterparty,
            each.amount_pence,
            each.open_pence,
            "; ".join(one.matched_by.name if one.matched_by else "itself" for one in matches),
            "; ".join(one.why for one in matches),
        )
        for some in batched(lines, ROWS_AT_ONCE)
        for each, matches in queries.with_matches(some)
    )
    write_rows(answer, header, rows)
    return answer


def _may_reconcile(found: BankAccount, request: SignedIn) -> dict[str, Any]:
    """Whether whoever looks may match lines of an account now, and what its pages say of a job that is at it."""
    told = told_of(queries.jobs_of(found), seen_by=request.user)
    free = told is None or not told.under_way
    return {"told": told, "may_reconcile": request.user.can(Capability.RECONCILE) and free}


def _beside[T](found: BankAccount, action: Callable[..., T]) -> Callable[..., T]:
    """A small action on the lines of an account, of which no statement is being read."""
    return unless_under_way(queries.jobs_of(found), action)


def _month_form(request: SignedIn, account: BankAccount) -> forms.MonthForm:
    """The month that an address names; that of the last line where it names none, or the present one."""
    today = timezone.localdate()
    if "month" in request.GET:
        return forms.MonthForm(request.GET, today=today)
    return forms.MonthForm({"month": f"{queries.last_day_of(account) or today:%Y-%m}"}, today=today)


def _end_of(first: date) -> date:
    return first.replace(day=monthrange(first.year, first.month)[1])


def _words(request: SignedIn, otherwise: str = "") -> str:
    """What is searched for: no database takes a byte of nought there, or a word without end."""
    words = looked_for(request)["words"] if SEARCH in request.GET else otherwise
    return words.replace("\0", " ")[:WORDS_MOST]


def _account(request: SignedIn, account_id, page: str) -> BankAccount:
    return queries.get_account(account_id, seen_by=request.user, page=page)


@dataclass(frozen=True)
class _Asked:
    """Which lines of a queue somebody goes through, in which order: each page hands it on in the address of the next.

    It has a name of its own there, since pages on the way search for something else. The words are in the sign-in, and
    what stands for them is in the address.
    """

    words: str = ""
    sort: str = ""
    search: str = ""

    @classmethod
    def of(cls, form: forms.QueueForm) -> Self:
        return cls(**form.cleaned_data, search=form.data.get(SEARCH, "")) if form.is_valid() else cls()

    @classmethod
    def kept_in(cls, request: SignedIn) -> Self:
        return cls.of(forms.QueueForm(looked_for(request, QueryDict(request.GET.get("queue", "")))))

    @property
    def words_and_sort(self) -> dict[str, str]:
        return {"words": self.words, "sort": self.sort}

    @property
    def order(self) -> str:
        """The order in words."""
        return order_called(self.sort).words

    @property
    def query(self) -> str:
        """As the address of the queue has it."""
        asked = {SEARCH: self.search if self.words else "", "sort": self.sort}
        return urlencode({name: said for name, said in asked.items() if said})

    @property
    def kept(self) -> str:
        """As the address of every page on the way has it."""
        return f"?{urlencode({'queue': self.query})}" if self.query else ""


def _line_after(found: BankAccount, line: Any, asked: _Asked) -> Any:
    """The line after one, of those that are gone through; where that was the last, the first of what is left."""
    wanted = asked.words_and_sort
    return queries.next_line(found, line, **wanted) or queries.next_line(found, **wanted)


def _next(request: SignedIn, found: BankAccount, after: Any):
    """The line to look at next; where none is left of those that were searched for, the queue, or the account."""
    asked = _Asked.kept_in(request)
    if line := _line_after(found, after, asked):
        return _to_line(request, found, line.pk)
    if asked.words:
        return redirect(f"{reverse('statements:queue', args=[found.pk])}?{asked.query}")
    return redirect("statements:account", found.pk)


def _to_line(request: SignedIn, found: BankAccount, line_id):
    return redirect(f"{reverse('statements:line', args=[found.pk, line_id])}{_Asked.kept_in(request).kept}")
