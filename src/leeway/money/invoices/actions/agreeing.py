"""Comparing an invoice with what was delivered, agreeing what is due of it, and settling what is argued.

What is agreed moves from what is set aside for the person's support to what the provider is owed, visit by visit, and
never more than is set aside. What is not due is argued from the same day on, with a clock; it holds up nothing else.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from django.conf import settings
from django.db import transaction

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.locks import lock_cases
from leeway.care.people.models import Case
from leeway.law import law_on
from leeway.law.numbers import pounds
from leeway.law.visits import last_day_to_answer
from leeway.market.listings.models import Provider
from leeway.money.budgets.actions.funding import delivered_of, left, posted_of
from leeway.money.budgets.models import Funding
from leeway.money.invoices.actions.charging import charge_as_delivered
from leeway.money.invoices.actions.receiving import locked
from leeway.money.invoices.comparing import Found, compare
from leeway.money.invoices.kinds import Answered, Finding, Result
from leeway.money.invoices.models import Agreement, Allocation, Dispute, Invoice, InvoiceLine, Owed, Visit
from leeway.money.invoices.states import MOVES, State
from leeway.money.ledger.actions import NewTransfer, open_account, transfer_many
from leeway.money.ledger.models import Account, Kind, Reason
from leeway.moves import require_move
from leeway.refusal import Refusal

FOUND = ["visit", "finding", "due_pence", "why"]
ANSWERED = ("answered", "allowed_pence", "answer", "answered_by", "answered_on")


@transaction.atomic
def compare_invoice(*, invoice: Invoice, by: User, on: date) -> Invoice:
    """Look for the visit of each line, and say what of it is due and why. It may be done again until it is agreed."""
    check_can(by, Capability.SETTLE_INVOICES)
    invoice = locked(invoice)
    if invoice.state != State.MATCHED:
        require_move(MOVES, invoice.state, State.MATCHED, of="This invoice")
    invoice.lines.filter(visit__isnull=False).update(visit=None, due_pence=0)
    changed = [_put(line, found) for line, found in compare(invoice, invoice.lines.all())]
    InvoiceLine.objects.bulk_update(changed, FOUND, batch_size=1_000)
    invoice.state, invoice.matched_by, invoice.matched_on = State.MATCHED, by, on
    invoice.save(update_fields=["state", "matched_by", "matched_on"])
    return invoice


@transaction.atomic
def agree_invoice(*, invoice: Invoice, seen_pence: int, by: User, on: date) -> Invoice:
    """Agree what is due of an invoice, which the provider is owed from now on, and dispute the rest of it.

    `seen_pence` is what the officer saw to be due: refused where it is another amount by now, and where more is due
    than is set aside for somebody's support.
    """
    check_can(by, Capability.SETTLE_INVOICES)
    lock_cases(Case.objects.filter(visits__visit__billed__invoice=invoice))
    invoice = locked(invoice)
    if invoice.state == State.DISPUTED:
        raise Refusal("What is due of this invoice is agreed already. Settle what is argued, line by line.")
    if invoice.state != State.MATCHED:
        require_move(MOVES, invoice.state, State.AGREED, of="This invoice")
    _lock_visits(invoice)
    _require_as_compared(invoice)
    lines = list(
        invoice.lines.select_related("visit__allocation__funding__part__budget", "visit__allocation__case__person")
    )
    due_pence = sum(line.due_pence for line in lines)
    if due_pence != seen_pence:
        raise Refusal(f"{pounds(due_pence)} is due of this invoice by now. Look at its lines again, and agree them.")
    _owe(invoice, [(line, line.due_pence) for line in lines if line.due_pence], None, by, on)
    answer_by = last_day_to_answer(on, law_on(on, settings.COUNCIL_POLICY))
    argued = [
        Dispute(
            line=line,
            pence=line.claimed_pence - line.due_pence,
            reason=line.why,
            raised_by=by,
            raised_on=on,
            answer_by=answer_by,
        )
        for line in lines
        if line.claimed_pence > line.due_pence
    ]
    Dispute.objects.bulk_create(argued, batch_size=1_000)
    _move(invoice, State.DISPUTED if argued else State.AGREED, by, on)
    charge_as_delivered(_people_of(lines), on)
    return invoice


@transaction.atomic
def answer_dispute(
    *, dispute: Dispute, answered: Answered, allowed_pence: int, answer: str, by: User, on: date
) -> Dispute:
    """Record how an argument about a line ended, in a sentence. What is due of it after all is owed from now on."""
    check_can(by, Capability.SETTLE_INVOICES)
    ask = "Say what the provider answered and what shows it. The provider is told this."
    answer = said.sentence(answer, ask=ask, field="answer", least=said.OWN)
    line = InvoiceLine.objects.select_related("visit__allocation", "invoice").get(pk=dispute.line_id)
    allowed_pence = _allowed(dispute, answered, allowed_pence)
    found = allowed_pence and line.visit is None
    if found:
        line.visit = _looked_for_again(line)
    lock_cases(Case.objects.filter(visits__visit=line.visit_id))
    invoice = locked(line.invoice)
    _lock_visits(invoice)
    dispute = Dispute.objects.select_for_update(no_key=True).get(pk=dispute.pk)
    if dispute.answered_on:
        raise Refusal("This dispute has ended already. Open the invoice to see how.")
    if found:
        line.save(update_fields=["visit"])
    dispute.answered, dispute.allowed_pence, dispute.answer = answered, allowed_pence, answer
    dispute.answered_by, dispute.answered_on = by, on
    dispute.save(update_fields=ANSWERED)
    if allowed_pence:
        _owe(invoice, [(line, allowed_pence)], dispute, by, on)
    if not Dispute.objects.filter(line__invoice=invoice, answered_on=None).exists():
        _move(invoice, State.AGREED, by, on)
    charge_as_delivered(_people_of([line]), on)
    return dispute


def _people_of(lines: Iterable[InvoiceLine]) -> set[uuid.UUID]:
    """Whose visits some lines bill, as far as it is known: their cases."""
    return {line.visit.allocation.case_id for line in lines if line.visit and line.visit.allocation.case_id}


def owed_to(provider: Provider, by: User, on: date) -> Account:
    """The account of what a provider is owed, opened the first time."""
    return open_account(kind=Kind.OWED_TO_PROVIDER, name=str(provider.pk), by=by, on=on)


def paid_to(provider: Provider, by: User, on: date) -> Account:
    """The account of what a provider was paid, opened the first time."""
    return open_account(kind=Kind.PAID_TO_PROVIDER, name=str(provider.pk), by=by, on=on)


def _move(invoice: Invoice, to: State, by: User, on: date) -> None:
    require_move(MOVES, invoice.state, to, of="This invoice")
    invoice.state, invoice.agreed_by, invoice.agreed_on = to, by, on
    invoice.save(update_fields=["state", "agreed_by", "agreed_on"])


def _put(line: InvoiceLine, found: Found) -> InvoiceLine:
    line.visit, line.finding, line.due_pence, line.why = found.visit, found.finding, found.due_pence, found.why
    return line


def _require_as_compared(invoice: Invoice) -> None:
    """Refuse to agree what was compared before a visit was settled otherwise: what is due of it may be another."""
    for line in invoice.lines.filter(visit__isnull=False).select_related("visit__allocation"):
        allocation = line.visit.allocation
        now_pence = allocation.due_pence if allocation.result == Result.MATCHED else 0
        unsettled = allocation.result != Result.UNALLOCATED and line.finding == Finding.NOT_ALLOCATED
        if min(now_pence, line.claimed_pence) != line.due_pence or unsettled:
            raise Refusal(f"The visit of line {line.number} was settled since. Compare the invoice again first.")


def _allowed(dispute: Dispute, answered: Answered, allowed_pence: int) -> int:
    """What of a dispute is due after all, as its ending says."""
    if answered == Answered.PROVIDER_ACCEPTS:
        return 0
    if answered == Answered.COUNCIL_ACCEPTS:
        return dispute.pence
    if not 0 < allowed_pence < dispute.pence:
        raise Refusal(
            f"{pounds(dispute.pence)} is argued. Enter the part of it that is due: more than nothing, and not all.",
            field="allowed_pence",
        )
    return allowed_pence


def _looked_for_again(line: InvoiceLine) -> Visit:
    """The visit of a line that was not on record when it was compared, and is by now."""
    [(_line, found)] = compare(line.invoice, [line])
    if found.visit is None:
        then = " Only then can it be due." if found.finding == Finding.NOT_FOUND else ""
        raise Refusal(f"{found.why}{then}", field="answered")
    return found.visit


def _lock_visits(invoice: Invoice) -> None:
    """Have nobody settle the visits of an invoice otherwise until this is done. It comes after cases and invoice."""
    visits = Allocation.objects.filter(visit__billed__invoice=invoice)
    list(visits.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk"))


def _owe(invoice: Invoice, due: Sequence[tuple[InvoiceLine, int]], dispute: Dispute | None, by: User, on: date) -> None:
    """Move what is due of some lines from what is set aside to what the provider is owed, and write that it is."""
    if not due:
        return
    account, paid_into = owed_to(invoice.provider, by, on), paid_to(invoice.provider, by, on)
    _require_set_aside([(*_money_of(line), pence) for line, pence in due])
    owed = Owed.objects.create(
        invoice=invoice,
        dispute=dispute,
        account=account,
        paid_into=paid_into,
        pence=sum(pence for _line, pence in due),
        agreed_by=by,
        agreed_on=on,
    )
    new, rows = [], []
    for line, pence in due:
        case, funding = _money_of(line)
        transfer_id = uuid.uuid5(line.pk, f"{Reason.DELIVERED} {dispute.pk if dispute else ''}")
        new.append(
            NewTransfer(
                id=transfer_id,
                debit=account.pk,
                credit=funding.part.budget.committed_id,
                amount_pence=pence,
                reason=Reason.DELIVERED,
                effective_date=on,
                about=funding.pk,
            )
        )
        rows.append(
            Agreement(
                line=line,
                owed=owed,
                dispute=dispute,
                case=case,
                funding=funding,
                pence=pence,
                transfer_id=transfer_id,
                agreed_by=by,
                agreed_on=on,
            )
        )
    transfer_many(new=new, by=by, on=on)
    Agreement.objects.bulk_create(rows, batch_size=1_000)


def _money_of(line: InvoiceLine) -> tuple[Case, Funding]:
    """Whose visit a line bills, and what is set aside for it."""
    allocation = line.visit.allocation if line.visit else None
    if allocation is None or allocation.case is None or allocation.funding is None:
        raise Refusal(
            f"Line {line.number}: settle first to which agreed line its visit belongs, and do this again.",
            field="answered",
        )
    return allocation.case, allocation.funding


def _require_set_aside(owed: Sequence[tuple[Case, Funding, int]]) -> None:
    """Refuse where more is due for somebody's support than is set aside for it."""
    wanted: Counter[uuid.UUID] = Counter()
    whose: dict[uuid.UUID, tuple[Funding, Case]] = {}
    for case, funding, pence in owed:
        wanted[funding.pk] += pence
        whose[funding.pk] = funding, case
    posted = posted_of([funding for funding, _case in whose.values()])
    delivered = delivered_of(whose)
    for funding_id, pence in wanted.items():
        funding, case = whose[funding_id]
        left_pence = left(posted[funding_id][Kind.COMMITTED]) - delivered[funding_id]
        if pence > left_pence:
            raise Refusal(
                f"{pounds(pence)} would be due for {case.person}, and {pounds(left_pence)} is left of what is set "
                f"aside until {funding.ends_on:%-d %B %Y}. Check the visits; where they are right, have the plan "
                "reviewed and the budget set up at what is needed, and do this again."
            )
