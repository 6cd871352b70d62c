"""The states of a support plan and the moves between them."""

from collections.abc import Mapping

from leeway.care.planning.models import PlanState

MOVES: Mapping[PlanState, frozenset[PlanState]] = {
    PlanState.DRAFT: frozenset({PlanState.SUBMITTED}),
    PlanState.SUBMITTED: frozenset({PlanState.DRAFT, PlanState.SIGNED_OFF}),
    PlanState.SIGNED_OFF: frozenset({PlanState.DRAFT, PlanState.AGREED}),
    PlanState.AGREED: frozenset({PlanState.REPLACED, PlanState.ENDED}),
    PlanState.REPLACED: frozenset(),
    PlanState.ENDED: frozenset(),
}
