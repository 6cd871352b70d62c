from datetime import date, timedelta

import pytest

from leeway.care.planning.models import Way
from leeway.money.budgets.actions import start_budget
from leeway.money.funders.actions import Pays, add_funder, share_line, the_council
from leeway.money.funders.models import FunderKind
from tests.conftest import SET_UP_ON

DP, MANAGED = Way.DIRECT_PAYMENT, Way.COUNCIL_MANAGED
STARTS, DAY = date(2026, 4, 22), timedelta(days=1)
LATER = date(2026, 6, 10)
WHY = "Agreed with the NHS at the panel of April"


@pytest.fixture
def funder(finn):
    """Record a funder: its kind and code, and whatever else is said of it."""

    def made(kind, code, **said):
        facts = {"name": f"Fund {code}", "means_tested": kind != FunderKind.NHS_BODY, "starts_on": None}
        facts |= {"ends_on": None, "purpose": "", "conditions": "", "total_pence": None}
        return add_funder(kind=kind, code=code, **(facts | said), by=finn, on=SET_UP_ON)

    return made


@pytest.fixture
def icb(funder):
    return funder(FunderKind.NHS_BODY, "QF1", name="NHS Fairbourne")


@pytest.fixture
def grant(funder):
    return funder(FunderKind.GRANT, "G1", name="Carers’ grant")


@pytest.fixture
def started(case, agree, bank, finn):
    """£300 direct; £400.01 managed, half of it the NHS's; £60 managed and free by section 117. Ada pays £41.37."""
    plan = agree(
        case, (DP, 300_00, 0), (MANAGED, 400_01, 50), (MANAGED, 200_00, 0), charge_pence=41_37,
        free_ways={MANAGED: 60_00}, start_up_pence=0,
    )  # fmt: skip
    bank(case)
    start_budget(plan=plan, by=finn, on=SET_UP_ON)
    return plan


@pytest.fixture
def joint(started):
    return started.lines.get(nhs_percent=50)


@pytest.fixture
def say(finn):
    def said(line, *pays, starts_on=STARTS, ends_on=None, method="fixed", on=SET_UP_ON):
        return share_line(
            line=line, starts_on=starts_on, ends_on=ends_on, method=method, pays=[Pays(*each) for each in pays],
            reason=WHY, by=finn, on=on,
        )  # fmt: skip

    return said


@pytest.fixture
def council(db):
    return the_council(on=SET_UP_ON)


@pytest.fixture
def shared(started, joint, say, icb, grant, council):
    say(joint, (icb, 50_00), (grant, 20_00), (council, 30_00), starts_on=LATER)
    say(joint, (icb, 1), (council, 1), starts_on=LATER + 40 * DAY, method="needs_tool")
    return joint
