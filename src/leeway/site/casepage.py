"""The case page: where things stand, what comes next, who has it, and the whole story so far."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from leeway.access.access import SignedIn
from leeway.access.models import User
from leeway.access.table import may_reach
from leeway.care.assessment.queries import needs_money_check
from leeway.care.circumstances.queries import stay_on
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.decisions.queries import history
from leeway.care.people import queries as people
from leeway.care.people.access import can_work_on
from leeway.care.people.events import Event
from leeway.care.people.models import Case
from leeway.care.people.states import Stage
from leeway.care.planning.queries import offers_and_choice, open_plan, plan_in_force
from leeway.care.review.queries import next_review
from leeway.site.next_steps import next_step

STORY_LINES_SHOWN = 8


@dataclass(frozen=True)
class Part:
    """One part of the journey with its page and how far it has come."""

    name: str
    page: str
    status: str
    done: bool


def show(request: SignedIn, case_id):
    """One case, at a glance."""
    case = people.get_case(case_id, seen_by=request.user, page="Case")
    today = timezone.localdate()
    decisions = [decision for decision in history(case) if getattr(decision, "superseded_by", None) is None]
    standing = {decision.kind: decision for decision in reversed(list(decisions))}
    story = list(people.story(case).exclude(kind=Event.PAYMENT_SENT))  # they stand with the budget
    plan = open_plan(case) or plan_in_force(case)
    step = next_step(case, today)
    context = {
        "case": case,
        "person": case.person,
        "age": case.person.age(today),
        "died_on": case.person.date_of_death,
        "stay": stay_on(case.person, today),
        "own_view": not request.user.is_staff_member,
        "can_work": can_work_on(request.user, case),
        "step": step,
        "step_address": step.address_for(case, request.user),
        "parts": [part for part in parts(case, standing, plan, today) if may_reach(request.user, part.page)],
        "addresses": addresses(case, request.user),
        "budget": standing.get(DecisionKind.FINAL_BUDGET),
        "indicative": standing.get(DecisionKind.INDICATIVE_BUDGET),
        "choice": offers_and_choice(plan).choice if plan else None,
        "people": people.people_around(case.person, today),
        "story": story[:STORY_LINES_SHOWN],
        "older_story": story[STORY_LINES_SHOWN:],
    }
    return render(request, "site/case.jinja", context)


def parts(case: Case, standing: dict[str, Decision], plan, on: date) -> list[Part]:
    """The parts of the journey in order, each with how far it has come."""
    reached = list(Stage).index(Stage(case.stage))

    def at_least(stage: Stage) -> bool:
        return reached >= list(Stage).index(stage)

    def status(done: bool, started: bool) -> str:
        return "Done" if done else ("Under way" if started else "Not started")

    assessed = DecisionKind.ELIGIBILITY in standing and case.stage != Stage.ASSESSMENT
    charged = at_least(Stage.PLANNING) and not needs_money_check(case, on)
    planned = bool(plan) and plan.state != "draft"
    budgeted = at_least(Stage.ACTIVE) and DecisionKind.FINAL_BUDGET in standing
    return [
        Part(
            "Assessment and eligibility", "assessment:overview", status(assessed, at_least(Stage.ASSESSMENT)), assessed
        ),
        Part("Money check", "assessment:money", status(charged, at_least(Stage.PLANNING)), charged),
        Part("Support plan and choice", "planning:overview", status(planned, bool(plan)), planned),
        Part("Budget and payments", "budgets:show", status(budgeted, at_least(Stage.ARRANGING)), budgeted),
        reviews_part(case, status),
        Part("Letters", "letters:list", f"{len(standing)} decisions" if standing else "None yet", bool(standing)),
        files_part(case),
    ]


def files_part(case: Case) -> Part:
    """What is kept for the case: receipts, letters, photographs."""
    kept = people.files(case).count()
    return Part("Files", "people:files", f"{kept} kept" if kept else "None yet", bool(kept))


def reviews_part(case: Case, status: Callable[[bool, bool], str]) -> Part:
    """The reviews: under way, due by a day, or none ahead."""
    ahead = next_review(case)
    if case.person.date_of_death is not None:
        return Part("Reviews", "review:show", "None ahead", False)
    if case.stage == Stage.REVIEW or ahead is None:
        return Part("Reviews", "review:show", status(False, case.stage == Stage.REVIEW), False)
    return Part("Reviews", "review:show", f"Due by {ahead.due_on:%-d %B %Y}", True)


def addresses(case: Case, user: User) -> dict[str, str]:
    """The other pages of the case that this user may reach, by name."""
    whose = {"case_id": case.pk}
    pages = {
        "people:messages": whose,
        "people:relationships": whose,
        "people:capacity": whose,
        "people:details": whose,
        "people:give": whose,
        "people:invite_person": whose,
        "people:close": whose,
        "circumstances:stays": whose,
        "circumstances:death": whose,
        "people:looks": {"person_id": case.person_id},
        "review:ask": whose,
    }
    return {name.partition(":")[2]: reverse(name, kwargs=whom) for name, whom in pages.items() if may_reach(user, name)}
