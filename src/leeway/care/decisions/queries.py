"""Reading decisions."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.models import Case


def standing(case: Case, kind: DecisionKind) -> Decision | None:
    """The decision of a kind that stands today: the one that no later decision has superseded."""
    return Decision.objects.filter(case=case, kind=kind, superseded_by=None).select_related("decided_by").first()


def history(case: Case) -> QuerySet[Decision]:
    """Every decision of a case, the latest first."""
    return Decision.objects.filter(case=case).select_related("decided_by")


def one(case: Case, decision_id: UUID) -> Decision:
    """One decision of a case that the reader was let see, with the one that superseded it. Http404 if not of it."""
    chosen = Decision.objects.filter(case=case, pk=decision_id).select_related("decided_by", "superseded_by").first()
    if chosen is None:
        raise Http404("There is no such decision in this case.")
    return chosen
