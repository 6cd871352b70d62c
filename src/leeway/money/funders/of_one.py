"""One funder's page: what it pays now, and what it paid by financial year, client group and way of holding."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, F, Q

from leeway.access.access import check_can
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.models import Case
from leeway.care.planning.models import PlanLine, Way
from leeway.care.planning.waiting import client_group
from leeway.money.budgets.models import Budget
from leeway.money.funders.attributing import Attributed
from leeway.money.funders.models import COUNCIL, Funder, Sharing
from leeway.money.funders.queries import attributed_in, get_funder, weekly_rows
from leeway.period import Period, financial_year
from leeway.small_numbers import hidden_parts

#: So many of the last financial years are told by client group and way of holding.
YEARS_CUT = 2


@dataclass(frozen=True, slots=True)
class Paid:
    """What was paid for some people's days, and for how many people."""

    pence: int
    people: int


@dataclass(frozen=True)
class FunderYear:
    """What a funder paid for the days of one financial year, beside the people with a budget when it ended."""

    year: Period
    paid: Paid
    budgets: int
    direct_payments: int


@dataclass(frozen=True)
class Cut:
    """The last years of a funder cut one way: each group with what was paid for it in each, none where it is hidden."""

    years: list[FunderYear]
    groups: Mapping[str, list[Paid | None]]


@dataclass(frozen=True)
class FunderPage:
    """One funder: what it pays a week now, for how many, and what it paid in each year; whose lines, where shown."""

    funder: Funder
    pence_per_week: int
    people: int
    rows: list[tuple[Case, PlanLine, int]]
    years: list[FunderYear]
    cuts: Mapping[str, Cut]
    names: bool


def funder_page(funder_id: UUID, *, seen_by: User, on: date) -> FunderPage:
    """What a funder pays now, and what it paid by year; for finance by case and line, and whose they are is looked at.

    Who sees the council in sums is shown nobody's line.
    """
    check_can(seen_by, Capability.SEE_FUNDERS)
    funder, names = get_funder(funder_id), seen_by.can(Capability.PAY)
    if funder.pk == COUNCIL:
        return FunderPage(funder, 0, 0, [], [], {}, names)
    rows = weekly_rows(on, funder)
    years, cuts = _years_of(funder, on, whole=names)
    return FunderPage(
        funder=funder,
        pence_per_week=sum(row.pence for row in rows),
        people=len({row.case_id for row in rows}),
        rows=_named(rows, funder, seen_by) if names else [],
        years=years,
        cuts=cuts,
        names=names,
    )


def _named(rows: Sequence[Attributed], funder: Funder, seen_by: User) -> list[tuple[Case, PlanLine, int]]:
    """What a funder pays by case and line, by name: whose they are counts as looked at."""
    lines = PlanLine.objects.select_related("plan__case__person").in_bulk([row.line_id for row in rows])
    found = [(lines[row.line_id].plan.case, lines[row.line_id], row.pence) for row in rows]
    found.sort(key=lambda each: (str(each[0].person), each[1].what))
    record_looks(viewer=seen_by, person_ids=[case.person_id for case, _, _ in found], page=f"Funder {funder.code}")
    return found


def _years_of(funder: Funder, on: date, *, whole: bool) -> tuple[list[FunderYear], dict[str, Cut]]:
    """What a funder paid by financial year, from the first day that a line names it to the end of this year."""
    sharings = Sharing.objects.filter(portions__funder=funder).exclude(ends_on__lt=F("starts_on"))
    told = "starts_on", "line__plan__case", "line", "line__plan__case__support_reason", "line__way"
    named = list(sharings.order_by().values_list(*told))
    if not named or (year := financial_year(min(day for day, *_ in named))).starts_on > on:
        return [], {}
    years = [year]
    while years[-1].ends_on < on:
        years.append(financial_year(years[-1].ends_on + timedelta(days=1)))
    spans = [(each.starts_on, each.ends_on) for each in years]
    counted = _take_up([min(each.ends_on, on) for each in years])
    by_year = [
        [row for row in rows if row.funder_id == funder.pk]
        for rows in attributed_in(spans, cases={case for _, case, *_ in named})
    ]
    found = [FunderYear(year, _paid(rows), *counts) for year, rows, counts in zip(years, by_year, counted, strict=True)]
    names = {
        "Client group": {line: client_group(reason) for _, _, line, reason, _ in named},
        "How the budget is held": {line: Way(way).short for *_, line, _, way in named},
    }
    rows = by_year[-YEARS_CUT:]
    return found, {head: Cut(found[-YEARS_CUT:], _grouped(rows, of, whole=whole)) for head, of in names.items()}


def _grouped(
    by_year: Sequence[Sequence[Attributed]], name_of: Mapping[UUID, str], *, whole: bool
) -> dict[str, list[Paid | None]]:
    """What each group was paid in each year: whole, or without small numbers."""
    names = sorted({name_of[row.line_id] for rows in by_year for row in rows})
    found: dict[str, list[Paid | None]] = {name: [] for name in names}
    for rows in by_year:
        of_name = defaultdict(list)
        for row in rows:
            of_name[name_of[row.line_id]].append(row)
        paid = [_paid(of_name[name]) for name in names]
        hidden = set() if whole else hidden_parts([each.people for each in paid])
        for place, name in enumerate(names):
            found[name].append(None if place in hidden else paid[place])
    return found


def _paid(rows: Iterable[Attributed]) -> Paid:
    every = list(rows)
    return Paid(sum(row.pence for row in every), len({row.case_id for row in every}))


def _take_up(days: Sequence[date]) -> list[tuple[int, int]]:
    """How many people had a budget on each day, and how many of them a direct payment."""
    asked = {}
    for place, day in enumerate(days):
        runs = Q(starts_on__lte=day) & (Q(ending=None) | Q(ending__ends_on__gte=day))
        asked[f"budgets_{place}"] = Count("case__person", distinct=True, filter=runs)
        direct = runs & Q(parts__way=Way.DIRECT_PAYMENT)
        asked[f"direct_{place}"] = Count("case__person", distinct=True, filter=direct)
    counted = Budget.objects.order_by().aggregate(**asked)
    return [(counted[f"budgets_{place}"], counted[f"direct_{place}"]) for place in range(len(days))]
