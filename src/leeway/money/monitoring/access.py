"""Who checks an account, who says how often, and who answers what was asked of the person."""

from datetime import date

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.access import can_work_on
from leeway.care.people.models import Case
from leeway.care.planning.models import Way
from leeway.money.payees.models import PayeeAccount
from leeway.money.payees.states import State
from leeway.money.spending.access import is_theirs
from leeway.refusal import NotAllowed


def check_can_check(user: User, case: Case) -> None:
    """A finance officer checks an account, and not the one who said where its money goes."""
    check_can(user, Capability.MONITOR)
    details = PayeeAccount.objects.filter(case=case, way=Way.DIRECT_PAYMENT, state=State.APPROVED)
    if details.filter(entered_by=user).exists():
        raise NotAllowed(
            "You entered the bank details that this direct payment goes to. Somebody else in finance checks it."
        )


def can_set_level(user: User, case: Case) -> bool:
    """Whether this user may say how often an account is checked: whoever works on the case, and finance."""
    return can_work_on(user, case) or user.can(Capability.MONITOR)


def check_can_set_level(user: User, case: Case) -> None:
    if not can_set_level(user, case):
        raise NotAllowed("The case’s worker, the team’s manager or a finance officer says how often it is checked.")


def check_can_reply(user: User, case: Case, on: date) -> None:
    if not (is_theirs(user, case, on) or can_work_on(user, case)):
        raise NotAllowed(f"{case.person}, anyone they gave leave, or the worker whom they told answers this.")
