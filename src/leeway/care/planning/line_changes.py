"""What a personal budget is once one line of it ended by itself: figures alone. The plan stays as it was agreed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from leeway.care.assessment.queries import charge_of_another
from leeway.care.decisions.models import Decision
from leeway.care.planning.costs import (
    ChargedDays,
    CostedLine,
    budget_result,
    costed_line,
    free_parts,
    shares_of_final,
    totals_of,
)
from leeway.care.planning.models import LineChange, Plan, PlanLine, PlanState
from leeway.law import Outcome
from leeway.law.numbers import split
from leeway.market.units import Frequency
from leeway.refusal import Refusal


def lines_decided(final_budgets: Iterable[UUID]) -> dict[UUID, list[tuple[UUID, CostedLine]]]:
    """The lines that each of some personal budgets was decided on, by its key, with what each costs."""
    found: dict[UUID, list[tuple[UUID, CostedLine]]] = {key: [] for key in final_budgets}
    for line in PlanLine.objects.filter(plan__final_budget__in=found).select_related("plan"):
        assert line.plan.final_budget_id is not None, "it was asked for by what was decided"
        found[line.plan.final_budget_id].append((line.pk, costed_line(line)))
    changed = [key for key, lines in found.items() if not lines]  # those of a plan have lines of their own
    made = Decision.objects.filter(pk__in=changed).values_list("pk", "inputs") if changed else ()
    for key, given in made:
        lines = zip(given["line_ids"], given["lines"], strict=True)
        found[key] = [(UUID(line), CostedLine(**costed)) for line, costed in lines]
    return found


def is_bought(line: UUID, line_ids: Collection[str] | None) -> bool:
    """Whether a budget buys a line of its plan: one that was decided with its plan, which names none, buys all."""
    return line_ids is None or str(line) in line_ids


def still_bought(plan: Plan) -> QuerySet[PlanLine]:
    """The lines of a plan without those that end by themselves: what the next plan begins with."""
    return plan.lines.exclude(pk__in=LineChange.objects.filter(taken_back_on=None).values("line"))


def changes_of_lines(plan: Plan) -> list[LineChange]:
    """What changed of single lines of a plan since it was agreed, the first day first."""
    made = LineChange.objects.filter(line__plan=plan, taken_back_on=None)
    return list(made.select_related("line", "final_budget", "decided_by"))


def require_may_end(line: PlanLine) -> None:
    """Refuse to end a line of a plan that is not in force, one that is paid once, or one that ends already."""
    require_in_force(line)
    if line.frequency == Frequency.ONCE:
        raise Refusal(f"“{line.what}” is paid once, so there is nothing to end.")
    if ended := line.changes.filter(taken_back_on=None).first():
        raise Refusal(f"“{line.what}” ends after {ended.last_day:%-d %B %Y} already.")


def require_in_force(line: PlanLine) -> None:
    """Refuse a line of a plan that is not in force."""
    if line.plan.state != PlanState.AGREED:
        raise Refusal("Only what a plan in force pays for ends by itself. This plan is not in force.")


def require_open(change: LineChange) -> None:
    """Refuse what was carried out, or taken back."""
    if change.carried_out_on is not None:
        raise Refusal(f"The budget goes on without “{change.line.what}” already.")
    if change.taken_back_on is not None:
        raise Refusal(f"It was taken back that “{change.line.what}” ends.")


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a personal budget would be without a line from a day on, and what the person would pay of it."""

    starts_on: date
    lines: list[tuple[UUID, CostedLine]]
    result: dict
    charge: Outcome


def weigh_without(line: PlanLine, starts_on: date, *, before: Decision, charge: Decision, on: date) -> Weighed:
    """Work out a budget without a line from a day on. `before` and `charge` are the decisions that count until then.

    Where the budget was signed off at another amount than its lines cost, it stays so in proportion.
    """
    lines = lines_decided([before.pk])[before.pk]
    left = [(key, its) for key, its in lines if key != line.pk]
    costed_lines = [its for _, its in left]
    costed, pence = totals_of(costed_lines), before.result["pence_per_week"]
    ended_pence = totals_of([its for _, its in lines])["pence_per_week"] - costed["pence_per_week"]
    if not costed["pence_per_week"]:
        raise Refusal(f"Without “{line.what}” nothing is left that is paid each week. End the support instead.")
    final_pence = split(pence, [costed["pence_per_week"], ended_pence])[0]
    social_care_pence = shares_of_final(costed, final_pence)["social_care_pence_per_week"]
    outcome = charge_of_another(
        charge,
        starts_on,
        personal_budget_pence_per_week=social_care_pence,
        free_parts=free_parts(costed_lines, social_care_pence),
        on=on,
    )
    result = budget_result(
        costed=costed,
        final_pence=final_pence,
        charged=[ChargedDays(starts_on, outcome.result["charge_pence_per_week"])],
        indicative_pence=before.result["indicative_pence_per_week"],
    )
    return Weighed(starts_on, left, result, outcome)
