"""Plans that were agreed, and bank details that two officers have checked."""

from datetime import date
from decimal import Decimal

import pytest

from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.models import Case, Person
from leeway.care.people.states import Stage
from leeway.care.planning.models import Plan, PlanLine, PlanState, Way
from leeway.money.payees import actions as payees
from leeway.money.payees.models import Holder

SET_UP_ON = date(2026, 4, 1)


@pytest.fixture
def agree(mona):
    """Give a case an agreed plan whose lines are (way, weekly pence, percent that the NHS pays)."""

    def agreed(case, *lines, charge_pence=0, start_up_pence=0, starts_on=date(2026, 4, 22), number=1):
        ways, nhs = {}, 0
        for way, pence, percent in lines:
            ways[way] = ways.get(way, 0) + pence
            nhs += pence * percent // 100
        cost = sum(ways.values())
        decision = Decision.objects.create(
            case=case,
            kind=DecisionKind.FINAL_BUDGET,
            law_on=starts_on,
            software_version="test",
            inputs={},
            result={
                "pence_per_week": cost,
                "charge_pence_per_week": charge_pence,
                "council_pence_per_week": cost - charge_pence - nhs,
                "nhs_pence_per_week": nhs,
                "ways": ways,
                "start_up_pence": start_up_pence,
                "starts_on": starts_on.isoformat(),
            },
            steps=[],
            reasons=[],
            decided_by=mona,
            decided_on=SET_UP_ON,
        )
        case.plans.filter(state=PlanState.AGREED).update(state=PlanState.REPLACED)
        plan = Plan.objects.create(
            case=case, number=number, state=PlanState.AGREED, started_on=SET_UP_ON, final_budget=decision
        )
        for way, pence, percent in lines:
            PlanLine.objects.create(
                plan=plan, what="Support", way=way, units=Decimal(1), unit_cost_pence=pence, nhs_percent=percent
            )
        Case.objects.filter(pk=case.pk).update(stage=Stage.ARRANGING)
        return plan

    return agreed


@pytest.fixture
def bank(finn, fay):
    """Give a case bank details that Finn entered and Fay approved."""

    def entered(case, way=Way.DIRECT_PAYMENT, account_number="12345678", name="Ada Bell"):
        holder = Holder.PROVIDER if way == Way.SERVICE_FUND else Holder.PERSON
        payee = payees.enter_details(
            case=case,
            way=way,
            holder=holder,
            account_name=name,
            sort_code="12-34-56",
            account_number=account_number,
            by=finn,
            on=SET_UP_ON,
        )
        return payees.approve_details(payee=payee, by=fay, on=SET_UP_ON)

    return entered


@pytest.fixture
def another_case(team, bea):
    """Make the case of somebody else."""

    def made(name):
        person = Person.objects.create(given_name=name, family_name="Example", date_of_birth=date(1950, 1, 1))
        return Case.objects.create(
            person=person, team=team, worker=bea, opened_on=SET_UP_ON, request_words="Please help."
        )

    return made
