"""What the rules say: pure functions on dated values, each with its source.

No Django, no clock and no database: a date is passed in, a frozen answer comes out. National values are in
`parameters/`, a council's own in a policy folder; `law_on(day)` gives those in force.
"""

from leeway.law.dated import BadParameter, Law, NotInForce, UnknownParameter, law_on
from leeway.law.outcome import BadInput, Choice, Outcome
from leeway.law.rules import compute, compute_as_it_was

__all__ = [
    "BadInput",
    "BadParameter",
    "Choice",
    "Law",
    "NotInForce",
    "Outcome",
    "UnknownParameter",
    "compute",
    "compute_as_it_was",
    "law_on",
]
