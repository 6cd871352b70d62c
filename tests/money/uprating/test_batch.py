"""A batch of new charges: worked out by the one rule, approved by two others, applied once each, undone as one."""

import pytest

from leeway.care.assessment.models import PutUp
from leeway.care.planning.models import Way
from leeway.care.planning.queries import charges_of
from leeway.money.contributions.queries import change_of, changes, running_budgets
from leeway.money.payments.queries import findings
from leeway.money.uprating import actions
from leeway.money.uprating.jobs import carry_on
from leeway.money.uprating.models import Row
from leeway.money.uprating.states import RowState, State
from leeway.refusal import NotAllowed, Refusal
from tests.money.uprating.conftest import APRIL, HIGHER, LOOKED, NEW_HIGHER, ON

DIRECT = ((Way.DIRECT_PAYMENT, 300_00, 0),)


def test_an_april_from_draft_to_told_and_back(charged, batch_at, finn):
    budgets = [charged("Amy"), charged("Bob", lines=DIRECT, account="12345678")]
    batch = batch_at("worked out")
    assert batch.state == State.WORKED_OUT and {row.state for row in batch.rows.all()} == {RowState.CHANGES}
    row = batch.rows.first()
    assert row.raised == [
        {"row": 1, "kind": "attendance_allowance", "from_pence_per_week": HIGHER, "to_pence_per_week": NEW_HIGHER}
    ]
    assert row.by_income_pence == NEW_HIGHER - HIGHER and row.by_law_pence == -(241_45 - 232_60)
    assert row.after_pence == row.before_pence + row.by_income_pence + row.by_law_pence
    batch = batch_at("applied", batch=batch)
    for budget in budgets:
        budget.refresh_from_db()
        row = batch.rows.get(budget=budget)
        assert row.state == RowState.APPLIED and row.budget_after.charge_pence_per_week == row.after_pence
        assert (row.budget_after.starts_on, budget.ending.replaced) == (APRIL, True)
        assert charges_of(budget.plan)[-1] == row.charge_after
    assert list(findings()) == [] and not changes(seen_by=finn, on=ON)


def test_who_may_do_what(charged, batch_at, finn, fay, moll, bea):
    charged("Amy")
    with pytest.raises(NotAllowed):
        actions.draft(day=APRIL, what_for="April 2026", puts_benefits_up=True, by=bea, on=ON)
    batch = batch_at("worked out")
    with pytest.raises(Refusal, match="cannot become"):
        actions.approve(batch=batch, by=fay, on=ON)
    actions.look_at(batch=batch, words=LOOKED, by=finn, on=ON)
    for who, says in ((finn, "two others"), (fay, None), (fay, "another of finance"), (moll, None)):
        if says:
            with pytest.raises(Refusal, match=says):
                actions.approve(batch=batch, by=who, on=ON)
        else:
            actions.approve(batch=batch, by=who, on=ON)
    batch.refresh_from_db()
    assert batch.state == State.APPROVED and not Row.objects.filter(state=RowState.APPLIED).exists()
    assert changes(seen_by=finn, on=ON)


def test_undone_as_one(charged, batch_at, finn):
    before = [charged("Amy"), charged("Bob", lines=DIRECT, account="12345678")]
    batch = batch_at("undone")
    assert batch.state == State.UNDONE
    for budget in before:
        row = batch.rows.get(budget=budget)
        assert row.state == RowState.TAKEN_BACK, row.why
        assert row.budget_again.charge_pence_per_week == row.before_pence
        assert row.budget_again.starts_on == APRIL
        assert charges_of(budget.plan)[-1] == row.mirror
    assert list(findings()) == [] and not PutUp.objects.filter(taken_back_on=None).exists()
    again = batch_at("applied", puts_benefits_up=False)
    assert {row.state for row in again.rows.all()} == {RowState.APPLIED} and list(findings()) == []


def test_one_by_one_and_together_come_to_the_same(charged, batch_at, finn):
    """Without benefits put up, a batch decides what the page of one person would, to the penny."""
    for place, pence in enumerate((60_00, 140_00, 190_00, 260_00)):
        charged(f"Person{place}", income=[{"kind": "private_pension", "pence_per_week": pence}])
    alone = {budget.pk: change_of(budget, ON) for budget in running_budgets(ON)}
    batch = batch_at("worked out", puts_benefits_up=False)
    for row in batch.rows.all():
        change = alone[row.budget_id]
        assert (change.first.charge_pence_per_week if change else row.before_pence) == row.after_pence
        assert not change or dict(change.first.outcome.inputs) == row.inputs


def test_nothing_is_drafted_for_a_year_whose_figures_are_not_known(finn, charged):
    with pytest.raises(Refusal, match="not on record yet"):
        actions.draft(day=APRIL.replace(year=2027), what_for="April 2027", puts_benefits_up=True, by=finn, on=ON)


def test_carried_on_twice_it_is_done_once(charged, batch_at):
    charged("Amy")
    batch = batch_at("applied")
    carry_on(str(batch.pk))
    assert batch.rows.filter(state=RowState.APPLIED).count() == 1 and list(findings()) == []
