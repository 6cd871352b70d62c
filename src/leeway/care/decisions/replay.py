"""Working every decision by rule out again, and finding decisions that are no longer there.

A decision is bent where its result does not follow from its own facts and the values of the law that it kept. It is
only out of date where it follows from them, and today's files of the law would give another one.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, Func, JSONField, ManyToOneRel, Model, OuterRef, Value

from leeway.care.decisions.actions import SOFTWARE_VERSION
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.events import Event
from leeway.care.people.models import StoryLine
from leeway.law import Outcome, compute, compute_as_it_was
from leeway.law.dated import digest_of
from leeway.law.numbers import pounds
from leeway.refusal import Refusal

#: The kinds that a rule decides, and which.
BY_RULE = {
    DecisionKind.ELIGIBILITY: "eligibility",
    DecisionKind.INDICATIVE_BUDGET: "allocation",
    DecisionKind.CHARGE: "charge",
    DecisionKind.DIRECT_PAYMENT: "direct_payment",
}
#: What of a rule's result somebody has to act on, where it would come out otherwise.
MATTERS = {
    "eligibility": ("eligible", "funded_by"),
    "allocation": ("indicative_pence_per_week", "costed_instead"),
    "charge": ("charge_pence_per_week",),
    "direct_payment": ("decision", "received_by", "first_review_within_months"),
}
#: The lines of a story that each tell of one decision. A charge may also be decided with a budget, without a line.
TOLD_BY = {
    DecisionKind.ELIGIBILITY: (Event.ELIGIBLE, Event.NOT_ELIGIBLE),
    DecisionKind.INDICATIVE_BUDGET: (Event.ELIGIBLE,),
    DecisionKind.CHARGE: (
        Event.PLAN_SUBMITTED,
        Event.CHARGE_DECIDED,
        Event.CHARGE_UPRATED,
        Event.LINE_ENDED,
        Event.LINE_AGAIN,
        Event.LINE_REPRICED,
    ),
    DecisionKind.DIRECT_PAYMENT: (Event.DIRECT_PAYMENT_DECIDED,),
    DecisionKind.FINAL_BUDGET: (
        Event.SIGNED_OFF,
        Event.LINE_ENDED,
        Event.LINE_AGAIN,
        Event.LINE_REPRICED,
        Event.BUDGET_UPRATED,
    ),
    DecisionKind.ENDING: (Event.SUPPORT_ENDED,),
}


@dataclass(frozen=True, slots=True)
class Bent:
    """Something worked out that does not follow from what it was worked out from."""

    decision_id: str
    rule: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """A decision that stands as it was made, and that today's law, corrected since, would make otherwise.

    `refund_pence_per_week` is what the person paid too much a week, where it is a charge; less than nothing where
    they paid too little.
    """

    decision_id: str
    rule: str
    sentence: str
    refund_pence_per_week: int | None = None


type Answer = Bent | Corrected | None


def replay() -> Iterator[Answer]:
    """Work out every decision that a rule makes again. None where nothing differs."""
    amounts = Func(F("steps"), Value("$[*].pence"), function="jsonb_path_query_array", output_field=JSONField())
    made = Decision.objects.filter(kind__in=BY_RULE).annotate(amounts=amounts).defer("steps", "reasons")
    for decision in made.order_by().iterator(chunk_size=500):
        yield _worked_out_again(decision)


def _worked_out_again(decision: Decision) -> Answer:
    rule = BY_RULE[DecisionKind(decision.kind)]
    if decision.rule != rule:
        said = f"by the rule “{decision.rule}”" if decision.rule else "by no rule"
        return Bent(str(decision.pk), rule, f"it says that it was made {said}")
    if decision.law_digest != digest_of(decision.law_values):
        return Bent(str(decision.pk), rule, "values of the law")
    now: Outcome | Refusal
    try:
        now = compute(rule, decision.inputs, decision.law_on, policy=settings.COUNCIL_POLICY)
    except Refusal as refusal:
        now = refusal
    try:
        then = now if isinstance(now, Outcome) and now.digest == decision.law_digest else _as_it_was(decision)
    except Refusal as refusal:
        return Bent(str(decision.pk), rule, f"it is refused: {refusal}")
    if differing := _differing(decision, then):
        return Bent(str(decision.pk), rule, differing)
    return None if now is then else _corrected(decision, now)


def _as_it_was(decision: Decision) -> Outcome:
    values, policy = decision.law_values, settings.COUNCIL_POLICY
    return compute_as_it_was(decision.rule, decision.inputs, decision.law_on, values, policy=policy)


def _differing(decision: Decision, outcome: Outcome) -> str:
    """What differs. Words may have been written better since; and another version may take more steps."""
    differing = [] if decision.result == _stored(outcome.result) else ["result"]
    amounts = [step["pence"] for step in outcome.steps if "pence" in step]
    if decision.software_version == SOFTWARE_VERSION and decision.amounts != amounts:  # type: ignore[attr-defined]
        differing.append("steps")
    return ", ".join(differing)


def _stored(value: Mapping[str, Any]) -> Any:
    return json.loads(json.dumps(value))


def _corrected(decision: Decision, now: Outcome | Refusal) -> Corrected | None:
    key = str(decision.pk)
    if isinstance(now, Refusal):
        return Corrected(key, decision.rule, f"today’s law gives no answer: {now}")
    changes = {field: (decision.result[field], now.result[field]) for field in MATTERS[decision.rule]}
    changes = {field: change for field, change in changes.items() if change[0] != change[1]}
    if not changes:
        return None
    if "charge_pence_per_week" in changes:
        before, after = changes["charge_pence_per_week"]
        owed = f"refund {pounds(before - after)} a week" if before > after else f"{pounds(after - before)} a week more"
        sentence = f"the charge was {pounds(before)} a week and would be {pounds(after)}: decide anew, {owed}"
        return Corrected(key, decision.rule, sentence, before - after)
    said = [
        f"{_words(field)} was {_shown(field, before)} and would be {_shown(field, after)}"
        for field, (before, after) in changes.items()
    ]
    return Corrected(key, decision.rule, f"{' and '.join(said)}: decide anew")


def _words(field: str) -> str:
    return field.replace("_pence_per_week", " budget a week").replace("_", " ")


def _shown(field: str, value: object) -> str:
    if "pence" in field and isinstance(value, int):
        return pounds(value)
    plain: dict[object, str] = {True: "yes", False: "no", None: "nobody"}
    return plain.get(value, str(value).replace("_", " "))


def missing() -> Iterator[str]:
    """Decisions that are gone, a sentence each: rows that point nowhere, gaps in a row of decisions, untold stories."""
    yield from _that_point_nowhere()
    yield from _broken_rows()
    yield from _stories_that_tell_otherwise()


def _that_point_nowhere() -> Iterator[str]:
    for relation in Decision._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel) or not relation.field.db_constraint:  # type: ignore[attr-defined]
            continue
        field, model = relation.field, relation.field.model
        there = Decision.objects.filter(pk=OuterRef(field.attname))
        pointing = model._default_manager.filter(~Exists(there), **{f"{field.attname}__isnull": False})
        for key, decision in pointing.order_by("pk").values_list("pk", field.attname):
            yield f"Decision {decision} is gone: {model._meta.verbose_name} {key} names it as its {field.verbose_name}."


def _broken_rows() -> Iterator[str]:
    """Each case has one row of decisions of a kind: one that is the first, and each other names the one before."""
    firsts = Decision.objects.filter(supersedes=None).order_by().values("case", "kind").annotate(times=Count("pk"))
    for row in firsts.filter(times__gt=1):
        yield f"Case {row['case']}: {row['times']} decisions on “{row['kind']}” are each the first. One before is gone."
    strays = Decision.objects.exclude(supersedes=None).exclude(
        supersedes__case=F("case"), supersedes__kind=F("kind"), supersedes__decided_at__lte=F("decided_at")
    )
    for pk, before in strays.values_list("pk", "supersedes"):
        yield f"Decision {pk} supersedes {before}, which is no earlier decision of its case and kind."


def _stories_that_tell_otherwise() -> Iterator[str]:
    made = Counter({(row["case"], row["kind"]): row["times"] for row in _by_case(Decision)})
    told = Counter({(row["case"], row["kind"]): row["times"] for row in _by_case(StoryLine)})
    for case in sorted({case for case, _ in [*made, *told]}, key=str):
        for kind, events in TOLD_BY.items():
            lines, rows = sum(told[case, event.value] for event in events), made[case, kind.value]
            if lines > rows or (lines < rows and kind != DecisionKind.CHARGE):
                yield (
                    f"Case {case}: its story tells of {lines} decisions on “{kind.label.lower()}”, "
                    f"and {rows} are stored."
                )


def _by_case(model: type[Model]) -> Any:
    kinds = [event.value for events in TOLD_BY.values() for event in events] + DecisionKind.values
    rows = model._default_manager.filter(kind__in=kinds).order_by().values("case", "kind")
    return rows.annotate(times=Count("pk"))
