"""Reading decisions."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.models import Case


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


def follower(decision: Decision) -> Decision | None:
    """The decision that counts in the place of this one, if there is one. A charge may only be followed by another.

    It is followed where it counts for its own days, and the other for later ones.
    """
    if decision.kind != DecisionKind.CHARGE:
        return getattr(decision, "superseded_by", None)
    made = by_days(Decision.objects.filter(case=decision.case_id, kind=decision.kind))
    if decision in made:
        return next((each for each in made if each.law_on > decision.law_on), None)
    return next(each for each in reversed(made) if each.law_on <= decision.law_on)


def standing_on(case: Case, kind: DecisionKind, on: date) -> Decision | None:
    """The decision of a kind that counts for a day; where they are all for later days, the first of them."""
    made = by_days(Decision.objects.filter(case=case, kind=kind).select_related("decided_by"))
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
