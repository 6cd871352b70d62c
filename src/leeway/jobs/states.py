"""The life of a job."""

from collections.abc import Mapping

from django.db.models import TextChoices


class State(TextChoices):
    """Where a job stands."""

    WAITING = "waiting", "Waiting"
    WORKING = "working", "Under way"
    DONE = "done", "Done"
    FAILED = "failed", "Did not work"


MOVES: Mapping[State, frozenset[State]] = {
    State.WAITING: frozenset({State.WORKING, State.FAILED}),
    State.WORKING: frozenset({State.DONE, State.FAILED, State.WAITING}),  # waiting again: its worker broke off
    State.DONE: frozenset(),
    State.FAILED: frozenset({State.WAITING}),
}
UNDER_WAY = (State.WAITING, State.WORKING)
