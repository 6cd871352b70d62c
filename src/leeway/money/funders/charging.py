"""Where the person is charged more for a line than whoever pays it may have them charged: now, or at another charge."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from leeway.care.planning.models import PlanLine
from leeway.law.numbers import pounds
from leeway.money.budgets.models import Budget
from leeway.money.budgets.shares import order_of_charge, share_out
from leeway.money.funders.attributing import PartOfLine, Share, least_chargeable
from leeway.money.funders.models import Funder, FunderKind
from leeway.money.funders.queries import RAN, lines_of_budgets, lines_of_part, lines_of_parts, rules_of, shares_of_lines
from leeway.refusal import Refusal


@dataclass(frozen=True, slots=True)
class TooMuch:
    """That a budget charges the person more a week for a line than may be charged for, on some of its days."""

    budget_id: UUID
    line_id: UUID
    charged_pence: int
    chargeable_pence: int

    def __str__(self) -> str:
        line = PlanLine.objects.get(pk=self.line_id)
        return (
            f"{pounds(self.charged_pence)} a week would be charged for “{line.what}”, and of what pays it only "
            f"{pounds(self.chargeable_pence)} may be charged for. Say first who pays from then on, under “Who pays”."
        )


def charged_too_much(budgets: Collection[UUID] | None = None) -> list[TooMuch]:
    """Lines of budgets, or of all, for which the person is charged money that nobody is charged for."""
    its = {each.pk: each for each in _with_such_money(budgets).select_related("ending")}
    if not its:
        return []
    parts = {part: each.pk for each in its.values() for part in each.parts.order_by().values_list("pk", flat=True)}
    paid = lines_of_parts(parts, its)
    return list(_too_much((its[parts[part]], lines, its[parts[part]].starts_on) for part, lines in paid.items()))


def require_chargeable(budgets: Collection[UUID]) -> None:
    """Refuse budgets that charge somebody for money that nobody is charged for."""
    for found in charged_too_much(budgets):
        raise Refusal(str(found))


def too_much_at(charges: Mapping[UUID, int], on: date) -> dict[UUID, str]:
    """Of budgets that are to go on at another charge a week from a day: of which that would be too much, and why."""
    would = []
    budgets = list(_with_such_money(charges).select_related("ending", "final_budget", "charge"))
    decided = lines_of_budgets([budget.pk for budget in budgets])
    for budget in budgets:
        lines = decided[budget.pk]
        charge = budget.charge.result | {"charge_pence_per_week": charges[budget.pk]}
        costed = [line for _, line in lines]
        for share in share_out(budget.final_budget.result, charge, costed, order_of_charge(on)):
            amounts = (share.gross_pence_per_week, share.nhs_pence_per_week, share.charge_pence_per_week)
            would.append((budget, lines_of_part(lines, charge["free_parts"], share.way, *amounts), on))
    return {each.budget_id: str(each) for each in _too_much(would)}


def _with_such_money(budgets: Collection[UUID] | None) -> QuerySet[Budget]:
    """Budgets that ran or run, where some of a line is paid by money of which nobody is charged, but the NHS's."""
    never = Funder.objects.exclude(kind=FunderKind.NHS_BODY).filter(means_tested=False)
    found = Budget.objects.filter(RAN, plan__lines__sharings__portions__funder__in=never).distinct()
    return found if budgets is None else found.filter(pk__in=budgets)


def _too_much(paid: Iterable[tuple[Budget, list[PartOfLine], date]]) -> Iterator[TooMuch]:
    """What of the lines of budgets, each from a day to its budget's end, is charged for too much."""
    several = list(paid)
    shares: dict[UUID, list[Share]] = shares_of_lines({budget.case_id for budget, _, _ in several})
    rules = rules_of(Funder.objects.all())
    for budget, lines, first in several:
        last = budget.ending.ends_on if hasattr(budget, "ending") else date.max
        for line in lines:
            may = least_chargeable(line, shares.get(line.line_id, ()), rules, first, last)
            if may is not None and line.charge_pence > may:
                yield TooMuch(budget.pk, line.line_id, line.charge_pence, may)
