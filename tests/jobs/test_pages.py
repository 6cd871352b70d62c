"""The page of a job for whoever asked for it, and the list of all for an administrator."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from leeway.access.models import User
from leeway.access.roles import Role
from leeway.jobs import actions
from leeway.jobs.models import Job
from leeway.jobs.states import State
from tests.conftest import TODAY
from tests.insight.pages.test_waves import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def alex(db):
    return User.objects.create_user("alex@council.example", name="Alex Grant", roles=[Role.ADMINISTRATOR])


@pytest.fixture
def job(bea):
    return actions.start_job(kind="clear_old_jobs", title="Clear a shelf", arguments={}, by=bea, on=TODAY)


@pytest.fixture
def page(client, job):
    return lambda **words: client.get(reverse("jobs:show", args=[job.pk]), words)


def ends(job, state, **words):
    Job.objects.filter(pk=job.pk).update(state=state, ended_at=timezone.now(), **words)


def test_whoever_asked_sees_how_far_it_is_and_the_page_looks_again(client, bea, job, page):
    client.force_login(bea)
    waiting = page()
    assert "This waits for its turn." in told(waiting) and waiting.headers["Refresh"] == "3"
    Job.objects.update(state=State.WORKING, steps_done=2, steps=5)
    working = page()
    assert "2 of 5 steps are done." in told(working) and 'value="40"' in working.content.decode()
    still = page(still="")
    assert "Refresh" not in still.headers and "Let it show by itself" in told(still)


def test_what_came_of_it_leads_on(client, bea, job, page):
    client.force_login(bea)
    ends(job, State.DONE, result_sentence="The shelf is clear.", result_address="/insight/", result_link="See it")
    done = page()
    assert "The shelf is clear." in told(done) and "Refresh" not in done.headers
    assert '<a href="/insight/"' in done.content.decode() and "See it" in told(done)


def test_what_went_wrong_is_said_and_it_is_tried_again(client, bea, job, page, work):
    client.force_login(bea)
    ends(job, State.FAILED, error="The shelf is locked. Ask for the key.")
    failed = page()
    assert "The shelf is locked." in told(failed) and "Refresh" not in failed.headers
    again = reverse("jobs:again", args=[job.pk])
    opened = client.get(again)
    assert opened.status_code == 405 and "does nothing until the button is pressed" in told(opened)
    assert "This waits for its turn." in told(client.post(again, follow=True))
    assert "cannot become" in told(client.post(again)), "a second press says where it stands"
    work()
    assert "Jobs cleared away" in told(page())


def test_nobody_else_sees_it_but_an_administrator(client, mona, alex, job, page):
    client.force_login(mona)
    assert page().status_code == client.post(reverse("jobs:again", args=[job.pk])).status_code == 404
    client.force_login(alex)
    assert "Clear a shelf" in told(page())


def test_an_administrator_sees_all_those_that_failed_first(client, alex, mona, job):
    [nightly, *_] = actions.start_nightly(on=TODAY)
    ends(nightly, State.FAILED, error="Something went wrong.")
    client.force_login(alex)
    assert "Background jobs" in client.get(reverse("access:users")).content.decode(), "it stands in the navigation"
    text = told(client.get(reverse("jobs:every")))
    assert text.index("Something went wrong.") < text.index("Clear a shelf")
    client.force_login(mona)
    assert client.get(reverse("jobs:every")).status_code == 403


def test_errands_that_were_given_up_are_named(client, alex):
    actions.queue_errand(name="start_nightly")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed', attempts = 8")
    client.force_login(alex)
    text = told(client.get(reverse("jobs:every")))
    assert "Errands that were given up" in text and "start_nightly" in text and "tried 8 times" in text


def test_an_administrator_sees_whether_a_worker_runs_and_how_long_ago_one_was_seen(client, alex, bea):
    client.force_login(alex)
    address = reverse("jobs:every")
    assert "No worker is running" in told(client.get(address)) and "None has been seen yet" in told(client.get(address))
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (NOW() - INTERVAL '12 seconds')")
        assert "A worker is running: seen 12 seconds ago." in told(client.get(address))
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = NOW() - INTERVAL '3 hours'")
    assert "No worker is running" in told(client.get(address)) and "last seen 3 hours ago" in told(client.get(address))


def test_everybody_has_a_list_of_their_own_jobs(client, bea, alex, job):
    client.force_login(bea)
    assert "Clear a shelf" in client.get("/jobs/own/").content.decode()
    assert 'href="/jobs/own/"' in client.get(reverse("jobs:show", args=[job.pk]) + "?still").content.decode()
    client.force_login(alex)
    assert "Clear a shelf" not in client.get("/jobs/own/").content.decode()
