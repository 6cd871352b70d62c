"""Who may set a target, open a survey, see what it says, read what people wrote, and publish the local account."""

from leeway.access.access import check_role
from leeway.access.models import Role, User

MAY_OPEN = frozenset({Role.ANALYST, Role.ADMINISTRATOR})
MAY_SEE_RESULTS = MAY_OPEN | {Role.COMMISSIONER}
MAY_READ_WORDS = frozenset({Role.ANALYST})


def can_open_waves(user: User) -> bool:
    return user.role in MAY_OPEN


def check_can_open_waves(user: User) -> None:
    check_role(user, *MAY_OPEN, to="open or close a survey")


def check_can_see_results(user: User) -> None:
    check_role(user, *MAY_SEE_RESULTS, to="see what a survey says")


def can_read_words(user: User) -> bool:
    """Whether this user may read what people wrote in their own words."""
    return user.role in MAY_READ_WORDS


def can_set_targets(user: User) -> bool:
    return user.role == Role.ANALYST


def check_can_set_targets(user: User) -> None:
    check_role(user, Role.ANALYST, to="set or end a target")


def check_can_publish(user: User) -> None:
    check_role(user, Role.ANALYST, to="publish the local account")
