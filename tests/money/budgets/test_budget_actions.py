"""From an agreed plan to money: who pays what, the ledger, one schedule, holds, the next year, the end."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from leeway.care.people.models import Case
from leeway.care.people.states import Stage
from leeway.care.planning.models import Plan, PlanState, Way
from leeway.care.review.queries import next_review
from leeway.money.budgets.actions import end_budget, fund_next_year, lift_hold, place_hold, start_budget
from leeway.money.budgets.models import Budget, HoldKind, Instalment
from leeway.money.budgets.queries import funded_until_day
from leeway.money.ledger.models import Account, Kind
from leeway.money.ledger.queries import balance, findings, trial_balance
from leeway.refusal import NotAllowed, Refusal

DP, MANAGED, FUND = Way.DIRECT_PAYMENT, Way.COUNCIL_MANAGED, Way.SERVICE_FUND
ON = date(2026, 4, 1)
FUNDED_UNTIL = date(2027, 4, 25)


@pytest.fixture
def budget(case, agree, bank, finn):
    """Ada's: £100 a week as a direct payment, of which she pays £20, from Wednesday 22 April 2026."""
    plan = agree(case, (DP, 100_00, 0), charge_pence=20_00, start_up_pence=500_00)
    bank(case)
    return start_budget(plan=plan, by=finn, on=ON)


def test_a_direct_payment_is_net_of_the_charge_and_starts_by_days(budget):
    part = budget.parts.get()
    assert part.paid_pence_per_week == 80_00
    regular = list(part.instalments.filter(kind="regular"))
    assert [(each.days, each.amount_pence) for each in regular[:3]] == [(5, 57_15), (28, 320_00), (28, 320_00)]
    assert regular[-1].ends_on == FUNDED_UNTIL
    assert part.instalments.get(kind="start_up").amount_pence == 500_00
    case = Case.objects.get(pk=budget.case_id)
    assert case.stage == Stage.ACTIVE
    assert case.story.filter(sentence__startswith="Budget started: £100.00 a week").count() == 1
    assert next_review(case).due_on == date(2026, 10, 22)


def test_the_schedule_is_set_aside_and_the_ledger_holds_together(budget):
    scheduled = sum(each.amount_pence for each in Instalment.objects.all())
    assert balance(budget.committed) == scheduled == 57_15 + 13 * 320_00 + 500_00
    assert balance(budget.available) == 0
    assert balance(Account.objects.get(kind=Kind.FUNDER_COUNCIL)) == -scheduled
    assert sum(trial_balance().values()) == 0
    assert findings() == []


def test_a_second_press_starts_nothing(budget, finn):
    with pytest.raises(Refusal, match="Setting up the money"):
        start_budget(plan=budget.plan, by=finn, on=ON)
    assert Budget.objects.count() == 1
    assert Account.objects.filter(kind=Kind.COMMITTED).count() == 1


def test_one_charge_over_a_mixed_budget_is_taken_from_the_direct_payment_first(case, agree, bank, finn):
    plan = agree(case, (DP, 30_00, 0), (MANAGED, 100_00, 0), charge_pence=50_00)
    bank(case)
    budget = start_budget(plan=plan, by=finn, on=ON)
    parts = {part.way: part for part in budget.parts.all()}
    assert (parts[DP].charge_pence_per_week, parts[DP].paid_pence_per_week) == (30_00, 0)
    assert (parts[MANAGED].charge_pence_per_week, parts[MANAGED].paid_pence_per_week) == (20_00, 100_00)
    assert not Instalment.objects.exists()
    person = Account.objects.get(kind=Kind.EXPECTED_PERSON)
    council = Account.objects.get(kind=Kind.FUNDER_COUNCIL)
    assert balance(person) * 4 == pytest.approx(balance(council), abs=4)
    assert findings() == []


def test_the_charge_is_never_taken_from_what_is_free_by_law_of_a_part(case, agree, bank, finn):
    plan = agree(case, (DP, 230_00, 0), (MANAGED, 100_00, 0), charge_pence=80_00, free_ways={DP: 200_00})
    bank(case)
    parts = {part.way: part for part in start_budget(plan=plan, by=finn, on=ON).parts.all()}
    assert (parts[DP].charge_pence_per_week, parts[DP].paid_pence_per_week) == (30_00, 200_00)
    assert parts[MANAGED].charge_pence_per_week == 50_00


def test_nhs_money_is_never_charged_for_and_stands_apart(case, agree, bank, finn):
    plan = agree(case, (DP, 100_00, 50), (MANAGED, 60_00, 0), charge_pence=70_00)
    bank(case)
    parts = {part.way: part for part in start_budget(plan=plan, by=finn, on=ON).parts.all()}
    assert (parts[DP].nhs_pence_per_week, parts[DP].charge_pence_per_week) == (50_00, 50_00)
    assert parts[DP].paid_pence_per_week == 50_00
    assert parts[MANAGED].charge_pence_per_week == 20_00
    nhs, council = (balance(Account.objects.get(kind=kind)) for kind in (Kind.EXPECTED_NHS, Kind.FUNDER_COUNCIL))
    weeks_in_days = 5 + 13 * 28
    assert -nhs == -(-50_00 * 5 // 7) + 13 * 200_00
    assert -council == pytest.approx(40_00 * weeks_in_days / 7, abs=1)


def test_it_needs_bank_details_that_two_officers_checked(case, agree, finn):
    plan = agree(case, (DP, 100_00, 0))
    with pytest.raises(Refusal, match="bank details"):
        start_budget(plan=plan, by=finn, on=ON)
    assert not Account.objects.exists()


def test_a_managed_budget_needs_no_bank_details(case, agree, finn):
    start_budget(plan=agree(case, (MANAGED, 100_00, 0)), by=finn, on=ON)
    assert Account.objects.filter(kind=Kind.HELD_BY_PERSON).count() == 0


def test_only_finance_only_an_agreed_plan(case, agree, bank, bea, finn):
    plan = agree(case, (DP, 100_00, 0))
    bank(case)
    with pytest.raises(NotAllowed):
        start_budget(plan=plan, by=bea, on=ON)
    Plan.objects.filter(pk=plan.pk).update(state=PlanState.SIGNED_OFF)
    with pytest.raises(Refusal, match="not been agreed"):
        start_budget(plan=plan, by=finn, on=ON)


@pytest.mark.parametrize("table", ["budget", "part", "funding", "instalment"])
def test_the_database_keeps_what_was_set_up(budget, table):
    model = {"budget": Budget, "part": type(budget.parts.get())}.get(table)
    rows = model.objects.all() if model else getattr(budget.parts.get(), f"{table}s").all()
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        rows._raw_delete(rows.db)


def test_ending_cancels_later_payments_and_gives_the_money_back(budget, finn):
    before = balance(budget.committed)
    ending = end_budget(
        cover="Her family, from then on", budget=budget, ends_on=date(2026, 5, 31), reason="Moved away", by=finn, on=ON
    )
    live = Instalment.objects.filter(cancellation=None, kind="regular")
    assert [(each.days, each.amount_pence) for each in live] == [(5, 57_15), (28, 320_00), (7, 80_00)]
    assert Instalment.objects.count() == 1 + 14 + 1
    assert ending.paid_beyond_pence == 0
    kept = 57_15 + 320_00 + 80_00 + 500_00
    assert balance(budget.committed) == kept < before
    assert balance(budget.available) == 0
    assert balance(Account.objects.get(kind=Kind.FUNDER_COUNCIL)) == -kept
    assert findings() == []
    with pytest.raises(Refusal, match="Give an earlier day"):
        end_budget(
            cover="Her family, from then on",
            budget=budget,
            ends_on=date(2026, 5, 31),
            reason="Once more",
            by=finn,
            on=ON,
        )


def test_ending_a_managed_part_gives_each_funder_its_share_back(case, agree, finn):
    plan = agree(case, (MANAGED, 100_01, 50), charge_pence=33_33)
    budget = start_budget(plan=plan, by=finn, on=ON)
    end_budget(
        cover="Her family, from then on",
        budget=budget,
        ends_on=date(2026, 4, 21),
        reason="Never started",
        by=finn,
        on=ON,
    )
    assert all(pence == 0 for pence in trial_balance().values())
    assert balance(budget.committed) == 0


def test_the_next_year_follows_without_a_gap_and_not_too_early(budget, finn):
    with pytest.raises(Refusal, match="last three months"):
        fund_next_year(budget=budget, by=finn, on=date(2026, 12, 1))
    fund_next_year(budget=budget, by=finn, on=date(2027, 3, 1))
    later = Instalment.objects.filter(starts_on__gt=FUNDED_UNTIL)
    assert (later.count(), later.first().starts_on, later.first().days) == (13, date(2027, 4, 26), 28)
    assert funded_until_day(budget) == date(2028, 4, 23)
    assert findings() == []


def test_a_budget_that_the_person_pays_in_full_has_nothing_to_fund(case, agree, bank, finn):
    plan = agree(case, (DP, 200_00, 0), charge_pence=200_00, starts_on=date(2026, 6, 1))
    bank(case)
    own = start_budget(plan=plan, by=finn, on=date(2026, 5, 20))
    with pytest.raises(Refusal, match="nothing to fund"):
        fund_next_year(budget=own, by=finn, on=date(2027, 3, 1))


def test_a_new_plan_replaces_the_budget_from_its_first_day(budget, case, agree, finn):
    case.refresh_from_db()
    plan = agree(case, (DP, 200_00, 0), charge_pence=20_00, starts_on=date(2026, 6, 1), number=2)
    new = start_budget(plan=plan, by=finn, on=date(2026, 5, 20))
    budget.refresh_from_db()
    assert budget.ending.ends_on == date(2026, 5, 31)
    assert new.parts.get().instalments.first().starts_on == date(2026, 6, 1)
    assert new.committed_id != budget.committed_id
    assert findings() == []


def test_a_hold_is_placed_once_of_a_kind_and_lifted_once(budget, finn, bea):
    with pytest.raises(NotAllowed):
        place_hold(budget=budget, kind=HoldKind.HOSPITAL, reason="In St Mary's", last_on=ON, by=bea, on=ON)
    hold = place_hold(budget=budget, kind=HoldKind.HOSPITAL, reason="In St Mary's", last_on=ON, by=finn, on=ON)
    with pytest.raises(Refusal, match="of this kind"):
        place_hold(budget=budget, kind=HoldKind.HOSPITAL, reason="Still there", last_on=ON, by=finn, on=ON)
    lift_hold(hold=hold, days_because="As agreed.", by=finn, on=ON)
    with pytest.raises(Refusal, match="lifted already"):
        lift_hold(hold=hold, days_because="As agreed.", by=finn, on=ON)
