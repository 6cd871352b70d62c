"""What is written off is the council's cost, what was paid too much goes back: one asks, another decides."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from leeway.access.models import User
from leeway.access.roles import Role
from leeway.money.bills import actions
from leeway.money.bills.actions.settling import needs_manager
from leeway.money.bills.kinds import Asked, SettlementKind
from leeway.money.bills.models import Bill, SettlementAnswer
from leeway.money.bills.queries import settlements_to_decide
from leeway.money.budgets.actions import end_budget, start_budget
from leeway.money.ledger.models import Account, Kind
from leeway.money.ledger.queries import balance
from leeway.money.payments.queries import findings
from leeway.refusal import NotAllowed, Refusal
from tests.money.bills.conftest import BILLED_ON, night, owed, pay

ON = BILLED_ON[1] + timedelta(days=1)


@pytest.fixture
def owing(budget):
    night(BILLED_ON[1])
    return budget.case


@pytest.fixture
def fiona(db):
    return User.objects.create_user("fiona@council.example", "x", name="Fiona Hale", roles=[Role.FINANCE_MANAGER])


def ask(case, by, pence=5_00, kind=SettlementKind.WRITE_OFF, because_of=Asked.OUR_FAULT):
    words = "The bill came seven months late through no fault of hers"
    return actions.ask_settlement(
        case=case, kind=kind, amount_pence=pence, because_of=because_of, words=words, by=by, on=ON
    )


def test_another_officer_decides_and_the_council_bears_it(owing, finn, fay, bea):
    before = owed(owing)
    council = balance(Account.objects.get(kind=Kind.FUNDER_COUNCIL))
    with pytest.raises(NotAllowed):
        ask(owing, bea)
    found = ask(owing, finn)
    assert [settlements_to_decide(seen_by=each) for each in (finn, fay)] == [0, 1]
    with pytest.raises(NotAllowed, match="does not decide it too"):
        actions.decide_settlement(settlement=found, agreed=True, by=finn, on=ON)
    with pytest.raises(DatabaseError, match="does not decide"), transaction.atomic():
        SettlementAnswer.objects.create(settlement=found, agreed=True, decided_by=finn, decided_on=ON)
    actions.decide_settlement(settlement=found, agreed=True, by=fay, on=ON)
    assert owed(owing) == before - 5_00
    assert balance(Account.objects.get(kind=Kind.FUNDER_COUNCIL)) == council - 5_00
    with pytest.raises(Refusal, match="decided already"):
        actions.decide_settlement(settlement=found, agreed=True, by=fay, on=ON)
    night(BILLED_ON[2])
    assert Bill.objects.first().settled_pence == 5_00
    assert not list(findings())
    actions.undo_settlement(settlement=found, reason="It was another Ada Bell", by=fay, on=BILLED_ON[2])
    night(BILLED_ON[3])
    assert Bill.objects.first().settled_pence == -5_00
    assert not list(findings())


def test_a_refusal_says_why_and_moves_nothing(owing, finn, fay):
    found = ask(owing, finn)
    with pytest.raises(Refusal, match="Say why not"):
        actions.decide_settlement(settlement=found, agreed=False, by=fay, on=ON)
    actions.decide_settlement(settlement=found, agreed=False, words="She asked for a plan instead", by=fay, on=ON)
    assert not list(findings())


def test_above_the_limit_a_finance_manager_decides(case, agree, finn, fay, fiona):
    plan = agree(case, ("council_managed", 900_00, 0), charge_pence=600_00)
    start_budget(plan=plan, by=finn, on=BILLED_ON[0] - timedelta(days=20))
    night(BILLED_ON[1])
    found = ask(case, finn, pence=500_01)
    with pytest.raises(NotAllowed):
        actions.decide_settlement(settlement=found, agreed=True, by=fay, on=ON)
    actions.decide_settlement(settlement=found, agreed=True, by=fiona, on=ON)
    assert not list(findings())


def test_no_more_than_is_owed_is_written_off_and_no_more_than_was_paid_goes_back(owing, budget, finn, fay):
    with pytest.raises(Refusal, match="Write off no more"):
        ask(owing, finn, pence=owed(owing) + 1)
    pay(owing, 30_00, finn, ON)
    off = ask(owing, finn, pence=owed(owing))
    actions.decide_settlement(settlement=off, agreed=True, by=fay, on=ON)
    end_budget(
        cover="Her family, from then on",
        budget=budget,
        ends_on=BILLED_ON[0],
        reason="Moved to her sister in York",
        by=finn,
        on=ON,
    )
    refund = {"kind": SettlementKind.REFUND, "because_of": Asked.OVERPAID}
    assert -owed(owing) > 30_00 - 6_00
    with pytest.raises(Refusal, match="Pay back no more"):
        ask(owing, finn, pence=30_01, **refund)
    back = ask(owing, finn, pence=24_00, **refund)
    actions.decide_settlement(settlement=back, agreed=True, by=fay, on=ON)
    assert balance(Account.objects.get(kind=Kind.FUNDER_PERSON)) == -6_00
    night(BILLED_ON[2])
    assert not list(findings())


def test_the_limit_is_of_all_that_was_written_off_in_a_year(case, agree, finn, fay, fiona):
    """Two small ones are no way round the manager; one that was taken back counts no more, nor one of long ago."""
    plan = agree(case, ("council_managed", 900_00, 0), charge_pence=600_00)
    start_budget(plan=plan, by=finn, on=BILLED_ON[0] - timedelta(days=20))
    night(BILLED_ON[1])
    first = ask(case, finn, pence=300_00)
    actions.decide_settlement(settlement=first, agreed=True, by=fay, on=ON)
    second = ask(case, finn, pence=200_01)
    with pytest.raises(NotAllowed):
        actions.decide_settlement(settlement=second, agreed=True, by=fay, on=ON)
    assert not needs_manager(second, ON + timedelta(days=366))
    actions.undo_settlement(settlement=first, reason="It was another Ada Bell", by=fay, on=ON)
    actions.decide_settlement(settlement=second, agreed=True, by=fay, on=ON)
    assert not list(findings())
