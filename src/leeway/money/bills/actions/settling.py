"""Writing off what is owed, and paying back what was paid too much: one asks, another decides."""

import uuid
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case
from leeway.law import law_on
from leeway.law.numbers import pounds
from leeway.money.bills.kinds import Asked, SettlementKind
from leeway.money.bills.models import Settlement, SettlementAnswer
from leeway.money.bills.standing import net_received, owed_by
from leeway.money.budgets.dues import Payer
from leeway.money.contributions.queries import owed_account
from leeway.money.ledger.actions import NewTransfer, give_back, open_account, transfer
from leeway.money.ledger.models import Kind, Reason, Transfer
from leeway.period import year_to
from leeway.refusal import NotAllowed, Refusal

REASON_OF = {SettlementKind.WRITE_OFF: Reason.WRITTEN_OFF, SettlementKind.REFUND: Reason.REFUNDED}


@transaction.atomic
def ask_settlement(
    *, case: Case, kind: SettlementKind, amount_pence: int, because_of: Asked, words: str, by: User, on: date
) -> Settlement:
    """Ask that some of what is owed is written off, or that it is recorded as paid back to the person."""
    check_can(by, Capability.CONFIRM_RECEIPTS)
    case = lock_case(case.pk)
    _require_amount(case, kind, amount_pence, on)
    if (because_of == Asked.OVERPAID) != (kind == SettlementKind.REFUND):
        raise Refusal("What was paid too much is paid back; everything else is written off.", field="because_of")
    ask = "Say why, as an auditor should read it."
    if kind == SettlementKind.REFUND:
        ask = "Say how it was paid back, and what shows it."
    words = said.sentence(words, ask=ask, field="words", least=said.REASON)
    if case.settlements.filter(kind=kind, answer=None).exists():
        raise Refusal("Another one waits to be decided for this person. Have that decided first.")
    return Settlement.objects.create(
        case=case, kind=kind, amount_pence=amount_pence, because_of=because_of, words=words, asked_by=by, asked_on=on
    )


@transaction.atomic
def decide_settlement(*, settlement: Settlement, agreed: bool, words: str = "", by: User, on: date) -> SettlementAnswer:
    """Decide what another officer asked for. Above the council's limit a finance manager decides a write-off.

    What is written off is the council's cost from then on; what was paid back is owed to the person no longer.
    """
    check_can(by, Capability.PAY)
    case = lock_case(settlement.case_id)
    settlement = Settlement.objects.select_related("asked_by").get(pk=settlement.pk)
    if SettlementAnswer.objects.filter(settlement=settlement).exists():
        raise Refusal("This was decided already.")
    if settlement.asked_by_id == by.pk:
        raise NotAllowed("Whoever asked for it does not decide it too. Ask a colleague.")
    if agreed and needs_manager(settlement, on):
        check_can(by, Capability.APPROVE_LARGE_RUNS)
    kind = SettlementKind(settlement.kind)
    if not agreed:
        words = said.sentence(words, ask="Say why not.", field="words", least=said.REASON)
    answer = SettlementAnswer.objects.create(
        settlement=settlement, agreed=agreed, words=words.strip(), decided_by=by, decided_on=on
    )
    if agreed:
        _require_amount(case, kind, settlement.amount_pence, on)
        _post(settlement, by, on)
        done = "written off" if kind == SettlementKind.WRITE_OFF else "paid back"
        why = Asked(settlement.because_of).label.lower()
        sentence = f"{pounds(settlement.amount_pence)} {done}: {why}."
        tell(case=case, kind=Event.BILLS, sentence=sentence, by=by, on=on)
    return answer


def needs_manager(settlement: Settlement, on: date) -> bool:
    """Whether a write-off is above what two finance officers may decide, with what was written off in the year before.

    Otherwise several small ones would be one large one.
    """
    most = law_on(on, settings.COUNCIL_POLICY)["billing.write_off_two_officers_most"]
    if settlement.kind != SettlementKind.WRITE_OFF:
        return False
    before = settlement.case.settlements.filter(kind=SettlementKind.WRITE_OFF).order_by().values("pk")
    stand = Transfer.objects.filter(about__in=before, reason=Reason.WRITTEN_OFF, corrections=None)
    since = stand.filter(effective_date__gte=year_to(on).starts_on).aggregate(pence=Sum("amount_pence"))["pence"]
    return settlement.amount_pence + (since or 0) > most


@transaction.atomic
def undo_settlement(*, settlement: Settlement, reason: str, by: User, on: date) -> None:
    """Take a mistaken write-off or refund back: it stays on record, and the money is owed as before."""
    check_can(by, Capability.PAY)
    case = lock_case(settlement.case_id)
    settlement = Settlement.objects.get(pk=settlement.pk)
    reason = said.sentence(reason, ask="Say what was mistaken.", field="reason", least=said.REASON)
    moved = Transfer.objects.filter(about=settlement.pk, corrects=None).first()
    if moved is None or moved.corrections.exists():
        raise Refusal("Nothing of this stands that could be taken back.")
    if settlement.asked_by_id == by.pk:
        raise NotAllowed("Whoever asked for it does not take it back alone. Ask a colleague.")
    give_back(
        original=moved, id=uuid.uuid5(settlement.pk, "undone"), amount_pence=moved.amount_pence, effective_date=on,
        by=by, on=on,
    )  # fmt: skip
    sentence = f"{pounds(settlement.amount_pence)} was settled by mistake, and is owed as before: {reason}"
    tell(case=case, kind=Event.BILLS, sentence=sentence, by=by, on=on)


def _require_amount(case: Case, kind: SettlementKind, pence: int, on: date) -> None:
    owed = owed_by([case.pk], on).get(case.pk, 0)
    if pence <= 0:
        raise Refusal("Enter an amount of more than nothing.", field="amount_pence")
    if kind == SettlementKind.WRITE_OFF and pence > owed:
        raise Refusal(f"{pounds(max(owed, 0))} is owed. Write off no more than that.", field="amount_pence")
    if kind == SettlementKind.REFUND and pence > min(-owed, net_received(case, on)):
        most = max(min(-owed, net_received(case, on)), 0)
        raise Refusal(
            f"{pounds(most)} of what they paid is owed back to them. Pay back no more than that; what was written off "
            "is taken back instead.",
            field="amount_pence",
        )


def _post(settlement: Settlement, by: User, on: date) -> None:
    owed = owed_account(settlement.case, Payer.PERSON)
    assert owed is not None, "something is owed, so there is its account"
    if settlement.kind == SettlementKind.WRITE_OFF:
        into, out_of = owed, open_account(kind=Kind.FUNDER_COUNCIL, by=by, on=on)
    else:
        into, out_of = open_account(kind=Kind.FUNDER_PERSON, case=settlement.case, by=by, on=on), owed
    reason = REASON_OF[SettlementKind(settlement.kind)]
    new = NewTransfer(
        id=uuid.uuid5(settlement.pk, reason.value), debit=into.pk, credit=out_of.pk,
        amount_pence=settlement.amount_pence, reason=reason, effective_date=on, about=settlement.pk,
    )  # fmt: skip
    transfer(new=new, by=by, on=on)
