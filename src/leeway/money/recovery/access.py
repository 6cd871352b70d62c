"""Who may answer for a direct payment, and who may answer a challenge: nobody who had a part in what is challenged."""

from datetime import date

from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.access import leads, may_see_person
from leeway.care.people.models import Case
from leeway.money.recovery.models import Recovery
from leeway.refusal import NotAllowed


def is_theirs(user: User, case: Case, on: date) -> bool:
    """Whether this is the user's own money to answer for, or that of somebody who gave them leave."""
    return user.can(Capability.TAKE_PART) and may_see_person(user, case.person, on)


def check_is_theirs(user: User, case: Case, on: date) -> None:
    if not is_theirs(user, case, on):
        raise NotAllowed(f"{case.person}, or anyone they gave leave, answers here.")


def check_can_answer_challenge(user: User, recovery: Recovery) -> None:
    """Refuse all but a manager of the team who had no part in the recovery."""
    if not leads(user, recovery.case):
        raise NotAllowed("A manager of the team answers a challenge. Ask one of them.")
    if recovery.opened_by_id == user.pk or recovery.steps.filter(by=user).exists():
        raise NotAllowed("You had a part in this. A manager who had none answers the challenge.")
