"""A budget for each stretch of days in which the person pays the same: what is paid, promised and proved of each."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.template import engines

from leeway.care.circumstances.models import Stay
from leeway.care.planning.models import Way
from leeway.money.budgets.actions import (
    end_budget,
    go_on_after,
    place_hold,
    set_up_again,
    start_budget,
    wait_after,
)
from leeway.money.budgets.models import Budget, Funding, HoldKind, Instalment
from leeway.money.budgets.payable import as_paid_on, payable
from leeway.money.budgets.queries import picture, proposal
from leeway.money.budgets.replay import replay
from leeway.money.contributions.actions import let_fall_due
from leeway.money.ledger.models import Account, Kind
from leeway.money.ledger.queries import balance
from leeway.money.payments.queries import findings
from leeway.refusal import Refusal
from tests.conftest import SET_UP_ON

DP, MANAGED = Way.DIRECT_PAYMENT, Way.COUNCIL_MANAGED
STARTS, BIRTHDAY = date(2026, 4, 22), date(2026, 5, 13)
WHY = "the 25th birthday is reached"


def proved():
    assert list(findings()) == []
    assert [answer for answer in replay() if answer] == []
    return True


@pytest.fixture
def started(case, agree, bank, finn):
    """£300 direct and £60 managed; Ada pays £140 a week for three weeks and £125 from her birthday on."""
    plan = agree(case, (DP, 300_00, 0), (MANAGED, 60_00, 0), charge_pence=140_00, later=[(BIRTHDAY, 125_00, WHY)])
    bank(case)
    start_budget(plan=plan, by=finn, on=SET_UP_ON)
    return list(case.budgets.order_by("starts_on"))


def test_each_stretch_has_its_budget_and_rests_on_its_charge(started, case):
    first, later = started
    assert (first.starts_on, first.ending.ends_on, first.ending.replaced) == (STARTS, date(2026, 5, 12), True)
    assert later.starts_on == BIRTHDAY and not hasattr(later, "ending")
    assert [budget.charge_pence_per_week for budget in started] == [140_00, 125_00]
    assert [budget.council_pence_per_week for budget in started] == [220_00, 235_00]
    assert [budget.charge.law_on for budget in started] == [STARTS, BIRTHDAY]
    paid = {part.way: part.charge_pence_per_week for part in later.parts.all()}
    assert sum(paid.values()) == 125_00
    story = " ".join(case.story.values_list("sentence", flat=True))
    assert WHY in story and "13 May 2026" in story
    assert proved()


def test_every_day_is_paid_for_once(started):
    live = Instalment.objects.filter(cancellation=None, part__way=DP).order_by("starts_on")
    days = [(each.starts_on, each.ends_on) for each in live]
    for (_, ends_on), (starts_on, _) in pairwise(days):
        assert ends_on + timedelta(days=1) == starts_on


def test_what_the_person_promised_falls_due_by_the_days_of_each(case, agree, finn):
    plan = agree(case, (MANAGED, 140_00, 0), charge_pence=70_00, later=[(BIRTHDAY, 35_00, WHY)])
    start_budget(plan=plan, by=finn, on=SET_UP_ON)
    let_fall_due(on=date(2026, 5, 24))
    owed = -balance(Account.objects.get(kind=Kind.OWED_BY_PERSON, case=case))
    assert owed == 70_00 * 3 + 35_00 * 12 // 7  # three weeks until the birthday, twelve days to the period's end
    assert proved()


def test_a_start_dated_back_over_a_year_is_funded_up_to_its_change(case, agree, bank, finn):
    later = [(date(2026, 9, 7), 15_00, WHY)]
    plan = agree(case, (DP, 100_00, 0), charge_pence=20_00, starts_on=date(2025, 2, 3), later=later)
    bank(case)
    start_budget(plan=plan, by=finn, on=date(2026, 9, 14))
    first = case.budgets.order_by("starts_on").first()
    assert Funding.objects.filter(part__budget=first).count() == 3
    live = Instalment.objects.filter(part__budget=first, cancellation=None)
    assert sum(each.days for each in live) == (date(2026, 9, 7) - date(2025, 2, 3)).days
    assert proved()


def test_start_up_costs_are_paid_once(case, agree, bank, finn):
    plan = agree(case, (DP, 100_00, 0), charge_pence=20_00, start_up_pence=500_00, later=[(BIRTHDAY, 10_00, WHY)])
    bank(case)
    start_budget(plan=plan, by=finn, on=SET_UP_ON)
    assert sorted(case.budgets.values_list("start_up_pence", flat=True)) == [0, 500_00]
    assert proved()


def waiting_on(case, day):
    due = Instalment.objects.filter(part__budget__case=case, amount_pence__gt=0, cancellation=None, due_on__lte=day)
    return due.count(), payable(as_paid_on(due, day)).count()


def test_a_hold_keeps_the_payments_of_every_stretch_waiting(started, case, finn):
    later = started[1]
    assert waiting_on(case, BIRTHDAY) == (3, 3)
    hold = place_hold(
        budget=later, kind=HoldKind.SAFEGUARDING, reason="A concern", last_on=SET_UP_ON, by=finn, on=SET_UP_ON
    )
    assert waiting_on(case, BIRTHDAY) == (3, 0)
    assert hold.budget == later
    wait_after(case=case, kind=HoldKind.ENDED, reason="Support ended", by=finn, on=SET_UP_ON)
    go_on_after(case=case, kind=HoldKind.ENDED, by=finn, on=SET_UP_ON)
    assert waiting_on(case, BIRTHDAY) == (3, 0)


def test_an_end_before_a_later_stretch_ends_that_too(started, finn):
    """As where somebody dies or moves between sign-off and a change that was known."""
    first, later = started
    ends_on = date(2026, 5, 3)
    end_budget(
        cover="Her family, from then on", budget=later, ends_on=ends_on, reason="Moved away", by=finn, on=SET_UP_ON
    )
    first, later = Budget.objects.select_related("ending").order_by("starts_on")
    assert (first.ending.ends_on, first.ending.replaced) == (ends_on, False)
    assert later.ending.ends_on == BIRTHDAY - timedelta(days=1)
    let_fall_due(on=date(2026, 6, 30))
    live = Instalment.objects.filter(cancellation=None, amount_pence__gt=0)
    assert max(live.values_list("ends_on", flat=True)) == ends_on
    assert proved()


def test_what_never_began_is_not_set_up_again(started, finn):
    """The days between the last one paid and its first would stay unpaid."""
    end_budget(
        cover="Her family, from then on",
        budget=started[1],
        ends_on=date(2026, 5, 3),
        reason="Moved away",
        by=finn,
        on=SET_UP_ON,
    )
    later = Budget.objects.get(pk=started[1].pk)
    with pytest.raises(Refusal, match="ended after 3 May 2026, and the days between would stay unpaid"):
        set_up_again(budget=later, reason="She did not move", by=finn, on=SET_UP_ON)
    assert proved()


def test_a_new_plan_starts_before_a_change_that_was_known(started, case, agree, finn):
    """What was to follow never begins; the budget until then ends the day before, and its days are paid once."""
    plan = agree(case, (DP, 310_00, 0), (MANAGED, 60_00, 0), charge_pence=140_00, starts_on=date(2026, 5, 4), number=2)
    new = start_budget(plan=plan, by=finn, on=SET_UP_ON)
    first, later = Budget.objects.filter(plan=started[0].plan).select_related("ending").order_by("starts_on")
    assert (first.ending.ends_on, first.ending.replaced) == (date(2026, 5, 3), True)
    assert later.ending.ends_on == BIRTHDAY - timedelta(days=1) and new.starts_on == date(2026, 5, 4)
    let_fall_due(on=date(2026, 6, 30))
    assert proved()


def test_the_page_shows_what_holds_today_or_next(started, case, finn):
    """What is paid from a later day on is no amount of now."""
    for day, charge_pence in [(STARTS - timedelta(days=9), 140_00), (STARTS, 140_00), (BIRTHDAY, 125_00)]:
        shown = picture(case.pk, seen_by=finn, on=day).shown
        assert shown.charge_pence_per_week == charge_pence


def test_setting_up_shows_every_stretch_and_what_is_paid_in_it(case, agree, bank, finn):
    """What finance starts is what was agreed: both amounts, both shares, and no payment at an amount of before."""
    agree(case, (DP, 300_00, 0), (MANAGED, 60_00, 0), charge_pence=140_00, later=[(BIRTHDAY, 125_00, WHY)])
    bank(case)
    first, later = proposal(case.pk, seen_by=finn, on=SET_UP_ON).stretches
    assert (first.starts_on, first.ends_on, later.starts_on, later.ends_on) == (
        STARTS,
        BIRTHDAY - timedelta(days=1),
        BIRTHDAY,
        None,
    )
    assert [each.council_pence_per_week for each in (first, later)] == [220_00, 235_00]
    assert [sum(share.charge_pence_per_week for share in each.shares) for each in (first, later)] == [140_00, 125_00]
    assert first.schedules[DP][-1].ends_on == first.ends_on
    assert later.schedules[DP][0].starts_on == BIRTHDAY


def test_four_weeks_in_a_care_home_are_a_warning_where_a_direct_payment_is_paid(started, case, finn, bea):
    stay = Stay.objects.create(
        person=case.person, kind="care_home_stay", starts_on=BIRTHDAY, told_by="Her son", recorded_by=bea,
    )  # fmt: skip
    weeks = timedelta(weeks=4)
    assert not picture(case.pk, seen_by=finn, on=BIRTHDAY + weeks - timedelta(days=1)).beyond
    warned = picture(case.pk, seen_by=finn, on=BIRTHDAY + weeks).beyond
    assert "four weeks in a care home were over on 10 June 2026" in warned
    Stay.objects.filter(pk=stay.pk).update(ends_on=BIRTHDAY + weeks)
    assert not picture(case.pk, seen_by=finn, on=BIRTHDAY + weeks).beyond


def test_what_an_earlier_budget_left_is_not_said_to_be_paid_for_these_days():
    working = engines["jinja2"].env.get_template("budgets/_money.jinja").module.working
    days = {"days": 28, "weekly_pence": 662_08, "for_period_pence": 2648_32, "already_paid_pence": 2344_52}
    later = working(date(2026, 10, 12), **days, begins_on=date(2026, 4, 6))
    assert "the difference for days from 6 April 2026 is in it" in later and "was paid before" in later
    first = working(date(2026, 4, 6), **days, begins_on=date(2026, 4, 6))
    assert "Of £2,648.32, £2,344.52 was paid before" in first
