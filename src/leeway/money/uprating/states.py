"""The life of a batch of new charges, and of each person's row in it. The database holds both tables."""

from collections.abc import Mapping

from django.db.models import TextChoices


class State(TextChoices):
    """Where a batch stands."""

    DRAFTED = "drafted", "Being worked out"
    WORKED_OUT = "worked_out", "Worked out, waiting to be looked at"
    LOOKED_AT = "looked_at", "Looked at, waiting for the first approval"
    CHECKED = "checked", "Approved by one, waiting for a second"
    APPROVED = "approved", "Approved by two, not applied yet"
    APPLYING = "applying", "Being applied"
    APPLIED = "applied", "Applied, nobody told yet"
    WRITING = "writing", "Applied, letters being written"
    TOLD = "told", "Applied, and letters written"
    UNDOING = "undoing", "Being undone"
    UNDONE = "undone", "Undone"
    WITHDRAWN = "withdrawn", "Withdrawn"


MOVES: Mapping[State, frozenset[State]] = {
    State.DRAFTED: frozenset({State.WORKED_OUT, State.WITHDRAWN}),
    State.WORKED_OUT: frozenset({State.LOOKED_AT, State.WITHDRAWN}),
    State.LOOKED_AT: frozenset({State.CHECKED, State.WITHDRAWN}),
    State.CHECKED: frozenset({State.APPROVED, State.WITHDRAWN}),
    State.APPROVED: frozenset({State.APPLYING, State.WITHDRAWN}),
    State.APPLYING: frozenset({State.APPLIED}),
    State.APPLIED: frozenset({State.WRITING, State.UNDOING}),
    State.WRITING: frozenset({State.TOLD}),
    State.TOLD: frozenset({State.UNDOING}),
    State.UNDOING: frozenset({State.UNDONE}),
    State.UNDONE: frozenset(),
    State.WITHDRAWN: frozenset(),
}
#: What a batch is doing in the background, a part at a time.
AT_WORK = (State.DRAFTED, State.APPLYING, State.WRITING, State.UNDOING)
#: Nothing of it can have changed what anybody pays.
BEFORE_APPLYING = (State.DRAFTED, State.WORKED_OUT, State.LOOKED_AT, State.CHECKED, State.APPROVED)
#: Nothing is left to do about it.
OVER = (State.TOLD, State.UNDONE, State.WITHDRAWN)

#: What the step into each state writes of a batch, and nothing else of it.
WRITES: Mapping[State, tuple[str, ...]] = {
    State.WORKED_OUT: (),
    State.LOOKED_AT: ("looked_by", "looked_on", "looked_words"),
    State.CHECKED: ("checked_by", "checked_on"),
    State.APPROVED: ("approved_by", "approved_on"),
    State.APPLYING: ("applied_by", "applied_on"),
    State.APPLIED: (),
    State.WRITING: ("told_by", "told_on", "late_because"),
    State.TOLD: (),
    State.UNDOING: ("undone_by", "undone_on", "undone_because"),
    State.UNDONE: (),
    State.WITHDRAWN: ("withdrawn_by", "withdrawn_on", "withdrawn_because"),
}
STAYS: Mapping[State, tuple[str, ...]] = {}


class RowState(TextChoices):
    """Where one person's row stands."""

    CHANGES = "changes", "Pays another amount"
    STAYS = "stays", "Pays the same"
    SET_APART = "set_apart", "Set apart for somebody to look at"
    LEFT_OUT = "left_out", "Not touched by this day"
    APPLIED = "applied", "Applied"
    TAKEN_OUT = "taken_out", "Taken out: something changed meanwhile"
    TAKEN_BACK = "taken_back", "Taken back"
    KEPT = "kept", "Could not be taken back"


ROW_MOVES: Mapping[RowState, frozenset[RowState]] = {
    RowState.CHANGES: frozenset({RowState.APPLIED, RowState.TAKEN_OUT}),
    RowState.STAYS: frozenset({RowState.APPLIED, RowState.TAKEN_OUT}),
    RowState.SET_APART: frozenset(),
    RowState.LEFT_OUT: frozenset(),
    RowState.APPLIED: frozenset({RowState.TAKEN_BACK, RowState.KEPT}),
    RowState.TAKEN_OUT: frozenset(),
    RowState.TAKEN_BACK: frozenset(),
    RowState.KEPT: frozenset(),
}
BEGIN = (RowState.CHANGES, RowState.STAYS, RowState.SET_APART, RowState.LEFT_OUT)
ROW_WRITES: Mapping[RowState, tuple[str, ...]] = {
    RowState.APPLIED: ("charge_after", "budget_after", "put_up"),
    RowState.TAKEN_OUT: ("why",),
    RowState.TAKEN_BACK: ("mirror", "budget_again"),
    RowState.KEPT: ("why",),
}
#: A row is told of once it is applied, or it says why not; and once more where it is taken back.
ROW_STAYS: Mapping[RowState, tuple[str, ...]] = {RowState.APPLIED: ("told_on", "why")}
