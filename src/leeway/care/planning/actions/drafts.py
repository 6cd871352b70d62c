"""What every write about a plan shares: its state and version are claimed first, and one function moves it."""

from typing import Any

from leeway.access.models import User
from leeway.care.planning.models import (
    Plan,
    PlanState,
)
from leeway.care.planning.states import MOVES
from leeway.moves import require_move
from leeway.refusal import Refusal
from leeway.versions import claim_version

SENTENCE = 20  # characters: fewer cannot be a reason


def claim(plan: Plan, version: int, wanted: PlanState, done: str, **details: Any) -> None:
    if plan.state != wanted:
        raise Refusal(f"This plan is “{plan.get_state_display().lower()}”, so it cannot be {done} now.")
    claim_version(plan, version, **details)


def claim_draft(plan: Plan, version: int, by: User, **details: Any) -> None:
    """Take the plan's next version, with what is changed in it, and note who wrote."""
    claim(plan, version, PlanState.DRAFT, "changed", **details)
    if by.is_staff_member:
        plan.written_by.add(by)


def lock_draft(plan: Plan) -> Plan:
    locked = Plan.objects.select_for_update().get(pk=plan.pk)
    if locked.state != PlanState.DRAFT:
        raise Refusal(f"This plan is “{locked.get_state_display().lower()}”, so it cannot be changed now.")
    return locked


def save(plan: Plan, details: dict) -> Plan:
    for name, value in details.items():
        setattr(plan, name, value)
    plan.save(update_fields=list(details))
    return plan


def move(plan: Plan, to: PlanState, details: dict) -> Plan:
    require_move(MOVES, plan.state, to, of="This plan")
    return save(plan, {"state": to, **details})
