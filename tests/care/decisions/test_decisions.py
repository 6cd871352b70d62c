"""Decisions are kept as they were made, shown whole, and come out the same when worked out again."""

import json
import shutil
from datetime import date

import pytest
from click.testing import CliRunner
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse

from leeway.care.decisions import queries, replay
from leeway.care.decisions.actions import decide_by_judgement, decide_by_rule
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.decisions.views import as_lines
from leeway.care.planning.models import Plan
from leeway.law.dated import DEFAULT_POLICY
from leeway.site.commands import main

ON = date(2026, 11, 23)
MEANS = {
    "age": 34,
    "pension_age": False,
    "household": "single",
    "income": [{"kind": "universal_credit", "pence_per_week": 250_00}],
    "personal_budget_pence_per_week": 420_00,
}


@pytest.fixture
def decision(case, bea):
    """What Ada pays, by rule."""
    return decide_by_rule(case=case, kind=DecisionKind.CHARGE, rule="charge", inputs=MEANS, by=bea, on=ON)


def test_the_database_refuses_to_change_or_remove_a_decision(decision):
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(reasons=["Because"])
    with (
        pytest.raises(ProgrammingError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM decisions_decision WHERE id = %s", [decision.pk])
    assert Decision.objects.get(pk=decision.pk).reasons == decision.reasons


def test_a_later_decision_supersedes_and_the_first_is_kept(case, bea, decision):
    later = decide_by_rule(case=case, kind=DecisionKind.CHARGE, rule="charge", inputs=MEANS, by=bea, on=ON)
    assert later.supersedes == decision
    assert queries.standing(case, DecisionKind.CHARGE) == later
    assert list(queries.history(case)) == [later, decision]


def test_worked_out_again_nothing_differs(decision):
    assert list(replay.replay()) == [None]


def test_a_decision_that_comes_out_otherwise_is_named(case, bea, decision):
    wrong = dict(decision.result, charge_pence_per_week=1)
    stored = Decision.objects.create(
        case=case,
        kind=DecisionKind.CHARGE,
        rule="charge",
        law_on=ON,
        law_digest=decision.law_digest,
        law_values=decision.law_values,
        software_version="0",
        inputs=MEANS,
        result=wrong,
        steps=decision.steps,
        reasons=decision.reasons,
        decided_by=bea,
        decided_on=ON,
    )
    answer = CliRunner().invoke(main, ["law", "replay", "--json"])
    assert answer.exit_code == 1
    told = json.loads(answer.output)
    assert told["recomputed"] == 2
    assert told["differences"] == [{"decision": str(stored.pk), "rule": "charge", "differs": "result"}]


def test_replay_says_how_many_were_worked_out(decision):
    answer = CliRunner().invoke(main, ["law", "replay"])
    assert (
        answer.exit_code == 0 and "1 decisions and 0 budgets worked out again, none with a difference" in answer.output
    )


@pytest.fixture
def policy(tmp_path, settings):
    """A council's policy that takes another percentage of what is left over."""

    def made(percent):
        folder = tmp_path / str(percent)
        shutil.copytree(DEFAULT_POLICY, folder)
        file = folder / "charging_policy" / "percent_of_disposable.yaml"
        file.write_text(file.read_text().replace("value: 100", f"value: {percent}"))
        settings.COUNCIL_POLICY = folder

    return made


def replayed():
    answer = CliRunner().invoke(main, ["law", "replay", "--json"])
    return answer.exit_code, json.loads(answer.output)


def test_a_law_that_was_corrected_since_bends_nothing_and_is_listed_as_work(decision, policy):
    before = decision.result["charge_pence_per_week"]
    policy(90)
    code, told = replayed()
    assert code == 0 and told["differences"] == []
    [work] = told["corrected"]
    assert work["decision"] == str(decision.pk)
    assert work["refund_pence_per_week"] == before - before * 90 // 100 > 0
    assert "decide anew, refund" in work["sentence"]


def test_a_result_bent_under_a_law_that_was_corrected_since_is_still_bent(decision, policy, guards_aside):
    policy(90)
    guards_aside("UPDATE decisions_decision SET result = result || '{\"charge_pence_per_week\": 1}'")
    code, told = replayed()
    assert code == 1 and told["differences"][0]["differs"] == "result"


def test_values_of_the_law_that_were_bent_are_told(decision, guards_aside):
    guards_aside(
        "UPDATE decisions_decision SET law_values = law_values || '{\"charging_policy.percent_of_disposable\": 1}'"
    )
    code, told = replayed()
    assert code == 1 and told["differences"][0]["differs"] == "values of the law"


def test_an_amount_in_a_step_that_was_bent_is_told(decision, guards_aside):
    guards_aside("UPDATE decisions_decision SET steps = jsonb_set(steps, '{0,pence}', '7')")
    code, told = replayed()
    assert code == 1 and told["differences"][0]["differs"] == "steps"


def test_words_written_better_since_are_no_difference(decision, guards_aside):
    guards_aside(
        "UPDATE decisions_decision SET steps = jsonb_set(steps, '{0,sentence}', '\"Otherwise.\"'), reasons = '[]'"
    )
    assert replayed()[1] == {
        "recomputed": 1,
        "budgets": 0,
        "differences": [],
        "corrected": [],
        "missing": [],
        "seal": [],
    }


def test_a_decision_that_was_blanked_is_told(decision, guards_aside):
    guards_aside("UPDATE decisions_decision SET rule = '', result = '{}'")
    code, told = replayed()
    assert code == 1 and told["differences"][0]["differs"] == "it says that it was made by no rule"


def test_a_gap_in_a_row_of_decisions_is_told(case, bea, decision, guards_aside):
    decide = {"case": case, "kind": DecisionKind.CHARGE, "rule": "charge", "inputs": MEANS, "by": bea, "on": ON}
    second, third = decide_by_rule(**decide), decide_by_rule(**decide)
    assert list(replay.missing()) == []
    guards_aside(f"DELETE FROM decisions_decision WHERE id = '{second.pk}'")
    told = list(replay.missing())
    assert f"Decision {second.pk} is gone: decision {third.pk} names it as its supersedes." in told
    guards_aside(f"UPDATE decisions_decision SET supersedes_id = NULL WHERE id = '{third.pk}'")
    assert f"Case {case.pk}: 2 decisions on “charge” are each the first. One before is gone." in list(replay.missing())


def test_a_decision_by_a_person_is_not_worked_out_again(case, bea):
    judged = {"inputs": {}, "result": {"ends": True}, "steps": [], "reasons": ["Ada moved away."]}
    decide_by_judgement(case=case, kind=DecisionKind.ENDING, by=bea, on=ON, **judged)
    assert list(replay.replay()) == []


def test_the_page_shows_it_whole(client, case, bea, decision):
    plan = Plan.objects.create(case=case, number=1, started_on=ON)
    plan.charges.add(decision)
    client.force_login(bea)
    shown = client.get(reverse("decisions:show", args=[case.pk, decision.pk])).content.decode()
    assert "Minimum income guarantee" in shown and "£420.00" in shown and "Bea Okafor" in shown
    assert "legislation.gov.uk" in shown and "single 25 to pension age" in shown
    later = decide_by_rule(case=case, kind=DecisionKind.CHARGE, rule="charge", inputs=MEANS, by=bea, on=ON)
    plan.charges.add(later)
    shown = client.get(reverse("decisions:show", args=[case.pk, decision.pk])).content.decode()
    assert "no longer the decision that counts" in shown and str(later.pk) in shown


def test_strangers_and_other_cases_are_refused(client, case, bea, ada_user, cyril, decision):
    address = reverse("decisions:show", args=[case.pk, decision.pk])
    client.force_login(cyril)
    assert client.get(address).status_code == 404
    client.force_login(ada_user)
    assert client.get(address).status_code == 200


def test_facts_become_lines_that_people_read():
    facts = {"charge_pence_per_week": 5, "full_cost": False, "outcomes": {"hygiene": {"unable": ["cannot"]}}}
    initials = as_lines({"nhs_pence_per_week": 5, "funded_by": "nhs_continuing_healthcare", "why": "The nhs said so."})
    assert [line["name"] for line in initials] == ["NHS a week", "Funded by", "Why"]
    assert [line["text"] for line in initials[1:]] == ["NHS continuing healthcare", "The nhs said so."]
    assert as_lines(facts) == [
        {"name": "Charge a week", "pence": 5},
        {"name": "Full cost", "text": "no"},
        {"name": "Outcomes: hygiene: unable", "text": "cannot"},
    ]
