"""What is done for employers every night."""

from leeway.care.employing import actions
from leeway.jobs.kinds import Result, nightly
from leeway.jobs.models import Job


@nightly("employers_reminded", title="Reminders of an employer’s duties")
def employers_reminded(job: Job) -> Result:
    """Remind whoever employs somebody of what is due within four weeks, each thing once."""
    return Result(f"Reminders written: {actions.remind(on=job.asked_on):,}.")
