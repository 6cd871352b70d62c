"""What is done about payments every night; and each step of a run, at once where it has few payments, else by a job.

Whoever asked is asked about again by the action that a step calls, when it runs. What an officer wrote, and the bank's
own file, is `given`, since no argument of a job may hold it.
"""

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.urls import reverse

from leeway.files.laying_by import Given, taken_up
from leeway.jobs.actions import report
from leeway.jobs.kinds import Result, job, nightly
from leeway.jobs.models import Job
from leeway.money.payments import actions, answers, leaving_out, making, notices, queries, together, withdrawing
from leeway.money.payments.models import FileOfRuns, PaymentRun
from leeway.money.payments.states import State

PAYMENTS = "payments"
APPROVED_WORDS = {
    State.CHECKED: "You checked the run. It is above the council’s limit, so a finance manager must approve it.",
    State.APPROVED: "The run is approved. Give one of its files to the bank, then say on the run that you did.",
}


@nightly("payments_told", title="Telling people of payments sent and late")
def payments_told(job: Job) -> Result:
    """Tell people that their money was sent, or that it will be late."""
    sent, late = notices.tell_of_sent(on=job.asked_on), notices.tell_of_late(on=job.asked_on)
    return Result(f"Told of a payment that was sent: {sent:,}. Of one that is late: {late:,}.")


@job(queries.MAKE_RUN, title="Make a payment run", being="Being made", counts=PAYMENTS)
def make(asked: Job, *, pay_on: str) -> Result:
    """Make a run."""
    run = making.make_run(pay_on=date.fromisoformat(pay_on), progress=partial(report, asked), **_by_on(asked))
    return _at(run, f"The payment run is made. {who_is_next(run)}")


@job("approve_run", title="Approve a payment run", being="Being approved", counts=PAYMENTS)
def approve(asked: Job, *, run: str, pay_on: str) -> Result:
    """Check a run, or approve it."""
    done = actions.approve_run(run=_run(run), pay_on=date.fromisoformat(pay_on), **_by_on(asked))
    return _at(done, APPROVED_WORDS[State(done.state)])


@job("send_run", title="Send a payment run", being="Being sent", counts=PAYMENTS)
def send(asked: Job, *, run: str, pay_on: str, sent_on: str) -> Result:
    """Record that the bank has the file of a run."""
    days = {"pay_on": date.fromisoformat(pay_on), "sent_on": date.fromisoformat(sent_on)}
    sent = actions.record_sent(run=_run(run), progress=partial(report, asked), **days, **_by_on(asked))
    return _at(sent, f"Sent. Confirm what arrived on {sent.pay_on:%-d %B %Y} or later.")


@job("confirm_run", title="Confirm a payment run", being="Being confirmed", counts=PAYMENTS)
def confirm(asked: Job, *, run: str, given: Given | str) -> Result:
    """Record what arrived, and what came back."""
    said = taken_up(given).words
    done = actions.confirm_run(run=_run(run), progress=partial(report, asked), **said, **_by_on(asked))
    return _at(done, "The run is confirmed.")


@job("answer_run", title="Read the bank’s answer to a payment run", being="Being read", counts=PAYMENTS)
def answer(asked: Job, *, run: str, given: Given | str) -> Result:
    """Take in what the bank answered."""
    upload = taken_up(given).upload
    assert upload is not None
    found = answers.take_answer(run=_run(run), upload=upload, **_by_on(asked))
    back = found.back_count
    came = f"{back} payment{' came' if back == 1 else 's came'} back." if back else "No payment came back."
    return _at(found.run, f"The bank’s answer is kept. {came} {found.words}".strip())


@job("cancel_run", title="Cancel a payment run", being="Being cancelled", counts=PAYMENTS)
def cancel(asked: Job, *, run: str) -> Result:
    """Give up a run before it is approved."""
    withdrawing.cancel_run(run=_run(run), **_by_on(asked))
    return Result("The run is cancelled. Its payments are due again.", reverse("payments:home"), "Payments")


@job("withdraw_run", title="Withdraw a payment run", being="Being withdrawn", counts=PAYMENTS)
def withdraw(asked: Job, *, run: str, given: Given | str) -> Result:
    """Give up an approved run."""
    withdrawing.withdraw_run(run=_run(run), **taken_up(given).words, **_by_on(asked))
    return Result("The run is withdrawn. Its payments are due again.", reverse("payments:home"), "Payments")


@job("redate_run", title="Give a payment run another day", being="Being given another day", counts=PAYMENTS)
def redate(asked: Job, *, run: str, pay_on: str) -> Result:
    """Give a run another day."""
    done = withdrawing.redate_run(run=_run(run), pay_on=date.fromisoformat(pay_on), **_by_on(asked))
    return _at(done, f"The run has its new day. {who_is_next(done)}")


@job("leave_out", title="Make a payment run again without a payment", being="Being made again", counts=PAYMENTS)
def leave_out(asked: Job, *, run: str, place: int, given: Given | str) -> Result:
    """Leave a payment out of a run, and make the run again."""
    payment = queries.payments_of(_run(run)).get(place=place)
    words = dict(taken_up(given).words)
    words["last_on"] = date.fromisoformat(words["last_on"])
    again = leaving_out.leave_out(payment=payment, **words, **_by_on(asked))
    said = f"{payment.reference} is left out, and payments to this person wait. Run {payment.run.number} is cancelled"
    if again is None:
        return Result(f"{said}: nobody else was in it.", reverse("payments:home"), "Payments")
    return _at(again, f"{said}, and this is the run in its place. {who_is_next(again)}")


@job(queries.PUT_TOGETHER, title="Put payment runs into one file", being="Being put together", counts=PAYMENTS)
def put_together(asked: Job, *, runs: list[str]) -> Result:
    """Put several runs into one file."""
    made = together.put_together(runs=[UUID(each) for each in runs], **_by_on(asked))
    return _at_file(made, f"The file {made.reference} is made. Give it to the bank, then say so.")


@job("take_file_apart", title="Take a file apart", being="Being taken apart", counts=PAYMENTS)
def take_apart(asked: Job, *, file: str, given: Given | str) -> Result:
    """Give up a file of several runs."""
    apart = together.take_apart(file=FileOfRuns.objects.get(pk=file), **taken_up(given).words, **_by_on(asked))
    return _at_file(apart, "The file is taken apart. Each of its runs has files of its own again.")


@job("send_file", title="Send a file of several payment runs", being="Being sent", counts=PAYMENTS)
def send_file(asked: Job, *, file: str, sent_on: str) -> Result:
    """Record that the bank has a file of several runs."""
    found = FileOfRuns.objects.get(pk=file)
    day, progress = date.fromisoformat(sent_on), partial(report, asked)
    together.record_file_sent(file=found, sent_on=day, progress=progress, **_by_on(asked))
    return _at_file(found, f"All {found.runs_count} runs are sent. Confirm each on its day or later.")


def who_is_next(run: PaymentRun) -> str:
    """Whose word a run that was just made, or given another day, waits for."""
    if run.needs_second:
        return "Another finance officer must check it, and then a finance manager approve it."
    return "Another finance officer must approve it."


def _by_on(asked: Job) -> dict[str, Any]:
    return {"by": asked.asked_by, "on": asked.asked_on}


def _run(key: str) -> PaymentRun:
    return PaymentRun.objects.get(pk=key)


def _at(run: PaymentRun, sentence: str) -> Result:
    return Result(sentence, reverse("payments:show", args=[run.pk]), f"Look at run {run.number}")


def _at_file(file: FileOfRuns, sentence: str) -> Result:
    return Result(sentence, reverse("payments:file", args=[file.pk]), f"Look at file {file.reference}")
