"""States and the moves between them: a table, and one way to refuse what the table does not have.

Each `states.py` holds its states and its table, called MOVES, from every state to those that may follow.
"""

from collections.abc import Mapping

from django.db.models import TextChoices

from leeway.refusal import Refusal


class MoveNotAllowed(Refusal):
    """The thing is not at a state from which this can be done."""


def require_move[State: TextChoices](
    moves: Mapping[State, frozenset[State]], current: str, to: State, *, of: str
) -> None:
    """Refuse a move that the table does not have. `of` says what would move: “This case”."""
    here = type(to)(current)
    if to not in moves[here]:
        raise MoveNotAllowed(
            f"{of} is at “{here.label}”, so it cannot become “{to.label}”. Open its page to see what comes next."
        )
