"""A job is done once, says how far it is, and ends in a sentence that one can read."""

import logging
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone
from procrastinate.contrib.django import procrastinate_app
from procrastinate.contrib.django.models import ProcrastinateJob

from leeway.access.models import Team
from leeway.jobs import actions, kinds
from leeway.jobs.jobs import OUR_FAULT, perform
from leeway.jobs.kinds import Result
from leeway.jobs.models import Job
from leeway.jobs.states import State
from leeway.moves import MoveNotAllowed
from leeway.refusal import NotAllowed, Refusal
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db


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


def test_the_same_job_of_the_same_user_runs_once_at_a_time(declare, start, bea, mona):
    declare(lambda job, **_: Result("Done."))
    one = start(until="2026-10-31")
    assert start(until="2026-10-31") == one, "a second press of the button"
    assert start(until="2026-09-30") != one
    assert actions.start_job(kind="count", arguments={"until": "2026-10-31"}, by=mona, on=TODAY) != one
    assert Job.objects.count() == ProcrastinateJob.objects.count() == 3


def test_what_was_done_can_be_asked_for_again(declare, start, work):
    declare(lambda job: Result("Done."))
    one = start()
    work()
    assert start() != one


def test_a_job_is_part_of_its_callers_transaction(declare, start):
    declare(lambda job: Result("Done."))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        start()
        actions.queue_errand(name="start_nightly")
        raise ZeroDivisionError
    assert not Job.objects.exists() and not ProcrastinateJob.objects.exists()


@pytest.mark.parametrize("words", ["Ada Bell", "12 High Street", "a" * 81, "a\nb"])
def test_what_may_be_about_a_person_is_no_argument(declare, start, words):
    declare(lambda job, **_: Result("Done."))
    with pytest.raises(AssertionError, match="keys, dates and codes alone"):
        start(whom=words)
    with pytest.raises(AssertionError, match="keys, dates and codes alone"):
        actions.queue_errand(name="start_nightly", whom=words)
    key = uuid4()
    assert start(whom=key, how_many=3, all=True).arguments == {"whom": str(key), "how_many": 3, "all": True}


def test_a_refusal_ends_a_job_with_its_sentence(declare, start, work):
    def do(job):
        Team.objects.create(name="Half done")
        raise Refusal("That day is still to come. Choose one that has passed.")

    declare(do)
    job = start()
    work()
    job.refresh_from_db()
    assert (job.state, job.error) == (State.FAILED, "That day is still to come. Choose one that has passed.")
    assert job.ended_at and not job.result_sentence
    assert not Team.objects.filter(name="Half done").exists(), "what it wrote is not there"


def test_a_defect_says_nothing_of_whom_it_was_about(declare, start, work, caplog):
    def do(job):
        raise ValueError("Ada Bell")

    declare(do)
    job = start()
    with caplog.at_level(logging.ERROR):
        work()
    job.refresh_from_db()
    assert (job.state, job.error) == (State.FAILED, OUR_FAULT)
    [record] = [record for record in caplog.records if record.name == "leeway.jobs.jobs"]
    assert str(job.pk) in record.getMessage() and "Ada" not in record.getMessage()


def test_a_kind_that_is_no_longer_known_fails_in_words(declare, start, work):
    declare(lambda job: Result("Done."))
    job = start()
    Job.objects.update(kind="of_before")
    work()
    job.refresh_from_db()
    assert (job.state, job.error) == (State.FAILED, OUR_FAULT)


def test_a_database_that_went_away_is_no_failure(declare, start):
    answers = iter([OperationalError("gone"), None])

    def do(job):
        if (problem := next(answers)) is not None:
            raise problem
        return Result("Done.")

    declare(do)
    job = start()
    with pytest.raises(OperationalError):
        perform(job.pk)
    job.refresh_from_db()
    assert job.state == State.WORKING, "the queue has it still"
    perform(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (State.DONE, 2)


def test_a_job_that_brings_down_every_worker_is_given_up(declare, start, work):
    declare(lambda job: Result("Done."))
    job = start()
    Job.objects.update(state=State.WORKING, attempt=actions.ATTEMPTS_MOST)
    work()
    job.refresh_from_db()
    assert (job.state, job.error) == (State.FAILED, actions.BROKEN_OFF)


def test_a_job_that_did_not_work_is_tried_again_from_its_beginning(declare, start, work, bea, cyril):
    answers = iter([Refusal("Not yet."), None])

    def do(job):
        if (problem := next(answers)) is not None:
            raise problem
        return Result("Done.")

    declare(do)
    job = start()
    work()
    with pytest.raises(NotAllowed):
        actions.try_again(job=job, by=cyril, on=TODAY)
    actions.try_again(job=job, by=bea, on=TODAY + timedelta(days=1))
    work()
    job.refresh_from_db()
    assert (job.state, job.error, job.asked_on) == (State.DONE, "", TODAY + timedelta(days=1))
    with pytest.raises(MoveNotAllowed):
        actions.try_again(job=job, by=bea, on=TODAY)


@pytest.fixture
def carry(monkeypatch):
    """Declare an errand for one test."""
    known = procrastinate_app.current_app.tasks
    monkeypatch.setattr(procrastinate_app.current_app, "tasks", dict(known))
    return lambda do: kinds.errand("carry")(do)


def test_an_errand_is_done_as_often_as_it_is_asked_for(work, carry):
    done = []
    carry(lambda **arguments: done.append(arguments))
    actions.queue_errand(name="carry")
    actions.queue_errand(name="carry", message=7)
    work()
    assert done == [{}, {"message": 7}]
    assert not ProcrastinateJob.objects.exists()


def test_an_errand_that_fails_is_tried_again_later(work, carry):
    def do():
        raise OSError("the service of messages does not answer")

    carry(do)
    actions.queue_errand(name="carry")
    work()
    [left] = ProcrastinateJob.objects.all()
    assert (left.status, left.attempts) == ("todo", 1)
    assert left.scheduled_at > timezone.now()
