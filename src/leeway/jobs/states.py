"""The life of a job."""

from collections.abc import Mapping

from django.db.models import TextChoices

from leeway.refusal import Refusal


class State(TextChoices):
    """Where a job stands."""

    WAITING = "waiting", "Waiting"
    WORKING = "working", "Under way"
    DONE = "done", "Done"
    FAILED = "failed", "Did not work"


MOVES: Mapping[State, frozenset[State]] = {
    State.WAITING: frozenset({State.WORKING, State.FAILED}),
    State.WORKING: frozenset({State.DONE, State.FAILED, State.WAITING}),  # waiting again: its worker broke off
    State.FAILED: frozenset({State.WAITING}),
    State.DONE: frozenset(),
}
UNDER_WAY = (State.WAITING, State.WORKING)


class MoveNotAllowed(Refusal):
    """The job is not where this can be done to it."""


def require_move(current: str, to: State) -> None:
    """Refuse a move that the table does not have."""
    if to not in MOVES[State(current)]:
        raise MoveNotAllowed(f"This job is at “{State(current).label}”, so it cannot become “{to.label}”.")
