"""One line of a plan in force by itself: that it ends, and at which price it goes on.

That it ends is decided by whoever works on the case, and finance carries it out; a recorded price finance takes.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.assessment.actions import charge_from
from leeway.care.decisions.actions import ToJudge, decide_many, judge_many
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.access import check_can_work_on, check_lives
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.planning.actions.deciding import reasons_of
from leeway.care.planning.costs import CostedLine, budget_steps
from leeway.care.planning.kinds import LineChangeKind
from leeway.care.planning.line_changes import (
    Reckoned,
    Weighed,
    bought_now,
    require_in_force,
    require_may_end,
    require_open,
)
from leeway.care.planning.models import LineChange, Plan, PlanLine
from leeway.days import PLANNED, check_day
from leeway.law.numbers import pounds
from leeway.market.units import Unit

#: Why a charge is another, in the words that follow “because”.
PRICE_IS_ANOTHER = "the price of support is another"


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
def pause_line(*, line: PlanLine, starts_on: date, again_on: date, reason: str, by: User, on: date) -> LineChange:
    """Decide that a line of a plan in force stops from one day to the day before another, and tell the case.

    Called as `end_line` is.
    """
    case = line.plan.case
    check_can_work_on(by, case)
    check_lives(case.person)
    check_day(starts_on, PLANNED, field="starts_on", what="The first day without it", on=on)
    check_day(again_on, PLANNED, field="again_on", what="The day on which it goes on again", on=on)
    require_may_end(line)
    decided = {"line": line, "decided_by": by, "decided_on": on}
    reason = f"It goes on again on {again_on:%-d %B %Y}. {reason}"
    change = LineChange(kind=LineChangeKind.PAUSES, starts_on=starts_on, reason=reason, **decided)
    change.save(force_insert=True)
    goes_on = f"“{line.what}” goes on again from {again_on:%-d %B %Y}, after it stopped for a time."
    LineChange(
        kind=LineChangeKind.RESUMES, starts_on=again_on, pause=change, reason=goes_on, **decided
    ).save(force_insert=True)  # fmt: skip
    tell(case=case, kind=Event.LINE_ENDS, sentence=change.told, by=by, on=on)
    return change


@transaction.atomic
def keep_line(*, change: LineChange, by: User, on: date) -> LineChange:
    """Take it back that a line ends or stops, while the budget pays for it. Called by what has locked the case."""
    case = change.line.plan.case
    check_can_work_on(by, case)
    require_open(change)
    for each in [change, change.again] if change.pauses else [change]:
        each.taken_back_by, each.taken_back_on = by, on
        each.save(update_fields=["taken_back_by", "taken_back_on"])
    sentence = f"“{change.line.what}” stays after all."
    tell(case=case, kind=Event.LINE_STAYS, sentence=sentence, by=by, on=on)
    return change


@transaction.atomic
def decide_without(
    *, change: LineChange, weighed: Weighed, before: Decision, left_over: str, by: User, on: date
) -> LineChange:
    """Decide the personal budget without a line that ends or stops, and what is paid of it, from that day on.

    `before` is the budget that was decided until then; `left_over` is what is said of money paid beyond. The case is
    told. Called by what has the money go on, which has checked permission and locked the case.
    """
    require_open(change)
    because = "stops for a time" if change.pauses else "ends"
    as_before = f"in the same proportion as {before.decided_by.name} decided."
    _decide_one(change, weighed, before, because, as_before, by, on)
    sentence = f"From {change.starts_on:%-d %B %Y} the budget goes on without “{change.line.what}”. {left_over}".strip()
    tell(case=change.line.plan.case, kind=Event.LINE_ENDED, sentence=sentence, by=by, on=on)
    return change


@transaction.atomic
def decide_again(*, change: LineChange, weighed: Weighed, before: Decision, by: User, on: date) -> LineChange:
    """Decide the personal budget with a line that goes on again, as it was decided `before` it stopped. As above."""
    require_open(change)
    as_before = f"as {before.decided_by.name} decided."
    _decide_one(change, weighed, before, "goes on again", as_before, by, on)
    sentence = f"From {change.starts_on:%-d %B %Y} the budget goes on with “{change.line.what}” again."
    tell(case=change.line.plan.case, kind=Event.LINE_AGAIN, sentence=sentence, by=by, on=on)
    return change


def _decide_one(
    change: LineChange, weighed: Weighed, before: Decision, because: str, as_before: str, by: User, on: date
) -> None:
    """Decide budget and charge from the day of a change of one line on, and note them in it."""
    line = change.line
    require_in_force(line.plan)
    why = f"“{line.what}” {because}"
    charged = charge_from(line.plan.case, weighed.starts_on, dict(weighed.charge.inputs), (why,))
    (charge,) = decide_many(wanted=[charged], by=by, on=on)
    changed = Changed(line.plan, [change], weighed.starts_on, weighed.lines, weighed.result, before, charge, as_before)
    _decide([changed], by, on)
    line.plan.charges.add(charge)
    change.save(update_fields=["final_budget", "charge", "carried_out_by", "carried_out_on"])


@dataclass(frozen=True, slots=True)
class Changed:
    """Changes of lines of one plan from a day on, with what its budget is then: on which lines, at which charge.

    `before` is what was decided of it until then, and `as_before` how it stays beside what the lines cost.
    """

    plan: Plan
    changes: list[LineChange]
    starts_on: date
    lines: list[tuple[UUID, CostedLine]]
    result: dict
    before: Decision
    charge: Decision
    as_before: str


def repriced(
    plan: Plan,
    prices: Sequence[tuple[PlanLine, PlanLine]],
    reckoned: Reckoned,
    *,
    before: Decision,
    charge: Decision,
    by: User,
    on: date,
) -> Changed:
    """Lines of one plan at new recorded prices, from the first day of their charge.

    `prices` has each line as it is bought until then, and from then.
    """
    starts_on, changes = charge.law_on, []
    for was, new in prices:
        assert new.rate is not None, "a price that is recorded"
        reason = (
            f"“{new.what}” costs {pounds(new.rate.pence)} {Unit(new.rate.unit).with_article} from "
            f"{starts_on:%-d %B %Y}, and cost {pounds(was.unit_cost_pence)} until then. It is the same support."
        )
        changes.append(
            LineChange(
                line=was, kind=LineChangeKind.PRICE, starts_on=starts_on, rate=new.rate, reason=reason,
                decided_by=by, decided_on=on,
            )
        )  # fmt: skip
    result = reckoned.result(starts_on, charge.result["charge_pence_per_week"], before=before)
    as_before = f"as far beside what the plan costs as {before.decided_by.name} decided."
    return Changed(plan, changes, starts_on, reckoned.lines, result, before, charge, as_before)


@transaction.atomic
def decide_at_prices(*, wanted: Sequence[Changed], by: User, on: date) -> list[Decision]:
    """Decide the personal budgets of one person, or of thousands, with lines at new recorded prices, and keep these.

    Called by what has the money go on, which has checked permission, locked the cases and decided the charges, and
    tells them.
    """
    for each in wanted:
        require_in_force(each.plan)
    decided = _decide(wanted, by, on)
    LineChange.objects.bulk_create([change for each in wanted for change in each.changes], batch_size=1000)
    return decided


@transaction.atomic
def take_prices_back(*, budgets: Collection[UUID], by: User, on: date) -> None:
    """Take back the prices that some personal budgets were decided with, by a batch that was a mistake.

    Whoever calls has the earlier budgets go on, and nothing was decided since that rests on these.
    """
    check_can(by, Capability.APPROVE_LARGE_RUNS)
    taken = LineChange.objects.filter(final_budget__in=budgets, kind=LineChangeKind.PRICE, taken_back_on=None)
    taken.update(taken_back_by=by, taken_back_on=on)


@transaction.atomic
def take_new_prices(*, changed: Changed, by: User, on: date) -> Decision:
    """Decide one personal budget with lines at new recorded prices, and tell the case. As `decide_at_prices`."""
    (decided,) = decide_at_prices(wanted=[changed], by=by, on=on)
    changed.plan.charges.add(changed.charge)
    tell(case=changed.plan.case, kind=Event.LINE_REPRICED, sentence=told_of(changed), by=by, on=on)
    return decided


def told_of(changed: Changed) -> str:
    """What the story of a case says of changes of its lines."""
    return " ".join(each.told for each in changed.changes)


def charge_at_prices(*, plan: Plan, weighed: Weighed, by: User, on: date) -> Decision:
    """Decide what is paid of a budget whose lines have new prices, as it was weighed."""
    charged = charge_from(plan.case, weighed.starts_on, dict(weighed.charge.inputs), (PRICE_IS_ANOTHER,))
    (charge,) = decide_many(wanted=[charged], by=by, on=on)
    return charge


def _decide(wanted: Sequence[Changed], by: User, on: date) -> list[Decision]:
    """Decide what changes of lines make of budgets, each from its day on, and note it in the changes."""
    then = [change for each in wanted for change in each.changes]
    bought = bought_now([each.plan.pk for each in wanted], then)
    decided = judge_many(wanted=[_to_judge(each, bought[each.plan.pk]) for each in wanted], on=on)
    for each, decision in zip(wanted, decided, strict=True):
        for change in each.changes:
            change.final_budget, change.charge = decision, each.charge
            change.carried_out_by, change.carried_out_on = by, on
    return decided


def _to_judge(changed: Changed, lines: list[PlanLine]) -> ToJudge:
    by = changed.changes[0].decided_by
    return ToJudge(
        case=changed.plan.case,
        kind=DecisionKind.FINAL_BUDGET,
        inputs=_inputs(changed),
        result=changed.result,
        steps=budget_steps(changed.result, lines, reason=changed.as_before, manager=by.name),
        reasons=[
            *(each.told for each in changed.changes), *reasons_of(changed.result, [changed.charge], "", by),
        ],
        by=by,
    )  # fmt: skip


def _inputs(changed: Changed) -> dict:
    """What a budget is decided on: `prices` has what one costs of the lines that were given another price since."""
    new = {str(each.line_id): each.rate.pence for each in changed.changes if each.rate is not None}
    given = changed.before.inputs
    return given | {
        "charge_decisions": [str(changed.charge.pk)],
        "starts_on": changed.starts_on.isoformat(),
        "line_ids": [str(key) for key, _ in changed.lines],
        "prices": given.get("prices", {}) | new,
        "lines": [asdict(costed) for _, costed in changed.lines],
        "final_pence_per_week": changed.result["pence_per_week"],
    }
