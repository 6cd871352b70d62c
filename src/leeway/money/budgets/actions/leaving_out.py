"""Days on which somebody was away: left out, so that nothing is paid or charged for them; or paid on, and not charged.

The budget goes on after them either way.
"""

from datetime import date

from django.db import transaction

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.circumstances.queries import standing_stays
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.planning.actions import ask_for_nothing
from leeway.days import PLANNED, check_day
from leeway.law.numbers import pounds
from leeway.money.budgets import queries
from leeway.money.budgets.actions.ending import LastDay, close
from leeway.money.budgets.actions.funding import let_days_gone_fall_due
from leeway.money.budgets.actions.holding import lift
from leeway.money.budgets.actions.starting import Opening, go_on, open_budgets
from leeway.money.budgets.models import WHILE_AWAY, Budget, Hold
from leeway.money.budgets.schedule import DAY
from leeway.refusal import Refusal


@transaction.atomic
def leave_out_days(*, hold: Hold, starts_on: date, ends_on: date, reason: str, by: User, on: date) -> Budget:
    """Leave out days of a hold: nothing is paid for them, nor charged, and the budget goes on from the day after.

    What was paid for them already comes off what falls due next, to the penny. The hold is lifted. Refused: days on
    which no stay is on record, that are not over, or that the running budget does not have.
    """
    check_can(by, Capability.START_BUDGETS)
    check_day(starts_on, PLANNED, field="starts_on", what="The first day", on=on)
    check_day(ends_on, PLANNED, field="ends_on", what="The last day", on=on)
    case = lock_case(hold.budget.case_id)
    hold = Hold.objects.select_related("budget__case__person").get(pk=hold.pk)
    budget = _running(hold, starts_on)
    _require_days(hold, starts_on, ends_on, on)
    ask = "Say why these days are left out. The person can read this."
    why = said.sentence(reason, ask=ask, field="days_because", least=said.FEW)
    paid = queries.paid_beyond(budget, starts_on - DAY)
    close([LastDay(budget, starts_on - DAY, why, replaced=True, left_out_until=ends_on)], by, on)
    goes_on = Opening(case, budget.plan, budget.final_budget, budget.charge, ends_on + DAY, paid)
    (after,) = open_budgets([goes_on], by, on)
    hold.left_out_from, hold.left_out_until, hold.days_because = starts_on, ends_on, why
    lift(hold, by, on)
    sentence = f"{_days(starts_on, ends_on)}: nothing is paid, and nothing is charged. {why}"
    if paid_pence := sum(paid.values()):
        sentence += f" {pounds(paid_pence)} that was paid already comes off the next payments."
    tell(case=case, kind=Event.DAYS_LEFT_OUT, sentence=sentence, by=by, on=on)
    return after


@transaction.atomic
def pay_days_on(*, hold: Hold, starts_on: date, ends_on: date, reason: str, by: User, on: date) -> Budget:
    """Pay on for days of a hold, and ask the person for nothing: an assistant is kept while they are in hospital.

    What the person pays is decided anew for these days and again for those after, each with its letter, and a budget
    of that amount goes on from each. What was asked for them already is owed back. The hold is lifted. Refused: days
    that cannot be left out either, and days for which nothing is asked as it is.
    """
    check_can(by, Capability.START_BUDGETS)
    check_day(starts_on, PLANNED, field="starts_on", what="The first day", on=on)
    check_day(ends_on, PLANNED, field="ends_on", what="The last day", on=on)
    case = lock_case(hold.budget.case_id)
    hold = Hold.objects.select_related("budget__case__person").get(pk=hold.pk)
    budget = _running(hold, starts_on)
    _require_days(hold, starts_on, ends_on, on)
    ask = "Say why these days are paid on and not charged. The person can read this."
    why = said.sentence(reason, ask=ask, field="days_because", least=said.FEW)
    for charge in ask_for_nothing(plan=budget.plan, starts_on=starts_on, ends_on=ends_on, why=why, by=by, on=on):
        budget = go_on(budget, charge, by, on)
    let_days_gone_fall_due(case, on)
    hold.days_because = why
    lift(hold, by, on, days=f"{_days(starts_on, ends_on)}: support is paid on, and nothing is charged. {why}")
    return budget


def _days(starts_on: date, ends_on: date) -> str:
    first = f"{starts_on:%-d %B %Y}"
    return first if starts_on == ends_on else f"From {first} to {ends_on:%-d %B %Y}"


def _running(hold: Hold, starts_on: date) -> Budget:
    """The budget of the hold's plan that has the first of the days and goes on."""
    if hold.lifted_on or hold.kind not in WHILE_AWAY:
        raise Refusal("Days are left out while payments wait because the person is away. This hold is not such a one.")
    budgets = Budget.objects.select_related("case__person", "plan", "final_budget", "charge", "ending")
    budget = budgets.filter(plan=hold.budget.plan_id).first()
    if budget is None or hasattr(budget, "ending"):
        raise Refusal("This budget has its last day already, so no days of it are left out.")
    if starts_on <= budget.starts_on:
        raise Refusal(
            f"The budget that runs started on {budget.starts_on:%-d %B %Y}. The first day that is left out lies after "
            "that day.",
            field="starts_on",
        )
    return budget


def _require_days(hold: Hold, starts_on: date, ends_on: date, on: date) -> None:
    if ends_on < starts_on:
        raise Refusal("The last day is before the first. Check both dates.", field="ends_on")
    if ends_on > on:
        raise Refusal("Days are left out once they are over. Until then, payments wait.", field="ends_on")
    stays = standing_stays(hold.budget.case.person).filter(starts_on__lte=starts_on)
    if not stays.exclude(ends_on__lt=ends_on).exists():
        raise Refusal(
            "No stay that is on record has all of these days. Ask the worker to record it, or give the days of one.",
            field="starts_on",
        )
