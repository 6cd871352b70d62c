"""From which day until which day somebody pays how much: the days on which a charge may change, and what lies between.

A charge is for the days that it covers: for each of them, the law of that day and the facts of that day.
Source: Care Act 2014 s14 and s17; SI 2014/2672 regs 6 and 7.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from leeway.law.dated import Law, Parameter
from leeway.law.months import anniversary
from leeway.law.outcome import Outcome
from leeway.law.pension_age import reaches_pension_age_on

DAY = timedelta(days=1)
AREAS = ("charging", "charging_policy")
NEW_VALUES = "new amounts in the law or in the council's policy apply"


@dataclass(frozen=True, slots=True)
class Turn:
    """A day from which a charge may be another one, and why: the end of “From that day, because …”."""

    day: date
    why: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some days on which the charge is the same: why it is another from the first of them, and how it comes about.

    `ends_on` is None for the last one known.
    """

    starts_on: date
    ends_on: date | None
    because: tuple[str, ...]
    outcome: Outcome

    @property
    def charge_pence_per_week(self) -> int:
        """What the person pays a week in these days."""
        return int(self.outcome.result["charge_pence_per_week"])


def birthday_turns(date_of_birth: date) -> Sequence[Turn]:
    """The birthdays on which the law leaves a person more income to live on, or other rules begin."""
    return (
        Turn(anniversary(date_of_birth, 25), "the 25th birthday is reached"),
        Turn(reaches_pension_age_on(date_of_birth), "pension age is reached"),
    )


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

    Days until `last` are looked at. Raises what `work_out` raises.
    """
    whys: dict[date, dict[str, None]] = {first: {}}
    for turn in sorted(turns, key=lambda turn: turn.day):
        if first < turn.day <= last:
            whys.setdefault(turn.day, {})[turn.why] = None
    found: list[Stretch] = []
    for day, because in whys.items():
        stretch = Stretch(day, None, tuple(because), work_out(day))
        if not found or found[-1].charge_pence_per_week != stretch.charge_pence_per_week:
            found.append(stretch)
    ends = [later.starts_on - DAY for later in found[1:]]
    return tuple(
        Stretch(each.starts_on, end, each.because, each.outcome)
        for each, end in zip(found, [*ends, None], strict=True)
    )
