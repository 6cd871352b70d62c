"""Reading jobs: one of one's own, and all of them for administrators."""

from uuid import UUID

from django.db.models import Case, QuerySet, Value, When
from django.http import Http404
from procrastinate.contrib.django.models import ProcrastinateJob

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.jobs.access import may_see_job
from leeway.jobs.models import Job
from leeway.jobs.states import State

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


def errands_that_failed(*, seen_by: User) -> QuerySet[ProcrastinateJob]:
    """Small work that nobody watches and that was given up after its last try, the latest first."""
    check_can(seen_by, Capability.SEE_JOBS)
    return ProcrastinateJob.objects.filter(status="failed").order_by("-id")
