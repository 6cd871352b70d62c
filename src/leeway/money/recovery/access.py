"""Who may answer for a direct payment, and who may answer a challenge: nobody who had a part in what is challenged."""

from datetime import date

from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.access import can_work_on, leads, may_see_person
from leeway.care.people.models import Case
from leeway.money.recovery.models import Recovery
from leeway.money.recovery.states import Did
from leeway.refusal import NotAllowed


def is_theirs(user: User, case: Case, on: date) -> bool:
    """Whether this user may answer: the person, whom they gave leave, and the worker whom they told."""
    own = user.can(Capability.TAKE_PART) and may_see_person(user, case.person, on)
    return own or can_work_on(user, case)


def check_is_theirs(user: User, case: Case, on: date) -> None:
    if not is_theirs(user, case, on):
        raise NotAllowed(f"{case.person}, anyone they gave leave, or the worker whom they told answers here.")


def check_can_answer_challenge(user: User, recovery: Recovery) -> None:
    """Refuse all but a manager of the team who had no part in the recovery."""
    if not leads(user, recovery.case):
        raise NotAllowed("A manager of the team answers a challenge. Ask one of them.")
    if recovery.opened_by_id == user.pk or recovery.steps.filter(by=user).exclude(did=Did.STANDS).exists():
        raise NotAllowed("You had a part in this. A manager who had none answers the challenge.")
