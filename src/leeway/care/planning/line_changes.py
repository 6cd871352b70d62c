"""What a personal budget is once a line of it ended by itself, or has another price: figures alone.

The plan stays as it was agreed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef

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
from leeway.care.planning.kinds import LineChangeKind
from leeway.care.planning.models import LineChange, Plan, PlanLine, PlanState
from leeway.law import Outcome
from leeway.law.exemptions import FreePart
from leeway.law.numbers import split
from leeway.market.contracts.models import Rate
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


def changes_of_lines(plan: Plan) -> list[LineChange]:
    """What changed of single lines of a plan since it was agreed, the first day first."""
    made = LineChange.objects.filter(line__plan=plan, taken_back_on=None)
    return list(made.select_related("line", "rate", "final_budget", "decided_by"))


def as_changed(lines: Iterable[PlanLine], changes: Iterable[LineChange]) -> list[PlanLine]:
    """Some lines as they are bought once changes of them count: copies to reckon with, which are never saved.

    The lines are all of the plan, and the changes every one that counts, the first day first.
    """
    found, without = {line.pk: line for line in lines}, set()
    for change in changes:
        if change.stops:
            without.add(change.line_id)
        elif change.pause_id:
            without.discard(change.line_id)
        elif change.rate is not None and change.line_id in found:
            found[change.line_id] = at_price(found[change.line_id], change.rate)
    return [line for key, line in found.items() if key not in without]


def at_price(line: PlanLine, rate: Rate) -> PlanLine:
    """A line at another recorded price: a copy to reckon with, which is never saved."""
    found = copy(line)
    found.rate, found.unit_cost_pence = rate, rate.pence
    return found


def still_bought(plan: Plan) -> list[PlanLine]:
    """The lines of a plan without those that end by themselves, at the prices taken since: the next begins so."""
    of_line = LineChange.objects.filter(line=OuterRef("pk"), taken_back_on=None)
    lines = plan.lines.select_related("rate", "aim").annotate(changed=Exists(of_line))
    changed = any(line.changed for line in lines)  # most plans have none, and are asked no more
    return as_changed(lines, changes_of_lines(plan) if changed else ())


def bought_now(plans: Iterable[UUID], then: Iterable[LineChange] = ()) -> dict[UUID, list[PlanLine]]:
    """The lines of some plans as the budgets that run pay for them, and `then` with other changes, by plan."""
    lines: dict[UUID, list[PlanLine]] = {plan: [] for plan in plans}
    for line in PlanLine.objects.filter(plan__in=lines).select_related("rate", "service"):
        lines[line.plan_id].append(line)
    done = defaultdict(list)
    made = LineChange.objects.filter(line__plan__in=lines, taken_back_on=None).exclude(carried_out_on=None)
    for change in made.select_related("line", "rate"):
        done[change.line.plan_id].append(change)
    for change in then:
        done[change.line.plan_id].append(change)
    return {plan: as_changed(its, done[plan]) for plan, its in lines.items()}


def require_may_end(line: PlanLine) -> None:
    """Refuse to end or stop a line of a plan that is not in force, paid once, or one that ends or waits to stop."""
    require_in_force(line.plan)
    if line.frequency == Frequency.ONCE:
        raise Refusal(f"“{line.what}” is paid once, so there is nothing to end.")
    if line.changes.filter(kind=LineChangeKind.PAUSES, taken_back_on=None, carried_out_on=None).exists():
        raise Refusal(
            f"“{line.what}” is to stop for a time, and the budget does not go on without it yet. Finance does that "
            "first, or you take it back."
        )
    if ended := line.changes.filter(kind=LineChangeKind.ENDS, taken_back_on=None).first():
        raise Refusal(f"“{line.what}” ends after {ended.last_day:%-d %B %Y} already.")


def require_in_force(plan: Plan) -> None:
    """Refuse a change of a line of a plan that is not in force."""
    if plan.state != PlanState.AGREED:
        raise Refusal("Only what a plan in force pays for ends by itself. This plan is not in force.")


def require_open(change: LineChange) -> None:
    """Refuse what was carried out, or taken back."""
    if change.carried_out_on is not None:
        raise Refusal(f"The budget goes on without “{change.line.what}” already.")
    if change.taken_back_on is not None:
        raise Refusal(f"It was taken back that “{change.line.what}” {'stops for a time' if change.pauses else 'ends'}.")


def ended_since(lines: Iterable[PlanLine]) -> dict[UUID, LineChange]:
    """Of lines of a plan being written those that go on from one that ends by itself since, each with that it ends."""
    follows = {line.follows_id: line.pk for line in lines if line.follows_id}
    made = LineChange.objects.filter(line__in=follows, kind=LineChangeKind.ENDS, taken_back_on=None)
    return {follows[change.line_id]: change for change in made} if follows else {}


def waiting_before(day: date, plans: Iterable[UUID]) -> dict[UUID, LineChange]:
    """Of some plans those with something that ends, or went on again, before a day, where no budget has that yet."""
    made = LineChange.objects.filter(line__plan__in=plans, starts_on__lt=day, carried_out_on=None, taken_back_on=None)
    made = made.exclude(kind=LineChangeKind.PAUSES)  # a charge may change meanwhile, and is decided first then
    return {change.line.plan_id: change for change in made.select_related("line")}


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What a personal budget comes to a week on other lines, before it is known what the person pays of it."""

    lines: list[tuple[UUID, CostedLine]]
    pence_per_week: int

    @property
    def costed(self) -> dict:
        """What the lines cost, together."""
        return totals_of([its for _, its in self.lines])

    @property
    def social_care_pence_per_week(self) -> int:
        """What is left a week for the person and the council to pay."""
        pence: int = shares_of_final(self.costed, self.pence_per_week)["social_care_pence_per_week"]
        return pence

    @property
    def free_parts(self) -> tuple[FreePart, ...]:
        """What of it is said to be free by law."""
        return free_parts([its for _, its in self.lines], self.social_care_pence_per_week)

    def result(self, starts_on: date, charge_pence: int, *, before: Decision) -> dict:
        """The figures of section 26 from a day on; the estimate is that of the budget before."""
        return budget_result(
            costed=self.costed,
            final_pence=self.pence_per_week,
            charged=[ChargedDays(starts_on, charge_pence)],
            indicative_pence=before.result["indicative_pence_per_week"],
        )


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a personal budget would be on other lines from a day on, and what the person would pay of it."""

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
    costed_pence, before_pence = _costed_pence(left), before.result["pence_per_week"]
    if not costed_pence:
        raise Refusal(
            f"Without “{line.what}” nothing is left that is paid each week. For a time, have its "
            "payments wait; for good, end the support instead."
        )
    final_pence = split(before_pence, [costed_pence, _costed_pence(lines) - costed_pence])[0]
    return weigh(Reckoned(left, final_pence), starts_on, before=before, charge=charge, on=on)


def weigh_again(starts_on: date, *, before: Decision, charge: Decision, on: date) -> Weighed:
    """Work out a budget from a day on, on the lines that it was decided on, after days on which one of them stopped."""
    whole = Reckoned(lines_decided([before.pk])[before.pk], before.result["pence_per_week"])
    return weigh(whole, starts_on, before=before, charge=charge, on=on)


def at_prices(was: Sequence[tuple[UUID, CostedLine]], new: Mapping[UUID, PlanLine], before: Decision) -> Reckoned:
    """What a budget that was decided on some lines comes to with those of `new` as they are bought there.

    Where it was signed off at another amount than its lines cost, it stays as far beside it: what a price adds is
    added.
    """
    lines = [(key, costed_line(new[key]) if key in new else its) for key, its in was]
    final_pence = before.result["pence_per_week"] + _costed_pence(lines) - _costed_pence(was)
    if final_pence <= 0:
        raise Refusal("At the new prices nothing would be left of the budget. Write a new plan instead.")
    return Reckoned(lines, final_pence)


def _costed_pence(lines: Iterable[tuple[UUID, CostedLine]]) -> int:
    return sum(its.pence_per_week for _, its in lines)


def weigh(reckoned: Reckoned, starts_on: date, *, before: Decision, charge: Decision, on: date) -> Weighed:
    """Work out what the person would pay of a budget on other lines from a day on."""
    outcome = charge_of_another(
        charge,
        starts_on,
        personal_budget_pence_per_week=reckoned.social_care_pence_per_week,
        free_parts=reckoned.free_parts,
        on=on,
    )
    result = reckoned.result(starts_on, outcome.result["charge_pence_per_week"], before=before)
    return Weighed(starts_on, reckoned.lines, result, outcome)
