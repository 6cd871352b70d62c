"""Who is sent a bill, and who is not; late bills; kind reminders in their steps; what stops them."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from leeway.care.circumstances.actions import record_death
from leeway.care.people.models import Authority, CapacityDecision, Relationship, Task
from leeway.messages.models import Message
from leeway.money.bills import actions, queries
from leeway.money.bills.actions import agreeing
from leeway.money.bills.content import bill_letter
from leeway.money.bills.kinds import BecauseOf, Every, MoneyFrom, PlanEnd, SpaceKind
from leeway.money.bills.models import Bill, BreathingSpace, PaymentPlan, Reminder, Sending
from leeway.money.bills.standing import MISSED, PAID, TO_COME, instalments_of, overdue
from leeway.money.bills.stops import still_days
from leeway.money.budgets.actions import end_budget, start_budget
from leeway.money.contributions.actions import let_fall_due, take_back
from leeway.money.payments.queries import findings
from leeway.refusal import NotAllowed, Refusal
from tests.conftest import SET_UP_ON
from tests.money.bills.conftest import BILLED_ON, MANAGED, night, pay

FIRST = BILLED_ON[0]
DUE = FIRST + timedelta(days=28)
REMINDED = [DUE + timedelta(days=days) for days in (7, 28, 49)]


@pytest.fixture
def sent(budget):
    """Ada's first bill, of £5, sent on the day on which it was made."""
    night(FIRST)
    actions.send_bills(on=FIRST)
    return Bill.objects.get()


def space(case, by, on, kind=SpaceKind.STANDARD):
    return actions.start_breathing_space(case=case, kind=kind, register_reference="BS-0041", starts_on=on, by=by, on=on)


def refused_by_the_database(bill, on):
    """The guards of the database refuse what no action would write."""
    with pytest.raises(DatabaseError), transaction.atomic():
        Reminder.objects.create(bill=bill, number=9, overdue_pence=1, sent_on=on, message_id=bill.pk)
    return True


def test_a_bill_goes_the_night_it_is_made_with_what_one_needs_to_know(sent):
    assert actions.send_bills(on=FIRST).sent == 0
    assert (sent.sending.sent_on, sent.sending.due_by, sent.sending.to) == (FIRST, DUE, None)
    body = Message.objects.get(template="bill_ready").body
    for words in ("To pay: £5.00", "25 May 2026", "PAY 0000 0018", "sort code", "cannot pay", "wrong", "your care"):
        assert words in body
    assert not list(findings())


def test_many_bills_and_reminders_take_as_many_queries_as_one(another_case, agree, finn):
    """Printed ones too, for whom somebody is asked; late ones, of which finance is asked; and those never answered."""

    def asked(people):
        for name in people:
            start_budget(plan=agree(another_case(name), (MANAGED, 70_00, 0), charge_pence=7_00), by=finn, on=SET_UP_ON)
        night(FIRST)
        return count(lambda: actions.send_bills(on=FIRST))

    def count(nightly):
        with CaptureQueriesContext(connection) as queries:
            nightly()
        return len(queries)

    one = asked(["Bo"])
    assert asked(["Cy", "Di", "Ed", "Flo"]) == one and Sending.objects.count() == 5
    reminded = []
    for on in REMINDED:
        reminded.append(count(lambda on=on: actions.remind(on=on)))
    assert Reminder.objects.count() == 15 and max(reminded) <= 25
    late = REMINDED[-1] + timedelta(days=90)
    tasks = Task.objects.count()
    assert count(lambda: actions.remind(on=late)) <= 25 and Task.objects.count() == tasks + 5


def test_it_goes_to_whoever_handles_the_money(budget, bea):
    deputy = Relationship.objects.create(
        person=budget.case.person, name="Carl Dent", kind="other", authority=Authority.DEPUTY_PROPERTY,
        evidence="Order seen", starts_on=date(2026, 1, 1), email="carl@dent.example",
    )  # fmt: skip
    night(FIRST)
    actions.send_bills(on=FIRST)
    assert Sending.objects.get().to == deputy
    assert "Ada Bell’s care" in Message.objects.get(template="bill_ready").body


def test_nobody_is_billed_who_cannot_manage_their_money_until_somebody_does(budget, bea):
    CapacityDecision.objects.create(
        person=budget.case.person, question="money", has_capacity=False, how_supported="Twice, with pictures",
        reasons="Could not keep it in mind", decided_on=FIRST, decided_by=bea,
    )  # fmt: skip
    night(FIRST)
    assert actions.send_bills(on=FIRST).stopped == 1
    Relationship.objects.create(
        person=budget.case.person, name="Ann Bell", kind="parent", authority=Authority.ATTORNEY_PROPERTY,
        evidence="Registered power seen", starts_on=FIRST, email="ann@bell.example",
    )  # fmt: skip
    assert actions.send_bills(on=FIRST).sent == 1


def test_a_late_bill_waits_for_why_an_apology_and_a_plan(budget, finn, fay, bea):
    late = BILLED_ON[3]
    night(late)
    bill = Bill.objects.get()
    assert actions.send_bills(on=late).late == 1
    assert "is late. Say why" in Task.objects.get(kind="bills").what
    with pytest.raises(Refusal, match="Say why first"):
        actions.send_bill(bill=bill, by=finn, on=late)
    with pytest.raises(DatabaseError, match="apology"), transaction.atomic():
        Sending.objects.create(bill=bill, sent_on=late, due_by=late + timedelta(9), message_id=bill.pk, sent_by=finn)
    with pytest.raises(Refusal, match="Say why the bill is late"):
        actions.explain_lateness(bill=bill, why="x", every=Every.FOUR_WEEKS, times=10, by=finn, on=late)
    with pytest.raises(NotAllowed):
        actions.explain_lateness(bill=bill, why="We did not set it up", every=Every.WEEK, times=10, by=bea, on=late)
    why = "We set up your budget and forgot to send bills."
    actions.explain_lateness(bill=bill, why=why, every=Every.FOUR_WEEKS, times=10, by=finn, on=late)
    actions.send_bill(bill=bill, by=finn, on=late)
    body = Message.objects.get(template="bill_late").body
    assert "We are sorry." in body and why in body and "£8.90 every four weeks, 10 times" in body
    assert not list(findings())


@pytest.mark.parametrize(("days", "late"), [(56, 0), (57, 1)])
def test_late_begins_after_so_many_days(budget, days, late):
    night(FIRST)
    found = actions.send_bills(on=date(2026, 4, 26) + timedelta(days=days))
    assert (found.sent, found.late) == (1 - late, late)


def test_a_late_bill_that_is_paid_already_is_asked_of_nobody(budget, finn):
    on = BILLED_ON[3]
    night(on)
    bill = Bill.objects.get()
    assert queries.work(seen_by=finn, on=on).late == [bill] and not queries.paid_before_they_went([bill], on)
    pay(budget.case, bill.to_pay_pence, finn, on)
    assert queries.work(seen_by=finn, on=on).late == [] and queries.paid_before_they_went([bill], on) == {bill.pk}
    assert actions.send_bills(on=on).late == 0 and not Task.objects.filter(kind="bills").exists()
    with pytest.raises(Refusal, match="paid already"):
        actions.explain_lateness(bill=bill, why="We did not set it up", every=Every.WEEK, times=10, by=finn, on=on)


def test_a_late_bill_asks_for_what_is_left_of_it(budget, finn):
    on = BILLED_ON[3]
    night(on)
    bill = Bill.objects.get()
    pay(budget.case, bill.to_pay_pence - 20_00, finn, on)
    actions.explain_lateness(bill=bill, why="We did not set it up", every=Every.WEEK, times=10, by=finn, on=on)
    actions.send_bill(bill=bill, by=finn, on=on)
    body = Message.objects.get(template="bill_late").body
    assert "£20.00" in body and "£2.00 every week, 10 times" in body
    told = str(bill_letter(queries.get_bill(budget.case_id, bill.number, seen_by=finn), "Fairbourne"))
    assert "£20.00 as we agree with you" in told and "taken off since it was made" in told


def test_an_old_bill_of_nothing_needs_no_apology(budget, finn):
    let_fall_due(on=BILLED_ON[2])
    pay(budget.case, 89_00, finn, BILLED_ON[2])
    actions.make_bills(on=BILLED_ON[3])
    assert Bill.objects.get().to_pay_pence == 0
    assert actions.send_bills(on=BILLED_ON[3]).sent == 1
    assert not list(findings())


def test_reminders_go_in_their_steps_and_then_somebody_speaks(sent):
    for day in (DUE, REMINDED[0] - timedelta(days=1)):
        assert actions.remind(on=day) == 0
    for number, day in enumerate(REMINDED, start=1):
        assert actions.remind(on=day) == 1
        assert actions.remind(on=day) == 0
        assert Reminder.objects.count() == number
    assert actions.remind(on=REMINDED[-1] + timedelta(days=21)) == 0
    assert "reminders had no answer" in Task.objects.get(kind="bills").what
    body = Message.objects.filter(template="bill_reminder").first().body
    assert "£5.00" in body and "MoneyHelper" in body
    assert not any(threat in body.lower() for threat in ("court", "legal", "bailiff", "enforce", "immediately", "must"))


def test_what_was_paid_is_not_reminded_of_and_what_is_left_is(sent, finn):
    pay(sent.case, 3_00, finn, DUE)
    actions.remind(on=REMINDED[0])
    assert Reminder.objects.get().overdue_pence == 2_00
    pay(sent.case, 2_00, finn, REMINDED[0])
    assert actions.remind(on=REMINDED[1]) == 0


def test_what_was_received_by_mistake_is_reminded_of_again(sent, finn):
    wrong = pay(sent.case, 5_00, finn, DUE)
    assert overdue([sent], REMINDED[0])[sent.pk] == 0
    take_back(receipt=wrong, reason="It was somebody else’s money", by=finn, on=DUE)
    assert overdue([sent], REMINDED[0])[sent.pk] == 5_00
    assert actions.remind(on=REMINDED[0]) == 1


def test_a_charge_that_came_later_and_went_takes_nothing_off_an_earlier_bill(sent, budget, finn):
    """The second period falls due in whole and then ends on its first day: the first bill is owed as before."""
    let_fall_due(on=FIRST)
    end_budget(
        cover="Her family, from then on",
        budget=budget,
        ends_on=FIRST - timedelta(days=1),
        reason="Moved to York",
        by=finn,
        on=DUE,
    )
    assert overdue([sent], REMINDED[0])[sent.pk] == 5_00


def test_nothing_is_sent_and_no_clock_runs_in_a_breathing_space(sent, finn):
    day = DUE + timedelta(days=3)
    found = space(sent.case, finn, day)
    assert (found.ends_on - found.starts_on).days == 59
    night(BILLED_ON[1] + timedelta(days=7))
    assert actions.send_bills(on=day + timedelta(days=4)).sent == 0
    assert actions.remind(on=found.ends_on) == 0
    assert refused_by_the_database(sent, found.ends_on)
    second = Bill.objects.first()
    with pytest.raises(DatabaseError, match="breathing space"), transaction.atomic():
        Sending.objects.create(bill=second, sent_on=found.ends_on, due_by=date(2027, 1, 1), message_id=second.pk)
    with pytest.raises(Refusal, match="breathing space"):
        actions.send_bill(bill=second, by=finn, on=found.ends_on)
    with pytest.raises(Refusal, match="breathing space"):
        actions.agree_plan(
            case=sent.case,
            instalment_pence=1_00,
            every=Every.WEEK,
            first_on=found.ends_on,
            money_from=MoneyFrom.SAVINGS,
            agreed_words="Ada says she can",
            by=finn,
            on=found.ends_on,
        )
    # two days ran before it: five more are left after it
    assert actions.remind(on=found.ends_on + timedelta(days=4)) == 0
    assert actions.remind(on=found.ends_on + timedelta(days=5)) == 1
    assert not list(findings())


def test_what_had_not_left_when_it_began_does_not_leave(sent, finn):
    space(sent.case, finn, FIRST)
    assert Message.objects.get(template="bill_ready").state == "stopped"


def test_there_is_one_standard_breathing_space_in_twelve_months(sent, finn):
    first = space(sent.case, finn, FIRST)
    with pytest.raises(Refusal, match="holds on this day"):
        space(sent.case, finn, first.ends_on, SpaceKind.CRISIS)
    with pytest.raises(Refusal, match="no second one before 25 June 2027"):
        space(sent.case, finn, date(2027, 6, 24))
    space(sent.case, finn, date(2027, 6, 25))
    with pytest.raises(DatabaseError, match="one_at_a_time"), transaction.atomic():
        BreathingSpace.objects.create(
            case=sent.case,
            kind="standard",
            register_reference="BS-2",
            starts_on=first.ends_on,
            ends_on=first.ends_on,
            told_on=FIRST,
            told_by=finn,
        )


def test_a_crisis_has_its_treatment_and_thirty_days_more_as_often_as_there_is_one(sent, finn):
    found = space(sent.case, finn, FIRST, SpaceKind.CRISIS)
    assert found.ends_on is None
    assert actions.remind(on=date(2028, 1, 1)) == 0
    found = actions.end_treatment(space=found, treatment_ended_on=date(2026, 6, 1), by=finn, on=date(2026, 6, 2))
    assert found.ends_on == date(2026, 7, 1)
    assert refused_by_the_database(sent, date(2026, 7, 1))
    assert space(sent.case, finn, date(2026, 7, 2), SpaceKind.CRISIS)


def test_the_midway_review_is_between_its_days_and_may_end_it(sent, finn):
    found = space(sent.case, finn, FIRST)
    assert found.review_by == FIRST + timedelta(days=34)
    with pytest.raises(Refusal, match="from 21 May 2026 on"):
        actions.record_midway_review(space=found, reviewed_on=date(2026, 5, 20), goes_on=True, by=finn, on=DUE)
    over = found.ends_on + timedelta(days=11)
    with pytest.raises(Refusal, match="was over on 25 June 2026, before this review"):
        actions.record_midway_review(space=found, reviewed_on=over, goes_on=False, by=finn, on=over)
    found = actions.record_midway_review(space=found, reviewed_on=date(2026, 5, 22), goes_on=False, by=finn, on=DUE)
    assert found.ends_on == date(2026, 5, 22)
    with pytest.raises(Refusal, match="one midway review"):
        actions.record_midway_review(space=found, reviewed_on=date(2026, 5, 23), goes_on=True, by=finn, on=DUE)


def test_a_breathing_space_ends_early_when_the_register_says_so(sent, finn):
    found = space(sent.case, finn, FIRST)
    because = "The register’s notice of 4 May says cancelled"
    found = actions.end_breathing_space(space=found, ends_on=date(2026, 5, 4), because=because, by=finn, on=DUE)
    assert actions.remind(on=REMINDED[0]) == 1


def test_a_dispute_stops_reminders_and_its_clock(sent, ada_user, cyril, finn):
    with pytest.raises(NotAllowed):
        actions.pause(case=sent.case, because_of=BecauseOf.DISPUTE, words="I was in hospital", by=cyril, on=DUE)
    held = actions.pause(
        case=sent.case, because_of=BecauseOf.DISPUTE, words="I was in hospital those days", by=ada_user, on=DUE
    )
    assert actions.remind(on=REMINDED[1]) == 0
    assert refused_by_the_database(sent, REMINDED[1])
    actions.go_on(pause=held, outcome="The days are taken off, see the next bill.", by=finn, on=REMINDED[1])
    assert actions.remind(on=REMINDED[1] + timedelta(days=5)) == 0
    assert actions.remind(on=REMINDED[1] + timedelta(days=6)) == 1


def test_a_doubt_about_capacity_stops_bills_and_reminders(sent, bea):
    actions.pause(case=sent.case, because_of=BecauseOf.CAPACITY, words="Ada gave a stranger her card", by=bea, on=DUE)
    night(BILLED_ON[1])
    assert actions.send_bills(on=BILLED_ON[1]).stopped == 1
    assert actions.remind(on=REMINDED[0]) == 0
    assert refused_by_the_database(sent, REMINDED[0])


def test_nobody_who_has_died_is_billed_or_reminded(sent, finn, bea):
    night(BILLED_ON[1])
    record_death(case=sent.case, died_on=DUE, told_by="Tom, by phone", by=bea, on=DUE)
    assert actions.send_bills(on=BILLED_ON[1]).stopped == 1
    assert actions.remind(on=REMINDED[0]) == 0
    assert refused_by_the_database(sent, REMINDED[0])
    second = Bill.objects.first()
    with pytest.raises(DatabaseError, match="died"), transaction.atomic():
        Sending.objects.create(bill=second, sent_on=DUE, due_by=REMINDED[0], message_id=second.pk)
    with pytest.raises(Refusal, match="have died"):
        actions.send_bill(bill=second, by=finn, on=REMINDED[0])
    executor = Relationship.objects.create(
        person=sent.case.person, name="Tom Bell", kind="sibling", authority=Authority.REPRESENTATIVE,
        evidence="Grant of probate seen", starts_on=DUE, email="tom@bell.example",
    )  # fmt: skip
    assert actions.send_bill(bill=second, to=executor, by=finn, on=REMINDED[0]).to == executor


def plan(case, by, on, pence=1_00, **changed):
    asked = {
        "every": Every.WEEK,
        "first_on": on,
        "money_from": MoneyFrom.SAVINGS,
        "agreed_words": "“A pound a week is fine”",
    }
    return actions.agree_plan(case=case, instalment_pence=pence, **(asked | changed), by=by, on=on)


def test_a_plan_stops_reminders_and_is_seen_kept_broken_and_paid(sent, finn):
    found = plan(sent.case, finn, DUE, pence=15_00)
    assert found.total_pence == 33_00  # the period that has begun is owed too
    assert actions.remind(on=REMINDED[1]) == 0
    assert refused_by_the_database(sent, REMINDED[1])
    pay(sent.case, 15_00, finn, DUE)
    assert [each.state for each in instalments_of(found, DUE)] == [PAID, TO_COME, TO_COME]
    assert [each.state for each in instalments_of(found, DUE + timedelta(days=15))] == [PAID, MISSED, "Due"]
    pay(sent.case, 18_00, finn, DUE + timedelta(days=15))
    assert actions.end_paid_plans(on=DUE + timedelta(days=15)) == 1
    found.refresh_from_db()
    assert found.end == PlanEnd.PAID


def test_an_instalment_leaves_what_the_law_leaves_to_live_on(sent, finn, mona, monkeypatch):
    monkeypatch.setattr(agreeing, "spare_pence_per_week", lambda case, on: 2_50)
    with pytest.raises(Refusal, match=r"£2\.50 a week is left .* no more than £2\.50 every week"):
        plan(sent.case, finn, DUE, pence=2_51, money_from=MoneyFrom.SPARE)
    with pytest.raises(Refusal, match=r"no more than £10\.83 every month"):
        plan(sent.case, finn, DUE, pence=10_84, every=Every.MONTH, money_from=MoneyFrom.SPARE)
    assert plan(sent.case, finn, DUE, pence=10_83, every=Every.MONTH, money_from=MoneyFrom.SPARE)
    assert plan(sent.case, finn, DUE, pence=2_50, money_from=MoneyFrom.SPARE)
    assert PaymentPlan.objects.filter(ended_on=None).count() == 1
    monkeypatch.setattr(agreeing, "spare_pence_per_week", lambda case, on: None)
    with pytest.raises(Refusal, match="Check the money first"):
        plan(sent.case, finn, DUE, money_from=MoneyFrom.SPARE)


def test_a_plan_that_could_not_be_kept_ends_with_why(sent, finn):
    found = plan(sent.case, finn, DUE)
    actions.end_plan(plan=found, words="Her heating bill doubled; a smaller plan was offered", by=finn, on=REMINDED[0])
    assert actions.remind(on=REMINDED[1]) == 1
    assert still_days([sent.case_id], REMINDED[1])[sent.case_id][0].ends_on == REMINDED[0] - timedelta(days=1)


def test_a_breathing_space_that_was_bent_shorter_is_named(sent, finn, guards_aside):
    space(sent.case, finn, DUE)
    guards_aside("UPDATE bills_breathingspace SET ends_on = ends_on - 30")
    assert [each for each in findings() if "says of ends on something else than its history" in each]


def test_no_plan_is_agreed_with_somebody_who_may_not_manage_their_money(sent, bea, finn):
    """What was agreed is sent to them, and asks for money: nothing is, until it is known who manages it."""
    held = actions.pause(
        case=sent.case, because_of=BecauseOf.CAPACITY, words="She could not say what the bill was for", by=bea, on=DUE
    )
    with pytest.raises(Refusal, match="Find out who does"):
        plan(sent.case, finn, DUE)
    assert not Message.objects.filter(template="payment_plan").exists()
    actions.go_on(pause=held, outcome="Her deputy was found, and pays", by=finn, on=DUE)
    plan(sent.case, finn, DUE)
