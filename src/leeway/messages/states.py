"""The life of a message. Sent means that a carrier took it; only the carrier can say that it arrived."""

from collections.abc import Mapping

from django.db.models import TextChoices


class State(TextChoices):
    """Where a message stands."""

    WAITING = "waiting", "Waiting to be sent"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent, not yet known to have arrived"
    DELIVERED = "delivered", "Arrived"
    TO_PRINT = "to_print", "To print and post"
    POSTED = "posted", "Posted"
    FAILED = "failed", "Did not arrive"
    STOPPED = "stopped", "Stopped before it was sent"


MOVES: Mapping[State, frozenset[State]] = {
    State.WAITING: frozenset({State.SENDING, State.STOPPED}),
    State.SENDING: frozenset({State.SENT, State.WAITING, State.FAILED, State.STOPPED}),
    State.SENT: frozenset({State.DELIVERED, State.POSTED, State.FAILED}),
    State.DELIVERED: frozenset(),
    State.TO_PRINT: frozenset({State.POSTED, State.STOPPED}),
    State.POSTED: frozenset({State.FAILED}),
    State.FAILED: frozenset(),
    State.STOPPED: frozenset(),
}
#: A carrier took it, or somebody posted it.
LEFT = frozenset({State.SENT, State.DELIVERED, State.POSTED})
#: Nothing more happens by itself: somebody has to post it, or to find another way.
NEEDS_SOMEBODY = frozenset({State.TO_PRINT, State.FAILED})
#: What can be written again, where what stopped it is over.
SENT_AGAIN = frozenset({State.FAILED, State.STOPPED})
