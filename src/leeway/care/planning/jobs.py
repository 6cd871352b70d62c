"""What is done about plans every night."""

from leeway.care.planning import actions
from leeway.jobs.kinds import Result, nightly
from leeway.jobs.models import Job


@nightly("four_weeks_in_care_homes", title="Four weeks in a care home")
def four_weeks_in_care_homes(job: Job) -> Result:
    """Tell worker and finance where the four weeks for which a direct payment may pay are over, a week ahead."""
    new = actions.warn_of_four_weeks(on=job.asked_on)
    return Result(f"Tasks set: {new:,}, where the four weeks in a care home are over within a week.")
