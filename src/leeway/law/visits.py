"""What is due for a visit, and what a person is charged at most for a week of them.

How long is paid for follows what was done and the council's tolerances, never the plan alone: people were charged, and
councils paid, for half an hour where a quarter was given. Each rule takes one visit or columns of them.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from leeway.law.dated import Law
from leeway.law.numbers import Truth, Whole, ceil_div, floor_div, greatest, least, where

MINUTES_AN_HOUR = 60


def last_day_to_pay(received_on: date, law: Law) -> date:
    """The last day on which an undisputed invoice is paid in time."""
    return received_on + timedelta(days=law["providers.days_to_pay"])


def last_day_to_answer(raised_on: date, law: Law) -> date:
    """The day by which a provider is asked to answer what is disputed."""
    return raised_on + timedelta(days=law["visits.days_to_answer_a_dispute"])


@dataclass(frozen=True, slots=True)
class Tolerances:
    """What a council's contracts say of the length of visits, from its policy on a day."""

    in_full_within_minutes: int
    by_minutes: int
    late_percent: int
    above_minutes_a_week: int

    @classmethod
    def of(cls, law: Law) -> "Tolerances":
        """The tolerances in force."""
        return cls(
            law["visits.paid_in_full_within_minutes"],
            law["visits.paid_by_minutes"],
            law["visits.late_cancellation_paid_percent"],
            law["visits.more_than_agreed_minutes_a_week"],
        )


def minutes_paid(
    planned_minutes: Whole, minutes: Whole, *, given: Truth, cancelled_late: Truth, tolerances: Tolerances
) -> Whole:
    """How many minutes of a visit are paid for. Never more than was planned; nothing where it was missed.

    >>> usual = Tolerances(5, 1, 100, 15)
    >>> [minutes_paid(30, minutes, given=True, cancelled_late=False, tolerances=usual) for minutes in (31, 26, 16)]
    [30, 30, 16]
    """
    counted = floor_div(minutes, tolerances.by_minutes) * tolerances.by_minutes
    in_full = minutes + tolerances.in_full_within_minutes >= planned_minutes
    done = where(in_full & (minutes > 0), planned_minutes, least(counted, planned_minutes))
    late = floor_div(planned_minutes * tolerances.late_percent, 100)
    return where(given, done, where(cancelled_late, late, planned_minutes * 0))


def visit_pence(rate_pence_an_hour: Whole, minutes: Whole) -> Whole:
    """What so many minutes cost at so much an hour. Part of a penny counts as a whole one.

    >>> visit_pence(20_00, 30), visit_pence(21_11, 16)
    (1000, 563)
    """
    return ceil_div(rate_pence_an_hour * minutes, MINUTES_AN_HOUR)


def charge_of_week(charge_pence: Whole, cost_pence: Whole) -> Whole:
    """What a person pays of a week: never more than what was delivered in it cost.

    Source: Care Act 2014, s. 14(4): a council may make a charge only for the cost that it incurs.

    >>> charge_of_week(80_00, 100_00), charge_of_week(80_00, 62_50), charge_of_week(80_00, 0)
    (8000, 6250, 0)
    """
    return least(charge_pence, greatest(cost_pence, 0))
