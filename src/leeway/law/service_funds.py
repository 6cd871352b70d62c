"""What a council agrees with whoever holds an individual service fund: when a statement is due, and what may be left.

No law fixes either: the fund is held under a contract between the council and the provider (Care Act 2014 s. 26 and
the statutory guidance, ch. 11). The values are the council's policy.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from leeway.law.dated import Law
from leeway.law.numbers import Whole, greatest

WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Due:
    """Until which day the next statement reaches, and by when it is to be here."""

    until: date
    by: date


def statement_due(stated_until: date, fund_ends_on: date | None, law: Law) -> Due:
    """The next statement after one that reaches to a day: after so many weeks, or at the fund's end if that is sooner.

    A fund that ended before that day owes the rest at once.
    """
    until = stated_until + law["service_funds.statement_every_weeks"] * WEEK
    if fund_ends_on is not None and fund_ends_on < until:
        until = max(fund_ends_on, stated_until)
    return Due(until, until + timedelta(days=law["service_funds.days_to_send"]))


def surplus(left_pence: Whole, pence_per_week: Whole, law: Law) -> Whole:
    """How much more is left than the weeks that may stay in a fund.

    >>> from leeway.law import law_on
    >>> law = law_on(date(2026, 11, 30))
    >>> surplus(500_00, 100_00, law), surplus(400_00, 100_00, law), surplus(3_00, 0, law)
    (10000, 0, 300)
    """
    return greatest(left_pence - pence_per_week * law["service_funds.weeks_left_most"], 0)
