"""Every write about a support plan: writing it, choosing how the budget is held, signing it off, agreeing it."""

from leeway.care.planning.actions.answering import answer_challenge, answer_need
from leeway.care.planning.actions.changing_mind import (
    answer_change_of_mind,
    change_mind,
    take_back_change_of_mind,
)
from leeway.care.planning.actions.choosing import check_direct_payment, offer_ways, record_choice, set_ways
from leeway.care.planning.actions.deciding import (
    agree,
    ask_for_nothing,
    change_charge,
    disagree,
    end_plan,
    return_plan,
    set_aside,
    sign_off,
    submit_plan,
    take_back,
)
from leeway.care.planning.actions.warning import warn_of_four_weeks
from leeway.care.planning.actions.writing import (
    PERSON_WRITES,
    WORKER_WRITES,
    add_aim,
    add_line,
    change_aim,
    change_line,
    remove_aim,
    remove_line,
    save_about,
    set_start,
    start_plan,
    take_new_price,
    uprate_plan,
)

__all__ = [
    "PERSON_WRITES",
    "WORKER_WRITES",
    "add_aim",
    "add_line",
    "agree",
    "answer_challenge",
    "answer_change_of_mind",
    "answer_need",
    "ask_for_nothing",
    "change_aim",
    "change_charge",
    "change_line",
    "change_mind",
    "check_direct_payment",
    "disagree",
    "end_plan",
    "offer_ways",
    "record_choice",
    "remove_aim",
    "remove_line",
    "return_plan",
    "save_about",
    "set_aside",
    "set_start",
    "set_ways",
    "sign_off",
    "start_plan",
    "submit_plan",
    "take_back",
    "take_back_change_of_mind",
    "take_new_price",
    "uprate_plan",
    "warn_of_four_weeks",
]
