"""Ada pays £7 a week of a managed budget, billed once each pay period is over."""

from datetime import date, timedelta

import pytest

from leeway.care.planning.models import Way
from leeway.money.bills.actions import make_bills
from leeway.money.budgets.actions import start_budget
from leeway.money.budgets.dues import Payer
from leeway.money.contributions.actions import confirm_receipt, let_fall_due
from leeway.money.contributions.queries import owed_account
from leeway.money.ledger.queries import balance
from tests.conftest import SET_UP_ON

MANAGED = Way.COUNCIL_MANAGED
#: The pay periods: five days of the first, then whole ones; each is billed on the day after its last.
BILLED_ON = [date(2026, 4, 27) + timedelta(weeks=4 * each) for each in range(8)]


@pytest.fixture
def budget(case, agree, finn):
    return start_budget(plan=agree(case, (MANAGED, 70_00, 0), charge_pence=7_00), by=finn, on=SET_UP_ON)


def night(on):
    """What the night of a day does of shares and bills."""
    let_fall_due(on=on)
    return make_bills(on=on)


def owed(case):
    account = owed_account(case, Payer.PERSON)
    return -balance(account) if account else 0


def pay(case, pence, by, on):
    return confirm_receipt(
        case=case, payer=Payer.PERSON, amount_pence=pence, received_on=on, looked_at="Bank statement 14, line 3",
        owed_pence=owed(case), by=by, on=on,
    )  # fmt: skip
