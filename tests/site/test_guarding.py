"""Guards that an owner took away, put to sleep or emptied of their sense are named."""

import pytest
from django.db import connection

from leeway.seal.guarding import findings

pytestmark = pytest.mark.django_db
RUNS = "payments_paymentrun"


@pytest.fixture
def moves():
    """The name, in the database, of the trigger that holds the moves of payment runs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger_run_moves_%' AND tgtype & 16 > 0")
        return cursor.fetchone()[0]


def owner(sql):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql)


def test_all_stand():
    assert list(findings()) == []


@pytest.mark.parametrize(
    "sql",
    [
        f"ALTER TABLE {RUNS} DISABLE TRIGGER {{moves}}",
        f"ALTER TABLE {RUNS} ENABLE REPLICA TRIGGER {{moves}}",
        f"DROP TRIGGER {{moves}} ON {RUNS}",
        "CREATE OR REPLACE FUNCTION {moves}() RETURNS TRIGGER AS $$ BEGIN RETURN NEW; END; $$ LANGUAGE plpgsql",
        f"COMMENT ON TRIGGER {{moves}} ON {RUNS} IS 'another'",
    ],
)
def test_a_trigger_that_does_not_guard_is_named(moves, sql):
    owner(sql.format(moves=moves))
    assert list(findings()) == [f"Guards: “{moves}” of table {RUNS} is gone, asleep, or not what it was."]


@pytest.mark.parametrize(
    "sql",
    [
        f"ALTER TABLE {RUNS} DROP CONSTRAINT run_approved_by_another",
        f"ALTER TABLE {RUNS} DROP CONSTRAINT run_approved_by_another, ADD CONSTRAINT run_approved_by_another "
        "CHECK (approved_by_id <> made_by_id) NOT VALID",
    ],
)
def test_a_constraint_that_is_gone_or_was_not_asked_of_all_rows_is_named(sql):
    owner(sql)
    (found,) = findings()
    assert found == f"Guards: “run_approved_by_another” of table {RUNS} is gone, or was never asked of its rows."


def test_an_index_that_let_one_payment_be_paid_once_is_missed():
    owner("DROP INDEX payment_pays_an_instalment_once")
    (found,) = findings()
    assert "“payment_pays_an_instalment_once” of table payments_payment is gone" in found


def test_keys_that_are_asleep_are_named():
    owner(f"ALTER TABLE {RUNS} DISABLE TRIGGER ALL")
    assert f"Guards: the keys of table {RUNS} are asleep." in list(findings())
