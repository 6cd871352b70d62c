"""What a button asks for that may take long: done at once where it is little, else by a job. One way for every page.

The same function does it either way: that of the kind of job, with the same arguments. What it works on stays as it was
until its transaction is through, and meanwhile nothing else is begun beside it: a page says what is under way instead.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponseRedirect
from django.shortcuts import redirect

from leeway.access.access import SignedIn
from leeway.access.models import User
from leeway.acting import act, in_turn
from leeway.jobs.actions import plain, start_job
from leeway.jobs.kinds import KINDS, Result
from leeway.jobs.models import Job
from leeway.jobs.states import UNDER_WAY
from leeway.refusal import Refusal


class LaidBy(Protocol):
    """Words or a file that no argument can hold: laid by for the job, which is told where."""

    def lay_by(self) -> str: ...


@dataclass(frozen=True)
class Asked:
    """What a button asks for: which kind of job, with what, and how many payments or lines there are to do.

    `beside` has the jobs that it cannot run beside. `check` refuses at once what the job would refuse.
    """

    kind: str
    title: str
    many: int
    arguments: Mapping[str, Any]
    beside: QuerySet[Job]
    given: LaidBy | None = None
    check: Callable[[], object] = field(default=lambda: None)


def act_or_start(form: forms.Form, asked: Callable[[], Asked], request: SignedIn) -> HttpResponseRedirect | None:
    """Do what a form that was sent asks for, or have a job do it; the page that follows. None where it was refused.

    `asked` is called once the form is valid. A second press finds the job of the first.
    """
    done = act(form, lambda **by_on: _do_or_start(asked(), request.path, **by_on), request)
    if done is None:
        return None
    if isinstance(done.result, Job):
        return redirect("jobs:show", done.result.pk)
    messages.success(request, done.result.sentence)
    return redirect(done.result.address)


def require_free(beside: QuerySet[Job]) -> None:
    """Refuse to begin anything beside a job that is under way: it would wait for it, and then find something else."""
    job = _under_way(beside)
    if job is not None:
        raise Refusal(f"“{job.title}” is under way, as {job.asker} asked. Open the page again once that is through.")


def unless_under_way[T](beside: QuerySet[Job], action: Callable[..., T]) -> Callable[..., T]:
    """An action that is refused while one of these jobs is under way."""

    def checked(**by_on: Any) -> T:
        require_free(beside)
        return action(**by_on)

    return checked


def _do_or_start(asked: Asked, page: str, *, by: User, on: date) -> Result | Job:
    if asked.many <= settings.AT_ONCE_MOST:
        require_free(asked.beside)
        given = {"given": asked.given} if asked.given else {}
        work = KINDS[asked.kind].work
        return work(Job(kind=asked.kind, asked_by=by, asked_on=on), **plain(asked.arguments), **given)
    return in_turn("begin what takes long", lambda: _start(asked, page, by, on))


def _start(asked: Asked, page: str, by: User, on: date) -> Job:
    """Start the job, unless one is under way beside it. The same that the same user asked for is that job.

    Where something was given, the job knows the page on which something else can be.
    """
    job = _under_way(asked.beside)
    if job is not None and (job.kind, job.asked_by_id) == (asked.kind, by.pk):
        return job
    require_free(asked.beside)
    asked.check()
    given = {"given": asked.given.lay_by()} if asked.given else {}
    arguments = dict(asked.arguments) | given
    page = page if asked.given else ""
    return start_job(kind=asked.kind, title=asked.title, arguments=arguments, page=page, by=by, on=on)


def _under_way(beside: QuerySet[Job]) -> Job | None:
    return beside.filter(state__in=UNDER_WAY).select_related("asked_by").first()
