"""A line's recorded price has another in its place: the budget goes on at it, and the plan stays as it was agreed."""

from datetime import date, timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from leeway.care.decisions.models import DecisionKind
from leeway.care.decisions.queries import that_stand
from leeway.care.letters.content import letter_of
from leeway.care.people.events import Event
from leeway.care.planning.actions.writing import new_plan
from leeway.care.planning.line_changes import at_price, at_prices, lines_decided
from leeway.care.planning.models import LineChange, Plan, PlanState, Way
from leeway.care.planning.queries import charges_of
from leeway.care.planning.replay import replay as replay_plans
from leeway.market.contracts.actions import record_rate
from leeway.market.listings.models import Provider, Service
from leeway.messages.models import Message
from leeway.money.budgets.changes import change_into
from leeway.money.budgets.models import Instalment, Part
from leeway.money.budgets.schedule import days_pence
from leeway.money.lines import queries
from leeway.money.lines.actions import carry_out, end_line, take_prices
from leeway.money.payments.making import make_run
from leeway.money.payments.queries import findings
from leeway.money.spending.queries import plan_now
from leeway.refusal import NotAllowed, Refusal
from tests.care.letters.reading import words
from tests.conftest import SET_UP_ON
from tests.money.lines.conftest import LINES, STARTS
from tests.money.lines.test_ending import LATER, ON, WHY, clean, paid_for

FROM = date(2026, 5, 11)
DAY = timedelta(days=1)


@pytest.fixture
def listed(bea):
    """A service at £80 an hour, and how its price is recorded anew."""
    provider = Provider.objects.create(name="Harbour Care")
    service = Service.objects.create(provider=provider, name="Day care", regulated=True, last_checked_on=SET_UP_ON)

    def priced(pence, starts_on=FROM, on=ON):
        return record_rate(service=service, pence=pence, unit="hour", starts_on=starts_on, by=bea, on=on)

    priced(80_00, SET_UP_ON, SET_UP_ON)
    return priced


@pytest.fixture
def line(started, listed):
    """The £80 of Ada's budget of £300, which is an hour a week at a recorded price."""
    rate = Service.objects.get().rates.get()
    return started(rates=(None, rate)).plan.lines.get(rate=rate)


def taken(line, finn, on=LATER):
    """Finn looks at what changes, and has the budget go on."""
    case = line.plan.case
    return take_prices(case=case, seen=queries.weigh_prices(case, on=on)[2].seen, by=finn, on=on)


@pytest.mark.parametrize(("pence", "cost"), [(95_50, 315_50), (60_00, 280_00)])
def test_the_budget_goes_on_at_it_and_what_was_paid_for_later_days_counts(line, listed, finn, paid, pence, cost):
    """Two lots were paid before: what is right is £200 a week until 10 May, and at the new price after it."""
    budget = line.plan.budgets.get()
    paid(make_run(pay_on=date(2026, 4, 27), by=finn, on=ON), ON)
    before, until = paid_for(Way.DIRECT_PAYMENT), Instalment.objects.order_by("-ends_on").first().ends_on
    listed(pence)
    after = taken(line, finn)
    assert (after.starts_on, after.cost_pence_per_week, after.nhs_pence_per_week) == (FROM, cost, 25_00)
    assert after.charge_pence_per_week == budget.charge_pence_per_week > 0  # by her means, and not all of it
    net = {each.budget_id: each.paid_pence_per_week for each in Part.objects.filter(way=Way.DIRECT_PAYMENT)}
    more = paid_for(Way.DIRECT_PAYMENT) - before
    right = days_pence(net[after.pk], (until - FROM).days + 1) - days_pence(net[budget.pk], (until - FROM).days + 1)
    assert abs(more - right) <= 2  # a part of a penny a cut
    assert clean(line.plan)


def test_a_price_of_the_very_day_on_which_the_budget_began_takes_its_place_whole(line, listed, finn):
    """It counts from 22 April, since the days before are of no budget that runs: that one never ran."""
    listed(100_00, STARTS, STARTS)
    case = line.plan.case
    after = taken(line, finn)
    assert after.starts_on == STARTS and after.cost_pence_per_week == 320_00
    assert queries.next_prices([after]) == {} and plan_now(case).ends == {}  # another price is no last day
    listed(110_00, LATER, LATER)
    again = taken(line, finn)
    assert (again.starts_on, again.cost_pence_per_week) == (LATER, 330_00)
    assert [each.rate.pence for each in LineChange.objects.all()] == [100_00, 110_00]
    with pytest.raises(Refusal, match="No recorded price of the plan in force has another"):
        queries.weigh_prices(case, on=LATER)
    assert clean(line.plan)


def test_who_pays_all_of_it_pays_the_new_price(started, listed, finn):
    rate = Service.objects.get().rates.get()
    line = started(capital_pence=90_000_00, rates=(None, rate)).plan.lines.get(rate=rate)
    listed(90_00)
    after = taken(line, finn)
    assert (after.charge_pence_per_week, after.council_pence_per_week) == (285_00, 0)
    assert charges_of(line.plan)[-1].why == "because the price of support is another"
    assert clean(line.plan)


def test_the_person_is_told_and_the_cause_is_price_alone(line, listed, case, finn):
    listed(90_00)
    after = taken(line, finn)
    told = "“Support” costs £90.00 an hour from 11 May 2026, and cost £80.00 until then. It is the same support."
    assert case.story.get(kind=Event.LINE_REPRICED).sentence == told
    (budget,) = [each for each in that_stand(case) if each.kind == DecisionKind.FINAL_BUDGET]
    assert budget == after.final_budget
    letter = words(letter_of(budget))
    assert "£310.00 a week" in letter and "£90.00 an hour" in letter and "Tell us if you do not agree." in letter
    assert Message.objects.filter(template="decision_ready", case_id=case.pk).exists()
    assert change_into(after, you=True) == "The council pays £10.00 a week more: £10.00 more because prices rose."


def test_what_was_signed_off_beside_the_lines_stays_so(line, listed):
    """£270 was decided for lines of £300: at £10 more it is £280, and all of the £10 is price."""
    before = line.plan.budgets.select_related("final_budget").get().final_budget
    before.result = before.result | {"pence_per_week": 270_00}
    listed(90_00)
    new = at_price(line, Service.objects.get().rates.latest("starts_on"))
    reckoned = at_prices(lines_decided([before.pk])[before.pk], {line.pk: new}, before)
    assert (reckoned.pence_per_week, reckoned.costed["pence_per_week"]) == (280_00, 310_00)


def test_the_plan_stays_and_the_next_one_begins_at_the_price_that_is_paid(line, listed, case, bea, finn):
    rate = listed(90_00)
    taken(line, finn)
    plan = Plan.objects.get(pk=line.plan_id)
    assert (plan.state, sorted(each.unit_cost_pence for each in plan.lines.all())) == (
        PlanState.AGREED, [80_00, 100_00, 120_00],
    )  # fmt: skip
    (again,) = new_plan(case, LATER, like=plan).lines.filter(unit_cost_pence=90_00)
    assert again.rate == rate and again.follows == line


def test_a_line_that_ends_after_its_price_rose_ends_at_that_price(line, listed, bea, finn):
    listed(90_00)
    taken(line, finn)
    change = end_line(line=line, ends_on=LATER, reason=WHY, by=bea, on=LATER)
    after = carry_out(change=change, seen=queries.weigh(change, on=LATER).seen, by=finn, on=LATER)
    assert after.cost_pence_per_week == 220_00
    listed(99_00, LATER + 7 * DAY, LATER)
    assert queries.next_prices([after]) == {}
    assert clean(line.plan)


def test_what_cannot_be_is_refused_and_finance_alone_takes_a_price(line, listed, case, bea, finn):
    with pytest.raises(Refusal, match="No recorded price of the plan in force has another"):
        taken(line, finn)
    listed(90_00, LATER + timedelta(weeks=9), ON)
    with pytest.raises(Refusal, match="It can be taken from 25 May 2026 on"):
        taken(line, finn)
    listed(90_00)
    seen = queries.weigh_prices(case, on=LATER)[2].seen
    with pytest.raises(NotAllowed):
        take_prices(case=case, seen=seen, by=bea, on=LATER)
    listed(91_00, FROM + DAY, LATER - 7 * DAY)
    listed(92_00, LATER, LATER)
    with pytest.raises(Refusal, match="not what you saw"):
        take_prices(case=case, seen="another", by=finn, on=LATER)
    assert not LineChange.objects.exists() and line.plan.budgets.count() == 1


def test_finn_finds_whose_price_changed_and_has_the_budget_go_on(line, listed, case, finn, bea, client, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: LATER)
    listed(90_00)
    client.force_login(finn)
    page, money = reverse("lines:take_prices", args=[case.pk]), reverse("budgets:show", args=[case.pk])
    shown = unescape(client.get(reverse("lines:new_prices")).content.decode())
    assert page in shown and "1 hour a week at £90.00: £90.00 a week from then" in shown
    shown = unescape(client.get(page).content.decode())
    seen = queries.weigh_prices(case, on=LATER)[2].seen
    assert f'value="{seen}"' in shown and "£310.00" in shown and "1 hour a week at £80.00" in shown
    assert client.post(page, {"seen": seen}).url == money
    shown = unescape(client.get(money).content.decode())
    assert "“Support” costs £90.00 an hour from 11 May 2026" in shown and "the budget is £310.00 a week" in shown
    assert page not in client.get(reverse("lines:new_prices")).content.decode()
    assert "No recorded price of the plan in force" in client.get(page, follow=True).content.decode()
    client.force_login(bea)
    monkeypatch.setattr("leeway.care.people.queries.is_own_case", lambda user, case, on: True)
    plan = unescape(client.get(reverse("planning:overview", args=[case.pk])).content.decode())
    assert "From 11 May 2026: £90.00 each." in plan and "new prices" not in plan


def test_there_is_nothing_to_take_for_lines_at_prices_of_their_own(started, finn):
    assert LINES and queries.next_prices([started()]) == {}


def test_a_price_that_was_bent_is_found_in_the_books_and_by_replay(line, listed, finn, guards_aside):
    listed(90_00)
    after = taken(line, finn)
    other = listed(95_00, LATER, LATER)
    guards_aside(f"UPDATE planning_linechange SET rate_id = {other.pk}")
    assert any(f"Budget {after.pk} does not pay for line {line.pk} at the price" in str(each) for each in findings())
    decided = str(after.final_budget_id)
    assert [each.sentence for each in replay_plans() if each and each.decision_id == decided] == [
        "the lines of its plan"
    ]
