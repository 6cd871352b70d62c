"""What is done about visits every night."""

from leeway.jobs.kinds import Result, nightly
from leeway.jobs.models import Job
from leeway.law.numbers import pounds
from leeway.money.invoices.actions import charge_everybody_as_delivered


@nightly("charged_as_delivered", title="Charges of weeks in which less was delivered")
def charged_as_delivered(job: Job) -> Result:
    """Have nobody pay more of a week than what was delivered in it cost."""
    return Result(f"Taken off what people pay, or put back: {pounds(charge_everybody_as_delivered(on=job.asked_on))}.")
