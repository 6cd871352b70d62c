"""What the worker itself does: one job, the nightly ones when their hour comes, and jobs that a worker left lying."""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

import pghistory
from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from leeway.jobs import actions
from leeway.jobs.actions import OUR_FAULT, SIGNS_IN_NO_MORE
from leeway.jobs.kinds import KINDS, Result, nightly
from leeway.jobs.models import Job
from leeway.refusal import Refusal

KEPT_FOR = timedelta(days=92)
NIGHTLY_FROM = 2  # o'clock in London
UNREACHABLE = (OperationalError, InterfaceError)
TRIES = RetryStrategy(exponential_wait=3, retry_exceptions=UNREACHABLE)  # how often at most, says actions.begin
SILENT_SECONDS = "silent_seconds"  # after so many without a sign of life a worker is thought dead

log = logging.getLogger(__name__)


@app.task(name=actions.RUN_JOB, retry=TRIES)
async def run_job(job_id: str) -> None:
    """Do one job, in the one thread that has the connection to the database."""
    await sync_to_async(perform)(UUID(job_id))


def perform(job_id: UUID) -> None:
    """Do a job. What it writes and that it is done are one transaction; where it fails, only why is kept.

    A database that went away is no failure: the queue tries again.
    """
    job = actions.begin(job_id=job_id, at=timezone.now())
    if job is not None:
        try:
            _perform(job)
        except actions.Superseded:
            log.warning("Job %s was begun anew by another worker; what this one did was left out.", job_id)


def _perform(job: Job) -> None:
    """Do what somebody asked for as that user, who must still be one. The histories of rows say who it was."""
    try:
        if job.asked_by is not None and not job.asked_by.is_active:
            raise Refusal(SIGNS_IN_NO_MORE)
        with pghistory.context(user=job.asked_by_id, job=str(job.pk)), transaction.atomic():
            result = KINDS[job.kind].work(job, **job.arguments)
            actions.finish(job=job, result=result, at=timezone.now())
    except (actions.Superseded, *UNREACHABLE):
        raise
    except Refusal as refusal:
        actions.fail(job=job, error=str(refusal), at=timezone.now())
    except Exception:
        log.exception("Job %s (%s) failed.", job.pk, job.kind)
        actions.fail(job=job, error=OUR_FAULT, at=timezone.now())


@app.periodic(cron="5 * * * *")
@app.task(name="start_nightly")
async def start_nightly(timestamp: int) -> None:
    """Every hour from two in the morning, London time: start what has not been started for the day."""
    now = timezone.localtime()
    if now.hour >= NIGHTLY_FROM:
        await sync_to_async(actions.start_nightly)(on=now.date())


@nightly("clear_old_jobs", title="Clear away old jobs")
def clear_old_jobs(job: Job) -> Result:
    """Forget jobs that were done more than three months ago."""
    cleared = actions.clear_done_jobs(until=job.asked_on - KEPT_FOR)
    return Result(f"Jobs cleared away that were done over three months ago: {cleared:,}.")


@app.periodic(cron="* * * * *")
@app.task(name="take_up_stalled", queueing_lock="take_up_stalled", pass_context=True)
async def take_up_stalled(context: JobContext, timestamp: int) -> None:
    """Every minute: put back what a dead worker left lying."""
    await put_back_stalled(context.additional_context[SILENT_SECONDS])


async def put_back_stalled(silent_seconds: float) -> Any:
    """Put jobs back into the queue whose worker has given no sign of life for so long."""
    for stalled in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent_seconds):
        log.warning("Job %s was left by its worker and is taken up again.", stalled.id)
        await app.job_manager.retry_job(stalled)
