"""New prices of plans in a batch: counted with the charge from one day, told in one letter, undone as one."""

from datetime import date

import pytest
from django.urls import reverse

from leeway.care.decisions.models import DecisionKind
from leeway.care.decisions.queries import that_stand
from leeway.care.decisions.replay import replay as replay_decisions
from leeway.care.people.events import Event
from leeway.care.people.models import StoryLine
from leeway.care.planning.models import LineChange, Way
from leeway.care.planning.queries import charges_of
from leeway.care.planning.replay import replay as replay_plans
from leeway.market.contracts.actions import record_rate
from leeway.market.listings.models import Provider, Service
from leeway.messages.models import Message
from leeway.money.budgets.changes import change_into
from leeway.money.budgets.replay import replay
from leeway.money.lines import queries as lines
from leeway.money.lines.actions import carry_out, end_line
from leeway.money.payments.queries import findings
from leeway.money.uprating.states import RowState
from tests.money.uprating.conftest import APRIL, CHECKED, ON

BIG = [{"kind": "private_pension", "pence_per_week": 900_00}]


@pytest.fixture
def priced(bea):
    """A service at £300 an hour, and how its price is recorded anew."""

    def made(name, pence=None, starts_on=APRIL):
        provider, _ = Provider.objects.get_or_create(name=name)
        service, new = Service.objects.get_or_create(
            provider=provider, name="Home care", defaults={"regulated": True, "last_checked_on": CHECKED}
        )
        if new:
            record_rate(service=service, pence=300_00, unit="hour", starts_on=CHECKED, by=bea, on=CHECKED)
        if pence:
            record_rate(service=service, pence=pence, unit="hour", starts_on=starts_on, by=bea, on=ON)
        return service.rates.get(starts_on=CHECKED)

    return made


@pytest.fixture
def crowd(charged, priced):
    """Amy pays by her means, Bob all of it, Cid in advance to himself; Dee's price is older, and Eve has her own."""
    dear, cheap, early = (priced(name) for name in ("Harbour", "Meadow", "Oak"))
    found = {
        "Amy": charged("Amy", rates=[dear]),
        "Bob": charged("Bob", rates=[dear], income=BIG),
        "Cid": charged("Cid", rates=[cheap], lines=((Way.DIRECT_PAYMENT, 300_00, 0),), account="12345678"),
        "Dee": charged("Dee", rates=[early]),
        "Eve": charged("Eve"),
    }
    priced("Harbour", 315_00), priced("Meadow", 290_00), priced("Oak", 310_00, date(2026, 4, 1))
    return found


def whole(budgets):
    """That the books hold, and that everything decided since the fixtures' own comes out again."""
    made = {str(charge.pk) for budget in budgets for charge in charges_of(budget.plan)[1:]}
    made |= {str(change.final_budget_id) for change in LineChange.objects.all()}
    assert list(findings()) == [] and not [each for each in replay() if each]
    bent = [each for each in [*replay_decisions(), *replay_plans()] if each and hasattr(each, "sentence")]
    assert not made & {each.decision_id for each in bent if type(each).__name__ == "Bent"}
    told, decided = StoryLine.objects.filter(kind=Event.BUDGET_UPRATED), LineChange.objects.values("final_budget")
    assert told.count() == decided.order_by().distinct().count()
    return True


def test_an_april_with_new_prices_is_counted_told_and_undone_as_one(crowd, batch_at):
    batch = batch_at("worked out", takes_prices=True)
    rows = {name: batch.rows.get(budget=budget) for name, budget in crowd.items()}
    assert rows["Dee"].state == RowState.SET_APART and "New prices of plans" in rows["Dee"].why
    assert [rows[name].cost_after_pence for name in ("Amy", "Bob", "Cid", "Eve")] == [315_00, 315_00, 290_00, None]
    assert rows["Amy"].by_price_pence == 0 and rows["Bob"].by_price_pence == 15_00
    assert rows["Bob"].after_pence == 315_00 and rows["Eve"].prices == []
    batch = batch_at("told", batch=batch)
    for name, cause in (("Amy", "£15.00 more because prices rose"), ("Cid", "£10.00 less because prices fell")):
        row = batch.rows.get(budget=crowd[name])
        after = row.budget_after
        assert (row.state, after.starts_on, after.cost_pence_per_week) == (
            RowState.APPLIED,
            APRIL,
            row.cost_after_pence,
        )
        assert after.charge_pence_per_week == row.after_pence and cause in change_into(after, you=True)
    bobs = Message.objects.get(template="budget_uprated", case_id=crowd["Bob"].case_id)
    for words in (
        "“Support” costs £315.00 an hour, and cost £300.00 before",
        "is £315.00 a week from that day",
        "You pay £315",
    ):
        assert words in bobs.body
    assert Message.objects.filter(template="charge_uprated").count() == 1  # Eve's
    assert whole(crowd.values())
    batch = batch_at("undone", batch=batch)
    for name in ("Amy", "Bob", "Cid"):
        row = batch.rows.get(budget=crowd[name])
        assert row.state == RowState.TAKEN_BACK, row.why
        assert row.budget_again.final_budget == crowd[name].final_budget
        (stands,) = [each for each in that_stand(row.case) if each.kind == DecisionKind.FINAL_BUDGET]
        assert stands == crowd[name].final_budget
        assert row.budget_again.charge_pence_per_week == row.before_pence
    assert Message.objects.filter(template="budget_taken_back").count() == 3
    assert not LineChange.objects.filter(taken_back_on=None).exists() and whole(crowd.values())


def test_what_was_undone_can_be_done_again_and_the_rest_by_itself(crowd, batch_at, finn):
    batch_at("undone", takes_prices=True)
    again = batch_at("applied", takes_prices=True)
    assert again.rows.get(budget__case=crowd["Amy"].case).budget_after.cost_pence_per_week == 315_00
    assert whole(crowd.values())
    (dee,) = lines.new_prices(seen_by=finn, on=ON)
    assert dee.budget.case == crowd["Dee"].case


def test_prices_of_the_first_of_april_go_in_a_batch_of_that_day_and_the_charges_after_it(crowd, batch_at):
    """In a batch of 6 April five days would be paid at last year's price, so they are set apart there."""
    early = batch_at("applied", day=date(2026, 4, 1), puts_benefits_up=False, takes_prices=True)
    row = early.rows.get(budget=crowd["Dee"])
    assert (row.state, row.budget_after.cost_pence_per_week) == (RowState.APPLIED, 310_00)
    again = batch_at("applied", takes_prices=True).rows.get(budget__case=row.case)
    assert again.state == RowState.APPLIED and again.prices == [] and again.budget.cost_pence_per_week == 310_00
    assert whole(crowd.values())


def test_what_ends_before_its_day_goes_first(crowd, charged, batch_at, bea, finn):
    two = charged("Flo", lines=((Way.COUNCIL_MANAGED, 300_00, 0), (Way.COUNCIL_MANAGED, 50_00, 0)))
    line = two.plan.lines.get(unit_cost_pence=50_00)
    change = end_line(line=line, ends_on=date(2026, 3, 31), reason="It is not needed any more", by=bea, on=ON)
    batch = batch_at("worked out")
    row = batch.rows.get(budget=two)
    assert row.state == RowState.SET_APART and "from the budget page" in row.why
    batch_at("applied", batch=batch)
    after = carry_out(change=change, seen=lines.weigh(change, on=ON).seen, by=finn, on=ON)
    assert (after.starts_on, after.cost_pence_per_week) == (date(2026, 4, 1), 300_00)
    assert list(findings()) == []


def test_who_pays_the_same_at_another_price_still_has_a_new_budget_and_a_letter(charged, priced, batch_at):
    budget = charged("Amy", rates=[priced("Harbour")], income=[])
    priced("Harbour", 320_00)
    batch = batch_at("worked out", takes_prices=True)
    row = batch.rows.get()
    assert (row.state, row.before_pence, row.after_pence) == (RowState.STAYS, 0, 0)
    batch = batch_at("told", batch=batch)
    row.refresh_from_db()
    assert row.budget_after.cost_pence_per_week == 320_00 and row.told_on == ON
    (message,) = Message.objects.filter(template="budget_uprated")
    assert "Why: the price of support is another" in message.body
    assert whole([budget])
    batch_at("undone", batch=batch)
    assert whole([budget])


def test_a_price_that_is_another_by_then_is_not_put_in_place(crowd, priced, batch_at):
    batch = batch_at("approved", takes_prices=True)
    priced("Harbour", 330_00)
    batch = batch_at("applied", batch=batch)
    row = batch.rows.get(budget=crowd["Amy"])
    assert row.state == RowState.TAKEN_OUT and "A recorded price" in row.why
    assert batch.rows.get(budget=crowd["Cid"]).state == RowState.APPLIED and whole(crowd.values())


def test_without_prices_a_batch_leaves_them(crowd, batch_at):
    batch = batch_at("applied")
    assert not LineChange.objects.exists() and not batch.rows.exclude(prices=[]).exists()


def test_its_pages_say_what_costs_another_price(crowd, batch_at, client, finn):
    batch = batch_at("worked out", takes_prices=True)
    client.force_login(finn)
    page = client.get(reverse("uprating:show", args=[batch.pk])).content.decode()
    assert "3 budgets go on at new prices: together £20.00 a week more" in page
    row = batch.rows.get(budget=crowd["Bob"])
    page = client.get(reverse("uprating:row", args=[batch.pk, row.pk])).content.decode()
    assert "“Support” costs £315.00 an hour, and cost £300.00 before" in page and "Prices of support" in page
