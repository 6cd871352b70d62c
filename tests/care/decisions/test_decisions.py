"""Decisions are kept as they were made, shown whole, and come out the same when worked out again."""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse

from leeway.care.decisions import queries
from leeway.care.decisions.actions import decide_by_judgement, decide_by_rule
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.decisions.views import as_lines
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
    assert list(queries.replay()) == [None]


def test_a_decision_that_comes_out_otherwise_is_named(case, bea, decision):
    wrong = dict(decision.result, charge_pence_per_week=1)
    stored = Decision.objects.create(
        case=case,
        kind=DecisionKind.CHARGE,
        rule="charge",
        law_on=ON,
        law_digest=decision.law_digest,
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
    assert answer.exit_code == 0 and "1 decisions worked out again, none" in answer.output


def test_a_decision_by_a_person_is_not_worked_out_again(case, bea):
    judged = {"inputs": {}, "result": {"ends": True}, "steps": [], "reasons": ["Ada moved away."]}
    decide_by_judgement(case=case, kind=DecisionKind.ENDING, by=bea, on=ON, **judged)
    assert list(queries.replay()) == []


def test_the_page_shows_it_whole(client, case, bea, decision):
    client.force_login(bea)
    shown = client.get(reverse("decisions:show", args=[case.pk, decision.pk])).content.decode()
    assert "Minimum income guarantee" in shown and "£420.00" in shown and "Bea Okafor" in shown
    assert "legislation.gov.uk" in shown and "single 25 to pension age" in shown
    later = decide_by_rule(case=case, kind=DecisionKind.CHARGE, rule="charge", inputs=MEANS, by=bea, on=ON)
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
    assert as_lines(facts) == [
        {"name": "Charge a week", "pence": 5},
        {"name": "Full cost", "text": "no"},
        {"name": "Outcomes: hygiene: unable", "text": "cannot"},
    ]
