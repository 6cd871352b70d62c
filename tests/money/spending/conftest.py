"""Ada's account for her direct payment, with what the bank says of a month."""

from datetime import date

import pytest
from django.core.files.base import ContentFile

from leeway.care.people.models import Relationship
from leeway.care.planning.models import PlanLine, Way
from leeway.money.budgets.actions import start_budget
from leeway.money.spending import queries
from leeway.money.statements import actions as statements
from leeway.money.statements.kinds import Whose
from leeway.site.demo.statements import Entry, statement_file

SET_UP_ON, ON = date(2026, 4, 1), date(2026, 5, 31)
NUMBER = "11223344556677"
SWIMMING, WAGES, TAX, SHOP = -24_00, -480_00, -96_15, -150_00
MAY = (
    Entry(date(2026, 5, 1), 800_00, "FAIRBOURNE COUNCIL DP", "FAIRBOURNE COUNCIL"),
    Entry(date(2026, 5, 5), SWIMMING, "CARD 0711 FAIRBOURNE POOL", "FAIRBOURNE POOL"),
    Entry(date(2026, 5, 8), WAGES, "WAGES SAM", "S OKORO"),
    Entry(date(2026, 5, 19), TAX, "PAYE 4471", "HMRC CUMBERNAULD"),
    Entry(date(2026, 5, 21), SHOP, "CARD 0711", "WHEELS AND MORE"),
)


@pytest.fixture
def budget(case, agree, bank, finn):
    """A direct payment of £200 a week from 22 April: for support, and £24 of it for swimming."""
    bank(case)
    plan = agree(case, (Way.DIRECT_PAYMENT, 200_00, 0))
    PlanLine.objects.create(
        plan=plan, what="Swimming", supplier="Fairbourne Pool", way=Way.DIRECT_PAYMENT, units=1, unit_cost_pence=24_00
    )
    return start_budget(plan=plan, by=finn, on=SET_UP_ON)


@pytest.fixture
def account(case, budget, finn):
    return statements.open_bank_account(
        whose=Whose.DEDICATED, name="Direct payment", identifier=NUMBER, case=case, by=finn, on=SET_UP_ON
    )


@pytest.fixture
def keep(account, finn):
    """Have finance read a statement of the account."""
    numbers = iter(range(1, 100))

    def kept(*rows, opening=100_00, on=ON):
        number = next(numbers)
        file = ContentFile(statement_file(NUMBER, number, opening, list(rows)), name=f"{number}.xml")
        return statements.keep_statement(account=account, upload=file, by=finn, on=on)

    return kept


@pytest.fixture
def may(keep):
    """What the bank says of May: £100.00 at its beginning, £149.85 at its end."""
    return keep(*MAY)


@pytest.fixture
def line_of(may, account):
    """A line of May by its amount."""
    return lambda pence: account.lines.get(amount_pence=pence)


@pytest.fixture
def entry_of(case, line_of):
    """The same, with what was said of it."""
    return lambda pence: queries.get_entry(case, line_of(pence).pk, queries.plan_now(case))


@pytest.fixture
def tom(ada, cyril):
    """Cyril, whom Ada gave leave to see her record."""
    Relationship.objects.create(
        person=ada, name="Cyril Ward", kind="friend", starts_on=SET_UP_ON, may_see_record=True, user=cyril
    )
    return cyril
