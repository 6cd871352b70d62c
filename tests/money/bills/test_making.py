"""Bills are made from the ledger: once a person and period, every penny on one of them, each line with its days."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from leeway.money.bills.actions import making
from leeway.money.bills.models import Bill, Billed, BillLine
from leeway.money.budgets.actions import end_budget, start_budget
from leeway.money.contributions.actions import let_fall_due
from leeway.money.ledger.models import Transfer
from leeway.money.payments.queries import findings
from tests.money.bills.conftest import BILLED_ON, night, owed, pay


def test_a_bill_is_made_once_its_period_is_over(budget):
    let_fall_due(on=BILLED_ON[0] - timedelta(days=1))
    assert making.make_bills(on=BILLED_ON[0] - timedelta(days=1)) == 0
    assert night(BILLED_ON[0]) == 1
    assert making.make_bills(on=BILLED_ON[0]) == 0
    bill = Bill.objects.get()
    assert (bill.period_starts_on, bill.period_ends_on) == (date(2026, 3, 30), date(2026, 4, 26))
    assert (bill.charged_pence, bill.to_pay_pence, bill.oldest_ended_on) == (5_00, 5_00, date(2026, 4, 26))
    line = bill.lines.get()
    assert (line.starts_on, line.ends_on, line.weekly_pence, line.amount_pence) == (
        date(2026, 4, 22), date(2026, 4, 26), 7_00, 5_00,
    )  # fmt: skip
    assert not list(findings())


def test_each_bill_goes_on_from_the_one_before_and_every_movement_is_on_one(budget, finn):
    night(BILLED_ON[0])
    pay(budget.case, 3_00, finn, BILLED_ON[0] + timedelta(days=10))
    night(BILLED_ON[1])
    second = Bill.objects.first()
    assert (second.number, second.earlier_pence, second.charged_pence, second.received_pence) == (2, 5_00, 28_00, 3_00)
    assert second.to_pay_pence == 30_00
    night(BILLED_ON[2])
    assert Bill.objects.first().to_pay_pence == 58_00
    assert Billed.objects.count() == 4
    assert owed(budget.case) == 58_00 + 28_00  # the period that has begun
    assert not list(findings())


def test_days_after_an_end_are_credited_with_the_reason(budget, finn):
    night(BILLED_ON[1])
    let_fall_due(on=BILLED_ON[1])
    end_budget(
        cover="Her family, from then on", budget=budget, ends_on=BILLED_ON[1] + timedelta(days=6),
        reason="Moved to her sister in York", by=finn, on=BILLED_ON[1] + timedelta(days=8),
    )  # fmt: skip
    night(BILLED_ON[2])
    bill = Bill.objects.first()
    charge, credit = bill.lines.all()
    assert (charge.amount_pence, charge.days) == (28_00, 28)
    assert (credit.amount_pence, credit.days, credit.starts_on) == (-21_00, 21, BILLED_ON[1] + timedelta(days=7))
    assert credit.words == "Moved to her sister in York"
    assert bill.charged_pence == 7_00
    assert not list(findings())


def test_a_budget_set_up_late_is_billed_for_all_its_days(case, agree, finn):
    start_budget(plan=agree(case, ("council_managed", 70_00, 0), charge_pence=7_00), by=finn, on=date(2026, 7, 1))
    night(BILLED_ON[4])
    bill = Bill.objects.get()
    first = bill.lines.first()
    assert (first.starts_on, first.ends_on) == (date(2026, 4, 22), date(2026, 7, 19))
    assert not list(findings())


def test_a_month_that_nobody_billed_is_caught_up_in_one_bill(budget):
    assert night(BILLED_ON[3]) == 1
    bill = Bill.objects.get()
    assert [line.amount_pence for line in bill.lines.all()] == [5_00, 28_00, 28_00, 28_00]
    assert bill.oldest_ended_on == date(2026, 4, 26)
    assert not list(findings())


def test_the_database_holds_one_bill_a_person_and_period_and_keeps_it(budget):
    night(BILLED_ON[0])
    bill = Bill.objects.get()
    with pytest.raises(IntegrityError, match="once_a_person_and_period"), transaction.atomic():
        again = Bill.objects.get()
        again.pk, again.number = budget.pk, 99
        again.save(force_insert=True)
    for change in (
        lambda: Bill.objects.update(to_pay_pence=1),
        lambda: BillLine.objects.update(words="x"),
        bill.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(IntegrityError), transaction.atomic():
        Billed.objects.create(transfer=Transfer.objects.get(billed__bill=bill), bill=bill)


def test_what_was_bent_is_found(budget, guards_aside):
    night(BILLED_ON[1])
    for bend, told in (
        ("UPDATE bills_billline SET words = 'Changed' WHERE place = 1", "its digest does not fit"),
        ("UPDATE bills_billline SET amount_pence = amount_pence + 1 WHERE place = 1", "lines of bill 1 come to"),
        (
            "DELETE FROM bills_billed WHERE transfer_id IN (SELECT transfer_id FROM bills_billed LIMIT 1)",
            "the ledger has",
        ),
    ):
        before = transaction.savepoint_create()
        guards_aside(bend)
        assert any(told in each for each in findings())
        transaction.savepoint_rollback(before)


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_is_taken_up_again(case, another_case, agree, finn, monkeypatch):
    for number, name in enumerate("ABCDE"):
        plan = agree(another_case(name), ("council_managed", 70_00, 0), charge_pence=7_00 + number)
        start_budget(plan=plan, by=finn, on=date(2026, 4, 1))
    let_fall_due(on=BILLED_ON[1])
    monkeypatch.setattr(making, "CASES_AT_ONCE", 2)
    write, calls = making._write, []

    def killed(made):
        calls.append(made)
        write(made)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(making, "_write", killed)
    with pytest.raises(KeyboardInterrupt):
        making.make_bills(on=BILLED_ON[1])
    assert Bill.objects.count() == 2
    monkeypatch.setattr(making, "_write", write)
    assert making.make_bills(on=BILLED_ON[1]) == 3
    assert sorted(Bill.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert not list(findings())


def test_many_bills_take_as_many_questions_as_few(another_case, agree, finn):
    counts = []
    for names, day in (("A", BILLED_ON[0]), ("BCDEF", BILLED_ON[1])):
        for name in names:
            plan = agree(another_case(name), ("council_managed", 70_00, 0), charge_pence=7_00)
            start_budget(plan=plan, by=finn, on=date(2026, 4, 1))
        let_fall_due(on=day)
        with CaptureQueriesContext(connection) as asked:
            making.make_bills(on=day)
        counts.append(len(asked))
    assert counts == [15, 16]  # the second time one more asks for the bills before
