"""What finance does today about payments, in words: a row for each thing, with the page on which it is done."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse

from leeway.access.models import User
from leeway.law.numbers import pounds
from leeway.money.budgets.models import Hold, InstalmentKind, Interim
from leeway.money.payments.falling_due import Totals
from leeway.money.payments.models import FileOfRuns, Payment, PaymentRun
from leeway.money.payments.states import State


@dataclass(frozen=True)
class Words:
    """Some words of a row, and the page that they lead to, where they lead to one."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class ToDo:
    """One thing to do today: what kind of thing, and what there is to know of it."""

    label: str
    words: tuple[Words, ...]
    cases: frozenset[UUID] = frozenset()


def to_do(label: str, *words: str | tuple[str, str], cases: Iterable[UUID] = ()) -> ToDo:
    """A thing to do, from words and from pairs of words and the page that they lead to; and whose payments it names."""
    linked = tuple(Words(each) if isinstance(each, str) else Words(*each) for each in words)
    return ToDo(label, linked, frozenset(cases))


def late_in_words(late: tuple[Totals, Sequence[Any]]) -> list[ToDo]:
    """The payments that cannot reach people on their day any more, the first of them by name."""
    totals, first = late
    if not totals.count:
        return []
    said: list[str | tuple[str, str]] = [
        f"{_payments(totals.count)} of {pounds(totals.pence)} in all cannot reach people on their day any more: "
    ]
    for each in first:
        case = each.part.budget.case
        said += [(str(case.person), reverse("budgets:show", args=[case.pk]))]
        once = " once, to get started," if each.kind == InstalmentKind.START_UP else ""
        said += [f", {pounds(each.amount_pence)}{once} due on {_day(each.due_on)}; "]
    said[-1] = str(said[-1]).removesuffix("; ") + ("; and others" if len(first) < totals.count else "")
    one = totals.count == 1
    said += [f". {'It goes' if one else 'They go'} with the run that has {'it' if one else 'them'}, or with the next; "]
    said += ["what is in no run can be ", ("paid the same day", reverse("payments:faster")), "."]
    return [to_do("Late", *said, cases=[each.part.budget.case_id for each in first])]


def late_invoices_in_words(late: Sequence[Any]) -> list[ToDo]:
    """The invoices that cannot be paid in their terms any more, the first of them by name."""
    if not late:
        return []
    said: list[str | tuple[str, str]] = ["Invoices that cannot be paid in their terms any more: "]
    for each in late:
        page = reverse("payments:provider", args=[each.invoice.provider_id])
        said += [(each.invoice.provider.name, page), f", {pounds(each.pence)} due on {_day(each.invoice.due_on)}; "]
    said[-1] = str(said[-1]).removesuffix("; ") + ". "
    return [to_do("Late", *said, ("All that is owed to providers", reverse("payments:providers")), ".")]


def on_account_in_words(interim: Interim) -> ToDo:
    """Money on account that was agreed, that nothing stops, and that is in no run."""
    person = (str(interim.case.person), reverse("budgets:interim", args=[interim.case_id]))
    assert interim.authorised_on is not None
    return to_do(
        "Pay",
        f"{pounds(interim.amount_pence)} on account for ",
        person,
        f", agreed on {_day(interim.authorised_on)} since it cannot wait. ",
        ("Pay it the same day", reverse("payments:faster")),
        ", or it goes with the next run.",
    )


def came_back_in_words(back: tuple[Totals, Sequence[Any]], missed: date) -> list[ToDo]:
    """The payments that came back and are to be made again, the latest by name; due by `missed`, they are late."""
    totals, latest = back
    said = [_came_back(payment, missed) for payment in latest]
    if more := totals.count - len(latest):
        pence = totals.pence - sum(payment.amount_pence for payment in latest)
        before = f"{_payments(more)} of {pounds(pence)} in all came back before these, and are to be made again."
        said.append(to_do("Came back", before))
    return said


def _came_back(payment: Any, missed: date) -> ToDo:
    """A payment that came back: why, and what to do where nothing stops it, as where it failed with us."""
    due_on = payment.instalment.due_on if payment.instalment else payment.owed.invoice.due_on if payment.owed else None
    due = f", due on {_day(due_on)}" if due_on else ""
    waits = due_on is None or due_on <= missed
    same_day = (", or ", ("pay it the same day", reverse("payments:faster"))) if waits else ()
    see_to_it = (" Find out why, see to the bank details, and lift the hold.",)
    again = (" It goes with the next run", *same_day, ".") if payment.free else see_to_it
    return to_do(
        "Came back",
        f"{pounds(payment.amount_pence)} to ",
        (payment.whose, _page_of(payment)),
        f"{due}, {payment.returned_because} ({_day(payment.returned_on)}).",
        *again,
        cases=[payment.case_id],
    )


def _page_of(payment: Payment) -> str:
    """The page on which one sees to a payment that came back."""
    if payment.provider_id:
        return reverse("payments:provider", args=[payment.provider_id])
    return reverse("budgets:show" if payment.part_id else "budgets:interim", args=[payment.case_id])


def hold_in_words(hold: Hold, today: date) -> ToDo:
    """A hold whose last day comes, or is gone."""
    assert hold.last_on is not None
    case, more, gone = hold.budget.case, "", hold.last_on < today
    if gone:
        more = f". It was to be looked at after {_day(hold.last_on)}"
    elif hold.ends_by_itself:
        more = "; ends by itself"
    return to_do(
        "Look again" if gone else f"Hold until {_day(hold.last_on)}",
        (str(case.person), reverse("budgets:show", args=[case.pk])),
        f", {hold.get_kind_display().lower()}{more}.",
    )


def runs_in_words(runs: Iterable[PaymentRun], today: date, *, reader: User) -> list[ToDo]:
    """What is to be done about runs that are on their way: those that missed their day first, then in their order.

    A run has missed its day once the bank can no longer be given its file for it, or is closed on it after all.
    """
    listed = list(runs)
    missed = [
        run for run in listed if run.state != State.SENT and (run.last_day_to_send < today or run.banks_are_closed)
    ]
    to_approve = [run for run in listed if run.state in (State.MADE, State.CHECKED) and run not in missed]
    to_send = [run for run in listed if run.state == State.APPROVED and run not in missed]
    to_confirm = [run for run in listed if run.state == State.SENT and run.pay_on <= today]
    return [
        *_of_files(missed, today),
        *(_missed(run, today) for run in missed if run.file is None),
        *(_to_approve(run, reader) for run in to_approve),
        *_of_files(to_send, today),
        *(_to_send(run, today) for run in to_send if run.file is None),
        *map(_to_confirm, to_confirm),
    ]


def _missed(run: PaymentRun, today: date) -> ToDo:
    approved = run.state == State.APPROVED
    if run.pay_on <= today:
        said = f" was to reach people on {_day(run.pay_on)}, and is not recorded as sent. "
    elif run.banks_are_closed:
        said = f" is for {_day(run.pay_on)}, when banks are closed after all. "
    elif approved:
        said = f" is approved: it was not recorded as sent by {_day(run.last_day_to_send)}. "
    else:
        said = f" waits for approval, and the bank was to have its file by {_day(run.last_day_to_send)}. "
    if approved:
        return to_do("Not sent", _link(run), said + "Say that it was, give it another day, or withdraw it.")
    return to_do("Not sent", _link(run), said + "Give it another day, or cancel it.")


def _of_files(runs: Iterable[PaymentRun], today: date) -> Iterable[ToDo]:
    """What is to be done about each file that several of these runs are in."""
    files: defaultdict[FileOfRuns, list[PaymentRun]] = defaultdict(list)
    for run in runs:
        if run.file is not None:
            files[run.file].append(run)
    for file, some in files.items():
        last = min(run.last_day_to_send for run in some)
        page = (f"File {file.reference}", reverse("payments:file", args=[file.pk]))
        with_runs = f" with {file.runs_count} runs"
        if any(run.banks_are_closed for run in some):
            said = f"{with_runs}: banks are closed on a day of it after all. Say that it was sent, or take it apart."
            yield to_do("Not sent", page, said)
        elif last < today:
            said = f"{with_runs} was not recorded as sent by {_day(last)}. Say that it was, or take it apart."
            yield to_do("Not sent", page, said)
        else:
            yield to_do("Send", page, f"{with_runs}: give it to the bank {_by(last, today)}, and say so.")


def _to_approve(run: PaymentRun, reader: User) -> ToDo:
    checks = run.needs_second and run.state == State.MADE
    said = f", made by {run.made_by.name}"
    said += f", checked by {run.checked_by.name}" if run.checked_by else ""
    said += f": {_payments(run.payments_count)} of {pounds(run.total_pence)} in all"
    if run.state == State.CHECKED:
        said += ". It waits for a finance manager"
    elif run.made_by_id == reader.pk:
        said += ". It waits for another officer"
    return to_do("Check" if checks else "Approve", _link(run), said + ".")


def _to_send(run: PaymentRun, today: date) -> ToDo:
    by = _by(run.last_day_to_send, today)
    return to_do("Send", _link(run), f" is approved: give the bank its file {by}, and say so.")


def _to_confirm(run: PaymentRun) -> ToDo:
    page = (f"Run {run.number}", reverse("statements:confirm", args=[run.pk]))
    said = f" was to arrive on {_day(run.pay_on)}: read the bank’s statement or answer, and confirm what arrived."
    return to_do("Confirm", page, said)


def _link(run: PaymentRun) -> tuple[str, str]:
    return f"Run {run.number}", reverse("payments:show", args=[run.pk])


def _by(last: date, today: date) -> str:
    return "today" if last == today else f"by {_day(last)}"


def _payments(count: int) -> str:
    return f"{count} payment{'' if count == 1 else 's'}"


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"
