"""Every measure that records can give, in the order in which they are told."""

from collections.abc import Sequence

from leeway.insight.measures.admissions import admission_measures, population
from leeway.insight.measures.long_term import LONG_TERM_SUPPORT
from leeway.insight.measures.measure import Measure
from leeway.insight.measures.outcomes import OUTCOMES
from leeway.insight.measures.take_up import TAKE_UP
from leeway.insight.measures.waiting import WAITING

MEASURES: tuple[Measure, ...] = (*TAKE_UP, *OUTCOMES, *LONG_TERM_SUPPORT, *WAITING)


def measures_for(by: Sequence[str] = ()) -> tuple[Measure, ...]:
    """Give the measures that a breakdown suits: those over the population break down by council alone."""
    return MEASURES if set(by) - {"council"} else (*MEASURES, *admission_measures(population()))
