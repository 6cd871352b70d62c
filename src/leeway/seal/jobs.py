"""What is sealed every night."""

from leeway.jobs.kinds import Result, nightly
from leeway.jobs.models import Job
from leeway.seal import actions


@nightly("seal", title="The seal over what is kept")
def seal(job: Job) -> Result:
    """Seal what came since yesterday."""
    return Result(f"Rows sealed: {actions.seal_what_is_new():,}.")
