"""Everything that changes a job: starting it, doing it, saying how far it is, trying it again; and queueing errands."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

from leeway.access.models import User
from leeway.jobs.access import may_see_job
from leeway.jobs.kinds import KINDS, Result
from leeway.jobs.models import Job
from leeway.jobs.states import MOVES, UNDER_WAY, State
from leeway.moves import require_move
from leeway.refusal import NotAllowed

RUN_JOB, THIS_JOB = "run_job", "This job"
ERRANDS_FIRST = 1  # small work does not wait behind long jobs
#: The queue, through Django's own connection: in the worker too, what is queued is part of the transaction.
QUEUE = JobManager(connector=DjangoConnector())
ATTEMPTS_MOST = 5
HOW_FAR, ENDED = ("steps_done", "steps"), ("state", "ended_at", "error")
PLAIN = re.compile(r"[\w.:-]{0,80}")
BROKEN_OFF = f"The work was broken off {ATTEMPTS_MOST} times. Tell an administrator before you try it again."
OUR_FAULT = "Something went wrong on our side, and nothing was changed. Try again; if it happens twice, tell us when."
SIGNS_IN_NO_MORE = "Whoever asked for this signs in no more, so it was not done. Ask for it yourself."
#: What is nobody's reason, and names nobody.
OUR_SENTENCES = (BROKEN_OFF, OUR_FAULT, SIGNS_IN_NO_MORE)


class Superseded(Exception):
    """Another worker has begun this job anew: what this one did for it does not count."""


@transaction.atomic
def start_job(*, kind: str, arguments: Mapping[str, Any], by: User, on: date, title: str = "", page: str = "") -> Job:
    """Ask for a job to be done in the background, once the caller's transaction is through.

    `arguments` are keys, dates and codes alone. `title` says what it is (“Publish the account to 31 October 2026”),
    without a person's name. `page` is where something else can be given, should it not work. Where the same user's
    same job is under way already, that is the job.
    """
    known = plain(arguments)
    under_way = Job.objects.filter(kind=kind, arguments=known, asked_by=by, state__in=UNDER_WAY).first()
    if under_way is not None:
        return under_way
    made = Job.objects.create(
        kind=kind, title=title or KINDS[kind].title, arguments=known, asked_by=by, asked_on=on, result_address=page
    )
    _defer(made)
    return made


@transaction.atomic
def start_nightly(*, on: date) -> list[Job]:
    """Start what is done once a day and has not been started for this day; the jobs that were started."""
    started = []
    for kind in KINDS.values():
        if kind.nightly:
            job, new = Job.objects.get_or_create(
                kind=kind.name, asked_by=None, asked_on=on, defaults={"title": kind.title}
            )
            if new:
                _defer(job)
                started.append(job)
    return started


@transaction.atomic
def try_again(*, job: Job, by: User, on: date) -> Job:
    """Have a job that did not work done again, from its beginning."""
    if not may_see_job(by, job):
        raise NotAllowed("Only whoever asked for a job, or an administrator, can have it tried again.")
    kept = Job.objects.select_for_update().get(pk=job.pk)
    require_move(MOVES, kept.state, State.WAITING, of=THIS_JOB)
    kept.state, kept.error, kept.ended_at, kept.steps_done, kept.steps = State.WAITING, "", None, 0, 0
    kept.attempts_before = kept.attempt
    if kept.asked_by_id is not None:
        kept.asked_on = on
    kept.save(update_fields=["asked_on", "attempts_before", *ENDED, *HOW_FAR])
    _defer(kept)
    return kept


def clear_done_jobs(*, until: date) -> int:
    """Forget jobs that were done, for a person or by night, before a day; how many they were."""
    return Job.objects.filter(state=State.DONE, asked_on__lt=until).delete()[0]


def queue_errand(*, name: str, **arguments: Any) -> None:
    """Ask for small work that nobody watches, to be done once the caller's transaction is through."""
    assert name in app.tasks, f"No errand is called {name}."
    errand = configure_task(name=name, job_manager=QUEUE, lock=name, priority=ERRANDS_FIRST)
    errand.defer(**plain(arguments))


def report(job: Job, *, done: int, of: int) -> None:
    """Say how far a job is, for its page to show at once: on a connection of its own, outside the job's transaction.

    Of what is done at once, without a job that is kept, nobody asks how far it is.
    """
    if job._state.adding:
        return
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute(
                "UPDATE jobs_job SET steps_done = %s, steps = %s WHERE id = %s AND attempt = %s AND state = %s",
                [done, of, job.pk, job.attempt, State.WORKING],
            )
    finally:
        own.close()


@transaction.atomic
def begin(*, job_id: UUID, at: datetime) -> Job | None:
    """Take a job up; None where it was done or failed meanwhile. One found at work was broken off by its worker."""
    job = Job.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=job_id)
    if job.state not in UNDER_WAY:
        return None
    if job.state == State.WORKING:
        job.state = State.WAITING
    if job.attempt - job.attempts_before >= ATTEMPTS_MOST:
        _end(job, State.FAILED, at, error=BROKEN_OFF)
        return None
    require_move(MOVES, job.state, State.WORKING, of=THIS_JOB)
    job.state, job.started_at = State.WORKING, at
    job.attempt, job.steps_done, job.steps = job.attempt + 1, 0, 0
    job.save(update_fields=["state", "started_at", "attempt", *HOW_FAR])
    return job


@transaction.atomic
def finish(*, job: Job, result: Result, at: datetime) -> None:
    """Keep what came of a job. Called inside the transaction in which the job did its work."""
    kept = _still_held(job)
    kept.result_sentence, kept.result_address, kept.result_link = result.sentence, result.address, result.link
    kept.steps_done = kept.steps
    kept.save(update_fields=["result_sentence", "result_address", "result_link", *HOW_FAR])
    _end(kept, State.DONE, at)


@transaction.atomic
def fail(*, job: Job, error: str, at: datetime) -> None:
    """Keep why a job did not work."""
    _end(_still_held(job), State.FAILED, at, error=error)


def _still_held(job: Job) -> Job:
    kept = Job.objects.select_for_update().get(pk=job.pk)
    if kept.attempt != job.attempt or kept.state != State.WORKING:
        raise Superseded
    return kept


def _end(job: Job, to: State, at: datetime, *, error: str = "") -> None:
    require_move(MOVES, job.state, to, of=THIS_JOB)
    job.state, job.ended_at, job.error = to, at, error
    job.save(update_fields=ENDED)


def _defer(job: Job) -> None:
    configure_task(name=RUN_JOB, job_manager=QUEUE).defer(job_id=str(job.pk))


def plain(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as they are kept, and given to whatever does the work: numbers, and short words without spaces."""
    return {name: _plain(name, value) for name, value in arguments.items()}


def _plain(name: str, value: Any) -> Any:
    """An argument as it is kept: a number or a short word without spaces, so that it tells nothing about a person.

    Several of them are kept one by one.
    """
    if isinstance(value, list):
        return [_plain(name, each) for each in value]
    plain = value if isinstance(value, int | None) else str(value)
    assert not isinstance(plain, str) or PLAIN.fullmatch(plain), f"{name}: a job takes keys, dates and codes alone."
    return plain
