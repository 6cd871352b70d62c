"""The life of a payment run, and of each payment in it. The database holds both tables for every way in."""

from collections.abc import Mapping

from django.db.models import TextChoices


class State(TextChoices):
    """Where a payment run stands."""

    MADE = "made", "Waiting for a second officer"
    CHECKED = "checked", "Checked, waiting for a finance manager"
    APPROVED = "approved", "Approved, not sent yet"
    SENT = "sent", "Sent to the bank"
    CONFIRMED = "confirmed", "Confirmed"
    CANCELLED = "cancelled", "Cancelled"
    WITHDRAWN = "withdrawn", "Withdrawn"


#: A run that is given another day waits for approval again. One above the limit is checked before it is approved.
MOVES: Mapping[State, frozenset[State]] = {
    State.MADE: frozenset({State.CHECKED, State.APPROVED, State.CANCELLED}),
    State.CHECKED: frozenset({State.APPROVED, State.CANCELLED, State.MADE}),
    State.APPROVED: frozenset({State.SENT, State.WITHDRAWN, State.MADE}),
    State.SENT: frozenset({State.CONFIRMED}),
    State.CONFIRMED: frozenset(),
    State.CANCELLED: frozenset(),
    State.WITHDRAWN: frozenset(),
}


class PaymentState(TextChoices):
    """Where one payment stands. In its run, it goes where the run goes."""

    IN_RUN = "in_run", "In its run"
    CANCELLED = "cancelled", "Cancelled with its run"
    ARRIVED = "arrived", "Arrived"
    RETURNED = "returned", "Came back"


PAYMENT_MOVES: Mapping[PaymentState, frozenset[PaymentState]] = {
    PaymentState.IN_RUN: frozenset({PaymentState.CANCELLED, PaymentState.ARRIVED, PaymentState.RETURNED}),
    PaymentState.CANCELLED: frozenset(),
    PaymentState.ARRIVED: frozenset({PaymentState.RETURNED}),
    PaymentState.RETURNED: frozenset(),
}

#: What may become of a payment while its run is where.
STANDS_IN: Mapping[PaymentState, frozenset[State]] = {
    PaymentState.IN_RUN: frozenset({State.MADE, State.CHECKED, State.APPROVED, State.SENT}),
    PaymentState.CANCELLED: frozenset({State.CANCELLED, State.WITHDRAWN}),
    PaymentState.ARRIVED: frozenset({State.CONFIRMED}),
    PaymentState.RETURNED: frozenset({State.CONFIRMED}),
}

#: A payment that pays its instalment, or will. An instalment has one such payment at most.
LIVE = (PaymentState.IN_RUN, PaymentState.ARRIVED)
