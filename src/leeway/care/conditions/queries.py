"""Reading conditions of direct payments: those of one person, and all that are in force, with why and until when."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.conditions.kinds import Because, What
from leeway.care.conditions.models import Challenge, Condition
from leeway.care.people.models import Case


@dataclass(frozen=True)
class Report:
    """Every condition in force: how many of each kind and for which reason, and which wait for an answer."""

    conditions: Sequence[Condition]
    by_what: Sequence[tuple[What, int]]
    by_reason: Sequence[tuple[Because, int]]
    ended_after_challenge: int


def conditions_of(case: Case) -> list[Condition]:
    """Every condition of a case, the latest first, each with its challenges."""
    found = Condition.objects.filter(case=case).select_related("set_by", "ended_by")
    return list(found.prefetch_related("challenges__answered_by", "challenges__made_by"))


def get_condition(case: Case, condition_id: UUID) -> Condition:
    """One condition of a case that this user was already found to be allowed to see."""
    found = Condition.objects.filter(case=case, pk=condition_id).select_related("set_by").first()
    if found is None:
        raise Http404("There is no such condition.")
    found.case = case
    return found


def get_challenge(case: Case, challenge_id: UUID) -> Challenge:
    """One challenge of a case's condition."""
    found = Challenge.objects.filter(condition__case=case, pk=challenge_id).select_related("condition", "made_by")
    if (one := found.first()) is None:
        raise Http404("There is no such challenge.")
    return one


def report(*, seen_by: User, on: date) -> Report:
    """All conditions that are in force on a day. Three queries, however many."""
    check_can(seen_by, Capability.SIGN_OFF)
    waiting = Challenge.objects.filter(condition=OuterRef("pk"), answered_on=None)
    runs = Q(starts_on__lte=on, ends_on__gte=on) & (Q(ended_on=None) | Q(ended_on__gt=on))
    found = Condition.objects.filter(runs).annotate(is_challenged=Exists(waiting)).select_related("case__person")
    conditions = sorted(found, key=lambda each: (not each.is_challenged, each.ends_on))
    record_looks(
        viewer=seen_by, person_ids=[each.case.person_id for each in conditions], page="Conditions of direct payments"
    )
    what, why = Counter(each.what for each in conditions), Counter(each.because for each in conditions)
    right = Challenge.objects.filter(was_right=True).count()
    return Report(
        conditions,
        [(kind, what[kind]) for kind in What if what[kind]],
        [(each, why[each]) for each in Because if why[each]],
        right,
    )
