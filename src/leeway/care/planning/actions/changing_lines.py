"""Ending one line of a plan in force by itself: whoever works on the case decides it; finance carries it out."""

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
from leeway.care.planning.line_changes import Weighed, require_in_force, require_may_end, require_open
from leeway.care.planning.models import LineChange, PlanLine
from leeway.days import PLANNED, check_day


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
    charged = charge_from(case, weighed.starts_on, dict(weighed.charge.inputs), (f"“{line.what}” ends",))
    (change.charge,) = decide_many(wanted=[charged], by=by, on=on)
    kept = line.plan.lines.filter(pk__in=[key for key, _ in weighed.lines])
    as_before = f"in the same proportion as {before.decided_by.name} decided."
    change.final_budget = decide_by_judgement(
        case=case,
        kind=DecisionKind.FINAL_BUDGET,
        inputs=_inputs(line, weighed, before, change.charge),
        result=weighed.result,
        steps=budget_steps(weighed.result, list(kept), reason=as_before, manager=change.decided_by.name),
        reasons=[change.told, *reasons_of(weighed.result, [change.charge], "", by)],
        by=change.decided_by,
        on=on,
    )
    change.carried_out_by, change.carried_out_on = by, on
    change.save(update_fields=["final_budget", "charge", "carried_out_by", "carried_out_on"])
    line.plan.charges.add(change.charge)
    sentence = f"From {change.starts_on:%-d %B %Y} the budget goes on without “{line.what}”. {left_over}".strip()
    tell(case=case, kind=Event.LINE_ENDED, sentence=sentence, by=by, on=on)
    return change


def _inputs(line: PlanLine, weighed: Weighed, before: Decision, charge: Decision) -> dict:
    return before.inputs | {
        "charge_decisions": [str(charge.pk)],
        "starts_on": weighed.starts_on.isoformat(),
        "without": str(line.pk),
        "line_ids": [str(key) for key, _ in weighed.lines],
        "lines": [asdict(costed) for _, costed in weighed.lines],
        "final_pence_per_week": weighed.result["pence_per_week"],
    }
