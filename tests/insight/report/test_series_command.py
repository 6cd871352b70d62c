"""The command `series`: a figure for each return, which `forecast` reads; and what it refuses."""

import json
from datetime import date

import pytest
from click.testing import CliRunner

from leeway.insight.commands import insight
from leeway.insight.records.made_up import made_up_return
from leeway.insight.records.write import write_return


def run(command, *arguments):
    return CliRunner().invoke(insight, [command, *map(str, arguments)], prog_name="leeway insight")


@pytest.fixture(scope="module")
def returns(tmp_path_factory):
    folder = tmp_path_factory.mktemp("returns")
    paths = [folder / f"{year}.csv" for year in (2024, 2025, 2026)]
    for year, path in enumerate(paths, start=2024):
        events = made_up_return(people=800, seed=year, councils=("716", "717"), period_ends_on=date(year, 3, 31))
        write_return(events, path)
    return paths


def test_each_return_gives_its_own_figure_and_a_chance_can_be_worked_out(returns, tmp_path):
    out = tmp_path / "series.csv"
    told = run("series", *reversed(returns), "--measure", "3d(2A)", "-o", out, "--json")
    assert told.exit_code == 0, told.output
    rows = json.loads(told.stdout)
    assert [(row["unit"], row["period"]) for row in rows] == [
        (council, f"{year}-03-31") for council in ("Barking and Dagenham", "Barnet") for year in (2024, 2025, 2026)
    ]
    for row in rows:
        path = returns[int(row["period"][:4]) - 2024]
        alone = run("measure", path, "--as-at", row["period"], "--by", "council", "--only", "3D(2a)", "--json")
        [one] = [one for one in json.loads(alone.stdout) if one["by"] and one["value"] == row["value"]]
        assert (one["numerator"], one["denominator"]) == (row["numerator"], row["denominator"])
    ahead = run("forecast", out, "--target", 30, "--by", "2028-03-31")
    assert ahead.exit_code == 0 and "Barnet" in ahead.stdout


def test_people_read_it(returns):
    told = run("series", returns[0], "--measure", "ASCOF 3D(2a)").stdout.splitlines()
    assert told[0] == "Direct payments, clients on the day, %" and told[1].startswith(
        "  Barking and Dagenham  2024-03-31"
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["{0}", "--measure", "joy"], "No measure begins with “joy”"),
        (["{0}", "--measure", "3D"], "several begin with “3D”"),
        (["{0}", "{0}", "--measure", "3D(2a)"], "Give one return for each period"),
        (["{0}", "--measure", "3D(2a)", "-o", "{0}"], "is one of the files to read"),
        (["no-such.csv", "--measure", "3D(2a)"], "no-such.csv"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(returns, arguments, says):
    found = run("series", *(argument.replace("{0}", str(returns[0])) for argument in arguments))
    assert found.exit_code == 2 and says in found.stderr and found.stdout == ""


def test_a_return_that_states_no_period_is_refused(returns, tmp_path):
    path = tmp_path / "return.csv"
    path.write_text(returns[0].read_text(encoding="utf-8").replace("31/03/2024", ""), encoding="utf-8")
    assert "no row says when its period ends" in run("series", path, "--measure", "3D(2a)").stderr
