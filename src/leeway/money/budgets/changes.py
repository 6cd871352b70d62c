"""Why budgets changed: each that took another's place, split into need, price, policy, charge and other payers.

A change is there where one budget ran until another of the same case took its place: under a new plan, or under the
same at another charge. Who began and who ended is no change of a budget, and is not among them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

from leeway.access.access import check_can
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.models import Person
from leeway.care.planning.line_changes import is_bought
from leeway.care.planning.models import PlanLine, Way
from leeway.care.planning.waiting import client_group
from leeway.law.changes import CAUSES, Agreed, Bought, Causes, in_words, split_change, together
from leeway.law.numbers import floor_div
from leeway.market.weeks import TIMES_A_WEEK
from leeway.money.budgets.models import Budget, Part
from leeway.period import Period

AGE_BANDS = ((18, "18 to 64"), (65, "65 to 84"), (85, "85 and over"))
MIXED, NOT_KNOWN = "A mix of ways", "Not known"


@dataclass(frozen=True, slots=True)
class BudgetChange:
    """One change of one budget: from which day, whose, and why the council pays another amount a week."""

    budget: UUID
    case: UUID
    person: UUID
    on: date
    same_plan: bool
    client_group: str
    age_band: str
    way: str
    causes: Causes
    estimate_moved: int | None
    """How the estimate of the assessment moved beside the one before, pence a week; None where one was not made."""

    @property
    def pence(self) -> int:
        """What the council pays more a week."""
        return self.causes.total

    @property
    def main_cause_of_less(self) -> str:
        """What took the most from it."""
        return min(self.causes.by_cause(), key=lambda part: part[1])[0]

    @property
    def less_without_less_need(self) -> bool:
        """Whether less support is planned although the estimate of the assessment did not fall."""
        return self.causes.need < 0 and not self.same_plan and self.estimate_moved is not None and (
            self.estimate_moved >= 0
        )  # fmt: skip


def budget_changes(over: Period, *, seen_by: User) -> list[BudgetChange]:
    """Every change of a budget whose first day is in a period, the latest first. Nobody is named in them."""
    check_can(seen_by, Capability.SEE_CHANGES)
    cases = Budget.objects.filter(starts_on__range=(over.starts_on, over.ends_on)).values("case")
    pairs = [pair for pair in _pairs(_rows(case__in=cases)) if over.starts_on <= pair[1]["starts_on"] <= over.ends_on]
    found = _split(pairs)
    return sorted(found, key=lambda change: (change.on, str(change.budget)), reverse=True)


def named(changes: Sequence[BudgetChange], *, seen_by: User) -> list[tuple[Person, BudgetChange]]:
    """Changes with whose they are, for whoever sees people's records: it is noted that they looked."""
    check_can(seen_by, Capability.SEE_CHANGED_CASES)
    people = Person.objects.in_bulk([change.person for change in changes])
    record_looks(viewer=seen_by, person_ids=list(people), page="What changed budgets, and why")
    return [(people[change.person], change) for change in changes]


def change_into(budget: Budget, *, you: bool) -> str:
    """Why the council pays another amount under a budget than under the one before it; empty where nothing changed.

    Whoever calls has noted who looks.
    """
    pairs = [pair for pair in _pairs(_rows(case=budget.case_id)) if pair[1]["pk"] == budget.pk]
    changed = _split(pairs)
    return in_words(changed[0].causes, who="you pay" if you else f"{budget.case.person.called} pays") if changed else ""


def _rows(**whose: Any) -> list[dict[str, Any]]:
    """The budgets of some cases as rows, by case and in the order in which they ran."""
    return list(
        Budget.objects.filter(**whose)
        .order_by("case", "starts_on", "started_on", "pk")
        .values(
            "pk", "case", "plan", "final_budget__inputs__line_ids", "final_budget__inputs__prices", "starts_on",
            "cost_pence_per_week",
            "charge_pence_per_week", "nhs_pence_per_week", "ending__ends_on", "ending__replaced", "case__person",
            "case__person__date_of_birth", "case__support_reason", "final_budget__result__indicative_pence_per_week",
        )
    )  # fmt: skip


def _pairs(rows: Iterable[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each budget that ran beside the one whose place it took. One that ended before its first day never ran."""
    ran = [row for row in rows if row["ending__ends_on"] is None or row["ending__ends_on"] >= row["starts_on"]]
    return [
        (before, after)
        for before, after in pairwise(ran)
        if before["case"] == after["case"] and before["ending__replaced"]
    ]


def _split(pairs: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> list[BudgetChange]:
    """Each pair as a change, without those in which nothing changed for the council by any cause."""
    lines = _lines({row["plan"] for pair in pairs for row in pair})
    ways = defaultdict(list)
    for budget, way in Part.objects.filter(budget__in=[after["pk"] for _, after in pairs]).values_list("budget", "way"):
        ways[budget].append(Way(way).short)
    found = []
    for before, after in pairs:
        causes = split_change(_agreed(before, lines), _agreed(after, lines))
        if causes == Causes():
            continue
        was, estimate = (row["final_budget__result__indicative_pence_per_week"] for row in (before, after))
        held = ways[after["pk"]]
        found.append(
            BudgetChange(
                budget=after["pk"],
                case=after["case"],
                person=after["case__person"],
                on=after["starts_on"],
                same_plan=before["plan"] == after["plan"],
                client_group=client_group(after["case__support_reason"]),
                age_band=_age_band(after["case__person__date_of_birth"], after["starts_on"]),
                way=held[0] if len(held) == 1 else MIXED,
                causes=causes,
                estimate_moved=None if was is None or estimate is None else estimate - was,
            )
        )
    return found


def _lines(plans: Iterable[UUID]) -> Mapping[UUID, list[tuple[UUID, Bought]]]:
    """What each of these plans buys, line by line."""
    found: dict[UUID, list[tuple[UUID, Bought]]] = defaultdict(list)
    rows = PlanLine.objects.filter(plan__in=list(plans)).order_by("what", "pk").values_list(
        "pk", "plan", "what", "service", "unit", "units", "frequency", "unit_cost_pence"
    )  # fmt: skip
    for pk, plan, what, service, unit, units, frequency, unit_cost_pence in rows:
        times = TIMES_A_WEEK[frequency]
        found[plan].append((pk, Bought(what, str(service or ""), unit, int(units * 100), times, unit_cost_pence)))
    return found


def _agreed(row: Mapping[str, Any], lines: Mapping[UUID, list[tuple[UUID, Bought]]]) -> Agreed:
    line_ids, prices = row["final_budget__inputs__line_ids"], row["final_budget__inputs__prices"] or {}
    return Agreed(
        tuple(
            replace(bought, unit_cost_pence=prices.get(str(line), bought.unit_cost_pence))
            for line, bought in lines.get(row["plan"], ())
            if is_bought(line, line_ids)
        ),
        row["cost_pence_per_week"],
        row["charge_pence_per_week"],
        row["nhs_pence_per_week"],
    )


def _age_band(born_on: date | None, on: date) -> str:
    """The band of somebody's age on a day."""
    if born_on is None:
        return NOT_KNOWN
    age = on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
    return next((words for least, words in reversed(AGE_BANDS) if age >= least), "Under 18")


@dataclass(frozen=True, slots=True)
class Moved:
    """Changes in one direction: how many, of how many people, what they come to a week, and the middle one."""

    count: int
    people: int
    pence: int
    middle_pence: int | None


@dataclass(frozen=True, slots=True)
class Planned:
    """New plans: how many, and of how many people."""

    count: int
    people: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What some changes come to: together by cause, and those that went up and down apart."""

    people: int
    changes: int
    causes: Causes
    people_by_cause: Mapping[str, int]
    up: Moved
    down: Moved
    down_causes: Causes
    down_by: Mapping[str, int]
    """How many people there are whose budget went down and from whom each cause took the most."""
    down_people_by_cause: Mapping[str, int]
    """How many people each cause touched, among those whose budget went down."""
    less_planned: Planned
    """Those under another plan with less support in it than the one before."""
    less_without_less_need: Planned
    """Those of them in which the estimate of the assessment had not fallen."""
    less_with_less_need: Planned
    """The others of them."""


def summary(changes: Sequence[BudgetChange]) -> Summary:
    """What some changes come to."""
    down = [change for change in changes if change.pence < 0]
    less = [change for change in changes if change.causes.need < 0 and not change.same_plan]
    return Summary(
        people=_people(changes),
        changes=len(changes),
        causes=together(change.causes for change in changes),
        people_by_cause=_people_by_cause(changes),
        up=_moved([change for change in changes if change.pence > 0]),
        down=_moved(down),
        down_causes=together(change.causes for change in down),
        down_by={cause: _people(c for c in down if c.main_cause_of_less == cause) for cause in CAUSES},
        down_people_by_cause=_people_by_cause(down),
        less_planned=_planned(less),
        less_without_less_need=_planned([change for change in less if change.less_without_less_need]),
        less_with_less_need=_planned([change for change in less if not change.less_without_less_need]),
    )


def _planned(changes: Sequence[BudgetChange]) -> Planned:
    return Planned(len(changes), _people(changes))


def _people_by_cause(changes: Sequence[BudgetChange]) -> Mapping[str, int]:
    return {cause: _people(c for c in changes if getattr(c.causes, cause)) for cause in CAUSES}


def _people(changes: Iterable[BudgetChange]) -> int:
    return len({change.person for change in changes})


def _moved(changes: Sequence[BudgetChange]) -> Moved:
    """Changes in one direction. The middle of an even number lies half way between the two, without part of a penny."""
    ordered, half = sorted(change.pence for change in changes), len(changes) // 2
    if not ordered:
        return Moved(0, 0, 0, None)
    middle = ordered[half] if len(ordered) % 2 else floor_div(ordered[half - 1] + ordered[half], 2)
    return Moved(len(ordered), _people(changes), sum(ordered), middle)
