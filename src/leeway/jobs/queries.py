"""Reading jobs: one of one's own, and all of them for administrators."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, Max, QuerySet, Value, When
from django.http import Http404
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.jobs.access import may_see_job
from leeway.jobs.actions import OUR_SENTENCES, plain
from leeway.jobs.kinds import KINDS
from leeway.jobs.models import Job
from leeway.jobs.states import UNDER_WAY, State

SILENT_FOR = timedelta(seconds=30)  # without a sign of life, after which a worker is thought dead
FAILURE_TOLD_FOR = timedelta(days=7)
FIRST = (State.FAILED, State.WORKING, State.WAITING)


def get_job(job_id: UUID, *, seen_by: User) -> Job:
    """A job, for whoever asked for it and for administrators; 404 for everybody else."""
    job = Job.objects.select_related("asked_by").filter(pk=job_id).first()
    if job is None or not may_see_job(seen_by, job):
        raise Http404("There is no such job, or it is not yours.")
    return job


def own_jobs(user: User) -> QuerySet[Job]:
    """Every job that this user asked for, the latest first."""
    return Job.objects.select_related("asked_by").filter(asked_by=user).order_by("-asked_at", "id")


def all_jobs(*, seen_by: User) -> QuerySet[Job]:
    """Every job for an administrator: those that failed first, then those under way, then the latest done."""
    check_can(seen_by, Capability.SEE_JOBS)
    place = Case(*(When(state=state, then=Value(at)) for at, state in enumerate(FIRST)), default=Value(len(FIRST)))
    return Job.objects.select_related("asked_by").order_by(place, "-asked_at", "id")


def jobs_about(**about: UUID | list[UUID]) -> QuerySet[Job]:
    """The jobs that were asked for with this key among their arguments: those about one thing, or about it too."""
    return Job.objects.filter(arguments__contains=plain(about))


def jobs_of_kind(kind: str) -> QuerySet[Job]:
    """The jobs of one kind."""
    return Job.objects.filter(kind=kind)


@dataclass(frozen=True)
class Told:
    """What the page of a thing says of a job about it: what is under way and how far, or why it did not work."""

    job: Job
    under_way: bool
    words: str
    may_see: bool


def told_of(jobs: QuerySet[Job], *, seen_by: User) -> Told | None:
    """What a page says of the latest of some jobs; nothing where that is done: then the thing itself has changed.

    What did not work is told for a week, and stays among the jobs of whoever asked.
    """
    told = jobs.exclude(state=State.FAILED, ended_at__lt=timezone.now() - FAILURE_TOLD_FOR)
    job = told.select_related("asked_by").order_by("-asked_at").first()
    if job is None or job.state == State.DONE:
        return None
    under_way = job.state in UNDER_WAY
    return Told(job, under_way, _how_far(job) if under_way else job.error, may_see_job(seen_by, job))


def counts(job: Job) -> str:
    """What a job counts: “payments”. A kind of before, which nothing does any more, counted steps."""
    return KINDS[job.kind].counts if job.kind in KINDS else "steps"


def _how_far(job: Job) -> str:
    kind = KINDS[job.kind]
    if job.state == State.WAITING:
        return f"{kind.being}: waits for its turn."
    return f"{kind.being}: {job.steps_done:,} of {job.steps:,} {kind.counts}." if job.steps else f"{kind.being}."


def what_came_of(job: Job, *, seen_by: User) -> str:
    """What came of a job. A reason may name people: whoever did not ask for it reads only that there is one."""
    if job.asked_by_id in (None, seen_by.pk) or job.error in OUR_SENTENCES:
        return job.error or job.result_sentence
    return f"It was refused, with a reason that {job.asker} can read." if job.error else ""


def errands_that_failed(*, seen_by: User) -> QuerySet[ProcrastinateJob]:
    """Small work that nobody watches and that was given up after its last try, the latest first."""
    check_can(seen_by, Capability.SEE_JOBS)
    return ProcrastinateJob.objects.filter(status="failed").order_by("-id")


@dataclass(frozen=True)
class Worker:
    """Whether a worker runs, in words too."""

    runs: bool
    words: str


def worker_in_words(*, seen_by: User, at: datetime) -> Worker:
    """Whether a worker is running, and how long ago one was seen."""
    check_can(seen_by, Capability.SEE_JOBS)
    seen_at = ProcrastinateWorker.objects.aggregate(last=Max("last_heartbeat"))["last"]
    if seen_at is not None and at - seen_at <= SILENT_FOR:
        return Worker(True, f"A worker is running: seen {_ago(at - seen_at)}.")
    began_at = Job.objects.aggregate(last=Max("started_at"))["last"]
    known = max((moment for moment in (seen_at, began_at) if moment is not None), default=None)
    last = f"One was last seen {_ago(at - known)}." if known else "None has been seen yet."
    return Worker(
        False, f"No worker is running, so nothing that is asked for gets done. {last} Start one: leeway worker."
    )


def _ago(time: timedelta) -> str:
    """How long ago something was, in its largest whole unit: “3 minutes ago”."""
    seconds = max(0, int(time.total_seconds()))
    for name, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            many = seconds // size
            return f"{many:,} {name}{'' if many == 1 else 's'} ago"
    return "a moment ago" if seconds < 2 else f"{seconds} seconds ago"
