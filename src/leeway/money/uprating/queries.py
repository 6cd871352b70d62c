"""Reading a batch: who gains, who loses, why, and who is set apart; small numbers are hidden."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.looks import record_look, record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.models import Ethnicity, Gender, SupportReason
from leeway.care.planning.models import Way
from leeway.law import compute
from leeway.law.births import Birth
from leeway.law.numbers import pounds
from leeway.law.uprating import WHYS
from leeway.money.budgets.models import Part
from leeway.money.uprating.models import Batch, Row
from leeway.money.uprating.states import OVER, RowState
from leeway.small_numbers import hidden_parts

WHY_IN_WORDS = {
    "law": "New amounts in the law",
    "policy": "New amounts in the council’s policy",
    "income": "Benefits that go up",
    "age": "What turns on the day: birthdays, free times that are over",
    "price": "Prices of support",
}
#: How much less or more is paid a week, in steps: their names, and what the largest three begin with in pence.
SPREAD = (
    "At least £10 less",
    "£5 to £10 less",
    "£1 to £5 less",
    "Up to £1 less",
    "The same",
    "Up to £1 more",
    "£1 to £5 more",
    "£5 to £10 more",
    "At least £10 more",
)
EDGES = (10_00, 5_00, 1_00)
#: Rows of whom the charge was worked out, and is or was to be put in place.
WORKED_OUT = (RowState.CHANGES, RowState.STAYS, RowState.APPLIED, RowState.TAKEN_BACK, RowState.KEPT)


@dataclass(frozen=True)
class Group:
    """Some of the people of a batch: how many, who pays more and less, and by how much together a week.

    None stands for a number that is hidden, since it is of few.
    """

    name: str
    people: int | None
    pay_more: int | None
    pay_less: int | None
    more_pence: int | None


@dataclass(frozen=True)
class Reason:
    """How much of the difference is for one reason, of how many people."""

    name: str
    people: int
    pence: int


@dataclass(frozen=True)
class Look:
    """What a batch comes to: how many stand where, the sums, why, how it is spread, and by group."""

    counts: Mapping[str, int]
    before_pence: int
    after_pence: int
    pay_more: int
    pay_less: int
    more_pence: int
    less_pence: int
    reasons: Sequence[Reason]
    spread: Sequence[tuple[str, int]]
    groups: Mapping[str, Sequence[Group]]
    put_up: int
    at_no_rate: int
    priced: int
    """How many budgets go on at new prices of their lines."""
    prices_more_pence: int
    """By how much more a week these budgets together are."""
    not_told: int
    """How many people's letters could not be written."""


def batches(*, seen_by: User) -> QuerySet[Batch]:
    """Every batch, the latest first."""
    check_can(seen_by, Capability.PAY)
    return Batch.objects.select_related("made_by")


def batches_under_way(*, seen_by: User) -> QuerySet[Batch]:
    """The batches of which something is left to do."""
    return batches(seen_by=seen_by).exclude(state__in=OVER)


def get_batch(batch_id: UUID, *, seen_by: User) -> Batch:
    """One batch."""
    found = batches(seen_by=seen_by).select_related(
        "looked_by", "checked_by", "approved_by", "applied_by", "told_by", "undone_by", "withdrawn_by"
    )
    batch = found.filter(pk=batch_id).first()
    if batch is None:
        raise Http404("There is no such batch.")
    return batch


def how_far(batch: Batch) -> Mapping[str, int]:
    """How many rows of a batch stand where."""
    return dict(batch.rows.order_by().values_list("state").annotate(Count("pk")))


def look(batch: Batch) -> Look:
    """What a batch comes to, for whoever looks at it before it is approved, and afterwards."""
    rows = batch.rows.filter(state__in=WORKED_OUT).order_by()
    moved = rows.filter(~Q(after_pence=0) | ~Q(before_pence=0))
    values: list[tuple] = list(
        rows.values_list(
            "pk",
            "before_pence",
            "after_pence",
            "case__support_reason",
            "case__person__gender",
            "case__person__ethnicity",
            "case__person__date_of_birth",
            "case__person__year_of_birth",
            "budget",
        )
    )
    more = [after - before for _, before, after, *_ in values]
    counts = how_far(batch)
    sums = moved.aggregate(**{f"{why}_sum": Sum(f"by_{why}_pence", default=0) for why in WHYS})
    touched = rows.aggregate(**{f"{why}_count": Count("pk", ~Q(**{f"by_{why}_pence": 0})) for why in WHYS})
    more_cost = F("cost_after_pence") - F("budget__cost_pence_per_week")
    prices = rows.filter(cost_after_pence__isnull=False).aggregate(priced=Count("pk"), more=Sum(more_cost))
    return Look(
        counts=counts,
        before_pence=sum(before for _, before, *_ in values),
        after_pence=sum(after for _, _, after, *_ in values),
        pay_more=sum(pence > 0 for pence in more),
        pay_less=sum(pence < 0 for pence in more),
        more_pence=sum(pence for pence in more if pence > 0),
        less_pence=sum(pence for pence in more if pence < 0),
        reasons=[Reason(WHY_IN_WORDS[why], touched[f"{why}_count"], sums[f"{why}_sum"]) for why in WHYS],
        spread=_spread(more),
        groups=_groups(batch, values, more),
        put_up=rows.exclude(raised=[]).count(),
        at_no_rate=rows.filter(at_no_rate=True).count(),
        priced=prices["priced"],
        prices_more_pence=prices["more"] or 0,
        not_told=rows.filter(state=RowState.APPLIED, told_on=None).exclude(why="").count(),
    )


def _spread(more: Iterable[int]) -> list[tuple[str, int]]:
    """How many pay how much less or more, in steps."""
    found = [0] * len(SPREAD)
    for pence in more:
        from_the_end = next((at for at, edge in enumerate(EDGES) if abs(pence) >= edge), len(EDGES))
        found[len(EDGES) + 1 if not pence else from_the_end if pence < 0 else len(SPREAD) - 1 - from_the_end] += 1
    return list(zip(SPREAD, found, strict=True))


def _groups(batch: Batch, values: Sequence[tuple], more: Sequence[int]) -> dict[str, list[Group]]:
    """The same by client group, age, way of holding, sex and ethnicity."""
    ways: dict[UUID, list[str]] = {}
    of_batch = Part.objects.filter(budget__in=batch.rows.filter(state__in=WORKED_OUT).values("budget")).order_by("way")
    for budget, way in of_batch.values_list("budget", "way"):
        ways.setdefault(budget, []).append(Way(way).short)
    by: dict[str, dict[str, list[int]]] = {}
    for (_, _, _, reason, gender, ethnicity, born, year, budget), pence in zip(values, more, strict=True):
        names = {
            "Client group": str(SupportReason(reason).label),
            "Age": _age(Birth.known(born, year), batch.day),
            "How the budget is held": " and ".join(ways.get(budget, ())) or "Not known",
            "Sex": str(Gender(gender).label),
            "Ethnicity": str(Ethnicity(ethnicity).label),
        }
        for kind, name in names.items():
            by.setdefault(kind, {}).setdefault(name, []).append(pence)
    return {kind: hidden([group(name, parts) for name, parts in sorted(found.items())]) for kind, found in by.items()}


def _age(birth: Birth | None, on: date) -> str:
    if birth is None:
        return "Not known"
    years = birth.least_age(on)
    if years >= 85:
        return "85 or over"
    return next(f"{low} to {high}" for low, high in ((0, 24), (25, 64), (65, 74), (75, 84)) if years <= high)


def group(name: str, more: Sequence[int]) -> Group:
    """What some people come to."""
    return Group(name, len(more), sum(each > 0 for each in more), sum(each < 0 for each in more), sum(more))


def hidden(groups: Sequence[Group]) -> list[Group]:
    """Groups with the small ones hidden, and as many more as it takes so that no sum tells them.

    >>> [each.people for each in hidden([Group("A", 3, 1, 1, 5), Group("B", 90, 1, 1, 5), Group("C", 20, 1, 1, 5)])]
    [None, 90, None]
    """
    few = hidden_parts([each.people or 0 for each in groups])
    return [Group(each.name, None, None, None, None) if at in few else each for at, each in enumerate(groups)]


def rows_to_read(
    batch: Batch, *, seen_by: User, state: str = "", words: str = "", first: int = 0, rows: int = 50
) -> tuple[list[Row], int]:
    """Some rows of a batch, who loses most at the top, and how many there are; the looks are noted."""
    check_can(seen_by, Capability.PAY)
    found = in_order(batch, state)
    if words:
        found = found.filter(
            Q(case__person__family_name__icontains=words) | Q(case__person__given_name__icontains=words)
        )
    shown = list(found.select_related("case__person", "budget")[first : first + rows])
    people = [row.case.person_id for row in shown]
    record_looks(viewer=seen_by, person_ids=people, page=f"Batch of charges {batch.number}")
    return shown, found.count()


def in_order(batch: Batch, state: str = "") -> QuerySet[Row]:
    """The rows of a batch, who loses most at the top."""
    found = batch.rows.exclude(state=RowState.LEFT_OUT)
    if state:
        found = batch.rows.filter(state=state)
    return found.annotate(more=Coalesce(F("after_pence") - F("before_pence"), 0)).order_by("-more", "pk")


def get_row(batch: Batch, row_id: UUID, *, seen_by: User) -> Row:
    """One row of a batch, with both charges; the look is noted."""
    check_can(seen_by, Capability.PAY)
    row = batch.rows.select_related("case__person", "charge_before", "budget__plan").filter(pk=row_id).first()
    if row is None:
        raise Http404("There is no such row in this batch.")
    record_look(viewer=seen_by, person_id=row.case.person_id, page=f"Batch of charges {batch.number}", own=True)
    return row


@dataclass(frozen=True)
class SideBySide:
    """The steps of what was paid before and of what is paid from the day, a row for each name of a step."""

    rows: Sequence[tuple[str, str, str]]
    sources: Mapping[str, str]


def side_by_side(row: Row) -> SideBySide:
    """How both charges of a row come about, step by step, beside each other."""
    before = {step["name"]: step for step in (row.charge_before.steps if row.charge_before else ())}
    after = {}
    if row.inputs is not None:
        outcome = compute("charge", row.inputs, row.batch.day, policy=settings.COUNCIL_POLICY)
        after = {step["name"]: dict(step) for step in outcome.steps}
    names = list(dict.fromkeys([*before, *after]))
    rows = [(name, _told(before.get(name)), _told(after.get(name))) for name in names]
    sources = {name: str((after.get(name) or before[name]).get("source", "")) for name in names}
    return SideBySide(rows, sources)


def _told(step: Mapping[str, Any] | None) -> str:
    if step is None:
        return "–"
    return pounds(step["pence"]) if "pence" in step else str(step.get("value", ""))
