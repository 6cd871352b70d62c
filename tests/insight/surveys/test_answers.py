"""Answers from a file: what can be used is kept, what cannot is named by row and column, nothing is guessed."""

import polars as pl
import pytest

from leeway.insight.surveys.answers import Finding, checked, frame_of, number_in, read_answers
from leeway.insight.surveys.questionnaire import load
from leeway.refusal import Refusal

COUNCIL, PRACTITIONER = load("council"), load("practitioner")
HEADER = [question.code for question in COUNCIL.questions]
GOOD = {
    "community_people": "1200", "budget_people": "600", "target_met": "yes", "allocation": "one",
    "allocation_tested": "no", "blocks_reviewed": "some", "spend_percent": "12.5",
}  # fmt: skip


@pytest.fixture
def file(tmp_path):
    def written(*rows: dict, header=("ons_code", "region", *HEADER)):
        path = tmp_path / "answers.csv"
        lines = [",".join(header), *(",".join(row.get(name, "") for name in header) for row in rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return written


def row(code: str, **answers: str) -> dict:
    return {"ons_code": code, "region": "North"} | GOOD | answers


def test_good_rows_come_through_whole(file):
    answers = read_answers(file(row("E1"), row("E2")), COUNCIL, unit="ons_code", others=["region"])
    assert answers.findings == []
    first = answers.frame.row(0, named=True)
    assert (first["row"], first["ons_code"], first["region"]) == (1, "E1", "North")
    assert (first["community_people"], first["target_met"], first["spend_percent"]) == (1200, "yes", 12.5)
    assert first["managed_people"] is None, "not answered is null, never nothing"


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("target_met", "Yes", "Choose one of the answers to this question."),
        ("target_met", "y", "Choose one of the answers to this question."),
        ("allocation", "1", "Choose one of the answers to this question."),
        ("budget_people", "six hundred", "Enter a whole number of 0 or more."),
        ("budget_people", "600.5", "Enter a whole number of 0 or more."),
        ("budget_people", "-1", "Enter a whole number of 0 or more."),
        ("budget_people", "", "This question needs an answer."),
        ("spend_percent", "101", "Enter a number from 0 to 100."),
        ("spend_percent", "nan", "Enter a number from 0 to 100."),
    ],
)
def test_a_bad_cell_is_a_finding_and_null(file, column, cell, reason):
    answers = read_answers(file(row("E1"), row("E2", **{column: cell})), COUNCIL, unit="ons_code", others=["region"])
    assert answers.findings == [Finding(2, column, reason)]
    assert answers.frame[column].to_list()[1] is None and answers.frame.height == 2
    assert not cell or cell not in answers.findings[0].reason.replace("Enter a whole number of 0 or more", "")


def test_a_file_of_which_most_answers_are_none_is_refused(file):
    words = dict.fromkeys(set(HEADER) - {"ons_code", "region"}, "see the note")
    with pytest.raises(Refusal, match="answers are none that “council” knows, so nothing is told"):
        read_answers(file(row("E1"), row("E2", **words), row("E3", **words)), COUNCIL, unit="ons_code")


def test_an_answer_to_a_question_that_was_not_put_is_a_finding(file):
    answers = read_answers(file(row("E1", allocation="none")), COUNCIL, unit="ons_code", others=["region"])
    assert [(each.row, each.column) for each in answers.findings] == [(1, "allocation_tested")]
    assert answers.frame["allocation_tested"].to_list() == [None]


def test_units_weights_and_ragged_rows(file, tmp_path):
    path = file(row("E1", weight="2"), row("E1", weight="1"), row("", weight="1"), row("E2", weight="0"),
                header=("ons_code", "region", "weight", *HEADER))  # fmt: skip
    with path.open("a", encoding="utf-8") as more:
        more.write("E3,North\n")
    answers = read_answers(path, COUNCIL, unit="ons_code", weight="weight", others=["region"])
    assert answers.frame["ons_code"].to_list() == ["E1"] and answers.frame["weight"].to_list() == [2.0]
    assert [(each.row, each.column) for each in answers.findings] == [
        (2, "ons_code"), (3, "ons_code"), (4, "weight"), (5, "")]  # fmt: skip


def test_columns_that_no_question_has_and_questions_without_a_column_are_named(file):
    path = file({"ons_code": "E1"}, header=("ons_code", "colour", *HEADER[1:]))
    named = {(each.row, each.column) for each in read_answers(path, COUNCIL, unit="ons_code").findings}
    assert {(0, "colour"), (0, HEADER[0]), (1, HEADER[0])} <= named


def test_files_that_cannot_be_used_are_refused(file, tmp_path):
    with pytest.raises(Refusal, match="no column “place”"):
        read_answers(file(row("E1")), COUNCIL, unit="place")
    for name, text, sentence in [
        ("empty.csv", b"", "is empty"),
        ("twice.csv", b"a,a\n1,2\n", "two columns of the same name"),
        ("latin.csv", "caf\xe9,b\n".encode("latin-1"), "CSV file in UTF-8"),
    ]:
        path = tmp_path / name
        path.write_bytes(text)
        with pytest.raises(Refusal, match=sentence):
            read_answers(path, COUNCIL)
    with pytest.raises(Refusal, match="no such file"):
        read_answers(tmp_path / "none.csv", COUNCIL)


def test_a_page_and_a_file_are_checked_alike():
    values, problems = checked(PRACTITIONER, {"plans_budgets": "no", "time_to_plan": "4", "one_change": "x" * 1001})
    assert set(problems) == {"time_to_plan", "one_change"} and values["plans_budgets"] == "no"
    assert "cannot be shown" in checked(PRACTITIONER, {"one_change": "a\0b"})[1]["one_change"]


def test_numbers_are_written_plainly_or_are_none():
    assert [number_in(text) for text in ("12", "-3", "0.5")] == [12, -3, 0.5]
    assert [number_in(text) for text in ("1,200", "1e3", "inf", "１２", " 1", "1_0", ".5")] == [None] * 7


def test_a_frame_without_answers_has_every_column():
    frame = frame_of([], PRACTITIONER)
    assert frame.height == 0 and frame.schema["direct_payment_share"] == pl.Float64
    assert set(frame.columns) == {"row", *(question.code for question in PRACTITIONER.questions)}
