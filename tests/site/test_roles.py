"""The site's role in the database: it lives a whole journey, and gets past no guard."""

import psycopg
import pytest
from click.testing import CliRunner
from django.core import checks
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from rich.console import Console

from leeway.care.decisions.models import Decision
from leeway.commandline import BadUse
from leeway.jobs.actions import start_nightly
from leeway.jobs.models import Job
from leeway.market.directory.demo import make_market
from leeway.money.ledger.models import Transfer
from leeway.money.payments.models import PaymentRun
from leeway.refusal import Refusal
from leeway.site import roles
from leeway.site.commands import bring_up_to_date, main
from leeway.site.demo import command
from leeway.site.demo.playing import play
from leeway.site.demo.stories import stories
from leeway.site.replay import work_everything_out_again

SITE = "leeway_site_of_tests"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site_role(transactional_db):
    """A real role, made by the command's own function; it is gone after the test."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = '_pgtrigger_should_ignore'")
        as_installed = cursor.fetchone()[0]
    roles.grant(SITE)
    yield SITE
    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {SITE}; DROP ROLE {SITE};")
        cursor.execute(
            "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN AS "
            f"$function${as_installed}$function$ LANGUAGE plpgsql"
        )


@pytest.fixture
def as_site(site_role):
    """The site itself connects with that role."""
    owner = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = SITE
    yield
    connection.close()
    connection.settings_dict["USER"] = owner


@pytest.fixture
def plain(site_role):
    """A connection of that role without Django: somebody who got hold of the site's password."""
    given = connection.get_connection_params() | {"user": SITE}
    known = {name: given[name] for name in ("dbname", "user", "host", "port") if given.get(name)}
    with psycopg.connect(**known, autocommit=True) as opened:
        yield opened


FORBIDDEN = {
    "look past triggers": "SET session_replication_role = replica",
    "disable a trigger": "ALTER TABLE ledger_transfer DISABLE TRIGGER ALL",
    "drop a trigger": "DO $$ BEGIN EXECUTE (SELECT format('DROP TRIGGER %I ON ledger_transfer', tgname) "
    "FROM pg_trigger WHERE tgrelid = 'ledger_transfer'::regclass AND NOT tgisinternal LIMIT 1); END $$",
    "replace a guard's function": "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) "
    "RETURNS BOOLEAN AS 'SELECT true' LANGUAGE sql",
    "empty": "TRUNCATE decisions_decision CASCADE",
    "empty a parent": "TRUNCATE people_person CASCADE",
    "empty a history": "TRUNCATE people_caseevent",
    "alter": "ALTER TABLE ledger_transfer DROP CONSTRAINT transfer_positive",
    "drop": "DROP TABLE ledger_transfer CASCADE",
    "make": "CREATE TABLE mine (id int)",
    "make a rule": "CREATE RULE mine AS ON INSERT TO ledger_transfer DO INSTEAD NOTHING",
    "take a table": f"ALTER TABLE ledger_transfer OWNER TO {SITE}",
    "become the owner": "SET ROLE postgres",
    "become more powerful": f"ALTER ROLE {SITE} SUPERUSER",
    "change a transfer": "UPDATE ledger_transfer SET amount_pence = 1",
    "change a decision": "UPDATE decisions_decision SET result = '{}'",
    "change the seal": "UPDATE seal_sealedrow SET salt = NULL",
    "change a head": "UPDATE seal_batch SET head = ''",
    "delete a person": "DELETE FROM people_person",
    "delete a decision": "DELETE FROM decisions_decision",
    "delete a look": "DELETE FROM access_look",
    "delete a history": "DELETE FROM people_caseevent",
    "unmake a migration": "DELETE FROM django_migrations",
    "write a file": "COPY ledger_transfer TO '/tmp/ledger'",
    "run a program": "COPY ledger_transfer TO PROGRAM 'cat'",
}


def refused(plain, act):
    try:
        plain.execute(act)
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


def test_the_site_is_forbidden_all_of_this(plain):
    assert [name for name, act in FORBIDDEN.items() if not refused(plain, act)] == []


def test_every_table_refuses_to_be_emptied_and_most_to_be_deleted_from(plain):
    plain.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {SITE}")  # says nothing, and gives nothing
    tables = [name for _, name in plain.execute(roles.TABLES).fetchall()]
    assert [table for table in tables if not refused(plain, f'TRUNCATE "{table}"')] == []
    deleted_from = {table for table in tables if not refused(plain, f'DELETE FROM "{table}"')}
    assert deleted_from == set(roles.DELETED_FROM)


def test_the_site_cannot_ask_the_guards_to_look_away(plain, case):
    """What pgtrigger offers to everybody who connects is the owner's alone."""
    for trigger in plain.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = 'ledger_account'::regclass").fetchall():
        plain.execute(f"SELECT set_config('pgtrigger.ignore', '{{{trigger[0]}}}', false)")
    plain.execute(
        "INSERT INTO ledger_account (id, kind, name, currency) VALUES (gen_random_uuid(), 'clearing', '', 'GBP')"
    )
    with pytest.raises(psycopg.errors.RaiseException):
        plain.execute("UPDATE ledger_account SET id = gen_random_uuid()")


def test_a_whole_journey_is_lived_with_the_sites_role(as_site, client, work):
    """From the request to a payment, the nightly work and the proofs: no right is missing."""
    today = timezone.localdate()
    staff = command.add_staff()[0]
    make_market(1, today)
    cases = [play(script, staff, command.market(), today) for script in stories(today)]
    command.pay(staff, today, Console(quiet=True))
    assert PaymentRun.objects.filter(state="confirmed").exists() and Transfer.objects.exists()
    start_nightly(on=today)
    work()
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
    found = work_everything_out_again()
    assert found.recomputed == Decision.objects.exclude(kind="ending").count() and not found.is_wrong
    client.force_login(staff.worker)
    assert client.get(reverse("case", args=[cases[0].pk])).status_code == 200
    client.logout()


def test_a_site_that_connects_as_the_owner_is_refused_by_the_check(db, settings):
    settings.PRODUCTION = True
    [error] = [each for each in checks.run_checks(include_deployment_checks=True) if each.id == "leeway.E001"]
    assert "superuser" in error.msg and "leeway database roles" in error.hint


def test_the_sites_role_has_nothing_to_find(as_site, settings):
    settings.PRODUCTION = True
    assert list(roles.findings()) == []
    assert not roles.may_migrate() and roles.is_up_to_date()


TOO_MUCH = {
    "truncate": (
        f"GRANT TRUNCATE ON ledger_transfer TO {SITE}",
        "other rights than it needs on 1 tables, ledger_transfer",
    ),
    "owns": (f"ALTER TABLE listings_rating OWNER TO {SITE}", "an owner of its tables"),
    "makes tables": (f"GRANT CREATE ON SCHEMA public TO {SITE}", "can make roles or tables"),
    "lacks": (f"REVOKE INSERT ON people_person FROM {SITE}", "other rights than it needs on 1 tables, people_person"),
    "looks away": (
        "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN AS "
        "$$ BEGIN RETURN true; END; $$ LANGUAGE plpgsql",
        "can ask the guards to look away",
    ),
}


@pytest.mark.parametrize(("given", "told"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_right_too_much_or_too_little_is_found(site_role, given, told):
    owner = connection.settings_dict["USER"]
    with connection.cursor() as cursor:
        cursor.execute(given)
    connection.close()
    connection.settings_dict["USER"] = SITE
    try:
        [found] = roles.findings()
        assert told in found
    finally:
        connection.close()
        connection.settings_dict["USER"] = owner
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE listings_rating OWNER TO {owner}")


@pytest.mark.parametrize("name", ["postgres", "leeway_maker_of_tests"])
def test_a_role_that_could_help_itself_is_not_given_to_the_site(transactional_db, name):
    with connection.cursor() as cursor:
        if name != "postgres":
            cursor.execute(f"CREATE ROLE {name} CREATEROLE")
        try:
            with pytest.raises(Refusal, match=r"owns the database|more powerful"):
                roles.grant(name)
        finally:
            if name != "postgres":
                cursor.execute(f"DROP ROLE {name}")


def test_one_command_makes_the_role_and_sets_its_password(site_role, tmp_path):
    file = tmp_path / "password"
    file.write_text("correct horse battery\n")
    answer = CliRunner().invoke(main, ["database", "roles", "--site", SITE, "--password-file", str(file)])
    assert answer.exit_code == 0 and f"connects as {SITE}" in answer.output
    assert "correct horse" not in answer.output
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolcanlogin, rolsuper, rolpassword FROM pg_authid WHERE rolname = %s", [SITE])
        may_log_in, is_super, password = cursor.fetchone()
    assert may_log_in and not is_super and password.startswith("SCRAM-SHA-256")


def test_the_sites_role_cannot_run_that_command(as_site):
    answer = CliRunner().invoke(main, ["database", "roles"])
    assert answer.exit_code == 2 and "Name its owner in DATABASE_URL" in answer.output


def test_a_server_of_the_sites_role_starts_on_a_database_that_is_up_to_date_alone(as_site, monkeypatch):
    bring_up_to_date()
    monkeypatch.setattr(roles, "is_up_to_date", lambda: False)
    with pytest.raises(BadUse, match="Run leeway database roles as the owner"):
        bring_up_to_date()


def test_a_production_server_of_the_owner_is_told_so(transactional_db, settings, capsys):
    settings.PRODUCTION = True
    bring_up_to_date()
    assert "Beware: The site connects as postgres, a superuser" in capsys.readouterr().err
