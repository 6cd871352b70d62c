"""Why budgets changed: which budgets take another's place, what each change is made of, who may see it."""

from datetime import date

import pytest
from django.urls import reverse

from leeway.access.models import Look, User
from leeway.access.roles import Role
from leeway.care.planning.models import Way
from leeway.law.changes import Causes
from leeway.money.budgets.actions import end_budget, start_budget
from leeway.money.budgets.changes import budget_changes, change_into, named, summary
from leeway.period import Period
from leeway.refusal import NotAllowed

pytestmark = pytest.mark.django_db

DIRECT, MANAGED = Way.DIRECT_PAYMENT, Way.COUNCIL_MANAGED
ON, STARTS, LATER = date(2026, 4, 20), date(2026, 4, 22), date(2026, 5, 20)
QUARTER = Period(date(2026, 4, 1), date(2026, 6, 30))


@pytest.fixture
def ana():
    return User.objects.create_user("ana@council.example", name="Ana", roles=[Role.ANALYST])


@pytest.fixture
def changed(case, agree, bank, finn):
    """Ada had £100 as a direct payment and paid £20; then £110 for the same, a day a week more, and pays £25."""
    bank(case)
    start_budget(plan=agree(case, (DIRECT, 100_00, 0), charge_pence=20_00), by=finn, on=ON)
    plan = agree(
        case, (DIRECT, 110_00, 0), (MANAGED, 40_00, 50), charge_pence=25_00, starts_on=LATER, number=2
    )  # fmt: skip
    return start_budget(plan=plan, by=finn, on=ON)


def test_a_new_plan_is_split_and_what_began_is_no_change(changed, ana):
    [change] = budget_changes(QUARTER, seen_by=ana)
    assert change.causes == Causes(need=40_00, price=10_00, policy=0, charge=-5_00, others=-20_00)
    assert (change.on, change.budget, change.same_plan, change.way) == (LATER, changed.pk, False, "A mix of ways")
    assert change.pence == changed.council_pence_per_week - 80_00
    assert budget_changes(Period(date(2026, 4, 1), date(2026, 5, 19)), seen_by=ana) == []


def test_the_same_plan_at_another_charge_is_charge_alone(case, agree, bank, finn, ana):
    bank(case)
    plan = agree(case, (DIRECT, 100_00, 0), charge_pence=20_00, later=[(LATER, 24_00, "of the new rates")])
    start_budget(plan=plan, by=finn, on=ON)
    [change] = budget_changes(QUARTER, seen_by=ana)
    assert (change.causes, change.same_plan) == (Causes(charge=-4_00), True)


def test_who_ended_and_began_again_did_not_change(case, agree, bank, finn, ana):
    bank(case)
    first = start_budget(plan=agree(case, (DIRECT, 100_00, 0)), by=finn, on=ON)
    end_budget(
        cover="Her family, from then on",
        budget=first,
        ends_on=date(2026, 5, 5),
        reason="He moved to his sister’s.",
        by=finn,
        on=ON,
    )
    start_budget(plan=agree(case, (DIRECT, 90_00, 0), starts_on=LATER, number=2), by=finn, on=ON)
    assert budget_changes(QUARTER, seen_by=ana) == []


def test_the_questions_do_not_grow_with_the_people(
    changed, another_case, agree, finn, ana, django_assert_num_queries
):  # fmt: skip
    for person in range(3):
        case = another_case(f"99900{person:05}")
        start_budget(plan=agree(case, (MANAGED, 100_00, 0)), by=finn, on=ON)
        start_budget(plan=agree(case, (MANAGED, 90_00, 0), starts_on=LATER, number=2), by=finn, on=ON)
    with django_assert_num_queries(3):
        found = budget_changes(QUARTER, seen_by=ana)
    told = summary(found)
    assert (told.people, told.up.count, told.down.count) == (4, 1, 3)
    assert (told.down.pence, told.down.middle_pence, told.down_by["price"]) == (-30_00, -10_00, 3)
    assert told.causes.total == told.up.pence + told.down.pence


def test_whose_they_are_is_for_finance_and_noted(changed, ana, finn, bea):
    found = budget_changes(QUARTER, seen_by=finn)
    with pytest.raises(NotAllowed):
        named(found, seen_by=ana)
    with pytest.raises(NotAllowed):
        budget_changes(QUARTER, seen_by=bea)
    [(person, change)] = named(found, seen_by=finn)
    assert person.pk == change.person
    assert Look.objects.filter(viewer_id=finn.pk, named__contains=[person.pk]).exists()


def test_the_budgets_page_says_why_in_one_sentence(changed, client, finn):
    said = (
        "The council pays £25.00 a week more: £40.00 more because more support is planned, £20.00 less because the NHS "
        "pays more, £10.00 more because prices rose, £5.00 less because you pay more."
    )
    assert change_into(changed, you=True) == said
    client.force_login(finn)
    page = client.get(reverse("budgets:show", args=[changed.case_id])).content.decode()
    assert page
