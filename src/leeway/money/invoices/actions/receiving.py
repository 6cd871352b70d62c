"""Taking invoices in as they were billed, and withdrawing one that nobody stands by."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.days import HAPPENED, check_day
from leeway.law import law_on
from leeway.law.numbers import pounds
from leeway.law.visits import last_day_to_pay
from leeway.market.listings.models import Provider
from leeway.money.invoices.models import KNOWN_BY, Invoice, InvoiceLine
from leeway.money.invoices.states import MOVES, State
from leeway.moves import require_move
from leeway.refusal import Refusal

#: Nobody bills more for one visit, nor has more lines on an invoice: a slip of pence and pounds is refused.
LINE_MOST_PENCE, LINES_MOST = 10_000_00, 50_000
WITHDRAWN = ("state", "withdrawn_by", "withdrawn_on", "withdrawn_because")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """One line as a provider bills it."""

    day: date
    claimed_pence: int
    visit_reference: str = ""
    person_reference: str = ""
    nhs_number: str = ""
    name: str = ""
    what: str = ""
    minutes: int | None = None


@transaction.atomic
def receive_invoice(
    *,
    provider: Provider,
    number: str,
    issued_on: date,
    received_on: date,
    starts_on: date,
    ends_on: date,
    total_pence: int,
    lines: Sequence[NewLine],
    by: User,
    on: date,
) -> Invoice:
    """Take in an invoice with its lines, which must come to its total. It is due so many days after it was received."""
    check_can(by, Capability.SETTLE_INVOICES)
    number = " ".join(number.split())
    if not number:
        raise Refusal("Enter the number that the provider gave the invoice.", field="number")
    same = Invoice.objects.alias(known_by=KNOWN_BY).filter(
        provider=provider, known_by=Lower(Value(number.replace(" ", "")))
    )
    if same.exclude(state=State.WITHDRAWN).exists():
        raise Refusal(
            f"Invoice {number} of {provider.name} is here already. Look at that one, or check the number.",
            field="number",
        )
    check_day(issued_on, HAPPENED, field="issued_on", what="The day of the invoice", on=on)
    check_day(received_on, HAPPENED, field="received_on", what="The day on which it was received", on=on)
    check_day(starts_on, HAPPENED, field="starts_on", what="The first day that it is for", on=on)
    check_day(ends_on, HAPPENED, field="ends_on", what="The last day that it is for", on=on)
    if received_on < issued_on:
        raise Refusal("It was received before it was issued. Check both days.", field="received_on")
    if ends_on < starts_on:
        raise Refusal("The last day is before the first. Check both days.", field="ends_on")
    _require_lines(lines, total_pence, starts_on, ends_on)
    invoice = Invoice.objects.create(
        provider=provider,
        number=number,
        issued_on=issued_on,
        received_on=received_on,
        starts_on=starts_on,
        ends_on=ends_on,
        total_pence=total_pence,
        due_on=last_day_to_pay(received_on, law_on(received_on, settings.COUNCIL_POLICY)),
        entered_by=by,
        entered_on=on,
    )
    InvoiceLine.objects.bulk_create(
        [InvoiceLine(invoice=invoice, number=place, **asdict(line)) for place, line in enumerate(lines, start=1)],
        batch_size=1_000,
    )
    return invoice


@transaction.atomic
def withdraw_invoice(*, invoice: Invoice, reason: str, by: User, on: date) -> Invoice:
    """Say that an invoice does not stand, before anything of it is agreed. Its visits can be billed on another."""
    check_can(by, Capability.SETTLE_INVOICES)
    ask = "Say why it does not stand: who withdrew it, or what was entered wrongly."
    reason = said.sentence(reason, ask=ask, field="reason", least=said.FEW)
    invoice = locked(invoice)
    require_move(MOVES, invoice.state, State.WITHDRAWN, of="This invoice")
    invoice.lines.filter(visit__isnull=False).update(visit=None, due_pence=0)
    invoice.state, invoice.withdrawn_because = State.WITHDRAWN, reason
    invoice.withdrawn_by, invoice.withdrawn_on = by, on
    invoice.save(update_fields=WITHDRAWN)
    return invoice


def locked(invoice: Invoice) -> Invoice:
    """An invoice as it stands now, and until this is done."""
    return Invoice.objects.select_for_update(no_key=True, of=("self",)).select_related("provider").get(pk=invoice.pk)


def _require_lines(lines: Sequence[NewLine], total_pence: int, starts_on: date, ends_on: date) -> None:
    if not lines:
        raise Refusal("An invoice needs a line at least. Enter what it bills, visit by visit.", field="lines")
    if len(lines) > LINES_MOST:
        raise Refusal(f"An invoice has at most {LINES_MOST:,} lines. Ask the provider for several.", field="lines")
    for place, line in enumerate(lines, start=1):
        if not 0 < line.claimed_pence <= LINE_MOST_PENCE:
            raise Refusal(
                f"Line {place} bills {pounds(line.claimed_pence)}: enter an amount from a penny to "
                f"{pounds(LINE_MOST_PENCE)}.",
                field="lines",
            )
        if not starts_on <= line.day <= ends_on:
            raise Refusal(f"Line {place} is for a day that the invoice is not for. Check its day.", field="lines")
        if not (line.visit_reference or line.person_reference or line.nhs_number or line.name):
            raise Refusal(f"Line {place} says neither which visit nor whose. Ask the provider.", field="lines")
    total = sum(line.claimed_pence for line in lines)
    if total != total_pence:
        raise Refusal(
            f"The lines come to {pounds(total)}, and the invoice says {pounds(total_pence)}. Check both, or ask the "
            "provider.",
            field="total_pence",
        )
