"""Who may set a target, open a survey, see what it says, read what people wrote, and publish the local account."""

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability


def can_open_waves(user: User) -> bool:
    return user.can(Capability.OPEN_SURVEYS)


def check_can_open_waves(user: User) -> None:
    check_can(user, Capability.OPEN_SURVEYS)


def check_can_see_results(user: User) -> None:
    check_can(user, Capability.SEE_RESULTS)


def can_read_words(user: User) -> bool:
    """Whether this user may read what people wrote in their own words."""
    return user.can(Capability.READ_WORDS)


def can_set_targets(user: User) -> bool:
    return user.can(Capability.SET_TARGETS)


def check_can_set_targets(user: User) -> None:
    check_can(user, Capability.SET_TARGETS)


def check_can_publish(user: User) -> None:
    check_can(user, Capability.PUBLISH)
