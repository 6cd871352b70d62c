"""The life of a payment run, and of each payment in it. The database holds both tables for every way in."""

from collections.abc import Iterable, Mapping

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


#: A run of which nobody has said that the bank has the file.
NOT_SENT = (State.MADE, State.CHECKED, State.APPROVED)

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


#: What the step into each state writes of a run. Nothing else of it is changed then, nor any of it later, but that
#: another day takes an approval away, and what `STAYS` has.
_DAY, _CHECKED = ("pay_on", "dated_by", "dated_on"), ("checked_by", "checked_on")
_APPROVED = ("approved_by", "approved_on", "originator")
_GIVEN_UP = ("given_up_by", "given_up_on", "given_up_because")
WRITES: Mapping[State, tuple[str, ...]] = {
    State.MADE: (*_DAY, *_CHECKED, *_APPROVED),
    State.CHECKED: _CHECKED,
    State.APPROVED: _APPROVED,
    State.SENT: ("sent_by", "sent_on"),
    State.CONFIRMED: ("confirmed_by", "confirmed_on", "confirmed_from"),
    State.CANCELLED: _GIVEN_UP,
    State.WITHDRAWN: _GIVEN_UP,
}
#: What is written of a run that stays where it is: its payments and its day, and which file of several runs it is in.
STAYS: Mapping[State, tuple[str, ...]] = {
    State.MADE: (*_DAY, "payments_count", "total_pence"),
    State.APPROVED: ("file",),
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


class AnswerKind(TextChoices):
    """What kind of file the bank answered with."""

    STATUS = "status", "Payment status report (pain.002)"
    RETURNS = "returns", "Returns (camt.054)"


class Said(TextChoices):
    """What the bank says of a payment that it does not simply accept."""

    PENDING = "pending", "Not settled yet"
    DUPLICATE = "duplicate", "Not taken, as the bank has it already"
    REJECTED = "rejected", "Rejected"
    RETURNED = "returned", "Sent back"


#: What may become of a payment while its run is where.
STANDS_IN: Mapping[PaymentState, frozenset[State]] = {
    PaymentState.IN_RUN: frozenset({*NOT_SENT, State.SENT}),
    PaymentState.CANCELLED: frozenset({State.CANCELLED, State.WITHDRAWN}),
    PaymentState.ARRIVED: frozenset({State.CONFIRMED}),
    PaymentState.RETURNED: frozenset({State.CONFIRMED}),
}

#: A payment that pays its instalment, or will. An instalment has one such payment at most.
LIVE = (PaymentState.IN_RUN, PaymentState.ARRIVED)

#: Before a run is confirmed a payment comes back by the bank's own word alone, in an answer that is kept.
TURNED_DOWN = (Said.REJECTED, Said.RETURNED)


def stands_together(payment: str, run: str) -> str:
    """The SQL that asks whether a payment stands where its run does, by the names that the two have there."""
    together = [
        f"({payment}.state = '{state.value}' AND {run}.state IN ({_listed(runs)}))" for state, runs in STANDS_IN.items()
    ]
    together.append(
        f"({payment}.state = '{PaymentState.RETURNED.value}' AND {run}.state = '{State.SENT.value}' AND EXISTS ("
        f"SELECT 1 FROM payments_answeredpayment AS named WHERE named.payment_id = {payment}.id "
        f"AND named.said IN ({_listed(TURNED_DOWN)})))"
    )
    return " OR ".join(together)


def _listed(words: Iterable[TextChoices]) -> str:
    return ", ".join(f"'{each.value}'" for each in sorted(words))
