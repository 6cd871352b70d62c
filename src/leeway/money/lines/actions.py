"""One line of a plan in force by itself: that it ends, and a new price of it.

Who works on the case decides that it ends, and finance has the budget go on. A price that is recorded finance takes.
"""

from datetime import date

from django.db import transaction

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.decisions.models import Decision
from leeway.care.people.access import check_can_work_on
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case
from leeway.care.planning import actions as planning
from leeway.care.planning.models import LineChange, PlanLine
from leeway.days import PLANNED, check_day
from leeway.money.budgets.actions.funding import let_days_gone_fall_due
from leeway.money.budgets.actions.starting import go_on
from leeway.money.budgets.models import Budget
from leeway.money.budgets.schedule import DAY
from leeway.money.funders.charging import require_chargeable
from leeway.money.lines import queries
from leeway.refusal import Refusal


@transaction.atomic
def end_line(*, line: PlanLine, ends_on: date, reason: str, cover: str = "", by: User, on: date) -> LineChange:
    """Decide that one line of a plan ends after a day, by itself: the person is told, and finance is asked.

    The rest of the plan goes on. Refused where nothing would be left, and for days before the budget that runs began.
    The last line that is paid directly ends only with `cover`, who meets the needs from the day after.
    """
    check_can(by, Capability.WORK_ON_CASES)
    check_day(ends_on, PLANNED, field="ends_on", what="The last day", on=on)
    case = lock_case(line.plan.case_id)
    check_can_work_on(by, case)
    line = PlanLine.objects.select_related("plan__case__person").get(pk=line.pk)
    weighed = queries.weigh_end(line=line, ends_on=ends_on, reason=reason, cover=cover, on=on)
    return planning.end_line(line=line, starts_on=ends_on + DAY, reason=weighed.reason, by=by, on=on)


@transaction.atomic
def pause_line(
    *, line: PlanLine, starts_on: date, ends_on: date, reason: str, meanwhile: str, by: User, on: date
) -> LineChange:
    """Decide that one line of a plan stops for some weeks, and goes on again by itself: as `end_line`.

    `meanwhile` says what meets the need on these days.
    """
    check_can(by, Capability.WORK_ON_CASES)
    check_day(starts_on, PLANNED, field="starts_on", what="The first day", on=on)
    check_day(ends_on, PLANNED, field="ends_on", what="The last day", on=on)
    case = lock_case(line.plan.case_id)
    check_can_work_on(by, case)
    line = PlanLine.objects.select_related("plan__case__person").get(pk=line.pk)
    days = {"starts_on": starts_on, "ends_on": ends_on}
    weighed = queries.weigh_pause(line=line, **days, reason=reason, meanwhile=meanwhile, on=on)
    again_on = ends_on + DAY
    return planning.pause_line(
        line=line, starts_on=starts_on, again_on=again_on, reason=weighed.reason, by=by, on=on
    )  # fmt: skip


@transaction.atomic
def keep_line(*, change: LineChange, by: User, on: date) -> LineChange:
    """Take it back that a line ends, or stops for a time, while the budget still pays for it."""
    check_can(by, Capability.WORK_ON_CASES)
    lock_case(change.line.plan.case_id)
    return planning.keep_line(change=queries.change_now(change.pk), by=by, on=on)


@transaction.atomic
def carry_out(*, change: LineChange, seen: str, by: User, on: date) -> Budget:
    """Have the budget go on without a line that ends, by the same plan, from the day after its last.

    Where it stops for a time, the budget goes on with it again from the day that was said; that is decided with it. The
    personal budget and what the person pays are decided anew from each day, with a letter. What was paid for later
    days comes off what falls due next. `seen` is what the officer saw: refused where it comes out otherwise now.
    """
    check_can(by, Capability.START_BUDGETS)
    lock_case(change.line.plan.case_id)
    change = queries.change_now(change.pk)
    weighed = queries.weigh(change, on=on)
    _require_seen(weighed, seen)
    budget = weighed.budget
    change = planning.decide_without(
        change=change,
        weighed=weighed.after,
        before=budget.final_budget,
        left_over=weighed.left_over,
        by=by,
        on=on,
    )
    assert change.charge is not None and change.final_budget is not None, "they were decided"
    after = _go_on(budget, change.charge, change.final_budget, by, on)
    if weighed.again is None:
        return after
    again = planning.decide_again(change=change.again, weighed=weighed.again, before=budget.final_budget, by=by, on=on)
    return _go_on(after, again.charge, again.final_budget, by, on)


@transaction.atomic
def take_prices(*, case: Case, seen: str, by: User, on: date) -> Budget:
    """Have a budget go on at the next recorded prices of its lines, by the same plan, from the first day of these.

    The personal budget and what the person pays are decided anew from that day, each with its letter. `seen` is what
    the officer saw: refused where it comes out otherwise now.
    """
    check_can(by, Capability.START_BUDGETS)
    case = lock_case(case.pk)
    prices, reckoned, weighed = queries.weigh_prices(case, on=on)
    _require_seen(weighed, seen)
    budget, plan = weighed.budget, weighed.budget.plan
    plan.case = case
    charge = planning.charge_at_prices(plan=plan, weighed=weighed.after, by=by, on=on)
    changed = planning.repriced(
        plan,
        prices.lines,
        reckoned,
        before=budget.final_budget,
        charge=charge,
        by=by,
        on=on,
    )
    return _go_on(budget, charge, planning.take_new_prices(changed=changed, by=by, on=on), by, on)


def _require_seen(weighed: queries.Comes, seen: str) -> None:
    if weighed.seen != seen:
        raise Refusal("What changes is not what you saw when you opened this page. Here is how it stands now.")


def _go_on(budget: Budget, charge: Decision, final_budget: Decision, by: User, on: date) -> Budget:
    """Have a budget go on as it was decided because of a change of its lines."""
    after = go_on(budget, charge, by, on, final_budget)
    require_chargeable([after.pk])
    let_days_gone_fall_due(budget.case, on)
    return after
