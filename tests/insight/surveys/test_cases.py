"""A survey that people brought with the headers it has."""

import json

from click.testing import CliRunner

from leeway.insight.commands import insight
from tests.originals import reported_case


def test_headers_with_capital_letters_are_taken_as_they_are():
    answers, questions = (reported_case("readers", name) for name in ("survey_answers.csv", "survey_code.yaml"))
    done = CliRunner().invoke(insight, ["survey", str(answers), "--questionnaire", str(questions), "--json"])
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["answers"] == 5
    said = {(row["question"], row["option"]): row["said"] for row in told["shares"]}
    assert said == {("q1", "1"): 2, ("q1", "2"): 3, ("MechOfDelivery", "1"): 3, ("MechOfDelivery", "2"): 2}
    assert told["findings"] == [{"row": 0, "column": "LaCode", "reason": "No question has this code."}]
