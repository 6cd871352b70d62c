"""The record of who looked at whose record, and why when the case is not their own."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from leeway.access.models import Look, User
from leeway.refusal import Refusal
from leeway.said import sentence

REASON_LASTS = timedelta(hours=4)
REASON_LONGEST = 500
REASON_PAGE = "Reason given"


class ReasonNeeded(Refusal):
    """A member of staff asks to see a record that is not their own, and has not said why."""

    def __init__(self, *, person_id):
        super().__init__("This record is not one of your own cases. Say why you need to see it.")
        self.person_id = person_id


def record_look(*, viewer: User, person_id, page: str, own: bool) -> None:
    """Note that this user saw this person's record. Reading is not done until it is noted.

    A look outside one's own cases needs a reason given within the last four hours: ReasonNeeded otherwise.
    """
    reason = "" if own else reason_given(viewer=viewer, person_id=person_id)
    if not own and not reason:
        raise ReasonNeeded(person_id=person_id)
    Look.objects.create(
        viewer_id=viewer.pk,
        viewer_name=viewer.name,
        person_id=person_id,
        page=page,
        own=own,
        reason=reason,
    )


def record_looks(*, viewer: User, person_ids: Iterable[Any], page: str) -> None:
    """Note that this user, in their own work, saw these people named in a list: one row, whoever many they are.

    Of a search it keeps who was found and not what was typed: a person finds themselves by their key, whereas the words
    may be somebody else's name, and a digest of a name is as good as the name to whoever tries the names there are.
    """
    named = list(dict.fromkeys(person_ids))
    if named:
        _note_many(viewer, page, named=named, people_count=len(named))


def record_look_over(*, viewer: User, thing_id: UUID, people_count: int, page: str) -> None:
    """Note that this user, in their own work, saw something with many people in it. Who they are, it says itself."""
    _note_many(viewer, page, thing_id=thing_id, people_count=people_count)


def _note_many(viewer: User, page: str, **over: Any) -> None:
    Look.objects.create(viewer_id=viewer.pk, viewer_name=viewer.name, page=page, own=True, **over)


_things_with: list[Callable[[UUID], Any]] = []


def let_hold_people(function: Callable[[UUID], Any]) -> None:
    """Have a function say in which things of its room a person is, by their keys. Called by that room at start."""
    if function not in _things_with:
        _things_with.append(function)


def looks_on_record(person_id: UUID) -> Q:
    """The looks at a person: those at their record, and those over many of whom they were one."""
    looks = Q(person_id=person_id) | Q(named__contains=[person_id])
    for things in _things_with:
        looks |= Q(thing_id__in=things(person_id))
    return looks


def require_reason(*, viewer: User, person_id) -> None:
    """Refuse (ReasonNeeded) whoever has not said within four hours why they need a record that is not their own."""
    if not reason_given(viewer=viewer, person_id=person_id):
        raise ReasonNeeded(person_id=person_id)


def reason_given(*, viewer: User, person_id) -> str:
    """The reason this user gave for seeing this record, if it was given within the last four hours."""
    stated = Look.objects.filter(
        viewer_id=viewer.pk,
        person_id=person_id,
        own=False,
        page=REASON_PAGE,
        at__gte=timezone.now() - REASON_LASTS,
    )
    return stated.order_by("-at").values_list("reason", flat=True).first() or ""


def give_reason(*, viewer: User, person_id, reason: str) -> None:
    """Say why one needs to see a record outside one's own cases ("break glass")."""
    if not viewer.is_staff_member:
        raise Refusal("Only council staff can ask to see a record that is not their own.")
    words = sentence(reason, ask="Say in a sentence why you need to see this record.", field="reason")
    if len(words) > REASON_LONGEST:
        raise Refusal(f"Say it in {REASON_LONGEST} characters or fewer.", field="reason")
    Look.objects.create(
        viewer_id=viewer.pk,
        viewer_name=viewer.name,
        person_id=person_id,
        page=REASON_PAGE,
        own=False,
        reason=words,
    )
