"""When somebody reaches pension age, from their date of birth.

The charging regulations ask whether somebody has reached the qualifying age for Pension Credit, which for men and
women alike is a woman's State Pension age.
Source: Pensions Act 1995 Sch. 4 para. 1, as amended by the Pensions Acts 2007, 2011 and 2014. An age in years is
reached on the birthday, for those born on 29 February on 1 March; an age in years and months, where the month is too
short, on its last day (para. 1(7A), which names the three days of birth that this touches).
"""

from datetime import date
from typing import NamedTuple

from leeway.law.months import anniversary, months_between, months_later


class Band(NamedTuple):
    """Births from a day on reach pension age at an age, or on a day that moves on by months for each month of birth."""

    born_from: date
    age_years: int = 0
    reached_from: date | None = None
    months_for_each_month: int = 0
    months_more_for_each_month: int = 0


BANDS: tuple[Band, ...] = (
    Band(date(1890, 1, 1), age_years=60),
    Band(date(1950, 4, 6), reached_from=date(2010, 5, 6), months_for_each_month=2),
    Band(date(1953, 4, 6), reached_from=date(2016, 7, 6), months_for_each_month=4),
    Band(date(1953, 12, 6), reached_from=date(2019, 3, 6), months_for_each_month=2),
    Band(date(1954, 10, 6), age_years=66),
    Band(date(1960, 4, 6), age_years=66, months_more_for_each_month=1),
    Band(date(1961, 3, 6), age_years=67),
    Band(date(1977, 4, 6), reached_from=date(2044, 5, 6), months_for_each_month=2),
    Band(date(1978, 4, 6), age_years=68),
)


def reaches_pension_age_on(date_of_birth: date) -> date:
    """Give the day on which somebody born on this day reaches pension age.

    >>> reaches_pension_age_on(date(1960, 4, 20))
    datetime.date(2026, 5, 20)
    """
    band = max((band for band in BANDS if band.born_from <= date_of_birth), default=BANDS[0])
    months_in = months_between(band.born_from, date_of_birth)
    if band.reached_from is not None:
        return months_later(band.reached_from, months_in * band.months_for_each_month)
    if not band.months_more_for_each_month:
        return anniversary(date_of_birth, band.age_years)
    return months_later(date_of_birth, 12 * band.age_years + (months_in + 1) * band.months_more_for_each_month)


def has_reached_pension_age(date_of_birth: date, on: date) -> bool:
    """Tell whether somebody born on one day has reached pension age on another."""
    return on >= reaches_pension_age_on(date_of_birth)
