"""What an employer still owes once a direct payment has ended."""

from datetime import date

from django.conf import settings
from django.db import transaction

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.planning.models import Way
from leeway.law.numbers import pounds
from leeway.money.budgets import queries
from leeway.money.budgets.actions.funding import give_back_whole, pay_once
from leeway.money.budgets.actions.holding import locked
from leeway.money.budgets.models import (
    LAST_COST_MOST_PENCE,
    LAST_COSTS,
    Budget,
    Cancellation,
    InstalmentKind,
    LastCost,
    Part,
)
from leeway.money.payees.actions import SecondOfficerNeeded
from leeway.refusal import Refusal


@transaction.atomic
def add_last_cost(*, budget: Budget, kind: str, whose: str, amount_pence: int, by: User, on: date) -> LastCost:
    """Pay what an employer still owes once the budget has ended: last wages, redundancy, tax. The council funds it.

    After the person's death it goes to whoever settles what is left, once their bank details are approved. A large
    one is paid once another officer has looked at it.
    """
    check_can(by, Capability.START_BUDGETS)
    budget = locked(budget)
    part = budget.parts.filter(way=Way.DIRECT_PAYMENT).first()
    if part is None or not hasattr(budget, "ending"):
        raise Refusal("Last costs are paid once a direct payment has ended. End the budget first.")
    if kind not in LAST_COSTS:
        raise Refusal("Choose what is still owed.", field="kind")
    if not whose.strip():
        raise Refusal("Say whose wages, redundancy or tax it is.", field="whose")
    if not 0 < amount_pence <= LAST_COST_MOST_PENCE:
        raise Refusal(
            f"Enter an amount of more than nothing, and of at most {pounds(LAST_COST_MOST_PENCE)}: no assistant is "
            "owed more at once.",
            field="amount_pence",
        )
    costs = LastCost.objects.filter(instalment__part=part, instalment__kind=kind, instalment__cancellation=None)
    same = costs.filter(entered_on=on, whose__iexact=whose.strip()).first()
    if same is not None:
        raise Refusal(
            f"This was entered for {same.whose} today already. Where the amount is wrong, cancel it first.",
            field="whose",
        )
    cost = _owe(part, InstalmentKind(kind), whose.strip(), amount_pence, by, on)
    sentence = f"{cost}: {pounds(amount_pence)} still to be paid."
    tell(case=budget.case, kind=Event.LAST_COST, sentence=sentence, by=by, on=on)
    return cost


@transaction.atomic
def look_at_last_cost(*, cost: LastCost, by: User, on: date) -> LastCost:
    """Let a large last cost be paid. Another officer than the one who entered it says so."""
    check_can(by, Capability.START_BUDGETS)
    cost = _still_owed(cost)
    if not cost.needs_second_look or cost.looked_on is not None:
        raise Refusal("This needs no other officer any more.")
    if cost.entered_by_id == by.pk:
        raise SecondOfficerNeeded("You entered this, so another finance officer must look at it.")
    cost.looked_by, cost.looked_on = by, on
    cost.save(update_fields=["looked_by", "looked_on"])
    sentence = f"{cost}: looked at by another officer."
    tell(case=cost.instalment.part.budget.case, kind=Event.LAST_COST, sentence=sentence, by=by, on=on)
    return cost


@transaction.atomic
def cancel_last_cost(*, cost: LastCost, reason: str, by: User, on: date) -> LastCost:
    """Cancel a last cost that was not paid yet; what was set aside for it goes back to the council."""
    check_can(by, Capability.START_BUDGETS)
    cost = _still_owed(cost)
    why = said.sentence(reason, ask="Say why it is cancelled.", field="reason", least=said.FEW)
    Cancellation.objects.create(instalment=cost.instalment, reason=why, cancelled_by=by, cancelled_on=on)
    give_back_whole(cost.funding, cost.instalment_id, by, on)
    sentence = f"{cost}: cancelled. {why}"
    tell(case=cost.instalment.part.budget.case, kind=Event.LAST_COST, sentence=sentence, by=by, on=on)
    return cost


def _owe(part: Part, kind: InstalmentKind, whose: str, pence: int, by: User, on: date) -> LastCost:
    instalment, funding = pay_once(part, kind, on, pence, by, on)
    assert instalment is not None, "a direct payment is paid out"
    return LastCost.objects.create(
        instalment=instalment,
        funding=funding,
        whose=whose,
        entered_by=by,
        entered_on=on,
        needs_second_look=pence > settings.LAST_COST_SECOND_LOOK_PENCE,
    )


def _still_owed(cost: LastCost) -> LastCost:
    """A last cost that is neither paid nor cancelled, once nobody else is at its case."""
    lock_case(cost.instalment.part.budget.case_id)
    costs = LastCost.objects.select_related("funding__part", "instalment__part__budget__case__person")
    cost = costs.get(pk=cost.pk)
    owed = cost.instalment
    if owed not in queries.unpaid_instalments([owed.part]):
        raise Refusal("This was paid or cancelled already.")
    if queries.is_approved_to_send(owed):
        raise Refusal("This is in an approved payment run, so its file may be with the bank. Withdraw the run first.")
    return cost
