"""An invoice is owed as far as it was delivered, the rest is argued, and no visit is billed twice."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from leeway.market.listings.models import Provider
from leeway.money.budgets.models import Funding
from leeway.money.invoices.actions import (
    NewLine,
    NewVisit,
    agree_invoice,
    answer_dispute,
    compare_invoice,
    enter_visit,
    receive_invoice,
    settle_visit,
    withdraw_invoice,
)
from leeway.money.invoices.kinds import Answered, Finding, Happened
from leeway.money.invoices.models import Agreement, Dispute, Invoice, InvoiceLine
from leeway.money.invoices.states import State
from leeway.money.ledger.models import Account, Kind
from leeway.money.ledger.queries import balance
from leeway.money.statements.queries import findings
from leeway.refusal import NotAllowed, Refusal

pytestmark = pytest.mark.django_db
ON, DAY = date(2026, 6, 1), date(2026, 5, 4)


def visit(provider, by, minutes=30, *, day=DAY, reference="V1", happened=Happened.DELIVERED, name="Ada Bell"):
    new = NewVisit(day=day, happened=happened, reference=reference, name=name, planned_minutes=30, minutes=minutes)
    return enter_visit(provider=provider, new=new, shown_by="Signed time sheet of the day", by=by, on=ON)


def settle(visit, budget, pence, by, minutes=30):
    line = budget.plan.lines.get()
    why = "Time sheet and plan agree"
    return settle_visit(visit=visit, line=line, due_pence=pence, minutes_paid=minutes, reason=why, by=by, on=ON)


def bill(provider, by, *lines, number="INV-1"):
    rows = [NewLine(day=DAY, claimed_pence=pence, visit_reference=said, name="Ada Bell") for said, pence in lines]
    total = sum(pence for _said, pence in lines)
    days = {"issued_on": date(2026, 5, 20), "received_on": date(2026, 5, 21), "starts_on": date(2026, 5, 1)}
    return receive_invoice(
        provider=provider, number=number, ends_on=date(2026, 5, 17), total_pence=total, lines=rows, by=by, on=ON, **days
    )


def owed(provider):
    account = Account.objects.filter(kind=Kind.OWED_TO_PROVIDER, name=str(provider.pk)).first()
    return balance(account) if account else 0


def test_what_was_delivered_is_owed_and_the_rest_is_argued(case, managed, provider, finn):
    budget = managed(case)
    settle(visit(provider, finn), budget, 10_00, finn)
    before = balance(budget.committed)
    invoice = compare_invoice(invoice=bill(provider, finn, ("V1", 20_00)), by=finn, on=ON)
    line = invoice.lines.get()
    assert (line.finding, line.due_pence) == (Finding.OVER_BILLED, 10_00) and "£10.00 more than is due" in line.why
    assert invoice.due_on == date(2026, 6, 20)
    agreed = agree_invoice(invoice=invoice, seen_pence=10_00, by=finn, on=ON)
    assert agreed.state == State.DISPUTED and owed(provider) == 10_00 == before - balance(budget.committed)
    dispute = Dispute.objects.get()
    said = "The carer stayed on while the ambulance came"
    answer_dispute(dispute=dispute, answered=Answered.PART, allowed_pence=4_00, answer=said, by=finn, on=ON)
    invoice.refresh_from_db()
    assert invoice.state == State.AGREED and owed(provider) == 14_00 and Agreement.objects.count() == 2
    assert not list(findings())
    with pytest.raises(Refusal, match="ended already"):
        answer_dispute(dispute=dispute, answered=Answered.PART, allowed_pence=4_00, answer=said, by=finn, on=ON)


def test_a_visit_is_billed_once(case, managed, provider, finn):
    budget = managed(case)
    first = visit(provider, finn)
    settle(first, budget, 10_00, finn)
    one = compare_invoice(invoice=bill(provider, finn, ("V1", 10_00), ("V1", 10_00)), by=finn, on=ON)
    assert [line.finding for line in one.lines.all()] == [Finding.FITS, Finding.DUPLICATE]
    two = compare_invoice(invoice=bill(provider, finn, ("V1", 10_00), number="INV-2"), by=finn, on=ON)
    assert two.lines.get().finding == Finding.DUPLICATE and "invoice INV-1" in two.lines.get().why
    with pytest.raises(IntegrityError), transaction.atomic():
        InvoiceLine.objects.filter(invoice=two).update(visit=first)
    withdraw_invoice(invoice=one, reason="The provider sent it by mistake", by=finn, on=ON)
    assert compare_invoice(invoice=two, by=finn, on=ON).lines.get().finding == Finding.FITS


def test_nothing_is_owed_for_a_visit_that_nobody_allocated_or_told_of(case, managed, provider, finn):
    managed(case)
    visit(provider, finn, name="Ada Belle")
    invoice = compare_invoice(invoice=bill(provider, finn, ("V1", 10_00), ("V9", 5_00)), by=finn, on=ON)
    assert [line.finding for line in invoice.lines.all()] == [Finding.NOT_ALLOCATED, Finding.NOT_FOUND]
    assert agree_invoice(invoice=invoice, seen_pence=0, by=finn, on=ON).state == State.DISPUTED and not owed(provider)
    lost = Dispute.objects.get(line__number=2)
    said = "They sent the log of the tag at the door"
    with pytest.raises(Refusal, match="No visit that this can be"):
        answer_dispute(dispute=lost, answered=Answered.COUNCIL_ACCEPTS, allowed_pence=0, answer=said, by=finn, on=ON)


def test_no_more_is_owed_than_is_set_aside(case, managed, provider, finn):
    budget = managed(case)
    set_aside = Funding.objects.get().total_pence
    with pytest.raises(Refusal, match="an amount from a penny"):
        bill(provider, finn, ("V1", 10_000_01))
    for place in range(2, 5):
        settle(visit(provider, finn, reference=f"V{place}"), budget, set_aside // 2, finn)
    lines = [(f"V{place}", set_aside // 2) for place in range(2, 5)]
    invoice = compare_invoice(invoice=bill(provider, finn, *lines), by=finn, on=ON)
    with pytest.raises(Refusal, match="is left of what is set aside"):
        agree_invoice(invoice=invoice, seen_pence=3 * (set_aside // 2), by=finn, on=ON)
    assert not owed(provider) and not list(findings())


def test_what_was_settled_since_is_compared_again_first(case, managed, provider, finn, bea):
    budget = managed(case)
    told = visit(provider, finn)
    settle(told, budget, 10_00, finn)
    invoice = compare_invoice(invoice=bill(provider, finn, ("V1", 10_00)), by=finn, on=ON)
    settle(told, budget, 8_00, finn)
    with pytest.raises(Refusal, match="Compare the invoice again"):
        agree_invoice(invoice=invoice, seen_pence=10_00, by=finn, on=ON)
    with pytest.raises(NotAllowed):
        agree_invoice(invoice=invoice, seen_pence=8_00, by=bea, on=ON)
    agree_invoice(invoice=compare_invoice(invoice=invoice, by=finn, on=ON), seen_pence=8_00, by=finn, on=ON)
    with pytest.raises(Refusal, match="agreed on an invoice already"):
        settle(told, budget, 9_00, finn)
    with pytest.raises(DatabaseError), transaction.atomic():
        Agreement.objects.update(pence=1)
    assert not list(findings())


def test_a_dispute_about_a_visit_billed_twice_cannot_end_with_it_due_twice(case, managed, provider, finn):
    """Also where both lines stand on the same invoice."""
    settle(visit(provider, finn), managed(case), 10_00, finn)
    invoice = compare_invoice(invoice=bill(provider, finn, ("V1", 10_00), ("V1", 10_00)), by=finn, on=ON)
    agree_invoice(invoice=invoice, seen_pence=10_00, by=finn, on=ON)
    said = {"answered": Answered.COUNCIL_ACCEPTS, "allowed_pence": 0, "answer": "They sent the log of the tag"}
    with pytest.raises(Refusal, match="billed already, on line 1 of this invoice"):
        answer_dispute(dispute=Dispute.objects.get(), **said, by=finn, on=ON)
    assert owed(provider) == 10_00


@pytest.mark.parametrize("number", ["inv-1", " INV -1", "Inv\u00a0-1", "INV-1\u2003"])
def test_an_invoice_is_known_by_its_number_however_it_is_written(case, managed, provider, finn, number):
    managed(case)
    first = bill(provider, finn, ("V1", 10_00))
    with pytest.raises(Refusal, match="is here already") as refused:
        bill(provider, finn, ("V1", 10_00), number=number)
    assert refused.value.field == "number"
    facts = {field.name: getattr(first, field.name) for field in Invoice._meta.fields if field.name != "id"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.create(**facts | {"number": " ".join(number.split())})
    withdraw_invoice(invoice=first, reason="The provider sent it by mistake", by=finn, on=ON)
    bill(provider, finn, ("V1", 10_00), number=number)


def test_a_visit_is_settled_to_its_own_providers_lines_alone_and_within_what_a_line_may_bill(
    case, managed, provider, finn
):
    budget, other = managed(case), Provider.objects.create(name="Somebody else’s care")
    with pytest.raises(Refusal, match="bought from Somebody else’s care"):
        settle(visit(other, finn), budget, 10_00, finn)
    told = visit(provider, finn)
    for pence, minutes in ((10_000_01, 30), (-1, 30), (10_00, 1441)):
        with pytest.raises(Refusal, match="minutes and an amount"):
            settle(told, budget, pence, finn, minutes)
    assert not list(findings())


def test_a_visit_that_was_entered_by_hand_is_not_entered_again(case, managed, provider, finn):
    managed(case)
    visit(provider, finn, reference="")
    with pytest.raises(Refusal, match="is on record already"):
        visit(provider, finn, reference="")
    visit(provider, finn, 25, reference="")


def test_what_was_bent_of_a_visit_its_invoice_and_its_dispute_is_named(case, managed, provider, finn, guards_aside):
    settle(visit(provider, finn), managed(case), 10_00, finn)
    agree_invoice(
        invoice=compare_invoice(invoice=bill(provider, finn, ("V1", 20_00)), by=finn, on=ON),
        seen_pence=10_00, by=finn, on=ON,
    )  # fmt: skip
    visit(provider, finn, reference="V2")
    for change, said in (
        ("invoices_allocation SET why = 'Another reason'", "Allocation of visit"),
        ("invoices_invoice SET due_on = due_on + 30", "Invoice"),
        ("invoices_invoiceline SET why = 'Another reason'", "Line of an invoice"),
        ("invoices_dispute SET answer_by = answer_by - 1", "Dispute of a line"),
    ):
        guards_aside(f"UPDATE {change}")
        assert any(f.startswith(said) and "something else than its history" in f for f in findings())
    guards_aside("UPDATE invoices_invoiceevent SET agreed_by_id = entered_by_id WHERE state = 'matched'")
    assert any("by no step that there is" in each for each in findings())
