"""The life of bank details. They are never edited: new ones take the place of the old."""

from collections.abc import Mapping

from django.db.models import TextChoices


class State(TextChoices):
    """Where bank details stand."""

    ENTERED = "entered", "Waiting for a second officer"
    APPROVED = "approved", "In use"
    REJECTED = "rejected", "Turned down"
    REPLACED = "replaced", "Replaced"


MOVES: Mapping[State, frozenset[State]] = {
    State.ENTERED: frozenset({State.APPROVED, State.REJECTED, State.REPLACED}),
    State.APPROVED: frozenset({State.REPLACED}),
    State.REJECTED: frozenset(),
    State.REPLACED: frozenset(),
}

#: What the step into each state writes. Nothing else of them is ever changed.
_SETTLED = ("settled_by", "settled_on")
_CALL = ("call_number", "call_known_from", "call_spoke_to")
WRITES: Mapping[State, tuple[str, ...]] = {
    State.ENTERED: (),
    State.APPROVED: (*_SETTLED, "approved_because", "shared_because", *_CALL),
    State.REJECTED: (*_SETTLED, "rejected_because"),
    State.REPLACED: (),
}
