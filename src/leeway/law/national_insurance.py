"""National Insurance of one payslip: what the employer and the employee pay, by pay period and category.

Source: Social Security Contributions and Benefits Act 1992, ss. 6 to 9; SI 2001/1004, regs 10 to 12. By the day on
which the pay is paid. Each band's share is cut to a tenth of a penny, then rounded to the penny, half a penny down.
"""

from dataclasses import dataclass

from leeway.law.dated import Law
from leeway.law.numbers import Whole, ceil_div, floor_div, greatest, least

POUND = 100
WEEKS_A_YEAR = 52
#: Pay periods by code: weeks in them; a month has its own thresholds.
WEEKS = {"week": 1, "two_weeks": 2, "four_weeks": 4, "month": 0}
#: How often each comes in a year.
PERIODS_A_YEAR = {"week": 52, "two_weeks": 26, "four_weeks": 13, "month": 12}
#: Categories by letter: from which threshold the employer pays, and at which rate the employee does.
SECONDARY, FREEPORT, UPPER = "secondary_threshold", "freeport_threshold", "upper_limit"
MAIN, REDUCED, NOTHING, DEFERRED = "employee_rate", "employee_reduced_rate", "", "employee_upper_rate"
CATEGORIES = {
    "A": (SECONDARY, MAIN),
    "B": (SECONDARY, REDUCED),
    "C": (SECONDARY, NOTHING),  # over pension age
    "J": (SECONDARY, DEFERRED),
    "H": (UPPER, MAIN),  # an apprentice under 25
    "M": (UPPER, MAIN),  # under 21
    "V": (UPPER, MAIN),  # a veteran in the first year
    "Z": (UPPER, DEFERRED),  # under 21
    "F": (FREEPORT, MAIN),
    "I": (FREEPORT, REDUCED),
    "S": (FREEPORT, NOTHING),
    "L": (FREEPORT, DEFERRED),
    "N": (FREEPORT, MAIN),
    "E": (FREEPORT, REDUCED),
    "K": (FREEPORT, NOTHING),
    "D": (FREEPORT, DEFERRED),
}
AREA = "employment.national_insurance"


@dataclass(frozen=True, slots=True)
class Contributions:
    """What one payslip costs in National Insurance, in pence: the employer beside the pay, the employee out of it."""

    employer_pence: Whole
    employee_pence: Whole


def contributions(pay_pence: Whole, every: str, category: str, law: Law) -> Contributions:
    """What employer and employee pay on the pay of one pay period.

    `every` is one of `WEEKS`, `category` a letter of `CATEGORIES`; `law` is that of the day of payment. Two weeks paid
    at once are not two weeks: the threshold of a longer period is its own.

    >>> from datetime import date
    >>> from leeway.law import law_on
    >>> law = law_on(date(2025, 6, 6))
    >>> 4 * contributions(280_00, "week", "A", law).employer_pence
    11040
    >>> contributions(4 * 280_00, "four_weeks", "A", law).employer_pence
    11025
    """
    employer_from, employee_rate = CATEGORIES[category]
    upper, primary = threshold(UPPER, every, law), threshold("primary_threshold", every, law)
    rate, upper_rate = law[f"{AREA}.employer_rate"], law[f"{AREA}.employee_upper_rate"]
    starts = threshold(employer_from, every, law)
    employer = share(between(pay_pence, starts, greatest(starts, upper)), rate) + share(above(pay_pence, upper), rate)
    if not employee_rate:
        return Contributions(employer, 0 * employer)
    main = share(between(pay_pence, primary, upper), law[f"{AREA}.{employee_rate}"])
    return Contributions(employer, main + share(above(pay_pence, upper), upper_rate))


def threshold(name: str, every: str, law: Law) -> Whole:
    """A threshold of one pay period, in pence: those of a week and a month are published, longer ones worked out."""
    week, month, year = law[f"{AREA}.{name}"]
    weeks = WEEKS[every]
    if weeks > 1:
        return ceil_div(year * weeks, WEEKS_A_YEAR * POUND) * POUND
    return week if weeks else month


def above(pay_pence: Whole, start_pence: Whole) -> Whole:
    """The part of some pay that is above an amount."""
    return greatest(pay_pence - start_pence, 0)


def between(pay_pence: Whole, start_pence: Whole, end_pence: Whole) -> Whole:
    """The part of some pay that is above one amount and not above another."""
    return above(least(pay_pence, end_pence), start_pence)


def share(pence: Whole, rate: int) -> Whole:
    """A rate (hundredths of a per cent) of an amount: cut to tenths of a penny, then to the penny, half down.

    >>> share(145_07, 1500), share(100, 1350)
    (2176, 13)
    """
    return floor_div(floor_div(pence * rate, 1000) + 4, 10)
