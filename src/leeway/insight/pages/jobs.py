"""What of insight takes longer than a page may: the council's own figures, and what its own records say."""

from datetime import date
from functools import partial

from django.urls import reverse

from leeway.insight.pages import actions
from leeway.jobs.actions import report
from leeway.jobs.kinds import Result, job
from leeway.jobs.models import Job


@job("work_out_account", title="Work out the local account")
def work_out_account(asked: Job, *, as_at: str) -> Result:
    """Work out what everyone would see of a day."""
    day = date.fromisoformat(as_at)
    actions.work_out_account(as_at=day, by=asked.asked_by, on=asked.asked_on, progress=partial(report, asked))
    return Result(
        "The figures are worked out. Nobody else sees them until you publish them, which you can do for an hour.",
        f"{reverse('insight:publish')}?as_at={as_at}",
        "See what everyone will see",
    )


@job("work_out_findings", title="Work out what our own records say")
def work_out_findings(asked: Job, *, as_at: str) -> Result:
    """Work out the findings of a day."""
    day = date.fromisoformat(as_at)
    actions.work_out_findings(as_at=day, by=asked.asked_by, on=asked.asked_on, progress=partial(report, asked))
    return Result(
        "The findings are worked out, and are kept for an hour.",
        f"{reverse('insight:own')}?as_at={as_at}",
        "See what our own records say",
    )
