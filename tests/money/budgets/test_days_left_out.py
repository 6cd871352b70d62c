"""Days in hospital: payments wait until a day, and then the days are paid and charged as agreed, or neither."""

from datetime import date, timedelta

import pytest

from leeway.care.circumstances.actions import record_death, record_stay, take_back_stay
from leeway.care.circumstances.queries import standing_death
from leeway.care.people.events import Event
from leeway.care.planning.models import Way
from leeway.messages.models import Message
from leeway.money.budgets.actions import (
    end_budget,
    end_holds,
    extend_hold,
    leave_out_days,
    lift_hold,
    place_hold,
    start_budget,
)
from leeway.money.budgets.models import WHILE_AWAY, Hold, HoldKind, Instalment
from leeway.money.budgets.queries import holds_to_look_at
from leeway.money.budgets.replay import replay
from leeway.money.budgets.schedule import days_pence
from leeway.money.contributions.actions import let_fall_due
from leeway.money.ledger.models import Kind, Transfer
from leeway.money.payments.making import make_run
from leeway.money.payments.queries import findings
from leeway.refusal import Refusal

SET_UP, ON = date(2026, 4, 1), date(2026, 4, 20)
IN, OUT, HOME = date(2026, 5, 4), date(2026, 5, 17), date(2026, 5, 18)  # two weeks
WHY = "The agency was not paid for these days."


@pytest.fixture
def budget(case, agree, bank, finn):
    """Ada's: £100 a week direct and £70 managed, of which she pays £35, from Wednesday 22 April 2026."""
    plan = agree(case, (Way.DIRECT_PAYMENT, 100_00, 0), (Way.COUNCIL_MANAGED, 70_00, 0), charge_pence=35_00)
    bank(case)
    return start_budget(plan=plan, by=finn, on=SET_UP)


@pytest.fixture
def in_hospital(budget, case, bea, finn):
    record_stay(
        case=case, kind="hospital", place="St Mary's", starts_on=IN, ends_on=OUT, told_by="Her sister", by=bea, on=HOME
    )
    return place_hold(
        budget=budget, kind=HoldKind.HOSPITAL, reason="In St Mary's", last_on=HOME, by=finn, on=date(2026, 5, 5)
    )


def net(way):
    """What is to be paid for a way in all, however many budgets it has."""
    dues = Instalment.objects.filter(part__way=way, kind="regular", cancellation=None)
    return {each.starts_on: (each.amount_pence, each.already_paid_pence) for each in dues.order_by("starts_on")}


def test_nothing_is_paid_or_charged_for_the_days_and_what_was_paid_comes_off_to_the_penny(
    budget, in_hospital, case, finn, paid
):
    """The four weeks from 27 April were paid before anybody knew: two weeks of them come off the next payment."""
    in_hospital.refresh_from_db()
    lift_hold(hold=in_hospital, days_because="So that the first runs are made", by=finn, on=date(2026, 5, 5))
    paid(make_run(pay_on=date(2026, 4, 27), by=finn, on=ON), ON)
    before = sum(pence for pence, _ in net(Way.DIRECT_PAYMENT).values())
    hold = place_hold(
        budget=budget, kind=HoldKind.HOSPITAL, reason="Is ill", last_on=HOME, by=finn, on=date(2026, 5, 6)
    )
    after = leave_out_days(hold=hold, starts_on=IN, ends_on=OUT, reason=WHY, by=finn, on=HOME)
    direct = days_pence(after.parts.get(way=Way.DIRECT_PAYMENT).paid_pence_per_week, 14)
    assert after.starts_on == HOME
    dues = net(Way.DIRECT_PAYMENT)
    assert dues[HOME] == (0, dues[date(2026, 4, 27)][0] * 7 // 28)  # the week to 24 May was paid too
    assert before - sum(pence for pence, _ in dues.values()) == direct
    assert case.story.get(kind=Event.DAYS_LEFT_OUT).sentence.startswith(
        "From 4 May 2026 to 17 May 2026: nothing is paid, and nothing is charged. The agency"
    )
    assert "away from 4 May 2026 to 17 May 2026" in Message.objects.get(template="days_left_out").body
    assert not case.story.filter(kind=Event.BUDGET_ENDED).exists()
    assert list(findings()) == []
    assert [answer for answer in replay() if answer] == []


def test_her_charge_does_not_fall_due_for_the_days(case, agree, bea, finn):
    plan = agree(case, (Way.COUNCIL_MANAGED, 70_00, 0), charge_pence=35_00)
    budget = start_budget(plan=plan, by=finn, on=SET_UP)
    record_stay(case=case, kind="hospital", place="", starts_on=IN, ends_on=OUT, told_by="Her sister", by=bea, on=HOME)
    hold = place_hold(budget=budget, kind=HoldKind.HOSPITAL, reason="Is ill", last_on=HOME, by=finn, on=HOME)
    leave_out_days(hold=hold, starts_on=IN, ends_on=OUT, reason=WHY, by=finn, on=HOME)
    let_fall_due(on=date(2026, 6, 21))
    owed = Transfer.objects.filter(reason="fell_due", credit__kind=Kind.OWED_BY_PERSON).values_list("amount_pence")
    back = Transfer.objects.filter(reason="no_longer_due").values_list("amount_pence")
    charged = sum(pence for (pence,) in owed) - sum(pence for (pence,) in back)
    days = (date(2026, 6, 21) - date(2026, 4, 22)).days + 1 - 14
    assert abs(charged - 35_00 * days // 7) <= 1
    assert list(findings()) == []


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (IN, IN - timedelta(1), "The last day is before the first"),
        (IN - timedelta(1), OUT, "No stay that is on record"),
        (date(2026, 4, 22), OUT, "lies after that day"),
        (IN, HOME + timedelta(1), "once they are over"),
    ],
)
def test_days_that_cannot_be_left_out_are_refused(in_hospital, finn, first, last, words):
    with pytest.raises(Refusal, match=words):
        leave_out_days(hold=in_hospital, starts_on=first, ends_on=last, reason=WHY, by=finn, on=HOME)
    assert Hold.objects.get().lifted_on is None


def test_a_death_among_the_days_ends_the_budget_before_them(budget, in_hospital, case, bea, finn):
    leave_out_days(hold=in_hospital, starts_on=IN, ends_on=OUT, reason=WHY, by=finn, on=HOME)
    latest = case.budgets.first()
    take_back_stay(case=case, stay=case.person.stays.get(), because="She died there", by=bea, on=HOME)
    record_death(case=case, died_on=date(2026, 5, 10), told_by="A nurse", by=bea, on=HOME)
    death = standing_death(case.person)
    end_budget(
        cover="Her family, from then on",
        budget=latest,
        ends_on=date(2026, 5, 10),
        reason="He died",
        death=death.pk,
        by=finn,
        on=HOME,
    )
    assert list(findings()) == []
    unpaid = Instalment.objects.filter(cancellation=None, amount_pence__gt=0, starts_on__gt=date(2026, 5, 3))
    assert not unpaid.exists()


def test_a_hold_is_looked_at_again_or_ends_by_itself(budget, finn):
    held = {"budget": budget, "reason": "For now", "last_on": date(2026, 5, 1), "by": finn, "on": ON}
    looked = place_hold(kind=HoldKind.SAFEGUARDING, **held)
    alone = place_hold(kind=HoldKind.REVIEW_OVERDUE, ends_by_itself=True, **held)
    for kind in WHILE_AWAY:  # whose days a person has to decide on
        with pytest.raises(Refusal, match="somebody has to say whether the days") as refused:
            place_hold(kind=kind, ends_by_itself=True, **held)
        assert refused.value.field == "ends_by_itself"
    Hold.objects.create(
        budget=budget,
        kind=HoldKind.HOSPITAL,
        reason="In St Mary’s",
        last_on=date(2026, 5, 1),
        ends_by_itself=True,
        placed_by=finn,
        placed_on=ON,
    )  # as it could be placed before
    assert [end_holds(on=date(2026, 5, 1)), end_holds(on=date(2026, 5, 2)), end_holds(on=date(2026, 5, 3))] == [0, 1, 0]
    assert {hold.kind for hold in Hold.objects.filter(lifted_on=None)} == {looked.kind, HoldKind.HOSPITAL}
    assert Hold.objects.get(pk=alone.pk).lifted_by == finn
    assert looked in holds_to_look_at(date(2026, 5, 2), seen_by=finn)
    with pytest.raises(Refusal, match="after the one until which"):
        extend_hold(hold=looked, last_on=date(2026, 5, 1), by=finn, on=date(2026, 4, 30))
    with pytest.raises(Refusal, match="within three months"):
        extend_hold(hold=looked, last_on=date(2026, 12, 1), by=finn, on=date(2026, 5, 2))
    with pytest.raises(Refusal, match="since you opened the page"):
        extend_hold(hold=looked, last_on=date(2026, 5, 20), seen=str(ON), by=finn, on=date(2026, 5, 2))
    extend_hold(hold=looked, last_on=date(2026, 5, 20), by=finn, on=date(2026, 5, 2))
    assert looked not in holds_to_look_at(date(2026, 5, 2), seen_by=finn)
