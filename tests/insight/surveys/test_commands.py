"""Surveys from the command line, as a council would ask."""

import json

import pytest
from click.testing import CliRunner

from leeway.commandline import Group
from leeway.insight.surveys.commands import survey

HEADER = "ons_code,type,community_people,budget_people,target_met,spend_percent\n"


@pytest.fixture
def ask():
    """Run the command, in a group as `leeway insight` has it."""
    group = Group("insight", commands={"survey": survey})
    return lambda *words: CliRunner().invoke(group, ["survey", *map(str, words)])


@pytest.fixture
def answers(tmp_path):
    """132 councils: 100 say yes. One of them gives a share of spending that is no number."""
    rows = [
        f"E{n},{'shire' if n < 25 else 'other'},1000,500,{'yes' if n < 100 else 'no'},{'lots' if n == 7 else 10}\n"
        for n in range(132)
    ]
    path = tmp_path / "answers.csv"
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path


def test_132_of_153_councils_in_words(ask, answers):
    told = ask(answers, "--questionnaire", "council", "--asked", 153, "--unit", "ons_code")
    assert told.exit_code == 0, told.stderr
    assert "Yes: 100 of 132, 75.8% (72.9% to 78.4%; of all asked 65.4% to 79.1%)" in told.stdout
    assert "Whatever the other 21 would have said, the share of all 153 is between 65.4% and 79.1%." in told.stdout
    assert "row 8, spend_percent: Enter a number from 0 to 100." in told.stderr and "lots" not in told.output


def test_for_programs_weighed_and_compared(ask, answers, tmp_path):
    population = tmp_path / "population.csv"
    population.write_text("grouping,group,count\ntype,shire,27\ntype,other,126\n", encoding="utf-8")
    told = ask(answers, "--questionnaire", "council", "--asked", 153, "--unit", "ons_code", "--population", population,
               "--earlier", answers, "--earlier-asked", 152, "--json")  # fmt: skip
    found = json.loads(told.stdout)
    assert (found["questionnaire"], found["answers"], found["asked"]) == ("council", 132, 153)
    yes = next(row for row in found["shares"] if row["question"] == "target_met" and row["option"] == "yes")
    assert yes["share"] == pytest.approx((27 + 126 * 75 / 107) / 153) and yes["tells"] < yes["answered"]
    assert all(row["difference"] == 0 for row in found["waves"] if row["question"] == "target_met")
    assert {"row": 8, "column": "spend_percent", "reason": "Enter a number from 0 to 100."} in found["findings"]


def test_67_percent_and_then_41_with_what_it_takes_to_tell(ask, tmp_path):
    for name, yes, spent in (("2009.csv", 67, 10), ("2011.csv", 41, 12)):
        rows = [f"E{n},other,1000,500,{'yes' if n < yes else 'no'},{spent + n % 2}\n" for n in range(100)]
        (tmp_path / name).write_text(HEADER + "".join(rows), encoding="utf-8")
    told = ask(tmp_path / "2011.csv", "--questionnaire", "council", "--earlier", tmp_path / "2009.csv")
    assert "Yes: 67.0%, then 41.0%\n  -26.0 points (-38.4 to -12.2): down; to tell that much, 57 must" in told.stdout
    assert "On average 10.5, then 12.5\n  +2.0 (+1.9 to +2.1): up" in told.stdout


def test_a_survey_of_experience_is_compared_by_way_of_holding(ask, tmp_path):
    path = tmp_path / "people.csv"
    rows = ["direct_payment,learning,5"] * 40 + ["managed,learning,5"] * 10 + ["managed,learning,2"] * 30
    path.write_text("held_as,support_for,control\n" + "\n".join(rows), encoding="utf-8")
    told = ask(path, "--questionnaire", "experience")
    assert "Having a say over my days As a direct payment" in told.stdout and "more" in told.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--questionnaire", "zebra"], "There is no questionnaire “zebra”"),
        (["--questionnaire", "council", "--asked", "100"], "More answered than were asked"),
        (["--questionnaire", "council", "--unit", "town"], "no column “town”"),
        (["--questionnaire", "council", "--earlier-asked", "9"], "--earlier"),
        (["--questionnaire", "none.yaml"], "there is no such file"),
    ],
)
def test_bad_use_is_one_sentence_and_exit_status_2(ask, answers, words, sentence):
    told = ask(answers, *words)
    assert told.exit_code == 2 and sentence in told.stderr and "Traceback" not in told.output
    assert not told.stdout


@pytest.mark.parametrize("text", ["group,count\n", "grouping,group,count\ntype,shire,many\n"])
def test_a_population_that_cannot_be_read_is_refused(ask, answers, tmp_path, text):
    population = tmp_path / "population.csv"
    population.write_text(text, encoding="utf-8")
    told = ask(answers, "--questionnaire", "council", "--population", population)
    assert told.exit_code == 2 and "population.csv" in told.stderr
