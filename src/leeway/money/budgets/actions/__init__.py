"""Every write about a budget: starting it, holding it, ending it, and what an employer still owes."""

from leeway.money.budgets.actions.ending import end_budget, hold_returned
from leeway.money.budgets.actions.holding import go_on_after, lift_hold, place_hold, wait_after
from leeway.money.budgets.actions.last_costs import add_last_cost, cancel_last_cost, look_at_last_cost
from leeway.money.budgets.actions.starting import fund_next_year, send_plan_back, set_up_again, start_budget

__all__ = [
    "add_last_cost",
    "cancel_last_cost",
    "end_budget",
    "fund_next_year",
    "go_on_after",
    "hold_returned",
    "lift_hold",
    "look_at_last_cost",
    "place_hold",
    "send_plan_back",
    "set_up_again",
    "start_budget",
    "wait_after",
]
