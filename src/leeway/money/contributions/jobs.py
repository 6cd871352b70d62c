"""What is done about contributions every night."""

from leeway.jobs.kinds import Result, nightly
from leeway.jobs.models import Job
from leeway.law.numbers import pounds
from leeway.money.contributions import actions


@nightly("shares_fallen_due", title="Contributions and NHS shares falling due")
def shares_fallen_due(job: Job) -> Result:
    """Record what has fallen due from the NHS and from people, up to today."""
    return Result(f"Fallen due: {pounds(actions.let_fall_due(on=job.asked_on))}.")
