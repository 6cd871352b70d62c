"""One line of a plan stops for some weeks, and goes on again by itself: nothing of it is paid or charged meanwhile."""

from datetime import date, timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from leeway.care.letters.content import letter_of
from leeway.care.people.events import Event
from leeway.care.planning.actions.writing import new_plan
from leeway.care.planning.kinds import LineChangeKind
from leeway.care.planning.models import LineChange, Plan, Way
from leeway.care.planning.queries import charges_of
from leeway.money.budgets.changes import change_into
from leeway.money.budgets.models import Part
from leeway.money.budgets.schedule import days_pence
from leeway.money.contributions.actions import let_fall_due
from leeway.money.ledger.models import Transfer
from leeway.money.lines import queries
from leeway.money.lines.actions import carry_out, end_line, keep_line, pause_line
from leeway.money.payments.making import make_run
from leeway.money.payments.queries import findings
from leeway.refusal import NotAllowed, Refusal
from tests.care.letters.reading import words
from tests.money.lines.conftest import STARTS
from tests.money.lines.test_ending import LATER, ON, clean, paid_for

FIRST, LAST = date(2026, 5, 11), date(2026, 5, 31)
DAY = timedelta(days=1)
WHY, HOW = "The day centre is painted", "Her sister comes on those days"
ASKED = {"starts_on": FIRST, "ends_on": LAST, "reason": WHY, "meanwhile": HOW}


def paused(line, *, bea, finn, on=LATER, **days):
    """Bea decides that it stops for three weeks, and Finn has the budget go on."""
    change = pause_line(line=line, **ASKED | days, by=bea, on=on)
    return carry_out(change=change, seen=queries.weigh(change, on=on).seen, by=finn, on=on)


def test_it_is_left_out_for_three_weeks_and_what_was_paid_for_them_comes_off(line, bea, finn, paid):
    """Two lots were paid before anybody knew; the budget goes on at £220 for three weeks, and then at £300 again."""
    budget = line.plan.budgets.get()
    paid(make_run(pay_on=date(2026, 4, 27), by=finn, on=ON), ON)
    before = paid_for(Way.DIRECT_PAYMENT)
    after = paused(line, bea=bea, finn=finn)
    without = line.plan.budgets.get(starts_on=FIRST)
    assert (without.cost_pence_per_week, without.ending.ends_on) == (220_00, LAST)
    assert (after.starts_on, after.cost_pence_per_week, after.nhs_pence_per_week) == (LAST + DAY, 300_00, 25_00)
    assert without.charge_pence_per_week == after.charge_pence_per_week == budget.charge_pence_per_week > 0
    net = {each.budget_id: each.paid_pence_per_week for each in Part.objects.filter(way=Way.DIRECT_PAYMENT)}
    assert net[after.pk] == net[budget.pk] == net[without.pk] + 80_00
    assert abs(before - paid_for(Way.DIRECT_PAYMENT) - days_pence(80_00, (LAST - FIRST).days + 1)) <= 2
    assert clean(line.plan)


def test_who_pays_all_of_it_is_charged_for_what_goes_on_and_for_all_after_it(started, bea, finn):
    lines = (Way.COUNCIL_MANAGED, 60_00, 0), (Way.COUNCIL_MANAGED, 40_00, 0)
    line = started(*lines, capital_pence=90_000_00).plan.lines.get(unit_cost_pence=40_00)
    let_fall_due(on=LATER)
    after = paused(line, bea=bea, finn=finn)
    until = date(2026, 7, 19)
    let_fall_due(on=until)
    assert [each.result["charge_pence_per_week"] for each in charges_of(line.plan)][-2:] == [60_00, 100_00]
    assert after.charge.why == "because “Support” goes on again" and after.council_pence_per_week == 0
    due = Transfer.objects.filter(reason="fell_due", credit__kind="owed_by_person")
    back = Transfer.objects.filter(reason="no_longer_due", debit__kind="owed_by_person")
    charged = sum(each.amount_pence for each in due) - sum(each.amount_pence for each in back)
    days, stopped = (until - STARTS).days + 1, (LAST - FIRST).days + 1
    assert abs(charged - (100_00 * days - 40_00 * stopped) / 7) <= 3
    assert clean(line.plan)


def test_the_person_is_told_of_both_and_a_new_plan_keeps_the_line(line, case, bea, finn):
    after = paused(line, bea=bea, finn=finn)
    told = f"“Support” stops for a time after 10 May 2026. It goes on again on 1 June 2026. {WHY}. Meanwhile: {HOW}."
    assert case.story.get(kind=Event.LINE_ENDS).sentence == told
    assert case.story.get(kind=Event.LINE_AGAIN).sentence == "From 1 June 2026 the budget goes on with “Support” again."
    pause = LineChange.objects.get(kind=LineChangeKind.PAUSES)
    stopped, again = words(letter_of(pause.final_budget)), words(letter_of(after.final_budget))
    assert "£220.00 a week" in stopped and WHY in stopped and HOW in stopped and "It starts on 11 May 2026" in stopped
    assert "£300.00 a week" in again and "“Support” goes on again from 1 June 2026" in again
    assert "£80.00 more because more support is planned" in change_into(after, you=True)
    plan = Plan.objects.get(pk=line.plan_id)
    assert new_plan(case, LATER, like=plan).lines.count() == 3
    assert not case.tasks.filter(kind=Event.LINE_ENDS, done_on=None).exists()


def test_after_it_the_line_ends_or_stops_again(line, bea, finn):
    paused(line, bea=bea, finn=finn)
    with pytest.raises(Refusal, match="The budget that runs started on 1 June 2026"):
        pause_line(line=line, **ASKED, by=bea, on=LATER)
    after = paused(line, bea=bea, finn=finn, starts_on=date(2026, 6, 15), ends_on=date(2026, 6, 21))
    assert (after.starts_on, after.cost_pence_per_week) == (date(2026, 6, 22), 300_00)
    change = end_line(line=line, ends_on=date(2026, 7, 5), reason="She moves on", by=bea, on=LATER)
    after = carry_out(change=change, seen=queries.weigh(change, on=LATER).seen, by=finn, on=LATER)
    assert (after.starts_on, after.cost_pence_per_week) == (date(2026, 7, 6), 220_00)
    assert clean(line.plan)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reason": " "}, "Say in a sentence why it stops for a time"),
        ({"meanwhile": ""}, "Say what meets the need meanwhile"),
        ({"ends_on": FIRST - DAY}, "The last day is before the first"),
        ({"ends_on": FIRST + timedelta(weeks=12)}, r"more than 12 weeks\. .* hold one"),
        ({"starts_on": STARTS - DAY}, "The budget that runs started on 22 April 2026"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(line, bea, change, said):
    with pytest.raises(Refusal, match=said):
        pause_line(line=line, **ASKED | change, by=bea, on=LATER)
    assert not LineChange.objects.exists()


def test_nothing_is_paid_twice_where_a_way_would_be_left_with_nothing_meanwhile(started, bea, finn, paid):
    lines = (Way.DIRECT_PAYMENT, 80_00, 0), (Way.COUNCIL_MANAGED, 300_00, 0)
    line = started(*lines, income=[]).plan.lines.get(unit_cost_pence=80_00)
    paid(make_run(pay_on=date(2026, 4, 27), by=finn, on=ON), ON)
    with pytest.raises(Refusal, match=r"£160\.00 was paid already for days from then on"):
        pause_line(line=line, **ASKED, by=bea, on=LATER)
    after = paused(line, bea=bea, finn=finn, starts_on=date(2026, 5, 25), ends_on=date(2026, 6, 7))
    assert after.cost_pence_per_week == 380_00 and clean(line.plan)


def test_until_finance_acts_it_is_taken_back_and_nothing_else_is_decided_of_it(line, case, bea, finn):
    with pytest.raises(NotAllowed):
        pause_line(line=line, **ASKED, by=finn, on=LATER)
    change = pause_line(line=line, **ASKED, by=bea, on=LATER)
    with pytest.raises(Refusal, match="is to stop for a time, and the budget does not go on without it yet"):
        end_line(line=line, ends_on=LAST, reason="It is over", by=bea, on=LATER)
    keep_line(change=change, by=bea, on=LATER)
    assert not LineChange.objects.filter(taken_back_on=None).exists() and line.plan.budgets.count() == 1
    assert not case.tasks.filter(kind=Event.LINE_ENDS, done_on=None).exists()
    with pytest.raises(Refusal, match="It was taken back that “Support” stops for a time"):
        carry_out(change=change, seen="", by=finn, on=LATER)
    paused(line, bea=bea, finn=finn)
    assert clean(line.plan)


def test_a_budget_that_goes_on_with_what_stops_is_found(line, bea, finn, guards_aside):
    paused(line, bea=bea, finn=finn)
    again = LineChange.objects.get(kind=LineChangeKind.RESUMES)
    guards_aside(f"UPDATE planning_linechange SET starts_on = '2026-06-08' WHERE id = '{again.pk}'")
    assert any("is not bought from 2026-05-11 on" in str(each) for each in findings())


def test_bea_stops_a_line_on_its_page_and_finn_has_the_budget_go_on(line, case, bea, finn, client, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: LATER)
    monkeypatch.setattr("leeway.care.people.queries.is_own_case", lambda user, case, on: True)
    client.force_login(bea)
    page, plan = reverse("lines:pause", args=[case.pk, line.pk]), reverse("planning:overview", args=[case.pk])
    assert page in client.get(plan).content.decode()
    assert "Stop one thing in the plan for a time" in client.get(page).content.decode()
    said = {"starts_on_day": "11", "starts_on_month": "5", "starts_on_year": "2026", "reason": WHY}
    said |= {"ends_on_day": "31", "ends_on_month": "5", "ends_on_year": "2026", "meanwhile": HOW}
    shown = unescape(client.post(page, said).content.decode())
    assert "Check what stops" in shown and "£220.00" in shown and "From 1 June 2026 on the budget is £300.00" in shown
    assert client.post(page, said | {"step": "record"}).status_code == 302
    change = LineChange.objects.get(kind=LineChangeKind.PAUSES)
    shown = unescape(client.get(plan).content.decode())
    assert "<strong>Stops for a time after 10 May 2026.</strong> It goes on again on 1 June 2026." in shown
    assert shown.count("Take it back") == 1 and page not in shown
    client.force_login(finn)
    money, page = reverse("budgets:show", args=[case.pk]), reverse("lines:carry_out", args=[case.pk, change.pk])
    shown = client.get(money).content.decode()
    assert page in shown and shown.count("Have the budget go on without it") == 1
    seen = queries.weigh(change, on=LATER).seen
    assert f'value="{seen}"' in client.get(page).content.decode()
    assert client.post(page, {"seen": seen}).url == money
    shown = unescape(client.get(money).content.decode())
    assert "“Support” goes on again from 1 June 2026" in shown and "From 11 May 2026 the budget is £220.00" in shown
    client.force_login(bea)
    shown = unescape(client.get(plan).content.decode())
    assert "From 1 June 2026 the budget is £300.00 a week, with “Support”." in shown
