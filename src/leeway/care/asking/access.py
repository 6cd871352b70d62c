"""Who may read and answer what came from outside."""

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability


def check_can_answer(user: User) -> None:
    """Whoever works on cases reads and answers requests: until one is answered it is nobody's case yet."""
    check_can(user, Capability.WORK_ON_CASES)
