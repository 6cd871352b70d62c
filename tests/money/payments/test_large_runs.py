"""A run above the council's limit: checked by one, approved by a finance manager, and never by one for both."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from leeway.access.models import User
from leeway.access.roles import Role
from leeway.care.planning.models import Way
from leeway.money.budgets.actions import start_budget
from leeway.money.budgets.models import Instalment
from leeway.money.payees.actions import SecondOfficerNeeded
from leeway.money.payments.actions import approve_run, record_sent
from leeway.money.payments.making import make_faster_run, make_run
from leeway.money.payments.models import PaymentRun
from leeway.money.payments.queries import findings
from leeway.money.payments.states import State
from leeway.money.payments.withdrawing import cancel_run, redate_run
from leeway.refusal import NotAllowed, Refusal
from tests.races import at_once

ON, PAY_ON = date(2026, 4, 20), date(2026, 4, 24)


@pytest.fixture
def run(case, agree, bank, finn, settings):
    """Ada's £71.43, which is a penny above the limit."""
    settings.RUN_SECOND_APPROVER_PENCE = 71_42
    plan = agree(case, (Way.DIRECT_PAYMENT, 100_00, 0))
    bank(case)
    start_budget(plan=plan, by=finn, on=date(2026, 4, 1))
    return make_run(pay_on=PAY_ON, by=finn, on=ON)


@pytest.fixture
def fiona(db):
    """The finance manager."""
    return User.objects.create_user("fiona@council.example", name="Fiona Hale", roles=[Role.FINANCE_MANAGER])


def test_it_is_checked_then_approved_by_somebody_of_a_higher_level(run, finn, fay, fiona):
    checked = approve_run(run=run, by=fay, on=ON)
    assert (checked.state, checked.has_files) == (State.CHECKED, False)
    with pytest.raises(Refusal):
        record_sent(run=run, sent_on=ON, by=fay, on=ON)
    with pytest.raises(SecondOfficerNeeded, match="You checked this run"):
        approve_run(run=run, by=fay, on=ON)
    with pytest.raises(SecondOfficerNeeded, match="You made this run"):
        approve_run(run=run, by=finn, on=ON)
    approved = approve_run(run=run, by=fiona, on=ON)
    assert (approved.state, approved.checked_by, approved.approved_by) == (State.APPROVED, fay, fiona)
    assert list(findings()) == []


def test_its_page_says_whose_word_it_waits_for(run, finn, client, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: ON)
    client.force_login(finn)
    day = {"pay_on_day": "23", "pay_on_month": "4", "pay_on_year": "2026"}
    text = client.post(reverse("payments:redate", args=[run.pk]), day, follow=True).content.decode()
    assert "Another finance officer must check it, and then a finance manager approve it." in text


def test_an_officer_of_no_higher_level_does_not_approve_it(run, fay):
    other = User.objects.create_user("flo@council.example", name="Flo Ames", roles=[Role.FINANCE])
    approve_run(run=run, by=fay, on=ON)
    with pytest.raises(NotAllowed, match="Only a finance manager can approve a payment run above"):
        approve_run(run=run, by=other, on=ON)


def test_who_may_both_check_and_approve_does_one_of_them(run, fay, fiona):
    approve_run(run=run, by=fiona, on=ON)
    with pytest.raises(SecondOfficerNeeded):
        approve_run(run=run, by=fiona, on=ON)


def test_at_the_limit_one_is_enough(run, fay, settings, finn):
    cancel_run(run=run, by=finn, on=ON)
    settings.RUN_SECOND_APPROVER_PENCE = 71_43
    again = make_run(pay_on=PAY_ON, by=finn, on=ON)
    settings.RUN_SECOND_APPROVER_PENCE = 0  # what counts is the limit as it was when the run was made
    assert approve_run(run=again, by=fay, on=ON).state == State.APPROVED


def test_another_day_takes_the_check_away_and_a_checked_run_is_cancelled(run, finn, fay):
    approve_run(run=run, by=fay, on=ON)
    again = redate_run(run=run, pay_on=date(2026, 4, 28), by=finn, on=ON)
    assert (again.state, again.checked_by) == (State.MADE, None)
    approve_run(run=run, by=fay, on=ON)
    assert cancel_run(run=run, by=finn, on=ON).state == State.CANCELLED


def test_the_database_holds_it(run, finn, fay, fiona):
    kept = PaymentRun.objects.filter(pk=run.pk)
    with pytest.raises(DatabaseError, match="above_the_limit_checked_first"), transaction.atomic():
        kept.update(state="approved", approved_by=fay, approved_on=ON)
    with pytest.raises(DatabaseError, match=r"run_maker_is_kept|Cannot update"), transaction.atomic():
        kept.update(second_above_pence=1_000_00)
    for same in (finn, fay):
        with pytest.raises(DatabaseError, match=r"checked_by_another|approved_by_another"), transaction.atomic():
            kept.update(state="checked", checked_by=same, checked_on=ON)
            kept.update(state="approved", approved_by=same, approved_on=ON)


@pytest.fixture
def two(another_case, agree, bank, finn, settings):
    """Two people's £71.43 each: together above the limit, and each alone below it."""
    settings.RUN_SECOND_APPROVER_PENCE = 100_00
    for place, name in enumerate(("Amy", "Bob")):
        case = another_case(name)
        plan = agree(case, (Way.DIRECT_PAYMENT, 100_00, 0))
        bank(case, account_number=str(12345678 + place), name=name)
        start_budget(plan=plan, by=finn, on=date(2026, 4, 1))
    return Instalment.objects.filter(due_on__lte=PAY_ON).values_list("pk", flat=True)


def part(one, by, pay_on=PAY_ON, on=ON):
    return make_faster_run(pay_on=pay_on, only=[one], why="They wait at home", by=by, on=on)


@pytest.mark.parametrize("pay_on", [PAY_ON, date(2026, 4, 23)])
def test_two_runs_of_one_do_not_stay_below_the_limit(two, finn, fay, fiona, pay_on):
    """Made by one officer or by two, for one pay day or on one day: what they come to counts."""
    first, second = two
    assert approve_run(run=part(first, finn), by=fay, on=ON).state == State.APPROVED
    rest = part(second, fay, pay_on)
    assert approve_run(run=rest, by=finn, on=ON).state == State.CHECKED
    assert approve_run(run=rest, by=fiona, on=ON).state == State.APPROVED


def test_a_run_is_not_moved_to_a_day_on_which_it_would_be_half_of_one_above_the_limit(two, finn, fay):
    """Made a day later for a day of its own, and then moved beside the other."""
    first, second = two
    run = part(first, finn)
    rest = part(second, fay, date(2026, 4, 23), ON + timedelta(days=1))
    with pytest.raises(Refusal, match="With other runs of that day") as refused:
        redate_run(run=rest, pay_on=PAY_ON, by=finn, on=ON + timedelta(days=1))
    assert refused.value.field == "pay_on"
    cancel_run(run=run, by=finn, on=ON)
    assert redate_run(run=rest, pay_on=PAY_ON, by=finn, on=ON + timedelta(days=1)).pay_on == PAY_ON


@pytest.mark.django_db(transaction=True)
def test_two_runs_moved_to_one_day_at_once_are_not_both_below_the_limit(two, finn, fay):
    first, second = two
    run, rest = part(first, finn), part(second, fay, date(2026, 4, 23), ON + timedelta(days=1))

    def moved(one, by):
        return redate_run(run=one, pay_on=date(2026, 4, 28), by=by, on=ON + timedelta(days=1))

    done, refused = at_once(lambda: moved(run, finn), lambda: moved(rest, fay))
    assert done.pay_on == date(2026, 4, 28) and "With other runs of that day" in str(refused)


def test_a_run_that_was_given_up_leaves_its_room(two, finn, fay):
    first, second = two
    cancel_run(run=part(first, finn), by=finn, on=ON)
    assert approve_run(run=part(second, finn), by=fay, on=ON).state == State.APPROVED


def test_a_run_that_two_approve_leaves_room_for_a_small_one(two, finn, fay, settings):
    first, second = two
    settings.RUN_SECOND_APPROVER_PENCE = 71_42
    part(first, finn)
    settings.RUN_SECOND_APPROVER_PENCE = 100_00
    assert approve_run(run=part(second, finn), by=fay, on=ON).state == State.APPROVED
