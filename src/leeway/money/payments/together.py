"""Several approved runs in one Bacs file: put together, given to the bank at once, or taken apart again.

A run is in one file at most, and while it is in one it has no file of its own: no bank is given it twice. The serial
number of the file is one that no run has, and stays, so that a bank knows the file again.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.jobs.kinds import Progress, untold
from leeway.money.banking import bacs18
from leeway.money.banking.payment import Originator
from leeway.money.banking.working_days import bacs_processing_day, require_bank_working_day
from leeway.money.payments import actions, bank_files, making, queries, steps
from leeway.money.payments.models import FileOfRuns, PaymentRun, Rail
from leeway.money.payments.states import State
from leeway.refusal import Refusal

FEWEST = 2


@dataclass(frozen=True)
class DayOfFile:
    """What a file pays on one day: when Bacs processes it, by which runs, and its control totals."""

    pay_on: date
    processing_day: date
    runs: tuple[PaymentRun, ...]

    @property
    def count(self) -> int:
        return sum(run.payments_count for run in self.runs)

    @property
    def pence(self) -> int:
        return sum(run.total_pence for run in self.runs)


@transaction.atomic
def put_together(*, runs: Collection[UUID], by: User, on: date) -> FileOfRuns:
    """Put approved runs into one Bacs file, each with its own day. They are given to the bank at once from then on.

    Refused where a run is not approved, is sent or in another file, goes by Faster Payments, can no longer reach its
    day, leaves another account than the others, or has a payment that may no longer be made.
    """
    check_can(by, Capability.PAY)
    steps.one_at_a_time()
    found = _locked(PaymentRun.objects.filter(pk__in=runs))
    require_can_share(found, on)
    for run in found:
        actions.require_nothing_stopped(run)
    file = FileOfRuns.objects.create(
        number=making.next_number(),
        runs_count=len(found),
        payments_count=sum(run.payments_count for run in found),
        total_pence=sum(run.total_pence for run in found),
        made_by=by,
        made_on=on,
    )
    PaymentRun.objects.filter(pk__in=[run.pk for run in found]).update(file=file)
    text_of(file)  # what no bank would take is refused now, and not when it is downloaded
    return file


@transaction.atomic
def record_file_sent(*, file: FileOfRuns, sent_on: date, by: User, on: date, progress: Progress = untold) -> FileOfRuns:
    """Say that the bank was given a file of several runs: every run of it is sent, on that day, or none is."""
    check_can(by, Capability.PAY)
    runs = _locked(file.runs.all())
    require_whole(file, runs)
    sent = 0
    for run in runs:
        actions.send(run, sent_on, by, on, partial(_report_beyond, progress, sent, file))
        sent += run.payments_count
    return file


@transaction.atomic
def take_apart(*, file: FileOfRuns, reason: str, by: User, on: date) -> FileOfRuns:
    """Give up a file that the bank was not given, and say why. Each of its runs has files of its own again."""
    check_can(by, Capability.PAY)
    runs = _locked(file.runs.all())
    require_whole(file, runs)
    ask = "Say why, and how you know that the bank does not have the file."
    reason = said.sentence(reason, ask=ask, field="reason", least=said.FEW)
    PaymentRun.objects.filter(pk__in=[run.pk for run in runs]).update(file=None)
    file.taken_apart_by, file.taken_apart_on, file.taken_apart_because = by, on, reason
    file.save(update_fields=["taken_apart_by", "taken_apart_on", "taken_apart_because"])
    return file


def runs_to_choose(*, seen_by: User) -> QuerySet[PaymentRun]:
    """The approved runs by Bacs that are in no file yet and were not sent, the earliest day first."""
    return queries.runs_to_send(seen_by=seen_by).filter(rail=Rail.BACS, file=None)


def may_share(run: PaymentRun) -> bool:
    """Whether a run that was not sent may be put into a file with others: approved, by Bacs, and in none yet."""
    return run.state == State.APPROVED and run.rail == Rail.BACS and run.file_id is None


def get_file(file_id: UUID, *, seen_by: User) -> FileOfRuns:
    """A file of several runs."""
    check_can(seen_by, Capability.PAY)
    found = FileOfRuns.objects.select_related("made_by", "taken_apart_by").filter(pk=file_id).first()
    if found is None:
        raise Http404("There is no such file.")
    return found


def stopped_in(runs: Collection[PaymentRun]) -> list[PaymentRun]:
    """The runs in which a payment may no longer be made: a hold, an end, a death or new bank details came since."""
    first, *rest = (queries.stopped_since(run).order_by().values_list("run", flat=True)[:1] for run in runs)
    stopped = set(first.union(*rest).order_by())
    return [run for run in runs if run.pk in stopped]


def days_of(runs: Iterable[PaymentRun]) -> list[DayOfFile]:
    """What a file of these runs pays, day by day."""
    by_day: dict[date, list[PaymentRun]] = {}
    for run in sorted(runs, key=lambda run: (run.pay_on, run.number)):
        by_day.setdefault(run.pay_on, []).append(run)
    return [DayOfFile(day, some[0].processing_day, tuple(some)) for day, some in by_day.items()]


def text_of(file: FileOfRuns) -> str:
    """The Bacs Standard 18 file of several runs. The same file gives the same bytes every time."""
    days = days_of(file.runs.all())
    credits = {
        bacs_processing_day(day.pay_on): bank_files.Credits(day.runs) for day in days
    }  # refused where banks close
    originator = Originator(**days[0].runs[0].originator)
    return bacs18.write_days(credits, originator, created_on=file.made_on, serial_number=file.number)


def _report_beyond(progress: Progress, before: int, file: FileOfRuns, *, done: int, of: int) -> None:
    """Say of a file how far one of its runs is, where so many payments of the runs before are done."""
    progress(done=before + done, of=file.payments_count)


def _locked(runs: QuerySet[PaymentRun]) -> list[PaymentRun]:
    """Runs as they stand once nobody else is at them, or at the case of anybody in them."""
    keys = list(runs.order_by().values_list("pk", flat=True))
    steps.lock_paid(keys)
    return list(PaymentRun.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("number"))


def require_can_share(runs: Collection[PaymentRun], on: date) -> None:
    """Refuse to put runs together of which one cannot go into a file, or that leave different accounts."""
    if len(runs) < FEWEST:
        raise Refusal("Choose two runs or more. One run has a file of its own.", field="runs")
    for run in runs:
        _require_free(run, on)
    if len({tuple(sorted((run.originator or {}).items())) for run in runs}) > 1:
        raise Refusal(
            "These runs leave different accounts of the council. One file takes from one account.", field="runs"
        )


def _require_free(run: PaymentRun, on: date) -> None:
    if run.state != State.APPROVED or run.file_id is not None:
        raise Refusal(
            f"Run {run.number} has changed since you opened the page: it is not approved, is sent, or is in another "
            "file. Choose again.",
            field="runs",
        )
    if run.rail != Rail.BACS:
        raise Refusal(f"Run {run.number} goes by Faster Payments, which has no Bacs file.", field="runs")
    require_bank_working_day(run.pay_on, f"The day of run {run.number},")
    if run.last_day_to_send < on:
        raise Refusal(
            f"Bacs had to have run {run.number} by {run.last_day_to_send:%-d %B %Y} for people to have their money on "
            f"{run.pay_on:%-d %B %Y}. Give that run another day, or leave it out.",
            field="runs",
        )


def require_whole(file: FileOfRuns, runs: Collection[PaymentRun]) -> None:
    """Refuse to go on with a file that was sent or taken apart."""
    stands = [run for run in runs if run.file_id == file.pk and run.state == State.APPROVED]
    if len(stands) != file.runs_count:
        raise Refusal("This file was sent or taken apart already. Open it again to see where it stands.")
