"""Tables in and out: each row is answered as that one person's case is, or named with its row and its field."""

import csv
import json
from datetime import date

import pytest
from click.testing import CliRunner

from leeway.law import compute
from leeway.law.charge_case import CASE_FIELDS
from leeway.law.commands import law

from .vectors import examples

ON = date(2026, 4, 6)
CHARGED = [example for example in examples("charging") if "refused" not in example]
LISTS = {"income": ("income", "pence_per_week"), "capital_items": ("capital", "pence")}


@pytest.fixture
def leeway():
    def run(*arguments):
        return CliRunner().invoke(law, [str(argument) for argument in arguments], prog_name="leeway law")

    return run


@pytest.fixture
def charged(leeway, tmp_path):
    """Charge a table of people, written as text or as rows; gives the answer and the rows that came out."""

    def charge(people, on=ON):
        path, out = tmp_path / "people.csv", tmp_path / "charges.csv"
        if isinstance(people, str):
            path.write_text(people, encoding="utf-8")
        else:
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, dict.fromkeys(name for row in people for name in row))
                writer.writeheader()
                writer.writerows(people)
        answer = leeway("charge", path, "--on", on, "--csv", out)
        rows = list(csv.DictReader(out.open(encoding="utf-8", newline=""))) if out.exists() else []
        assert not list(tmp_path.glob("*.part"))
        return answer, rows

    return charge


def flat(case):
    """One person's case as a row: lists of kinds by kind, codes as true, any other list by number."""
    row = {}
    for field, value in case.items():
        if value is None:
            continue
        if not isinstance(value, list):
            row[field] = _cell(value)
        elif field == "premiums":
            row |= {f"premiums.{code}": "true" for code in value}
        else:
            word, amount = LISTS.get(field, (field, ""))
            for number, line in enumerate(value, start=1):
                begins = f"{word}.{line['kind']}.{number}" if amount else f"{word}.{number}"
                parts = {
                    name: part for name, part in line.items() if part is not None and (name != "kind" or not amount)
                }
                row |= {begins if name == amount else f"{begins}.{name}": _cell(part) for name, part in parts.items()}
    return row


def _cell(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("on", sorted({example["date"] for example in CHARGED}), ids=lambda on: on.isoformat())
def test_every_worked_example_of_charging_is_the_same_in_a_table(charged, on):
    cases = [example["given"] for example in CHARGED if example["date"] == on]
    answer, rows = charged([{"person": str(number), **flat(case)} for number, case in enumerate(cases)], on)
    assert answer.exit_code == 0, answer.stderr
    assert [row["person"] for row in rows] == [str(number) for number in range(len(cases))]
    for case, row in zip(cases, rows, strict=True):
        outcome = compute("charge", case, on)
        shown = {name: _as_written(value) for name, value in json.loads(json.dumps(dict(outcome.result))).items()}
        assert {name: row[name] for name in shown} == shown
        steps = {name.removeprefix("step."): cell for name, cell in row.items() if name.startswith("step.")}
        assert int(steps["charge"]) == outcome.result["charge_pence_per_week"]
        assert len(steps) >= 16


def _as_written(value):
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else _cell(value)


def test_two_columns_of_one_line_are_refused(charged):
    """The second would silently take the place of the first."""
    people = "age,income.annuity,income.annuity.01,personal_budget_pence_per_week\n80,300.00,200.00,300.00\n"
    answer, rows = charged(people)
    assert answer.exit_code == 2 and "are the same line" in answer.stderr and not rows


def test_every_field_of_a_case_has_a_column(charged):
    """A new list in a case needs a way into a table."""
    lines = {"income.annuity": "0", "capital.savings": "0", "premiums.carer": "false"}
    known = {"income", "capital_items", "premiums"}
    row = {"age": "80", "personal_budget_pence_per_week": "1", **lines}
    for field in CASE_FIELDS:
        if field not in {*row, *known}:
            row[f"{field}.1.x" if CASE_FIELDS[field].startswith("List of") else field] = ""
    answer, rows = charged([row])
    assert answer.exit_code == 0, answer.stderr
    assert len(rows) == 1


def test_two_lines_of_one_kind_and_a_premium_that_is_no(charged):
    """Two pensions count both; a premium is there where its cell says so, and not because it has a column."""
    head = "age,pension_age,income.private_pension,income.private_pension.2,premiums.carer,"
    answer, rows = charged(
        f"{head}personal_budget_pence_per_week\n80,true,20000,10000,false,50000\n80,true,,,yes,50000\n"
    )
    assert answer.exit_code == 0, answer.stderr
    assert [row["counted_income_pence_per_week"] for row in rows] == ["30000", "0"]
    assert rows[0]["step.premiums"] == "0" and int(rows[1]["step.premiums"]) > 0


HEAD = "person,age,income.state_pension,capital.savings,premiums.carer,personal_budget_pence_per_week\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the first row is empty"),
        (HEAD, "no rows under the heading"),
        (HEAD.replace(",", ";"), "set apart by semicolons. Save it as CSV with commas"),
        (HEAD.replace("age", "person"), "the column “person” is there twice"),
        (HEAD.replace("age", ""), "column 2 has no name"),
        (HEAD.replace("age", "agee"), "the column “agee” is not known. Did you mean age"),
        (HEAD.replace("age", "=1+1"), "the column “=1+1” is not known"),
        (HEAD.replace("state_pension", "state_pention"), "Did you mean income.state_pension"),
        (HEAD.replace("premiums.carer", "premiums.care"), "Use one of: premiums.disability"),
        (HEAD.replace("capital.savings", "income"), "It is a list: give each of its lines a column"),
        (HEAD + "Ada,80,24130,0,,30000\nBen,80,241.30,0,,30000\n", "row 3: income.state_pension is “241.30”, which is"),
        (HEAD + "Ada,80,24130,0,,£300\n", "row 2: personal_budget_pence_per_week is “£300”, which is pounds"),
        (HEAD + "Ada,80,24130,0,,30000\n\nBen,65,1,0,,30000\n", "row 4: pension_age is missing"),
        (HEAD + "Ada,80,24130,0,perhaps,30000\n", "row 2: premiums.carer must be true or false"),
        (HEAD + "Ada,80,24130,0,,30000\nBen,80,1\n", "row 3: it has 3 cells, and the first row names 6 columns"),
        (HEAD + "Ada,80,24130,=A1,,30000\n", "row 2: capital_items, savings, pence must be a whole number"),
        (HEAD + "Ada,80,24130,0,,\n", "row 2: personal_budget_pence_per_week is missing"),
    ],
)
def test_a_bad_table_is_one_sentence_and_nothing_is_written(charged, text, said):
    answer, rows = charged(text)
    assert answer.exit_code == 2
    assert said in answer.stderr and "people.csv" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
    assert rows == []


def test_a_bad_row_leaves_the_answers_of_before_as_they_were(charged, tmp_path):
    charged(HEAD + "Ada,80,24130,0,,30000\n")
    before = (tmp_path / "charges.csv").read_bytes()
    answer, _rows = charged(HEAD + "Ada,80,24130,0,,30000\nBen,17,1,0,,30000\n")
    assert "row 3: age is 17" in answer.stderr
    assert (tmp_path / "charges.csv").read_bytes() == before


def test_a_name_that_is_a_formula_is_shown_and_does_not_work(charged):
    answer, rows = charged(HEAD + '=cmd|calc,80,24130,0,,30000\n"Bell, Ada",80,24130,0,YES,30000\n')
    assert answer.stdout.startswith("2 charges by the law of 2026-04-06")
    assert [row["person"] for row in rows] == ["'=cmd|calc", "Bell, Ada"]
    assert [row["row"] for row in rows] == ["2", "3"]


def test_who_a_row_is_about_stands_in_the_answer(charged):
    head = "name,Case number,age,income.state_pension,personal_budget_pence_per_week\n"
    answer, rows = charged(f"{head}Ada Bell,FA-1,80,24130,30000\n,FA-2,80,24130,30000\n")
    assert answer.exit_code == 0, answer.stderr
    assert [(row["name"], row["Case number"]) for row in rows] == [("Ada Bell", "FA-1"), ("", "FA-2")]


def test_all_that_is_wrong_with_a_table_is_told_at_once(charged):
    answer, _rows = charged(HEAD.replace("age", "agee").replace("state_pension", "wages"))
    assert "Did you mean age" in answer.stderr and "income.wages" in answer.stderr
    assert "war_pension?" not in answer.stderr and "income.earnings" in answer.stderr
    answer, rows = charged(HEAD + "Ada,17,24130,0,,30000\nBen,80,1,0,,30000\nCy,80,24130,0,,\n")
    assert "row 2: age is 17" in answer.stderr and "row 4: personal_budget_pence_per_week is missing" in answer.stderr
    assert "row 3" not in answer.stderr and not rows
    answer, _rows = charged(HEAD + "Ada,17,1,0,,1\n" * 9)
    assert answer.stderr.count("age is 17") == 5 and "There are more" in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["people.csv"], "is a table of people. Say where the answers go"),
        (["people.csv", "--csv", "people.csv"], "is the file that is read"),
        (["people.csv", "--csv", "out.csv", "--json"], "Choose one"),
        (["ada.json", "--csv", "out.csv"], "is one person’s case"),
        (["none.csv", "--csv", "out.csv"], "there is no such file"),
        (["people.csv", "--csv", "no/out.csv"], "cannot be written"),
    ],
)
def test_the_wrong_file_gets_a_sentence(leeway, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text(HEAD + "Ada,80,24130,0,,30000\n", encoding="utf-8")
    answer = leeway("charge", *arguments, "--on", ON)
    assert answer.exit_code == 2
    assert said in answer.stderr
    assert not (tmp_path / "out.csv").exists()


def test_a_table_that_is_not_in_utf_8(leeway, tmp_path):
    (tmp_path / "people.csv").write_bytes(HEAD.encode() + "Zoë,80,1,0,,30000\n".encode("latin-1"))
    answer = leeway("charge", tmp_path / "people.csv", "--on", ON, "--csv", tmp_path / "out.csv")
    assert answer.exit_code == 2 and "Save it as CSV UTF-8" in answer.stderr


def test_calibrate_matches_ranks_and_says_how_well_it_fits(leeway, tmp_path):
    golden = examples("calibration")
    sample, out = tmp_path / "sample.csv", tmp_path / "table.csv"
    pairs = zip(golden["points"], golden["weekly_costs_pence"], strict=True)
    sample.write_text("points,weekly_cost_pence\n" + "".join(f"{a},{b}\n" for a, b in pairs), encoding="utf-8")
    answer = leeway("calibrate", sample, "--csv", out, "--json")
    said = json.loads(answer.stdout)
    assert said["table"] == [[10, 5000], [20, 11000], [30, 17000], [40, 30000], [50, 62000]]
    assert out.read_text(encoding="utf-8").splitlines()[:2] == ["points,pence_per_week", "10,5000"]
    assert said["fit"]["people"] == 5 and said["fit"]["bias"] == 0
    assert -1 <= said["fit"]["rank_correlation"] <= 1
    shown = leeway("calibrate", sample, "--percentile", 100, "--percentile", 0).stdout
    assert "10 points        £50.00" in shown and "20 points" not in shown and "(Spearman)" in shown


def test_calibrate_levels_a_table_and_says_what_to_hold_beside(leeway, tmp_path):
    sample = tmp_path / "sample.csv"
    sample.write_text("points,weekly_cost_pence\n10,10000\n20,15000\n30,30000\n", encoding="utf-8")
    told = json.loads(leeway("calibrate", sample, "--level", "--contingency", "15", "--json").stdout)
    assert told["table"] == [[10, 8750], [20, 17500], [30, 30000]]
    assert told["contingency_pence"] == -(-(8750 + 17500 + 30000) * 15 // 85)
    assert "15 per cent of the whole is £97.06 a week" in leeway("calibrate", sample, "--contingency", "15").stdout


PERCENTILES = ("--percentile", 1, "--percentile", 50, "--percentile", 100)


def test_calibrate_takes_what_remains_after_help(leeway, tmp_path):
    """Costs pay for what remains: somebody whose family does half costs half of what their needs would."""
    sample = tmp_path / "sample.csv"
    rows = [(points, points * left, points * left) for points in range(10, 50) for left in (50, 100)]
    lines = "".join(f"{points},{cost * 10},{hundredths}\n" for points, cost, hundredths in rows)
    sample.write_text(f"points,weekly_cost_pence,hundredths_of_points_left\n{lines}", encoding="utf-8")
    assert "Give --percentile for each row" in leeway("calibrate", sample).stderr
    told = json.loads(leeway("calibrate", sample, *PERCENTILES, "--json").stdout)
    assert all(pence == 1000 * points for points, pence in told["table"]) and len(told["table"]) == 3
    assert told["fit"]["within_10_percent"] == 1
    sample.write_text("points,weekly_cost_pence,hundredths_of_points_left\n10,500,1001\n", encoding="utf-8")
    assert "hundredths_of_points_left" in leeway("calibrate", sample, "--percentile", 50).stderr


def test_a_perfect_sample_fits_perfectly(leeway, tmp_path):
    sample = tmp_path / "sample.csv"
    sample.write_text("person,points,weekly_cost_pence\nA,1,2000\nB,2,3000\nC,3,4500\n", encoding="utf-8")
    fits = json.loads(leeway("calibrate", sample, "--json").stdout)["fit"]
    assert (fits["mean_absolute_error"], fits["within_10_percent"], fits["rank_correlation"]) == (0, 1, 1)


def test_one_person_has_no_order(leeway, tmp_path):
    sample = tmp_path / "sample.csv"
    sample.write_text("points,weekly_cost_pence\n1,2000\n", encoding="utf-8")
    assert json.loads(leeway("calibrate", sample, "--json").stdout)["fit"]["rank_correlation"] is None
    assert "cannot be said" in leeway("calibrate", sample).stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("points\n1\n", "there is no column “weekly_cost_pence”"),
        ("points,cost\n1,2\n", "“cost” is not known here"),
        ("points,weekly_cost_pence\n", "no rows under the heading"),
        ("points,weekly_cost_pence\n1,0\n", "row 2: weekly_cost_pence is 0"),
        ("points,weekly_cost_pence\n1,500\n2,£10\n", "row 3: weekly_cost_pence is “£10”, which is pounds"),
        ("points,weekly_cost_pence\n,500\n", "row 2: points must be a whole number"),
        ("points,weekly_cost_pence\n1.5,500\n", "row 2: points must be a whole number"),
    ],
)
def test_a_bad_sample_is_one_sentence(leeway, tmp_path, text, said):
    sample = tmp_path / "sample.csv"
    sample.write_text(text, encoding="utf-8")
    answer = leeway("calibrate", sample)
    assert answer.exit_code == 2 and answer.stdout == ""
    assert said in answer.stderr and len(answer.stderr.splitlines()) == 1
