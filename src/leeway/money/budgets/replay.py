"""Working every budget out again: the shares of its parts, its schedule, and what each funder put in."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from leeway.care.decisions.replay import Answer, Bent, Corrected
from leeway.care.planning.costs import CostedLine
from leeway.care.planning.models import Way
from leeway.law.numbers import split
from leeway.money.budgets.models import Budget, Collector, Ending, Funding, Instalment, InstalmentKind, Interim, Part
from leeway.money.budgets.queries import goes_on_from
from leeway.money.budgets.schedule import PaidPeriod, days_pence, funded_until, instalments
from leeway.money.budgets.shares import Share, order_of_charge, share_out
from leeway.refusal import Refusal

BUDGETS_AT_ONCE = 500
UNREAD = [f"{decision}__{part}" for decision in ("final_budget", "charge") for part in ("steps", "reasons")]
FIGURES = ("nhs_pence_per_week", "start_up_pence")


@dataclass(frozen=True, slots=True)
class Due:
    """An instalment as it is stored."""

    part: UUID
    kind: str
    starts_on: date
    ends_on: date
    due_on: date
    for_period_pence: int
    already_paid_pence: int
    amount_pence: int


@dataclass(frozen=True, slots=True)
class Funded:
    """What each funder put in, as it is stored."""

    part: UUID
    kind: str
    starts_on: date
    ends_on: date
    nhs_pence: int
    person_pence: int
    council_pence: int
    paid_before_pence: int

    @property
    def shares(self) -> list[int]:
        """The NHS's, the person's and the council's, in pence."""
        return [self.nhs_pence, self.person_pence, self.council_pence]


def replay() -> Iterator[Answer]:
    """Work every budget out again, one answer each. None where nothing differs."""
    paid_beyond, on_account = _paid_beyond(), dict(Interim.objects.values_list("set_off_in", "set_off_pence"))
    ids = list(Budget.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BUDGETS_AT_ONCE):
        chunk = ids[start : start + BUDGETS_AT_ONCE]
        budgets = Budget.objects.filter(pk__in=chunk).select_related("final_budget", "charge", "ending")
        budgets = budgets.prefetch_related("parts").defer(*UNREAD)
        dues, fundings = _by_part(Instalment, Due, chunk), _by_part(Funding, Funded, chunk)
        for budget in budgets:
            before_pence = paid_beyond[budget.case_id, budget.starts_on] + (on_account.get(budget.pk) or 0)
            yield _worked_out_again(budget, dues, fundings, before_pence)


def _paid_beyond() -> Counter[tuple[UUID, date]]:
    """What budgets whose place others took had paid for later days, by case and the first day of what follows."""
    found: Counter[tuple[UUID, date]] = Counter()
    for ending in Ending.objects.filter(replaced=True).select_related("budget"):
        key = ending.budget.case_id, ending.goes_on
        found[key] = max(found[key], ending.paid_beyond_pence)
    return found


def _by_part(model: Any, row: Any, budgets: list[UUID]) -> dict[UUID, list]:
    found = defaultdict(list)
    for values in model.objects.filter(part__budget__in=budgets).values_list(*row.__slots__):
        found[values[0]].append(row(*values))
    return found


def _worked_out_again(budget: Budget, dues: dict, fundings: dict, before_pence: int) -> Answer:
    shares = _shares(budget, budget.charge_taken_first_from)
    rule, wrong = "shares", "" if shares and _is_signed_off(budget, shares) else "it is not what was signed off"
    if not wrong:
        rule, wrong = "schedule", _schedules(budget, dues, fundings, before_pence)
    if not wrong:
        rule, wrong = "split", _splits(budget, dues, fundings)
    if wrong:
        return Bent(str(budget.final_budget_id), rule, f"budget {budget.pk}: {wrong}")
    return _corrected(budget, shares)


def _shares(budget: Budget, order: list[str]) -> list[Share]:
    decided = budget.final_budget
    try:
        lines = [CostedLine(**line) for line in decided.inputs["lines"]]
        gross = budget.collected_by == Collector.COUNCIL
        return share_out(decided.result, budget.charge.result, lines, order, gross=gross)
    except (Refusal, KeyError, TypeError, ValueError):
        return []


def _as_shared(shares: list[Share]) -> set[tuple]:
    return {
        (s.way, s.gross_pence_per_week, s.nhs_pence_per_week, s.charge_pence_per_week, s.paid_pence_per_week)
        for s in shares
    }


def _as_stored(parts: Iterable[Part]) -> set[tuple]:
    return {
        (Way(p.way), p.gross_pence_per_week, p.nhs_pence_per_week, p.charge_pence_per_week, p.paid_pence_per_week)
        for p in parts
    }


def _is_signed_off(budget: Budget, shares: list[Share]) -> bool:
    """Whether the budget and its parts have the figures of the decisions."""
    result, pays = budget.final_budget.result, budget.charge.result["charge_pence_per_week"]
    kept = {name: getattr(budget, name) for name in FIGURES}
    kept |= {"pence_per_week": budget.cost_pence_per_week, "starts_on": budget.starts_on.isoformat()}
    differs = {name for name, value in kept.items() if result[name] != value}
    before = goes_on_from(budget) if differs else None
    if before:
        differs -= {"starts_on"} if budget.start_up_pence else {"starts_on", "start_up_pence"}
    as_before = before is not None and before.charge_id == budget.charge_id
    in_its_days = budget.starts_on == budget.charge.law_on or as_before
    charged = budget.charge_pence_per_week == pays and in_its_days
    return charged and not differs and _as_stored(budget.parts.all()) == _as_shared(shares)


def _corrected(budget: Budget, shares: list[Share]) -> Corrected | None:
    order = _order_today(budget.starts_on)
    if order == budget.charge_taken_first_from or _as_shared(_shares(budget, order)) == _as_shared(shares):
        return None
    said = f"budget {budget.pk} would take the charge from other parts: decide anew"
    return Corrected(str(budget.final_budget_id), "shares", said)


_order_today = cache(order_of_charge)


def _schedules(budget: Budget, dues: dict, fundings: dict, before_pence: int) -> str:
    regular = []
    for part in budget.parts.all():
        due = [each for each in dues.get(part.pk, []) if _is_regular(each)]
        if wrong := _schedule(part, budget, due, fundings.get(part.pk, [])):
            return f"{part.way}: {wrong}"
        regular += due
    paid_before_pence = sum(each.already_paid_pence for each in regular if not _shortened(each, regular))
    return "more is taken as paid before than the budget before it paid" if paid_before_pence > before_pence else ""


def _splits(budget: Budget, dues: dict, fundings: dict) -> str:
    start_up_pence = 0
    for part in budget.parts.all():
        funded = fundings.get(part.pk, [])
        if wrong := _split(part, budget, dues.get(part.pk, []), funded):
            return f"{part.way}: {wrong}"
        start_up_pence += sum(each.council_pence for each in funded if each.kind == InstalmentKind.START_UP)
    return "" if start_up_pence == budget.start_up_pence else "the start-up costs are funded with another amount"


def _schedule(part: Part, budget: Budget, due: list[Due], funded: list[Funded]) -> str:
    """What is wrong with the instalments of a part; nothing where they are what its days and weekly amount make."""
    if not (part.paid_into_id and part.paid_pence_per_week):
        return "it has instalments, and nothing is paid out" if due else ""
    wanted = {
        (period.starts_on, period.ends_on)
        for each in funded
        if _is_regular(each)
        for period in _periods(part, budget, each)
    }
    regular = {(each.starts_on, each.ends_on): each for each in due}
    last_days = {budget.ending.ends_on, budget.ending.first_ends_on} if hasattr(budget, "ending") else set()
    starts = {starts_on for starts_on, _ in wanted}
    for days in sorted(wanted - set(regular)):
        return f"nothing falls due for the days from {days[0]}"
    for days, each in sorted(regular.items()):
        if days not in wanted and not (days[1] in last_days and days[0] in starts):
            return f"an instalment from {days[0]} to {days[1]} belongs to no funded days"
        pence = days_pence(part.paid_pence_per_week, (days[1] - days[0]).days + 1)
        if each.for_period_pence != pence or each.due_on != each.starts_on:
            return f"the instalment from {days[0]} is not what its days come to"
    return ""


def _split(part: Part, budget: Budget, due: list[Due], funded: list[Funded]) -> str:
    """What is wrong with what the funders put into a part; nothing where each put in their share of its days."""
    weekly = [part.nhs_pence_per_week, part.billed_pence_per_week]
    weekly.append(part.paid_pence_per_week - sum(weekly))
    for each in sorted(funded, key=lambda each: each.starts_on):
        if _is_regular(each):
            periods = _periods(part, budget, each)
            days = {(period.starts_on, period.ends_on) for period in periods}
            paid_before = sum(one.already_paid_pence for one in due if (one.starts_on, one.ends_on) in days)
            total_pence = sum(period.amount_pence for period in periods)
            if each.ends_on != funded_until(each.starts_on, budget.pay_calendar_starts_on):
                return f"the funding from {each.starts_on} ends on another day"
            if each.paid_before_pence != paid_before:
                return f"the funding from {each.starts_on} counts another amount as paid before than its payments do"
            if each.shares != split(total_pence, weekly):
                return f"the funding from {each.starts_on} is not each funder’s share of its days"
        elif each.nhs_pence or each.person_pence or _once(part, each, due) != each.council_pence:
            return f"what is paid once on {each.starts_on} is funded with another amount"
    return ""


def _once(part: Part, funding: Funded, due: list[Due]) -> int:
    if not part.paid_into_id:
        return funding.council_pence
    same = [each for each in due if (each.kind, each.starts_on) == (funding.kind, funding.starts_on)]
    return sum(each.amount_pence for each in same)


def _periods(part: Part, budget: Budget, funding: Funded) -> list[PaidPeriod]:
    return _cut(funding.starts_on, funding.ends_on, part.paid_pence_per_week, budget.pay_calendar_starts_on)


@cache
def _cut(starts_on: date, ends_on: date, weekly_pence: int, anchor: date) -> list[PaidPeriod]:
    return instalments(starts_on=starts_on, ends_on=ends_on, weekly_pence=weekly_pence, anchor=anchor)


def _shortened(due: Due, others: list[Due]) -> bool:
    """Whether an instalment took the place of a longer one, which counts what was paid before already."""
    return any(
        each.part == due.part and each.starts_on == due.starts_on and each.ends_on > due.ends_on for each in others
    )


def _is_regular(row: Due | Funded) -> bool:
    return row.kind == InstalmentKind.REGULAR
