"""One line of a plan in force by itself: that it ends, and at which price it goes on.

That it ends is decided by whoever works on the case, and finance carries it out; a recorded price finance takes.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from django.db import transaction

from leeway.access.models import User
from leeway.care.assessment.actions import charge_from
from leeway.care.decisions.actions import decide_by_judgement, decide_many
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.access import check_can_work_on, check_lives
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.planning.actions.deciding import reasons_of
from leeway.care.planning.costs import budget_steps
from leeway.care.planning.line_changes import (
    Weighed,
    as_changed,
    bought_now,
    require_in_force,
    require_may_end,
    require_open,
)
from leeway.care.planning.models import LineChange, LineChangeKind, Plan, PlanLine
from leeway.days import PLANNED, check_day
from leeway.law.numbers import pounds
from leeway.market.units import Unit


@transaction.atomic
def end_line(*, line: PlanLine, starts_on: date, reason: str, by: User, on: date) -> LineChange:
    """Decide that a line of a plan in force ends by itself, from a day on, and tell the case. The plan stays as agreed.

    Called by what has weighed the budget without it, and locked the case.
    """
    case = line.plan.case
    check_can_work_on(by, case)
    check_lives(case.person)
    check_day(starts_on, PLANNED, field="starts_on", what="The first day without it", on=on)
    require_may_end(line)
    change = LineChange(line=line, starts_on=starts_on, reason=reason, decided_by=by, decided_on=on)
    change.save(force_insert=True)
    tell(case=case, kind=Event.LINE_ENDS, sentence=change.told, by=by, on=on)
    return change


@transaction.atomic
def keep_line(*, change: LineChange, by: User, on: date) -> LineChange:
    """Take it back that a line ends, while the budget still pays for it. Called by what has locked the case."""
    case = change.line.plan.case
    check_can_work_on(by, case)
    require_open(change)
    change.taken_back_by, change.taken_back_on = by, on
    change.save(update_fields=["taken_back_by", "taken_back_on"])
    sentence = f"“{change.line.what}” stays after all."
    tell(case=case, kind=Event.LINE_STAYS, sentence=sentence, by=by, on=on)
    return change


@transaction.atomic
def decide_without(
    *, change: LineChange, weighed: Weighed, before: Decision, left_over: str, by: User, on: date
) -> LineChange:
    """Decide the personal budget without a line that ends, and what is paid of it, from that day on; tell the case.

    `before` is the budget that was decided until then; `left_over` is what is said of money paid beyond. Called
    by what has the money go on, which has checked permission and locked the case.
    """
    line, case = change.line, change.line.plan.case
    require_open(change)
    require_in_force(line)
    _decide(
        [change],
        weighed,
        before,
        because=f"“{line.what}” ends",
        as_before=f"in the same proportion as {before.decided_by.name} decided.",
        by=by,
        on=on,
    )
    change.save(update_fields=["final_budget", "charge", "carried_out_by", "carried_out_on"])
    sentence = f"From {change.starts_on:%-d %B %Y} the budget goes on without “{line.what}”. {left_over}".strip()
    tell(case=case, kind=Event.LINE_ENDED, sentence=sentence, by=by, on=on)
    return change


@transaction.atomic
def decide_at_prices(
    *, plan: Plan, lines: Sequence[tuple[PlanLine, PlanLine]], weighed: Weighed, before: Decision, by: User, on: date
) -> list[LineChange]:
    """Decide the personal budget with lines at new recorded prices, and what is paid of it, from a day on; tell it.

    `lines` has each as it is bought until then, and from then; `before` is the budget that was decided until then.
    Called by what has the money go on, which has checked permission and locked the case.
    """
    check_lives(plan.case.person)
    changes = []
    for was, new in lines:
        assert new.rate is not None, "a price that is recorded"
        require_in_force(was)
        reason = (
            f"“{new.what}” costs {pounds(new.rate.pence)} {Unit(new.rate.unit).with_article} from "
            f"{weighed.starts_on:%-d %B %Y}, and cost {pounds(was.unit_cost_pence)} until then. It is the same support."
        )
        change = LineChange(
            line=was, kind=LineChangeKind.PRICE, starts_on=weighed.starts_on, rate=new.rate, reason=reason,
            decided_by=by, decided_on=on,
        )  # fmt: skip
        changes.append(change)
    _decide(
        changes,
        weighed,
        before,
        because="the price of support is another",
        as_before=f"as far beside what the plan costs as {before.decided_by.name} decided.",
        by=by,
        on=on,
    )
    for change in changes:
        change.save(force_insert=True)
    tell(case=plan.case, kind=Event.LINE_REPRICED, sentence=" ".join(each.told for each in changes), by=by, on=on)
    return changes


def _decide(
    changes: Sequence[LineChange],
    weighed: Weighed,
    before: Decision,
    *,
    because: str,
    as_before: str,
    by: User,
    on: date,
) -> None:
    """Decide what some changes of one plan's lines make of its budget, and of what is paid of it, from their day on."""
    first = changes[0]
    plan = first.line.plan
    (charge,) = decide_many(
        wanted=[charge_from(plan.case, weighed.starts_on, dict(weighed.charge.inputs), (because,))], by=by, on=on
    )
    lines = as_changed(bought_now([plan.pk])[plan.pk], changes)
    decided = decide_by_judgement(
        case=plan.case,
        kind=DecisionKind.FINAL_BUDGET,
        inputs=_inputs(changes, weighed, before, charge),
        result=weighed.result,
        steps=budget_steps(weighed.result, lines, reason=as_before, manager=first.decided_by.name),
        reasons=[*(each.told for each in changes), *reasons_of(weighed.result, [charge], "", by)],
        by=first.decided_by,
        on=on,
    )
    for each in changes:
        each.final_budget, each.charge, each.carried_out_by, each.carried_out_on = decided, charge, by, on
    plan.charges.add(charge)


def _inputs(changes: Sequence[LineChange], weighed: Weighed, before: Decision, charge: Decision) -> dict:
    """What a budget is decided on: `prices` has what one costs of the lines that were given another price since."""
    new = {str(each.line_id): each.rate.pence for each in changes if each.rate is not None}
    return before.inputs | {
        "charge_decisions": [str(charge.pk)],
        "starts_on": weighed.starts_on.isoformat(),
        "line_ids": [str(key) for key, _ in weighed.lines],
        "prices": before.inputs.get("prices", {}) | new,
        "lines": [asdict(costed) for _, costed in weighed.lines],
        "final_pence_per_week": weighed.result["pence_per_week"],
    }
