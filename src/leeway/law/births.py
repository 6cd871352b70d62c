"""When somebody was born, so far as it is known: a day, or a year alone, which is any of its days.

What the law makes of an age is said where it is the same for every day on which they may have been born, and asked for
where it is not. It is never guessed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Self

from leeway.law.months import anniversary
from leeway.law.pension_age import reaches_pension_age_on
from leeway.refusal import Refusal


class BirthdayNeeded(Refusal):
    """What is asked turns on an age that nobody can say yet."""

    def __init__(self, *, whose: str, turns_on: str, field: str = ""):
        super().__init__(
            f"{whose}’s birthday is not known well enough: {turns_on}. Find it out, and enter it under “Personal "
            "details”; the year alone is often enough.",
            field=field,
        )


@dataclass(frozen=True, slots=True)
class Birth:
    """The first and the last day on which somebody may have been born: one day where the birthday is known."""

    first: date
    last: date

    @classmethod
    def known(cls, day: date | None, year: int | None = None) -> Self | None:
        """What is known of a birth by its day, or by its year alone; None where it is nothing."""
        if day is not None:
            return cls(day, day)
        return None if year is None else cls(date(year, 1, 1), date(year, 12, 31))

    def has_reached(self, reaches: Callable[[date], date], on: date) -> bool | None:
        """Whether an age is reached on a day, by when it is reached for each day of birth; None where it may be.

        >>> in_1960 = Birth(date(1960, 1, 1), date(1960, 12, 31))
        >>> [in_1960.has_reached(reaches_pension_age_on, date(year, 6, 1)) for year in (2025, 2026, 2028)]
        [False, None, True]
        """
        if on >= reaches(self.last):
            return True
        return False if on < reaches(self.first) else None

    def has_turned(self, years: int, on: date) -> bool | None:
        """Whether so many years of age are reached on a day; None where they may be."""
        return self.has_reached(lambda born: anniversary(born, years), on)

    def has_reached_pension_age(self, on: date) -> bool | None:
        """Whether pension age is reached on a day; None where it may be."""
        return self.has_reached(reaches_pension_age_on, on)

    def least_age(self, on: date) -> int:
        """The whole years of age that are surely reached on a day."""
        years = on.year - self.last.year
        return years - (on < anniversary(self.last, years))

    def age(self, on: date) -> int | None:
        """The age in whole years on a day; None where it may be one of two.

        >>> in_1940 = Birth(date(1940, 1, 1), date(1940, 12, 31))
        >>> in_1940.age(date(2026, 6, 1)), in_1940.age(date(2026, 12, 31))
        (None, 86)
        """
        least = self.least_age(on)
        return least if self.has_turned(least + 1, on) is False else None
