"""Reading decisions, and working each of them out again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404

from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.models import Case
from leeway.law import compute
from leeway.refusal import Refusal


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


@dataclass(frozen=True)
class Difference:
    """A stored decision that today's software would work out otherwise."""

    decision_id: str
    rule: str
    sentence: str


def replay() -> Iterator[Difference | None]:
    """Work out every stored decision again from its inputs and dated values. None where nothing differs."""
    for decision in Decision.objects.exclude(rule="").order_by("pk").iterator(chunk_size=500):
        differing = _differing(decision)
        yield Difference(str(decision.pk), decision.rule, differing) if differing else None


def _differing(decision: Decision) -> str:
    try:
        outcome = compute(decision.rule, decision.inputs, decision.law_on, policy=settings.COUNCIL_POLICY).as_json()
    except Refusal as refusal:
        return f"it is now refused: {refusal}"
    now = json.loads(json.dumps(outcome))
    stored = {
        "result": decision.result,
        "steps": decision.steps,
        "reasons": decision.reasons,
        "digest": decision.law_digest,
    }
    return ", ".join(name for name, value in stored.items() if value != now[name])
