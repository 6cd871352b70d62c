"""What an employer still owes after the end: limits, a second look, cancelled until paid, owed again once back."""

from datetime import date

import pytest

from leeway.money.budgets import actions as budgets
from leeway.money.budgets.models import Cancellation
from leeway.money.ledger.models import Transfer
from leeway.money.payments.actions import approve_run, record_sent
from leeway.money.payments.making import NothingToPay, make_run
from leeway.money.payments.queries import findings
from leeway.money.payments.withdrawing import cancel_run
from leeway.refusal import NotAllowed, Refusal
from tests.site.ends.conftest import ON, PAY_ON, committed


def test_two_assistants_are_owed_on_one_day_and_one_press_counts_once(budget, ada_case, end, owe, bank, finn):
    end()
    owe(100_00)
    owe(200_00, whose="Sam Lee")
    with pytest.raises(Refusal, match="for Jo Smith today already"):
        owe(100_00, whose="jo smith")
    run = make_run(pay_on=PAY_ON, by=finn, on=ON)
    assert {100_00, 200_00} <= set(run.payments.values_list("amount_pence", flat=True))


def test_a_last_cost_is_cancelled_until_it_is_paid_and_its_money_goes_back(ada_case, end, owe, finn, fay, bea):
    end()
    before = committed(ada_case)
    cost = owe(900_00)
    with pytest.raises(NotAllowed):
        budgets.cancel_last_cost(cost=cost, reason="Too much", by=bea, on=ON)
    budgets.cancel_last_cost(cost=cost, reason="Too much", by=finn, on=ON)
    assert committed(ada_case) == before
    with pytest.raises(Refusal, match="paid or cancelled already"):
        budgets.cancel_last_cost(cost=cost, reason="Too much", by=finn, on=ON)
    right = owe(90_00)
    run = approve_run(run=make_run(pay_on=PAY_ON, by=finn, on=ON), by=fay, on=ON)
    with pytest.raises(Refusal, match="in an approved payment run"):
        budgets.cancel_last_cost(cost=right, reason="Too late", by=finn, on=ON)
    record_sent(run=run, sent_on=ON, by=fay, on=ON)
    with pytest.raises(Refusal, match="paid or cancelled already"):
        budgets.cancel_last_cost(cost=right, reason="Too late", by=finn, on=ON)
    assert not list(findings())
    sent = Transfer.objects.filter(about__in=[cost.pk, right.pk], reason="payment_sent")
    assert [each.amount_pence for each in sent] == [90_00]


def test_last_wages_that_come_back_are_still_owed(ada_case, end, owe, finn, fay, paid):
    """And so is what was not paid yet; of one kind on one day, each by itself."""
    end()
    tom, sam = owe(90_00), owe(80_00, whose="Sam Smith")
    run = make_run(pay_on=PAY_ON, by=finn, on=ON)
    places = {each.instalment_id: each.place for each in run.payments.all()}
    unpaid = owe(70_00, whose="Uma Smith")
    set_aside = committed(ada_case)
    paid(run, ON, returned={places[tom.pk]: "account closed"})
    assert not Cancellation.objects.filter(instalment__in=[tom.pk, sam.pk, unpaid.pk]).exists()
    assert committed(ada_case, on=PAY_ON) == set_aside - run.total_pence + 90_00
    assert not list(findings())
    with pytest.raises(NothingToPay):
        make_run(pay_on=date(2026, 7, 1), by=finn, on=date(2026, 6, 18))
    for hold in ada_case.budgets.get().holds.filter(lifted_on=None):
        budgets.lift_hold(hold=hold, by=finn, on=date(2026, 6, 18))
    again = make_run(pay_on=date(2026, 7, 1), by=finn, on=date(2026, 6, 18))
    assert {each.instalment_id for each in again.payments.all()} == {tom.pk, unpaid.pk}


def test_a_last_cost_has_a_limit_and_a_large_one_a_second_look(ada_case, end, owe, finn, fay, client, settings):
    end()
    with pytest.raises(Refusal, match=r"at most £50,000\.00"):
        owe(900_000_000_00, kind="redundancy")
    large = owe(settings.LAST_COST_SECOND_LOOK_PENCE + 1, kind="redundancy")
    assert large.needs_second_look and not owe(settings.LAST_COST_SECOND_LOOK_PENCE).needs_second_look
    paid = make_run(pay_on=PAY_ON, by=finn, on=ON)
    assert not paid.payments.filter(instalment=large.pk).exists()
    cancel_run(run=paid, by=finn, on=ON)
    with pytest.raises(NotAllowed):
        budgets.look_at_last_cost(cost=large, by=finn, on=ON)
    at = f"/cases/{ada_case.pk}/budget/"
    client.force_login(finn)
    page = client.get(at).content.decode()
    assert "another officer looks at it first" in page and "I looked at it" not in page and "Cancel it" in page
    client.force_login(fay)
    assert "I looked at it" in client.get(at).content.decode()
    assert client.post(f"{at}last-cost/{large.pk}/look/").headers["Location"] == at
    assert make_run(pay_on=PAY_ON, by=finn, on=ON).payments.filter(instalment=large.pk).exists()
