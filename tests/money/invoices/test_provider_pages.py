"""What finance, a provider and everybody reads of providers' money: pages, remittances, and days to pay."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from leeway.messages.models import Message
from leeway.money.invoices.models import Owed
from leeway.money.payments import days_to_pay, remittances
from leeway.money.payments.actions import approve_run, confirm_run, record_sent
from leeway.money.payments.making import make_run
from leeway.money.payments.models import InvoiceHold, Payment
from leeway.refusal import Refusal
from tests.money.invoices.agreed import AGREED, agreed, paid_into

pytestmark = pytest.mark.django_db
PAY_DAY = date(2026, 6, 15)
QUERIES_MOST = 25


@pytest.fixture
def budget(case, managed):
    return managed(case)


@pytest.fixture
def ready(provider, finn, fay):
    paid_into(provider, finn, fay)
    remittances.record_address(provider=provider, email="accounts@kindly.example", by=finn, on=AGREED)


@pytest.fixture
def as_finn(client, finn):
    client.force_login(finn)
    return client


def run_of(finn, fay, *, pay_on=PAY_DAY, on=AGREED, until="confirmed"):
    run = make_run(pay_on=pay_on, by=finn, on=on)
    if until != "made":
        run = record_sent(run=approve_run(run=run, by=fay, on=on), sent_on=on, by=fay, on=on)
    if until == "confirmed":
        confirm_run(run=run, confirmed_from="Bank statement of that day", returned={}, by=finn, on=pay_on)
    return run


def page_of(client, name, *args):
    answer = client.get(reverse(f"payments:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_provider_is_told_what_is_paid_and_what_is_left_out_and_nobodys_name(
    provider, budget, ready, finn, fay, as_finn
):
    invoice = agreed(provider, budget, finn, pence=10_00, claimed_pence=16_00)
    run = run_of(finn, fay, until="sent")
    payment = run.payments.get()
    message = Message.objects.get(template="remittance")
    assert (message.address, message.person_id, message.case_id) == ("accounts@kindly.example", provider.pk, None)
    left_out = "V-INV-1 4 May 2026: £6.00. More than is due. We ask you to answer by 15 June 2026."
    for said in (
        "£10.00", "15 June 2026", payment.reference, "INV-1", "of £16.00", left_out, "•••••678",
    ):  # fmt: skip
        assert said in message.body, said
    page = page_of(as_finn, "remittance", payment.pk)
    assert "£6.00" in page and "V-INV-1" in page and payment.reference in page
    assert "Ada" not in message.body and "Bell" not in message.body and "Ada" not in page
    pdf = as_finn.get(reverse("payments:remittance_pdf", args=[payment.pk]))
    assert pdf.content.startswith(b"%PDF") and b"/StructTreeRoot" in pdf.content
    assert remittances.tell_of_remittances(run, by=fay, on=AGREED) and Message.objects.count() == 1  # once a payment
    assert invoice.state == "disputed"


@pytest.mark.parametrize(
    ("said", "shown"),
    [("V-118", "V-118"), ("K/17.2", "K/17.2"), ("Ada Bell", ""), ("Bell", ""), ("9434765919", ""), ("", "")],
)
def test_what_reads_like_a_name_or_an_nhs_number_is_no_reference(provider, budget, finn, said, shown):
    line = agreed(provider, budget, finn).lines.get()
    line.visit_reference, line.person_reference = "", said
    assert remittances._reference(line) == shown


def test_an_address_is_complete_and_new(provider, ready, finn):
    for email in ("accounts", "accounts@kindly.example"):
        with pytest.raises(Refusal) as refused:
            remittances.record_address(provider=provider, email=email, by=finn, on=AGREED)
        assert refused.value.field == "email"


def test_finance_holds_an_invoice_back_and_lets_it_be_paid(
    provider, budget, ready, finn, as_finn, django_assert_max_num_queries
):
    agreed(provider, budget, finn)
    what = Owed.objects.get()
    hold, pay = (reverse(f"payments:{name}", args=[what.pk]) for name in ("hold_invoice", "pay_invoice"))
    assert as_finn.get(pay).status_code == 404
    page = as_finn.post(hold, {"kind": "queried", "reason": ""}).content.decode()
    assert "Say why it is not paid for now" in page
    page = as_finn.post(hold, {"kind": "queried", "reason": "Two visits may be one"}, follow=True).content.decode()
    assert "Two visits may be one" in page and "It can be paid" in page
    for name in ("providers", "home"):
        with django_assert_max_num_queries(QUERIES_MOST if name == "providers" else 60):
            assert "Something is not right with it: Two visits may be one" in page_of(as_finn, name)
    assert "Two visits may be one" in as_finn.get(pay).content.decode()
    page = as_finn.post(pay, {"because": "They are two"}, follow=True).content.decode()
    assert "It can be paid, and goes with the next run" in page and InvoiceHold.objects.get().lifted_on
    with django_assert_max_num_queries(QUERIES_MOST):
        page_of(as_finn, "provider", provider.pk)


def test_a_run_shows_whom_it_pays_and_the_first_payment_into_a_new_account(provider, budget, ready, finn, fay, as_finn):
    agreed(provider, budget, finn)
    run = run_of(finn, fay)
    page = page_of(as_finn, "show", run.pk)
    assert "Kindly Home Care" in page and "Invoice INV-1" in page and "new bank details: somebody may" not in page
    assert "Paid, 25 days" in page_of(as_finn, "provider", provider.pk)
    paid_into(provider, finn, fay, account_number="87654321", on=PAY_DAY)
    agreed(provider, budget, finn, number="INV-2", on=PAY_DAY)
    second = run_of(finn, fay, pay_on=date(2026, 6, 24), on=PAY_DAY, until="made")
    page = page_of(as_finn, "show", second.pk)
    assert "new bank details: somebody may" in page and "spoke to Jo Marsh, accounts" in page
    assert "Other invoices" not in page  # the same amount as in the run before
    found = as_finn.post(reverse("payments:show", args=[second.pk]), {"words": "kindly", "find": "yes"}, follow=True)
    assert "1 payment with “kindly”" in found.content.decode()


def test_days_to_pay_count_from_receipt_to_the_day_of_the_money(provider, budget, ready, finn, fay):
    agreed(provider, budget, finn)
    agreed(provider, budget, finn, number="INV-2", received_on=date(2026, 5, 12))  # due on 11 June
    run_of(finn, fay)  # 25 and 34 days
    wait = days_to_pay.wait_of(provider, PAY_DAY, seen_by=finn)
    assert (wait.paid, wait.in_time, wait.in_time_percent, wait.median_days) == (2, 1, 50, 25)
    assert (wait.within, wait.oldest_unpaid_days) == ((1, 1, 0), None)
    assert wait.late_claim_pence == 40_00 + 1  # the fixed sum, and 4 days of £10.00 at 11.75%
    agreed(provider, budget, finn, number="INV-3", received_on=date(2026, 5, 30))
    assert days_to_pay.wait_of(provider, PAY_DAY, seen_by=finn).oldest_unpaid_days == 16
    assert days_to_pay.wait_of(provider, PAY_DAY + timedelta(days=366), seen_by=finn).paid == 0


def test_everybody_reads_how_soon_providers_are_paid_but_of_few_invoices(
    provider, budget, ready, finn, fay, client, monkeypatch
):
    monkeypatch.setattr(timezone, "localdate", lambda *_: PAY_DAY)
    assert "No provider has sent us an invoice yet" in page_of(client, "days_to_pay")
    for number in range(5):
        agreed(provider, budget, finn, number=f"INV-{number}")
        if number == 3:
            run_of(finn, fay)
            page = page_of(client, "days_to_pay")
            assert "Fewer than 5 invoices" in page and "within their terms" not in page
    run_of(finn, fay, on=date(2026, 6, 2))
    page = page_of(client, "days_to_pay")
    assert "Of 5 invoices that we paid in the last year, 100% were paid within their terms" in page
    table = client.get(reverse("payments:days_to_pay_csv")).content.decode().splitlines()
    assert table[1] == "Kindly Home Care,5,100,5,0,0,25,"
    assert Payment.objects.filter(state="arrived").count() == 5
