"""Every write about a budget: starting it, holding it, ending it, and what an employer still owes."""

from leeway.money.budgets.actions.collecting import say_who_collects
from leeway.money.budgets.actions.ending import end_budget, hold_returned
from leeway.money.budgets.actions.holding import (
    end_holds,
    extend_hold,
    go_on_after,
    lift_hold,
    place_hold,
    wait_after,
)
from leeway.money.budgets.actions.interim import (
    ask_for_interim,
    authorise_interim,
    end_interim,
    require_may_ask,
    require_may_authorise,
    require_may_end,
    set_aside_on_account,
)
from leeway.money.budgets.actions.last_costs import add_last_cost, cancel_last_cost, look_at_last_cost
from leeway.money.budgets.actions.leaving_out import leave_out_days, pay_days_on
from leeway.money.budgets.actions.starting import fund_next_year, send_plan_back, set_up_again, start_budget

__all__ = [
    "add_last_cost",
    "ask_for_interim",
    "authorise_interim",
    "cancel_last_cost",
    "end_budget",
    "end_holds",
    "end_interim",
    "extend_hold",
    "fund_next_year",
    "go_on_after",
    "hold_returned",
    "leave_out_days",
    "lift_hold",
    "look_at_last_cost",
    "pay_days_on",
    "place_hold",
    "require_may_ask",
    "require_may_authorise",
    "require_may_end",
    "say_who_collects",
    "send_plan_back",
    "set_aside_on_account",
    "set_up_again",
    "start_budget",
    "wait_after",
]
