"""What is done about files every night."""

from leeway.files import actions
from leeway.jobs.kinds import Result, nightly
from leeway.jobs.models import Job


@nightly("files_scanned", title="Files that no scanner has seen")
def files_scanned(job: Job) -> Result:
    """Have the scanner look at the files that were kept before one was named."""
    verdicts = actions.scan_waiting()
    return Result(f"Files scanned: {verdicts['clean']:,} clean, {verdicts['refused']:,} refused.")


@nightly("files_cleared", title="Stored bytes that no file names")
def files_cleared(job: Job) -> Result:
    """Delete what uploads that were not finished left in the store, a month after."""
    return Result(f"Left over and deleted: {actions.clear_orphans(on=job.asked_on):,}.")
