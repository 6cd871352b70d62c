"""Who may ask for a correction. Who makes it is whoever works on the case."""

from datetime import date

from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.access import may_see_person
from leeway.care.people.models import Case
from leeway.refusal import NotAllowed


def can_ask_for_correction(user: User, case: Case, on: date) -> bool:
    """Whether a correction is this user's to ask for: the person's, or theirs whom the person gave leave."""
    return user.can(Capability.TAKE_PART) and may_see_person(user, case.person, on)


def check_can_ask_for_correction(user: User, case: Case, on: date) -> None:
    if not can_ask_for_correction(user, case, on):
        raise NotAllowed(
            f"{case.person}, or anyone they gave leave, asks for a correction here. Whoever works on the case changes "
            "the details themselves, under “Personal details”."
        )
