"""What stops a payment is written once: what SQL picks and what the words say agree, whatever comes together."""

from datetime import date
from itertools import combinations, product

import pytest
from django.db import connection, transaction

from leeway.care.people.models import Person, Relationship, RelationshipKind
from leeway.care.planning.models import Way
from leeway.money.budgets.actions import start_budget
from leeway.money.budgets.models import COMES_BY_ITSELF, Hold, HoldKind, Instalment, InstalmentKind
from leeway.money.budgets.payable import AFTER_DEATH, as_paid_on, payable
from leeway.money.budgets.queries import picture, schedule_rows
from leeway.money.payees.models import Holder, PayeeAccount
from leeway.money.payees.states import State
from tests.conftest import SET_UP_ON

STARTS_ON = date(2026, 4, 22)
DIED = {"alive": None, "before": date(2026, 4, 2), "meanwhile": date(2026, 5, 1), "after": date(2099, 1, 1)}
DETAILS = [
    (state, holder) for state in (State.APPROVED, State.REPLACED) for holder in (Holder.PERSON, Holder.REPRESENTATIVE)
]
ONE_HOLD = [(), *combinations(HoldKind, 1)]
AUTHORITY_ENDS = (None, SET_UP_ON, date(2026, 3, 31))
#: Each hold with whoever's authority and its end; and every two holds together.
TOGETHER = [*product(DETAILS, ONE_HOLD, AUTHORITY_ENDS), *product(DETAILS, combinations(HoldKind, 2), (None,))]


@pytest.fixture
def budget(case, agree, bank, finn):
    plan = agree(case, (Way.DIRECT_PAYMENT, 100_00, 0))
    bank(case)
    return start_budget(plan=plan, by=finn, on=SET_UP_ON)


@pytest.fixture
def put(budget, finn):
    """Put the person, their bank details and the holds as a test says; the guards of the database stand aside."""
    sister = Relationship.objects.create(
        person=budget.case.person, name="Sue", kind=RelationshipKind.SIBLING, starts_on=date(2026, 1, 1)
    )

    def put_one(died_on, state, holder, holds, ends_on):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
        Person.objects.filter(pk=budget.case.person_id).update(date_of_death=died_on)
        Relationship.objects.filter(pk=sister.pk).update(ends_on=ends_on)
        settles = sister if holder == Holder.REPRESENTATIVE else None
        PayeeAccount.objects.filter(case=budget.case).update(state=state, holder=holder, relationship=settles)
        Hold.objects.filter(budget=budget).delete()
        for kind in holds:
            until = None if kind in COMES_BY_ITSELF else SET_UP_ON
            Hold.objects.create(
                budget=budget, kind=kind, reason="Is ill", placed_by=finn, placed_on=SET_UP_ON, last_on=until
            )
        Hold.objects.create(
            budget=budget,
            kind=HoldKind.HOSPITAL,
            reason="lifted",
            placed_by=finn,
            placed_on=SET_UP_ON,
            last_on=SET_UP_ON,
            lifted_by=finn,
            lifted_on=SET_UP_ON,
        )

    return put_one


@pytest.mark.parametrize("died", DIED)
def test_the_rule_and_its_words_agree(budget, put, died, bea):
    seen, there = set(), set(Instalment.objects.filter(part__budget=budget))
    assert picture(budget.case_id, seen_by=bea, on=SET_UP_ON).rows == schedule_rows(budget, budget, SET_UP_ON)
    for (state, holder), holds, ends_on in TOGETHER:
        with transaction.atomic():
            put(DIED[died], state, holder, holds, ends_on)
            instalments = as_paid_on(Instalment.objects.filter(part__budget=budget), SET_UP_ON)
            free = set(payable(instalments).values_list("pk", flat=True))
            rows = schedule_rows(budget, budget, SET_UP_ON)
            assert {row.instalment for row in rows} == there
            for row in rows:
                each = row.instalment
                assert each.why == "; ".join(expected(each, DIED[died], state, holder, holds, ends_on))
                assert (not each.why) is (row.status == "To be paid") is (each.pk in free)
                seen.add(not each.why)
            transaction.set_rollback(True)
    assert seen == ({True, False} if died != "before" else {False})


def expected(instalment, died_on, state, holder, holds, ends_on):
    """The reasons as a person would tell them."""
    yield from (kind.label for kind in sorted(holds))
    settles = state == State.APPROVED and holder == Holder.REPRESENTATIVE
    if died_on is not None and not settles:
        yield "Nobody who settles what is left has approved bank details"
    if died_on is None and settles:
        yield "The bank details are of whoever would settle what is left, and the person lives"
    if settles and ends_on is not None and ends_on < SET_UP_ON:
        yield "The authority of whoever holds the money has ended"
    if state != State.APPROVED:
        yield "No approved bank details"
    if died_on is not None and instalment.kind == InstalmentKind.REGULAR and instalment.starts_on > died_on:
        yield AFTER_DEATH
