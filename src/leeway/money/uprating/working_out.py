"""A batch worked out: what everybody whose budget runs pays before its day and from it, by the one rule, in columns.

Some budgets at a time, each part kept by itself, so that work that broke off goes on where it was.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from leeway.care.assessment.models import FinancialAssessment
from leeway.care.assessment.queries import inputs_as_checked, money_check_behind
from leeway.care.decisions.models import Decision
from leeway.care.planning.line_changes import Reckoned, lines_decided, waiting_before
from leeway.care.planning.queries import charges_of
from leeway.jobs.kinds import Progress, untold
from leeway.law import Law, law_on
from leeway.law.charge_case import read_case
from leeway.law.charge_numbers import Means
from leeway.law.charging import columns_of_means
from leeway.law.numbers import pounds
from leeway.law.uprating import CHARGED, Steps, at_no_rate, day_before, differences, raised, rates_on, with_raised
from leeway.money.budgets.models import Budget
from leeway.money.contributions.queries import MISSING, running_budgets
from leeway.money.funders.charging import too_much_at
from leeway.money.lines.queries import NewPrices, next_prices, reckoned_at
from leeway.money.uprating.models import Batch, Row
from leeway.money.uprating.states import RowState, State
from leeway.refusal import Refusal

#: How many budgets are worked out at a time.
SOME = 1000
DECIDED = "What is paid from that day on is decided already."
LATER = "This budget begins on that day or later."
ENDS = "This budget ends before that day."
BEGAN_SINCE = "This budget began anew after that day, as after days that were left out. Decide it by itself."
PRICE_BEFORE = (
    "A recorded price of its lines began before this day, or before the budget that runs. Take it first: in a batch of "
    "the day on which it began, or by itself under “New prices of plans”."
)
ENDS_BEFORE = (
    "Something in the plan ends or stops before this day, and the budget does not go on without it yet. Do that "
    "first, from the budget page."
)
UNDER_WAY = "A money check is under way: what comes in or goes out is being looked at."
NOT_DECIDED = (
    "What is paid on the days before is not decided yet. Do that first, under “Charges about to change”: it changed "
    "before this day."
)


@dataclass(frozen=True, slots=True)
class Laws:
    """The law of the day before and of the day, each with the full rates of benefits."""

    before: Law
    on: Law
    rates_before: Mapping[str, Mapping[str, int]]
    rates: Mapping[str, Mapping[str, int]]


def laws_of(day: date) -> Laws:
    """The law on both sides of a day."""
    before, on = law_on(day_before(day), settings.COUNCIL_POLICY), law_on(day, settings.COUNCIL_POLICY)
    return Laws(before, on, rates_on(before), rates_on(on))


@dataclass(frozen=True, slots=True)
class Facts:
    """What one person's new charge is worked out from: on the day, with benefits put up, and at new prices."""

    now: dict[str, Any]
    inputs: dict[str, Any]
    raised: list[dict[str, Any]]
    at_no_rate: bool
    money_check: FinancialAssessment | None
    put_up: dict[str, Any]
    priced: "Priced | None" = None

    @property
    def prices(self) -> list[dict[str, Any]]:
        """The lines that cost another price, as a row keeps them."""
        return self.priced.as_json if self.priced else []

    def steps(self, before: dict[str, Any], laws: Laws) -> Steps:
        """The means on each step from the day before to the day, as the rule reads them."""
        old, new = laws.before.only(*CHARGED), laws.on.only(*CHARGED)
        by_new_law, by_old_law = read_case(self.now, new).means, read_case(before, old).means
        return Steps(
            before=by_old_law,
            a_day_later=by_old_law if before == self.now else read_case(self.now, old).means,
            by_new_law=by_new_law,
            put_up=read_case(self.put_up, new).means if self.raised else by_new_law,
            priced=read_case(self.inputs, new).means if self.raised or self.priced else by_new_law,
        )


@dataclass(frozen=True, slots=True)
class Priced:
    """New prices of lines of a budget, what it comes to with them, and what was decided of it until then."""

    prices: NewPrices
    reckoned: Reckoned
    before: Decision

    @property
    def as_json(self) -> list[dict[str, Any]]:
        """Which lines, at which recorded price, from how much to how much."""
        return [
            {
                "line": str(new.pk),
                "what": new.what,
                "unit": new.unit,
                "rate": new.rate_id,
                "from_pence": was.unit_cost_pence,
                "to_pence": new.unit_cost_pence,
            }
            for was, new in self.prices.lines
        ]

    def charged(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """The facts of a charge with the budget that it comes to."""
        free = [part.as_given() for part in self.reckoned.free_parts]
        budget_pence = self.reckoned.social_care_pence_per_week
        return inputs | {"personal_budget_pence_per_week": budget_pence, "free_parts": free}


def priced_of(batch: Batch, budgets: Sequence[Budget]) -> Mapping[UUID, Priced | Refusal]:
    """Of some budgets those whose recorded prices change on the day of a batch that takes them, by their keys.

    A Refusal where a price began before that day, and counts from it, or a line ends before it: that is decided first.
    """
    ends = waiting_before(batch.day, [budget.plan_id for budget in budgets])
    new = next_prices(budgets) if batch.takes_prices else {}
    near = [each for each in new.values() if each.starts_on <= batch.day]
    keys = [each.budget.final_budget_id for each in near]
    decisions = Decision.objects.select_related("decided_by").defer("steps", "reasons", "law_values").in_bulk(keys)
    lines = lines_decided(keys)
    found: dict[UUID, Priced | Refusal] = {
        budget.pk: Refusal(ENDS_BEFORE) for budget in budgets if budget.plan_id in ends
    }
    for each in (its for its in near if its.budget.pk not in found):
        before = decisions[each.budget.final_budget_id]
        try:
            if each.starts_on < batch.day:
                raise Refusal(PRICE_BEFORE)
            found[each.budget.pk] = Priced(each, reckoned_at(each, lines[before.pk], before), before)
        except Refusal as refusal:
            found[each.budget.pk] = refusal
    return found


class LeftOut(Refusal):
    """The day does not touch a budget."""


def work_out(batch: Batch, progress: Progress = untold) -> None:
    """Work out whatever of a batch is not worked out yet."""
    of = to_work_out(batch).count() + batch.rows.count()
    while some(batch):
        progress(done=batch.rows.count(), of=of)


def to_work_out(batch: Batch) -> QuerySet[Budget]:
    """The running budgets that a batch has no row for yet."""
    return running_budgets(batch.made_on).filter(~Exists(Row.objects.filter(batch=batch, budget=OuterRef("pk"))))


@transaction.atomic
def some(batch: Batch) -> bool:
    """Work out some budgets of a batch; whether there may be more. After the last of them it is worked out."""
    batch = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.state != State.DRAFTED:
        return False
    budgets = list(with_facts(to_work_out(batch).order_by("pk"))[:SOME])
    if not budgets:
        batch.state = State.WORKED_OUT
        batch.save(update_fields=["state"])
        return False
    Row.objects.bulk_create(rows_of(batch, budgets))
    return True


def with_facts(budgets: QuerySet[Budget]) -> QuerySet[Budget]:
    """Budgets with what a charge is worked out from, and without the long words of decisions."""
    charges = Decision.objects.defer("steps", "reasons", "law_values")
    checks = FinancialAssessment.objects.defer("lines", "evidence").prefetch_related("raised")
    return budgets.prefetch_related(None).prefetch_related(
        Prefetch("plan__charges", charges), Prefetch("case__financial_assessments", checks)
    )


def rows_of(batch: Batch, budgets: Sequence[Budget]) -> list[Row]:
    """A row for each budget: what changes, what stays, and what is set apart or left out, with why."""
    laws, again, priced = laws_of(batch.day), mirrors_of(budgets), priced_of(batch, budgets)
    rows, known = [], []
    for budget in budgets:
        charge = last_charge(budget)
        row = Row(batch=batch, case_id=budget.case_id, budget=budget, charge_before=charge)
        row.before_pence = budget.charge_pence_per_week
        rows.append(row)
        try:
            facts = facts_of(budget, charge, batch, laws, again, priced.get(budget.pk))
            before = inputs_as_checked(charge, day_before(batch.day)) if charge else {}
            known.append((row, facts, facts.steps(before, laws)))
        except LeftOut as left:
            row.state, row.why = RowState.LEFT_OUT, str(left)
        except Refusal as apart:
            row.state, row.why = RowState.SET_APART, str(apart)
    _fill_in(batch, known, laws)
    return rows


def last_charge(budget: Budget) -> Decision | None:
    """The last charge that counts for a budget's plan, with its case at hand."""
    charges = charges_of(budget.plan)
    for charge in charges:
        charge.case = budget.case
    return charges[-1] if charges else None


def mirrors_of(budgets: Sequence[Budget]) -> set[UUID]:
    """The charges of some budgets that took back those of an earlier batch: their day may be decided again."""
    found = Row.objects.filter(budget_again__in=budgets).values_list("mirror", flat=True)
    return {pk for pk in found if pk}


def facts_of(
    budget: Budget,
    charge: Decision | None,
    batch: Batch,
    laws: Laws,
    again: set[UUID],
    priced: Priced | Refusal | None = None,
) -> Facts:
    """What the new charge of a budget is worked out from. Raises LeftOut, or another Refusal to set it apart."""
    day = batch.day
    if charge is None:
        raise Refusal(MISSING)
    if charge.law_on >= day and charge.pk not in again:
        raise LeftOut(LATER if budget.starts_on >= day else DECIDED)
    if hasattr(budget, "ending") and budget.ending.ends_on < day:
        raise LeftOut(ENDS)
    if budget.starts_on > day:
        raise Refusal(BEGAN_SINCE)
    if any(check.completed_on is None for check in budget.case.financial_assessments.all()):
        raise Refusal(UNDER_WAY)
    if isinstance(priced, Refusal):
        raise priced
    now = inputs_as_checked(charge, day)
    rows, unknown, put_up = [], False, now
    if batch.puts_benefits_up and now.get("income"):
        rows = [each.as_json() for each in raised(now["income"], laws.rates_before, laws.rates)]
        unknown = at_no_rate(now["income"], laws.rates_before, laws.rates)
        put_up = with_raised(now, rows) if rows else now
    inputs = json.loads(json.dumps(priced.charged(put_up) if priced else put_up))  # as it is stored
    return Facts(now, inputs, rows, unknown, money_check_behind(charge, day), put_up, priced)


def _fill_in(batch: Batch, known: Sequence[tuple[Row, Facts, Steps]], laws: Laws) -> None:
    """Work the charges of all rows out at once, in columns, and say of each what becomes of it."""
    if not known:
        return
    digest = laws.on.only(*CHARGED).digest
    found = differences(_columns([steps for _, _, steps in known]), laws.before, laws.on)
    columns = {f"by_{why}_pence": np.broadcast_to(part, len(known)).tolist() for why, part in found.why.items()}
    before, after = found.before.tolist(), found.after.tolist()
    for place, (row, facts, _) in enumerate(known):
        row.inputs, row.raised, row.at_no_rate = facts.inputs, facts.raised, facts.at_no_rate
        row.prices = facts.prices
        row.cost_after_pence = facts.priced.reckoned.pence_per_week if facts.priced else None
        row.law_digest = digest
        row.after_pence = after[place]
        for name, parts in columns.items():
            setattr(row, name, parts[place])
        row.state, row.why = _becomes(row, before[place], batch)
        if row.why == NOT_DECIDED:
            _forget(row, columns)
    changing = [row for row, _, _ in known if row.state == RowState.CHANGES and not row.prices]
    _set_apart_what_may_not_be_charged(changing, batch.day)  # at other prices that is asked once it is applied


def _set_apart_what_may_not_be_charged(rows: Sequence[Row], day: date) -> None:
    """Set apart whose new charge would fall on money that nobody is charged for."""
    too_much = too_much_at({row.budget_id: row.after_pence or 0 for row in rows}, day)
    for row in rows:
        if row.budget_id in too_much:
            row.state, row.why = RowState.SET_APART, too_much[row.budget_id]


def _columns(steps: Sequence[Steps]) -> Steps:
    names = ("before", "a_day_later", "by_new_law", "put_up", "priced")
    return Steps(**{name: Means(**columns_of_means([getattr(each, name) for each in steps])) for name in names})


def _becomes(row: Row, worked_out_pence: int, batch: Batch) -> tuple[RowState, str]:
    if worked_out_pence != row.before_pence:
        return RowState.SET_APART, NOT_DECIDED
    if row.more_pence > batch.largest_rise_pence_per_week:
        most = pounds(batch.largest_rise_pence_per_week)
        why = f"It would rise by {pounds(row.more_pence)} a week, and more than {most} is decided one by one."
        return RowState.SET_APART, why
    return (RowState.CHANGES if row.more_pence else RowState.STAYS), ""


def _forget(row: Row, columns: Mapping[str, object]) -> None:
    """What was worked out from a charge that does not stand says nothing."""
    row.after_pence, row.inputs, row.prices, row.cost_after_pence = None, None, [], None
    for name in columns:
        setattr(row, name, 0)


def as_worked_out(
    row: Row, budget: Budget, laws: Laws, again: set[UUID], priced: Priced | Refusal | None = None
) -> Facts:
    """The facts of a row as they are now. Raises Refusal where anything is not as it was worked out."""
    charge = last_charge(budget)
    if charge is None or charge.pk != row.charge_before_id or budget.charge_pence_per_week != row.before_pence:
        raise Refusal("What was paid before was decided anew meanwhile.")
    facts = facts_of(budget, charge, row.batch, laws, again, priced)
    if facts.prices != row.prices:
        raise Refusal("A recorded price, or a line of the plan, changed meanwhile.")
    if facts.inputs != row.inputs or facts.raised != row.raised:
        raise Refusal("What is on record of the person’s money, age or support changed meanwhile.")
    if laws.on.only(*CHARGED).digest != row.law_digest:
        raise Refusal("A figure of the law or of the council’s policy changed meanwhile.")
    return facts
