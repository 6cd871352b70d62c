"""Reading decisions, and working each of them out again."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.models import Case
from leeway.law import compute


def standing(case: Case, kind: DecisionKind) -> Decision | None:
    """The decision of a kind that stands today: the one that no later decision has superseded."""
    return Decision.objects.filter(case=case, kind=kind, superseded_by=None).select_related("decided_by").first()


def history(case: Case) -> QuerySet[Decision]:
    """Every decision of a case, the latest first."""
    return Decision.objects.filter(case=case).select_related("decided_by")


@dataclass(frozen=True)
class Difference:
    """A stored decision that today's software would work out otherwise."""

    decision_id: str
    rule: str
    sentence: str


def replay() -> Iterator[Difference | None]:
    """Work out every stored decision again from its inputs and dated values. None where nothing differs."""
    for decision in Decision.objects.exclude(rule="").order_by("pk").iterator(chunk_size=500):
        outcome = compute(decision.rule, decision.inputs, decision.law_on, policy=settings.COUNCIL_POLICY)
        differing = [
            name
            for name, stored, now in [
                ("result", decision.result, outcome.result),
                ("steps", decision.steps, outcome.steps),
                ("law digest", decision.law_digest, outcome.digest),
            ]
            if stored != now
        ]
        yield Difference(str(decision.pk), decision.rule, ", ".join(differing)) if differing else None
