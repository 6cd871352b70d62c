import pytest

from leeway.money.funders.actions import add_funder
from leeway.money.funders.models import FunderKind
from tests.conftest import SET_UP_ON


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
