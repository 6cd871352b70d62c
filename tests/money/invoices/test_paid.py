"""An agreed invoice is paid by a payment run: by its terms, once, to the provider's own account, and again if it came
back."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from leeway.money.invoices.actions import answer_dispute
from leeway.money.invoices.kinds import Answered
from leeway.money.invoices.models import Dispute, Owed
from leeway.money.ledger.models import Account, Kind
from leeway.money.ledger.queries import balance
from leeway.money.payments import falling_due, owed
from leeway.money.payments.actions import approve_run
from leeway.money.payments.leaving_out import leave_out
from leeway.money.payments.making import NothingToPay, make_faster_run, make_run
from leeway.money.payments.models import InvoiceHold, InvoiceHoldKind, Payment
from leeway.money.payments.returning import return_payment, to_be_made_again
from leeway.money.payments.withdrawing import cancel_run
from leeway.money.statements.queries import findings
from leeway.refusal import NotAllowed, Refusal
from tests.money.invoices.agreed import AGREED, agreed, paid_into

pytestmark = pytest.mark.django_db
PAY_DAY, AGAIN = date(2026, 6, 15), date(2026, 6, 24)  # due on 20 June, a Saturday


@pytest.fixture
def budget(case, managed):
    return managed(case)


@pytest.fixture
def account(provider, finn, fay):
    return paid_into(provider, finn, fay)


@pytest.fixture
def invoice(provider, budget, finn, account):
    return agreed(provider, budget, finn)


def made(finn, pay_on=PAY_DAY, on=AGREED):
    return make_run(pay_on=pay_on, by=finn, on=on)


def held(provider, kind):
    account = Account.objects.filter(kind=kind, name=str(provider.pk)).first()
    return balance(account) if account else 0


def test_it_is_paid_by_its_terms_and_once(invoice, provider, account, finn, paid):
    with pytest.raises(NothingToPay):
        made(finn, date(2026, 6, 12))  # the run of the week after is still in time
    payment = made(finn).payments.get()
    assert (payment.case, payment.provider, payment.payee, payment.amount_pence) == (None, provider, account, 10_00)
    assert (payment.whose, payment.in_words, payment.person_ids) == ("Kindly Home Care", "Invoice INV-1", [])
    with pytest.raises(NothingToPay):
        made(finn)
    paid(payment.run, AGREED)
    assert (held(provider, Kind.OWED_TO_PROVIDER), held(provider, Kind.PAID_TO_PROVIDER)) == (0, 10_00)
    assert Payment.objects.get().state == "arrived" and not list(findings())


def test_the_database_lets_nothing_that_is_owed_be_paid_twice(invoice, finn):
    run = made(finn)
    with pytest.raises(IntegrityError, match="payment_pays_what_is_owed_once"), transaction.atomic():
        first = run.payments.get()
        first.pk, first.place = None, 2
        first.save(force_insert=True)
    with pytest.raises(IntegrityError, match="payment_of_a_case_or_to_a_provider"), transaction.atomic():
        first = run.payments.get()
        first.pk, first.place, first.provider = None, 2, None
        first.save(force_insert=True)


def test_what_stops_it_is_said(provider, budget, finn, fay, bea):
    agreed(provider, budget, finn)
    assert falling_due.what_is_due(PAY_DAY, seen_by=finn).invoices[0].why == "No approved bank details of the provider"
    paid_into(provider, finn, fay)
    due = falling_due.what_is_due(PAY_DAY, seen_by=finn)
    assert (due.free.count, due.free.pence, due.invoices) == (1, 10_00, [])
    what, why = Owed.objects.get(), "Two visits of 4 May may be one"
    with pytest.raises(NotAllowed):
        owed.hold_back(owed=what, kind=InvoiceHoldKind.QUERIED, reason=why, by=bea, on=AGREED)
    with pytest.raises(Refusal, match="Say why this is not paid"):
        owed.hold_back(owed=what, kind=InvoiceHoldKind.QUERIED, reason="x", by=finn, on=AGREED)
    run = made(finn)
    one = owed.hold_back(owed=what, kind=InvoiceHoldKind.QUERIED, reason=why, by=finn, on=AGREED)
    with pytest.raises(Refusal, match="held back already"):
        owed.hold_back(owed=what, kind=InvoiceHoldKind.QUERIED, reason=why, by=finn, on=AGREED)
    with pytest.raises(Refusal, match="that to Kindly Home Care among them"):
        approve_run(run=run, by=fay, on=AGREED)
    with pytest.raises(Refusal, match="Hold it back on the provider’s page"):
        leave_out(payment=run.payments.get(), kind="queried", reason=why, last_on=AGREED, by=finn, on=AGREED)
    cancel_run(run=run, by=finn, on=AGREED)
    waiting = falling_due.what_is_due(PAY_DAY, seen_by=finn).invoices
    assert [each.why for each in waiting] == [f"Something is not right with it: {why}"]
    owed.pay_after_all(held=one, because="They are two, as the provider showed", by=finn, on=AGREED)
    with pytest.raises(Refusal, match="said so already"):
        owed.pay_after_all(held=one, because="They are two", by=finn, on=AGREED)
    assert made(finn).payments.count() == 1 and not list(findings())


def test_new_bank_details_stop_a_run_that_pays_into_the_old(invoice, provider, finn, fay):
    run = made(finn)
    paid_into(provider, finn, fay, account_number="87654321")
    with pytest.raises(Refusal, match="new bank details came since"):
        approve_run(run=run, by=fay, on=AGREED)


@pytest.mark.parametrize("when", ["with the run", "after all"])
def test_what_came_back_is_owed_again_waits_and_is_paid_again(invoice, provider, finn, fay, paid, when):
    run = made(finn)
    paid(run, AGREED, returned={1: "Account closed"} if when == "with the run" else {})
    if when == "after all":
        return_payment(payment=run.payments.get(), reason="Account closed", by=fay, on=PAY_DAY)
    assert (held(provider, Kind.OWED_TO_PROVIDER), held(provider, Kind.PAID_TO_PROVIDER)) == (10_00, 0)
    one = InvoiceHold.objects.get()
    assert (one.kind, one.reason) == ("returned", "£10.00, Account closed.")
    [back] = falling_due.came_back(PAY_DAY, seen_by=finn)[1]
    assert (back.whose, back.free) == ("Kindly Home Care", False)
    with pytest.raises(NothingToPay):
        made(finn, AGAIN, PAY_DAY)
    paid_into(provider, finn, fay, account_number="87654321", on=PAY_DAY)
    owed.pay_after_all(held=one, because="Jo Marsh gave the new account", by=finn, on=PAY_DAY)
    assert to_be_made_again().count() == 1
    paid(made(finn, AGAIN, PAY_DAY), PAY_DAY)
    assert (held(provider, Kind.OWED_TO_PROVIDER), held(provider, Kind.PAID_TO_PROVIDER)) == (0, 10_00)
    assert [each.state for each in Payment.objects.order_by("run__number")] == ["returned", "arrived"]
    assert not to_be_made_again().exists() and not list(findings())


def test_what_is_due_after_a_dispute_is_a_payment_of_its_own(provider, budget, finn, account, paid):
    agreed(provider, budget, finn, pence=10_00, claimed_pence=16_00)
    paid(made(finn), AGREED)
    said = "The carer stayed on while the ambulance came"
    dispute = Dispute.objects.get()
    answer_dispute(dispute=dispute, answered=Answered.PART, allowed_pence=4_00, answer=said, by=finn, on=PAY_DAY)
    [urgent] = falling_due.urgent(date(2026, 6, 22), seen_by=finn)
    assert (urgent.whose, urgent.amount_pence, urgent.what) == (
        "Kindly Home Care", 4_00, "Invoice INV-1, after a dispute, due on 20 June 2026",
    )  # fmt: skip
    why = "It is late, and they must pay wages"
    run = make_faster_run(pay_on=date(2026, 6, 22), only=[urgent.id], why=why, by=finn, on=date(2026, 6, 22))
    paid(run, date(2026, 6, 22))
    assert held(provider, Kind.PAID_TO_PROVIDER) == 14_00 and not list(findings())
