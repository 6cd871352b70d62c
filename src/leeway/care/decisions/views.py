"""One stored decision, whole."""

import re

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from leeway.access.access import SignedIn
from leeway.care.decisions import queries
from leeway.care.decisions.models import OF_CARE
from leeway.care.people.queries import about, check_care_is_read, get_case

INITIALS = re.compile(r"\b(nhs|dla)\b")


def show(request: SignedIn, case_id, decision_id) -> HttpResponse:
    """The decision as it was stored: what went in, each step with its law, what came out, why, who and when."""
    case = get_case(case_id, seen_by=request.user, page="Decision")
    decision = queries.one(case, decision_id)
    if decision.kind in OF_CARE:
        check_care_is_read(case, seen_by=request.user)
    later = queries.follower(decision)
    context = about(case, seen_by=request.user) | {
        "decision": decision,
        "later": later,
        "went_back": queries.went_back(decision),
        "followed": decision.is_followed_by(later),
        "inputs": as_lines(decision.inputs),
        "results": as_lines(decision.result),
        "back": reverse("case", args=[case.pk]),
    }
    return render(request, "decisions/show.jinja", context)


def as_lines(value, name: str = "") -> list[dict]:
    """Flatten stored facts into lines: `outcomes.hygiene.unable` is named “Outcomes: hygiene: unable”."""
    if isinstance(value, dict):
        return [line for key, part in value.items() for line in as_lines(part, f"{name}: {key}" if name else key)]
    if isinstance(value, list) and any(isinstance(part, dict | list) for part in value):
        return [line for number, part in enumerate(value, 1) for line in as_lines(part, f"{name} {number}")]
    words = _spelt(name.replace("_pence_per_week", " a week").replace("_pence", ""))
    line = {"name": words[:1].upper() + words[1:]}
    if isinstance(value, int) and not isinstance(value, bool) and "pence" in name:
        return [line | {"pence": value}]
    if isinstance(value, list):
        return [line | {"text": ", ".join(str(part).replace("_", " ") for part in value) or "none"}]
    plain = {None: "none", True: "yes", False: "no"}
    text = plain[value] if value is None or isinstance(value, bool) else str(value)
    return [line | {"text": (_spelt(text) if text.isidentifier() else text.replace("_", " ")) or "none"}]


def _spelt(code: str) -> str:
    """A code in words, and initials as people write them: `nhs_funded` is “NHS funded”."""
    return INITIALS.sub(lambda found: found[0].upper(), code.replace("_", " "))
