"""What is done about claims on NHS bodies every night."""

from django.urls import reverse

from leeway.jobs.kinds import Result, nightly
from leeway.jobs.models import Job
from leeway.money.claims import actions


@nightly("claims_made", title="Claims on NHS bodies made")
def claims_made(job: Job) -> Result:
    """Make the claim on each NHS body for the last pay period that is over."""
    made = actions.make_claims(on=job.asked_on)
    return Result(f"Claims made: {made:,}.", address=reverse("claims:home"), link="See the claims")
