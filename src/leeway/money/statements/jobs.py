"""What takes long with statements: done at once where there are few lines or payments, else by a job."""

from functools import partial

from django.urls import reverse

from leeway.files.laying_by import Given, taken_up
from leeway.jobs.actions import report
from leeway.jobs.kinds import Result, job
from leeway.jobs.models import Job
from leeway.law.numbers import pounds
from leeway.money.payments.models import PaymentRun
from leeway.money.statements import actions, columns, queries
from leeway.money.statements.keeping import Kept
from leeway.money.statements.models import BankAccount


@job(queries.KEEP_STATEMENT, title="Read a bank statement", being="A statement is being read", counts="lines")
def keep(asked: Job, *, account: str, mapping: str, given: Given | str) -> Result:
    """Keep a bank's file and its lines, and match them."""
    upload = taken_up(given).upload
    assert upload is not None
    kept = actions.keep_statement(
        account=BankAccount.objects.get(pk=account),
        upload=upload,
        mapping=columns.mapping_called(mapping),
        by=asked.asked_by,
        on=asked.asked_on,
        progress=partial(report, asked),
    )
    return Result(_what_was_kept(kept), reverse("statements:account", args=[account]), "Look at the account")


@job(queries.CONFIRM, title="Confirm a payment run by its statement", being="Being confirmed", counts="payments")
def confirm(asked: Job, *, run: str, seen: str) -> Result:
    """Confirm a run by what the statements say."""
    done = actions.confirm_from_statement(
        run=PaymentRun.objects.get(pk=run),
        seen=seen,
        by=asked.asked_by,
        on=asked.asked_on,
        progress=partial(report, asked),
    )
    return Result(
        f"Run {done.number} is confirmed.", reverse("payments:show", args=[run]), f"Look at run {done.number}"
    )


@job(queries.RECEIVE, title="Record the bills and claims that were paid", being="Being recorded", counts="lines")
def receive(asked: Job, *, account: str) -> Result:
    """Record what people paid of their bills and NHS bodies of claims, from the lines that name them."""
    count, pence = actions.receive_referenced(
        account=BankAccount.objects.get(pk=account), by=asked.asked_by, on=asked.asked_on,
        progress=partial(report, asked),
    )  # fmt: skip
    said = f"{pounds(pence)} is recorded as received, from {count:,} line{'' if count == 1 else 's'}."
    return Result(said, reverse("statements:account", args=[account]), "Look at the account")


def _what_was_kept(kept: Kept) -> str:
    pence = sum(one.read_pence - one.known_pence for one in kept.statements)
    said = f"Kept: {kept.new:,} new line{'' if kept.new == 1 else 's'}, {pounds(pence)} in all."
    if kept.new:
        said += f" Matched by themselves: {kept.matched:,}; "
        said += "" if kept.proposed is None else f"proposed: {kept.proposed:,}; "
        said += f"left to explain: {kept.new - kept.matched - (kept.proposed or 0):,}."
    if kept.known:
        said += f" {kept.known:,} were kept before."
    if kept.left_out:
        said += f" Statements of other accounts in it were left out: {', '.join(kept.left_out)}."
    return said
