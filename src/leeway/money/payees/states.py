"""The life of bank details. They are never edited: new ones take the place of the old."""

from collections.abc import Mapping

from django.db.models import TextChoices

from leeway.refusal import Refusal


class State(TextChoices):
    """Where bank details stand."""

    ENTERED = "entered", "Waiting for a second officer"
    APPROVED = "approved", "In use"
    REJECTED = "rejected", "Rejected"
    REPLACED = "replaced", "Replaced"


MOVES: Mapping[State, frozenset[State]] = {
    State.ENTERED: frozenset({State.APPROVED, State.REJECTED, State.REPLACED}),
    State.APPROVED: frozenset({State.REPLACED}),
    State.REJECTED: frozenset(),
    State.REPLACED: frozenset(),
}


class MoveNotAllowed(Refusal):
    """The bank details are not where this can be done to them."""


def require_move(current: str, to: State) -> None:
    """Refuse a move that the table does not have."""
    if to not in MOVES[State(current)]:
        raise MoveNotAllowed(f"These bank details are at “{State(current).label}”, so they cannot become “{to.label}”.")
