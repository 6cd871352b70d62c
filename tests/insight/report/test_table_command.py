"""The command `table`: every table, whole or not at all, and what it refuses."""

import json

import polars as pl
import pytest
from click.testing import CliRunner

from leeway.insight.commands import insight
from leeway.insight.report.table_command import WORDS

DAY = ("--as-at", "2025-03-31")


def run(*arguments):
    return CliRunner().invoke(insight, ["table", *map(str, arguments)], prog_name="leeway insight")


@pytest.mark.parametrize("name", WORDS)
def test_every_table_is_told_and_written_alike(made_up, tmp_path, name):
    out = tmp_path / "table.csv"
    told = run(name, made_up, *DAY, "--json", "-o", out)
    assert told.exit_code == 0, told.output
    rows = json.loads(told.stdout)
    assert pl.read_csv(out, infer_schema=False).height == len(rows) > 0
    assert not {"person", "who"} & set(rows[0]), "nobody is named"
    text = run(name, made_up, *DAY)
    assert text.exit_code == 0 and text.stdout.startswith(f"{name}: {WORDS[name]}.")
    assert len(text.stdout.splitlines()) == len(rows) + 2


def test_the_day_is_part_of_the_year_and_all_year_part_of_the_day(made_up):
    people = {
        name: sum(row["count"] for row in json.loads(run(name, made_up, *DAY, "--json").stdout))
        for name in ("LTS001a", "LTS001b", "LTS001c", "LTS004")
    }
    assert people["LTS001a"] > people["LTS001b"] > people["LTS001c"] > 0
    assert 0 < people["LTS004"] < people["LTS001a"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("LTS9", "FILE", *DAY), "'LTS9' is not one of"),
        (("LTS001a", "none.csv", *DAY), "none.csv"),
        (("LTS001a", "FILE", "--as-at", "soon"), "soon"),
        (("LTS001a", "FILE", *DAY, "-o", "FILE"), "one of the files to read"),
    ],
)
def test_bad_use_is_one_sentence_and_exit_status_2(made_up, arguments, sentence):
    told = run(*(made_up if one == "FILE" else one for one in arguments))
    assert told.exit_code == 2 and sentence in told.stderr and not told.stdout
