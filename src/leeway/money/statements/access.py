"""Who may give lines of a person's account."""

from datetime import date

from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.access import may_run_account, may_see_person
from leeway.care.people.models import Case
from leeway.refusal import NotAllowed


def check_can_pick(user: User, case: Case, on: date) -> None:
    """Refuse all but the person, whom they gave leave, and finance, which goes through it with them."""
    own = user.can(Capability.TAKE_PART) and may_see_person(user, case.person, on)
    if not (own or user.can(Capability.RECONCILE)):
        raise NotAllowed(f"{case.person}, anyone they gave leave, or a finance officer can pick lines of this account.")


def check_can_send(user: User, case: Case | None, on: date) -> None:
    """Refuse a whole statement from all but finance; of somebody's account for their direct payment they give it too.

    That is the person, and whom they gave leave, be it for the account alone. `case` is None for the council's own.
    """
    own = case is not None and user.can(Capability.TAKE_PART) and may_run_account(user, case.person, on)
    if not (own or user.can(Capability.RECONCILE)):
        whose = f"{case.person}, anyone they gave leave, or a finance officer" if case else "A finance officer"
        raise NotAllowed(f"{whose} can send a statement of this account.")
