"""Reading what anybody asked from outside. Every look at a request is noted."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.http import Http404

from leeway.access.looks import record_look_over
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.asking.access import check_can_answer
from leeway.care.asking.models import HALF, Answer, Asking, KeptWords
from leeway.care.asking.own_words import PARTS, How, OwnWords, key_of, place_of, spaced, tidied, unseal
from leeway.care.people.models import Case, CaseKind, Person
from leeway.care.people.queries import find_people, get_case
from leeway.refusal import Refusal


@dataclass(frozen=True)
class Waiting:
    """How many requests wait for an answer, how many of them cannot wait, and how many are late."""

    all: int
    urgent: int
    late: int


def waiting(*, seen_by: User) -> QuerySet[Asking]:
    """Requests that nobody has answered: what cannot wait first, then what is due first. No name, no words."""
    check_can_answer(seen_by)
    open_ones = Asking.objects.filter(answer=None).only(
        "id", "reference", "asked_on", "answer_by", "for_whom", "urgent"
    )
    return open_ones.order_by(F("urgent__len").desc(nulls_last=True), "answer_by", "asked_at")


def with_reference(typed: str, *, seen_by: User) -> Asking | None:
    """The request with a reference, answered or not, however somebody read it out. Opening it is the look."""
    check_can_answer(seen_by)
    return Asking.objects.filter(reference=spaced(tidied(typed), HALF)).only("id").first()


def how_many_wait(user: User, on: date) -> Waiting | None:
    """How many requests wait, for whoever answers them."""
    if not user.can(Capability.WORK_ON_CASES):
        return None
    counted = Asking.objects.filter(answer=None).aggregate(
        all=Count("pk"),
        urgent=Count("pk", filter=~Q(urgent=[])),
        late=Count("pk", filter=Q(answer_by__lt=on)),
    )
    return Waiting(**counted)


def get_asking(asking_id: UUID, *, seen_by: User, page: str = "Request for help") -> Asking:
    """One request, with the look noted. Once a case came of it, it is read by whoever may see that case."""
    check_can_answer(seen_by)
    asking = Asking.objects.select_related("answer__case__person", "answer__answered_by").filter(pk=asking_id).first()
    if asking is None:
        raise Http404("There is no such request.")
    case = answer_to(asking) and answer_to(asking).case
    if case is not None:
        get_case(case.pk, seen_by=seen_by, page=page)
    else:
        record_look_over(viewer=seen_by, thing_id=asking.pk, people_count=1, page=page)
    return asking


def answer_to(asking: Asking) -> Answer | None:
    """What came of a request, if anything has."""
    return getattr(asking, "answer", None)


def askings_about(person_id: UUID) -> QuerySet:
    """The keys of the requests that turned out to be about a person, so that they see who looked."""
    return Answer.objects.filter(case__person_id=person_id).values("asking_id")


def askings_of(case: Case) -> list[Asking]:
    """What was asked from outside and belongs to a case, the latest first."""
    return list(Asking.objects.filter(answer__case=case).order_by("-asked_at"))


def who_it_may_be(asking: Asking) -> QuerySet[Person]:
    """Who on record may be meant, by the search that a worker has: every name and the birthday, as they were typed.

    Only a worker's page asks this. Nothing is put together by itself, and whoever asked learns nothing of it.
    """
    if not asking.name:
        return Person.objects.none()
    with suppress(Refusal):  # a day that no calendar has
        found = find_people(f"{asking.name} {asking.born}")
        if found.exists():
            return found
    return find_people(asking.name)  # “about 1950” is no birthday, and fits nobody


def words_kept_under(code: str, *, on: date) -> OwnWords | None:
    """What is kept under a code; None where there is nothing, or no longer, and nobody can tell which."""
    kept = KeptWords.objects.filter(place=place_of(code), until__gte=on).first()
    return unseal(kept.sealed, key_of(code)) if kept else None


def said_before(case: Case) -> dict[str, list[dict]]:
    """What was written about each part of life before the assessment: how it is, the words, whose, and when."""
    said: dict[str, list[dict]] = {}
    for asking in askings_of(case):
        for part in asking.own_view:
            if part["kind"] == case.kind:
                told = {"asking": asking, "how": _how(part), "words": part["words"]}
                said.setdefault(part["outcome"], []).append(told)
    return said


def _how(part: dict) -> str:
    return How(part["how"]).label if part["how"] else ""


def own_view(asking: Asking) -> list[dict]:
    """Every part of life that whoever asked wrote about, in words."""
    labels = {(kind, choice.code): choice.label for kind, choices in PARTS.items() for choice in choices}
    return [
        {
            "label": labels[part["kind"], part["outcome"]],
            "as_carer": part["kind"] == CaseKind.CARER,
            "how": _how(part),
            "words": part["words"],
        }
        for part in asking.own_view
    ]
