"""`leeway law`: answers for people and programs, and one plain sentence with exit status 2 for bad input."""

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from leeway.law import reference
from leeway.law.allocation import questions
from leeway.law.commands import law
from leeway.law.dated import DEFAULT_POLICY, every_parameter, law_on

from .vectors import examples

CASE = {
    "age": 79,
    "pension_age": True,
    "income": [{"kind": "state_pension", "pence_per_week": 31800}],
    "capital_pence": 1450001,
    "housing_costs_pence_per_week": 3420,
    "disability_related_expenditure_pence_per_week": 1000,
    "personal_budget_pence_per_week": 18000,
}


@pytest.fixture
def leeway():
    def run(*arguments):
        return CliRunner().invoke(law, [str(argument) for argument in arguments], prog_name="leeway law")

    return run


@pytest.fixture
def case(tmp_path):
    path = tmp_path / "ada.json"
    path.write_text(json.dumps(CASE), encoding="utf-8")
    return path


def test_charge_for_programs(leeway, case):
    answer = leeway("charge", case, "--on", "2026-04-06", "--json")
    assert answer.exit_code == 0
    said = json.loads(answer.stdout)
    assert said["charge_pence_per_week"] == 3435
    assert said["net_direct_payment_pence_per_week"] == 14565
    assert said["full_cost"] is False
    assert {"name", "pence", "source"} <= set(said["steps"][0])


def test_charge_for_people(leeway, case):
    answer = leeway("charge", case, "--on", "2026-04-06")
    assert "The person pays £34.35 a week" in answer.stdout
    assert "In doubt:" in answer.stdout


NOT_KNOWN = "No values after 2026-27 are known; those are used."


@pytest.mark.parametrize(("on", "said"), [("2027-04-05", False), ("2027-04-06", True), ("2030-06-01", True)])
def test_a_year_of_which_no_values_are_known_is_told(leeway, case, on, said):
    answer = leeway("charge", case, "--on", on)
    assert answer.exit_code == 0
    assert any(NOT_KNOWN in line and "In doubt" in line for line in answer.stdout.splitlines()) is said
    programs = json.loads(leeway("charge", case, "--on", on, "--json").stdout)
    assert (NOT_KNOWN in programs["reasons"]) is said
    told = {step["name"] for step in programs["steps"] if NOT_KNOWN in step.get("doubt", "")}
    assert told == ({"Savings disregard", "Minimum income guarantee"} if said else set())
    shown = leeway("show", "charging.minimum_income_guarantee.single_pension_age", "--on", on).stdout
    assert (NOT_KNOWN in shown) is said
    assert NOT_KNOWN not in leeway("show", "charging.capital.upper_limit", "--on", on).stdout


def test_a_table_of_people_and_a_budget_tell_it_too(leeway, tmp_path):
    table = tmp_path / "people.csv"
    table.write_text("age,personal_budget_pence_per_week\n40,10000\n", encoding="utf-8")
    said = leeway("charge", table, "--on", "2030-06-01", "--csv", tmp_path / "charges.csv").stdout
    assert f"In doubt: {NOT_KNOWN}" in said
    asked = questions(law_on(date(2030, 6, 1)))
    answers = tmp_path / "answers.json"
    given = {
        "unable": sorted({code for question in asked for code in question.outcomes}),
        "answers": {question.id: question.answers[1].id for question in asked},
        "help": {question.id: "some" for question in asked if question.family_can_help},
        "willing_and_able": True,
    }
    answers.write_text(json.dumps(given), encoding="utf-8")
    said = leeway("allocate", answers, "--on", "2030-06-01").stdout
    assert said.count(NOT_KNOWN) == 2, said


def test_allocate(leeway, tmp_path):
    path = tmp_path / "answers.json"
    asked = questions(law_on(date(2026, 4, 6)))
    given = {
        "unable": sorted({code for question in asked for code in question.outcomes}),
        "answers": {question.id: question.answers[1].id for question in asked},
        "help": {question.id: "some" for question in asked if question.family_can_help},
        "willing_and_able": True,
    }
    path.write_text(json.dumps(given), encoding="utf-8")
    said = json.loads(leeway("allocate", path, "--on", "2026-04-06", "--json").stdout)
    assert said["indicative_pence_per_week"] == sum(line["pence_per_week"] for line in said["answers"])
    printed = leeway("allocate", path, "--on", "2026-04-06").stdout
    assert "Where it comes from" in printed and "Preparing some meals, less some of it by family and friends" in printed


def needs(name, tmp_path):
    """The answers of a worked example of eligibility, as a file."""
    given = next(example["given"] for example in examples("eligibility") if example["name"].startswith(name))
    path = tmp_path / "needs.json"
    path.write_text(json.dumps(given), encoding="utf-8")
    return path


def test_eligibility(leeway, tmp_path):
    path = needs("Ada", tmp_path)
    said = json.loads(leeway("eligibility", path, "--on", "2026-04-06", "--json").stdout)
    assert (said["eligible"], said["regime"], said["on"]) == (True, "Care Act 2014", "2026-04-06")
    assert said["conditions_met"] == ["impairment", "outcomes", "wellbeing"]
    shown = leeway("eligibility", path, "--on", "2026-04-06").stdout
    assert "yes  outcomes" in shown and "The needs are eligible" in shown and "reg. 2(4)" in shown
    assert shown.count("The needs arise from") == 1


@pytest.mark.parametrize(
    ("name", "on", "said"),
    [
        ("Ada", "2014-05-01", "Give risks; leave out impairment"),
        ("Ada", "2015-05-01", "Give supported_before_care_act"),
        ("FACS: critical", "2026-04-06", "by the outcomes of the Care Act, and not by bands of risk"),
        ("Toilet was not asked", "2026-04-06", "Not answered yet: outcomes.toilet."),
        ("A carer before", "2015-03-31", "Carers and Disabled Children Act 2000"),
    ],
)
def test_answers_that_do_not_fit_the_day_say_why(leeway, tmp_path, name, on, said):
    answer = leeway("eligibility", needs(name, tmp_path), "--on", on)
    assert answer.exit_code == 2 and answer.stdout == ""
    assert said in answer.stderr and len(answer.stderr.splitlines()) == 1


def test_whoever_was_supported_before_stays_under_facs_until_reviewed(leeway, tmp_path):
    path = needs("Between: supported before and not reviewed", tmp_path)
    shown = leeway("eligibility", path, "--on", "2015-05-01").stdout
    assert "substantial" in shown and "SI 2015/995, art. 2" in shown


def test_show(leeway):
    assert "charging.capital.upper_limit" in leeway("show").stdout
    shown = leeway("show", "charging.capital.upper_limit", "--on", "2026-04-06")
    assert "£23,250.00" in shown.stdout
    assert len(json.loads(leeway("show", "--json").stdout)) == len(every_parameter())
    whole = json.loads(leeway("show", "charging/minimum_income_guarantee/carer_premium", "--json").stdout)
    assert [value["value"] for value in whole["values"]] == [4275, 4325, 4455, 4905, 5235, 5325, 5525]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "charging.capital.uper"], "Did you mean charging.capital.upper_limit"),
        (["show", "charging.capital.upper_limit", "--on", "2015-03-31"], "no value on 2015-03-31"),
        (["charge", "CASE", "--on", "2026-02-30"], "“2026-02-30” is not a date"),
        (["charge", "CASE", "--on", "20260406"], "is not a date"),
        (["charge", "CASE"], "Missing option '--on'"),
        (["charge", "nobody.json", "--on", "2026-04-06"], "nobody.json: there is no such file"),
        (["charge", "CASE", "--on", "2015-03-31"], "ada.json: charging"),
        (["charge", "CASE", "--on", "2026-04-06", "--policy", "nowhere"], "policy folder nowhere is not there"),
        (["allocate", "CASE", "--on", "2026-04-06"], "is not known here"),
        (["chrge"], "No such command"),
    ],
)
def test_bad_use_is_one_sentence_and_status_2(leeway, case, arguments, said):
    answer = leeway(*[case if argument == "CASE" else argument for argument in arguments])
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert said in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "line 1: not JSON"),
        ("[]", "The case must be a set of named values"),
        ('{"age": NaN}', "NaN is not a number"),
        ('{"age": 20, "age": 30}', "“age” is there twice"),
        (
            '{"age": 20, "personal_budget_pence_per_week": "300"}',
            "personal_budget_pence_per_week must be a whole number",
        ),
        ('{"age": 20, "personal_budget_pence_per_week": -1}', "personal_budget_pence_per_week is -1"),
        ('{"age": 20, "income": [{"kind": "wages"}], "personal_budget_pence_per_week": 1}', "income, line 1"),
    ],
)
def test_a_bad_case_names_the_file_and_the_field(leeway, tmp_path, text, said):
    path = tmp_path / "cyril.json"
    path.write_text(text, encoding="utf-8")
    answer = leeway("charge", path, "--on", "2026-04-06")
    assert answer.exit_code == 2
    assert "cyril.json" in answer.stderr
    assert said in answer.stderr


def test_a_file_that_is_not_text(leeway, tmp_path):
    path = tmp_path / "photo.json"
    path.write_bytes(b"\xff\xfe\x00\x01")
    answer = leeway("charge", path, "--on", "2026-04-06")
    assert answer.exit_code == 2
    assert "cannot be read as text" in answer.stderr


@pytest.mark.parametrize("command", ["show", "eligibility", "charge", "allocate", "calibrate"])
def test_each_command_has_help_with_an_example(leeway, command):
    assert "Example: leeway law " + command in " ".join(leeway(command, "--help").stdout.split())


@pytest.mark.parametrize(
    ("page", "made"),
    [
        ("reference/parameters.md", reference.markdown),
        ("explanation/what-is-in-doubt.md", reference.doubts_markdown),
    ],
)
def test_the_generated_pages_are_up_to_date(page, made):
    """If this fails: make reference"""
    assert (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8") == made()


def test_every_doubt_is_on_its_page():
    page = " ".join(reference.doubts_markdown().split())
    doubts = [dated.doubt for parameter in every_parameter().values() for dated in parameter.history if dated.doubt]
    assert len(doubts) > 10
    assert [doubt for doubt in doubts if doubt not in page] == []


def test_the_page_has_every_parameter_newest_value_first():
    entries = reference.parameters_for_page()
    assert {entry.name for entry in entries} == set(every_parameter())
    for entry in entries:
        assert [line.start for line in entry.lines] == sorted((line.start for line in entry.lines), reverse=True)


def test_one_person_waits_for_no_library_that_only_a_million_need(case):
    """NumPy, Django and what they load take longer than the charge itself."""
    asked = f"main(['law', 'charge', {str(case)!r}, '--on', '2026-04-06'], standalone_mode=False)"
    loaded = "sorted({'numpy', 'django.core', 'polars', 'asyncio', 'multiprocessing'} & {*sys.modules})"
    code = f"import sys; from leeway.site.commands import main; {asked}; print({loaded})"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "The person pays £34.35 a week" in said
    assert said.splitlines()[-1] == "[]"


def test_a_value_that_the_council_has_just_changed_is_used(leeway, case, tmp_path):
    """Each command reads the files again: nothing is kept from one to the next."""
    policy = tmp_path / "policy"
    shutil.copytree(DEFAULT_POLICY, policy)
    ask = [sys.executable, "-c", "from leeway.site.commands import main; main()", "law", "charge", str(case)]
    ask += ["--on", "2026-04-06", "--policy", str(policy), "--json"]
    before = json.loads(subprocess.run(ask, capture_output=True, text=True, check=True).stdout)
    assert before["charge_pence_per_week"] == 3435
    share = policy / "charging_policy" / "percent_of_disposable.yaml"
    share.write_text(share.read_text(encoding="utf-8").replace("value: 100", "value: 50"), encoding="utf-8")
    after = json.loads(subprocess.run(ask, capture_output=True, text=True, check=True).stdout)
    assert after["charge_pence_per_week"] == 1717 and after["digest"] != before["digest"]


def test_what_is_missing_is_named_at_once_with_its_choices(leeway, tmp_path):
    for command, given, said in [
        ("eligibility", {}, ["kind is missing. Add it, as one of: adult, carer."]),
        (
            "allocate",
            {"unable": ["nutrition", "toilet"], "answers": {}},
            ["meals is missing (one of: ", "; nights is missing"],
        ),
        ("allocate", {"qqqq": 1}, ["The allocation answers: “qqqq” is not known here. Known are: "]),
    ]:
        path = tmp_path / "given.json"
        path.write_text(json.dumps(given), encoding="utf-8")
        answer = leeway(command, path, "--on", "2026-04-06")
        assert answer.exit_code == 2 and all(part in answer.stderr for part in said), answer.stderr
