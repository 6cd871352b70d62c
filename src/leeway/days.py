"""Whether a day can be meant: one rule for forms, commands and actions, so that 2119 is never typed for 2019."""

from dataclasses import dataclass
from datetime import date

from leeway.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Sense:
    """How far back and how far ahead, in years, a day of some kind can lie."""

    years_back: int
    years_ahead: int

    def example(self, on: date) -> date:
        """A day that can be meant, to show how one is typed: today, but for a birthday."""
        return date(1952, 3, 27) if self == BORN else on

    def problem_with(self, day: date, *, what: str, on: date) -> str:
        """Say what is wrong with a day, naming it; nothing where it can be meant.

        >>> BORN.problem_with(date(2119, 3, 27), what="Date of birth", on=date(2026, 11, 1))
        'Date of birth: 27 March 2119 is in the future. Check the year.'
        >>> PLANNED.problem_with(date(2119, 3, 27), what="Last day", on=date(2026, 11, 1))
        'Last day: 27 March 2119 is more than 5 years from now. Check the year.'
        """
        said = f"{what}: {day.day} {day:%B} {day.year}"
        if self.years_ahead == 0 and day > on:
            return f"{said} is in the future. Check the year."
        if day > _years_from(on, self.years_ahead):
            return f"{said} is more than {self.years_ahead} years from now. Check the year."
        if day < _years_from(on, -self.years_back):
            return f"{said} is more than {self.years_back} years ago. Check the year."
        return ""


BORN = Sense(years_back=120, years_ahead=0)
#: What the case tells of: a conversation, a stay, a death, a review.
HAPPENED = Sense(years_back=20, years_ahead=0)
#: A first or last day of support, of a price, of what somebody may do.
PLANNED = Sense(years_back=20, years_ahead=5)
#: What somebody was to the person may have begun long ago.
LASTING = Sense(years_back=120, years_ahead=5)
#: The day by which something is to be reached; whether it may lie behind us is for whoever asks.
AIMED_AT = Sense(years_back=30, years_ahead=25)


def check_day(day: date | None, sense: Sense, *, field: str, what: str, on: date) -> None:
    """Refuse a day that cannot be meant, naming the field. No day is no problem here."""
    if day is not None and (problem := sense.problem_with(day, what=what, on=on)):
        raise Refusal(problem, field=field)


def _years_from(day: date, years: int) -> date:
    month, number = (3, 1) if (day.month, day.day) == (2, 29) else (day.month, day.day)
    return date(day.year + years, month, number)
