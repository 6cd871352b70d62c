"""What is done about payments every night."""

from leeway.jobs.kinds import Result, nightly
from leeway.jobs.models import Job
from leeway.money.payments import notices


@nightly("payments_told", title="Telling people of payments sent and late")
def payments_told(job: Job) -> Result:
    """Tell people that their money was sent, or that it will be late."""
    sent, late = notices.tell_of_sent(on=job.asked_on), notices.tell_of_late(on=job.asked_on)
    return Result(f"Told of a payment that was sent: {sent:,}. Of one that is late: {late:,}.")
