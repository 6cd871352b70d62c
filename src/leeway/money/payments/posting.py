"""What a payment run does in the ledger: each step of each payment posted once, and taken back with it."""

import uuid
from datetime import date
from itertools import batched

from django.db.models.functions import Coalesce

from leeway.access.models import User
from leeway.jobs.kinds import Progress
from leeway.money.ledger.actions import NewTransfer, give_back, open_account, transfer_many
from leeway.money.ledger.models import Kind, Reason, Transfer
from leeway.money.payments.models import Payment, PaymentRun
from leeway.money.payments.states import PaymentState

ROWS_AT_ONCE = 10_000


def post(run: PaymentRun, reason: Reason, effective_date: date, by: User, on: date, progress: Progress) -> None:
    """Post one step of every payment that takes it: out of what is committed or owed, or into the account paid into."""
    clearing = open_account(kind=Kind.CLEARING, by=by, on=on)
    rows = run.payments.exclude(state=PaymentState.RETURNED).values_list(
        "pk",
        Coalesce("instalment", "interim", "owed"),
        "amount_pence",
        Coalesce("part__budget__committed", "interim__committed", "owed__account"),
        Coalesce("part__paid_into", "interim__paid_into", "owed__paid_into"),
    )
    for place, batch in enumerate(batched(rows.iterator(chunk_size=ROWS_AT_ONCE), ROWS_AT_ONCE)):
        progress(done=place * ROWS_AT_ONCE, of=run.payments_count)
        new = [
            NewTransfer(
                id=_transfer_id(payment, reason),
                debit=clearing.pk if reason == Reason.PAYMENT_SENT else paid_into,
                credit=committed if reason == Reason.PAYMENT_SENT else clearing.pk,
                amount_pence=amount_pence,
                reason=reason,
                effective_date=effective_date,
                about=about,
            )
            for payment, about, amount_pence, committed, paid_into in batch
        ]
        transfer_many(new=new, by=by, on=on)


def take_off(payment: Payment, by: User, on: date) -> None:
    """Take back what was posted of one payment, the last step first, so that it is committed again."""
    for step in (Reason.PAYMENT_ARRIVED, Reason.PAYMENT_SENT):
        for original in Transfer.objects.filter(pk=_transfer_id(payment.pk, step)):
            give_back(
                original=original,
                id=uuid.uuid5(original.pk, "came back"),
                amount_pence=original.amount_pence,
                effective_date=on,
                by=by,
                on=on,
            )


def _transfer_id(payment: uuid.UUID, reason: Reason) -> uuid.UUID:
    """The same step of the same payment has the same id however often it is worked out."""
    return uuid.uuid5(payment, reason.value)
