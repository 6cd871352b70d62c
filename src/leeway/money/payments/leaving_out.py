"""One payment left out of a run that nobody has approved: its budget waits, and the run is made again without it."""

from datetime import date

from django.db import transaction

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.acting import why_not
from leeway.money.budgets.actions import place_hold
from leeway.money.budgets.models import HoldKind
from leeway.money.payments.making import NothingToPay, make_faster_run, make_run
from leeway.money.payments.models import Payment, PaymentRun, Rail
from leeway.money.payments.pay_days import require_day_of
from leeway.money.payments.states import State
from leeway.money.payments.steps import locked_run, one_at_a_time, require_step
from leeway.money.payments.withdrawing import cancel_run
from leeway.refusal import Refusal


@transaction.atomic
def leave_out(
    *,
    payment: Payment,
    kind: HoldKind,
    reason: str,
    last_on: date,
    ends_by_itself: bool = False,
    by: User,
    on: date,
) -> PaymentRun | None:
    """Have somebody's payments wait, with the reason, and make the run again for the same day without them.

    The run that had the payment is cancelled; nothing of it was in the ledger. Gives the run that took its place, or
    nothing where nobody else is left to pay. Whoever does it has made that run, so another officer approves it.
    """
    check_can(by, Capability.PAY)
    one_at_a_time()
    run = locked_run(payment.run)
    require_can_leave_out(payment, run, on)
    place_hold(
        budget=payment.instalment.part.budget,
        kind=kind,
        reason=reason,
        last_on=last_on,
        ends_by_itself=ends_by_itself,
        by=by,
        on=on,
    )
    others = list(run.payments.exclude(pk=payment.pk).values_list("instalment", "interim", "owed"))
    cancel_run(run=run, by=by, on=on)
    try:
        with transaction.atomic():
            if run.rail == Rail.FASTER:
                only = [next(filter(None, each)) for each in others]
                return make_faster_run(pay_on=run.pay_on, only=only, why=run.why, by=by, on=on) if only else None
            return make_run(pay_on=run.pay_on, by=by, on=on)
    except NothingToPay:
        return None


def require_can_leave_out(payment: Payment, run: PaymentRun, on: date) -> None:
    """Refuse to leave a payment out of a run that was approved, or one that no hold can keep waiting."""
    require_step(run, State.CANCELLED, on)
    if why := why_not(lambda: require_day_of(run, run.pay_on, on)):
        raise Refusal(f"{why} Give the run another day first, then leave the payment out of it.")
    if payment.owed is not None:
        raise Refusal(
            "This is an invoice. Hold it back on the provider’s page, cancel the run, and make it again without it."
        )
    if payment.instalment is None:
        raise Refusal(
            "This is money on account, which no hold keeps waiting. End it on its own page, cancel the run, and make "
            "it again."
        )
