"""What the law lets a provider claim for an invoice that was paid late: interest by the day, and a fixed sum once.

Source: Late Payment of Commercial Debts (Interest) Act 1998, ss 4 to 6. The rate is that of the day on which interest
begins to run, and stays; interest is simple. What a contract says instead is not known here.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from leeway.law.dated import Law
from leeway.law.numbers import floor_div

DAYS_A_YEAR = 365
#: Hundredths of a per cent in the whole.
WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class LateClaim:
    """How many days late something was paid, or is by now, and what may be claimed for that."""

    days: int
    interest_pence: int
    sum_pence: int

    @property
    def pence(self) -> int:
        return self.interest_pence + self.sum_pence


def begins_to_run(due_on: date) -> date:
    """The first day of interest: the one after the last day on which it is paid in time."""
    return due_on + timedelta(days=1)


def late_claim(owed_pence: int, due_on: date, paid_on: date, law: Law) -> LateClaim:
    """What may be claimed of something owed that was due on a day and paid on another.

    `law` is that of the day on which interest begins to run. What is paid in time costs nothing; parts of a penny are
    left out.
    """
    days = (paid_on - due_on).days
    if days <= 0:
        return LateClaim(0, 0, 0)
    interest_pence = floor_div(owed_pence * law["providers.late_interest"] * days, DAYS_A_YEAR * WHOLE)
    sums = [pence for from_pence, pence in law["providers.late_sums"] if owed_pence >= from_pence]
    return LateClaim(days, interest_pence, sums[-1])
