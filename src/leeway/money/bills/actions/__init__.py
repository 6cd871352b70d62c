"""What is done with bills: made, sent, reminded of, paused, paid by a plan, settled."""

from leeway.money.bills.actions.agreeing import agree_plan, end_paid_plans, end_plan
from leeway.money.bills.actions.making import make_bills
from leeway.money.bills.actions.pausing import (
    end_breathing_space,
    end_treatment,
    go_on,
    pause,
    record_midway_review,
    start_breathing_space,
)
from leeway.money.bills.actions.sending import explain_lateness, remind, send_bill, send_bills
from leeway.money.bills.actions.settling import ask_settlement, decide_settlement, undo_settlement
from leeway.money.bills.actions.taking_over import take_over

__all__ = [
    "agree_plan",
    "ask_settlement",
    "decide_settlement",
    "end_breathing_space",
    "end_paid_plans",
    "end_plan",
    "end_treatment",
    "explain_lateness",
    "go_on",
    "make_bills",
    "pause",
    "record_midway_review",
    "remind",
    "send_bill",
    "send_bills",
    "start_breathing_space",
    "take_over",
    "undo_settlement",
]
