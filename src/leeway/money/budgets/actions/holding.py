"""Keeping a budget's payments waiting, and letting them go on."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case
from leeway.days import PLANNED, check_day
from leeway.money.budgets.models import (
    COMES_BY_ITSELF,
    UNTIL_ENDED,
    WHILE_AWAY,
    Budget,
    Hold,
    HoldKind,
)
from leeway.refusal import Refusal

HELD_DAYS_MOST = 92


@transaction.atomic
def place_hold(
    *, budget: Budget, kind: HoldKind, reason: str, last_on: date, ends_by_itself: bool = False, by: User, on: date
) -> Hold:
    """Keep a budget's instalments, and those of every budget of its plan, out of payment runs until it is lifted.

    After `last_on` finance looks again, or it ends by itself where that was chosen. Never where the person is away:
    somebody says what becomes of those days.
    """
    check_can(by, Capability.START_BUDGETS)
    check_day(last_on, PLANNED, field="last_on", what="The last day that payments wait", on=on)
    budget = locked(budget)
    ask = "Say why payments should wait. The person can read this."
    reason = said.sentence(reason, ask=ask, field="reason", least=said.FEW)
    if kind in COMES_BY_ITSELF:
        raise Refusal("This hold comes by itself, when what it says is recorded.", field="kind")
    if ends_by_itself and kind in WHILE_AWAY:
        raise Refusal(
            f"{HoldKind(kind).label}: this hold does not end by itself, since somebody has to say whether the days are "
            "paid and charged, or left out. Choose that finance looks again.",
            field="ends_by_itself",
        )
    if _waits(budget, kind):
        raise Refusal("There is a hold of this kind already.", field="kind")
    _require_last_day(last_on, on)
    return wait(budget, kind, reason, by, on, last_on=last_on, ends_by_itself=ends_by_itself)


@transaction.atomic
def extend_hold(*, hold: Hold, last_on: date, seen: str = "", by: User, on: date) -> Hold:
    """Somebody looked again: payments wait until a later day. `seen` is the day that they saw before."""
    check_can(by, Capability.START_BUDGETS)
    check_day(last_on, PLANNED, field="last_on", what="The last day that payments wait", on=on)
    hold = _to_change(hold)
    if seen and seen != str(hold.last_on):
        raise Refusal(f"Payments wait until {hold.last_on:%-d %B %Y} since you opened the page. Decide anew.")
    _require_last_day(last_on, on)
    if hold.last_on is None or last_on <= hold.last_on:
        raise Refusal("Give a day after the one until which payments wait already.", field="last_on")
    hold.last_on = last_on
    hold.save(update_fields=["last_on"])
    sentence = f"{HoldKind(hold.kind).told} Until {last_on:%-d %B %Y} now, or until somebody lifts it."
    tell(case=hold.budget.case, kind=Event.HOLD_EXTENDED, sentence=sentence, by=by, on=on)
    return hold


@transaction.atomic
def lift_hold(*, hold: Hold, days_because: str = "", by: User, on: date) -> Hold:
    """Let a budget's instalments be paid again, those that fell due meanwhile among them.

    Where the person was away, `days_because` says why the days are paid and charged as agreed; otherwise they are left
    out (`leave_out_days`), or paid on and not charged (`pay_days_on`).
    """
    check_can(by, Capability.START_BUDGETS)
    hold = _to_change(hold)
    if hold.kind in UNTIL_ENDED:
        raise Refusal("Payments wait until the budget has its last day. End the budget: that lifts the hold.")
    if hold.kind in WHILE_AWAY:
        ask = "Say why the days are paid and charged as agreed, or leave them out."
        said.sentence(days_because, ask=ask, field="days_because", least=said.FEW)
    hold.days_because = days_because.strip()
    return lift(hold, by, on)


@transaction.atomic
def end_holds(*, on: date) -> int:
    """Lift the holds whose last day is over and of which it was chosen that they end by themselves; say how many.

    None that waits while somebody is away, whenever it was placed: its days are for a person to decide.
    """
    over = Hold.objects.filter(lifted_on=None, ends_by_itself=True, last_on__lt=on).exclude(kind__in=WHILE_AWAY)
    found = 0
    for hold in over.select_related("budget", "placed_by").order_by("budget__case"):
        lock_case(hold.budget.case_id)
        now = over.select_related("budget__case", "placed_by").filter(pk=hold.pk).first()
        if now is not None:
            now.days_because = "It was to end by itself, as was chosen when it was placed."
            lift(now, now.placed_by, on)
            found += 1
    return found


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


def wait(budget: Budget, kind: HoldKind, reason: str, by: User, on: date, **until: Any) -> Hold:
    """Have a budget's payments wait, and tell the case. Whoever calls has asked whether this user may."""
    hold = Hold.objects.create(budget=budget, kind=kind, reason=reason, placed_by=by, placed_on=on, **until)
    tell(case=budget.case, kind=Event.HELD, sentence=HoldKind(kind).told, by=by, on=on)
    return hold


def lift(hold: Hold, by: User, on: date, *, days: str = "") -> Hold:
    """Let payments go on, and tell the case what becomes of the `days`. Whoever calls has asked whether this user may.

    Where that is not said, and the days are not left out, they are paid and charged as agreed.
    """
    hold.lifted_by, hold.lifted_on = by, on
    hold.save(update_fields=["lifted_by", "lifted_on", "left_out_from", "left_out_until", "days_because"])
    sentence = f"Payments no longer on hold: {hold.get_kind_display().lower()}."
    if hold.days_because and hold.left_out_from is None:
        sentence += f" {days or f'The days are paid and charged as agreed: {hold.days_because}'}"
    tell(case=hold.budget.case, kind=Event.HOLD_LIFTED, sentence=sentence, by=by, on=on)
    return hold


def _to_change(hold: Hold) -> Hold:
    lock_case(hold.budget.case_id)
    hold = Hold.objects.select_related("budget__case__person").get(pk=hold.pk)
    if hold.lifted_on:
        raise Refusal("This hold was lifted already.")
    return hold


def _require_last_day(last_on: date, on: date) -> None:
    if not on <= last_on <= on + timedelta(days=HELD_DAYS_MOST):
        raise Refusal(
            f"Give a day from today until {on + timedelta(days=HELD_DAYS_MOST):%-d %B %Y}: a hold is looked at again "
            "within three months.",
            field="last_on",
        )


def locked(budget: Budget) -> Budget:
    """A budget as it stands once nobody else is at its case."""
    lock_case(budget.case_id)
    return Budget.objects.select_related("case__person").get(pk=budget.pk)
