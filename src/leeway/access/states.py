"""The life of a proposal: one administrator asks, another decides."""

from collections.abc import Mapping

from django.db.models import TextChoices


class State(TextChoices):
    """Where a proposal stands."""

    WAITING = "waiting", "Waiting"
    APPROVED = "approved", "Approved"
    TURNED_DOWN = "turned_down", "Turned down"
    WITHDRAWN = "withdrawn", "Withdrawn"


MOVES: Mapping[State, frozenset[State]] = {
    State.WAITING: frozenset({State.APPROVED, State.TURNED_DOWN, State.WITHDRAWN}),
    State.APPROVED: frozenset(),
    State.TURNED_DOWN: frozenset(),
    State.WITHDRAWN: frozenset(),
}
