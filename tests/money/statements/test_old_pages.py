"""A page of money that has grown old: what it showed is no longer so, and pressing its button does nothing."""

import re
from datetime import date

import pytest
from django.urls import reverse

from leeway.care.planning.models import Way
from leeway.money.budgets.actions import start_budget
from leeway.money.contributions.actions import let_fall_due
from leeway.money.contributions.models import Receipt
from leeway.money.payments import actions as payments
from leeway.money.payments import making, withdrawing
from leeway.money.payments.states import State
from leeway.money.statements import actions
from leeway.money.statements.columns import in_use
from leeway.money.statements.kinds import Otherwise
from leeway.money.statements.models import Match, StatementLine
from tests.money.statements.conftest import LATER, ON, line, read

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def finance(client, finn, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: LATER)
    client.force_login(finn)


@pytest.fixture
def press(client):
    """Open a page, let somebody else do something meanwhile, and send its form: what is shown then."""

    def pressed(name, *args, meanwhile=lambda: None, **typed):
        address = reverse(name, args=args)
        shown = client.get(address).content.decode()
        carried = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', shown))
        meanwhile()
        return client.post(address, carried | typed, follow=True).content.decode()

    return pressed


def explained(row, pence, by):
    return actions.explain(
        line=row, kind=Otherwise.CHARGES, words="Charges of the month", amount_pence=pence, by=by, on=LATER
    )


def test_what_is_left_of_a_line_is_not_explained_as_all_of_it(keep, account, press, fay):
    keep(read(line(-3_00)))
    row = StatementLine.objects.get()
    typed = {"kind": "charges", "words": "All of it is the card's charge", "amount_pence": ""}
    asked = ("statements:line", account.pk, row.pk)
    assert "£2.00 of this line is open now" in press(*asked, meanwhile=lambda: explained(row, 1_00, fay), **typed)
    assert Match.objects.count() == 1
    assert "explained as you said" in press(*asked, **typed)


def test_what_is_left_of_a_line_is_not_received_as_all_of_it(case, agree, keep, account, press, finn, fay):
    start_budget(plan=agree(case, (Way.COUNCIL_MANAGED, 100_01, 50), charge_pence=33_33), by=finn, on=date(2026, 4, 1))
    let_fall_due(on=LATER)
    keep(read(line(10_00, counterparty="Ada Bell")))
    row = StatementLine.objects.get()
    owed = actions.queries.owed_by("Ada Bell", seen_by=finn)[0]
    asked, typed = ("statements:received", account.pk, row.pk), {"owed": owed.key}
    assert "£6.00 of this line is open now" in press(*asked, meanwhile=lambda: explained(row, 4_00, fay), **typed)
    assert not Receipt.objects.exists()
    assert "recorded as received" in press(*asked, **typed)


def test_a_run_is_confirmed_by_what_was_seen_of_it(paid_run, keep, account, press):
    """A return that came in meanwhile tells somebody that their money came back: nobody had looked at it."""
    keep(read(line(-paid_run.total_pence, reference=paid_run.reference)))
    ada = paid_run.payments.get(payee__account_name="Ada Example")
    back = line(ada.amount_pence, 27, reference=ada.reference, return_reason="AC04")

    def meanwhile():
        keep(read(back, opening=1_000_00 - paid_run.total_pence, number="2"))

    assert "something else of this run than when you looked" in press(
        "statements:confirm", paid_run.pk, meanwhile=meanwhile
    )
    paid_run.refresh_from_db()
    assert paid_run.state == State.SENT
    press("statements:confirm", paid_run.pk)
    paid_run.refresh_from_db()
    assert paid_run.state == State.CONFIRMED


def test_a_mapping_that_was_made_anew_is_not_ended_for_the_old_one(press, finn, fay):
    rows = [["Day", "Sum"], ["28/04/2026", "-2.00"], ["29/04/2026", "3.00"]]
    told = {"columns": {"booked_on": ["Day"], "amount": ["Sum"]}, "days": "day first"}

    def save(by, version):
        return actions.save_mapping(name="our-card", version=version, described=told, rows=rows, by=by, on=ON)

    save(finn, 0)
    text = press("statements:mapping", "our-card", meanwhile=lambda: save(fay, 1))
    assert "This version is not in use any more" in text and in_use()["our-card"].version == 2
    press("statements:mapping", "our-card")
    assert in_use() == {}


def test_the_bank_has_the_file_of_the_day_that_was_seen(case, agree, bank, press, finn, fay, monkeypatch):
    """The run has another day since, and another file: the bank was given the old one."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: ON)
    bank(case)
    start_budget(plan=agree(case, (Way.DIRECT_PAYMENT, 100_00, 0)), by=finn, on=date(2026, 4, 1))
    run = making.make_run(pay_on=date(2026, 4, 24), by=finn, on=ON)
    payments.approve_run(run=run, by=fay, on=ON)

    def meanwhile():
        withdrawing.redate_run(run=run, pay_on=date(2026, 4, 28), by=finn, on=ON)
        payments.approve_run(run=run, by=fay, on=ON)

    day = {"sent_on_day": "20", "sent_on_month": "4", "sent_on_year": "2026"}
    assert "another day since you opened the page: 28 April 2026" in press(
        "payments:send", run.pk, meanwhile=meanwhile, **day
    )
    run.refresh_from_db()
    assert run.state == State.APPROVED
    assert "Sent. Confirm what arrived" in press("payments:send", run.pk, **day)
