"""Reading who pays: what was funded by line and funder, funders, and who pays a case's lines."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from leeway.care.planning.costs import CostedLine, costed_line
from leeway.care.planning.models import PlanLine
from leeway.money.budgets.models import Budget, Funding, InstalmentKind, Part
from leeway.money.funders.attributing import (
    Attributed,
    Funded,
    FunderRules,
    PartOfLine,
    Share,
    divided,
    once_of_lines,
    parts_of_lines,
)
from leeway.money.funders.models import COUNCIL, Funder, Portion, Purse, Sharing
from leeway.money.ledger.models import Kind, Transfer

#: How long before a funder's last day finance is asked who pays then.
ASKED_AHEAD = timedelta(weeks=8)
#: The account that a purse's money comes out of when it is put in or promised.
PUT_IN_BY: Mapping[str, Purse] = {
    Kind.EXPECTED_NHS: Purse.NHS,
    Kind.EXPECTED_PERSON: Purse.PERSON,
    Kind.FUNDER_COUNCIL: Purse.COUNCIL,
}
#: Who pays where the table of funders was emptied: the council all the same.
THE_COUNCIL = FunderRules(Purse.COUNCIL, True, date.min, date.max)


def attributed(starts_on: date, ends_on: date, *, cases: Collection[UUID] | None = None) -> list[Attributed]:
    """What was funded for the days from one to another, both included, by case, line and funder; of all cases, or some.

    It divides what the ledger holds for those days and adds nothing: the rows add back to it to the penny, and the
    rows of two spans of days to those of the two together. Whoever asks about a person notes the look.
    """
    return attributed_in([(starts_on, ends_on)], cases=cases)[0]


def attributed_in(
    spans: Sequence[tuple[date, date]], *, cases: Collection[UUID] | None = None
) -> list[list[Attributed]]:
    """The same of several spans of days at once: a list for each. The ledger is read once for all of them."""
    if not spans:
        return []
    first, last = min(first for first, _ in spans), max(last for _, last in spans)
    fundings = Funding.objects.filter(starts_on__lte=last, ends_on__gte=first)
    if cases is not None:
        fundings = fundings.filter(part__budget__case__in=cases)
    found = list(_funded(fundings))
    budgets = {each.budget_id for each in found}
    lines = lines_of_parts({each.part_id for each in found}, budgets)
    once = _once_of_plans(budgets) if any(each.kind == InstalmentKind.START_UP for each in found) else {}
    shares, rules = shares_of_lines(cases), funder_rules()
    return [
        [
            row
            for each in found
            for row in divided(
                each,
                once[each.budget_id] if each.kind == InstalmentKind.START_UP else lines[each.part_id],
                shares,
                rules,
                starts_on,
                ends_on,
            )
        ]
        for starts_on, ends_on in spans
    ]


def _funded(fundings: QuerySet[Funding]) -> Iterable[Funded]:
    """Fundings as they stand in the ledger, those of which something is left."""
    moved: dict[UUID, dict[Purse, int]] = defaultdict(dict)
    about = Transfer.objects.order_by().filter(about__in=fundings.order_by().values("pk"))
    for way_in, sign in (("credit__kind", 1), ("debit__kind", -1)):
        other = {"credit__kind": "debit__kind", "debit__kind": "credit__kind"}[way_in]
        put = about.filter(**{f"{way_in}__in": list(PUT_IN_BY), other: Kind.AVAILABLE})
        for funding, kind, pence in put.values_list("about", way_in).annotate(Sum("amount_pence")):
            purse = PUT_IN_BY[kind]
            moved[funding][purse] = moved[funding].get(purse, 0) + sign * pence
    rows = fundings.order_by("part__budget__case", "starts_on", "kind", "pk").values_list(
        "pk",
        "part__budget__case",
        "part__budget",
        "part",
        "kind",
        "starts_on",
        "ends_on",
        F("nhs_pence") + F("person_pence") + F("council_pence"),
        "part__paid_pence_per_week",
        "part__budget__pay_calendar_starts_on",
        "part__budget__ending__ends_on",
    )
    for pk, case, budget, part, kind, first, last, pence, weekly, anchor, ends_on in rows:
        each = Funded(case, budget, part, kind, first, last, pence, weekly, anchor, ends_on, moved[pk])
        if each.kept_pence:
            yield each


def lines_of_parts(parts: Collection[UUID], budgets: Collection[UUID]) -> dict[UUID, list[PartOfLine]]:
    """The lines of each part of some budgets, with what each purse pays of them a week."""
    by_plan = _costed_lines(budgets)
    free = dict(Budget.objects.filter(pk__in=budgets).order_by().values_list("pk", "charge__result__free_parts"))
    found = {}
    rows = Part.objects.order_by().filter(pk__in=parts)
    for part, budget, plan, way, charge in rows.values_list(
        "pk", "budget", "budget__plan", "way", "charge_pence_per_week"
    ):
        lines = by_plan[plan]
        nobody_pays = _free(lines, free[budget] or [])
        its = [index for index, (_, line) in enumerate(lines) if line.way == way] or range(len(lines))
        found[part] = parts_of_lines([lines[index] for index in its], [nobody_pays[index] for index in its], charge)
    return found


def _free(lines: Sequence[tuple[UUID, CostedLine]], judged: Sequence[dict]) -> list[bool]:
    """Whether nobody is charged for each line, as the charge found those that are said to be free."""
    answers = iter(judged)
    return [line.is_said_free and bool(next(answers, {"free": True})["free"]) for _, line in lines]


def _once_of_plans(budgets: Collection[UUID]) -> dict[UUID, list[PartOfLine]]:
    """What is paid once of the lines of each budget's plan."""
    by_plan = _costed_lines(budgets)
    plans = Budget.objects.order_by().filter(pk__in=budgets).values_list("pk", "plan")
    return {budget: once_of_lines(by_plan[plan]) for budget, plan in plans}


def _costed_lines(budgets: Collection[UUID]) -> dict[UUID, list[tuple[UUID, CostedLine]]]:
    found = defaultdict(list)
    for line in PlanLine.objects.filter(plan__budgets__in=budgets).distinct():
        found[line.plan_id].append((line.pk, costed_line(line)))
    return found


def shares_of_lines(cases: Collection[UUID] | None = None) -> dict[UUID, list[Share]]:
    """Every sharing that holds or held, by line."""
    sharings = Sharing.objects.filter(Q(ends_on=None) | Q(ends_on__gte=F("starts_on")))
    if cases is not None:
        sharings = sharings.filter(line__plan__case__in=cases)
    portions = defaultdict(list)
    rows = Portion.objects.filter(sharing__in=sharings.order_by().values("pk")).order_by("sharing", "position")
    for sharing, funder, figure in rows.values_list("sharing", "funder", "figure"):
        portions[sharing].append((funder, figure))
    found = defaultdict(list)
    for pk, line, first, last, method in sharings.values_list("pk", "line", "starts_on", "ends_on", "method"):
        found[line].append(Share(first, last or date.max, method, portions[pk]))
    return found


def funder_rules() -> dict[UUID, FunderRules]:
    """The rules of every funder that dividing must know."""
    return {COUNCIL: THE_COUNCIL} | {
        each.pk: FunderRules(each.purse, each.means_tested, each.starts_on or date.min, each.ends_on or date.max)
        for each in Funder.objects.all()
    }


def charged_of_line(line: PlanLine, on: date) -> int:
    """What the person is charged a week of a line by the budget that pays for it on a day."""
    budget = line.plan.budgets.filter(starts_on__lte=on).order_by("-starts_on").first()
    if budget is None:
        return 0
    parts = list(budget.parts.values_list("pk", flat=True))
    found = [each for its in lines_of_parts(parts, [budget.pk]).values() for each in its if each.line_id == line.pk]
    return sum(each.charge_pence for each in found)


@dataclass(frozen=True)
class EndsSoon:
    """A line that a budget goes on paying for after the last day of a funder that is to pay for it."""

    line: PlanLine
    funder: Funder

    @property
    def ends_on(self) -> date:
        """The last day on which the funder pays."""
        assert self.funder.ends_on is not None, "only a funder with a last day ends"
        return self.funder.ends_on


def ends_soon(*, on: date, case: UUID | None = None) -> list[EndsSoon]:
    """Lines whose funder ends within eight weeks, or has ended, while the line goes on: the soonest first."""
    named = Portion.objects.filter(funder__ends_on__lte=on + ASKED_AHEAD).filter(
        Q(sharing__ends_on=None) | Q(sharing__ends_on__gt=F("funder__ends_on")),
    )
    if case is not None:
        named = named.filter(sharing__line__plan__case=case)
    runs = Budget.objects.filter(plan=OuterRef("sharing__line__plan")).filter(
        Q(ending=None) | Q(ending__ends_on__gt=OuterRef("funder__ends_on"), ending__ends_on__gte=on)
    )
    rows = named.filter(Exists(runs)).select_related("funder", "sharing__line__plan__case__person")
    return [EndsSoon(each.sharing.line, each.funder) for each in rows.order_by("funder__ends_on", "pk")]
