"""The command `measure`: its table, its stable JSON, and what it refuses."""

import json

import pytest
from click.testing import CliRunner

from leeway.insight.commands import insight
from leeway.insight.measures.from_records import with_population

STABLE = {"measure", "definition", "numerator", "denominator", "value", "unknown", "by"}


def run(*arguments):
    return CliRunner().invoke(insight, ["measure", *arguments], prog_name="leeway insight")


def test_the_json_has_the_stable_shape(made_up):
    found = run(made_up, "--as-at", "2025-03-31", "--by", "client_group", "--json")
    assert found.exit_code == 0, found.output
    answers = json.loads(found.stdout)
    assert all(set(one) >= STABLE for one in answers)
    assert {one["measure"] for one in answers} == {measure.code for measure in with_population()}
    whole, *parts = [one for one in answers if one["measure"] == "ASCOF 3D(2a)"]
    assert whole["by"] == {}
    assert sum(part["denominator"] for part in parts) == whole["denominator"] > 100
    assert whole["value"] == with_population()[1].value(whole["numerator"], whole["denominator"])
    assert {"client_group": "Learning disability support"} in [part["by"] for part in parts]


def test_rates_over_the_population_come_with_councils(made_up):
    answers = json.loads(run(made_up, "--as-at", "2025-03-31", "--by", "council", "--json").stdout)
    [whole, barking] = [one for one in answers if one["measure"] == "ASCOF 2C"]
    assert whole["denominator"] == barking["denominator"] == 19_807
    assert barking["by"] == {"council": "716"}


def test_the_table_can_be_read(made_up):
    found = run(made_up, "--as-at", "2025-03-31")
    assert found.exit_code == 0
    assert "ASCOF 3D(2a): Direct payments, clients on the day." in found.output
    assert all(len(line) <= 110 for line in found.output.splitlines())


def test_published_hides_small_counts(made_up):
    answers = json.loads(run(made_up, "--as-at", "2025-03-31", "--by", "district", "--published", "--json").stdout)
    assert any(one["hidden"] for one in answers)
    assert all(one["numerator"] is None for one in answers if one["hidden"])
    assert all(one["numerator"] % 5 == 0 for one in answers if not one["hidden"])
    assert run(made_up, "--as-at", "2025-03-31", "--by", "district", "--published").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["no-such.csv", "--as-at", "2025-03-31"], "no-such.csv"),
        (["{made_up}", "--as-at", "31/03/2025"], "is not a date"),
        (["{made_up}"], "--as-at"),
        (["{made_up}", "--as-at", "2099-10-31"], "31 October 2099 is still to come"),
        (["{made_up}", "--as-at", "2025-03-31", "--by", "shoe_size"], "“shoe_size” is not a breakdown"),
        (["{made_up}", "--as-at", "2025-03-31", "--only", "joy"], "No measure begins with “joy”"),
        (["--as-at", "2025-03-31"], "FILE"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(made_up, arguments, says):
    found = run(*(argument.replace("{made_up}", made_up) for argument in arguments))
    assert found.exit_code == 2
    assert says in found.stderr
    assert found.stdout == ""
    assert len(found.stderr.strip().splitlines()) == 1


def test_only_some_measures_are_told_and_hidden_as_they_are_among_all(made_up):
    def told(*more):
        return json.loads(run(made_up, "--as-at", "2025-03-31", "--by", "client_group", "--json", *more).stdout)

    assert {one["measure"] for one in told("--only", "3d(2", "--only", "WAITING, no")} == {
        "ASCOF 3D(2a)", "ASCOF 3D(2b)", "Waiting, no response yet",
    }  # fmt: skip
    among_all = [one for one in told("--published") if one["measure"] == "ASCOF 3D(2a)"]
    assert told("--published", "--only", "3D(2a)") == among_all
    assert "so that others stay hidden" in {one["hidden"] for one in among_all}
