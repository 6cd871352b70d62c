"""Reading the council's books in sums. Nobody is named in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import QuerySet
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.planning.models import Way
from leeway.jobs.models import Job
from leeway.jobs.queries import jobs_of_kind
from leeway.money.budgets.committed import HeldPart, all_held_parts
from leeway.money.budgets.models import Instalment
from leeway.money.figures.columns import THEMSELVES, ByPayer, Columns, Payer, weeks_of
from leeway.money.figures.models import FinanceReturn, Journal, MonthEnd, YearBudget
from leeway.money.figures.month_end import Stands
from leeway.money.figures.outturn import Outturn, month_ends, months_to_come, outturn
from leeway.money.funders.attributing import PaysWeekly
from leeway.money.funders.models import Funder, Purse
from leeway.money.funders.presenters import NOBODY_NAMED
from leeway.money.funders.queries import weekly_of_parts
from leeway.period import Period, financial_year

#: The kinds of job that write the books. One is done at a time.
MONTH_END, JOURNAL, FINANCE_RETURN = "take_month_end", "make_journal", "make_finance_return"
#: Whose share of a budget it is.
PAYERS = {Purse.COUNCIL: "The council", Purse.NHS: "The NHS", Purse.PERSON: "People themselves"}
#: What each pays of its share where no line names who does.
UNSHARED = {
    Purse.COUNCIL: "The council’s own money",
    Purse.NHS: NOBODY_NAMED[Purse.NHS],
    Purse.PERSON: "What people pay",
}


@dataclass(frozen=True)
class Line:
    """One line of a year's figures: what was planned for it where that is said, and what it comes to."""

    name: str
    people: int
    budget: YearBudget | None
    outturn: Outturn

    @property
    def over_pence(self) -> int | None:
        """How far the year is expected beyond its budget; less than nothing where money is left."""
        expected = self.outturn.expected_pence
        return None if self.budget is None or expected is None else expected - self.budget.amount_pence


@dataclass(frozen=True)
class Books:
    """What a financial year is likely to come to: by client group, way of holding, payer, and funder of each."""

    year: Period
    today: date
    whole: Line
    groups: list[Line]
    ways: list[Line]
    payers: list[Line]
    funders: dict[str, list[Line]]
    months_known: int


@dataclass(frozen=True)
class YearAtAGlance:
    """What a financial year is likely to come to, what was planned for it, and who pays a week of it today."""

    whole: Line
    planned_pence: int
    unplanned: list[str]
    """The client groups with budgets for which nothing is planned yet."""
    weeks: dict[str, int]

    @property
    def over_pence(self) -> int | None:
        """How far the year is expected beyond what was planned, where all of it was."""
        expected = self.whole.outturn.expected_pence
        return None if expected is None or self.unplanned else expected - self.planned_pence


def year_at_a_glance(*, seen_by: User, on: date) -> YearAtAGlance:
    """What the year comes to of all budgets together, for whoever sees the council in sums."""
    year, _parts, held, known = _held_in(on, seen_by)
    planned = {each.client_group: each.amount_pence for each in year_budgets(year, seen_by=seen_by)}
    return YearAtAGlance(
        whole=_line(held, known, on, "Together", held.everybody),
        planned_pence=sum(planned.values()),
        unplanned=sorted({*held.group} - planned.keys()),
        weeks={words: held.week_on(on, held.everybody, purse) for purse, words in PAYERS.items()},
    )


def _held_in(on: date, seen_by: User) -> tuple[Period, list[HeldPart], Columns, list[date]]:
    """A day's financial year, the budgets in it and before it, and the month-ends of which budgets are known."""
    year, ends = financial_year(on), month_ends(on)
    parts = all_held_parts(Period(min(ends[0], year.starts_on), year.ends_on), seen_by=seen_by)
    held = Columns(parts)
    return year, parts, held, [day for day in ends if held.people_on(day, held.everybody)]


def _line(
    held: Columns,
    known: Sequence[date],
    on: date,
    name: str,
    of: np.ndarray,
    payer: Purse = Purse.COUNCIL,
    budget: YearBudget | None = None,
) -> Line:
    """What the year comes to of some budgets for one payer."""
    year = financial_year(on)
    found = outturn(
        until_today_pence=held.cost(Period(year.starts_on, on), of, payer),
        if_nothing_changes_pence=held.cost(year, of, payer),
        week_pence=held.week_on(on, of, payer),
        weeks_past=[held.week_on(day, of, payer) for day in known],
        days=[month.days for month in months_to_come(on, year)],
    )
    return Line(name, held.people_on(on, of), budget, found)


def books(*, seen_by: User, on: date) -> Books:
    """What this financial year comes to of every budget, until a day and to its end; what was planned beside it."""
    year, parts, held, known = _held_in(on, seen_by)
    planned = {each.client_group: each for each in year_budgets(year, seen_by=seen_by)}

    def line(name: str, of: np.ndarray, payer: Purse = Purse.COUNCIL, budget: YearBudget | None = None) -> Line:
        return _line(held, known, on, name, of, payer, budget)

    groups = sorted({*held.group, *planned})
    return Books(
        year=year,
        today=on,
        whole=line("Together", held.everybody),
        groups=[line(group, held.group == group, budget=planned.get(group)) for group in groups],
        ways=[line(way.short, held.way == way.value) for way in Way if (held.way == way.value).any()],
        payers=[line(words, held.weeks[purse] > 0, purse) for purse, words in PAYERS.items()],
        funders=_by_funder(ByPayer.of(parts, held, _shared(parts)), year, on, known),
        months_known=len(known),
    )


def _shared(parts: Sequence[HeldPart]) -> dict[UUID, list[PaysWeekly]]:
    return weekly_of_parts({part.part: weeks_of(part) for part in parts})


def _by_funder(cut: ByPayer, year: Period, on: date, known: Sequence[date]) -> dict[str, list[Line]]:
    """The year by who pays, under whose share it is: what is named first. What a funder pays ends with its last day."""
    named = [each for each in cut.payers if each != THEMSELVES[each.purse]]
    funders = Funder.objects.in_bulk([each.funder_id for each in named])
    months = months_to_come(on, year)
    until_today, whole = cut.costs(Period(year.starts_on, on)), cut.costs(year)
    weeks, people = [cut.weeks_on(day) for day in [*known, on]], cut.people_on(on)
    to_come = [cut.day_weeks(month, on) for month in months]

    def line(payer: Payer) -> Line:
        funder = None if payer == THEMSELVES[payer.purse] else funders[payer.funder_id]
        last = funder.ends_on if funder and funder.ends_on else year.ends_on
        found = outturn(
            until_today_pence=until_today[payer],
            if_nothing_changes_pence=whole[payer],
            week_pence=weeks[-1][payer],
            weeks_past=[each[payer] for each in weeks[:-1]],
            days=[max((min(month.ends_on, last) - month.starts_on).days + 1, 0) for month in months],
            day_weeks=[each[payer] for each in to_come],
        )
        name = f"{funder.name} ({funder.code})" if funder else UNSHARED[payer.purse]
        return Line(name, people[payer], None, found)

    named.sort(key=lambda each: str(funders[each.funder_id]))
    paying = [each for each in [*named, *THEMSELVES.values()] if whole.get(each) or weeks[-1].get(each)]
    return {words: [line(each) for each in paying if each.purse == purse] for purse, words in PAYERS.items()}


def year_budgets(year: Period, *, seen_by: User) -> list[YearBudget]:
    """What is planned for each client group in a year: the last amount that was set."""
    check_can(seen_by, Capability.SEE_BOOKS)
    found = YearBudget.objects.filter(starts_on=year.starts_on).order_by("client_group", "-number")
    return list(found.distinct("client_group").select_related("set_by"))


def set_before(year: Period, group: str, *, seen_by: User) -> QuerySet[YearBudget]:
    """Every amount that was set for a client group in a year, the last first."""
    check_can(seen_by, Capability.SEE_BOOKS)
    found = YearBudget.objects.filter(starts_on=year.starts_on, client_group=group)
    return found.order_by("-number").select_related("set_by")


def month_ends_taken(*, seen_by: User) -> QuerySet[MonthEnd]:
    """The month-ends that were taken, the latest first."""
    check_can(seen_by, Capability.SEE_BOOKS)
    return MonthEnd.objects.select_related("made_by")


def get_month_end(month_end_id: UUID, *, seen_by: User) -> MonthEnd:
    """One month-end that was taken."""
    found = month_ends_taken(seen_by=seen_by).filter(pk=month_end_id).first()
    if found is None:
        raise Http404("There is no such month-end.")
    return found


def by_kind(month_end: MonthEnd) -> list[dict[str, Any]]:
    """What stood open by what it is, each with its lines, in the order of the kinds."""
    found = []
    for kind in Stands:
        lines = [line for line in month_end.lines if line["kind"] == kind]
        if lines:
            found.append({"kind": kind, "pence": sum(line["pence"] for line in lines), "lines": lines})
    return found


def journals(*, seen_by: User) -> QuerySet[Journal]:
    """The journals that were made, the latest first."""
    check_can(seen_by, Capability.SEE_BOOKS)
    return Journal.objects.select_related("made_by")


def get_journal(journal_id: UUID, *, seen_by: User) -> Journal:
    """One journal that was made."""
    found = journals(seen_by=seen_by).filter(pk=journal_id).first()
    if found is None:
        raise Http404("There is no such journal.")
    return found


def finance_returns(*, seen_by: User) -> QuerySet[FinanceReturn]:
    """The finance returns that were made, the latest first."""
    check_can(seen_by, Capability.SEE_BOOKS)
    return FinanceReturn.objects.select_related("made_by")


def get_finance_return(return_id: UUID, *, seen_by: User) -> FinanceReturn:
    """One finance return that was made."""
    found = finance_returns(seen_by=seen_by).filter(pk=return_id).first()
    if found is None:
        raise Http404("There is no such return.")
    return found


def jobs_of_books() -> QuerySet[Job]:
    """The jobs that write the books."""
    return jobs_of_kind(MONTH_END) | jobs_of_kind(JOURNAL) | jobs_of_kind(FINANCE_RETURN)


def how_many() -> int:
    """About how much there is to look at for a month-end, a journal or a return: instalments so far."""
    return Instalment.objects.count()
