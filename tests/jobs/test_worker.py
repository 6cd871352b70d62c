"""A real worker in a process of its own: killed in mid-job, stopped in good order, and on a database that goes down."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from leeway.access.models import Team, User
from leeway.access.roles import Role
from leeway.jobs import actions
from leeway.jobs.models import Job
from leeway.jobs.states import State
from tests.conftest import TODAY
from tests.jobs.broken_off import KIND
from tests.servers import database_url, moved_to_own_server

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def job():
    user = User.objects.create_user("bea@council.example", name="Bea Okafor", roles=[Role.ASSESSOR])
    return actions.start_job(kind=KIND, arguments={}, by=user, on=TODAY)


@pytest.fixture
def let_go(tmp_path):
    """The pipe to which a test writes to let a job go on."""
    os.mkfifo(tmp_path / "let_go")
    return tmp_path / "let_go"


@pytest.fixture
def worker(tmp_path, let_go):
    """Start a worker on the database of the tests."""
    started, log = [], tmp_path / "worker.txt"

    def start(*words):
        environment = os.environ | {"DATABASE_URL": database_url(), "LET_GO": str(let_go)}
        with log.open("a") as output:
            command = [sys.executable, "-m", "tests.jobs.broken_off", *words]
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        started.append(process)
        process.log = log
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_until(true, process) -> None:
    """Wait for the thing itself, for as long as there is a worker that may bring it."""
    while not true():
        if process.poll() is not None:
            assert true(), process.log.read_text()
            return
        time.sleep(0.05)


def test_a_worker_killed_in_mid_job_leaves_nothing_and_the_next_one_does_it_once(job, worker):
    first = worker()
    wait_until(lambda: Job.objects.filter(steps_done=1, steps=2, state=State.WORKING).exists(), first)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert not Team.objects.exists(), "half of a job is none of it"
    while Job.objects.get(pk=job.pk).state != State.DONE:
        assert worker("once").wait() == 0, first.log.read_text()
    job.refresh_from_db()
    assert (job.attempt, job.result_sentence, job.steps_done) == (2, "Written.", 2)
    assert [team.name for team in Team.objects.all()] == [f"Written by {job.pk}"]
    assert not ProcrastinateJob.objects.filter(task_name=actions.RUN_JOB).exists()
    assert "taken up again" in first.log.read_text()


def test_a_worker_that_was_thought_dead_undoes_what_it_did(job, worker):
    first = worker()
    wait_until(lambda: Job.objects.filter(steps_done=1).exists(), first)
    assert actions.begin(job_id=job.pk, at=job.asked_at).attempt == 2, "another worker took it up meanwhile"
    late = Job.objects.get(pk=job.pk)
    late.attempt = 1
    with pytest.raises(actions.Superseded):
        actions.fail(job=late, error="Too late.", at=job.asked_at)
    assert Job.objects.get(pk=job.pk).state == State.WORKING
    actions.report(late, done=2, of=2)
    assert Job.objects.get(pk=job.pk).steps_done == 0, "nor does it say how far it is"


def test_a_worker_stops_when_told_to_and_ends_what_it_began(job, worker):
    Job.objects.update(attempt=1)  # so that it does not hang
    running = worker()
    wait_until(lambda: Job.objects.filter(pk=job.pk, state=State.DONE).exists(), running)
    running.terminate()
    assert running.wait() == 0
    assert Team.objects.count() == 1


def test_a_job_in_hand_when_the_database_goes_down_is_done_once_it_is_back(job, worker, let_go):
    with moved_to_own_server() as server:
        running = worker()
        wait_until(lambda: Job.objects.filter(steps_done=1, state=State.WORKING).exists(), running)
        server.lose_power()
        let_go.write_text("The job ends, and there is nothing to commit it to.")
        wait_until(lambda: "lost the database" in running.log.read_text(), running)
        server.start()
        connection.close()
        wait_until(lambda: Job.objects.get(pk=job.pk).state == State.DONE, running)
        assert running.poll() is None, "the same worker did it"
        job.refresh_from_db()
        assert (job.attempt, job.error) == (2, "")
        assert [team.name for team in Team.objects.all()] == [f"Written by {job.pk}"]
