"""What is done about service funds every night."""

from leeway.jobs.kinds import Result, nightly
from leeway.jobs.models import Job
from leeway.money.service_funds import actions


@nightly("fund_statements", title="Statements of service funds")
def fund_statements(job: Job) -> Result:
    """Ask finance for statements of service funds that are late, and for what is left of funds that ended."""
    return Result(f"Service funds with something to do: {actions.ask_for_what_is_due(on=job.asked_on)}.")
