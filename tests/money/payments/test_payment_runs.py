"""One officer makes a run, another approves it, nobody is paid twice, and the files are always the same.

What becomes of a run at the bank is in `test_paid_is_known`.
"""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from leeway.access.models import Look
from leeway.care.circumstances.models import Death
from leeway.care.people.models import Person
from leeway.care.planning.models import Way
from leeway.money.banking import bacs18
from leeway.money.budgets.actions import end_budget, lift_hold, place_hold, start_budget, wait_after
from leeway.money.budgets.models import COMES_BY_ITSELF, WHILE_AWAY, Cancellation, HoldKind, Instalment
from leeway.money.budgets.queries import budgets_to_end
from leeway.money.ledger.models import Account, Kind, Transfer
from leeway.money.ledger.queries import balance
from leeway.money.payees.actions import SecondOfficerNeeded
from leeway.money.payments.actions import approve_run, confirm_run, record_sent
from leeway.money.payments.bank_files import bacs_file, iso_file
from leeway.money.payments.falling_due import preview, what_is_due
from leeway.money.payments.making import NothingToPay, make_run
from leeway.money.payments.models import Payment, PaymentRun
from leeway.money.payments.pay_days import first_pay_day
from leeway.money.payments.queries import findings
from leeway.money.payments.states import State
from leeway.money.payments.withdrawing import cancel_run
from leeway.refusal import NotAllowed, Refusal
from tests.money.payments.rows import slip_in
from tests.races import at_once

DP = Way.DIRECT_PAYMENT
SET_UP_ON, ON, PAY_ON = date(2026, 4, 1), date(2026, 4, 20), date(2026, 4, 24)


@pytest.fixture
def budget(case, agree, bank, finn):
    """Ada's: £100 a week as a direct payment from Wednesday 22 April 2026; £71.43 is due that day."""
    plan = agree(case, (DP, 100_00, 0))
    bank(case)
    return start_budget(plan=plan, by=finn, on=SET_UP_ON)


@pytest.fixture
def run(budget, finn):
    return make_run(pay_on=PAY_ON, by=finn, on=ON)


def test_a_run_has_what_is_due_including_what_falls_due_before_banks_open_again(run):
    """Friday's run pays what is due on Wednesday; Monday's four weeks wait for a run on Monday."""
    assert (run.payments_count, run.total_pence) == (1, 71_43)


def test_what_falls_due_while_banks_are_closed_is_paid_the_working_day_before(case, agree, bank, finn):
    plan = agree(case, (DP, 70_00, 0), starts_on=date(2026, 5, 3))  # a Sunday, with Monday a bank holiday
    bank(case)
    start_budget(plan=plan, by=finn, on=SET_UP_ON)
    assert make_run(pay_on=date(2026, 5, 1), by=finn, on=ON).payments_count == 1


def test_a_second_press_pays_nobody_twice(run, finn):
    with pytest.raises(NothingToPay):
        make_run(pay_on=PAY_ON, by=finn, on=ON)
    assert (PaymentRun.objects.count(), Payment.objects.count()) == (1, 1)
    assert preview(PAY_ON, seen_by=finn)[0].count == 0


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_press_at_once_make_one_run(budget, finn, fay):
    made, refused = at_once(*(lambda by=by: make_run(pay_on=PAY_ON, by=by, on=ON) for by in (finn, fay)))
    assert isinstance(made, PaymentRun)
    assert isinstance(refused, NothingToPay)
    assert Payment.objects.count() == 1


def test_the_database_itself_refuses_to_pay_an_instalment_twice(run, finn):
    first = run.payments.get()
    other = a_run(finn)
    with pytest.raises(DatabaseError, match="pays_an_instalment_once"), transaction.atomic():
        slip_in(other, first.instalment, first.payee)
    again = first.instalment.part.instalments.create(
        kind="regular", starts_on=first.starts_on, ends_on=first.ends_on - timedelta(1), due_on=first.starts_on,
        for_period_pence=1, amount_pence=1,
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="pays_a_period_once"), transaction.atomic():
        slip_in(other, again, first.payee)


def a_run(finn, **more):
    """A run that somebody wrote past the actions."""
    return PaymentRun.objects.create(
        number=99, pay_on=PAY_ON, made_by=finn, made_on=ON, dated_by=finn, dated_on=ON, second_above_pence=1_00, **more
    )


def test_the_maker_never_approves(run, finn, bea):
    with pytest.raises(SecondOfficerNeeded, match="You made this run"):
        approve_run(run=run, by=finn, on=ON)
    with pytest.raises(NotAllowed):
        approve_run(run=run, by=bea, on=ON)
    with pytest.raises(DatabaseError, match="approved_by_another"), transaction.atomic():
        PaymentRun.objects.filter(pk=run.pk).update(state="approved", approved_by=finn, approved_on=ON)


def test_both_files_pay_what_the_run_says_and_never_change(run, fay, settings):
    run = approve_run(run=run, by=fay, on=ON)
    first = bacs_file(run), "".join(iso_file(run))
    settings.BANK_ACCOUNT_NUMBER = "99999999"
    again = PaymentRun.objects.get(pk=run.pk)
    assert (bacs_file(again), "".join(iso_file(again))) == first
    file = bacs18.read(first[0])
    assert file.total_pence == run.total_pence
    assert [(credit.sort_code, credit.account_number, credit.name) for credit in file.credits] == [
        ("123456", "12345678", "ADA BELL")
    ]
    assert "<CtrlSum>71.43</CtrlSum>" in first[1]
    assert run.payments.get().end_to_end_id in first[1]


def test_a_cancelled_run_frees_its_instalments(run, finn, fay):
    cancel_run(run=run, by=finn, on=ON)
    with pytest.raises(Refusal, match="Cancelled"):
        approve_run(run=run, by=fay, on=ON)
    assert make_run(pay_on=PAY_ON, by=finn, on=ON).total_pence == 71_43
    assert list(findings()) == []


def test_an_approved_run_is_not_cancelled(run, fay):
    approve_run(run=run, by=fay, on=ON)
    with pytest.raises(Refusal, match="Approved"):
        cancel_run(run=run, by=fay, on=ON)


@pytest.mark.parametrize("kind", [kind for kind in HoldKind if kind not in COMES_BY_ITSELF])
def test_a_hold_keeps_an_instalment_out_with_its_reason(budget, finn, kind):
    hold = place_hold(budget=budget, kind=kind, reason="For a reason", last_on=ON, by=finn, on=ON)
    with pytest.raises(NothingToPay):
        make_run(pay_on=PAY_ON, by=finn, on=ON)
    due = what_is_due(PAY_ON, seen_by=finn)
    assert (due.free.count, due.held.count, due.held.pence, due.waiting[0].why) == (0, 1, 71_43, kind.label)
    if kind in WHILE_AWAY:
        with pytest.raises(Refusal, match="Say why the days are paid"):
            lift_hold(hold=hold, by=finn, on=ON)
    lift_hold(hold=hold, days_because="Her assistant is paid on.", by=finn, on=ON)
    assert preview(PAY_ON, seen_by=finn)[0].count == 1


def test_nobody_who_has_died_is_paid(budget, finn):
    Person.objects.filter(pk=budget.case.person_id).update(date_of_death=ON)
    Death.objects.create(
        person=budget.case.person, died_on=ON, told_by="A nurse", recorded_by=budget.case.worker, recorded_on=ON
    )
    assert preview(PAY_ON, seen_by=finn)[0].count == 0
    assert what_is_due(PAY_ON, seen_by=finn).waiting[0].why.startswith("Nobody who settles")
    look = Look.objects.get(named=[budget.case.person_id], page="Payments held back")
    assert (look.viewer_name, look.own) == ("Finn Walsh", True)


def test_support_that_a_review_ended_is_paid_on_only_once_finance_has_said_until_when(budget, finn):
    wait_after(case=budget.case, kind=HoldKind.ENDED, reason="Support ended.", by=finn, on=ON)
    with pytest.raises(NothingToPay):
        make_run(pay_on=PAY_ON, by=finn, on=ON)
    assert what_is_due(PAY_ON, seen_by=finn).waiting[0].why == "Support has ended, and the budget has not"
    assert list(budgets_to_end(seen_by=finn)) == [budget]
    end_budget(
        cover="Her family, from then on",
        budget=budget,
        ends_on=date(2026, 4, 26),
        reason="Two weeks' notice",
        by=finn,
        on=ON,
    )
    assert preview(PAY_ON, seen_by=finn)[0].count == 1
    assert not budgets_to_end(seen_by=finn)


def test_what_stops_a_payment_after_the_run_was_made_stops_its_approval(run, budget, bank, finn, fay):
    hold = place_hold(budget=budget, kind=HoldKind.SAFEGUARDING, reason="A concern", last_on=ON, by=finn, on=ON)
    with pytest.raises(Refusal, match="that to Ada Bell among them"):
        approve_run(run=run, by=fay, on=ON)
    lift_hold(hold=hold, by=finn, on=ON)
    bank(budget.case, account_number="87654321")
    with pytest.raises(Refusal, match="new bank details"):
        approve_run(run=run, by=fay, on=ON)
    assert not Transfer.objects.filter(reason="payment_sent").exists()


def test_an_ended_budget_is_not_paid_by_a_run_made_before(run, budget, finn, fay):
    end_budget(
        cover="Her family, from then on", budget=budget, ends_on=date(2026, 4, 21), reason="Moved away", by=finn, on=ON
    )
    with pytest.raises(Refusal, match="ended budget"):
        approve_run(run=run, by=fay, on=ON)


def test_what_was_paid_in_advance_is_counted_and_not_paid_again_by_a_new_plan(run, budget, case, agree, finn, sent):
    sent(run, ON)
    case.refresh_from_db()
    plan = agree(case, (DP, 200_00, 0), starts_on=date(2026, 4, 25), number=2)
    new = start_budget(plan=plan, by=finn, on=date(2026, 4, 24))
    budget.refresh_from_db()
    assert budget.ending.paid_beyond_pence == 71_43 - 42_86  # five days were paid, three were due
    first = new.parts.get().instalments.first()
    assert (first.for_period_pence, first.already_paid_pence, first.amount_pence) == (57_15, 28_57, 28_58)
    assert list(findings()) == []


@pytest.mark.parametrize(
    ("pay_on", "on", "words"),
    [
        (date(2026, 4, 25), ON, "not a bank working day"),
        (date(2026, 4, 21), ON, "Wednesday 22 April 2026"),
        (date(2026, 6, 1), ON, "within the next 31 days"),
    ],
)
def test_a_day_that_bacs_cannot_pay_on_is_refused_with_one_that_it_can(budget, finn, pay_on, on, words):
    with pytest.raises(Refusal, match=words):
        make_run(pay_on=pay_on, by=finn, on=on)


def test_first_pay_day_is_two_working_days_on(db):
    assert first_pay_day(ON) == date(2026, 4, 22)
    assert first_pay_day(date(2026, 4, 1)) == date(2026, 4, 7)  # over Easter


def test_a_service_fund_is_paid_to_its_provider(case, agree, bank, finn, paid):
    plan = agree(case, (Way.SERVICE_FUND, 100_00, 0), charge_pence=10_00)
    bank(case, way=Way.SERVICE_FUND, name="Good Days Ltd")
    start_budget(plan=plan, by=finn, on=SET_UP_ON)
    run = paid(make_run(pay_on=PAY_ON, by=finn, on=ON), ON)
    assert run.total_pence == 71_43
    assert balance(Account.objects.get(kind=Kind.HELD_BY_PROVIDER)) == 71_43


def test_many_people_are_one_statement(case, agree, bank, another_case, finn, fay, django_assert_max_num_queries):
    for name in ("Dev", "Eve", "Fred"):
        one = another_case(name)
        plan = agree(one, (DP, 100_00, 0))
        bank(one, name=name)
        start_budget(plan=plan, by=finn, on=SET_UP_ON)
    with django_assert_max_num_queries(11):
        run = make_run(pay_on=PAY_ON, by=finn, on=ON)
    assert (run.payments_count, run.total_pence) == (3, 3 * 71_43)
    with django_assert_max_num_queries(17):
        run = approve_run(run=run, by=fay, on=ON)
    with django_assert_max_num_queries(19):
        run = record_sent(run=run, sent_on=ON, by=fay, on=ON)
    with django_assert_max_num_queries(17):
        confirm_run(run=run, confirmed_from="Bank statement", returned={}, by=finn, on=PAY_ON)
    assert Instalment.objects.filter(payments__run=run).count() == 3
    assert list(findings()) == []


def test_verify_names_what_is_wrong(run, finn, fay, sent, guards_aside):
    """Break the books behind the actions' back, and see each finding."""
    run = sent(run, ON)
    payment = run.payments.get()
    other = a_run(finn, payments_count=1, total_pence=5)
    regular = Instalment.objects.exclude(pk=payment.instalment_id).first()
    slip_in(other, regular, payment.payee, amount_pence=5)
    steps = {"approved": State.APPROVED, "sent": State.SENT, "confirmed": State.CONFIRMED}
    for step, state in steps.items():
        more = {"confirmed_from": "Nothing"} if step == "confirmed" else {}
        PaymentRun.objects.filter(pk=other.pk).update(state=state, **{f"{step}_by": fay, f"{step}_on": ON}, **more)
    Cancellation.objects.create(instalment=payment.instalment, reason="Oops", cancelled_by=finn, cancelled_on=ON)
    guards_aside(f"UPDATE payments_paymentrun SET total_pence = 1 WHERE id = '{run.pk}'")
    found = "\n".join(findings())
    assert "has no transfer “Payment sent to the bank” of 5 pence" in found
    assert "is “In its run”, and its run is “Confirmed”" in found
    assert f"Payment {payment.pk} pays an instalment that was cancelled" in found
    assert "Payment run 1 says 1 pence" in found
