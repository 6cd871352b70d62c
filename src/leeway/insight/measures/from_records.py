"""Every measure that records can give, in the order in which they are told."""

from leeway.insight.measures import costs, flow, market, relabelling, tiers, who_holds
from leeway.insight.measures.admissions import admission_measures, population
from leeway.insight.measures.long_term import LONG_TERM_SUPPORT
from leeway.insight.measures.measure import Measure
from leeway.insight.measures.outcomes import OUTCOMES
from leeway.insight.measures.take_up import TAKE_UP
from leeway.insight.measures.waiting import WAITING

#: What the records alone can say. What the choice record itself will say has its place after `relabelling`.
MEASURES: tuple[Measure, ...] = (
    *TAKE_UP,
    *who_holds.MEASURES,
    *flow.MEASURES,
    *relabelling.MEASURES,
    *tiers.MEASURES,
    *costs.MEASURES,
    *market.MEASURES,
    *OUTCOMES,
    *LONG_TERM_SUPPORT,
    *WAITING,
)


def with_population() -> tuple[Measure, ...]:
    """Give every measure, those over the people of a council's area too."""
    return (*MEASURES, *admission_measures(population()))


def breakdowns() -> tuple[str, ...]:
    """Every word that one measure or another can be broken down by, the commonest first."""
    return tuple(dict.fromkeys(word for measure in MEASURES for word in measure.breakdowns))
