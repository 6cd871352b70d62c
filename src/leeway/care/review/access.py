"""Who may ask for a review. Who may hold one is whoever works on the case."""

from datetime import date

from leeway.access.models import Role, User
from leeway.care.people.access import can_work_on, may_see_person
from leeway.care.people.models import Case
from leeway.refusal import NotAllowed


def can_ask_for_review(user: User, case: Case, on: date) -> bool:
    """Whether this user may ask: the person, anybody they gave leave to see the record, or whoever works on it."""
    return can_work_on(user, case) or (user.role == Role.PERSON and may_see_person(user, case.person, on))


def check_can_ask_for_review(user: User, case: Case, on: date) -> None:
    if not can_ask_for_review(user, case, on):
        raise NotAllowed(f"{case.person}, anyone they gave leave, or the case's worker can ask for a review.")
