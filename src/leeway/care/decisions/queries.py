"""Reading decisions."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.models import Case

#: What is decided for one plan. It stands with that plan: not where it went back, nor where its budget never began.
FOR_A_PLAN = (DecisionKind.CHARGE, DecisionKind.FINAL_BUDGET)
_CHANGED = Q(line_changes__isnull=False, line_changes__taken_back_on=None)
_HELD = Q(plan__isnull=False) & ~Q(plan__state="taken_back") | _CHANGED
_CHARGED = Q(charged_plans__isnull=False) & ~Q(charged_plans__state="taken_back")


def standing(case: Case, kind: DecisionKind) -> Decision | None:
    """The decision of a kind that stands today: the one that no later decision has superseded."""
    return Decision.objects.filter(case=case, kind=kind, superseded_by=None).select_related("decided_by").first()


def by_days(decisions: Iterable[Decision]) -> list[Decision]:
    """Of decisions that are each for the days from one on, those that count, in the order of their days.

    One that was made later counts from its first day on, in place of all that were made before it for those days.
    """
    found: list[Decision] = []
    for decision in sorted(decisions, key=lambda each: each.decided_at, reverse=True):
        if not found or decision.law_on < found[-1].law_on:
            found.append(decision)
    return found[::-1]


def of_plans_that_hold(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    """Some decisions, without those of a plan that went back or never began, or of a new price that was taken back."""
    return decisions.filter(~Q(kind__in=FOR_A_PLAN) | _HELD | _CHARGED).distinct()


def that_stand(case: Case) -> list[Decision]:
    """The decisions of a case that count, the latest first: the last of each kind, and every charge for its days."""
    made = list(of_plans_that_hold(history(case)))
    charges = by_days(each for each in made if each.kind == DecisionKind.CHARGE)
    last = {each.kind: each for each in sorted(made, key=lambda each: each.decided_at)}
    return [each for each in made if each in charges or each == last[each.kind]]


def charges_that_stand(case: Case) -> list[Decision]:
    """What is paid by the decisions that count, each from its first day on, in order."""
    return by_days(each for each in that_stand(case) if each.kind == DecisionKind.CHARGE)


def went_back(decision: Decision) -> bool:
    """Whether this was decided for a plan that went back, or never began, so that it never came to hold."""
    return not of_plans_that_hold(Decision.objects.filter(pk=decision.pk)).exists()


def follower(decision: Decision) -> Decision | None:
    """The decision that counts in the place of this one, if there is one. A charge may only be followed by another.

    It is followed where it counts for its own days, and the other for later ones.
    """
    made = [each for each in that_stand(decision.case) if each.kind == decision.kind]
    if decision.kind != DecisionKind.CHARGE:
        return next((each for each in made if each != decision), None)
    made = by_days(made)
    if decision in made:
        return next((each for each in made if each.law_on > decision.law_on), None)
    return next((each for each in reversed(made) if each.law_on <= decision.law_on), None)


def charge_on(case: Case, on: date) -> Decision | None:
    """The charge that counts for a day; where they are all for later days, the first of them."""
    made = charges_that_stand(case)
    return next((each for each in reversed(made) if each.law_on <= on), made[0] if made else None)


def history(case: Case) -> QuerySet[Decision]:
    """Every decision of a case, the latest first, each with the one that superseded it."""
    return Decision.objects.filter(case=case).select_related("decided_by", "superseded_by")


def one(case: Case, decision_id: UUID) -> Decision:
    """One decision of a case that the reader was let see, with the one that superseded it. Http404 if not of it."""
    chosen = Decision.objects.filter(case=case, pk=decision_id).select_related("decided_by", "superseded_by").first()
    if chosen is None:
        raise Http404("There is no such decision in this case.")
    return chosen
