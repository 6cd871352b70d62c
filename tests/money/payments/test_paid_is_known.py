"""Paid is known, not assumed: approved, sent, arrived, come back; and what the database refuses on the way."""

import re
from datetime import date

import pytest
from django.db import DatabaseError, transaction

from leeway.access.models import User
from leeway.access.roles import Role
from leeway.care.people.events import Event
from leeway.care.people.models import Task
from leeway.care.planning.models import Way
from leeway.messages.models import Message
from leeway.money.budgets.actions import end_budget, lift_hold, start_budget
from leeway.money.budgets.models import Cancellation, Hold, HoldKind
from leeway.money.budgets.queries import paid_beyond, picture
from leeway.money.ledger.models import Account, Kind, Transfer
from leeway.money.ledger.queries import balance
from leeway.money.payees.actions import SecondOfficerNeeded
from leeway.money.payments import falling_due
from leeway.money.payments.actions import approve_run, confirm_run, record_sent
from leeway.money.payments.bank_files import bacs_file
from leeway.money.payments.making import NothingToPay, make_faster_run, make_run
from leeway.money.payments.models import PaymentRun
from leeway.money.payments.queries import findings
from leeway.money.payments.returning import return_payment
from leeway.money.payments.states import MOVES, PaymentState, State
from leeway.money.payments.withdrawing import cancel_run, redate_run, withdraw_run
from leeway.refusal import NotAllowed, Refusal
from tests.money.payments.rows import slip_in

SET_UP_ON, ON, LAST_DAY, PAY_ON, LATER = (
    date(2026, 4, 1), date(2026, 4, 20), date(2026, 4, 22), date(2026, 4, 24), date(2026, 4, 27),
)  # fmt: skip
SEEN = "Bank statement of 24 April"


@pytest.fixture
def budget(case, agree, bank, finn):
    """Ada's: £100 a week as a direct payment from Wednesday 22 April 2026; £71.43 is due that day."""
    plan = agree(case, (Way.DIRECT_PAYMENT, 100_00, 0))
    bank(case)
    return start_budget(plan=plan, by=finn, on=SET_UP_ON)


@pytest.fixture
def run(budget, finn):
    return make_run(pay_on=PAY_ON, by=finn, on=ON)


@pytest.fixture
def approved(run, fay):
    return approve_run(run=run, by=fay, on=ON)


def books(budget, as_at=None):
    """What is committed, on its way through the bank, and held by Ada."""
    clearing, _new = Account.objects.get_or_create(kind=Kind.CLEARING, case=None)
    held = Account.objects.get(kind=Kind.HELD_BY_PERSON, case=budget.case)
    return balance(budget.committed, as_at), balance(clearing, as_at), balance(held, as_at)


def shown(budget, finn):
    row = picture(budget.case_id, seen_by=finn, on=ON).rows[0]
    return row.status, row.more


def test_each_step_is_posted_when_it_is_true_and_not_before(run, budget, finn, fay):
    committed, _, _ = books(budget)
    run = approve_run(run=run, by=fay, on=ON)
    assert books(budget) == (committed, 0, 0)
    assert shown(budget, finn) == ("To be sent", "to arrive on 24 April 2026")
    run = record_sent(run=run, sent_on=ON, by=fay, on=ON)
    assert books(budget) == books(budget, ON) == (committed - 71_43, 71_43, 0)
    assert shown(budget, finn) == ("Sent", "to arrive on 24 April 2026")
    assert list(findings()) == []
    confirm_run(run=run, confirmed_from=SEEN, returned={}, by=finn, on=LATER)
    assert books(budget, date(2026, 4, 23)) == (committed - 71_43, 71_43, 0)
    assert books(budget, PAY_ON) == books(budget) == (committed - 71_43, 0, 71_43)
    assert shown(budget, finn) == ("Arrived", "24 April 2026, confirmed on 27 April 2026")
    assert list(findings()) == []


def test_a_run_is_confirmed_from_its_day_on_and_by_what_was_looked_at(approved, finn, fay):
    run = record_sent(run=approved, sent_on=ON, by=fay, on=ON)
    with pytest.raises(Refusal, match="on that day or later"):
        confirm_run(run=run, confirmed_from=SEEN, returned={}, by=finn, on=date(2026, 4, 23))
    with pytest.raises(Refusal, match="Say what you looked at"):
        confirm_run(run=run, confirmed_from=" ", returned={}, by=finn, on=PAY_ON)
    for reference in ("000002-000001", "000001-000002", "Ada Bell", "1-", ""):
        with pytest.raises(Refusal, match="No payment of this run"):
            confirm_run(run=run, confirmed_from=SEEN, returned={reference: "is closed"}, by=finn, on=PAY_ON)
    assert not Transfer.objects.filter(reason="payment_arrived").exists()


def test_only_finance_takes_a_run_anywhere(approved, run, bea):
    for call in (
        lambda: record_sent(run=run, sent_on=ON, by=bea, on=ON),
        lambda: confirm_run(run=run, confirmed_from=SEEN, returned={}, by=bea, on=PAY_ON),
        lambda: withdraw_run(run=run, reason="No file was sent", by=bea, on=ON),
        lambda: redate_run(run=run, pay_on=LATER, by=bea, on=ON),
        lambda: return_payment(payment=run.payments.get(), reason="is closed", by=bea, on=ON),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_a_run_that_missed_its_day_is_not_recorded_as_sent(approved, fay):
    with pytest.raises(Refusal, match="after 22 April 2026 does not reach people on 24 April 2026"):
        record_sent(run=approved, sent_on=date(2026, 4, 23), by=fay, on=date(2026, 4, 23))
    for day in (date(2026, 4, 19), date(2026, 4, 24)):  # before the approval; in the future
        with pytest.raises(Refusal, match="from its approval on 20 April 2026 until today"):
            record_sent(run=approved, sent_on=day, by=fay, on=date(2026, 4, 23))
    run = record_sent(run=approved, sent_on=LAST_DAY, by=fay, on=date(2026, 4, 23))  # it was; said a day later
    assert Transfer.objects.get(reason="payment_sent").effective_date == LAST_DAY and run.sent_on == LAST_DAY


def test_a_run_is_given_another_day_and_another_officer_approves_it(approved, finn, fay):
    first = bacs_file(approved)
    run = redate_run(run=approved, pay_on=LATER, by=fay, on=date(2026, 4, 23))
    assert (run.state, run.pay_on, run.approved_by, run.has_files) == (State.MADE, LATER, None, False)
    for officer in (finn, fay):  # the one made the list, the other chose the day
        with pytest.raises(SecondOfficerNeeded):
            approve_run(run=run, by=officer, on=date(2026, 4, 23))
        with pytest.raises(DatabaseError, match="approved_by_another"), transaction.atomic():
            PaymentRun.objects.filter(pk=run.pk).update(state="approved", approved_by=officer, approved_on=ON)
    una = User.objects.create_user("una@council.example", name="Una Ray", roles=[Role.FINANCE])
    run = approve_run(run=run, by=una, on=date(2026, 4, 23))
    assert bacs_file(run) != first
    run = record_sent(run=run, sent_on=date(2026, 4, 23), by=finn, on=date(2026, 4, 23))
    with pytest.raises(Refusal, match="cannot become"):
        redate_run(run=run, pay_on=date(2026, 5, 5), by=fay, on=date(2026, 4, 28))
    assert list(findings()) == []


def test_a_run_is_given_no_day_that_it_has_or_on_which_it_is_not_due(approved, run, fay):
    with pytest.raises(Refusal, match="has that day already: 24 April 2026"):
        redate_run(run=approved, pay_on=PAY_ON, by=fay, on=ON)
    approved.refresh_from_db()
    assert approved.state == State.APPROVED  # and the approval stands
    later = make_run(pay_on=date(2026, 4, 28), by=run.made_by, on=ON)
    with pytest.raises(Refusal, match="due on 27 April 2026, so it cannot be paid before 27 April 2026"):
        redate_run(run=later, pay_on=PAY_ON, by=fay, on=ON)
    assert redate_run(run=later, pay_on=date(2026, 4, 27), by=fay, on=ON).pay_on == date(2026, 4, 27)


def test_a_run_that_nobody_approved_in_time_is_given_another_day(run, fay):
    run = redate_run(run=run, pay_on=LATER, by=run.made_by, on=date(2026, 4, 23))
    assert approve_run(run=run, by=fay, on=date(2026, 4, 23)).state == State.APPROVED


def test_a_withdrawn_run_frees_its_instalments_and_one_that_was_sent_is_not_withdrawn(approved, budget, finn, fay):
    with pytest.raises(Refusal, match="the bank has no file"):
        withdraw_run(run=approved, reason="", by=fay, on=ON)
    withdraw_run(run=approved, reason="The day was missed", by=fay, on=ON)
    assert approved.payments.get().state == PaymentState.CANCELLED
    again = approve_run(run=make_run(pay_on=PAY_ON, by=finn, on=ON), by=fay, on=ON)
    record_sent(run=again, sent_on=ON, by=fay, on=ON)
    with pytest.raises(Refusal, match="cannot become “Withdrawn”"):
        withdraw_run(run=again, reason="Changed my mind", by=fay, on=ON)
    assert list(findings()) == []


@pytest.mark.parametrize("state", ["approved", "sent", "confirmed"])
@pytest.mark.parametrize("payment_state", ["cancelled", "returned"])
def test_the_database_refuses_to_give_up_a_payment_of_a_run_that_was_not(run, finn, fay, state, payment_state):
    """An UPDATE that frees its instalment pays it a second time."""
    run = approve_run(run=run, by=fay, on=ON)
    if state != "approved":
        run = record_sent(run=run, sent_on=ON, by=fay, on=ON)
    if state == "confirmed":
        if payment_state == "returned":
            pytest.skip("what arrived may come back")
        confirm_run(run=run, confirmed_from=SEEN, returned={}, by=finn, on=PAY_ON)
    more = {"returned_by": fay, "returned_on": ON, "returned_because": "x"} if payment_state == "returned" else {}
    with pytest.raises(DatabaseError, match=r"goes where its run goes|Invalid transition"), transaction.atomic():
        run.payments.update(state=payment_state, **more)
    with pytest.raises(NothingToPay):
        make_run(pay_on=PAY_ON, by=finn, on=ON)


def checked(run, fay):
    """The run as if it had been above the limit when it was made."""
    PaymentRun.objects.filter(pk=run.pk).update(state=State.CHECKED, checked_by=fay, checked_on=ON)
    return PaymentRun.objects.get(pk=run.pk)


@pytest.mark.parametrize(("state", "to"), [(s, to) for s in State for to in State if to not in MOVES[s] and to != s])
def test_the_database_refuses_a_move_of_a_run_that_the_table_does_not_have(run, finn, fay, paid, state, to):
    steps = {
        State.MADE: lambda: run,
        State.CHECKED: lambda: checked(run, fay),
        State.APPROVED: lambda: approve_run(run=run, by=fay, on=ON),
        State.SENT: lambda: record_sent(run=approve_run(run=run, by=fay, on=ON), sent_on=ON, by=fay, on=ON),
        State.CONFIRMED: lambda: paid(run, ON),
        State.CANCELLED: lambda: cancel_run(run=run, by=finn, on=ON),
        State.WITHDRAWN: lambda: withdraw_run(
            run=approve_run(run=run, by=fay, on=ON), reason="Missed its day", by=fay, on=ON
        ),
    }
    assert steps[state]().state == state
    with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
        sides = {"checked_by": fay, "checked_on": ON} if to == State.CHECKED else {}
        PaymentRun.objects.filter(pk=run.pk).update(state=to, **sides)


def test_the_database_refuses_other_ways_in(approved, finn, fay):
    payment = approved.payments.get()
    with pytest.raises(DatabaseError), transaction.atomic():  # another day, behind the approval
        PaymentRun.objects.filter(pk=approved.pk).update(pay_on=LATER)
    with pytest.raises(DatabaseError), transaction.atomic():  # a run that begins where it pleases
        PaymentRun.objects.create(
            number=7, pay_on=PAY_ON, made_by=finn, made_on=ON, dated_by=finn, dated_on=ON, state="approved",
            approved_by=fay, approved_on=ON, second_above_pence=1_00,
        )  # fmt: skip
    other = payment.instalment.part.instalments.exclude(pk=payment.instalment_id).first()
    with pytest.raises(DatabaseError, match="goes where its run goes"), transaction.atomic():  # one slipped in later
        slip_in(approved, other, payment.payee, place=2)
    with pytest.raises(DatabaseError, match="run_steps_are_kept"), transaction.atomic():
        PaymentRun.objects.filter(pk=approved.pk).update(approved_by=None)


def test_what_came_back_is_committed_again_told_and_waits_for_finance(run, budget, case, finn, fay, paid):
    committed, _, _ = books(budget)
    paid(run, ON, {1: "account closed"})
    assert books(budget) == (committed, 0, 0)
    assert list(findings()) == []
    assert shown(budget, finn) == ("Came back", "on 24 April 2026: account closed")
    assert case.story.get(kind=Event.PAYMENT_RETURNED).sentence == "£71.43 came back: account closed"
    assert Task.objects.get(kind=Event.PAYMENT_RETURNED, done_on=None).what.startswith("Ada Bell’s payment came back")
    message = Message.objects.get(template="payment_returned")
    assert "We sent you £71.43, but your bank sent it back" in message.body
    with pytest.raises(NothingToPay):
        make_run(pay_on=LATER, by=finn, on=date(2026, 4, 23))
    assert falling_due.what_is_due(LATER, seen_by=finn).waiting[0].why == "A payment came back"

    lift_hold(hold=Hold.objects.get(kind=HoldKind.RETURNED), by=finn, on=date(2026, 4, 24))
    assert not Task.objects.filter(kind=Event.PAYMENT_RETURNED, done_on=None).exists()
    again = make_run(pay_on=date(2026, 4, 28), by=finn, on=date(2026, 4, 24))
    assert run.payments.get().instalment_id in again.payments.values_list("instalment", flat=True)
    paid(again, date(2026, 4, 24))
    assert books(budget)[1] == 0 and list(findings()) == []
    assert shown(budget, finn)[0] == "Arrived"


def test_what_was_confirmed_and_came_back_after_all_goes_all_the_way_back(run, budget, finn, paid):
    committed, _, _ = books(budget)
    payment = paid(run, ON).payments.get()
    with pytest.raises(Refusal, match="why"):
        return_payment(payment=payment, reason=" ", by=finn, on=LATER)
    return_payment(payment=payment, reason="account closed", by=finn, on=LATER)
    assert books(budget) == (committed, 0, 0)
    assert Transfer.objects.get(reason="payment_returned").corrects.reason == "payment_sent"
    assert Transfer.objects.get(reason="not_arrived").corrects.reason == "payment_arrived"
    assert list(findings()) == []
    with pytest.raises(Refusal, match="cannot become"):
        return_payment(payment=payment, reason="account closed", by=finn, on=LATER)


def test_a_payment_comes_back_by_itself_only_once_its_run_is_confirmed(run, sent, finn):
    with pytest.raises(Refusal, match="Confirm the run first"):
        return_payment(payment=sent(run, ON).payments.get(), reason="account closed", by=finn, on=PAY_ON)


def test_a_payment_that_came_back_is_named_once_however_it_is_written(run, sent, finn):
    run = sent(run, ON)
    twice = {"1-1": "account closed", "000001-000001": "account closed"}
    with pytest.raises(Refusal, match="000001-000001 is named twice") as refused:
        confirm_run(run=run, confirmed_from=SEEN, returned=twice, by=finn, on=PAY_ON)
    assert refused.value.field == "returned"


def test_what_came_back_for_days_after_the_end_is_not_paid_again(run, budget, finn, sent):
    """£71.43 was sent for 22 to 26 April; the budget ends on the 24th, and then the money comes back."""
    run = sent(run, ON)
    ending = end_budget(
        cover="Her family, from then on", budget=budget, ends_on=PAY_ON, reason="Moved away", by=finn, on=LAST_DAY
    )
    assert ending.paid_beyond_pence == 71_43 - 42_86
    confirm_run(run=run, confirmed_from=SEEN, returned={"000001-000001": "account closed"}, by=finn, on=PAY_ON)
    assert Cancellation.objects.filter(instalment__payments__run=run).exists()
    budget.refresh_from_db()
    assert not paid_beyond(budget, PAY_ON)
    assert books(budget) == (42_86, 0, 0)  # the three days that are still owed
    lift_hold(hold=Hold.objects.get(kind=HoldKind.RETURNED), by=finn, on=PAY_ON)
    again = make_run(pay_on=date(2026, 4, 28), by=finn, on=PAY_ON)
    assert again.total_pence == 42_86
    assert list(findings()) == []


def test_what_came_back_and_a_new_budget_counts_on_is_paid_again_as_it_was(run, budget, case, agree, finn, sent):
    run = sent(run, ON)
    case.refresh_from_db()
    plan = agree(case, (Way.DIRECT_PAYMENT, 200_00, 0), starts_on=date(2026, 4, 25), number=2)
    start_budget(plan=plan, by=finn, on=PAY_ON)
    confirm_run(run=run, confirmed_from=SEEN, returned={"000001-000001": "account closed"}, by=finn, on=PAY_ON)
    hold = Hold.objects.get(kind=HoldKind.RETURNED)
    assert hold in picture(case.pk, seen_by=finn, on=PAY_ON).holds  # of the earlier budget, and there to be lifted
    lift_hold(hold=hold, by=finn, on=PAY_ON)
    again = make_run(pay_on=date(2026, 4, 28), by=finn, on=PAY_ON)
    assert 71_43 in again.payments.values_list("amount_pence", flat=True)
    assert list(findings()) == []


def test_a_budget_is_not_ended_while_its_payment_may_be_at_the_bank(approved, budget, finn, fay):
    with pytest.raises(Refusal, match="in an approved payment run"):
        end_budget(
            cover="Her family, from then on",
            budget=budget,
            ends_on=date(2026, 4, 21),
            reason="Moved away",
            by=finn,
            on=ON,
        )
    withdraw_run(run=approved, reason="Ada moved away", by=fay, on=ON)
    end_budget(
        cover="Her family, from then on", budget=budget, ends_on=date(2026, 4, 21), reason="Moved away", by=finn, on=ON
    )
    assert books(budget) == (0, 0, 0)


def test_home_says_of_a_run_that_nobody_approved_in_time_what_can_be_done(run, client, finn, monkeypatch):
    client.force_login(finn)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: PAY_ON)
    text = client.get("/home/").content.decode()
    work = text.partition("Not sent:")[2].partition("</li>")[0]
    assert "Give it another day, or cancel it." in work and "withdraw" not in work
    assert "<strong>Approve:</strong>" not in text


def test_home_asks_for_what_is_not_sent_and_for_what_is_not_confirmed(approved, client, finn, fay, monkeypatch):
    client.force_login(finn)

    def home_on(day):
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: day)
        return " ".join(client.get("/home/").content.decode().split())

    assert "is approved: give the bank its file by 22 April 2026" in home_on(ON)
    assert "it was not recorded as sent by 22 April 2026" in home_on(date(2026, 4, 23))
    record_sent(run=approved, sent_on=ON, by=fay, on=ON)
    assert "confirm what arrived" not in home_on(ON)
    assert "was to arrive on 24 April 2026: read the bank’s statement or answer" in home_on(PAY_ON)


def test_home_asks_for_a_same_day_run_all_of_its_day_and_names_a_run_that_missed_its_file(
    budget, client, finn, fay, monkeypatch
):
    """By Faster Payments the day of payment is the last day to send; by Bacs it is two working days before."""
    client.force_login(fay)

    def work_on(day):
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: day)
        text = client.get("/home/").content.decode().partition('leeway-work">')[2].partition("</ul>")[0]
        return [" ".join(re.sub("<[^>]+>", "", row).split()) for row in text.split("</li>")]

    def rows_of(run, day):
        return [row.partition(":")[0] for row in work_on(day) if f"Run {run.number}" in row]

    due = budget.parts.get().instalments.order_by("due_on").first()
    faster = make_faster_run(pay_on=LAST_DAY, only=[due.pk], why="Ada has no money", by=finn, on=LAST_DAY)
    assert rows_of(faster, LAST_DAY) == ["Approve"]
    approve_run(run=faster, by=fay, on=LAST_DAY)
    assert rows_of(faster, LAST_DAY) == ["Send"]
    assert f"Send: Run {faster.number} is approved: give the bank its file today, and say so." in work_on(LAST_DAY)
    assert rows_of(faster, date(2026, 4, 23)) == ["Not sent"]
    bacs = make_run(pay_on=date(2026, 4, 29), by=finn, on=LAST_DAY)
    assert rows_of(bacs, date(2026, 4, 27)) == ["Approve"] and rows_of(bacs, date(2026, 4, 28)) == ["Not sent"]
    assert any(
        "waits for approval, and the bank was to have its file by 27 April 2026. Give it another day, or cancel it."
        in row for row in work_on(date(2026, 4, 28))
    )  # fmt: skip
