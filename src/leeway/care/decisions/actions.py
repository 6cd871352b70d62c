"""Storing decisions, whole: what went in, which law, what came out, why, who and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from leeway.access.models import User
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.access import check_lives
from leeway.care.people.models import Case
from leeway.law import Outcome, compute, compute_as_it_was

SOFTWARE_VERSION = version("leeway")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDecide:
    """A decision that a rule is to make: whose, on which facts, by the law of which day.

    `because` says what changed on that day. `law_values` has the values of the law that are used in place of that
    day's, as an earlier decision kept them.
    """

    case: Case
    kind: DecisionKind
    rule: str
    inputs: dict
    law_on: date
    because: Sequence[str] = ()
    law_values: Mapping[str, Any] | None = None

    @property
    def outcome(self) -> Outcome:
        """What the rule says."""
        policy = settings.COUNCIL_POLICY
        if self.law_values is not None:
            return compute_as_it_was(self.rule, self.inputs, self.law_on, self.law_values, policy=policy)
        return compute(self.rule, self.inputs, self.law_on, policy=policy)


@transaction.atomic
def decide_by_rule(
    *,
    case: Case,
    kind: DecisionKind,
    rule: str,
    inputs: dict,
    by: User,
    on: date,
    law_on: date | None = None,
    because: Sequence[str] = (),
) -> Decision:
    """Apply a rule of law to the facts and keep the whole decision. The caller has checked permission.

    `law_on` is the day whose law applies, where that is not the day of the decision; `because` says what changed on
    that day.
    """
    to_decide = ToDecide(case=case, kind=kind, rule=rule, inputs=inputs, law_on=law_on or on, because=because)
    (decision,) = decide_many(wanted=[to_decide], by=by, on=on)
    return decision


@transaction.atomic
def decide_many(*, wanted: Sequence[ToDecide], by: User, on: date) -> list[Decision]:
    """Apply a rule to the facts of one person or of thousands, and keep each decision whole, in their order."""
    before = _standing_of(wanted)
    made = []
    for each in wanted:
        check_lives(each.case.person)
        outcome = each.outcome.as_json()
        decision = Decision(
            case=each.case,
            kind=each.kind,
            rule=each.rule,
            law_on=each.law_on,
            law_digest=outcome["digest"],
            law_values=outcome["values"],
            software_version=SOFTWARE_VERSION,
            inputs=each.inputs,
            result=outcome["result"],
            steps=outcome["steps"],
            reasons=outcome["reasons"],
            because=list(each.because),
            decided_by=by,
            decided_on=on,
            supersedes_id=before.get((each.case.pk, each.kind)),
        )
        before[each.case.pk, each.kind] = decision.pk
        made.append(decision)
    return Decision.objects.bulk_create(made, batch_size=500)


def _standing_of(wanted: "Sequence[ToDecide | ToJudge]") -> dict[tuple[UUID, str], UUID]:
    """The decisions that stand until now of these cases and kinds, by their keys."""
    standing = Decision.objects.order_by().filter(
        case__in={each.case.pk for each in wanted}, kind__in={each.kind for each in wanted}, superseded_by=None
    )
    return {(case, kind): pk for case, kind, pk in standing.values_list("case", "kind", "pk")}


@transaction.atomic
def decide_by_judgement(
    *,
    case: Case,
    kind: DecisionKind,
    inputs: dict,
    result: dict,
    steps: list,
    reasons: list[str],
    by: User,
    on: date,
) -> Decision:
    """Keep a decision that a person made, with its figures and reasons. The caller has checked permission."""
    to_judge = ToJudge(case=case, kind=kind, inputs=inputs, result=result, steps=steps, reasons=reasons, by=by)
    (decision,) = judge_many(wanted=[to_judge], on=on)
    return decision


@dataclass(frozen=True, slots=True, kw_only=True)
class ToJudge:
    """A decision that a person made without a rule: whose, who made it, its figures and reasons."""

    case: Case
    kind: DecisionKind
    inputs: dict
    result: dict
    steps: list
    reasons: list[str]
    by: User


@transaction.atomic
def judge_many(*, wanted: Sequence[ToJudge], on: date) -> list[Decision]:
    """Keep decisions that people made, of one person or of thousands, each whole, in their order."""
    before = _standing_of(wanted)
    made = []
    for each in wanted:
        check_lives(each.case.person)
        decision = Decision(
            case=each.case,
            kind=each.kind,
            law_on=on,
            software_version=SOFTWARE_VERSION,
            inputs=each.inputs,
            result=each.result,
            steps=each.steps,
            reasons=each.reasons,
            decided_by=each.by,
            decided_on=on,
            supersedes_id=before.get((each.case.pk, each.kind)),
        )
        before[each.case.pk, each.kind] = decision.pk
        made.append(decision)
    return Decision.objects.bulk_create(made, batch_size=500)


def latest_to_supersede(case: Case, kind: DecisionKind) -> Decision | None:
    """The decision of this kind that stands until now."""
    return Decision.objects.filter(case=case, kind=kind, superseded_by=None).only("pk").first()
