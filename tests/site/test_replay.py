"""What was worked out for a whole council is worked out again, and whatever was bent past the guards is named."""

from datetime import timedelta

import pytest
from django.utils import timezone

from leeway.access.models import User
from leeway.care.assessment.models import Assessment
from leeway.care.decisions.models import Decision
from leeway.care.planning.models import Plan
from leeway.money.budgets.actions import end_budget, set_up_again
from leeway.money.budgets.models import Budget, Funding, Instalment, Part
from leeway.money.payments.queries import findings
from leeway.site.replay import work_everything_out_again

pytestmark = pytest.mark.django_db


@pytest.fixture
def budget(council):
    """A budget that runs, with a direct payment."""
    parts = Part.objects.filter(way="direct_payment", instalments__amount_pence__gt=0, budget__ending=None)
    return Budget.objects.filter(parts__in=parts).order_by("case__person__given_name", "started_on").first()


def bent():
    found = work_everything_out_again()
    assert found.is_wrong
    return {(one.decision_id, one.rule) for one in found.bent}


def test_nothing_is_bent(council):
    assert not work_everything_out_again().is_wrong


def test_a_budget_brought_forward_and_set_up_again_is_as_it_was_signed_off(budget):
    """And what its one-off costs were is paid once."""
    finn, today = User.objects.get(email="finn@fairbourne.example"), timezone.localdate()
    for days in (60, 30):
        ends_on = today + timedelta(days=days)
        end_budget(
            cover="Her family, from then on",
            budget=Budget.objects.get(pk=budget.pk),
            ends_on=ends_on,
            reason="Moved away",
            by=finn,
            on=today,
        )
    set_up_again(budget=budget, reason="They stay after all", by=finn, on=today)
    assert not work_everything_out_again().is_wrong
    assert not list(findings())


FINAL_BUDGET = {
    "the result": """result = result || '{"council_pence_per_week": 1}'""",
    "result and judgement": """result = result || '{"pence_per_week": 90000}',
        inputs = inputs || '{"final_pence_per_week": 90000}'""",
    "a line's cost": "inputs = jsonb_set(inputs, '{lines,0,pence_per_week}', '1')",
    "the charge": """inputs = inputs || '{"charge_decisions": ["nothing"]}'""",
    "everything in it": "inputs = '{}', result = '{}'",
}


@pytest.mark.parametrize("change", FINAL_BUDGET.values(), ids=FINAL_BUDGET)
def test_a_final_budget_that_does_not_follow_from_its_lines_and_charge(budget, guards_aside, change):
    decision = budget.plan.final_budget_id
    guards_aside(f"UPDATE decisions_decision SET {change} WHERE id = '{decision}'")
    assert (str(decision), "final_budget") in bent()


def test_a_line_of_the_plan_that_was_changed_afterwards(budget, guards_aside):
    guards_aside(
        f"UPDATE planning_planline SET unit_cost_pence = unit_cost_pence + 1 WHERE plan_id = '{budget.plan_id}'"
    )
    assert (str(budget.plan.final_budget_id), "final_budget") in bent()


ANSWERS = {
    "an answer": """allocation_answers = jsonb_set(allocation_answers, '{{{answer}}}', '"none of these"')""",
    "an answer taken away": "allocation_answers = allocation_answers - '{answer}'",
    "help": """allocation_help = jsonb_set(allocation_help, '{{{help}}}', '"bent"')""",
    "who is willing": "helpers_willing = NOT helpers_willing",
}


@pytest.mark.parametrize("change", ANSWERS.values(), ids=ANSWERS)
def test_an_indicative_budget_that_is_on_other_answers_than_its_assessment(council, guards_aside, change):
    helped = Assessment.objects.exclude(allocation_help={}).filter(helpers_willing__isnull=False)
    assessment = helped.exclude(indicative_budget=None).order_by("created_at").first()
    inputs = assessment.indicative_budget.inputs
    keys = {"answer": next(iter(inputs["answers"])), "help": next(iter(inputs["help"]))}
    guards_aside(f"UPDATE assessment_assessment SET {change.format(**keys)} WHERE id = '{assessment.pk}'")
    assert bent() == {(str(assessment.indicative_budget_id), "allocation")}


def test_one_charge_of_a_plan_that_is_named_no_longer_is_told(council, guards_aside):
    plan = Plan.objects.exclude(final_budget=None).order_by("case__person__given_name", "number").first()
    charge = plan.final_budget.inputs["charge_decisions"][0]
    guards_aside(f"DELETE FROM planning_plan_charges WHERE decision_id = '{charge}'")
    told = work_everything_out_again().missing
    assert f"Plan {plan.pk} names no longer what is paid by it: {charge}." in told


BUDGET = {
    "shares": [
        "UPDATE budgets_budget SET council_pence_per_week = council_pence_per_week - 100, "
        "nhs_pence_per_week = nhs_pence_per_week + 100 WHERE id = '{budget}'",
        "UPDATE budgets_part SET paid_pence_per_week = paid_pence_per_week + 1 WHERE budget_id = '{budget}'",
        "UPDATE budgets_part SET charge_pence_per_week = charge_pence_per_week + 1 WHERE budget_id = '{budget}'",
        "DELETE FROM budgets_part WHERE budget_id = '{budget}'",
    ],
    "schedule": [
        "UPDATE budgets_instalment SET for_period_pence = for_period_pence + 1, amount_pence = amount_pence + 1 "
        "WHERE id = '{instalment}'",
        "UPDATE budgets_instalment SET ends_on = ends_on + 1 WHERE id = '{instalment}'",
        "UPDATE budgets_instalment SET due_on = due_on - 1 WHERE id = '{instalment}'",
        "UPDATE budgets_instalment SET already_paid_pence = 5, amount_pence = amount_pence - 5 "
        "WHERE id = '{instalment}'",
        "DELETE FROM budgets_instalment WHERE id = '{instalment}'",
        "INSERT INTO budgets_instalment (id, part_id, kind, starts_on, ends_on, due_on, for_period_pence, "
        "already_paid_pence, amount_pence) SELECT gen_random_uuid(), part_id, kind, starts_on + 1, ends_on, due_on, "
        "for_period_pence, already_paid_pence, amount_pence FROM budgets_instalment WHERE id = '{instalment}'",
    ],
    "split": [
        "UPDATE budgets_funding SET council_pence = council_pence - 1, nhs_pence = nhs_pence + 1 "
        "WHERE id = '{funding}'",
        "UPDATE budgets_funding SET council_pence = council_pence + 1 WHERE id = '{funding}'",
        "INSERT INTO budgets_funding (id, part_id, kind, starts_on, ends_on, nhs_pence, person_pence, council_pence, "
        "paid_before_pence) SELECT gen_random_uuid(), part_id, 'start_up', starts_on, ends_on, 0, 0, 700, 0 "
        "FROM budgets_funding WHERE id = '{funding}'",
        "UPDATE budgets_funding SET paid_before_pence = 1 WHERE id = '{funding}'",
    ],
}


@pytest.mark.parametrize(("rule", "change"), [(rule, change) for rule, changes in BUDGET.items() for change in changes])
def test_a_budget_that_does_not_follow_from_what_was_signed_off(budget, guards_aside, rule, change):
    part = budget.parts.get(way="direct_payment")
    keys = {
        "budget": budget.pk,
        "instalment": Instalment.objects.filter(part=part, kind="regular").order_by("starts_on")[1].pk,
        "funding": Funding.objects.filter(part=part, kind="regular").first().pk,
    }
    guards_aside(change.format(**keys))
    assert bent() == {(str(budget.plan.final_budget_id), rule)}


def test_decisions_that_are_gone_are_told(council, guards_aside):
    plans = Plan.objects.exclude(charges=None).exclude(final_budget=None)
    plan = plans.order_by("case__person__given_name", "number").first()
    assessment = Assessment.objects.exclude(indicative_budget=None).order_by("created_at").first()
    gone = [plan.charges.first().pk, plan.final_budget_id, assessment.eligibility_id, assessment.indicative_budget_id]
    guards_aside("DELETE FROM decisions_decision WHERE id IN ({})".format(", ".join(f"'{one}'" for one in gone)))
    told = "\n".join(work_everything_out_again().missing)
    assert all(f"Decision {one} is gone" in told for one in gone)


def test_a_decision_that_nothing_points_to_is_missed_by_the_story(council, guards_aside):
    decision = Decision.objects.filter(kind="direct_payment", superseded_by=None).order_by("decided_at").first()
    guards_aside(f"DELETE FROM decisions_decision WHERE id = '{decision.pk}'")
    told = work_everything_out_again().missing
    assert told == [
        f"Case {decision.case_id}: its story tells of 1 decisions on “direct payment conditions”, and 0 are stored."
    ]


BLANKED = {
    "an assessment's eligibility": "UPDATE assessment_assessment SET eligibility_id = NULL",
    "an indicative budget": "UPDATE assessment_assessment SET indicative_budget_id = NULL",
    "a plan's charge": "DELETE FROM planning_plan_charges",
}


@pytest.mark.parametrize("change", BLANKED.values(), ids=BLANKED)
def test_rows_that_name_their_decision_no_longer_are_told(council, guards_aside, change):
    guards_aside(change)
    assert any("names no" in sentence for sentence in work_everything_out_again().missing)
