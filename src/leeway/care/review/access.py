"""Who may ask for a review. Who may hold one is whoever works on the case."""

from datetime import date

from leeway.access.models import User
from leeway.care.people.access import can_take_part
from leeway.care.people.models import Case
from leeway.refusal import NotAllowed


def check_can_ask_for_review(user: User, case: Case, on: date) -> None:
    if not can_take_part(user, case, on):
        raise NotAllowed(f"{case.person}, anyone they gave leave, or the case’s worker can ask for a review.")
