"""Stored decisions of Ada's, worked out by the real rules on the worked examples of the law, and her plan."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from leeway.care.decisions.actions import decide_by_judgement, decide_by_rule
from leeway.care.decisions.models import DecisionKind
from leeway.care.planning.costs import ChargedDays, budget_result, budget_steps, totals
from leeway.care.planning.models import Agreement, Aim, Choice, Offer, Plan, PlanLine, PlanState

TODAY = date(2026, 11, 23)
VECTORS = Path(__file__).parents[2] / "vectors" / "law"
RULES = {
    "eligibility": ("eligibility.yaml", DecisionKind.ELIGIBILITY),
    "charge": ("charging.yaml", DecisionKind.CHARGE),
    "direct_payment": ("direct_payments.yaml", DecisionKind.DIRECT_PAYMENT),
    "allocation": ("allocation.yaml", DecisionKind.INDICATIVE_BUDGET),
}


def worked_example(rule: str, opening: str) -> dict:
    """The worked example of a rule whose name begins like this."""
    examples = yaml.safe_load((VECTORS / RULES[rule][0]).read_text(encoding="utf-8"))
    return next(example for example in examples if example["name"].startswith(opening))


@pytest.fixture
def decide(case, bea):
    """Decide a worked example for Ada, and keep the decision."""

    def decided(rule: str, opening: str):
        example = worked_example(rule, opening)
        decision = decide_by_rule(
            case=case,
            kind=RULES[rule][1],
            rule=rule,
            inputs=example["given"],
            by=bea,
            on=TODAY,
            law_on=example["date"],
        )
        if rule == "charge":
            plan, _new = Plan.objects.get_or_create(case=case, number=1, defaults={"started_on": TODAY})
            plan.charges.add(decision)
        return decision

    return decided


@pytest.fixture
def draft(case):
    """Ada's plan: her assistants and her swimming."""
    plan, _new = Plan.objects.update_or_create(
        case=case,
        number=1,
        defaults={
            "started_on": TODAY,
            "starts_on": date(2026, 12, 7),
            "author": "person_with_help",
            "about_me": "I swim.\nI want to swim more.",
            "contingency": "My sister comes for two days.",
            "risks": "I go out alone. I carry my phone.",
            "prevention": "A balance class on Tuesdays.",
        },
    )
    aim = Aim.objects.create(plan=plan, outcomes=["community"], words="Swim twice a week", how_we_know="I have been")
    managed = {"way": "council_managed"}
    lines = [
        {"what": "Assistant", "supplier": "Joan", "way": "direct_payment", "units": 20, "unit_cost_pence": 1850},
        {"what": "Swimming", "unit": "session", "units": 2, "unit_cost_pence": 2500, "aim": aim, **managed},
        {"what": "Hoist hire", "unit": "week", "units": 1, "unit_cost_pence": 4001, "nhs_percent": 50, **managed},
        {"what": "Swimming float", "unit": "item", "units": 1, "unit_cost_pence": 6550, "frequency": "once"},
    ]
    for line in lines:
        PlanLine.objects.create(plan=plan, **line)
    return plan


@pytest.fixture
def budget(case, draft, mona):
    """Ada's personal budget, signed off by Mona for a penny more than the plan costs."""
    lines = list(draft.lines.all())
    result = budget_result(
        costed=totals(lines), final_pence=460_02, charged=[ChargedDays(draft.starts_on, 95_52)], indicative_pence=398_75
    )
    return decide_by_judgement(
        case=case,
        kind=DecisionKind.FINAL_BUDGET,
        inputs={},
        result=result,
        steps=budget_steps(result, lines, reason="A round sum.", manager=mona.name),
        reasons=["The plan costs £460.01. A penny more makes it a round sum."],
        by=mona,
        on=TODAY,
    )


@pytest.fixture
def plan(draft, budget, bea):
    """The same plan, signed off and agreed by Ada."""
    offer = Offer.objects.create(
        plan=draft,
        offered_on=TODAY,
        ways_explained=["direct_payment", "council_managed", "service_fund", "mixed"],
        how_explained="Talked through",
        amount_told=True,
        offered_by=bea,
    )
    Choice.objects.create(
        offer=offer,
        way="mixed",
        words="I want to choose my own people.",
        decided_by_person=True,
        chosen_on=TODAY,
        recorded_by=bea,
    )
    Agreement.objects.create(
        plan=draft,
        agreed_on=TODAY,
        agreed_by_name="Ada Bell",
        agreed_by_person=True,
        how="Signed here.",
        recorded_by=bea,
    )
    draft.state, draft.final_budget = PlanState.AGREED, budget
    draft.save()
    return draft
