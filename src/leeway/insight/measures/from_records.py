"""Every measure that records can give, in the order in which they are told."""

from leeway.insight.measures import costs, flow, market, relabelling, tiers, who_holds
from leeway.insight.measures.admissions import admission_measures, population
from leeway.insight.measures.long_term import LONG_TERM_SUPPORT
from leeway.insight.measures.measure import Measure
from leeway.insight.measures.outcomes import OUTCOMES
from leeway.insight.measures.take_up import TAKE_UP
from leeway.insight.measures.waiting import WAITING
from leeway.refusal import Refusal

#: What the records can say, the council's own record of choice among them.
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


def with_code(word: str) -> list[Measure]:
    """Give the measures whose code begins with a word, in whatever letters, with or without “ASCOF” before it.

    Of a whole code, the one that has it. Refuses a word with which none begins.
    """
    known = {measure: _plain(measure.code) for measure in with_population()}
    found = [measure for measure, code in known.items() if code == _plain(word)]
    found = found or [measure for measure, code in known.items() if code.startswith(_plain(word))]
    if not found:
        codes = "; ".join(measure.code for measure in known)
        raise Refusal(f"No measure begins with “{word}”. Use the code of one: {codes}.")
    return found


def _plain(code: str) -> str:
    return code.casefold().removeprefix("ascof ")


def breakdowns() -> tuple[str, ...]:
    """Every word that one measure or another can be broken down by, the commonest first."""
    return tuple(dict.fromkeys(word for measure in MEASURES for word in measure.breakdowns))
