"""How many weeks a month and a year have: the one table that every sum in every room goes by. Exact, and no Django.

A year is 52 weeks and a month 12/52 of it. So direct payments are paid (13 instalments of four weeks), so benefits
that come by the month count for a week, and so the Department of Health and Social Care works out a week's cost
(the cost code published with Client Level Data, release 2).
"""

from fractions import Fraction

from leeway.law.numbers import ceil_div, floor_div

WEEKS_A_YEAR = 52
#: How many times in a week something happens that happens so often; what happens once has no week.
TIMES_A_WEEK: dict[str, Fraction] = {
    "weekly": Fraction(1),
    "fortnightly": Fraction(1, 2),
    "four_weekly": Fraction(1, 4),
    "monthly": Fraction(12, WEEKS_A_YEAR),
    "quarterly": Fraction(4, WEEKS_A_YEAR),
    "yearly": Fraction(1, WEEKS_A_YEAR),
    "once": Fraction(0),
}


def a_week_rounded_up(amount: int, frequency: str, *, parts: int = 1) -> int:
    """Give what an amount that comes so often is in a week, where each whole one has so many parts.

    >>> a_week_rounded_up(100_00, "monthly"), a_week_rounded_up(250, "weekly", parts=100)
    (2308, 3)
    """
    times = TIMES_A_WEEK[frequency]
    return ceil_div(amount * times.numerator, parts * times.denominator)


def a_week_rounded_down(amount: int, frequency: str) -> int:
    """Give what an amount that comes so often is in a week, without part of a penny.

    >>> a_week_rounded_down(100_00, "monthly")
    2307
    """
    times = TIMES_A_WEEK[frequency]
    return floor_div(amount * times.numerator, times.denominator)
