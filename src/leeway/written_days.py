"""Days as files write them: 2026-04-06, 6 April 2026, 06/04/26. The order of day and month is one for a whole file."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from leeway.reading import CannotRead
from leeway.refusal import quoted

TIME = r"(?:[T ,]+[0-9]{1,2}:[0-9]{2}.*)?"
NUMBERS = re.compile(rf"([0-9]{{1,2}})[/.-]([0-9]{{1,2}})[/.-]([0-9]{{2}}|[0-9]{{4}}){TIME}")
WORDS = re.compile(rf"([0-9]{{1,2}})[ /-]?([A-Za-z]{{3,9}})[ ,./-]*([0-9]{{2}}|[0-9]{{4}}){TIME}")
ISO = re.compile(rf"[0-9]{{4}}(?:[/-][0-9]{{2}}[/-]|[0-9]{{2}})[0-9]{{2}}(?:{TIME[:-1]}|T.*)?")
NO_YEAR = re.compile(r"[0-9]{1,2}[ /.-]([0-9]{1,2}|[A-Za-z]{3,9})")
YEARS = range(1980, 2100)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Order:
    """Whether 01/04/2026 is meant day first. None: no day of the file is written so, or none can be mistaken."""

    day_first: bool | None

    def day(self, text: str, where: str) -> date:
        """The day that a text means. Refuses one without its year, and one that is none."""
        if ISO.fullmatch(text):
            return iso_day(text.replace("/", "-"), where)
        if found := NUMBERS.fullmatch(text):
            first, second = int(found[1]), int(found[2])
            day, month = (second, first) if self.day_first is False else (first, second)
            return day_of(_year(found[3]), month, day, where)
        if found := WORDS.fullmatch(text):
            word = found[2].lower()
            month = next((number for number, name in enumerate(MONTHS, 1) if word.startswith(name)), 0)
            return day_of(_year(found[3]), month, int(found[1]), where)
        if NO_YEAR.fullmatch(text):
            raise CannotRead(f"{where}: the day {quoted(text)} has no year. Export the table with whole dates.")
        raise CannotRead(f"{where}: {quoted(text)} is not a day. Write it as 2026-04-06 or 06/04/2026.")


def shows_order(text: str) -> bool:
    """Whether a day can be meant in one order alone."""
    found = NUMBERS.fullmatch(text)
    return bool(found and max(int(found[1]), int(found[2])) > 12)


def orders_since(text: str, since: date | None) -> set[bool]:
    """The one order in which a day does not lie before the first that there can be; nothing where both or neither do.

    >>> orders_since("01/10/2010", date(2010, 4, 1)), orders_since("01/10/2011", date(2010, 4, 1))
    ({True}, set())
    """
    if since is None or not NUMBERS.fullmatch(text):
        return set()
    possible = {first for first in (True, False) if _lies_since(text, since, Order(first))}
    return possible if len(possible) == 1 else set()


def _lies_since(text: str, since: date, order: Order) -> bool:
    try:
        return order.day(text, "") >= since
    except CannotRead:
        return False


def order_of(days: Iterable[tuple[str, str]], said: bool | None, *, by: str, say: str) -> Order:
    """The order of day and month in a whole file, from what was said or from days above 12.

    Each day comes with where it stands. Refuses a file that shows both orders, one that shows another than was said,
    and one that shows none; `by` is where an order is said, and `say` what to do to
    say one.
    """
    first_above: str | None = None
    second_above: str | None = None
    unsettled: str | None = None
    for where, text in days:
        if not (found := NUMBERS.fullmatch(text)):
            continue
        first, second = int(found[1]), int(found[2])
        if first > 12:
            first_above = first_above or f"{where} ({text})"
        elif second > 12:
            second_above = second_above or f"{where} ({text})"
        elif first != second:
            unsettled = unsettled or f"{where} ({text})"
    if first_above and second_above:
        raise CannotRead(f"{first_above} has the day first, and {second_above} the month. Correct the table.")
    shown = True if first_above else False if second_above else None
    if said is not None and shown is not None and said != shown:
        order = "the day first" if said else "the month first"
        raise CannotRead(f"{first_above or second_above} cannot have {order}, as {by} says. Correct one of them.")
    if said is None and shown is None and unsettled:
        raise CannotRead(f"{unsettled} can be meant day first or month first, and no day of the file settles it. {say}")
    return Order(said if said is not None else shown)


def day_of(year: int, month: int, day: int, where: str) -> date:
    """A day of the calendar, in a year that can be meant. Refuses 30 February, and the year 202."""
    try:
        found = date(year, month, day)
    except ValueError as problem:
        raise CannotRead(f"{where}: {day:02d}/{month:02d}/{year:04d} is not a day of the calendar.") from problem
    if year not in YEARS:
        raise CannotRead(f"{where}: the year {year} cannot be meant. Ask whoever made the file for it again.")
    return found


def iso_day(text: str, where: str) -> date:
    """The day of a date, or of a date and time, written 2026-04-06 or 20260406, as its writer's clock had it."""
    found = re.match(r"\s*([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?![0-9])", text)
    if not found:
        raise CannotRead(f"{where}: {quoted(text)} is not a date.")
    return day_of(int(found[1]), int(found[2]), int(found[3]), where)


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)
