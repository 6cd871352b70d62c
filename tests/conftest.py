"""The people of the tests: Ada has a budget, Bea is her social worker, Cyril must be refused."""

import json
from datetime import date

import pgtrigger
import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as django_settings
from django.db import connection
from django.test import TransactionTestCase, override_settings
from hypothesis import settings as hypothesis
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from leeway.access.models import Team, User
from leeway.access.roles import Role
from leeway.care.people.models import Case, Person

TODAY = date(2026, 11, 23)
LEDGER_GUARDS = ("ledger.Account:accounts_stay", "ledger.Transfer:transfers_stay")

hypothesis.register_profile("steady", deadline=None)  # how long an example takes is the bench's business
hypothesis.load_profile("steady")


@pytest.fixture(autouse=True, scope="session")
def test_database_may_be_emptied():
    """Tests that commit are followed by TRUNCATE, which the ledger refuses everywhere else; the queue is too."""
    teardown = TransactionTestCase._fixture_teardown

    def emptied(self):
        with pgtrigger.ignore(*LEDGER_GUARDS):
            teardown(self)
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE")

    TransactionTestCase._fixture_teardown = emptied
    yield
    TransactionTestCase._fixture_teardown = teardown


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """A test makes many users: their passwords are not worth a third of a second each."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True, scope="session")
def own_store(tmp_path_factory):
    """Files of tests lie in a folder of the tests."""
    where = {"location": tmp_path_factory.getbasetemp() / "files", "allow_overwrite": True}
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": where}
    with override_settings(STORAGES=django_settings.STORAGES | {"files": files}):
        yield


@pytest.fixture
def work(db, monkeypatch):
    """Have the worker do all that waits, in this thread and in the test's own transaction; nothing by the clock."""
    monkeypatch.setattr(app.periodic_registry, "periodic_tasks", {})
    options = {"wait": False, "listen_notify": False, "install_signal_handlers": False, "delete_jobs": "successful"}
    options["task_middleware"] = []  # it would close the connection of the test
    with app.replace_connector(ThisConnection()):
        yield lambda: async_to_sync(app.run_worker_async)(**options)


class ThisConnection(DjangoConnector):
    """The connection of the test, for a worker: Django leaves JSON from the database as text."""

    def execute_query_one(self, query, **arguments):
        row = super().execute_query_one(query, **arguments)
        return row | {"args": json.loads(row["args"])} if row.get("args") else row


@pytest.fixture
def team(db):
    return Team.objects.create(name="North team")


@pytest.fixture
def bea(team):
    """Ada's social worker."""
    return User.objects.create_user(
        "bea@council.example", "correct horse battery", name="Bea Okafor", roles=[Role.ASSESSOR], team=team
    )


@pytest.fixture
def mona(team):
    """The manager of Bea's team: may sign off £1,500 a week."""
    return User.objects.create_user(
        "mona@council.example",
        "correct horse battery",
        name="Mona Patel",
        roles=[Role.MANAGER],
        team=team,
        sign_off_limit_pence_per_week=1500_00,
    )


@pytest.fixture
def finn(db):
    """A finance officer."""
    return User.objects.create_user(
        "finn@council.example", "correct horse battery", name="Finn Walsh", roles=[Role.FINANCE]
    )


@pytest.fixture
def fay(db):
    """Another finance officer, who approves what Finn makes."""
    return User.objects.create_user(
        "fay@council.example", "correct horse battery", name="Fay Ito", roles=[Role.FINANCE]
    )


@pytest.fixture
def cyril(db):
    """Signs in, and has nothing to do with Ada."""
    return User.objects.create_user(
        "cyril@home.example", "correct horse battery", name="Cyril Crane", roles=[Role.PERSON]
    )


@pytest.fixture
def ada_user(db):
    return User.objects.create_user("ada@home.example", "correct horse battery", name="Ada Bell", roles=[Role.PERSON])


@pytest.fixture
def ada(ada_user):
    """Thirty-four years old, and signs in."""
    return Person.objects.create(
        given_name="Ada",
        family_name="Bell",
        date_of_birth=date(1992, 3, 14),
        nhs_number="9990000018",
        postcode="FB1 2AB",
        user=ada_user,
    )


@pytest.fixture
def case(ada, team, bea):
    """Ada's case, with Bea, at its first stage."""
    return Case.objects.create(
        person=ada,
        team=team,
        worker=bea,
        opened_on=TODAY,
        request_words="I can't manage the mornings any more.",
    )
