"""How long a team's people wait, and for what: by group, beside other teams, and each case behind the figures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from leeway.access.access import SignedIn
from leeway.access.looks import record_looks
from leeway.access.models import Team, User
from leeway.care.people.access import LEADER, cases_of
from leeway.care.people.models import Case
from leeway.care.planning.waiting import Awaited, Wait, still_waiting, waited
from leeway.care.review.workload import late_reviews
from leeway.money.payments.waiting import first_payments, middle_days, unpaid_still
from leeway.site.first_payments import A_YEAR, breakdown
from leeway.small_numbers import LEAST

ROWS_A_PAGE = 50
#: A wait of more days than this is told apart: national counts of waiting lists ask for half a year.
LONG = 182


@dataclass(frozen=True)
class Figures:
    """Some waits: how many, the middle one, the longest (both in days), and how many are of over half a year."""

    people: int
    middle: int | None
    longest: int | None
    long: int


@dataclass(frozen=True)
class Kind:
    """One thing that is waited for: its words, when it counts, who waits still, and who had it over some days."""

    name: str
    counted: str
    still: Callable[[date, User, Team | None], Sequence[Wait]]
    had: Callable[[date, date, User, Team | None], Sequence[Wait]] | None = None

    def had_in_a_year(self, until: date, user: User, team: Team | None) -> Sequence[Wait]:
        """The waits that were over in the year until a day; none where the end of this one is not counted."""
        return self.had(until - A_YEAR, until, user, team) if self.had else []


KINDS = {
    "assessment": Kind(
        "From asking for help to the assessment",
        "It is over when the first assessment is completed. Who waits: cases at “Request for help” or “Assessment” "
        "without one.",
        lambda on, user, team: still_waiting(Awaited.ASSESSMENT, on=on, seen_by=user, team=team),
        lambda since, until, user, team: waited(Awaited.ASSESSMENT, since=since, until=until, seen_by=user, team=team),
    ),
    "plan": Kind(
        "From asking for help to an agreed plan",
        "It is over when the first plan is agreed. Who waits: cases from planning to agreement with no plan in force; "
        "whoever waits for an assessment is not among them.",
        lambda on, user, team: still_waiting(Awaited.PLAN, on=on, seen_by=user, team=team),
        lambda since, until, user, team: waited(Awaited.PLAN, since=since, until=until, seen_by=user, team=team),
    ),
    "payment": Kind(
        "From asking for help to the first payment",
        "It is over on the day of the first payment that arrived; money on account counts. Who waits: open cases whose "
        "agreed plan has a direct payment or an individual service fund of which nothing has arrived. Managed accounts "
        "are paid by invoice, and have no first payment.",
        lambda on, user, team: unpaid_still(on=on, seen_by=user, team=team),
        lambda since, until, user, team: first_payments(since=since, until=until, seen_by=user, team=team),
    ),
    "review": Kind(
        "Late reviews, since the day on which they were due",
        "Counted from the day on which the review was due, where support is in place and it has not been held.",
        lambda on, user, team: late_reviews(on=on, seen_by=user, team=team),
    ),
}
#: How a list of cases can be sorted, the longest wait first unless somebody asks for another order.
SORTED: dict[str, Callable[[tuple[Case, int]], tuple]] = {
    "days": lambda row: (-row[1], str(row[0].person)),
    "name": lambda row: (row[0].person.family_name, row[0].person.given_name, -row[1]),
    "worker": lambda row: (row[0].worker.name if row[0].worker else "", -row[1]),
}


def figures(waits: Sequence[Wait]) -> Figures:
    """What there is to say of some waits."""
    days = [each.days for each in waits]
    return Figures(len(days), middle_days(waits), max(days, default=None), sum(each > LONG for each in days))


@require_GET
def show(request: SignedIn, what: str):
    """One thing that is waited for: the figures, by client group, beside other teams, and the cases behind each."""
    if what not in KINDS:
        raise Http404("Nobody counts how long people wait for that.")
    kind, user, today = KINDS[what], request.user, timezone.localdate()
    ended = request.GET.get("which") == "over" and kind.had is not None
    team = None if kind.had else user.team
    every = {"still": kind.still(today, user, team), "over": kind.had_in_a_year(today, user, team)}
    mine = {name: [each for each in waits if each.team == user.team_id] for name, waits in every.items()}
    shown = mine["over" if ended else "still"]
    group, sort = request.GET.get("group", ""), request.GET.get("sort", "")
    listed = [each for each in shown if each.client_group == group] if group else shown
    context = {
        "what": what,
        "kind": kind,
        "kinds": KINDS,
        "today": today,
        "team": user.team,
        "still": figures(mine["still"]),
        "over": figures(mine["over"]) if kind.had else None,
        "groups": _by_group(mine),
        "teams": _beside(every, user) if kind.had else [],
        "least": LEAST,
        "long": LONG,
        "ended": ended,
        "group": group,
        "sort": sort if sort in SORTED else "days",
        "page": _cases(request, listed, sort),
    }
    return render(request, "site/team_waits.jinja", context)


def _by_group(mine: dict[str, list[Wait]]) -> list[tuple[str, Figures, Figures]]:
    """Each client group of the team with who waits still, and who had it."""
    names = sorted({each.client_group for waits in mine.values() for each in waits})
    of_group = {
        name: [figures([each for each in waits if each.client_group == name]) for waits in mine.values()]
        for name in names
    }
    return [(name, still, over) for name, (still, over) in of_group.items()]


def _beside(every: dict[str, Sequence[Wait]], user: User) -> list[dict]:
    """Other teams, in numbers that tell of nobody: groups of few hidden, the others rounded."""
    teams = Team.objects.order_by("name").values_list("pk", "name")
    names = {pk: name for pk, name in teams if pk != user.team_id}
    others = {what: [each for each in waits if each.team in names] for what, waits in every.items()}
    found = {
        what: {row.group: row for row in breakdown(waits, lambda one: str(one.team))} for what, waits in others.items()
    }
    return [
        {"name": name, "still": found["still"].get(str(pk)), "over": found["over"].get(str(pk))}
        for pk, name in names.items()
    ]


def _cases(request: SignedIn, listed: Sequence[Wait], sort: str):
    """The cases of some waits with their days, sorted, a page of them; who is named counts as looked at."""
    days = {each.case: each.days for each in listed}
    cases = cases_of(request.user, [LEADER]).filter(pk__in=list(days)).select_related("person", "worker", "cared_for")
    rows = sorted(((case, days[case.pk]) for case in cases), key=SORTED.get(sort, SORTED["days"]))
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    people = [case.person_id for case, _ in page.object_list]
    record_looks(viewer=request.user, person_ids=people, page="How long people of the team wait")
    return page
