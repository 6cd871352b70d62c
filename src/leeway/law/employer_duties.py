"""What whoever employs a personal assistant must do, by when, and how long each holds: one list for page and record.

Payslips and what HMRC is told each payday are work of every payday, and are not listed here; nor is a criminal record
check, which nobody must ask for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from leeway.law.dated import Law
from leeway.law.employing import wage_at_least
from leeway.law.months import anniversary, months_later
from leeway.law.national_insurance import WEEKS

#: What is to be done within so many days is soon: time enough to ring somebody and to have a paper sent.
SOON = timedelta(days=28)
LEGISLATION = "https://www.legislation.gov.uk/"


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that an employer must do: what, and by when in words. `of_each` is done for each worker by name."""

    code: str
    what: str
    when: str
    of_each: bool
    source: str
    url: str
    #: Whether it holds until a day that is to be told: it may, it must, or it never ends.
    until: bool | None = None


RIGHT_TO_WORK = Duty(
    "right_to_work",
    "Check that they may work in the United Kingdom",
    "Before the first day",
    True,
    "Immigration, Asylum and Nationality Act 2006, s. 15",
    LEGISLATION + "ukpga/2006/13/section/15",
    until=False,
)
INSURANCE = Duty(
    "insurance",
    "Have employers’ liability insurance of at least £5 million",
    "Before the first day, and each year",
    False,
    "Employers’ Liability (Compulsory Insurance) Act 1969, s. 1",
    LEGISLATION + "ukpga/1969/57/section/1",
    until=True,
)
REGISTERED = Duty(
    "registered",
    "Register with HMRC as an employer, or have a payroll service do it",
    "Before the first payday",
    False,
    "Income Tax (Pay As You Earn) Regulations 2003, SI 2003/2682",
    LEGISLATION + "uksi/2003/2682/contents",
)
TERMS = Duty(
    "terms",
    "Give them the terms of the job in writing",
    "On the first day",
    True,
    "Employment Rights Act 1996, s. 1",
    LEGISLATION + "ukpga/1996/18/section/1",
)
PENSION_LETTER = Duty(
    "pension_letter",
    "Write to them about the pension",
    "Within six weeks",
    True,
    "SI 2010/772, regs 2 and 21",
    LEGISLATION + "uksi/2010/772/contents",
)
PENSION = Duty(
    "pension",
    "Tell The Pensions Regulator what you did about the pension, even if nobody joined",
    "Within five months, and every three years",
    False,
    "Pensions Act 2008, s. 11; SI 2010/5, reg. 3",
    LEGISLATION + "uksi/2010/5/regulation/3",
)
#: In the order of time.
DUTIES = (RIGHT_TO_WORK, INSURANCE, TERMS, REGISTERED, PENSION_LETTER, PENSION)
BY_CODE: Mapping[str, Duty] = {duty.code: duty for duty in DUTIES}
PENSION_LETTER_WITHIN = timedelta(weeks=6)
PENSION_WITHIN_MONTHS, PENSION_AGAIN_MONTHS = 5, 36


class Standing(Enum):
    """How a duty stands on a day. What nobody has told is never taken for undone."""

    TOLD = "Done"
    ENDS_SOON = "Ends soon"
    ENDED = "Has ended"
    SOON = "To do soon"
    NOT_TOLD = "Not told yet"
    LATER = "To do later"


#: What is asked for now; the rest is done, or has time.
ASKED_FOR = frozenset({Standing.ENDS_SOON, Standing.ENDED, Standing.SOON, Standing.NOT_TOLD})


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who is employed: an id of the caller's, since when, and how often they are paid."""

    id: str
    started_on: date
    paid_every: str


@dataclass(frozen=True, slots=True)
class Told:
    """That a duty was done on a day, of a worker or of all, and until when it holds."""

    code: str
    worker: str
    done_on: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A duty as it stands: of which worker (nobody where it is of all), due by when, and until when it holds."""

    duty: Duty
    worker: str
    due_on: date
    standing: Standing
    done_on: date | None = None
    until: date | None = None


def due_on(duty: Duty, worker: Worker) -> date:
    """The day by which a duty is to be done, of somebody who began on a day.

    >>> kate = Worker("kate", date(2026, 10, 1), "four_weeks")
    >>> [due_on(duty, kate).isoformat() for duty in (TERMS, REGISTERED, PENSION_LETTER, PENSION)]
    ['2026-10-01', '2026-10-29', '2026-11-12', '2027-03-01']
    """
    begun = worker.started_on
    if duty is REGISTERED:
        weeks = WEEKS[worker.paid_every]
        return begun + timedelta(weeks=weeks) if weeks else months_later(begun, 1)
    if duty is PENSION_LETTER:
        return begun + PENSION_LETTER_WITHIN
    return months_later(begun, PENSION_WITHIN_MONTHS) if duty is PENSION else begun


def stand(workers: Sequence[Worker], told: Iterable[Told], on: date) -> list[Item]:
    """How each duty of an employer stands on a day: what is asked for first, and then what is done or has time.

    Of what was told of one duty, the last counts. Without workers there are no duties.
    """
    last: dict[tuple[str, str], Told] = {}
    for each in sorted(told, key=lambda each: each.done_on):
        last[each.code, each.worker] = each
    items = []
    for duty in DUTIES:
        for worker in workers if duty.of_each else workers[:0]:
            items.append(_item(duty, worker.id, due_on(duty, worker), last.get((duty.code, worker.id)), on))
        if workers and not duty.of_each:
            first = min(due_on(duty, worker) for worker in workers)
            items.append(_item(duty, "", first, last.get((duty.code, "")), on))
    return sorted(items, key=lambda item: (item.standing not in ASKED_FOR, item.due_on))


def _item(duty: Duty, worker: str, due: date, told: Told | None, on: date) -> Item:
    if told is None:
        near = Standing.SOON if due <= on + SOON else Standing.LATER
        return Item(duty, worker, due, Standing.NOT_TOLD if due < on else near)
    until = months_later(told.done_on, PENSION_AGAIN_MONTHS) if duty is PENSION else told.until
    if until is None:
        return Item(duty, worker, due, Standing.TOLD, told.done_on)
    ahead = Standing.ENDS_SOON if until <= on + SOON else Standing.TOLD
    return Item(duty, worker, until, Standing.ENDED if until < on else ahead, told.done_on, until)


def wage_too_low(hourly_pence: int, born_on: date, laws: Iterable[Law]) -> tuple[date, int] | None:
    """From which day an hour's pay is less than the law allows, and the least then; None where it is enough.

    `laws` are those of the days to ask about, in order: today's, and those of the days on which the least wage changes.
    """
    for law in laws:
        if (least := wage_at_least(born_on, law)) > hourly_pence:
            return law.on, least
    return None


def wage_changes(born_on: date, on: date, until: date) -> list[date]:
    """The days on which the least wage of somebody may change, from one day to another: each April, and birthdays."""
    days = [anniversary(born_on, age) for age in (18, 21)]
    days += [date(year, 4, 1) for year in range(on.year, until.year + 1)]
    return sorted({on, *(day for day in days if on < day <= until)})
