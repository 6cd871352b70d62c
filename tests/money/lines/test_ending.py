"""One line of a plan ends by itself: the budget goes on with the others, and what was paid too much comes off."""

from datetime import date, timedelta
from functools import partial
from html import unescape

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from django.urls import reverse
from django.utils import timezone

from leeway.care.assessment.models import FinancialAssessment
from leeway.care.decisions.models import DecisionKind
from leeway.care.decisions.queries import that_stand
from leeway.care.decisions.replay import replay as replay_decisions
from leeway.care.letters.content import letter_of
from leeway.care.people.events import Event
from leeway.care.planning.actions.writing import new_plan
from leeway.care.planning.line_changes import ended_since
from leeway.care.planning.models import LineChange, Plan, PlanState, Way
from leeway.care.planning.queries import charges_of
from leeway.care.planning.replay import replay as replay_plans
from leeway.care.planning.views.parts import whole
from leeway.messages.models import Message
from leeway.money.budgets.actions import end_budget
from leeway.money.budgets.changes import change_into
from leeway.money.budgets.models import Instalment, Part
from leeway.money.budgets.replay import replay
from leeway.money.budgets.schedule import days_pence
from leeway.money.contributions.actions import decide_change, let_fall_due
from leeway.money.contributions.queries import changes
from leeway.money.funders.queries import lines_paid
from leeway.money.ledger.models import Transfer
from leeway.money.lines import queries
from leeway.money.lines.actions import carry_out, end_line, keep_line
from leeway.money.payments.making import make_run
from leeway.money.payments.queries import findings
from leeway.refusal import NotAllowed, Refusal
from tests.care.letters.reading import words
from tests.money.lines.conftest import MEANS, PENSION, STARTS

ON, LAST, LATER = date(2026, 4, 20), date(2026, 5, 10), date(2026, 5, 18)
DAY = timedelta(days=1)
WHY = "The day centre closes and nothing takes its place."
COVER = "His sister comes on those days"


def ended(line, ends_on=LAST, *, bea, finn, on=LATER, cover=""):
    """Bea decides that it ends, and Finn has the budget go on without it."""
    change = end_line(line=line, ends_on=ends_on, reason=WHY, cover=cover, by=bea, on=on)
    return carry_out(change=change, seen=queries.weigh(change, on=on).seen, by=finn, on=on)


def clean(plan):
    """That the books hold, and that everything which was decided with a rule or by hand comes out again."""
    decided = {str(each.pk) for each in charges_of(plan)[1:]}  # the first is the fixture's, by no rule
    decided |= {str(each.final_budget_id) for each in LineChange.objects.all()}
    assert list(findings()) == []
    assert [answer for answer in replay() if answer] == []
    assert not decided & {answer.decision_id for answer in [*replay_decisions(), *replay_plans()] if answer}
    return True


def paid_for(way):
    """What is to be paid in all for a way of holding, whatever budget it is of."""
    dues = Instalment.objects.filter(part__way=way, kind="regular", cancellation=None)
    return sum(each.amount_pence for each in dues)


def test_the_budget_goes_on_without_it_and_what_was_paid_too_much_comes_off(line, bea, finn, paid):
    """Two lots were paid before anybody knew: what is right is £200 a week until 10 May, and £120 from then on."""
    budget = line.plan.budgets.get()
    paid(make_run(pay_on=date(2026, 4, 27), by=finn, on=ON), ON)
    before, until = paid_for(Way.DIRECT_PAYMENT), Instalment.objects.order_by("-ends_on").first().ends_on
    after = ended(line, bea=bea, finn=finn)
    assert (after.starts_on, after.cost_pence_per_week, after.nhs_pence_per_week) == (LAST + DAY, 220_00, 25_00)
    assert after.charge_pence_per_week == budget.charge_pence_per_week > 0  # by her means, and not all of it
    net = {each.budget_id: each.paid_pence_per_week for each in Part.objects.filter(way=Way.DIRECT_PAYMENT)}
    less = before - paid_for(Way.DIRECT_PAYMENT)
    assert abs(less - days_pence(net[budget.pk] - net[after.pk], (until - LAST).days)) <= 2  # a part of a penny a cut
    assert clean(line.plan)


def test_what_was_paid_in_a_way_that_is_left_with_nothing_is_told_and_not_lost(started, case, bea, finn, paid):
    lines = (Way.DIRECT_PAYMENT, 80_00, 0), (Way.COUNCIL_MANAGED, 300_00, 0)
    line = started(*lines, income=[]).plan.lines.get(unit_cost_pence=80_00)
    paid(make_run(pay_on=date(2026, 4, 27), by=finn, on=ON), ON)
    change = end_line(line=line, ends_on=LAST, reason=WHY, cover=COVER, by=bea, on=LATER)
    weighed = queries.weigh(change, on=LATER)
    assert (weighed.comes_off_pence, weighed.stays_paid_pence) == (0, 160_00)  # two weeks
    carry_out(change=change, seen=weighed.seen, by=finn, on=LATER)
    assert "£160.00 was paid already for days after the last" in case.story.get(kind=Event.LINE_ENDED).sentence
    assert clean(line.plan)


def test_who_pays_all_of_it_pays_less_from_that_day(started, bea, finn):
    line = started(capital_pence=90_000_00).plan.lines.get(unit_cost_pence=80_00)
    after = ended(line, bea=bea, finn=finn, on=ON)
    assert (after.charge_pence_per_week, after.council_pence_per_week) == (195_00, 0)
    assert charges_of(line.plan)[-1].why == "because “Support” ends"
    assert clean(line.plan)


def test_a_managed_line_leaves_what_is_set_aside_and_what_falls_due_right(started, case, bea, finn):
    line = started((Way.COUNCIL_MANAGED, 60_00, 0), (Way.COUNCIL_MANAGED, 40_00, 0)).plan.lines.get(
        unit_cost_pence=40_00
    )
    let_fall_due(on=LATER)
    after = ended(line, bea=bea, finn=finn)
    let_fall_due(on=date(2026, 6, 21))
    due = Transfer.objects.filter(reason="fell_due", credit__kind="owed_by_person")
    back = Transfer.objects.filter(reason="no_longer_due", debit__kind="owed_by_person")
    charged = sum(each.amount_pence for each in due) - sum(each.amount_pence for each in back)
    earlier = line.plan.budgets.exclude(pk=after.pk).get().charge_pence_per_week
    days = (LAST - STARTS).days + 1, (date(2026, 6, 21) - LAST).days
    right = (earlier * days[0] + after.charge_pence_per_week * days[1]) / 7
    assert abs(charged - right) <= 2
    assert [each.line.unit_cost_pence for each in lines_paid(after, LATER)] == [60_00]
    assert clean(line.plan)


def test_the_person_is_told_in_the_story_a_letter_and_a_notice_and_the_cause_is_need(line, case, bea, finn):
    after = ended(line, bea=bea, finn=finn)
    assert case.story.get(kind=Event.LINE_ENDS).sentence == f"“Support” ends after 10 May 2026. {WHY}"
    (budget,) = [each for each in that_stand(case) if each.kind == DecisionKind.FINAL_BUDGET]
    assert budget == after.final_budget
    told = words(letter_of(budget))
    assert "£220.00 a week" in told and WHY in told and "It starts on 11 May 2026" in told
    assert "Tell us if you agree with it" not in told
    assert Message.objects.filter(template="decision_ready", case_id=case.pk).exists()
    assert "£80.00 less because less support is planned" in change_into(after, you=True)


def test_the_plan_stays_as_it_was_and_the_next_one_begins_without_the_line(line, case, bea, finn):
    ended(line, bea=bea, finn=finn)
    plan = Plan.objects.get(pk=line.plan_id)
    assert (plan.state, plan.lines.count()) == (PlanState.AGREED, 3)
    assert sorted(each.unit_cost_pence for each in new_plan(case, LATER, like=plan).lines.all()) == [100_00, 120_00]
    with pytest.raises(ProgrammingError), transaction.atomic():
        LineChange.objects.update(reason="Another")
    with pytest.raises(ProgrammingError), transaction.atomic():
        LineChange.objects.update(carried_out_on=ON)


def test_a_charge_that_is_decided_later_rests_on_what_is_left(line, case, bea, finn):
    after = ended(line, bea=bea, finn=finn)
    assert not changes(seen_by=finn, on=LATER)
    assert charges_of(line.plan)[-1] == after.charge
    assert after.charge.inputs["personal_budget_pence_per_week"] == 195_00


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": " "}, "Say in a sentence why it ends"),
        ({"ends_on": STARTS - DAY}, "The budget that runs started on 22 April 2026"),
        ({"ends_on": date(2119, 5, 10)}, "The last day: 10 May 2119"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(line, bea, change, words):
    asked = {"line": line, "ends_on": LAST, "reason": WHY, "by": bea, "on": LATER}
    with pytest.raises(Refusal, match=words):
        end_line(**(asked | change))
    assert not LineChange.objects.exists() and line.plan.budgets.count() == 1


def test_who_works_on_the_case_decides_once_finance_carries_it_out_and_one_line_is_left(line, bea, finn, mona):
    asked = {"line": line, "ends_on": LAST, "reason": WHY, "on": LATER}
    with pytest.raises(NotAllowed):
        end_line(**asked, by=finn)
    change = end_line(**asked, by=bea)
    seen = queries.weigh(change, on=LATER).seen
    with pytest.raises(Refusal, match="ends after 10 May 2026 already"):
        end_line(**asked, by=mona)
    with pytest.raises(NotAllowed):
        carry_out(change=change, seen=seen, by=bea, on=LATER)
    with pytest.raises(Refusal, match="not what you saw"):
        carry_out(change=change, seen="another", by=finn, on=LATER)
    carry_out(change=change, seen=seen, by=finn, on=LATER)
    for again in (partial(carry_out, seen=seen, by=finn), partial(keep_line, by=bea)):
        with pytest.raises(Refusal, match="goes on without “Support” already"):
            again(change=change, on=LATER)
    first, second = line.plan.lines.exclude(pk=line.pk)
    ended(first, LAST + DAY, bea=bea, finn=finn, cover=COVER)
    with pytest.raises(Refusal, match="nothing is left that is paid each week"):
        end_line(line=second, ends_on=LAST + 2 * DAY, reason=WHY, by=bea, on=LATER)
    assert clean(line.plan)


def test_the_last_line_that_is_paid_directly_ends_only_with_who_meets_the_needs_then(line, case, bea, client):
    asked = {"line": line, "ends_on": LAST, "reason": WHY, "by": bea, "on": LATER}
    managed, other = line.plan.lines.get(way=Way.COUNCIL_MANAGED), line.plan.lines.get(unit_cost_pence=120_00)
    assert not any(queries.is_last_paid_directly(each) for each in (line, managed, other))
    kept = end_line(**asked | {"line": other, "ends_on": LAST + 7 * DAY})  # the other goes on, so nobody is asked
    with pytest.raises(Refusal, match="Say who meets the needs from the day after") as refused:
        end_line(**asked)
    assert refused.value.field == "cover" and LineChange.objects.count() == 1
    client.force_login(bea)
    page = unescape(client.get(reverse("lines:end", args=[case.pk, line.pk])).content.decode())
    assert "Who meets the needs from the day after?" in page and "the direct payment stops with it" in page
    keep_line(change=kept, by=bea, on=LATER)
    assert not queries.is_last_paid_directly(line)
    end_line(**asked | {"line": other})
    change = end_line(**asked, cover=COVER)
    assert change.reason == f"{WHY} From then on: {COVER}."
    assert change.reason in case.story.filter(kind=Event.LINE_ENDS).latest("pk").sentence


def test_until_finance_acts_it_can_be_taken_back_and_ended_anew(line, case, bea, finn):
    change = end_line(line=line, ends_on=LAST, reason=WHY, by=bea, on=LATER)
    asked = case.tasks.filter(kind=Event.LINE_ENDS, done_on=None)
    assert asked.count() == 1
    keep_line(change=change, by=bea, on=LATER)
    assert not asked.exists() and line.plan.budgets.count() == 1
    with pytest.raises(Refusal, match="It was taken back that “Support” ends"):
        carry_out(change=change, seen="", by=finn, on=LATER)
    ended(line, LAST + DAY, bea=bea, finn=finn)
    assert not asked.exists()
    assert clean(line.plan)


def test_bea_ends_a_line_on_its_page_and_finn_has_the_budget_go_on(line, case, bea, finn, client, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: LATER)
    monkeypatch.setattr("leeway.care.people.queries.is_own_case", lambda user, case, on: True)
    client.force_login(bea)
    page, plan = reverse("lines:end", args=[case.pk, line.pk]), reverse("planning:overview", args=[case.pk])
    shown = unescape(client.get(plan).content.decode())
    assert page in shown and "More or less of something takes a review and a new plan" in shown
    assert reverse("review:show", args=[case.pk]) + '">Hold a review' in shown
    said = {"ends_on_day": "10", "ends_on_month": "5", "ends_on_year": "2026", "reason": WHY}
    shown = unescape(client.post(page, said).content.decode())
    assert "Check what ends" in shown and "£220.00" in shown and WHY in shown
    assert not LineChange.objects.exists()
    assert client.post(page, said | {"step": "record"}).status_code == 302
    change = LineChange.objects.get()
    shown = unescape(client.get(plan).content.decode())
    assert f"<strong>Ends after 10 May 2026.</strong> {WHY}" in shown and "Take it back" in shown
    assert client.get(page).status_code == 302  # it ends already
    client.force_login(finn)
    money, page = reverse("budgets:show", args=[case.pk]), reverse("lines:carry_out", args=[case.pk, change.pk])
    assert page in client.get(money).content.decode()
    seen = queries.weigh(change, on=LATER).seen
    assert f'value="{seen}"' in client.get(page).content.decode()
    assert client.post(page, {"seen": seen}).url == money
    shown = unescape(client.get(money).content.decode())
    assert f"“Support” ends after 10 May 2026. {WHY} From 11 May 2026 the budget is £220.00 a week." in shown
    assert "What Ada pays stays the same" in shown and page not in shown
    client.force_login(bea)
    assert client.post(reverse("lines:keep", args=[case.pk, change.pk]), follow=True).status_code == 200


def test_a_change_of_the_charge_that_waits_stops_no_worker_and_comes_first_for_finance(line, case, bea, finn, client):
    """Her money was checked again, and from 23 April she pays less: finance decides that, and then the line goes."""
    means = MEANS | {"income": [PENSION | {"pence_per_week": 200_00}]}
    FinancialAssessment.objects.create(case=case, started_on=STARTS, completed_on=STARTS, basis="full", means=means)
    client.force_login(bea)
    said = {"ends_on_day": "10", "ends_on_month": "5", "ends_on_year": "2026", "reason": WHY}
    page = unescape(client.post(reverse("lines:end", args=[case.pk, line.pk]), said).content.decode())
    assert "not known yet" in page and "Charges about to change" in page and "Check what ends" in page
    change = end_line(line=line, ends_on=LAST, reason=WHY, by=bea, on=LATER)
    with pytest.raises(Refusal, match="Finance does that first, under “Charges about to change”"):
        queries.weigh(change, on=LATER)
    (charge,) = changes(seen_by=finn, on=LATER)
    decide_change(budget=charge.budget, seen=charge.seen, money_changed=False, by=finn, on=LATER)
    after = carry_out(change=change, seen=queries.weigh(change, on=LATER).seen, by=finn, on=LATER)
    assert (after.starts_on, after.cost_pence_per_week) == (LAST + DAY, 220_00)
    assert clean(line.plan)


def test_what_ends_before_a_charge_changes_goes_first(line, case, bea, finn):
    change = end_line(line=line, ends_on=LAST, reason=WHY, by=bea, on=LATER)
    means = MEANS | {"income": [PENSION | {"pence_per_week": 200_00}]}
    FinancialAssessment.objects.create(case=case, started_on=LATER, completed_on=LATER, basis="full", means=means)
    (charge,) = changes(seen_by=finn, on=LATER)
    decided = {"budget": charge.budget, "seen": charge.seen, "money_changed": False, "by": finn, "on": LATER}
    with pytest.raises(Refusal, match="“Support” ends before that day"):
        decide_change(**decided)
    carry_out(change=change, seen=queries.weigh(change, on=LATER).seen, by=finn, on=LATER)
    (charge,) = changes(seen_by=finn, on=LATER)
    after = decide_change(**decided | {"budget": charge.budget, "seen": charge.seen})
    assert after.starts_on > LAST + DAY and after.cost_pence_per_week == 220_00
    assert clean(line.plan)


def test_a_plan_being_written_says_what_ended_since_in_the_one_in_force(line, case, bea, client):
    draft = new_plan(case, ON, like=Plan.objects.get(pk=line.plan_id))
    change = end_line(line=line, ends_on=LAST, reason=WHY, by=bea, on=LATER)
    told = {pk: each.last_day for pk, each in ended_since(draft.lines.all()).items()}
    assert told == {draft.lines.get(follows=line).pk: LAST}
    rows = {row["id"]: row["ended"] for row in whole(draft, LATER)["rows"]}
    assert rows[draft.lines.get(follows=line).pk] == change and len([each for each in rows.values() if each]) == 1
    client.force_login(bea)
    page = unescape(client.get(reverse("planning:overview", args=[case.pk])).content.decode())
    assert f"<strong>In the plan in force it ends after 10 May 2026.</strong> {WHY}" in page
    keep_line(change=change, by=bea, on=LATER)
    assert ended_since(draft.lines.all()) == {}


def test_two_lines_end_on_one_day_and_a_new_last_day_goes_back_over_what_never_ran(line, bea, finn):
    """A day centre and the way there: the budget that ran without one alone never ran, and is stepped over."""
    other = line.plan.lines.get(unit_cost_pence=100_00)
    first, second = (end_line(line=each, ends_on=LAST, reason=WHY, by=bea, on=ON) for each in (line, other))
    for change in (second, first):  # the one that was decided last goes first
        after = carry_out(change=change, seen=queries.weigh(change, on=ON).seen, by=finn, on=ON)
    assert (after.starts_on, after.cost_pence_per_week) == (LAST + DAY, 120_00)
    assert clean(line.plan)
    end_budget(budget=after, ends_on=STARTS + 6 * DAY, reason="They move away", cover=COVER, by=finn, on=ON)
    assert sorted(each.ending.ends_on for each in line.plan.budgets.all()) == [STARTS + 6 * DAY, LAST, LAST]
    assert clean(line.plan)
