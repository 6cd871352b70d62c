from datetime import date

import pytest

from leeway.access.models import User
from leeway.access.roles import Role
from leeway.care.assessment.actions import charges_from
from leeway.care.assessment.models import FinancialAssessment
from leeway.care.planning.models import Way
from leeway.money.budgets.actions import start_budget
from leeway.money.uprating import actions
from leeway.money.uprating.jobs import carry_on
from leeway.money.uprating.states import State

APRIL, STARTS, CHECKED, ON = date(2026, 4, 6), date(2025, 9, 1), date(2025, 8, 20), date(2026, 3, 2)
WRONG = "A figure of the council’s policy was wrong in it."
LOOKED = "Nobody loses more than the limit, and no group loses more than others."
HIGHER, NEW_HIGHER = 110_40, 114_60
STEP_OF = {
    State.WORKED_OUT: "worked out",
    State.LOOKED_AT: "looked at",
    State.CHECKED: "checked",
    State.APPROVED: "approved",
    State.APPLIED: "applied",
    State.TOLD: "told",
}
MEANS = {
    "household": "single",
    "dependent_children": 0,
    "premiums": [],
    "income": [
        {"kind": "private_pension", "pence_per_week": 180_00},
        {"kind": "attendance_allowance", "pence_per_week": HIGHER},
    ],
    "savings_credit_qualifying_income_pence_per_week": 0,
    "capital_pence": 0,
}


@pytest.fixture
def moll(db):
    """A finance manager."""
    return User.objects.create_user(
        "moll@council.example", "correct horse battery", name="Moll Reid", roles=[Role.FINANCE_MANAGER]
    )


@pytest.fixture
def charged(agree, bea, finn, bank, another_case):
    """Somebody whose budget began in September, at what they paid then."""

    def made(
        name, *, income=None, lines=((Way.COUNCIL_MANAGED, 300_00, 0),), born=date(1950, 1, 1), account="", rates=()
    ):
        case = another_case(name)
        case.person.date_of_birth = born
        case.person.save(update_fields=["date_of_birth"])
        means = MEANS | ({"income": income} if income is not None else {})
        FinancialAssessment.objects.create(
            case=case, started_on=CHECKED, completed_on=CHECKED, basis="full", means=means
        )
        cost = sum(pence - pence * percent // 100 for _, pence, percent in lines)
        decided = charges_from(case=case, personal_budget_pence_per_week=cost, starts_on=STARTS, by=bea, on=STARTS)
        pays = decided[0].result["charge_pence_per_week"]
        plan = agree(case, *lines, charge_pence=pays, starts_on=STARTS, decided=decided, rates=rates)
        if account:
            bank(case, account_number=account, name=name)
        return start_budget(plan=plan, by=finn, on=CHECKED)

    return made


@pytest.fixture
def batch_at(finn, fay, moll):
    """A batch for April, taken as far as asked."""

    def taken(to="applied", *, batch=None, on=ON, day=APRIL, puts_benefits_up=True, takes_prices=False):
        said = {"day": day, "what_for": "April 2026", "puts_benefits_up": puts_benefits_up}
        said |= {"takes_prices": takes_prices}
        steps = {
            "worked out": lambda: actions.draft(**said, by=finn, on=on),
            "looked at": lambda: actions.look_at(batch=batch, words=LOOKED, by=finn, on=on),
            "checked": lambda: actions.approve(batch=batch, by=fay, on=on),
            "approved": lambda: actions.approve(batch=batch, by=moll, on=on),
            "applied": lambda: actions.begin_to_apply(batch=batch, by=finn, on=on),
            "told": lambda: actions.begin_to_tell(batch=batch, by=finn, on=on),
            "undone": lambda: actions.begin_to_undo(batch=batch, because=WRONG, by=moll, on=on),
        }
        done = batch.get_state_display() if batch else ""
        for step in list(steps)[list(steps).index(STEP_OF[batch.state]) + 1 if batch else 0 :]:
            batch = steps[step]()
            carry_on(str(batch.pk))
            batch.refresh_from_db()
            if step == to:
                return batch
        raise AssertionError(f"{to} does not come after {done}")

    return taken
