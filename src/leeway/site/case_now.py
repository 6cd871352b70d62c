"""Where a case stands: what its page and the step that comes next both ask for, each read once."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from uuid import UUID

from leeway.access.models import User
from leeway.access.table import may_reach
from leeway.care.decisions.models import Decision
from leeway.care.people.events import Event
from leeway.care.people.models import Case, StoryLine
from leeway.care.people.states import Stage
from leeway.care.planning.evidence import OffersAndChoice
from leeway.care.planning.models import Choice, Plan, PlanLine
from leeway.care.planning.queries import (
    offers_and_choice,
    open_and_in_force,
    plan_lines,
    what_is_missing,
    what_money_lacks,
)
from leeway.care.review.models import Review
from leeway.care.review.queries import next_review

#: What is told of a plan that is written, and of one that is written again.
OF_A_DRAFT = {Event.PLAN_STARTED, Event.PLAN_SUBMITTED, Event.DISAGREED, Event.PLAN_RETURNED}

SENT_BACK = {Event.DISAGREED, Event.PLAN_RETURNED}


def sent_back_of(cases: Sequence[Case]) -> dict[UUID, Event]:
    """Of each case whose open plan is written again: how it came to that, as `CaseNow.sent_back` tells it of one."""
    lines = StoryLine.objects.filter(case__in=cases, case__stage=Stage.PLANNING, kind__in=OF_A_DRAFT)
    last: dict[UUID, Event] = {}
    for case_id, kind in lines.values_list("case", "kind"):
        last.setdefault(case_id, Event(kind))
    return {case_id: kind for case_id, kind in last.items() if kind in SENT_BACK}


class CaseNow:
    """A case on a day, as one reader sees it. A thing is read where it is first asked for, and not again."""

    def __init__(self, case: Case, on: date, *, seen_by: User, story: Sequence[StoryLine] | None = None) -> None:
        self.case, self.on, self.seen_by, self._story = case, on, seen_by, story

    @cached_property
    def _plans(self) -> tuple[Plan | None, Plan | None]:
        return open_and_in_force(self.case)

    @property
    def open_plan(self) -> Plan | None:
        """The plan that is being written, signed off or agreed."""
        return self._plans[0]

    @cached_property
    def sent_back(self) -> Event | None:
        """How the open plan came to be written again: it was not agreed, or was returned. None where it did not."""
        lines = self.case.story.filter(kind__in=OF_A_DRAFT)[:1] if self._story is None else self._story
        last = next((Event(line.kind) for line in lines if line.kind in OF_A_DRAFT), None)
        return last if last in SENT_BACK else None

    @property
    def plan_in_force(self) -> Plan | None:
        """The plan by which support is given."""
        return self._plans[1]

    @property
    def plan(self) -> Plan | None:
        """The plan that is shown: the one that is open, or else in force."""
        return self.open_plan or self.plan_in_force

    @cached_property
    def lines(self) -> list[PlanLine]:
        """What the budget of the plan pays for."""
        return plan_lines(self.plan) if self.plan else []

    @cached_property
    def found(self) -> OffersAndChoice | None:
        """How the budget of the plan is held, or is to be."""
        return offers_and_choice(self.plan, self.lines) if self.plan else None

    @cached_property
    def choice(self) -> Choice | None:
        """How the budget is held: by the plan that is open once it has a choice, or else by the one in force."""
        if self.found is not None and self.found.choice is not None:
            return self.found.choice
        if self.open_plan is None or self.plan_in_force is None:
            return None
        return offers_and_choice(self.plan_in_force).choice

    @cached_property
    def money_lacks(self) -> str:
        """What must be known of the person's money before what they pay is."""
        return what_money_lacks(self.case, self.on, plan=self.plan, lines=self.lines)

    @cached_property
    def review_ahead(self) -> Review | None:
        """The review that lies ahead or is under way."""
        return next_review(self.case)

    @cached_property
    def may_go_to_sign_off(self) -> bool:
        """Whether the open plan lacks nothing, for whoever may send it: for others, that is not looked for."""
        plan = self.open_plan
        if plan is None or not may_reach(self.seen_by, "planning:submit"):
            return False
        return not what_is_missing(plan, self.on, found=self.found, lines=self.lines)

    def plan_of(self, budget: Decision) -> Plan | None:
        """The plan that a budget was decided for."""
        known = (plan for plan in self._plans if plan is not None and plan.final_budget_id == budget.pk)
        return next(known, None) or getattr(budget, "plan", None)
