"""`leeway money check-account`: what it says, and what it exits with."""

import json

import pytest
from click.testing import CliRunner

from leeway.money.commands import money


@pytest.fixture
def run(made_up_paths):
    weights, substitutions = (str(path) for path in made_up_paths)

    def run_with(*arguments, tables=True):
        given = {"LEEWAY_MODULUS_WEIGHTS": weights, "LEEWAY_MODULUS_SUBSTITUTIONS": substitutions}
        nothing = dict.fromkeys(given, "")
        return CliRunner(env=given if tables else nothing).invoke(money, ["check-account", *arguments])

    return run_with


def test_a_valid_account(run):
    answer = run("10-00-00", "10000003")
    assert (answer.exit_code, answer.stdout) == (
        0,
        "Valid. The account number fits sort code 10-00-00.\n",
    )


def test_an_account_that_does_not_fit(run):
    answer = run("10-00-00", "10000004")
    assert answer.exit_code == 1
    assert answer.stdout.startswith("Not valid. The account number does not fit sort code 10-00-00.")


def test_json_says_whether_a_table_was_used(run):
    assert json.loads(run("10-00-00", "10000003", "--json").stdout) == {
        "valid": True,
        "known": True,
        "table_used": True,
        "why": "The account number fits sort code 10-00-00.",
        "sort_code": "100000",
        "account_number": "10000003",
    }
    without = run("10-00-00", "10000004", "--json", tables=False)
    answer = json.loads(without.stdout)
    assert (without.exit_code, answer["valid"], answer["known"], answer["table_used"]) == (
        0,
        True,
        False,
        False,
    )


def test_tables_named_as_options(run, made_up_paths):
    weights, substitutions = (str(path) for path in made_up_paths)
    options = ("--weights", weights, "--substitutions", substitutions)
    assert run("10-00-00", "10000004", *options, tables=False).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("10-00", "10000003"), "Enter a sort code of 6 digits"),
        (("10-00-00", "1000"), "Enter an account number of 8 digits"),
        (("10-00-00", "10000003", "--weights", "nowhere.txt"), "nowhere.txt cannot be read"),
        (("10-00-00", "10000003", "--weights", ""), "Give both tables"),
    ],
)
def test_bad_input_exits_2_with_one_sentence(run, arguments, said):
    answer = run(*arguments)
    assert answer.exit_code == 2
    assert said in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert answer.stdout == ""


def test_pay_uk_tables_decide_the_published_cases(pay_uk_paths):
    options = [f"--{name}={path}" for name, path in zip(("weights", "substitutions"), pay_uk_paths, strict=True)]
    for account, exit_code in (("66374958", 0), ("66374959", 1)):
        assert CliRunner().invoke(money, ["check-account", "089999", account, *options]).exit_code == exit_code
