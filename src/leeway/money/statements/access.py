"""Who may give lines of a person's ordinary account."""

from datetime import date

from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.access import may_see_person
from leeway.care.people.models import Case
from leeway.refusal import NotAllowed


def check_can_pick(user: User, case: Case, on: date) -> None:
    """Refuse all but the person, whom they gave leave, and finance, which goes through it with them."""
    own = user.can(Capability.TAKE_PART) and may_see_person(user, case.person, on)
    if not (own or user.can(Capability.RECONCILE)):
        raise NotAllowed(f"{case.person}, anyone they gave leave, or a finance officer can pick lines of this account.")
