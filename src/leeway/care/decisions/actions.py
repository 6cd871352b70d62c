"""Storing decisions, whole: what went in, which law, what came out, why, who and when."""

from collections.abc import Sequence
from datetime import date
from importlib.metadata import version

from django.conf import settings
from django.db import transaction

from leeway.access.models import User
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.access import check_lives
from leeway.care.people.models import Case
from leeway.law import compute

SOFTWARE_VERSION = version("leeway")


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
    check_lives(case.person)
    outcome = compute(rule, inputs, law_on or on, policy=settings.COUNCIL_POLICY).as_json()
    return Decision.objects.create(
        case=case,
        kind=kind,
        rule=rule,
        law_on=law_on or on,
        law_digest=outcome["digest"],
        law_values=outcome["values"],
        software_version=SOFTWARE_VERSION,
        inputs=inputs,
        result=outcome["result"],
        steps=outcome["steps"],
        reasons=outcome["reasons"],
        because=list(because),
        decided_by=by,
        decided_on=on,
        supersedes=latest_to_supersede(case, kind),
    )


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
    check_lives(case.person)
    return Decision.objects.create(
        case=case,
        kind=kind,
        law_on=on,
        software_version=SOFTWARE_VERSION,
        inputs=inputs,
        result=result,
        steps=steps,
        reasons=reasons,
        decided_by=by,
        decided_on=on,
        supersedes=latest_to_supersede(case, kind),
    )


def latest_to_supersede(case: Case, kind: DecisionKind) -> Decision | None:
    """The decision of this kind that stands until now."""
    return Decision.objects.filter(case=case, kind=kind, superseded_by=None).only("pk").first()
