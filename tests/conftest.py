"""The people of the tests: Ada has a budget, Bea is her social worker, Cyril must be refused."""

import inspect
import json
import re
import uuid
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from itertools import zip_longest

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.db.models.signals import pre_save
from django.test import TransactionTestCase, override_settings
from hypothesis import settings as hypothesis
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from leeway.access.models import Team, User
from leeway.access.roles import Role
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.models import Case, Person
from leeway.care.people.states import Stage
from leeway.care.planning.costs import CostedLine
from leeway.care.planning.models import Plan, PlanLine, PlanState, Way
from leeway.money.payees import actions as payees
from leeway.money.payees.models import Holder
from leeway.money.payments import actions as payments
from leeway.site.demo.tables import add_what_only_migrations_say
from tests.originals import original

TODAY = date(2026, 11, 23)
SET_UP_ON = date(2026, 4, 1)  # when budgets of tests are set up
MADE_WITH_TABLES = {"django_content_type", "auth_permission", "django_migrations"}
BY_DJANGO = re.compile(r"/django/(db|dispatch|contrib/auth)/|/access/models\.py$")

hypothesis.register_profile("steady", deadline=None)  # how long an example takes is the bench's business
hypothesis.load_profile("steady")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """The tables of the tests are made as the models say: by migrations they would take fifty seconds each time.

    Nor does a commit wait for the disk: nothing of it is wanted once the machine is down.
    """
    connection.settings_dict["TEST"]["MIGRATE"] = False
    connection.settings_dict["OPTIONS"]["options"] += " -c synchronous_commit=off"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Then what only migrations say. `site/test_tables.py` proves that migrations make the same."""
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE leeway_cache")  # made by Django for tests; a migration of ours makes it
        add_what_only_migrations_say()


@pytest.fixture(autouse=True, scope="session")
def test_database_may_be_emptied():
    """What a test committed is taken away: row by row, since most tables are empty, and past every guard.

    What Django put in when the tables were made (kinds of content, permissions) and who saw it is left as it is.
    """
    teardown = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda self: empty_every_table()
    yield
    TransactionTestCase._fixture_teardown = teardown


def empty_every_table():
    """Delete every row of every table but Django's own list of tables and what is kept of migrations."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name not in MADE_WITH_TABLES]
        filled = " UNION ALL ".join(f"(SELECT '{name}' FROM \"{name}\" LIMIT 1)" for name in tables)
        cursor.execute("SET session_replication_role = replica")  # no guard stands, whatever its name
        try:
            cursor.execute(filled)
            for (name,) in cursor.fetchall():
                cursor.execute(f'DELETE FROM "{name}"')
        finally:
            cursor.execute("RESET session_replication_role")


@pytest.fixture(autouse=True, scope="session")
def no_row_is_written_back_whole():
    """A row of ours that exists is saved by its own columns, whoever saves it: our code, or a library's."""

    def refuse(sender, instance, update_fields, **_):
        if sender.__module__.startswith("leeway.") and not instance._state.adding and update_fields is None:
            frame = inspect.currentframe().f_back
            while BY_DJANGO.search(frame.f_code.co_filename):
                frame = frame.f_back
            saved_by = frame.f_code.co_filename
            assert "/tests/" in saved_by, f"{sender.__name__} is written back whole by {saved_by}"

    pre_save.connect(refuse)
    yield
    pre_save.disconnect(refuse)


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """A test makes many users: their passwords are not worth a third of a second each."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def one_step_in(settings):
    """Whoever signs in in a test has done so; the tests of the second step ask for it."""
    settings.STAFF_NEED_SECOND_FACTOR = False


@pytest.fixture(autouse=True, scope="session")
def own_store(tmp_path_factory):
    """Files of tests lie in a folder of the tests."""
    where = {"location": tmp_path_factory.getbasetemp() / "files", "allow_overwrite": True}
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": where}
    with override_settings(STORAGES=django_settings.STORAGES | {"files": files}):
        yield


@pytest.fixture(autouse=True)
def own_seals(settings, tmp_path_factory):
    """The heads of the seal go to two folders of the test, which are made when there is one."""
    folder = tmp_path_factory.getbasetemp() / "seals" / uuid.uuid4().hex
    settings.SEAL_FOLDERS = [folder / "here", folder / "elsewhere"]


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
def guards_aside(db):
    """Write past every guard of the database, as nobody but its superuser can. All of it is taken back afterwards."""
    before = transaction.savepoint_create()

    def write(sql):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(sql)
            assert cursor.rowcount, "nothing was bent"
            cursor.execute("SET LOCAL session_replication_role = origin")

    yield write
    transaction.savepoint_rollback(before)  # nor does anybody ask then whether every key leads somewhere


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


@pytest.fixture
def published():
    """Give the path of a published file, or skip saying that it is not here."""
    return lambda name: original(*name.split("/"))


@pytest.fixture
def agree(mona):
    """Give a case an agreed plan whose lines are (way, weekly pence, percent that the NHS pays).

    `later` has what the person pays from later days on: a day, the weekly pence, and why. `free_ways` has what of each
    way is free by law; `follows` has, for each line, the line of an earlier plan that it goes on from, and `rates` the
    recorded price of an hour that it is bought at.
    """

    def agreed(
        case,
        *lines,
        charge_pence=0,
        free_ways=None,
        start_up_pence=0,
        starts_on=date(2026, 4, 22),
        number=1,
        later=(),
        decided=(),
        follows=(),
        rates=(),
        supplier="",
    ):
        ways, nhs = {}, 0
        for way, pence, percent in lines:
            ways[way] = ways.get(way, 0) + pence
            nhs += pence * percent // 100
        free = free_ways or {}
        costed = [(way, pence - free.get(way, 0), percent, 0, "ordinary") for way, pence, percent in lines]
        costed += [(way, pence, 0, 0, "section_117") for way, pence in free.items()]
        cost = sum(ways.values())
        said = {"case": case, "software_version": "test", "steps": [], "reasons": []}
        said |= {"decided_by": mona, "decided_on": SET_UP_ON}
        charges = list(decided) or [
            Decision.objects.create(
                kind=DecisionKind.CHARGE,
                law_on=day,
                because=why,
                inputs={"personal_budget_pence_per_week": cost - nhs, "free_parts": []},
                result={
                    "charge_pence_per_week": pence,
                    "free_parts": [{"free": True, "pence_per_week": free_pence} for free_pence in free.values()],
                },
                **said,
            )
            for day, pence, *why in [(starts_on, charge_pence), *later]
        ]
        decision = Decision.objects.create(
            kind=DecisionKind.FINAL_BUDGET,
            law_on=starts_on,
            inputs={
                "charge_decisions": [str(charge.pk) for charge in charges],
                "indicative_decision": None,
                "lines": [asdict(CostedLine("Support", *line)) for line in costed],
            },
            result={
                "pence_per_week": cost,
                "charge_pence_per_week": charge_pence,
                "council_pence_per_week": cost - charge_pence - nhs,
                "nhs_pence_per_week": nhs,
                "ways": ways,
                "start_up_pence": start_up_pence,
                "starts_on": starts_on.isoformat(),
                "indicative_pence_per_week": None,
            },
            **said,
        )
        case.plans.filter(state=PlanState.AGREED).update(state=PlanState.REPLACED)
        plan = Plan.objects.create(
            case=case, number=number, state=PlanState.AGREED, started_on=SET_UP_ON, final_budget=decision
        )
        plan.charges.set(charges)
        for (way, pence, percent, _, exemption), before, rate in zip_longest(costed, follows, rates):
            PlanLine.objects.create(
                plan=plan,
                follows=before,
                what="Support",
                supplier=supplier,
                service=rate and rate.service,
                rate=rate,
                way=way,
                units=Decimal(1),
                unit_cost_pence=pence,
                nhs_percent=percent,
                exemption=exemption,
            )
        Case.objects.filter(pk=case.pk).update(stage=Stage.ARRANGING)
        return plan

    return agreed


@pytest.fixture
def bank(finn, fay):
    """Give a case bank details that Finn entered and Fay approved."""

    def entered(case, way=Way.DIRECT_PAYMENT, account_number="12345678", name="Ada Bell"):
        holder = Holder.PROVIDER if way == Way.SERVICE_FUND else Holder.PERSON
        payee = payees.enter_details(
            case=case,
            way=way,
            holder=holder,
            account_name=name,
            sort_code="12-34-56",
            account_number=account_number,
            by=finn,
            on=SET_UP_ON,
        )
        return payees.approve_details(payee=payee, shared_because="All of a test may share one", by=fay, on=SET_UP_ON)

    return entered


@pytest.fixture
def sent(finn, fay):
    """Take a run that Finn made to the bank: Fay approves it, and says that the bank has its file."""

    def taken(run, on):
        run = payments.approve_run(run=run, by=fay, on=on)
        return payments.record_sent(run=run, sent_on=on, by=fay, on=on)

    return taken


@pytest.fixture
def paid(finn, sent):
    """Take a run that Finn made all the way: what arrived is confirmed on its day, but for what came back."""

    def taken(run, on, returned=()):
        run = sent(run, on)
        back = {f"{run.number:06}-{place:06}": why for place, why in dict(returned).items()}
        seen = "Bank statement of that day"
        return payments.confirm_run(run=run, confirmed_from=seen, returned=back, by=finn, on=run.pay_on)

    return taken


@pytest.fixture
def another_case(team, bea):
    """Make the case of somebody else."""

    def made(name):
        person = Person.objects.create(given_name=name, family_name="Example", date_of_birth=date(1950, 1, 1))
        return Case.objects.create(
            person=person, team=team, worker=bea, opened_on=SET_UP_ON, request_words="Please help."
        )

    return made
