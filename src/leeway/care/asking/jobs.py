"""What is done by the clock about words that were never sent."""

from django.utils import timezone

from leeway.care.asking import actions
from leeway.jobs.kinds import errand


@errand("forget_unsent", every="20 * * * *")
def forget_unsent() -> None:
    """Every hour: take away what was written and not sent within its day, and what was kept beyond its last day."""
    actions.forget_unsent(on=timezone.localdate())
