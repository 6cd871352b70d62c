"""The stages of a case and the moves between them. One function moves: `people.actions.move_case`."""

from collections.abc import Mapping

from django.db.models import TextChoices

from leeway.moves import MoveNotAllowed


class Stage(TextChoices):
    """Where a case stands."""

    REQUEST = "request", "Request for help"
    ASSESSMENT = "assessment", "Assessment"
    PLANNING = "planning", "Planning"
    SIGN_OFF = "sign_off", "Waiting for sign-off"
    AGREEMENT = "agreement", "Waiting for agreement"
    ARRANGING = "arranging", "Setting up the money"
    ACTIVE = "active", "Support in place"
    REVIEW = "review", "Review"
    CLOSED = "closed", "Closed"


MOVES: Mapping[Stage, frozenset[Stage]] = {
    Stage.REQUEST: frozenset({Stage.ASSESSMENT, Stage.CLOSED}),
    Stage.ASSESSMENT: frozenset({Stage.PLANNING, Stage.ACTIVE, Stage.CLOSED}),  # active: assessed again, not eligible
    Stage.PLANNING: frozenset({Stage.SIGN_OFF, Stage.ASSESSMENT, Stage.CLOSED}),  # assessment: found to be wrong
    Stage.SIGN_OFF: frozenset({Stage.AGREEMENT, Stage.PLANNING, Stage.CLOSED}),
    Stage.AGREEMENT: frozenset({Stage.ARRANGING, Stage.PLANNING, Stage.CLOSED}),
    Stage.ARRANGING: frozenset({Stage.ACTIVE, Stage.PLANNING, Stage.CLOSED}),  # planning: its budget cannot start
    Stage.ACTIVE: frozenset({Stage.REVIEW, Stage.PLANNING, Stage.CLOSED}),  # planning: only recorded prices changed
    Stage.REVIEW: frozenset({Stage.ACTIVE, Stage.ASSESSMENT, Stage.PLANNING, Stage.CLOSED}),
    Stage.CLOSED: frozenset({Stage.REQUEST}),  # opened again: what was asked is looked at anew
}


def require_stage(current: str, *allowed: Stage) -> None:
    """Refuse an action at a stage where it has no meaning."""
    if Stage(current) not in allowed:
        wanted = " or ".join(f"“{stage.label}”" for stage in allowed)
        raise MoveNotAllowed(f"This can be done while the case is at {wanted}. It is now at “{Stage(current).label}”.")
