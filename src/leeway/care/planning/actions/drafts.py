"""What every write about a plan shares: its state and version are claimed first, and one function moves it."""

from datetime import date
from typing import Any

from leeway.access.models import User
from leeway.care.people.actions import move_case, tell_of_words
from leeway.care.people.events import Event
from leeway.care.people.states import Stage
from leeway.care.planning.models import (
    Plan,
    PlanState,
    SentBack,
)
from leeway.care.planning.states import MOVES
from leeway.moves import require_move
from leeway.refusal import Refusal
from leeway.versions import claim_version


def claim(plan: Plan, version: int, wanted: PlanState, done: str, **details: Any) -> None:
    if plan.state != wanted:
        raise Refusal(f"This plan is “{plan.get_state_display().lower()}”, so it cannot be {done} now.")
    claim_version(plan, version, **details)


def claim_draft(plan: Plan, version: int, by: User, **details: Any) -> None:
    """Take the plan's next version, with what is changed in it, and note who wrote."""
    claim(plan, version, PlanState.DRAFT, "changed", **details)
    if by.is_staff_member:
        plan.written_by.add(by)


def write_in(plan: Plan, version: int, by: User, on: date, **details: Any) -> None:
    """Take the plan's next version for what the person writes too: their worker learns of it."""
    claim_draft(plan, version, by, **details)
    tell_of_words(case=plan.case, where="the support plan", by=by, on=on)


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


def send_back(plan: Plan, *, said_by_name: str, disagreed: bool, why: dict, by: User, on: date) -> SentBack:
    """Send a plan back to be written again, with what was said, or seen where nothing was (`words_or_not_said`)."""
    sent = SentBack.objects.create(
        plan=plan,
        **why,
        said_by_name=said_by_name,
        disagreed=disagreed,
        final_budget=plan.final_budget,
        sent_on=on,
        recorded_by=by,
    )
    undone = {"final_budget": None, "submitted_by": None, "submitted_on": None}
    plan.charges.clear()
    move(plan, PlanState.DRAFT, undone)
    kind, verb = (Event.DISAGREED, "does not agree") if disagreed else (Event.PLAN_RETURNED, "returned the plan")
    heard = sent.words or f"they could not or did not want to say why. {sent.seen_instead}".strip()
    sentence = f"{said_by_name} {verb}: {heard}"
    move_case(case=plan.case, to=Stage.PLANNING, kind=kind, sentence=sentence, by=by, on=on)
    return sent
