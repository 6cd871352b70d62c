from datetime import date

import pytest

from leeway.money.disputes.actions import end_dispute
from leeway.money.funders.models import COUNCIL, Funder, FunderKind
from tests.money.every_action import World, begin, set_up
from tests.money.payments.broken_off import playing

FUNDERS_SINCE, DISPUTED_FROM, SETTLED_ON = date(2026, 4, 1), date(2026, 5, 11), date(2026, 8, 3)
WHOLE = 10_000


@pytest.fixture
def begun(another_case, agree, bea, finn, fay, mona):
    """Make the world that actions begin with."""

    def made(*needs: str) -> World:
        return begin(*needs, another_case=another_case, agree=agree, bea=bea, finn=finn, fay=fay, mona=mona)

    return made


@pytest.fixture
def world(begun):
    """Make the world that actions need."""
    return lambda *needs: set_up(begun(*needs), *needs)


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
            "recorded_on": FUNDERS_SINCE,
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
        recorded_on=FUNDERS_SINCE,
    )


@pytest.fixture
def settle(council, icb, finn):
    """End a dispute with so much of it paid by the NHS."""

    def settled(dispute, nhs=WHOLE, *, starts_on=DISPUTED_FROM, ends_on=None, on=SETTLED_ON, by=None):
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


@pytest.fixture
def player():
    """Takes steps, each in a process of its own that can be killed."""
    with playing() as one:
        yield one
