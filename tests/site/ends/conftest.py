"""Ada's budget, and what ends: deaths, stays and last costs, for the tests of this folder."""

from datetime import date, timedelta

import pytest

from leeway.care.circumstances import actions as circumstances
from leeway.care.circumstances.queries import standing_death
from leeway.care.people import actions as people
from leeway.care.people.models import Case, Person, Task
from leeway.care.planning.models import Way
from leeway.money.budgets import actions as budgets
from leeway.money.ledger.models import Kind
from leeway.money.ledger.queries import balances_of_case
from leeway.versions import version_of

STARTED, DIED, ON, PAY_ON = date(2026, 4, 10), date(2026, 5, 31), date(2026, 6, 4), date(2026, 6, 15)
NEXT = ON + timedelta(days=1)
END = "Ada Bell has died. End the budget."
FIND = "Find out who settles what Ada Bell leaves, and record them."
WAITS = "Ada Bell’s payments wait. Make sure that support goes on."
AWAY = "Decide what is paid while Ada Bell is away."
BACK = "Ada Bell is back. Check that payments go on."
LIVES = "Ada Bell has not died. Check that payments go on."


@pytest.fixture
def budget(case, agree, bank, finn):
    plan = agree(case, (Way.DIRECT_PAYMENT, 100_00, 0))
    bank(case)
    Person.objects.filter(pk=case.person_id).update(email="ada@home.example")
    return budgets.start_budget(plan=plan, by=finn, on=STARTED)


@pytest.fixture
def ada_case(budget):
    return Case.objects.get(pk=budget.case_id)


@pytest.fixture
def die(ada_case, bea):
    def died(on=ON, died_on=DIED):
        return circumstances.record_death(case=ada_case, died_on=died_on, told_by="Tom, by phone", by=bea, on=on)

    return died


@pytest.fixture
def undo(ada_case, bea):
    return lambda on=NEXT: circumstances.undo_death(
        case=ada_case,
        because="Another Ada Bell.",
        version=version_of(standing_death(ada_case.person)),
        by=bea,
        on=on,
    )


@pytest.fixture
def go_to(ada_case, bea):
    def went(kind, starts_on=DIED, ends_on=None):
        return circumstances.record_stay(
            case=ada_case, kind=kind, place="", starts_on=starts_on, ends_on=ends_on, told_by="A nurse", by=bea, on=ON
        )

    return went


@pytest.fixture
def settles(ada_case, bea):
    def recorded(**more):
        details = {"name": "Tom Bell", "kind": "sibling", "authority": "representative", "evidence": "Probate seen"}
        return people.add_relationship(case=ada_case, details=details | {"starts_on": ON} | more, by=bea, on=ON)

    return recorded


@pytest.fixture
def end(budget, finn):
    """End Ada's budget as the page does that shows what is on record of her death."""

    def ended(ends_on=DIED, on=ON):
        death = standing_death(Person.objects.get(pk=budget.case.person_id))
        return budgets.end_budget(
            cover="Her family, from then on",
            budget=budget,
            ends_on=ends_on,
            reason="It ends",
            death=death and death.pk,
            by=finn,
            on=on,
        )

    return ended


def tasks(case, whose=None):
    found = Task.objects.filter(case=case, done_on=None)
    return {task.what for task in (found.filter(whose=whose) if whose else found)}


@pytest.fixture
def owe(budget, finn):
    def owed(pence, whose="Jo Smith", kind="last_wages", on=ON):
        return budgets.add_last_cost(budget=budget, kind=kind, whose=whose, amount_pence=pence, by=finn, on=on)

    return owed


def committed(case, on=ON):
    return {account.kind: pence for account, pence in balances_of_case(case, as_at=on).items()}[Kind.COMMITTED]
