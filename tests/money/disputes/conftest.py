from datetime import date

import pytest

from leeway.care.planning.models import Way
from leeway.money.budgets.actions import start_budget
from leeway.money.disputes.actions import open_dispute
from leeway.money.funders.actions import add_funder
from tests.money.conftest import DISPUTED_FROM, SETTLED_ON, WHOLE

SET_UP, FROM, BEGAN, ON = date(2026, 4, 1), DISPUTED_FROM, date(2026, 6, 1), SETTLED_ON


@pytest.fixture
def budget(case, agree, finn):
    """Ada's: £100.01 a week managed by the council, of which she pays £20."""
    plan = agree(case, (Way.COUNCIL_MANAGED, 100_01, 0), charge_pence=20_00)
    return start_budget(plan=plan, by=finn, on=SET_UP)


@pytest.fixture
def dispute(budget, council, icb, finn):
    """The council says that the NHS pays all of Ada's support from 11 May."""
    return open_dispute(
        case=budget.case,
        line=None,
        about="continuing_healthcare",
        claimed_by=council,
        claimed_of=icb,
        claimed_share=WHOLE,
        claimed_from=FROM,
        began_on=BEGAN,
        paid_by=council,
        reason="The assessment of 8 May found a primary health need.",
        by=finn,
        on=BEGAN,
    )


@pytest.fixture
def boards(icb, finn):
    """Two NHS bodies."""
    facts = {"means_tested": False, "starts_on": None, "ends_on": None, "purpose": "", "conditions": ""}
    other = add_funder(
        kind="nhs_body", name="Northshire Board", code="NB", total_pence=None, **facts, by=finn, on=date(2026, 4, 1)
    )
    return icb, other
