"""What a batch has done in the background: worked out, applied, told and undone, a part at a time."""

import pghistory

from leeway.jobs.kinds import errand
from leeway.money.uprating import applying, telling, undoing, working_out
from leeway.money.uprating.actions import CARRY_ON
from leeway.money.uprating.models import Batch
from leeway.money.uprating.states import State

DOES = {
    State.DRAFTED: (working_out.work_out, "made_by_id"),
    State.APPLYING: (applying.apply, "applied_by_id"),
    State.WRITING: (telling.tell, "told_by_id"),
    State.UNDOING: (undoing.undo, "undone_by_id"),
}


@errand(CARRY_ON)
def carry_on(batch: str) -> None:
    """Do whatever a batch is at. Each part is kept by itself: what was broken off goes on where it was."""
    found = Batch.objects.get(pk=batch)
    if found.state in DOES:
        work, who = DOES[State(found.state)]
        with pghistory.context(user=getattr(found, who), batch=batch):
            work(found)
