"""Working every personal budget out again from the lines and the charge that it was decided on, and which are free."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Prefetch
from django.db.models.fields.json import KT

from leeway.care.assessment.models import Assessment
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.decisions.replay import Bent
from leeway.care.planning.costs import ChargedDays, CostedLine, budget_result, costed_line, free_parts, totals_of
from leeway.care.planning.line_changes import as_changed
from leeway.care.planning.models import LineChange, Plan, PlanLine, PlanState
from leeway.refusal import Refusal

RULE = "final_budget"
UNUSABLE = (KeyError, TypeError, ValueError, AssertionError, Refusal)


def replay() -> Iterator[Bent | None]:
    """Work the figures of every final budget out again, and compare its lines with those of its plan."""
    charges = _charges()
    guides = _guides()
    plans = _lines_of_plans()
    yield from _assessed()
    made = Decision.objects.filter(kind=DecisionKind.FINAL_BUDGET).order_by().defer("steps", "reasons")
    for decision in made.iterator(chunk_size=500):
        try:
            differing = _differing(decision, charges, guides, plans.get(decision.pk))
        except UNUSABLE as problem:
            differing = f"it cannot be worked out from what it keeps: {type(problem).__name__} {problem}"
        yield Bent(str(decision.pk), RULE, differing) if differing else None


def _assessed() -> Iterator[Bent]:
    """The indicative budgets that are on other answers, or other help, than their assessment has."""
    given = ("allocation_answers", "allocation_help", "helpers_willing", "indicative_budget")
    completed = Assessment.objects.exclude(indicative_budget=None).select_related("indicative_budget").only(*given)
    for assessment in completed.iterator(chunk_size=500):
        decision = assessment.indicative_budget
        assert decision is not None
        rests_on, differing = decision.inputs, []
        if not _all_in(rests_on.get("answers", {}), assessment.allocation_answers):
            differing.append("the answers")
        if not _all_in(rests_on.get("help", {}), assessment.allocation_help) or (
            "willing_and_able" in rests_on and rests_on["willing_and_able"] != assessment.helpers_willing
        ):
            differing.append("the help")
        if differing:
            yield Bent(str(decision.pk), "allocation", f"{', '.join(differing)} of its assessment")


def _all_in(rests_on: dict, given: dict) -> bool:
    """Whether an assessment still has every answer that was decided on."""
    return all(given.get(name) == answer for name, answer in rests_on.items())


class _Charge(NamedTuple):
    """From which day a charge is, what it comes to, on which budget and which free lines of it, as they are stored."""

    law_on: date
    pays: str
    budget: str
    free: str


def _charges() -> dict[str, _Charge]:
    made = Decision.objects.filter(kind=DecisionKind.CHARGE).order_by()
    rows = made.values_list(
        "pk",
        "law_on",
        KT("result__charge_pence_per_week"),
        KT("inputs__personal_budget_pence_per_week"),
        KT("inputs__free_parts"),
    ).iterator(chunk_size=5000)
    return {str(pk): _Charge(*figures) for pk, *figures in rows}


def _guides() -> dict[str, str]:
    """The amount of every indicative budget, as it is stored."""
    made = Decision.objects.filter(kind=DecisionKind.INDICATIVE_BUDGET).order_by()
    rows = made.values_list("pk", KT("result__indicative_pence_per_week")).iterator(chunk_size=5000)
    return {str(pk): pence for pk, pence in rows}


def _lines_of_plans() -> dict:
    """The lines of each plan that was signed off, by its decision, and as they are bought where one changed since."""
    lines = Prefetch("lines", queryset=PlanLine.objects.all())
    plans = Plan.objects.exclude(final_budget=None).prefetch_related(lines).only("final_budget")
    found = {plan.final_budget_id: list(plan.lines.all()) for plan in plans.iterator(chunk_size=500)}
    done = LineChange.objects.exclude(carried_out_on=None).select_related("line__plan", "rate")
    made = done.order_by("starts_on", "final_budget__decided_at", "made_at")
    changes: dict[UUID, list[LineChange]] = defaultdict(list)
    for change in made:
        plan = change.line.plan
        found[change.final_budget_id] = as_changed(found[plan.final_budget_id], [*changes[plan.pk], change])
        if change.taken_back_on is None:
            changes[plan.pk].append(change)
    return found


def _differing(decision: Decision, charges: dict, guides: dict, plan_lines: list[PlanLine] | None) -> str:
    given = decision.inputs
    lines = [CostedLine(**line) for line in given["lines"]]
    made = [charges[key] for key in given["charge_decisions"]]
    guide = given["indicative_decision"]
    result = budget_result(
        costed=totals_of(lines),
        final_pence=given["final_pence_per_week"],
        charged=[ChargedDays(charge.law_on, int(charge.pays)) for charge in made],
        indicative_pence=int(guides[guide]) if guide else None,
    )
    differing = [name for name, value in result.items() if decision.result.get(name) != value]
    social_care_pence = result["pence_per_week"] - result["nhs_pence_per_week"]
    if any(int(charge.budget) != social_care_pence for charge in made):
        differing.append("the charge is on another budget")
    if result["starts_on"] != given["starts_on"]:
        differing.append("the charge is for other days")
    said_free = [part.as_given() for part in free_parts(lines, social_care_pence)]
    if any(json.loads(charge.free) != said_free for charge in made):
        differing.append("the charge is on other free lines")
    if plan_lines is not None and _in_order(lines) != _in_order([costed_line(line) for line in plan_lines]):
        differing.append("the lines of its plan")
    return ", ".join(differing)


def _in_order(lines: list[CostedLine]) -> list[tuple]:
    return sorted(tuple(str(value) for value in asdict(line).values()) for line in lines)


def missing() -> Iterator[str]:
    """Decisions that an assessment or a plan must name, and does not."""
    completed = Assessment.objects.exclude(completed_on=None)
    for pk in completed.filter(eligibility=None).values_list("pk", flat=True):
        yield f"Assessment {pk} is complete and names no decision on eligibility."
    for pk in completed.filter(eligibility__result__eligible=True, indicative_budget=None).values_list("pk", flat=True):
        yield f"Assessment {pk} found needs eligible and names no indicative budget."
    decided = Plan.objects.exclude(state__in=[PlanState.DRAFT, PlanState.SET_ASIDE])
    for pk in decided.filter(charges=None).values_list("pk", flat=True):
        yield f"Plan {pk} was sent for sign-off and names no charge."
    for plan in decided.exclude(final_budget=None).select_related("final_budget").prefetch_related("charges"):
        if left_out := _left_out(plan):
            yield f"Plan {plan.pk} names no longer what is paid by it: {', '.join(left_out)}."


def _left_out(plan: Plan) -> list[str]:
    """The charges that a plan was signed off with, and does not name."""
    named = {str(charge.pk) for charge in plan.charges.all()}
    return [key for key in plan.final_budget.inputs.get("charge_decisions", []) if key not in named]
