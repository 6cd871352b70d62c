"""What ending somebody's employment costs: weeks of notice, and redundancy by age and service.

Source: Employment Rights Act 1996, ss. 86, 135, 155, 162 and 227.
"""

from datetime import date

from leeway.law.dated import Law
from leeway.law.months import anniversary, months_between
from leeway.law.numbers import floor_div, least

#: A week for each year from the second on, at most so many (s. 86).
NOTICE_WEEKS_MOST = 12
#: No redundancy below so many years; no more than so many count (ss. 155 and 162).
REDUNDANCY_FROM_YEARS, REDUNDANCY_YEARS_MOST = 2, 20
#: Half weeks for a year of service, by the age that was reached before it began (s. 162(2)).
HALF_WEEKS = ((41, 3), (22, 2), (0, 1))


def notice_weeks(started_on: date, ends_on: date) -> int:
    """Weeks of notice that an employer must give: one after a month, then one for each whole year, at most twelve.

    >>> notice_weeks(date(2020, 3, 1), date(2026, 4, 1))
    6
    """
    if months_between(started_on, ends_on) < 1:
        return 0
    return min(max(1, months_between(started_on, ends_on) // 12), NOTICE_WEEKS_MOST)


def redundancy_half_weeks(born_on: date, started_on: date, ends_on: date) -> int:
    """Half weeks of pay owed when a job ends for good, counted back year by year from the day on which it ends.

    >>> redundancy_half_weeks(date(1996, 1, 1), date(2015, 1, 1), date(2021, 5, 1))
    9
    """
    years = months_between(started_on, ends_on) // 12
    if years < REDUNDANCY_FROM_YEARS:
        return 0
    return sum(
        next(half for age, half in HALF_WEEKS if anniversary(born_on, age) <= anniversary(ends_on, -year))
        for year in range(1, least(years, REDUNDANCY_YEARS_MOST) + 1)
    )


def redundancy_pence(week_pence: int, born_on: date, started_on: date, ends_on: date, law: Law) -> int:
    """What is owed when a job ends for good, of a week's pay up to the law's most; parts of a penny are left out.

    `law` is that of the day on which the job ends.
    """
    counted = least(week_pence, law["employment.redundancy.weekly_most"])
    return int(floor_div(counted * redundancy_half_weeks(born_on, started_on, ends_on), 2))
