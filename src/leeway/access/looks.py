"""The record of who looked at whose record, and why when the case is not their own."""

from datetime import timedelta

from django.utils import timezone

from leeway.access.models import Look, User
from leeway.refusal import Refusal

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


def record_looks(*, viewer: User, person_ids, page: str) -> None:
    """Note that this user, in their own work, saw these people named in a list that tells something of each."""
    seen = {"viewer_id": viewer.pk, "viewer_name": viewer.name, "page": page, "own": True}
    Look.objects.bulk_create([Look(person_id=person_id, **seen) for person_id in dict.fromkeys(person_ids)])


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
    words = reason.strip()
    if len(words) < 10:
        raise Refusal("Say in a sentence why you need to see this record.", field="reason")
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
