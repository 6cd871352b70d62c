"""What is done about funders every night."""

from leeway.jobs.kinds import Result, nightly
from leeway.jobs.models import Job
from leeway.money.funders import actions


@nightly("funders_about_to_end", title="Funders about to end")
def funders_about_to_end(job: Job) -> Result:
    """Ask finance who pays a line when a funder of it ends, eight weeks before."""
    return Result(f"Lines whose funder ends within eight weeks, or has: {actions.ask_who_pays_next(on=job.asked_on)}.")
