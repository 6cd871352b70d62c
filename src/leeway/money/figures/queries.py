"""Reading the council's books in sums. Nobody is named in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
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
from leeway.law.numbers import ceil_div
from leeway.money.budgets.committed import HeldPart, all_held_parts
from leeway.money.budgets.models import Instalment
from leeway.money.budgets.schedule import DAYS_A_WEEK
from leeway.money.figures.models import FinanceReturn, Journal, MonthEnd, YearBudget
from leeway.money.figures.month_end import Stands
from leeway.money.figures.outturn import Outturn, month_ends, outturn, stretches_to_come
from leeway.period import Period, financial_year

#: The kinds of job that write the books. One is done at a time.
MONTH_END, JOURNAL, FINANCE_RETURN = "take_month_end", "make_journal", "make_finance_return"
#: Longer than any budget runs.
LAST_DAY = date(9999, 12, 31)
#: Who pays, by the name of the amount of a part.
PAYERS = {"council": "The council", "nhs": "The NHS", "person": "People themselves"}


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
    """A financial year until a day, and what it is likely to come to: by client group, way of holding and payer."""

    year: Period
    today: date
    whole: Line
    groups: list[Line]
    ways: list[Line]
    payers: list[Line]
    months_known: int


class Columns:
    """Parts of budgets as columns: from which day to which, and what a week costs whom."""

    def __init__(self, parts: Sequence[HeldPart]) -> None:
        self.case = np.array([str(part.case) for part in parts], dtype=object)
        self.way = np.array([part.way for part in parts], dtype=object)
        self.group = np.array([part.client_group for part in parts], dtype=object)
        self.first = np.array([part.starts_on.toordinal() for part in parts], dtype=np.int64)
        self.last = np.array([(part.ends_on or LAST_DAY).toordinal() for part in parts], dtype=np.int64)
        self.weeks = {
            "council": np.array([part.council_pence_per_week for part in parts], dtype=np.int64),
            "nhs": np.array([part.nhs_pence_per_week for part in parts], dtype=np.int64),
            "person": np.array([part.person_pence_per_week for part in parts], dtype=np.int64),
        }

    @cached_property
    def everybody(self) -> np.ndarray:
        """All of them."""
        return np.ones(len(self.first), dtype=bool)

    def week_on(self, day: date, of: np.ndarray, payer: str) -> int:
        """What a week costs a payer of those that hold on a day."""
        number = day.toordinal()
        return int(self.weeks[payer][of & (self.first <= number) & (number <= self.last)].sum())

    def cost(self, over: Period, of: np.ndarray, payer: str) -> int:
        """What the days of a period cost a payer: a seventh of a week each, part of a penny as a whole one."""
        first = np.maximum(self.first[of], over.starts_on.toordinal())
        days = np.maximum(np.minimum(self.last[of], over.ends_on.toordinal()) - first + 1, 0)
        return int(ceil_div(self.weeks[payer][of] * days, DAYS_A_WEEK).sum())

    def people_on(self, day: date, of: np.ndarray) -> int:
        """How many cases hold one on a day."""
        number = day.toordinal()
        return len(set(self.case[of & (self.first <= number) & (number <= self.last)]))


def books(*, seen_by: User, on: date) -> Books:
    """What this financial year comes to of every budget, until a day and to its end; what was planned beside it."""
    check_can(seen_by, Capability.SEE_BOOKS)
    year, ends = financial_year(on), month_ends(on)
    held = Columns(all_held_parts(Period(min(ends[0], year.starts_on), year.ends_on), seen_by=seen_by))
    known = [day for day in ends if held.people_on(day, held.everybody)]
    planned = {each.client_group: each for each in year_budgets(year, seen_by=seen_by)}

    def line(name: str, of: np.ndarray, payer: str = "council", budget: YearBudget | None = None) -> Line:
        so_far = Period(year.starts_on, on)
        until_today = held.cost(so_far, of, payer)
        found = outturn(
            until_today_pence=until_today,
            if_nothing_changes_pence=held.cost(year, of, payer),
            week_pence=held.week_on(on, of, payer),
            weeks_past=[held.week_on(day, of, payer) for day in known],
            days=stretches_to_come(on, year),
        )
        return Line(name, held.people_on(on, of), budget, found)

    groups = sorted({*held.group, *planned})
    return Books(
        year=year,
        today=on,
        whole=line("Together", held.everybody),
        groups=[line(group, held.group == group, budget=planned.get(group)) for group in groups],
        ways=[line(way.short, held.way == way.value) for way in Way if (held.way == way.value).any()],
        payers=[line(words, held.everybody, payer) for payer, words in PAYERS.items()],
        months_known=len(known),
    )


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
