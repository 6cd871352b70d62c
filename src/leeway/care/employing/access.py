"""Who keeps the record of an employer: whose it is, whom they gave leave, and whoever works on the case."""

from datetime import date

from leeway.access.models import User
from leeway.care.people.access import can_take_part
from leeway.care.people.models import Case
from leeway.refusal import NotAllowed


def check_can_keep_record(user: User, case: Case, on: date) -> None:
    if not can_take_part(user, case, on):
        raise NotAllowed(
            f"{case.person}, anyone they gave leave, or the case’s worker keeps the record of an employer."
        )
