"""Weeks with a bank of its own making: mock-bank takes our file, and its answers, returns and statements are read.

Its clock is moved by the test. What the bank's account comes to is what our own books say was paid.
"""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from leeway.care.planning.models import Way
from leeway.money.banking.statement import read_statement
from leeway.money.budgets.actions import lift_hold, start_budget
from leeway.money.budgets.models import Hold
from leeway.money.ledger.models import Account, Kind
from leeway.money.ledger.queries import balance
from leeway.money.payments.actions import confirm_run
from leeway.money.payments.answers import take_answer
from leeway.money.payments.bank_files import iso_file
from leeway.money.payments.making import make_run
from leeway.money.payments.models import BankAnswer
from leeway.money.payments.queries import evidence_for, findings
from leeway.refusal import Refusal
from tests.counterparty import bank_of_ours

SET_UP_ON, ON, PAY_ON, NEXT_ON, NEXT_PAY_ON = (
    date(2026, 4, 1), date(2026, 4, 20), date(2026, 4, 24), date(2026, 4, 30), date(2026, 5, 6),
)  # fmt: skip
DUE, AT_THE_BANK = 71_43, 150_00


@pytest.fixture
def counterparty():
    with bank_of_ours(ON, AT_THE_BANK) as bank:
        yield bank


def test_three_weeks_of_rejections_late_returns_and_statements(
    counterparty, case, another_case, agree, bank, finn, fay, sent
):
    cases = [case, another_case("Lena"), another_case("Dot")]
    for number, each in enumerate(cases):
        plan = agree(each, (Way.DIRECT_PAYMENT, 100_00, 0))
        bank(each, account_number=f"1234567{number}")
        start_budget(plan=plan, by=finn, on=SET_UP_ON)

    def answered(run, on):
        return [
            take_answer(run=run, upload=SimpleUploadedFile("answer.xml", each), by=finn, on=on)
            for each in counterparty.messages("pain.002")
        ]

    def states(run):
        return [payment.state for payment in run.payments.order_by("place")]

    # There is money for two of the three: the bank turns the third down at once, days before it was to arrive.
    run = sent(make_run(pay_on=PAY_ON, by=finn, on=ON), ON)
    file = "".join(iso_file(run))
    assert "0 findings" in counterparty.ask("POST", "/_mock/validate", file.encode())
    counterparty.change(behaviour="insufficient-funds")
    counterparty.take(file)
    (first,) = answered(run, ON)
    assert (first.accepted_count, first.back_count) == (2, 1)
    third = run.payments.get(state="returned")
    assert third.returned_because == "the council’s account did not have enough money in it"

    # The same file by mistake once more: the bank says so, and nothing comes back.
    counterparty.take(file)
    (second,) = answered(run, ON)
    assert (second.duplicate_count, second.back_count) == (2, 0)
    assert sorted(states(run)) == ["in_run", "in_run", "returned"]

    # The pay day: both are booked. One of them comes back three working days later.
    late = run.payments.filter(state="in_run").last()
    counterparty.change(
        behaviour="return-later", parameters={"days": 3, "reason": "AC04", "end_to_end_id": late.end_to_end_id}
    )
    counterparty.wait_until(date(2026, 4, 25))
    (notice,) = counterparty.messages("camt.054")
    with pytest.raises(Refusal, match="Nothing in this file was sent back of run 1"):
        take_answer(run=run, upload=SimpleUploadedFile("notice.xml", notice), by=finn, on=PAY_ON)
    statement = read_statement(counterparty.messages("camt.053")[-1]).statements[0]
    assert {line.end_to_end_id for line in statement.lines} == {
        each.end_to_end_id for each in run.payments.filter(state="in_run")
    }
    assert statement.closing_balance_pence == AT_THE_BANK - 2 * DUE == counterparty.balance()
    confirm_run(run=run, confirmed_from=evidence_for(run), returned={}, by=finn, on=date(2026, 4, 27))

    counterparty.wait_until(NEXT_ON)
    (notice,) = counterparty.messages("camt.054")
    back = take_answer(run=run, upload=SimpleUploadedFile("notice.xml", notice), by=finn, on=NEXT_ON)
    assert (back.kind, back.back_count) == ("returns", 1)
    late.refresh_from_db()
    assert (late.state, late.returned_because) == ("returned", "the account is closed")
    (between_banks,) = counterparty.messages("pacs.004")
    with pytest.raises(Refusal, match="not a bank statement or answer"):
        take_answer(run=run, upload=SimpleUploadedFile("pacs.xml", between_banks), by=finn, on=NEXT_ON)

    # Both are paid anew, over a bank holiday, with what has fallen due since.
    for hold in Hold.objects.filter(lifted_on=None):
        lift_hold(hold=hold, by=finn, on=NEXT_ON)
    counterparty.change(behaviour="accept")
    again = sent(make_run(pay_on=NEXT_PAY_ON, by=finn, on=NEXT_ON), NEXT_ON)
    assert {third.instalment, late.instalment} < {each.instalment for each in again.payments.all()}
    counterparty.take("".join(iso_file(again)))
    (third_answer,) = answered(again, NEXT_ON)
    assert third_answer.accepted_count == again.payments_count
    counterparty.wait_until(date(2026, 5, 8))
    lines = [
        line
        for each in counterparty.messages("camt.053")
        for statement in read_statement(each).statements
        for line in statement.lines
        if line.amount_pence < 0
    ]
    assert {line.end_to_end_id for line in lines} == {each.end_to_end_id for each in again.payments.all()}
    assert {line.booked_on for line in lines} == {NEXT_PAY_ON}
    confirm_run(run=again, confirmed_from=evidence_for(again), returned={}, by=finn, on=NEXT_PAY_ON)

    held = sum(balance(account) for account in Account.objects.filter(kind=Kind.HELD_BY_PERSON))
    assert held == AT_THE_BANK - counterparty.balance()
    assert balance(Account.objects.get(kind=Kind.CLEARING)) == 0
    assert list(findings()) == []
    assert BankAnswer.objects.count() == 4
