"""`leeway money read-statement`: the shape that programs rely on, what people see, and one sentence where it cannot."""

import json
from datetime import date

import pytest
from click.testing import CliRunner

from leeway.money.banking.lines import Line
from leeway.money.commands import money

from . import statement_writers as write

LINES = [
    Line(
        booked_on=date(2026, 4, 1), value_on=date(2026, 4, 2), amount_pence=-5_00, reference="RUN14-ADA",
        description="Direct credit", end_to_end_id="E14", counterparty="Ada", bank_reference="B1", return_reason="",
    ),
    Line(booked_on=date(2026, 4, 3), amount_pence=5_00, reference="RUN14-ADA", description="", return_reason="AC04"),
]  # fmt: skip


@pytest.fixture
def run(tmp_path):
    def run_with(content: bytes, *options: str):
        file = tmp_path / "statement"
        file.write_bytes(content)
        return CliRunner().invoke(money, ["read-statement", str(file), *options])

    return run_with


def test_json(run):
    answer = json.loads(run(write.camt(LINES, opening_pence=100_00), "--json").stdout)
    [statement] = answer.pop("statements")
    assert answer == {"format": "camt.053", "version": "camt.053.001.08", "warnings": []}
    [first, second] = statement.pop("lines")
    assert statement == {
        "account": "200000 12345678",
        "currency": "GBP",
        "number": "1",
        "from": None,
        "to": None,
        "opening_balance_pence": 100_00,
        "opening_on": "2026-04-01",
        "closing_balance_pence": 100_00,
        "closing_on": "2026-04-01",
        "warnings": [],
    }
    assert first == {
        "date": "2026-04-01",
        "value_date": "2026-04-02",
        "amount_pence": -5_00,
        "reference": "RUN14-ADA",
        "description": "Direct credit RUN14-ADA",
        "end_to_end_id": "E14",
        "counterparty": "Ada",
        "counterparty_account": "",
        "bank_reference": "B1",
        "return_reason": "",
        "details": [],
    }
    assert (second["amount_pence"], second["return_reason"]) == (5_00, "AC04")


def test_balances_are_null_where_the_format_has_none(run):
    [statement] = json.loads(run(write.camt(LINES, kind="camt.054"), "--json").stdout)["statements"]
    assert (statement["opening_balance_pence"], statement["closing_balance_pence"]) == (None, None)


def test_people_see_balances_lines_and_what_does_not_fit(run):
    shown = run(write.mt940(LINES[:1], opening_pence=100_00).replace(b"95,00", b"96,00")).stdout
    assert shown == (
        "MT940, account 200000 12345678, GBP\n"
        "Opening balance on 1 April 2026: 100.00\n"
        "Closing balance on 1 April 2026: 96.00\n"
        "2026-04-01           -5.00  RUN14-ADA Direct credit\n"
        "Note: The balances do not add up: £100.00 at the start and lines of −£5.00 make £95.00, and the bank says "
        "£96.00. Lines may be missing: ask the bank.\n\n"
    )


def test_a_mapping_by_its_name(run):
    table = b"Date,Amount\n01/04/2026,1.00\n"
    assert run(table).exit_code == 2
    assert "2026-04-01            1.00" in run(table, "--mapping", "day-first").stdout


@pytest.mark.django_db  # a name that does not come with Leeway is looked for among the council's own
@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        (b"", [], "The file is empty."),
        (b":20:A\n", [], "The statement that begins on line 1 names no account"),
        (b"Date,Amount\n", ["--mapping", "none"], "There is no mapping “none”."),
    ],
)
def test_what_cannot_be_read_is_one_sentence_with_the_file(run, content, options, sentence):
    for more in ([], ["--json"]):
        answer = run(content, *options, *more)
        assert (answer.exit_code, answer.stdout) == (2, "")
        assert answer.stderr.startswith("leeway: /")
        assert f"statement: {sentence}" in answer.stderr
        assert answer.stderr.count("\n") == 1
