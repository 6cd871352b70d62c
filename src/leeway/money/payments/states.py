"""The life of a payment run."""

from collections.abc import Mapping

from django.db.models import TextChoices

from leeway.refusal import Refusal


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


class MoveNotAllowed(Refusal):
    """The payment run is not where this can be done to it."""


def require_move(current: str, to: State) -> None:
    """Refuse a move that the table does not have."""
    if to not in MOVES[State(current)]:
        raise MoveNotAllowed(f"This payment run is at “{State(current).label}”, so it cannot become “{to.label}”.")
