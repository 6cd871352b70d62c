"""What a provider is told of a payment: which invoice, what of each line was paid, what was left out and why.

People stand in it by the provider's own reference for them, and nobody's name or needs do: it travels by email.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.letters.blocks import Amount, Block, Letter, Paragraph, Table, day, days
from leeway.law.numbers import pounds
from leeway.market.listings.models import Provider
from leeway.messages.actions import NewMessage, write_messages
from leeway.messages.recipients import About, Channel, Recipient, check_email
from leeway.money.invoices.models import Agreement, InvoiceLine
from leeway.money.payments.models import Payment, PaymentRun, RemittanceAddress
from leeway.refusal import Refusal

#: A reference is a code of a few letters and signs with a number in it: what reads like a name is not passed on.
REFERENCE = re.compile(r"(?=[^0-9]{0,19}[0-9])[A-Za-z0-9/._-]{1,20}")
#: So many letters in a row may be a name.
NAME_LIKE = re.compile("[A-Za-z]{4}")
NHS_NUMBER = re.compile("[0-9]{10}")
LEFT_OUT_IN_EMAIL = 20
KEY = "remittance:"


@transaction.atomic
def record_address(*, provider: Provider, email: str, by: User, on: date) -> RemittanceAddress:
    """Record where a provider is told what was paid. Earlier addresses stay on record."""
    check_can(by, Capability.KEEP_BANK_DETAILS)
    email = email.strip()
    check_email(email)
    if email == address_of(provider):
        raise Refusal("Remittances go to that address already.", field="email")
    return RemittanceAddress.objects.create(provider=provider, email=email, entered_by=by, entered_on=on)


def address_of(provider: Provider) -> str:
    """Where a provider is told what was paid; empty where nobody knows."""
    latest = provider.remittance_addresses.first()
    return latest.email if latest else ""


def get_remittance(payment_id: UUID, *, seen_by: User) -> Payment:
    """A payment to a provider, for whoever pays."""
    check_can(seen_by, Capability.PAY)
    found = _payments().filter(pk=payment_id).first()
    if found is None:
        raise Http404("There is no such payment to a provider.")
    return found


def tell_of_remittances(run: PaymentRun, *, by: User, on: date) -> int:
    """Write to every provider that a run pays, once for each payment, where its address is known; how many."""
    payments = list(_payments().filter(run=run))
    addresses = RemittanceAddress.objects.filter(provider__in=[payment.provider_id for payment in payments])
    emails = dict(addresses.order_by("pk").values_list("provider", "email"))  # the latest stands
    left_out = _left_out(payments)
    new = []
    for payment in payments:
        provider = payment.provider
        assert provider is not None
        if email := emails.get(provider.pk):
            to = Recipient(id=provider.pk, name=provider.name, email=email, preferred=Channel.EMAIL)
            data = _in_email(payment, left_out[payment.pk])
            new.append(NewMessage("remittance", to, data, About(provider.pk), key_of(payment)))
    return len(write_messages(new=new, by=by, on=on))


def remittance_letter(payment: Payment) -> Letter:
    """The remittance of a payment, from which its page and its PDF are made."""
    assert payment.owed is not None and payment.provider is not None
    invoice, paid, left_out = payment.owed.invoice, list(_paid(payment)), _left_out([payment])[payment.pk]
    left_pence = sum(line.claimed_pence - _agreed(line) for line in left_out)
    blocks: list[Block] = [
        Amount(f"Paid into the account {payment.masked}", pounds(payment.amount_pence)),
        Paragraph(
            f"{payment.standing.status}: {payment.standing.more or day(payment.run.pay_on)}. It stands on your "
            f"statement as {_on_statement(payment)}."
        ),
        Paragraph(
            f"For your invoice {invoice.number} of {day(invoice.issued_on)}, {days(invoice.starts_on, invoice.ends_on)}"
            f", received on {day(invoice.received_on)} and due by {day(invoice.due_on)}. It claims "
            f"{pounds(invoice.total_pence)}."
        ),
        Table(
            "What is paid",
            ("Line", "Your reference", "Day", "Billed", "Paid"),
            (
                *((*_line(each.line), pounds(each.pence)) for each in paid),
                ("Together", "", "", "", pounds(payment.amount_pence)),
            ),
            total=True,
        ),
    ]
    if left_out:
        blocks += [
            Table(
                "What is not paid with this, and why",
                ("Line", "Your reference", "Day", "Billed", "Why", "Not paid"),
                (
                    *((*_line(line), _why(line), pounds(line.claimed_pence - _agreed(line))) for line in left_out),
                    ("Together", "", "", "", "", pounds(left_pence)),
                ),
                total=True,
            )
        ]
    return Letter(
        title="Remittance advice",
        sender=settings.COUNCIL_NAME,
        addressed_to=(payment.provider.name,),
        greeting="",
        dated=payment.run.sent_on or payment.run.made_on,
        dated_text=day(payment.run.sent_on or payment.run.made_on),
        reference=f"Payment {payment.reference}, invoice {invoice.number}",
        blocks=tuple(blocks),
        signed=(f"If you have a question, {settings.OFFICE_CONTACT}.",),
        large_print=False,
    )


def _payments() -> QuerySet[Payment]:
    return Payment.objects.filter(owed__isnull=False).select_related(
        "run", "provider", "owed__invoice", "owed__dispute"
    )


def key_of(payment: Payment) -> str:
    """By what the message about a payment is known."""
    return f"{KEY}{payment.pk}"


def _on_statement(payment: Payment) -> str:
    return payment.roll_number or payment.reference


def _paid(payment: Payment) -> QuerySet[Agreement]:
    return Agreement.objects.filter(owed=payment.owed_id).select_related("line").order_by("line__number")


def _left_out(payments: Sequence[Payment]) -> dict[UUID, list[InvoiceLine]]:
    """The lines of which something is not paid with each payment: none, where it is paid after a dispute."""
    invoices = {each.pk: each.owed.invoice_id for each in payments if each.owed and not each.owed.dispute_id}
    lines = InvoiceLine.objects.filter(invoice__in=invoices.values(), disputes__isnull=False)
    of_invoice: defaultdict[UUID, list[InvoiceLine]] = defaultdict(list)
    for line in lines.prefetch_related("agreements", "disputes").order_by("number"):
        of_invoice[line.invoice_id].append(line)
    return {each.pk: of_invoice[invoices[each.pk]] if each.pk in invoices else [] for each in payments}


def _agreed(line: InvoiceLine) -> int:
    """What of a line was agreed before any dispute about it."""
    return sum(each.pence for each in line.agreements.all() if each.dispute_id is None)


def _line(line: InvoiceLine) -> tuple[str, str, str, str]:
    return f"Line {line.number}", _reference(line), day(line.day), pounds(line.claimed_pence)


def _reference(line: InvoiceLine) -> str:
    """By what the provider knows the visit or the person, where it is a reference and nobody's name."""
    for said in (line.visit_reference, line.person_reference):
        if REFERENCE.fullmatch(said) and not NHS_NUMBER.fullmatch(said) and not NAME_LIKE.search(said):
            return said
    return ""


def _why(line: InvoiceLine) -> str:
    """Why something of a line is not paid, in words that tell nothing of anybody; and what became of it since."""
    told = f"{line.get_finding_display()}."
    for dispute in line.disputes.all():
        if dispute.answered:
            return f"{told} {dispute.get_answered_display()}: {pounds(dispute.allowed_pence or 0)} is paid for it."
        return f"{told} We ask you to answer by {day(dispute.answer_by)}."
    return told


def _in_email(payment: Payment, left_out: Sequence[InvoiceLine]) -> dict[str, str]:
    assert payment.owed is not None
    invoice = payment.owed.invoice
    lines = [
        f"- {' '.join(filter(None, _line(line)[:3]))}: {pounds(line.claimed_pence - _agreed(line))}. {_why(line)}"
        for line in left_out[:LEFT_OUT_IN_EMAIL]
    ]
    if more := len(left_out) - len(lines):
        lines.append(f"- and {more} more lines. Ask us for the whole list.")
    return {
        "amount": pounds(payment.amount_pence),
        "arrives_on": day(payment.run.pay_on),
        "statement_reference": _on_statement(payment),
        "account": payment.masked,
        "invoice": invoice.number,
        "claimed": pounds(invoice.total_pence),
        "days": days(invoice.starts_on, invoice.ends_on),
        "left_out": "\n".join(["Not paid with this:", *lines]) if lines else "Nothing of it is left out.",
    }
