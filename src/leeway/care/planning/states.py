"""The states of a support plan and the moves between them."""

from collections.abc import Mapping

from leeway.care.planning.models import PlanState

MOVES: Mapping[PlanState, frozenset[PlanState]] = {
    PlanState.DRAFT: frozenset({PlanState.SUBMITTED, PlanState.SET_ASIDE}),
    PlanState.SUBMITTED: frozenset({PlanState.DRAFT, PlanState.SIGNED_OFF}),
    PlanState.SIGNED_OFF: frozenset({PlanState.DRAFT, PlanState.AGREED}),
    PlanState.AGREED: frozenset({PlanState.TAKEN_BACK, PlanState.REPLACED, PlanState.ENDED}),
    PlanState.TAKEN_BACK: frozenset(),
    PlanState.REPLACED: frozenset({PlanState.AGREED}),  # what was to take its place was taken back
    PlanState.ENDED: frozenset(),
    PlanState.SET_ASIDE: frozenset(),
}
