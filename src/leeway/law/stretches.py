"""From which day until which day somebody pays how much: the days on which a charge may change, and what lies between.

A charge is for the days that it covers: for each of them, the law of that day and the facts of that day.
Source: Care Act 2014 s14 and s17; SI 2014/2672 regs 6 and 7.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from leeway.law.births import Birth
from leeway.law.capital import days_of_fall, last_days
from leeway.law.dated import Law, Parameter
from leeway.law.exemptions import FreePart, last_free_day
from leeway.law.months import anniversary
from leeway.law.outcome import Outcome
from leeway.law.pension_age import reaches_pension_age_on
from leeway.refusal import Refusal

DAY = timedelta(days=1)
AREAS = ("charging", "charging_policy")
NEW_VALUES = "new amounts in the law or in the council’s policy apply"


@dataclass(frozen=True, slots=True)
class Turn:
    """A day from which a charge may be another one, and why: the end of “From that day, because …”."""

    day: date
    why: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some days on which the charge is the same: why it is another from the first of them, and how it comes about.

    `ends_on` is None for the last one known. Where a charge cannot be worked out, `problem` says why, and no stretch
    follows.
    """

    starts_on: date
    ends_on: date | None
    because: tuple[str, ...]
    outcome: Outcome | None
    problem: str = ""

    @property
    def charge_pence_per_week(self) -> int | None:
        """What the person pays a week in these days, where it can be worked out."""
        return self.outcome.result["charge_pence_per_week"] if self.outcome else None


def birthday_turns(birth: Birth) -> Sequence[Turn]:
    """The birthdays on which the law leaves a person more income to live on, or other rules begin.

    Where the day of birth is not known, an age may be reached from its first day on, and surely is on its last.
    """
    turns = []
    for age, reaches in (
        ("the 25th birthday", partial(anniversary, years=25)),
        ("pension age", reaches_pension_age_on),
    ):
        first, last = reaches(birth.first), reaches(birth.last)
        turns += [Turn(first, f"{age} may be reached")] if first < last else []
        turns.append(Turn(last, f"{age} is reached"))
    return turns


def exemption_turns(parts: Iterable[FreePart], law: Law) -> Sequence[Turn]:
    """The days from which a part of the budget that was free for a time is free no longer."""
    turns = []
    for part in parts:
        if part.started_on and (until := last_free_day(part, law)):
            turns.append(Turn(part.started_on, f"the free time of “{part.name}” begins"))
            turns.append(Turn(until + DAY, f"the free time of “{part.name}” is over"))
    return turns


def capital_turns(owned: object, law: Law) -> Sequence[Turn]:
    """The days from which something owned counts that was left out for a time, or capital given away has fallen."""
    over = "the time is over in which this is left out"
    ends = [Turn(day + DAY, f"{over}: {what.lower()}") for what, day in last_days(owned, law)]
    falls = [Turn(day, "what counts of capital given away falls each week") for day in days_of_fall(owned, law)]
    return (*ends, *falls)


def law_turns(law: Law) -> Sequence[Turn]:
    """The days on which a value that a charge is worked out with is another than before."""
    days = {day for parameter in law.only(*AREAS).parameters.values() for day in _new_days(parameter)}
    return tuple(Turn(day, NEW_VALUES) for day in sorted(days))


def _new_days(parameter: Parameter) -> Iterable[date]:
    pairs = zip(parameter.history, parameter.history[1:], strict=False)
    return (later.start for earlier, later in pairs if later.value != earlier.value)


def stretches(
    first: date, last: date, turns: Iterable[Turn], work_out: Callable[[date], Outcome]
) -> tuple[Stretch, ...]:
    """Work a charge out on a day and on each later one on which it may change, and join what comes to the same.

    Days until `last` are looked at. Raises what `work_out` raises for the first day.
    """
    beginning = Stretch(first, None, (), work_out(first))
    later = later_stretches(first, last, turns, work_out, charge_pence_per_week=beginning.charge_pence_per_week)
    ends = [stretch.starts_on - DAY for stretch in later]
    return tuple(replace(each, ends_on=end) for each, end in zip([beginning, *later], [*ends, None], strict=True))


def later_stretches(
    first: date,
    last: date,
    turns: Iterable[Turn],
    work_out: Callable[[date], Outcome],
    *,
    charge_pence_per_week: int | None,
) -> tuple[Stretch, ...]:
    """Work a charge out on each later day on which it may change, from what it is on a first one.

    The last of them may be a stretch whose charge cannot be worked out; nothing is known of the days after it.
    """
    whys: dict[date, dict[str, None]] = {}
    for turn in sorted(turns, key=lambda turn: turn.day):
        if first < turn.day <= last:
            whys.setdefault(turn.day, {})[turn.why] = None
    found: list[Stretch] = []
    for day, because in whys.items():
        stretch = _stretch(day, tuple(because), work_out)
        if stretch.charge_pence_per_week != charge_pence_per_week:
            found.append(stretch)
        if stretch.problem:
            break
        charge_pence_per_week = stretch.charge_pence_per_week
    return tuple(found)


def _stretch(day: date, because: tuple[str, ...], work_out: Callable[[date], Outcome]) -> Stretch:
    try:
        return Stretch(day, None, because, work_out(day))
    except Refusal as refusal:
        return Stretch(day, None, because, None, str(refusal))
