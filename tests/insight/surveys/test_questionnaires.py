"""The questionnaires that come with Leeway, and what the loader refuses."""

import copy
import re

import pytest
import yaml

from leeway.insight.surveys.questionnaire import FOLDER, BadQuestionnaire, codes, load, parse, read
from leeway.refusal import Refusal

SMALL = {
    "code": "small",
    "version": 1,
    "date": "2026-11-01",
    "title": "A small one",
    "unit": "person",
    "anonymous": True,
    "introduction": "Two questions.",
    "sections": [
        {"title": "First", "questions": [{"code": "held", "kind": "yes_no", "ask": "Is it held?"}]},
        {
            "title": "Then",
            "when": {"question": "held", "is": ["yes"]},
            "questions": [{"code": "how_many", "kind": "number", "ask": "How many?", "minimum": 0, "whole": True}],
        },
    ],
}


def test_three_questionnaires_come_with_leeway_and_each_is_in_order():
    assert codes() == ["council", "experience", "practitioner"]
    for code in codes():
        questionnaire = load(code)
        assert questionnaire.code == code and questionnaire.version >= 1 and questionnaire.questions
    assert load("council").anonymous is False
    assert load("experience").compare.base in load("experience").question("held_as").labels


def test_the_published_figures_of_the_practitioner_survey_stand_beside_their_question():
    published = load("practitioner").question("benefits_people").published
    assert [(each.year, each.percent) for each in published] == [(2009, 67), (2011, 41)]


def test_what_a_questionnaire_was_read_from_makes_it_again():
    for code in codes():
        assert parse(load(code).data, where="kept") == load(code)


def put(**changes):
    data = copy.deepcopy(SMALL)
    data["sections"][0]["questions"][0] |= changes
    return data


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (put(kind="essay"), "its kind is “essay”"),
        (put(code="held now"), "section “First”, question 1: “code” must be letters, numbers and _ . -"),
        (put(code="1st"), "beginning with a letter"),
        (put(askk="?"), "“askk” means nothing here"),
        (put(kind="choice"), "two options or more"),
        (put(kind="choice", options=[["yes", "Yes"], ["yes", "Again"]]), "an option is there twice"),
        (put(kind="choice", options=[[True, "Yes"], [False, "No"]]), "in quotation marks"),
        (put(options=[["a", "A"], ["b", "B"]]), "only a choice or a scale has options"),
        (put(good=["maybe"]), "“maybe” counts as good and is no option"),
        (put(minimum=1), "only a number has a minimum"),
        (put(kind="number", minimum=3, maximum=2), "not below its maximum"),
        (put(code="how_many"), "is there twice"),
        (put(code="kept"), "depends on a question that no earlier section asks"),
        (SMALL | {"version": "1"}, "“version” must be a whole number"),
        (SMALL | {"date": "soon"}, "must be a date"),
        (SMALL | {"sections": []}, "must be a list of one or more"),
        (SMALL | {"compare": {"group": "held", "base": "maybe", "strata": "held"}}, "it compares by"),
        ([], "names with values"),
    ],
)
def test_a_questionnaire_that_is_not_in_order_is_refused_with_its_name(data, sentence):
    with pytest.raises(BadQuestionnaire, match=r"^small\.yaml") as refusal:
        parse(data, where="small.yaml")
    assert sentence in str(refusal.value)


def test_the_small_one_is_in_order_or_the_refusals_prove_nothing(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump(SMALL), encoding="utf-8")
    assert read(path).question("how_many").whole


def test_a_wrong_part_of_a_file_is_named_with_its_line_and_question(tmp_path):
    path = tmp_path / "small.yaml"
    text = yaml.safe_dump(SMALL, sort_keys=False)
    lines = text.splitlines()
    line = next(number for number, words in enumerate(lines, start=1) if "code: how_many" in words)
    for old, new, sentence in [
        ("code: how_many", "code: how many", "section “Then”, question 1: “code” must be"),
        ("minimum: 0", "minimum: none", "question “how_many”: “minimum” must be a number"),
    ]:
        path.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(BadQuestionnaire, match=rf"^small\.yaml, line {line}, {re.escape(sentence)}"):
            read(path)


def test_columns_are_called_as_they_are():
    """Returns and surveys come with headers of their own: the questionnaire takes them."""
    data = put(code="MechOfDelivery", kind="choice", options=[["A1", "One"], ["-9", "Not stated"]])
    data["sections"][1]["when"] = {"question": "MechOfDelivery", "is": ["A1"]}
    assert parse(data, where="small.yaml").question("MechOfDelivery").labels["-9"] == "Not stated"


def test_files_that_are_not_there_or_not_yaml_are_refused(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("a: [", encoding="utf-8")
    with pytest.raises(Refusal, match="cannot be read as YAML"):
        read(bad)
    with pytest.raises(Refusal, match="there is no such file"):
        read(tmp_path / "none.yaml")
    with pytest.raises(Refusal, match="There are: council, experience, practitioner"):
        load("../secret")


def test_no_licensed_wording_is_used():
    """The phrases by which ASCOT and the adult social care survey are known are in none of the questionnaires."""
    text = " ".join(path.read_text(encoding="utf-8").lower() for path in FOLDER.glob("*.yaml"))
    for phrase in ("control over my daily life", "as much control", "adequate control", "clean and presentable",
                   "as safe as i want", "makes me think and feel about myself"):  # fmt: skip
        assert phrase not in text
