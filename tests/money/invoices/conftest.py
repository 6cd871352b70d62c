"""A council with one provider of home care, and Ada, whose managed account buys visits from it."""

from datetime import date
from decimal import Decimal

import pytest

from leeway.care.planning.models import Way
from leeway.market.contracts.models import Rate, RateKind
from leeway.market.listings.models import Kind, Provider, Service
from leeway.market.units import Unit
from leeway.money.budgets.actions import start_budget

RATE, HOURS, ON = 20_00, 7, date(2026, 6, 1)


@pytest.fixture
def provider(db):
    return Provider.objects.create(name="Kindly Home Care")


@pytest.fixture
def service(provider):
    """Home care at £20.00 an hour from April."""
    service = Service.objects.create(
        provider=provider,
        name="Kindly Home Care, Fairbourne",
        kinds=[Kind.HOME_CARE],
        regulated=True,
        last_checked_on=date(2026, 4, 1),
    )
    Rate.objects.create(
        service=service, kind=RateKind.SPOT, unit=Unit.HOUR, pence=RATE, starts_on=date(2026, 4, 1),
        recorded_on=date(2026, 4, 1),
    )  # fmt: skip
    return service


@pytest.fixture
def managed(agree, finn, service):
    """Give a case a managed account from 22 April: seven hours a week of home care, of which the person pays some."""

    def made(case, *, charge_pence=0, hours=HOURS, starts_on=date(2026, 4, 22)):
        plan = agree(case, (Way.COUNCIL_MANAGED, hours * RATE, 0), charge_pence=charge_pence, starts_on=starts_on)
        rate = service.rates.get()
        with_guards_off(plan, service=service, unit=Unit.HOUR, units=Decimal(hours), unit_cost_pence=RATE, rate=rate)
        return start_budget(plan=plan, by=finn, on=date(2026, 4, 20))

    return made


def with_guards_off(plan, **fields):
    """Give the line of a plan that was agreed what the plan of a test does not say."""
    import pgtrigger

    with pgtrigger.ignore("planning.PlanLine:line_of_agreed_plan_is_kept"):
        plan.lines.update(what="Home care", **fields)
