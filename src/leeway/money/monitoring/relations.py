"""What must hold between a check of an account, what it pointed out, and their histories."""

from leeway.money.ledger.histories import of_history
from leeway.money.monitoring.models import Check, Flagged

RELATIONS = (*of_history(Check, "Check"), *of_history(Flagged, "What a check pointed out as"))
