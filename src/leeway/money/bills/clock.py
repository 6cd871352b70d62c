"""How long something waits, with the days left out on which no clock runs: pure days."""

from collections.abc import Iterable
from datetime import date, timedelta

from leeway.period import Period

DAY = timedelta(days=1)


def days_run(since: date, until: date, stopped: Iterable[Period] = ()) -> int:
    """How many days went by after one day until another, without those on which the clock stood still.

    >>> days_run(date(2026, 5, 1), date(2026, 5, 11))
    10
    >>> days_run(date(2026, 5, 1), date(2026, 5, 11), [Period(date(2026, 5, 3), date(2026, 5, 6))])
    6
    """
    still = {
        first + DAY * ahead
        for each in stopped
        for first in [max(each.starts_on, since + DAY)]
        for ahead in range((min(each.ends_on, until) - first).days + 1)
    }
    return max((until - since).days - len(still), 0)
