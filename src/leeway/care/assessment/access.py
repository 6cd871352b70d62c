"""Who may look into a person's means, and who may write in their own words."""

from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.access import can_work_on, is_the_person
from leeway.care.people.models import Case
from leeway.refusal import NotAllowed


def can_check_means(user: User, case: Case) -> bool:
    """Whether this user may do the money check: a finance officer, the case's worker or the manager of its team."""
    return user.can(Capability.CHECK_MEANS) or can_work_on(user, case)


def check_can_check_means(user: User, case: Case) -> None:
    if not can_check_means(user, case):
        raise NotAllowed("Only a finance officer, the case’s worker or the manager of its team can do the money check.")


def can_write_own_words(user: User, case: Case) -> bool:
    """Whether these would be the user's own words: nobody writes them for somebody else from their own sign-in."""
    return user.can(Capability.WRITE_OWN_WORDS) and is_the_person(user, case)


def check_can_write_own_words(user: User, case: Case) -> None:
    if not can_write_own_words(user, case):
        raise NotAllowed("Only the person can write here, in their own words.")
