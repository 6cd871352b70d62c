"""The decisions and plans of a case that can be read as a letter."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.http import Http404

from leeway.access.models import User
from leeway.care.decisions.models import OF_CARE, Decision, DecisionKind
from leeway.care.decisions.queries import history, one, that_stand
from leeway.care.letters.bodies import TITLES
from leeway.care.people.models import Case
from leeway.care.people.queries import check_care_is_read, get_case
from leeway.care.planning.models import Plan
from leeway.care.planning.queries import numbered_plan

#: How long a letter is new.
NEW = timedelta(weeks=4)


def title_of(decision: Decision) -> str:
    """What the letter of a decision is called; that of a charge with its first day."""
    since = f" from {decision.law_on:%-d %B %Y}" if decision.kind == DecisionKind.CHARGE else ""
    return f"{TITLES[decision.kind]}{since}"


def new_letters(case: Case, on: date, *, stand: Iterable[Decision] | None = None) -> list[Decision]:
    """The decisions of the last four weeks that stand, the latest first, for the page of whoever they are about.

    `stand` is all that stand, where they were read already.
    """
    return [each for each in (that_stand(case) if stand is None else stand) if on - NEW < each.decided_on <= on]


def decision_to_read(case_id: UUID, decision_id: UUID, *, seen_by: User) -> Decision:
    """One decision of a case that this user may see, with the look noted. Http404 otherwise."""
    case = get_case(case_id, seen_by=seen_by, page="Decision letter")
    decision = one(case, decision_id)
    if decision.kind in OF_CARE:
        check_care_is_read(case, seen_by=seen_by)
    decision.case = case
    return decision


def plan_to_read(case_id: UUID, number: int, *, seen_by: User) -> Plan:
    """One plan of a case that this user may see, with the look noted; it names each need. Http404 otherwise."""
    case = get_case(case_id, seen_by=seen_by, page="Support plan", of_care=True)
    plan = numbered_plan(case, number)
    if plan is None:
        raise Http404("There is no such plan in this case.")
    plan.case = case
    return plan


def letters_and_plans(case_id: UUID, *, seen_by: User) -> tuple[Case, list[Decision], list[Plan]]:
    """A case that this user may see, with its decisions and plans, the latest first."""
    case = get_case(case_id, seen_by=seen_by, page="Letters")
    return case, list(history(case)), list(case.plans.all())
