"""A manager's page of their team: how long people wait, who has how many cases, and what budgets commit it to."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from leeway.access.access import SignedIn
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.care.people.access import LEADER, cases_of
from leeway.care.people.models import Case
from leeway.care.people.states import Stage
from leeway.care.planning.models import Way
from leeway.care.planning.waiting import Wait, left_without
from leeway.care.review.queries import COMING
from leeway.care.review.workload import Workload, workloads
from leeway.money.budgets.committed import HeldPart, council_pence_per_week, held_parts, to_set_up
from leeway.money.payments.paid_out import paid_out
from leeway.period import Period, financial_year
from leeway.site.first_payments import A_YEAR
from leeway.site.team_waits import KINDS, LONG, figures

ROWS_A_PAGE = 50
DAY = timedelta(days=1)
#: How the list of workers can be sorted.
WORKERS_SORTED: dict[str, Callable[[Workload], tuple]] = {
    "name": lambda one: (one.worker is None, one.worker.name if one.worker else ""),
    "cases": lambda one: (-one.cases,),
    "late": lambda one: (-one.late, -one.coming),
}
#: How the list of budgets can be sorted.
BUDGETS_SORTED: dict[str, Callable[[tuple[Case, HeldPart]], tuple]] = {
    "name": lambda row: (row[0].person.family_name, row[0].person.given_name),
    "council": lambda row: (-row[1].council_pence_per_week,),
    "start": lambda row: (row[1].starts_on,),
}


@dataclass(frozen=True)
class Days:
    """The days that figures of money are of: today and two before it, and this financial year beside the last."""

    today: date

    @property
    def month_ago(self) -> date:
        """The last day of the month before."""
        return self.today.replace(day=1) - DAY

    @property
    def year_ago(self) -> date:
        """The same day a year before; of 29 February, the 28th."""
        leap = (self.today.month, self.today.day) == (2, 29)
        return self.today.replace(year=self.today.year - 1, day=28 if leap else self.today.day)

    @property
    def year(self) -> Period:
        """This financial year."""
        return financial_year(self.today)

    @property
    def so_far(self) -> Period:
        """This financial year until today."""
        return Period(self.year.starts_on, self.today)

    @property
    def last_year(self) -> Period:
        """The financial year before."""
        return financial_year(self.year.starts_on - DAY)

    @property
    def last_so_far(self) -> Period:
        """The financial year before until the same day."""
        return Period(self.last_year.starts_on, self.year_ago)


@dataclass(frozen=True)
class Committed:
    """What the council pays of some parts of budgets: by the week, over the year, and what of it was paid out."""

    name: str
    key: str
    budgets: int
    week: int
    week_month_ago: int
    week_year_ago: int
    until_today: int
    whole_year: int
    last_year: int
    paid: int
    paid_last_year: int

    @property
    def still_to_come(self) -> int:
        """What the days after today cost, to the end of the financial year, if nothing changes."""
        return self.whole_year - self.until_today


@require_GET
def show(request: SignedIn):
    """How the manager's team stands."""
    user, days = request.user, Days(timezone.localdate())
    still = {what: kind.still(days.today, user, user.team) for what, kind in KINDS.items()}
    over = {what: kind.had_in_a_year(days.today, user, user.team) for what, kind in KINDS.items() if kind.had}
    loads = workloads(seen_by=user, on=days.today, ahead=days.today + COMING)
    sort = request.GET.get("sort", "")
    context = {
        "team": user.team,
        "days": days,
        "kinds": KINDS,
        "still": {what: figures(waits) for what, waits in still.items()},
        "over": {what: figures(waits) for what, waits in over.items()},
        "left": len(left_without(since=days.today - A_YEAR, until=days.today, seen_by=user, team=user.team)),
        "long": LONG,
        "loads": sorted(loads, key=WORKERS_SORTED.get(sort, WORKERS_SORTED["name"])),
        "sort": sort if sort in WORKERS_SORTED else "name",
        "stages": [stage for stage in Stage if any(one.stages.get(stage) for one in loads)],
        "longest": _longest(user, [each for what, waits in still.items() if what != "review" for each in waits]),
        **_money(user, days),
    }
    return render(request, "site/team.jinja", context)


def _longest(user: User, waits: Iterable[Wait]) -> dict[int | None, tuple[Case, int]]:
    """By worker, the case that has waited longest for an assessment, a plan or a first payment, with its days."""
    first: dict[int | None, Wait] = {}
    for each in waits:
        if each.worker not in first or each.days > first[each.worker].days:
            first[each.worker] = each
    cases = cases_of(user, [LEADER]).select_related("person").in_bulk([each.case for each in first.values()])
    record_looks(
        viewer=user, person_ids=[case.person_id for case in cases.values()], page="Who of the team waits longest"
    )
    return {worker: (cases[each.case], each.days) for worker, each in first.items() if each.case in cases}


def _money(user: User, days: Days) -> dict:
    """What the team's budgets commit the council to, by how they are held and by client group."""
    parts = held_parts(Period(days.last_year.starts_on, days.year.ends_on), seen_by=user)
    paid = paid_out(days.so_far, seen_by=user), paid_out(days.last_so_far, seen_by=user)
    ways = {way.value: way.short for way in Way}
    groups = {name: name for name in sorted({part.client_group for part in parts})}
    waiting = to_set_up(seen_by=user)
    now = [part for part in parts if part.holds_on(days.today)]
    return {
        "tables": {
            "way": ("How it is held", _rows(ways, parts, lambda part: part.way, _by(paid, 0), days)),
            "group": ("Client group", _rows(groups, parts, lambda part: part.client_group, _by(paid, 1), days)),
        },
        "all": _committed("Together", "", parts, sum(paid[0].values()), sum(paid[1].values()), days),
        "payers": {
            "The council": council_pence_per_week(now, days.today),
            "People themselves": sum(part.person_pence_per_week for part in now),
            "The NHS": sum(part.nhs_pence_per_week for part in now),
        },
        "to_set_up": {"plans": len(waiting), "pence": sum(waiting)},
    }


def _by(paid: Sequence[Counter[tuple[str, str]]], place: int) -> list[Counter[str]]:
    """What was paid out in both years, by way of holding (0) or client group (1) alone."""
    found = []
    for one in paid:
        total: Counter[str] = Counter()
        for key, pence in one.items():
            total[key[place]] += pence
        found.append(total)
    return found


def _rows(
    names: dict[str, str],
    parts: Sequence[HeldPart],
    key_of: Callable[[HeldPart], str],
    paid: Sequence[Counter[str]],
    days: Days,
) -> list[Committed]:
    rows = [
        _committed(name, key, [part for part in parts if key_of(part) == key], paid[0][key], paid[1][key], days)
        for key, name in names.items()
    ]
    return [row for row in rows if row.whole_year or row.last_year or row.budgets or row.paid or row.paid_last_year]


def _committed(name: str, key: str, parts: Sequence[HeldPart], paid: int, paid_last_year: int, days: Days) -> Committed:
    return Committed(
        name=name,
        key=key,
        budgets=len({part.case for part in parts if part.holds_on(days.today)}),
        week=council_pence_per_week(parts, days.today),
        week_month_ago=council_pence_per_week(parts, days.month_ago),
        week_year_ago=council_pence_per_week(parts, days.year_ago),
        until_today=sum(part.council_pence(days.so_far) for part in parts),
        whole_year=sum(part.council_pence(days.year) for part in parts),
        last_year=sum(part.council_pence(days.last_year) for part in parts),
        paid=paid,
        paid_last_year=paid_last_year,
    )


@require_GET
def budgets(request: SignedIn):
    """The budgets in force today behind a figure: of one way of holding, of one client group, or all."""
    user, today = request.user, timezone.localdate()
    way, group, sort = (request.GET.get(name, "") for name in ("way", "group", "sort"))
    parts = [
        part
        for part in held_parts(Period(today, today), seen_by=user)
        if way in ("", part.way) and group in ("", part.client_group)
    ]
    cases = cases_of(user, [LEADER]).select_related("person").in_bulk([part.case for part in parts])
    rows = sorted(((cases[part.case], part) for part in parts), key=BUDGETS_SORTED.get(sort, BUDGETS_SORTED["name"]))
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    people = [case.person_id for case, _ in page.object_list]
    record_looks(viewer=user, person_ids=people, page="Budgets of the team")
    context = {
        "team": user.team,
        "today": today,
        "way": way,
        "ways": {each.value: each.short for each in Way},
        "group": group,
        "sort": sort if sort in BUDGETS_SORTED else "name",
        "page": page,
        "together": council_pence_per_week(parts, today),
    }
    return render(request, "site/team_budgets.jinja", context)
