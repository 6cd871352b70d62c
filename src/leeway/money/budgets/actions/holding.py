"""Keeping a budget's payments waiting, and letting them go on."""

from datetime import date

from django.db import transaction
from django.db.models import Q

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case
from leeway.money.budgets.models import (
    COMES_BY_ITSELF,
    UNTIL_ENDED,
    Budget,
    Hold,
    HoldKind,
)
from leeway.refusal import Refusal


@transaction.atomic
def place_hold(*, budget: Budget, kind: HoldKind, reason: str, by: User, on: date) -> Hold:
    """Keep a budget's instalments, and those of every budget of its plan, out of payment runs until it is lifted."""
    check_can(by, Capability.START_BUDGETS)
    budget = locked(budget)
    if not reason.strip():
        raise Refusal("Say why payments should wait. The person can read this.", field="reason")
    if kind in COMES_BY_ITSELF:
        raise Refusal("This hold comes by itself, when what it says is recorded.", field="kind")
    if _waits(budget, kind):
        raise Refusal("There is a hold of this kind already.", field="kind")
    return wait(budget, kind, reason.strip(), by, on)


@transaction.atomic
def lift_hold(*, hold: Hold, by: User, on: date) -> Hold:
    """Let a budget's instalments be paid again, those that fell due meanwhile among them."""
    check_can(by, Capability.START_BUDGETS)
    lock_case(hold.budget.case_id)
    hold = Hold.objects.select_related("budget__case").get(pk=hold.pk)
    if hold.lifted_on:
        raise Refusal("This hold was lifted already.")
    if hold.kind in UNTIL_ENDED:
        raise Refusal("Payments wait until the budget has its last day. End the budget: that lifts the hold.")
    return lift(hold, by, on)


@transaction.atomic
def wait_after(*, case: Case, kind: HoldKind, reason: str, by: User, on: date) -> list[Hold]:
    """Keep every running budget of a case out of payment runs, because of what care has just told.

    Whoever told it was allowed to; finance says how it ends.
    """
    case = lock_case(case.pk)
    runs = Q(ending=None)
    if kind == HoldKind.DEATH:  # a last day that was decided before may lie beyond it
        runs |= Q(ending__ends_on__gt=case.person.date_of_death, ending__replaced=False)
    running = case.budgets.select_related("case").filter(runs)
    return [wait(budget, kind, reason, by, on) for budget in running if not _waits(budget, kind)]


@transaction.atomic
def go_on_after(*, case: Case, kind: HoldKind, by: User, on: date) -> None:
    """Lift the holds that `wait_after` placed, since what care had told is no longer so."""
    lock_case(case.pk)
    for hold in Hold.objects.filter(budget__case=case, kind=kind, lifted_on=None):
        lift(hold, by, on)


def _waits(budget: Budget, kind: HoldKind) -> bool:
    """Whether a hold of this kind keeps the budgets of its plan waiting already."""
    return Hold.objects.filter(budget__plan=budget.plan_id, kind=kind, lifted_on=None).exists()


def wait(budget: Budget, kind: HoldKind, reason: str, by: User, on: date) -> Hold:
    """Have a budget's payments wait, and tell the case. Whoever calls has asked whether this user may."""
    hold = Hold.objects.create(budget=budget, kind=kind, reason=reason, placed_by=by, placed_on=on)
    tell(case=budget.case, kind=Event.HELD, sentence=HoldKind(kind).told, by=by, on=on)
    return hold


def lift(hold: Hold, by: User, on: date) -> Hold:
    """Let payments go on, and tell the case. Whoever calls has asked whether this user may."""
    hold.lifted_by, hold.lifted_on = by, on
    hold.save(update_fields=["lifted_by", "lifted_on"])
    sentence = f"Payments no longer on hold: {hold.get_kind_display().lower()}."
    tell(case=hold.budget.case, kind=Event.HOLD_LIFTED, sentence=sentence, by=by, on=on)
    return hold


def locked(budget: Budget) -> Budget:
    """A budget as it stands once nobody else is at its case."""
    lock_case(budget.case_id)
    return Budget.objects.select_related("case__person").get(pk=budget.pk)
