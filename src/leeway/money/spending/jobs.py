"""What is done every night about what people said they spent."""

from leeway.jobs.kinds import Result, nightly
from leeway.jobs.models import Job
from leeway.money.spending import actions


@nightly("spent_counted", title="What people said they spent, counted once the money had arrived")
def spent_counted(job: Job) -> Result:
    """Count in the ledger what was said to be spent before the council's payment was known to have arrived."""
    return Result(f"Counted as spent: {actions.count_as_spent(on=job.asked_on):,}.")
