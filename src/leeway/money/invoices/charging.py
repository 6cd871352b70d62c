"""What a person pays of each week of a managed account: never more than what was delivered in it cost.

A provider's part of a week counts as it was delivered once it is known whole: the provider billed all its days, and
that was agreed, or every visit that was agreed is told of, given or not. Until then it counts as agreed, and so does
what is not bought by the visit, each week. What is argued counts once it is due after all.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from uuid import UUID

from django.db.models import Sum
from django.db.models.functions import Lower

from leeway.care.planning.models import PlanLine, Way
from leeway.law.numbers import ceil_div, floor_div, greatest, split
from leeway.law.visits import charge_of_week
from leeway.market.listings.models import Provider
from leeway.market.units import Frequency, Unit
from leeway.money.budgets.actions.not_charging import Less, Week
from leeway.money.budgets.dues import Payer, standings, weeks_charged
from leeway.money.budgets.models import Funding, InstalmentKind, Part
from leeway.money.budgets.schedule import DAYS_A_WEEK, period_end
from leeway.money.funders.attributing import PartOfLine
from leeway.money.funders.queries import lines_of_parts
from leeway.money.invoices.bought import agreed_a_week
from leeway.money.invoices.kinds import A_VISIT_EACH, Happened, Result
from leeway.money.invoices.models import Agreement, Allocation, InvoiceLine
from leeway.money.invoices.states import State
from leeway.period import Period

#: What is bought by the visit.
BY_THE_VISIT = (Unit.HOUR, *A_VISIT_EACH)
#: What became of visits, as a person reads it of some of a week's.
TOLD = {
    Happened.MISSED: "did not come",
    Happened.CUT_SHORT: "ended early",
    Happened.CANCELLED_IN_TIME: "had been cancelled in time",
    Happened.CANCELLED_LATE: "had been cancelled late",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One visit to a person as it counts: what is due for it, and whether it waits for somebody."""

    provider: UUID
    day: date
    happened: str
    planned_minutes: int
    line: UUID | None
    pence: int
    waits: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a managed account: from whom, how much is agreed a week, and what of its cost may be charged for.

    No provider: it is not bought by the visit, each week.
    """

    line: UUID
    provider: UUID | None
    minutes: int
    times: int
    pence: int
    chargeable_pence: int


@dataclass(frozen=True, slots=True)
class Piece:
    """The days of a week that one funding is for: what the person was to pay, and what they are of.

    `room_pence` is what could be charged besides a week, for parts that are held otherwise.
    """

    funding: UUID
    days: Period
    charged_pence: int
    lines: Sequence[Line]
    room_pence: int


#: The days of the invoices of a provider that are agreed and bill something to a person.
type Billed = Mapping[UUID, Sequence[Period]]


def less_of_weeks(cases: Collection[UUID], on: date) -> dict[Week, Less]:
    """By how much some people pay less of each week that is over and of which something is known, and why."""
    told, billed = _told(cases), _billed(cases)
    weeks: defaultdict[tuple[UUID, date], list[Piece]] = defaultdict(list)
    for case, monday, piece in _pieces(told, on):
        weeks[case, monday].append(piece)
    found = {}
    for (case, monday), pieces in weeks.items():
        first = bisect_left(told[case], monday, key=attrgetter("day"))
        visits = told[case][
            first : bisect_left(told[case], monday + timedelta(days=DAYS_A_WEEK), key=attrgetter("day"))
        ]
        if visits or billed[case]:
            for piece, less in zip(pieces, of_week(pieces, visits, billed[case]), strict=True):
                found[piece.funding, piece.days.starts_on] = less
    return found


def of_week(pieces: Sequence[Piece], told: Sequence[Told], billed: Billed) -> list[Less]:
    """By how much a person pays less of one week, by the pieces of it that one funding is for each."""
    cost, agreed, counted, is_known = 0, 0, list[Told](), False
    for piece in pieces:
        room = floor_div(piece.room_pence * piece.days.days, DAYS_A_WEEK)
        cost, agreed = cost + room, agreed + room
        for provider in {line.provider for line in piece.lines}:
            lines = [line for line in piece.lines if line.provider == provider]
            of_provider = [each for each in told if each.provider == provider]
            shares = [line.chargeable_pence * piece.days.days for line in lines]
            agreed += sum(floor_div(share, DAYS_A_WEEK) for share in shares)
            if provider is None or not _known(lines, piece.days, of_provider, billed.get(provider, ())):
                cost += sum(ceil_div(share, DAYS_A_WEEK) for share in shares)
                continue
            given = [each for each in of_provider if piece.days.starts_on <= each.day <= piece.days.ends_on]
            counted, is_known = [*counted, *given], True
            cost += sum(_chargeable(line, given) for line in lines)
    charged = [piece.charged_pence for piece in pieces]
    pays = charge_of_week(sum(charged), cost) if is_known and cost < agreed else sum(charged)
    off = sum(charged) - pays
    parts = split(off, charged) if off else [0] * len(pieces)
    words = _words(counted, off)
    return [Less(piece.days, piece.charged_pence, part, words) for piece, part in zip(pieces, parts, strict=True)]


def _chargeable(line: Line, given: Iterable[Told]) -> int:
    """What of what was delivered of a line may be charged for: in proportion, as of what was agreed."""
    pence = sum(each.pence for each in given if each.line == line.line)
    return floor_div(pence * line.chargeable_pence, line.pence) if line.pence else 0


def _known(lines: Sequence[Line], days: Period, told: Sequence[Told], billed: Sequence[Period]) -> bool:
    """Whether it is known what a provider delivered of some lines on some days of a week; `told` is of all of it."""
    if any(each.waits for each in told):
        return False
    if all(any(its.starts_on <= day <= its.ends_on for its in billed) for day in _each(days)):
        return True
    minutes, times = sum(line.minutes for line in lines), sum(line.times for line in lines)
    if not told or (minutes and times):
        return False
    return sum(each.planned_minutes for each in told) >= minutes if minutes else len(told) >= times


def _each(days: Period) -> Iterator[date]:
    return (days.starts_on + timedelta(days=place) for place in range(days.days))


def _words(counted: Sequence[Told], off: int) -> str:
    """Why less is paid of a week, from what became of its visits."""
    if not off:
        return "The visits of this week are charged for as agreed after all."
    said: list[str] = []
    for happened, words in TOLD.items():
        if number := sum(each.happened == happened for each in counted):
            visits = "visit" if len(counted) == 1 else "visits"
            said.append(f"{number} {words}" if said else f"{number} of {len(counted)} {visits} of this week {words}")
    cause = ", ".join(said) or (
        "The support of this week cost less than you pay" if counted else "No visit of this week was billed or told of"
    )
    return f"{cause}. You pay no more than the cost of the support that came."


def _told(cases: Collection[UUID]) -> Mapping[UUID, list[Told]]:
    """The visits to some people, the first first, each with what is due for it: as agreed, or as it will be billed."""
    agreed = dict(Agreement.objects.filter(case__in=cases).order_by().values_list("line__visit").annotate(Sum("pence")))
    settled = InvoiceLine.objects.filter(
        visit__allocation__case__in=cases, invoice__state__in=(State.AGREED, State.DISPUTED)
    )
    nothing = dict.fromkeys(settled.order_by().values_list("visit", flat=True), 0)
    found: defaultdict[UUID, list[Told]] = defaultdict(list)
    stand = Allocation.objects.filter(case__in=cases).exclude(result=Result.TAKEN_BACK)
    rows = stand.order_by("visit__day", "visit").values_list(
        "case", "visit", "visit__provider", "visit__day", "visit__happened", "visit__planned_minutes", "line",
        "due_pence", "result",
    )  # fmt: skip
    for case, visit, provider, day, happened, planned, line, due, result in rows:
        pence = agreed.get(visit, nothing.get(visit, due))
        waits = result == Result.UNALLOCATED
        found[case].append(Told(provider, day, happened, planned or 0, line, pence, waits))
    return found


def _billed(cases: Collection[UUID]) -> Mapping[UUID, Billed]:
    """The days for which providers billed something to some people, on invoices that are agreed."""
    lines = InvoiceLine.objects.filter(
        visit__allocation__case__in=cases, invoice__state__in=(State.AGREED, State.DISPUTED)
    )
    rows = lines.order_by().values_list(
        "visit__allocation__case", "invoice__provider", "invoice__starts_on", "invoice__ends_on"
    )
    found: defaultdict[UUID, defaultdict[UUID, list[Period]]] = defaultdict(lambda: defaultdict(list))
    for case, provider, first, last in rows.distinct():
        found[case][provider].append(Period(first, last))
    return found


def _pieces(cases: Collection[UUID], on: date) -> Iterator[tuple[UUID, date, Piece]]:
    """The weeks that are over and charged for, of people with visits: whose, the first day of the week, and its days.

    A week of two budgets has a piece of each.
    """
    fundings = Funding.objects.filter(
        part__budget__case__in=cases, part__way=Way.COUNCIL_MANAGED, kind=InstalmentKind.REGULAR, person_pence__gt=0
    )
    persons = [each for each in standings(fundings) if each.payer == Payer.PERSON and each.due_pence > 0]
    fell_due = {each.funding.pk: each.due_until for each in persons}
    its = list(fundings.select_related("part__budget__ending").order_by("starts_on", "pk"))
    held = _held({each.part.budget_id for each in its})
    for funding in its:
        budget, due_until = funding.part.budget, fell_due.get(funding.pk)
        if due_until is None:
            continue
        until = period_end(due_until, budget.pay_calendar_starts_on)
        lines, room = held[funding.part_id]
        for days, pence in weeks_charged(funding):
            monday = days.starts_on - timedelta(
                days=(days.starts_on - budget.pay_calendar_starts_on).days % DAYS_A_WEEK
            )
            if pence and days.starts_on <= until and monday + timedelta(days=DAYS_A_WEEK) <= on:
                yield budget.case_id, monday, Piece(funding.pk, days, pence, lines, room)


def _held(budgets: Collection[UUID]) -> Mapping[UUID, tuple[list[Line], int]]:
    """Of the managed part of each budget: its lines, and what could be charged besides a week for the other parts."""
    parts = {part.pk: part for part in Part.objects.filter(budget__in=budgets)}
    lines = lines_of_parts(parts, budgets)
    room: Counter[UUID] = Counter()
    for pk, part in parts.items():
        if part.way != Way.COUNCIL_MANAGED:
            room[part.budget_id] += sum(line.chargeable_pence for line in lines[pk]) - part.charge_pence_per_week
    managed = {pk: lines[pk] for pk, part in parts.items() if part.way == Way.COUNCIL_MANAGED}
    planned = PlanLine.objects.select_related("service").in_bulk(
        [each.line_id for its in managed.values() for each in its]
    )
    bought = [line for line in planned.values() if line.frequency == Frequency.WEEKLY and line.unit in BY_THE_VISIT]
    providers = _providers(bought)
    return {
        pk: ([_line(each, planned[each.line_id], providers) for each in its], greatest(room[parts[pk].budget_id], 0))
        for pk, its in managed.items()
    }


def _line(paid: PartOfLine, line: PlanLine, providers: Mapping[UUID, UUID]) -> Line:
    unit, minutes, times = agreed_a_week(line)
    return Line(
        line=line.pk,
        provider=providers.get(line.pk),
        minutes=minutes,
        times=0 if unit == Unit.HOUR else times,
        pence=paid.pence_per_week,
        chargeable_pence=paid.chargeable_pence,
    )


def _providers(lines: Iterable[PlanLine]) -> Mapping[UUID, UUID]:
    """From whom each line is bought: its service's provider, or whoever is named so."""
    by_name = {line.supplier.casefold(): None for line in lines if line.service is None and line.supplier}
    named = Provider.objects.annotate(lower=Lower("name")).filter(lower__in=by_name) if by_name else ()
    known = {provider.name.casefold(): provider.pk for provider in named}
    found = {
        line.pk: line.service.provider_id if line.service else known.get(line.supplier.casefold()) for line in lines
    }
    return {line: provider for line, provider in found.items() if provider is not None}
