from datetime import date

import pytest

from leeway.care.assessment.models import FinancialAssessment
from leeway.care.assessment.queries import preview_charge
from leeway.care.people.models import Case
from leeway.care.people.states import Stage
from leeway.care.planning.models import Way
from leeway.money.budgets.actions import start_budget
from tests.conftest import SET_UP_ON

STARTS = date(2026, 4, 22)
LINES = ((Way.DIRECT_PAYMENT, 120_00, 0), (Way.DIRECT_PAYMENT, 80_00, 0), (Way.COUNCIL_MANAGED, 100_00, 25))
PENSION = {"kind": "private_pension", "pence_per_week": 210_00}
MEANS = {"household": "single", "dependent_children": 0, "premiums": [], "income": [PENSION], "capital_pence": 0}


@pytest.fixture
def started(case, agree, bank, finn):
    """Ada's budget of £300 a week: £120 and £80 direct, £100 managed with £25 of the NHS's. She pays by her means."""

    def start(*lines, on=SET_UP_ON, rates=(), **means):
        FinancialAssessment.objects.create(
            case=case, started_on=SET_UP_ON, completed_on=SET_UP_ON, basis="full", means=MEANS | means
        )
        lines = lines or LINES
        social_care = sum(pence - pence * percent // 100 for _, pence, percent in lines)
        pays = preview_charge(case=case, personal_budget_pence_per_week=social_care, on=STARTS)
        plan = agree(case, *lines, charge_pence=pays.result["charge_pence_per_week"], rates=rates)
        for way in {way for way, _, _ in lines} & {Way.DIRECT_PAYMENT, Way.SERVICE_FUND}:
            bank(case, way)
        budget = start_budget(plan=plan, by=finn, on=on)
        Case.objects.filter(pk=case.pk).update(stage=Stage.ACTIVE)
        return budget

    return start


@pytest.fixture
def line(started):
    """The £80 of Ada's budget, of which she pays less than any one way of holding comes to."""
    return started().plan.lines.get(unit_cost_pence=80_00)
