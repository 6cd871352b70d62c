"""Several disputes, lines and plans of one case: each day of each line is recharged by what holds of it, once."""

from datetime import date

import pytest

from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.models import Task
from leeway.care.planning.actions import writing
from leeway.care.planning.models import Way
from leeway.money.budgets.actions import start_budget
from leeway.money.budgets.actions.starting import go_on
from leeway.money.disputes import actions
from leeway.money.disputes.models import Recharge
from leeway.money.funders.actions import Pays, share_line
from leeway.money.funders.queries import attributed

from .conftest import BEGAN, FROM, ON, SET_UP, WHOLE
from .test_disputes import JULY, between, claim, decided, owed_by_nhs, paid, problems

AFTER = date(2026, 10, 1)
MANAGED, FUND = Way.COUNCIL_MANAGED, Way.SERVICE_FUND


@pytest.fixture
def two_lines(case, agree, bank, finn):
    """£60 a week managed by the council and £40 by a service fund."""
    bank(case, FUND)
    plan = agree(case, (MANAGED, 60_00, 0), (FUND, 40_00, 0))
    start_budget(plan=plan, by=finn, on=SET_UP)
    return plan.lines.get(way=MANAGED), plan.lines.get(way=FUND)


def cost(line, first, last):
    return sum(row.pence for row in attributed(first, last, cases=[line.plan.case_id]) if row.line_id == line.pk)


def recharged(line):
    return sum(row.nhs_pence for row in Recharge.objects.filter(line=line, outcome__taken_back_on=None))


def test_an_outcome_about_one_line_leaves_the_others_to_the_one_before(case, two_lines, finn, council, icb, settle):
    home, club = two_lines
    settle(claim(case, finn, by=council, of=icb))
    settle(claim(case, finn, by=icb, of=council, line=club), 0, starts_on=date(2026, 7, 1))
    actions.recharge_what_is_over(on=AFTER)
    assert recharged(home) == cost(home, FROM, date(2026, 9, 30))
    assert recharged(club) == cost(club, FROM, date(2026, 6, 30))
    assert problems() == []


def test_an_outcome_that_has_ended_gives_its_days_back_to_the_one_before(case, budget, finn, council, icb, settle):
    settle(claim(case, finn, by=council, of=icb))
    later = claim(case, finn, by=icb, of=council)
    settle(later, 0, starts_on=date(2026, 7, 1), ends_on=date(2026, 7, 15))
    actions.recharge_what_is_over(on=AFTER)
    days = (FROM, date(2026, 6, 30)), (date(2026, 7, 16), date(2026, 9, 30))
    assert owed_by_nhs(case) == sum(paid(case, *each) for each in days)
    assert actions.recharge_what_is_over(on=AFTER).nhs_pence == 0
    assert problems() == []


def test_of_two_lines_alike_the_one_that_is_argued_about_is_recharged(case, agree, finn, council, icb, settle):
    start_budget(plan=(plan := agree(case, (MANAGED, 60_00, 0), (MANAGED, 40_00, 0))), by=finn, on=SET_UP)
    line = plan.lines.get(unit_cost_pence=40_00)
    settle(claim(case, finn, by=council, of=icb, line=line))
    assert owed_by_nhs(case) == recharged(line) == cost(line, FROM, JULY) > 0


def new_plan(plan, agree, finn, follows, *lines):
    again = agree(plan.case, *lines, starts_on=date(2026, 8, 10), number=2, follows=follows)
    return start_budget(plan=again, by=finn, on=date(2026, 8, 4)).plan


def test_a_line_is_followed_into_a_new_plan_also_where_it_is_held_otherwise(
    case, two_lines, agree, finn, council, icb, settle
):
    home, club = two_lines
    settle(claim(case, finn, by=council, of=icb, line=home))
    plan = new_plan(home.plan, agree, finn, [club, home], (MANAGED, 40_00, 0), (FUND, 61_00, 0))
    actions.recharge_what_is_over(on=AFTER)
    now = plan.lines.get(follows=home)
    assert recharged(home) + recharged(now) == cost(home, FROM, date(2026, 9, 30)) + cost(now, FROM, date(2026, 9, 30))
    assert recharged(now) > 0 == recharged(club) == recharged(plan.lines.get(follows=club))
    assert not Task.objects.filter(case=case, kind="dispute_opened").exists()


def test_finance_is_asked_where_a_new_plan_has_the_line_no_more(case, two_lines, agree, finn, council, icb, settle):
    home, club = two_lines
    settle(claim(case, finn, by=council, of=icb, line=home))
    new_plan(home.plan, agree, finn, [club], (MANAGED, 40_00, 0))
    task = Task.objects.get(case=case, kind="dispute_opened", done_on=None)
    assert "the new plan has it no more" in task.what and task.whose == "finance"


def test_a_plan_written_anew_says_from_which_line_each_goes_on(two_lines, bea):
    home, club = two_lines
    plan = writing.new_plan(home.plan.case, ON, like=home.plan)
    now = plan.lines.get(follows=home)
    assert plan.lines.exclude(pk=now.pk).get().follows == club
    for details, follows in (({"units": 2}, home), ({"what": "A gym"}, None)):
        plan.refresh_from_db()
        now = writing.change_line(line=now, version=plan.version, details=details, by=bea, on=ON)
        now.refresh_from_db()
        assert now.follows == follows


def at_charge(budget, pence, mona, finn):
    said = {"software_version": "test", "steps": [], "reasons": [], "decided_by": mona, "decided_on": ON}
    charge = Decision.objects.create(
        kind=DecisionKind.CHARGE, case=budget.case, law_on=FROM, because=["of the dispute"],
        inputs=budget.charge.inputs, result=budget.charge.result | {"charge_pence_per_week": pence}, **said,
    )  # fmt: skip
    budget.plan.charges.add(charge)
    go_on(type(budget).objects.get(pk=budget.pk), charge, finn, ON)


@pytest.mark.parametrize(("nhs", "charge"), [(WHOLE, 0), (9000, 5_00), (5000, 20_00)])
def test_what_the_person_gets_back_follows_the_charge(dispute, budget, settle, finn, mona, nhs, charge):
    settle(dispute, nhs)
    before = owed_by_nhs(dispute.case)
    at_charge(budget, charge, mona, finn)
    actions.recharge_what_is_over(on=ON)
    hers = paid(dispute.case, FROM, JULY, "person") + sum(row.person_pence for row in Recharge.objects.all())
    months = Recharge.objects.order_by().values_list("starts_on", "ends_on").distinct()
    whole = [(paid(dispute.case, *days), paid(dispute.case, *days, "person")) for days in months]
    assert hers == sum(min(person, each - each * nhs // WHOLE) for each, person in whole) >= 0
    assert abs(owed_by_nhs(dispute.case) - before) <= 3  # a penny a month where the cost falls otherwise
    assert actions.recharge_what_is_over(on=ON).nhs_pence == 0 and problems() == []


def test_an_outcome_that_cannot_be_recharged_stops_no_other(case, agree, bank, boards, council, finn, settle):
    bank(case, FUND)
    start_budget(plan=(plan := agree(case, (MANAGED, 100_00, 50), (FUND, 40_00, 0))), by=finn, on=SET_UP)
    joint, own = plan.lines.get(way=MANAGED), plan.lines.get(way=FUND)
    share_line(
        line=joint, starts_on=plan.budgets.get().starts_on, ends_on=JULY, method="fixed", by=finn, on=BEGAN,
        pays=[Pays(boards[0], 50_00), Pays(council, 50_00)], reason="The board agreed it.",
    )  # fmt: skip
    argued = between(case, boards, finn, line=joint)
    decided(argued, boards, WHOLE, finn)
    settle(claim(case, finn, by=council, of=boards[0], line=own), on=date(2026, 9, 5))
    assert recharged(own) == cost(own, FROM, date(2026, 8, 31))
    assert Task.objects.get(case=case, kind="dispute_ended").what.endswith("“Who pays”, from that day on.")
    done = actions.recharge_what_is_over(on=AFTER)
    assert done.troubled == (case.pk,) and done.nhs_pence == cost(own, date(2026, 9, 1), date(2026, 9, 30)) > 0


def test_what_stands_beneath_an_outcome_is_recharged_once_that_is_taken_back(case, budget, finn, council, icb, settle):
    first = settle(claim(case, finn, by=council, of=icb))
    second = settle(claim(case, finn, by=icb, of=council), 5000, starts_on=date(2026, 7, 1))
    actions.take_back_outcome(outcome=second, reason="Another person’s panel", by=finn, on=ON)
    assert owed_by_nhs(case) == paid(case, FROM, JULY)
    second = settle(second.dispute, 5000, starts_on=date(2026, 7, 1))
    actions.take_back_outcome(outcome=first, reason="Another person’s panel", by=finn, on=ON)
    assert owed_by_nhs(case) == paid(case, date(2026, 7, 1), JULY) * 5000 // WHOLE
    assert actions.recharge_what_is_over(on=ON).nhs_pence == 0 and problems() == []
