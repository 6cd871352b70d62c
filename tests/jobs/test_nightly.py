"""What is done every night: once a day, by London's clock, and by hand as well."""

from datetime import UTC, date, datetime, timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from leeway.access.models import Team
from leeway.jobs import actions, jobs
from leeway.jobs.kinds import KINDS, Result
from leeway.jobs.models import Job
from leeway.jobs.states import State
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db


def test_each_is_done_once_a_day(declare, work):
    days = []

    def do(job):
        days.append(job.asked_on)
        return Result("Looked.")

    declare(do, nightly=True)
    for day in (TODAY, TODAY, TODAY + timedelta(days=1)):
        actions.start_nightly(on=day)
        work()
    assert days == [TODAY, TODAY + timedelta(days=1)]
    assert [(job.asked_by, job.state) for job in Job.objects.all()] == [(None, State.DONE)] * 2


def test_one_that_fails_keeps_no_other_from_its_turn(declare, work):
    def fails(job):
        Team.objects.create(name="Half done")
        raise ValueError

    declare(fails, name="first", nightly=True)
    declare(lambda job: Result("Looked."), name="second", nightly=True)
    declare(lambda job: Result("Never."), name="by_day")
    actions.start_nightly(on=TODAY)
    work()
    assert dict(Job.objects.values_list("kind", "state")) == {"first": State.FAILED, "second": State.DONE}
    assert not Team.objects.exists()


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 23, 1, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 23, 2, 5, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 7, 1, 1, 5, tzinfo=UTC), date(2026, 7, 1)),  # two o'clock in summer
        (datetime(2026, 7, 1, 0, 5, tzinfo=UTC), None),
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), None),  # half past midnight in London
        (datetime(2026, 11, 23, 23, 5, tzinfo=UTC), date(2026, 11, 23)),  # after a day without a worker
    ],
)
def test_a_night_begins_at_two_in_london(declare, monkeypatch, now, day):
    declare(lambda job: Result("Looked."), nightly=True)
    monkeypatch.setattr(timezone, "now", lambda: now)
    async_to_sync(jobs.start_nightly.func)(timestamp=0)
    assert [job.asked_on for job in Job.objects.all()] == ([day] if day else [])


def test_jobs_done_long_ago_are_cleared_away(work, bea):
    def ended(day, state):
        return Job.objects.create(
            kind="count", title="Count", asked_by=bea, asked_on=day, state=state, ended_at=timezone.now()
        )

    old = ended(TODAY - timedelta(days=93), State.DONE)
    failed = ended(TODAY - timedelta(days=93), State.FAILED)
    late = ended(TODAY - timedelta(days=92), State.DONE)
    result = KINDS["clear_old_jobs"].work(Job(asked_on=TODAY))
    assert result.sentence.endswith(": 1.")
    assert set(Job.objects.all()) == {failed, late}
    assert old.pk
