"""`leeway money verify` and `export-ledger`, as an operator runs them."""

import json
from datetime import date

import pytest
from click.testing import CliRunner

from leeway.care.planning.models import Way
from leeway.money.budgets.actions import start_budget
from leeway.money.commands import money
from leeway.money.payments.making import make_run


@pytest.fixture
def run(case, agree, bank, finn, paid):
    plan = agree(case, (Way.DIRECT_PAYMENT, 100_00, 0))
    bank(case)
    start_budget(plan=plan, by=finn, on=date(2026, 4, 1))
    made = make_run(pay_on=date(2026, 4, 24), by=finn, on=date(2026, 4, 20))
    return paid(made, date(2026, 4, 20))


def call(*arguments):
    return CliRunner().invoke(money, list(arguments))


def test_verify_passes_sound_books_and_fails_others(run, guards_aside):
    done = call("verify", "--json")
    answer = json.loads(done.stdout)
    assert (done.exit_code, answer["transfers"], answer["findings"]) == (0, 4, [])
    assert sum(answer["trial_balance_pence"].values()) == 0
    guards_aside("UPDATE payments_paymentrun SET total_pence = 1")
    done = call("verify")
    assert done.exit_code == 1
    assert "Payment run 1 says 1 pence" in done.stdout


def test_export_writes_a_file_or_the_screen(run, tmp_path):
    path = tmp_path / "ledger.journal"
    done = call("export-ledger", "--format", "hledger", "-o", str(path))
    assert (done.exit_code, "4 transfers" in done.stdout) == (0, True)
    assert path.read_text() == call("export-ledger", "--format", "hledger").stdout
    assert "71.43 GBP" in path.read_text()


def test_a_file_that_cannot_be_written_and_an_unknown_format_say_so(run, tmp_path):
    done = call("export-ledger", "--format", "hledger", "-o", str(tmp_path / "no" / "where"))
    assert (done.exit_code, "cannot be written" in done.stderr) == (2, True)
    assert call("export-ledger", "--format", "ods").exit_code == 2


def test_a_database_without_a_ledger_gets_a_sentence(db, monkeypatch):
    monkeypatch.setattr("django.db.connection.introspection.table_names", list)
    done = call("verify")
    assert (done.exit_code, "no ledger yet" in done.stderr) == (2, True)
