"""Who may see a job: whoever asked for it, and administrators."""

from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.jobs.models import Job


def may_see_job(user: User, job: Job) -> bool:
    """Whether this user may see a job, and have it tried again."""
    return user.can(Capability.SEE_JOBS) or (job.asked_by_id is not None and job.asked_by_id == user.pk)
