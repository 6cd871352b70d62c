"""What a worker does for the outbox, by the clock: hand over what waits, and ask what became of the rest."""

from django.utils import timezone

from leeway.jobs.kinds import errand
from leeway.messages import actions


@errand("send_outbox", every="* * * * *")
def send_outbox() -> None:
    """Hand over every message that is due."""
    actions.send_due(at=timezone.now())


@errand("read_back_outbox", every="*/10 * * * *")
def read_back_outbox() -> None:
    """Ask the carriers what became of what they took."""
    actions.read_back_all(at=timezone.now())
