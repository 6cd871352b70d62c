"""Matching visits to agreed lines: those that just came in, or all of a provider's that nobody settled yet."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import polars as pl
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import TruncWeek

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.locks import lock_cases
from leeway.care.people.models import Case
from leeway.care.planning.models import PlanLine
from leeway.law import law_on
from leeway.law.numbers import pounds
from leeway.law.visits import Tolerances
from leeway.market.listings.models import Provider
from leeway.market.units import Unit
from leeway.money.invoices.actions.charging import charge_as_delivered
from leeway.money.invoices.bought import Prices, agreed_a_week, bought_from, lines_of
from leeway.money.invoices.comparing import in_words
from leeway.money.invoices.kinds import Because, Happened, Result
from leeway.money.invoices.matching import BEFORE, KNOWN, LINES, VISITS, match
from leeway.money.invoices.models import Agreement, Allocation, Visit

AT_ONCE = 1_000
WEEK = timedelta(days=6)
WRITTEN = ["result", "because", "why", "case", "line", "funding", "rate_pence", "minutes_paid", "due_pence"]


@transaction.atomic
def match_visits(*, provider: Provider, by: User, on: date) -> Counter[str]:
    """Match all visits of a provider again that nobody settled and no agreed invoice bills; how many by result.

    After a plan was agreed, a price recorded, or somebody said whose number is whose.
    """
    check_can(by, Capability.SETTLE_INVOICES)
    lock_cases(Case.objects.filter(plans__lines__in=lines_of(provider).order_by().values("pk")))
    agreed = Agreement.objects.filter(line__visit=OuterRef("pk"))
    free = Allocation.objects.filter(~Exists(agreed), visit__provider=provider, settled_on=None)
    free = free.exclude(result=Result.TAKEN_BACK)
    rows = list(free.select_for_update(no_key=True, of=("self",)).select_related("visit").order_by("pk"))
    visits = sorted((row.visit for row in rows), key=lambda visit: (visit.day, visit.row or 0, str(visit.pk)))
    made = {each.visit_id: each for each in allocations_of(visits)}
    Allocation.objects.bulk_update(made.values(), WRITTEN, batch_size=AT_ONCE)
    charge_as_delivered({case for row in (*rows, *made.values()) if (case := row.case_id)}, on)
    return Counter(each.result for each in made.values())


@transaction.atomic
def match_everybodys(*, by: User, on: date) -> int:
    """Match the visits of every provider that has some which fit no line; how many do not after it."""
    check_can(by, Capability.SETTLE_INVOICES)
    waiting = Allocation.objects.filter(result=Result.UNALLOCATED, settled_on=None)
    providers = Provider.objects.filter(pk__in=waiting.values("visit__provider")).order_by("pk")
    return sum(match_visits(provider=each, by=by, on=on)[Result.UNALLOCATED] for each in providers)


def allocations_of(visits: Sequence[Visit]) -> list[Allocation]:
    """What each of some visits of one provider is matched to. Nothing is written; whoever calls has asked who may."""
    if not visits:
        return []
    provider = visits[0].provider
    first, last = min(visit.day for visit in visits), max(visit.day for visit in visits)
    law = law_on(last, settings.COUNCIL_POLICY)
    lines = list(lines_of(provider))
    found = match(
        pl.DataFrame([_facts(visit) for visit in visits], schema=VISITS, orient="row"),
        lines_frame(provider, lines, first, last),
        _known(provider),
        _before(lines, first, last, {visit.pk for visit in visits}),
        Tolerances.of(law),
    )
    by_id = {str(visit.pk): visit for visit in visits}
    return [_allocation(by_id[row["visit"]], row) for row in found.iter_rows(named=True)]


def lines_frame(provider: Provider, lines: Iterable[PlanLine], first: date, last: date) -> pl.DataFrame:
    """What was agreed with a provider for the days between two, a row for each stretch of one funding and price.

    Whoever bought from it on other days alone stands there with no days, so that it is known who is meant.
    """
    prices, rows, there = Prices(lines), [], set()
    for each in bought_from(provider, first, last):
        there.add(each.line.plan.case_id)
        for start, end, pence in prices.stretches(each.line, each.starts_on, each.ends_on):
            rows.append((*_person(each.line), str(each.funding.pk), start, end, *agreed_a_week(each.line), pence))
    for line in lines:
        if line.plan.case_id not in there:
            there.add(line.plan.case_id)
            rows.append((*_person(line), "", None, None, *agreed_a_week(line), line.unit_cost_pence))
    columns = (
        "line", "case", "nhs_number", "name", "date_of_birth", "line_what", "service", "funding", "starts_on",
        "ends_on", "unit", "agreed_minutes", "agreed_times", "rate_pence",
    )  # fmt: skip
    return pl.DataFrame(rows, schema={name: LINES[name] for name in columns}, orient="row")


def _facts(visit: Visit) -> tuple[Any, ...]:
    return (
        str(visit.pk), visit.nhs_number, visit.person_reference, visit.name, visit.date_of_birth, visit.what,
        visit.day, visit.starts_at, visit.planned_minutes, visit.minutes, str(visit.happened),
    )  # fmt: skip


def _person(line: PlanLine) -> tuple[Any, ...]:
    person = line.plan.case.person
    service = line.service.name if line.service else ""
    name = f"{person.given_name} {person.family_name}"
    return (
        str(line.pk), str(line.plan.case_id), person.nhs_number or "", name, person.date_of_birth, line.what, service,
    )  # fmt: skip


def _known(provider: Provider) -> pl.DataFrame:
    """The provider's numbers of people, as the visits show them that are matched by what else they say, or by hand."""
    told = Allocation.objects.filter(visit__provider=provider, result=Result.MATCHED).exclude(
        visit__person_reference=""
    )
    rows = told.order_by().values_list("visit__person_reference", "case").distinct()
    return pl.DataFrame([(number, str(case)) for number, case in rows], schema=KNOWN, orient="row")


def _before(lines: Collection[PlanLine], first: date, last: date, but: Collection[UUID]) -> pl.DataFrame:
    """What is matched of these lines already in the weeks of some days, but for the visits that are matched now."""
    matched = Allocation.objects.filter(
        line__in=lines, result=Result.MATCHED, visit__day__gte=first - WEEK, visit__day__lte=last + WEEK
    )
    minutes: defaultdict[tuple[str, date], list[int]] = defaultdict(lambda: [0, 0])
    for visit, line, week, paid in matched.annotate(week=TruncWeek("visit__day")).values_list(
        "visit", "line", "week", "minutes_paid"
    ):
        if visit not in but:
            minutes[str(line), week][0] += paid
            minutes[str(line), week][1] += 1
    return pl.DataFrame([(*key, *sums) for key, sums in minutes.items()], schema=BEFORE, orient="row")


def _allocation(visit: Visit, row: dict[str, Any]) -> Allocation:
    matched = row["result"] == Result.MATCHED
    return Allocation(
        visit=visit,
        result=row["result"],
        because=row["because"],
        why=_why(visit, row),
        case_id=row["case"],
        line_id=row["line"] if matched else None,
        funding_id=row["funding"] if matched else None,
        rate_pence=row["rate_pence"] if matched else None,
        minutes_paid=row["minutes_paid"],
        due_pence=row["due_pence"],
    )


def _why(visit: Visit, row: dict[str, Any]) -> str:
    """Why a visit is where it is, in a sentence."""
    because, day = Because(row["because"]), in_words(visit.day)
    if because == Because.FITS:
        price = f"{pounds(row['rate_pence'])} {Unit(row['unit']).with_article}"
        return f"{_length(visit, row['minutes_paid'])} {price}: {pounds(row['due_pence'])}."
    return {
        Because.NOT_GIVEN: f"{Happened(visit.happened).label}: nothing is due, and nobody is charged for it.",
        Because.NOBODY: "Nobody who has support from this provider is named so. Say whose visit it was.",
        Because.SEVERAL_PEOPLE: "Several people who have support from this provider are named so. Say whose it was.",
        Because.NO_LINE: f"Nothing was agreed with this provider for {day} and this person.",
        Because.SEVERAL_LINES: "Several agreed lines may be meant. Say which.",
        Because.NO_LENGTH: "How long somebody was there is not said, and the plan does not stand for it.",
        Because.NOT_BY_THE_VISIT: "Its line is not priced by the visit. Say what is due for it.",
        Because.MORE_THAN_AGREED: f"With the visits before it in its week, it is more than the {_limit(row)} that were "
        "agreed. Say whether it is due, or nothing is.",
        Because.UNPLANNED: "It was not planned. Say whether it is due, or nothing is.",
    }[because]


def _limit(row: dict[str, Any]) -> str:
    return f"{row['agreed_minutes']} minutes" if row["unit"] == Unit.HOUR else f"{row['agreed_times']} times"


def _length(visit: Visit, paid: int) -> str:
    if visit.happened == Happened.CANCELLED_LATE:
        return f"Cancelled late: {paid} of {visit.planned_minutes} planned minutes are paid for, at"
    if visit.planned_minutes is None or visit.planned_minutes == visit.minutes:
        return f"{visit.minutes} minutes at"
    if paid == visit.planned_minutes:
        return f"{visit.minutes} minutes, within the tolerance of {paid} that were planned, at"
    length = f"{paid} minutes" if paid == visit.minutes else f"{paid} of {visit.minutes} minutes"
    return f"{length}, where {visit.planned_minutes} were planned, at"
