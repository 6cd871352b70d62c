"""What the database's owner bends with its guards off, verify finds: a sentence for each."""

import pytest
from django.db import connection

from leeway.money.statements import actions, queries
from leeway.money.statements.kinds import Otherwise
from leeway.money.statements.models import Match, StatementLine
from tests.money.statements.conftest import LATER, line, read

pytestmark = pytest.mark.django_db
#: What a superuser drops first, by what the bending says.
DROPPED = {
    "read_pence": "statements_statement DROP CONSTRAINT statement_balances",
    "'dedicated'": "statements_bankaccount DROP CONSTRAINT bank_account_is_somebodys",
    "sent_on": "payments_paymentrun DROP CONSTRAINT run_sent_by_someone",
}


@pytest.fixture
def kept(paid_run, keep, finn):
    """A statement whose run was matched by itself, and charges that Finn explained."""
    keep(read(line(-paid_run.total_pence, reference="LEEWAY-000001"), line(-3_00, 25)))
    charges = StatementLine.objects.get(amount_pence=-3_00)
    actions.explain(line=charges, kind=Otherwise.CHARGES, words="Charges of April", by=finn, on=LATER)
    assert list(queries.findings()) == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE statements_part SET amount_pence = amount_pence - 1 WHERE what = 'otherwise'", "two sides"),
        ("UPDATE statements_part SET amount_pence = amount_pence - 1", "A line is matched up to its amount"),
        ("UPDATE statements_part SET amount_pence = 2 * amount_pence", "A run and its payments are matched up to"),
        ("DELETE FROM statements_part WHERE line_id IS NULL", "two sides"),
        ("DELETE FROM statements_part", "joins nothing"),
        ("UPDATE statements_statementline SET amount_pence = amount_pence - 1", "are kept"),
        ("UPDATE statements_statementline SET reference = 'Rent'", "something else than the bank wrote"),
        ("UPDATE statements_statementline SET booked_on = booked_on + 1", "something else than the bank wrote"),
        ("UPDATE statements_statementline SET details = '[{}]'", "something else than the bank wrote"),
        ("DELETE FROM statements_statementline WHERE amount_pence = -300", "are kept"),
        ("UPDATE statements_statement SET read_pence = read_pence + 1, known_pence = known_pence + 1", "do not add up"),
        ("UPDATE statements_bankaccount SET whose = 'dedicated'", "is matched on its own account"),
        ("UPDATE payments_paymentrun SET sent_on = NULL", "once it was sent"),
    ],
)
def test_each_is_found(kept, guards_aside, sql, said):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for words, constraint in DROPPED.items():
            if words in sql:
                cursor.execute(f"ALTER TABLE {constraint}")
    guards_aside(sql)
    assert any(said in finding for finding in queries.findings()), [*queries.findings()]


def test_a_match_that_stands_is_counted_and_one_undone_is_not(kept, guards_aside):
    match = Match.objects.get(parts__what="otherwise")
    guards_aside(f"UPDATE statements_part SET amount_pence = 2 * amount_pence WHERE match_id = '{match.pk}'")
    assert any("A line is matched up to" in finding for finding in queries.findings())
