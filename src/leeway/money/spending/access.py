"""Who may see a person's account, and who may say what its payments were for."""

from datetime import date

from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.access import can_work_on, is_the_person, may_run_account, may_see_person
from leeway.care.people.models import Case
from leeway.refusal import NotAllowed


def is_theirs(user: User, case: Case, on: date) -> bool:
    """Whether the account is this user's own, or of somebody who gave them leave."""
    return user.can(Capability.TAKE_PART) and may_run_account(user, case.person, on)


def keeps_for_them(user: User, case: Case) -> bool:
    """Whether this user is of the council, and may say for somebody what payments were for: the worker, and finance."""
    return can_work_on(user, case) or user.can(Capability.RECONCILE)


def check_can_keep(user: User, case: Case, on: date) -> None:
    if not (is_theirs(user, case, on) or keeps_for_them(user, case)):
        raise NotAllowed(f"{case.person}, anyone they gave leave, the case’s worker or a finance officer can do this.")


def check_is_theirs(user: User, case: Case, on: date) -> None:
    if not is_theirs(user, case, on):
        raise NotAllowed(f"{case.person}, or anyone they gave leave, asks the worker here.")


def check_can_send(user: User, case: Case, on: date) -> None:
    if not is_theirs(user, case, on):
        raise NotAllowed(f"{case.person}, or anyone they gave leave, sends a statement here.")


def sees_only_account(user: User, case: Case, on: date) -> bool:
    """Whether this user runs the account and sees nothing else of the case, so that no link leads there."""
    return not user.is_staff_member and not is_the_person(user, case) and not may_see_person(user, case.person, on)
