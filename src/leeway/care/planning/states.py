"""The states of a support plan and the moves between them."""

from collections.abc import Mapping

from leeway.care.planning.models import PlanState
from leeway.refusal import Refusal

MOVES: Mapping[PlanState, frozenset[PlanState]] = {
    PlanState.DRAFT: frozenset({PlanState.SUBMITTED}),
    PlanState.SUBMITTED: frozenset({PlanState.DRAFT, PlanState.SIGNED_OFF}),
    PlanState.SIGNED_OFF: frozenset({PlanState.DRAFT, PlanState.AGREED}),
    PlanState.AGREED: frozenset({PlanState.REPLACED, PlanState.ENDED}),
    PlanState.REPLACED: frozenset(),
    PlanState.ENDED: frozenset(),
}


def require_move(current: str, to: PlanState) -> None:
    """Refuse a move that the table does not have."""
    if to not in MOVES[PlanState(current)]:
        raise Refusal(f"This plan is “{PlanState(current).label.lower()}”, so it cannot become “{to.label.lower()}”.")
