"""The life of an invoice: it comes in, is compared with what was delivered, and is agreed, or a part of it.

What is agreed is owed at once, whatever else is argued: paying waits for no dispute.
"""

from collections.abc import Mapping

from django.db.models import TextChoices


class State(TextChoices):
    """Where an invoice stands."""

    RECEIVED = "received", "Received, not compared yet"
    MATCHED = "matched", "Compared with what was delivered"
    DISPUTED = "disputed", "Agreed in part, the rest is argued"
    AGREED = "agreed", "Agreed"
    WITHDRAWN = "withdrawn", "Withdrawn by the provider, or entered by mistake"


MOVES: Mapping[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.MATCHED, State.WITHDRAWN}),
    State.MATCHED: frozenset({State.AGREED, State.DISPUTED, State.WITHDRAWN}),
    State.DISPUTED: frozenset({State.AGREED}),
    State.AGREED: frozenset(),
    State.WITHDRAWN: frozenset(),
}

#: What the step into each state writes. Nothing else of an invoice is ever changed.
WRITES: Mapping[State, tuple[str, ...]] = {
    State.RECEIVED: (),
    State.MATCHED: ("matched_by", "matched_on"),
    State.DISPUTED: ("agreed_by", "agreed_on"),
    State.AGREED: ("agreed_by", "agreed_on"),
    State.WITHDRAWN: ("withdrawn_by", "withdrawn_on", "withdrawn_because"),
}
#: What may be written while it stays where it is: it is compared again.
STAYS: Mapping[State, tuple[str, ...]] = {State.MATCHED: ("matched_by", "matched_on")}
