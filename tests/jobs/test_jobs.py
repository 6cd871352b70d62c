"""A job is done once, says how far it is, and ends in a sentence that one can read."""

from datetime import date

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from leeway.jobs import actions, kinds
from leeway.jobs.kinds import Result
from leeway.jobs.states import State
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def declare(monkeypatch):
    """Declare a kind of job for one test."""
    monkeypatch.setattr(kinds, "KINDS", known := {})
    monkeypatch.setattr(actions, "KINDS", known)
    monkeypatch.setattr("leeway.jobs.jobs.KINDS", known)

    def one(do, name="count", nightly=False):
        (kinds.nightly if nightly else kinds.job)(name, title="Count everyone")(do)

    return one


@pytest.fixture
def start(bea):
    return lambda **arguments: actions.start_job(kind="count", arguments=arguments, by=bea, on=TODAY)


def test_a_job_is_done_and_says_what_came_of_it(declare, start, work, bea):
    seen = []

    def do(job, *, until):
        seen.append((job.asked_by, job.asked_on, until))
        return Result("Everyone is counted.", "/insight/", "See the figures")

    declare(do)
    job = start(until=date(2026, 10, 31))
    assert (job.state, job.title) == (State.WAITING, "Count everyone")
    work()
    job.refresh_from_db()
    assert seen == [(bea, TODAY, "2026-10-31")]
    assert (job.state, job.attempt, job.error) == (State.DONE, 1, "")
    assert (job.result_sentence, job.result_address, job.result_link) == (
        "Everyone is counted.", "/insight/", "See the figures",
    )  # fmt: skip
    assert job.started_at <= job.ended_at
    assert not ProcrastinateJob.objects.exists(), "what is done leaves the queue"
