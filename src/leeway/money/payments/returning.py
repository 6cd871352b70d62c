"""A payment that came back: taken back step by step, told to its case, and to be made again."""

from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.planning.models import Way
from leeway.law.numbers import pounds
from leeway.money.budgets.actions import hold_returned
from leeway.money.payments.models import InvoiceHoldKind, Payment
from leeway.money.payments.owed import hold
from leeway.money.payments.posting import take_off
from leeway.money.payments.states import LIVE, PAYMENT_MOVES, PaymentState
from leeway.money.payments.steps import locked_run
from leeway.moves import require_move
from leeway.refusal import Refusal


@transaction.atomic
def return_payment(*, payment: Payment, reason: str, by: User, on: date) -> Payment:
    """Say that a payment which had been confirmed came back after all, and why."""
    check_can(by, Capability.PAY)
    locked_run(payment.run)
    payment = Payment.objects.get(pk=payment.pk)
    require_arrived(payment)
    return take_back(payment, reason, by, on)


def take_back(payment: Payment, why: str, by: User, on: date, *, ours: bool = False) -> Payment:
    """Take a payment back step by step to what is committed or owed, and tell the case. Whoever calls locked its run.

    Its budget or invoice waits until finance has looked, unless it is `ours`: nothing is wrong with the account that
    was to be paid, and it is simply due again.
    """
    if payment.state == PaymentState.RETURNED:
        raise Refusal(
            f"{payment.reference} came back already, on {payment.returned_on:%-d %B %Y}: "
            f"“{payment.returned_because}”. Leave it out.",
            field="returned",
        )
    ask = f"Say why {payment.reference} came back: “account closed”."
    why = said.sentence(why, ask=ask, field="returned", least=said.FEW)
    payment.state, payment.returned_by, payment.returned_on = PaymentState.RETURNED, by, on
    payment.returned_because = why
    payment.save(update_fields=["state", "returned_by", "returned_on", "returned_because"])
    take_off(payment, by, on)
    because = f"{pounds(payment.amount_pence)}, {payment.returned_because.rstrip('.')}."
    if payment.owed is not None:
        if not ours:
            hold(payment.owed, InvoiceHoldKind.RETURNED, because, by, on)
        return payment
    assert payment.case is not None
    sent_back = "came back" if payment.way == Way.DIRECT_PAYMENT else "came back from the provider’s account"
    sentence = f"{pounds(payment.amount_pence)} {sent_back}: {payment.returned_because}"
    kind = Event.PAYMENT_FAILED if ours else Event.PAYMENT_RETURNED
    tell(case=payment.case, kind=kind, sentence=sentence, by=by, on=on)
    if not ours and payment.instalment is not None:
        hold_returned(instalment=payment.instalment, reason=because, by=by, on=on)
    return payment


def require_arrived(payment: Payment) -> None:
    """Refuse to take back a payment of which nobody has said that it arrived."""
    require_move(PAYMENT_MOVES, payment.state, PaymentState.RETURNED, of="This payment")
    if payment.state != PaymentState.ARRIVED:
        raise Refusal("Confirm the run first, and name the payments that came back there.")


def to_be_made_again() -> QuerySet[Payment]:
    """Payments that came back, and that are still to be made and nothing has made since.

    What came back twice stands for its last time alone.
    """
    same = Payment.objects.filter(
        Q(instalment=OuterRef("instalment")) | Q(interim=OuterRef("interim")) | Q(owed=OuterRef("owed"))
    )
    once_more = Q(state=PaymentState.RETURNED, run__number__gt=OuterRef("run__number"))
    again = same.filter(Q(state__in=LIVE) | once_more)
    owed = Q(instalment__cancellation=None, interim__ended_on=None)
    return Payment.objects.filter(owed, ~Exists(again), state=PaymentState.RETURNED)
