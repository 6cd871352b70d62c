"""What is done every night about the accounts of direct payments."""

from leeway.jobs.kinds import Result, nightly
from leeway.jobs.models import Job
from leeway.money.monitoring import actions


@nightly("accounts_to_check", title="Accounts of direct payments to check")
def accounts_to_check(job: Job) -> Result:
    """Have the accounts checked whose time has come, and look anew at those whose check is open."""
    night = actions.make_due(on=job.asked_on)
    sentence = f"Checks that fell due: {night.new:,}. Looked at anew: {night.again:,}."
    if night.troubled:
        cases = ", ".join(str(case) for case in night.troubled)
        sentence += f" It did not work in {len(night.troubled):,}, whose records have a fault: cases {cases}."
    return Result(sentence)
