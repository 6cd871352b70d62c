"""What is done about budgets every night."""

from leeway.jobs.kinds import Result, nightly
from leeway.jobs.models import Job
from leeway.money.budgets import actions


@nightly("holds_over", title="Holds that end by themselves")
def holds_over(job: Job) -> Result:
    """Let payments go on whose hold was to end by itself, and whose last day is over."""
    return Result(f"Holds that ended by themselves: {actions.end_holds(on=job.asked_on)}.")
