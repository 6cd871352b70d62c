"""The command: answers for people and for programs, the picture, and one sentence where the input is bad."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from leeway.insight.commands import insight
from leeway.published.returns import figures

DOCS = Path(__file__).resolve().parents[3] / "docs"
ENGLAND = "period,value\n2016-17,28.3\n2017-18,28.5\n2018-19,28.3\n2019-20,27.9\n2020-21,26.6\n2021-22,26.7\n"
COUNCILS = "unit,period,value\nAsh,2020,20\nAsh,2021,22\nAsh,2022,25\nBeck,2020,40\nBeck,2021,39\nBeck,2022,41\n"


@pytest.fixture
def forecast(tmp_path):
    def run(text, *arguments):
        path = tmp_path / "series.csv"
        path.write_text(text, encoding="utf-8")
        return CliRunner().invoke(insight, ["forecast", str(path), *arguments])

    return run


def test_one_series_for_programs(forecast):
    done = forecast(ENGLAND, "--target", "30", "--by", "2024-03-31", "--json")
    assert done.exit_code == 0, done.output
    answer = json.loads(done.output)
    assert 0 < answer["probability"] < 0.5
    low, high = answer["interval"]
    assert low < answer["median"] < high
    assert answer["interval_percent"] == 80
    assert "nearest so far" in answer["method"]
    assert (answer["last_period"], answer["last_value"], answer["values"]) == ("2022-03-31", 26.7, 6)
    assert answer["beyond_tested"] is False
    assert forecast(ENGLAND, "--target", "30", "--by", "2024-03-31", "--json").output == done.output


def test_the_first_target_as_the_docs_tell_it(forecast):
    """30% by April 2011, asked in March 2010: England reached 29%."""
    done = forecast("period,value\n2009,6.0\n2010,11.2\n", "--target", "30", "--by", "2011-04-01")
    told = (DOCS / "explanation" / "forecasts.md").read_text(encoding="utf-8")
    assert done.output.strip() in told and "     0.4%    11.2 " in done.output
    take_up = figures.table("take_up_england").filter(year="2010-11", measure="1C(1A)")
    assert f"{take_up['value_percent'].item()} of everybody" in told


def test_at_most_is_what_is_left_of_or_more(forecast):
    more, less = (
        json.loads(forecast(ENGLAND, "--target", "27", "--by", "2024-03-31", "--json", *way).output)
        for way in ((), ("--at-most",))
    )
    assert more["probability"] + less["probability"] == pytest.approx(1) and 0.05 < less["probability"] < 0.95
    said = forecast(ENGLAND, "--target", "27", "--by", "2024-03-31", "--at-most").output
    assert "The chance of 27% or less on 2024-03-31." in said


def test_many_units_for_programs_and_for_people(forecast):
    done = forecast(COUNCILS, "--target", "30", "--by", "2026-03-31", "--json")
    by_unit = {entry["unit"]: entry for entry in json.loads(done.output)}
    assert by_unit["Ash"]["probability"] < 0.45 < 0.55 < by_unit["Beck"]["probability"]
    assert by_unit["Ash"]["beyond_tested"] is True
    lines = forecast(COUNCILS, "--target", "30", "--by", "2026-03-31").output.splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["unit", "Beck", "Ash"]
    assert "further ahead than the 2 years" in lines[-1]


def test_a_file_with_one_named_unit_answers_as_a_list(forecast):
    text = "\n".join(COUNCILS.splitlines()[:4])
    answer = json.loads(forecast(text, "--target", "30", "--by", "2024-03-31", "--json").output)
    assert [entry["unit"] for entry in answer] == ["Ash"]


@pytest.mark.parametrize("text", [ENGLAND, COUNCILS])
def test_the_picture_has_its_words(forecast, tmp_path, text):
    picture = tmp_path / "picture.svg"
    done = forecast(text, "--target", "30", "--by", "2024-03-31", "--plot", str(picture))
    assert done.exit_code == 0, done.output
    root = ElementTree.fromstring(picture.read_text(encoding="utf-8"))
    names = {"s": "http://www.w3.org/2000/svg"}
    words = [root.find(f"s:{part}", names) for part in ("title", "desc")]
    assert root.get("role") == "img"
    assert root.get("aria-label") == words[0].text
    assert words[0].text == "The chance of 30% by 31 March 2024"
    assert ("80% interval" in words[1].text) and ("chance" in words[1].text)
    drawn = " ".join(root.itertext())
    assert "2024" in drawn or "Ash" in drawn
    assert not (tmp_path / "picture.svg.part").exists()


@pytest.mark.parametrize(
    ("text", "arguments", "named"),
    [
        ("year,value\n2010,1\n2011,2\n", {}, "series.csv: needs one column named period"),
        ("period,value\n2010,1\n2011,lots\n", {}, "series.csv, row 3, value"),
        ("period,value\n2010,1\n2011,120\n", {}, "series.csv, row 3, value"),
        ("period,value\n2010,1\n", {}, "series.csv: The series has one value only"),
        ("period,value\n2010,1\n2010,2\n", {}, "series.csv, row 3, period"),
        ("period,value\n2010,1\nsoon,2\n", {}, "series.csv, row 3, period"),
        (ENGLAND, {"--by": "soon"}, "“soon” is not a date"),
        (ENGLAND, {"--by": "2020-03-31"}, "--by: 2020-03-31 is not after the last period, 2022-03-31"),
        (ENGLAND, {"--target": "130"}, "--target: The target is not a percentage"),
        (ENGLAND, {"--target": "0"}, "--target: The target is not a percentage"),
        (ENGLAND, {"--target": "many"}, "--target"),
        (ENGLAND, {"--target": "nan"}, "--target: The target is not a percentage"),
        (ENGLAND, {"--plot": "/nowhere/at/all.svg"}, "/nowhere/at/all.svg cannot be written"),
    ],
)
def test_bad_input_is_one_sentence(forecast, text, arguments, named):
    options = {"--target": "30", "--by": "2024-03-31", **arguments}
    done = forecast(text, *(word for pair in options.items() for word in pair))
    assert done.exit_code == 2
    assert named in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


def test_a_file_that_is_not_there():
    done = CliRunner().invoke(insight, ["forecast", "none.csv", "--target", "30", "--by", "2024-03-31"])
    assert done.exit_code == 2 and "none.csv: there is no such file" in done.stderr
