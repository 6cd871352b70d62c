"""The life of a payment run."""

from collections.abc import Mapping

from django.db.models import TextChoices


class State(TextChoices):
    """Where a payment run stands."""

    MADE = "made", "Waiting for a second officer"
    APPROVED = "approved", "Approved"
    CANCELLED = "cancelled", "Cancelled"


MOVES: Mapping[State, frozenset[State]] = {
    State.MADE: frozenset({State.APPROVED, State.CANCELLED}),
    State.APPROVED: frozenset(),
    State.CANCELLED: frozenset(),
}
