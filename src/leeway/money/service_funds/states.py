"""The life of money that a provider is asked to give back of a fund: asked, then received or let go."""

from collections.abc import Mapping

from django.db.models import TextChoices


class State(TextChoices):
    """Where it stands."""

    ASKED = "asked", "Asked back"
    RECEIVED = "received", "Received"
    LET_GO = "let_go", "No longer asked for"


MOVES: Mapping[State, frozenset[State]] = {
    State.ASKED: frozenset({State.RECEIVED, State.LET_GO}),
    State.RECEIVED: frozenset(),
    State.LET_GO: frozenset(),
}
#: What the step into each state writes. Nothing else is ever changed.
WRITES: Mapping[State, tuple[str, ...]] = {
    State.ASKED: (),
    State.RECEIVED: ("received_on", "settled_by", "settled_on", "settled_because"),
    State.LET_GO: ("settled_by", "settled_on", "settled_because"),
}
STAYS: Mapping[State, tuple[str, ...]] = {}
