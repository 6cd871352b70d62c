"""Reading what would come of ending one line of a plan by itself."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import Http404

from leeway import said
from leeway.access.models import User
from leeway.care.people import queries as people
from leeway.care.planning.line_changes import Weighed, require_in_force, require_may_end, require_open, weigh_without
from leeway.care.planning.models import LineChange, PlanLine
from leeway.law.numbers import pounds
from leeway.money.budgets.models import Budget
from leeway.money.budgets.queries import paid_beyond
from leeway.money.budgets.schedule import DAY
from leeway.money.budgets.shares import order_of_charge, share_out
from leeway.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Ends:
    """What would come of ending a line: the budget that runs, what it would be then, and what was paid for later days.

    What was paid in a way of holding of which nothing is paid out any more comes off nothing.
    """

    budget: Budget
    after: Weighed
    reason: str
    comes_off_pence: int
    stays_paid_pence: int

    @property
    def left_over(self) -> str:
        """What is said of money that was paid for later days and comes off nothing; empty where there is none."""
        if not self.stays_paid_pence:
            return ""
        return (
            f"{pounds(self.stays_paid_pence)} was paid already for days after the last, and nothing more is paid in "
            "that way. It is not taken back by this: finance decides separately what to do about it."
        )

    @property
    def seen(self) -> str:
        """What a page shows of it: the budget that goes on and its amounts."""
        after = self.after.result
        return f"{self.budget.pk} {after['pence_per_week']} {after['charge_pence_per_week']}"


def get_line(case_id: UUID, line_id: UUID, *, seen_by: User) -> PlanLine:
    """One line of a plan of a case that this user may see."""
    case = people.get_case(case_id, seen_by=seen_by, page="End one thing in the plan")
    found = PlanLine.objects.filter(pk=line_id, plan__case=case).select_related("plan__case__person").first()
    if found is None:
        raise Http404("There is no such line in a plan of this case.")
    return found


def get_change(case_id: UUID, change_id: UUID, *, seen_by: User) -> LineChange:
    """That one line of a plan ends, in a case that this user may see."""
    case = people.get_case(case_id, seen_by=seen_by, page="End one thing in the plan")
    if not LineChange.objects.filter(pk=change_id, line__plan__case=case).exists():
        raise Http404("There is no such change of a plan of this case.")
    return change_now(change_id)


def change_now(change_id: UUID) -> LineChange:
    """That a line ends, as it stands now."""
    return LineChange.objects.select_related("line__plan__case__person", "decided_by").get(pk=change_id)


def weigh_end(*, line: PlanLine, ends_on: date, reason: str, on: date) -> Ends:
    """What would come of ending a line after a day. Raises the Refusal of what cannot be done; writes nothing."""
    require_may_end(line)
    ask = "Say in a sentence why it ends. The person can read this."
    why = said.ended(said.sentence(reason, ask=ask, field="reason"))
    return _weigh(line, ends_on, why, on)


def weigh(change: LineChange, *, on: date) -> Ends:
    """The same of a line that somebody decided to end."""
    require_open(change)
    require_in_force(change.line)
    return _weigh(change.line, change.last_day, change.reason, on)


def _weigh(line: PlanLine, ends_on: date, reason: str, on: date) -> Ends:
    budget = _running(line)
    if ends_on < budget.starts_on:
        raise Refusal(
            f"The budget that runs started on {budget.starts_on:%-d %B %Y}. The last day of “{line.what}” is that day "
            "or a later one.",
            field="ends_on",
        )
    after = weigh_without(line, ends_on + DAY, before=budget.final_budget, charge=budget.charge, on=on)
    paid = paid_beyond(budget, ends_on)
    lines, order = [costed for _, costed in after.lines], order_of_charge(after.starts_on)
    shares = share_out(after.result, dict(after.charge.result), lines, order)
    comes_off = sum(paid.get(share.way, 0) for share in shares if share.paid_pence_per_week)
    return Ends(budget, after, reason, comes_off, sum(paid.values()) - comes_off)


def _running(line: PlanLine) -> Budget:
    """The budget that pays for a line and goes on."""
    budgets = Budget.objects.filter(plan=line.plan_id).select_related("case__person", "plan", "final_budget", "charge")
    budget = budgets.select_related("ending").first()
    if budget is None:
        raise Refusal("The budget of this plan has not started, so nothing of it ends by itself.")
    if hasattr(budget, "ending"):
        raise Refusal("This budget has its last day already, so no line of it ends by itself.")
    return budget
