"""The page of a job for whoever asked for it, and the list of all for administrators."""

from collections.abc import Iterable
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from leeway.access.access import SignedIn
from leeway.acting import act
from leeway.jobs import actions, queries
from leeway.jobs.models import Job
from leeway.jobs.states import UNDER_WAY, State

LOOKS_AGAIN_AFTER = 3  # seconds
A_PAGE = 50


@require_safe
def show(request: SignedIn, job_id: UUID):
    """How far a job is, and what came of it. It looks again by itself while the job runs; with `still`, it does not."""
    return _page(request, queries.get_job(job_id, seen_by=request.user), forms.Form())


@require_POST
def again(request: SignedIn, job_id: UUID):
    """Try a job again that did not work."""
    job = queries.get_job(job_id, seen_by=request.user)
    form = forms.Form(request.POST)
    if act(form, lambda **by_on: actions.try_again(job=job, **by_on), request):
        return redirect("jobs:show", job_id)
    return _page(request, job, form)


@require_safe
def every(request: SignedIn):
    """All jobs, those that failed first."""
    jobs = Paginator(queries.all_jobs(seen_by=request.user), A_PAGE).get_page(request.GET.get("page"))
    errands = queries.errands_that_failed(seen_by=request.user)[:A_PAGE]
    worker = queries.worker_in_words(seen_by=request.user, at=timezone.now())
    shown = {
        "jobs": jobs,
        "came_of": _came_of(jobs, request),
        "errands": errands,
        "worker": worker,
        "back": reverse("home"),
    }
    return render(request, "jobs/every.jinja", shown)


@require_safe
def own(request: SignedIn):
    """The jobs that one asked for oneself, the latest first."""
    jobs = Paginator(queries.own_jobs(request.user), A_PAGE).get_page(request.GET.get("page"))
    shown = {"jobs": jobs, "came_of": _came_of(jobs, request), "back": reverse("home")}
    return render(request, "jobs/own.jinja", shown)


def _came_of(jobs: Iterable[Job], request: SignedIn) -> dict[UUID, str]:
    """What came of each job, as whoever looks may read it."""
    return {job.pk: queries.what_came_of(job, seen_by=request.user) for job in jobs}


def _page(request: SignedIn, job: Job, form: forms.Form):
    under_way, still = job.state in UNDER_WAY, "still" in request.GET
    percent = job.steps_done * 100 // job.steps if job.steps else 0
    shown = {"job": job, "form": form, "under_way": under_way, "still": still, "percent": percent}
    shown |= {"waits": job.state == State.WAITING, "done": job.state == State.DONE}
    shown |= {"what_came_of": queries.what_came_of(job, seen_by=request.user), "counts": queries.counts(job)}
    shown |= {"own": job.asked_by_id in (None, request.user.pk)}
    answer = render(request, "jobs/show.jinja", shown)
    if under_way and not still:
        answer["Refresh"] = str(LOOKS_AGAIN_AFTER)
    return answer
