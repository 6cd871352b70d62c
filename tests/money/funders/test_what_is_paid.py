"""Who pays is said of what is paid: of the amount signed off, of the budget that runs, and of the plan that is new."""

from datetime import date, timedelta

import pytest

from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.events import Event
from leeway.care.people.models import Task
from leeway.care.planning.models import Way
from leeway.money.budgets.actions import start_budget
from leeway.money.budgets.actions.starting import go_on
from leeway.money.budgets.models import Budget
from leeway.money.funders.actions import Pays, ask_who_pays_next, change_funder, share_line, the_council
from leeway.money.funders.charging import require_chargeable, too_much_at
from leeway.money.funders.models import COUNCIL, FunderKind, Purse
from leeway.money.funders.queries import attributed, budget_on, commitments, line_to_share, paid_of_line, payers_of
from leeway.money.funders.relations import RELATIONS
from leeway.refusal import Refusal
from leeway.versions import version_of
from tests.conftest import SET_UP_ON

MANAGED = Way.COUNCIL_MANAGED
STARTS, LATER = date(2026, 4, 22), date(2026, 6, 1)
ON = date(2026, 4, 20)


@pytest.fixture
def say(finn):
    def said(line, *pays, starts_on=STARTS, ends_on=None, method="fixed"):
        return share_line(
            line=line, starts_on=starts_on, ends_on=ends_on, method=method, pays=[Pays(*each) for each in pays],
            reason="The board agreed it in April", by=finn, on=ON,
        )  # fmt: skip

    return said


@pytest.fixture
def council(db):
    return the_council(on=SET_UP_ON)


@pytest.fixture
def at_charge(mona, finn):
    """Have the running budget of a case go on at another charge from June."""

    def charged(case, pence):
        budget = Budget.objects.filter(case=case, ending=None).get()
        said = {"case": case, "software_version": "test", "steps": [], "reasons": [], "decided_on": ON}
        charge = Decision.objects.create(
            kind=DecisionKind.CHARGE, law_on=LATER, because=["of the new rates"], inputs=budget.charge.inputs,
            result=budget.charge.result | {"charge_pence_per_week": pence}, decided_by=mona, **said,
        )  # fmt: skip
        budget.plan.charges.add(charge)
        return go_on(budget, charge, finn, ON)

    return charged


def findings():
    return [finding for relation in RELATIONS for finding in relation.findings()]


def test_funders_pay_of_what_was_signed_off_not_of_what_the_plan_costs(case, agree, finn, grant, say, guards_aside):
    plan = agree(case, (MANAGED, 80_00, 0), charge_pence=20_00)
    guards_aside(f"UPDATE planning_planline SET unit_cost_pence = 10000 WHERE plan_id = '{plan.pk}'")
    start_budget(plan=plan, by=finn, on=ON)
    say(plan.lines.get(), (grant,), method="owner")
    now = {each.funder: each.pence for each in payers_of(case, STARTS)}
    assert now == {None: 20_00, grant: 60_00}
    assert [each.pence_per_week for each in commitments(seen_by=finn, on=STARTS)] == [60_00]
    week = attributed(date(2026, 5, 4), date(2026, 5, 10))
    assert {row.funder_id: row.pence for row in week} == {None: 20_00, grant.pk: 60_00}


def test_a_charge_that_was_decided_again_never_ran(case, agree, finn, at_charge):
    first = agree(case, (MANAGED, 100_00, 0), charge_pence=20_00)
    start_budget(plan=first, by=finn, on=ON)
    at_charge(case, 60_00)
    at_charge(case, 25_00)
    charged = [line.charge_pence for _, line in paid_of_line(first.lines.get(), LATER, LATER)]
    assert charged == [25_00] and budget_on(case, LATER).charge_pence_per_week == 25_00


def test_a_charge_to_come_that_a_new_plan_overtook_pays_nobody(case, agree, finn):
    first = agree(case, (MANAGED, 100_00, 0), charge_pence=20_00, later=[(LATER, 30_00, "of the new rates")])
    start_budget(plan=first, by=finn, on=ON)
    second = agree(case, (MANAGED, 50_00, 0), charge_pence=5_00, starts_on=date(2026, 5, 20), number=2)
    start_budget(plan=second, by=finn, on=ON)
    assert budget_on(case, date(2026, 6, 15)).plan == second
    assert line_to_share(case.pk, second.lines.get().pk, seen_by=finn, on=date(2026, 6, 15))


def test_a_charge_never_rises_into_money_that_nobody_is_charged_for(
    case, agree, finn, funder, council, say, at_charge, guards_aside
):
    plan = agree(case, (MANAGED, 100_00, 0), charge_pence=20_00)
    budget = start_budget(plan=plan, by=finn, on=ON)
    free = funder(FunderKind.GRANT, "G9", means_tested=False, ends_on=date(2026, 12, 31))
    say(plan.lines.get(), (free, 75_00), (council, 25_00))
    assert too_much_at({budget.pk: 25_00}, LATER) == {}
    assert "only £25.00 may be charged for" in too_much_at({budget.pk: 25_01}, LATER)[budget.pk]
    require_chargeable([at_charge(case, 25_00).pk])
    assert findings() == []
    after = at_charge(case, 60_00)
    with pytest.raises(Refusal, match=r"£60\.00 a week would be charged .* only £25\.00 may"):
        require_chargeable([after.pk])
    assert [str(after.pk) in finding and "6000 pence" in finding for finding in findings()] == [True]
    assert too_much_at({after.pk: 60_00}, date(2027, 1, 1)) == {}  # the council pays by then


def test_a_sharing_is_weighed_by_every_charge_that_is_known(case, agree, finn, funder, council, say):
    plan = agree(case, (MANAGED, 100_00, 0), charge_pence=20_00, later=[(LATER, 30_00, "of the new rates")])
    start_budget(plan=plan, by=finn, on=ON)
    free = funder(FunderKind.GRANT, "G9", means_tested=False)
    with pytest.raises(Refusal, match=r"charged £30\.00 a week for this line from 1 June 2026"):
        say(plan.lines.get(), (free, 75_00), (council, 25_00))
    say(plan.lines.get(), (free, 75_00), (council, 25_00), ends_on=LATER - timedelta(1))


def test_who_pays_goes_on_in_a_new_plan_where_the_line_does(case, agree, finn, grant, icb, council, say):
    plan = agree(case, (MANAGED, 100_00, 0), (MANAGED, 40_00, 50), (MANAGED, 10_00, 0))
    start_budget(plan=plan, by=finn, on=ON)
    home, joint, gym = (plan.lines.get(unit_cost_pence=pence) for pence in (100_00, 40_00, 10_00))
    say(home, (grant, 40_00), (council, 60_00))
    say(joint, (icb, 50_00), (council, 50_00))
    say(gym, (grant,), method="owner")
    again = agree(
        case, (MANAGED, 102_00, 0), (MANAGED, 40_00, 25), starts_on=LATER, number=2, follows=[home, joint]
    )  # fmt: skip
    start_budget(plan=again, by=finn, on=ON)
    week = attributed(date(2026, 6, 8), date(2026, 6, 14))
    paid = {row.funder_id: row.pence for row in week if row.line_id == again.lines.get(follows=home).pk}
    assert paid == {grant.pk: 40_80, COUNCIL: 61_20}
    asked = Task.objects.filter(case=case, kind=Event.WHO_PAYS, done_on=None).order_by("what")
    assert ["the NHS pays 25%" in task.what or "has it no more" in task.what for task in asked] == [True, True]
    assert {row.funder_id for row in week if row.purse == Purse.NHS} == {None} and findings() == []
    third = agree(
        case, (MANAGED, 103_00, 0), starts_on=date(2026, 7, 1), number=3, follows=[again.lines.get(follows=home)]
    )
    start_budget(plan=third, by=finn, on=ON)
    assert third.lines.get().sharings.get().starts_on == date(2026, 7, 1) and asked.count() == 2


def test_a_fund_that_is_prolonged_is_asked_about_no_more(case, agree, finn, funder, say):
    plan = agree(case, (MANAGED, 100_00, 0))
    start_budget(plan=plan, by=finn, on=ON)
    fund = funder(FunderKind.GRANT, "G4", ends_on=date(2026, 6, 10))
    say(plan.lines.get(), (fund,), method="owner")
    ask_who_pays_next(on=ON)
    for ends_on, days in ((date(2026, 6, 12), ["12 June 2026"]), (date(2027, 3, 31), [])):
        facts = {"name": fund.name, "purpose": "", "conditions": "", "total_pence": None, "ends_on": ends_on}
        version = version_of(fund, "name", "ends_on", "purpose", "conditions", "total_pence")
        fund = change_funder(funder=fund, version=version, **facts, by=finn, on=ON)
        open_tasks = case.tasks.filter(kind=Event.FUNDER_ENDS, done_on=None)
        assert [day in task.what for task, day in zip(open_tasks, days, strict=True)] == [True] * len(days)


def test_what_is_divided_otherwise_than_the_ledger_has_it_is_found(case, agree, finn, monkeypatch):
    start_budget(plan=agree(case, (MANAGED, 100_00, 50), charge_pence=20_00), by=finn, on=ON)
    assert findings() == []
    rows = attributed(date.min, date.max)
    monkeypatch.setattr("leeway.money.funders.relations.attributed", lambda *_, cases: rows[1:])
    assert len(findings()) == 1 and "they are" in findings()[0]
