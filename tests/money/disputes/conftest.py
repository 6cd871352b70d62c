from datetime import date

import pytest

from leeway.care.planning.models import Way
from leeway.money.budgets.actions import start_budget
from leeway.money.disputes.actions import end_dispute, open_dispute
from leeway.money.funders.models import COUNCIL, Funder, FunderKind

SET_UP, FROM, BEGAN, ON = date(2026, 4, 1), date(2026, 5, 11), date(2026, 6, 1), date(2026, 8, 3)
WHOLE = 10_000


@pytest.fixture
def council(db):
    """The council itself, as a migration puts it in."""
    return Funder.objects.get_or_create(
        pk=COUNCIL,
        defaults={
            "kind": FunderKind.COUNCIL,
            "name": "The council",
            "code": "COUNCIL",
            "means_tested": True,
            "recorded_on": SET_UP,
        },
    )[0]


@pytest.fixture
def icb(finn):
    """The NHS body of the area."""
    return Funder.objects.create(
        kind=FunderKind.NHS_BODY,
        name="Fairbourne Integrated Care Board",
        code="ICB",
        means_tested=False,
        recorded_by=finn,
        recorded_on=SET_UP,
    )


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
def settle(council, icb, finn):
    """End a dispute with so much of it paid by the NHS."""

    def settled(dispute, nhs=WHOLE, *, starts_on=FROM, ends_on=None, on=ON, by=None):
        return end_dispute(
            dispute=dispute,
            ended_on=on,
            decided_by="The panel of both bodies",
            starts_on=starts_on,
            ends_on=ends_on,
            shares={icb: nhs, council: WHOLE - nhs},
            reason="Her needs are beyond what a council can meet.",
            by=by or finn,
            on=on,
        )

    return settled
