"""A batch applied: decisions, budgets, funding and dues of many cases at a time; a faulty one is listed."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction

from leeway.access.models import User
from leeway.care.assessment.actions import put_benefits_up
from leeway.care.assessment.models import PutUp
from leeway.care.decisions.models import Decision
from leeway.care.people.actions import finish_tasks_of_many, tell_many
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_cases
from leeway.care.people.models import Case
from leeway.care.planning.actions import (
    PRICE_IS_ANOTHER,
    NewCharge,
    charge_many,
    decide_at_prices,
    repriced,
    told_of,
)
from leeway.jobs.kinds import Progress, untold
from leeway.money.budgets.actions.ending import end
from leeway.money.budgets.actions.funding import let_shares_fall_due
from leeway.money.budgets.actions.starting import go_on_together, goes_on
from leeway.money.budgets.models import Budget, Funding
from leeway.money.contributions.queries import running_budgets
from leeway.money.funders.charging import require_chargeable
from leeway.money.uprating.models import Batch, Row
from leeway.money.uprating.states import RowState, State
from leeway.money.uprating.working_out import (
    Facts,
    Priced,
    as_worked_out,
    laws_of,
    mirrors_of,
    priced_of,
    with_facts,
)
from leeway.refusal import Refusal

#: How many cases are done at a time, and stand still meanwhile.
SOME = 500
FAULT = "The record has a fault that stopped it. Tell whoever looks after Leeway."
ENDED = "The budget does not run any more."

log = logging.getLogger(__name__)


def apply(batch: Batch, progress: Progress = untold) -> None:
    """Apply whatever of a batch that was approved is not applied yet."""
    of = batch.rows.count()
    while some(batch):
        progress(done=of - to_apply(batch).count(), of=of)


def to_apply(batch: Batch):
    """The rows still to be applied: who pays another amount, and whose benefits or prices alone are others."""
    others = batch.rows.filter(state=RowState.STAYS).exclude(raised=[], prices=[])
    return batch.rows.filter(state=RowState.CHANGES) | others


@transaction.atomic
def some(batch: Batch) -> bool:
    """Apply some rows of a batch; whether there may be more. After the last of them it is applied."""
    batch = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.state != State.APPLYING or batch.applied_by is None or batch.applied_on is None:
        return False
    rows = list(to_apply(batch).order_by("pk")[:SOME])
    if not rows:
        batch.state = State.APPLIED
        batch.save(update_fields=["state"])
        return False
    by, on = batch.applied_by, batch.applied_on
    lock_cases(Case.objects.filter(pk__in=[row.case_id for row in rows]))
    each_by_itself(rows, lambda some_rows: _apply(some_rows, batch, by, on), RowState.TAKEN_OUT)
    return True


def each_by_itself(rows: Sequence[Row], do: Callable[[Sequence[Row]], object], otherwise: RowState) -> None:
    """Do something to many rows at once; where that fails, to halves of them, until the faulty ones stand alone.

    Whatever fails is undone, and its row says why: one faulty record holds up no other.
    """
    try:
        with transaction.atomic():
            do(rows)
    except (InterfaceError, OperationalError):  # the database is gone, and no case is at fault
        raise
    except Exception as problem:
        if len(rows) > 1:
            middle = len(rows) // 2
            each_by_itself(rows[:middle], do, otherwise)
            each_by_itself(rows[middle:], do, otherwise)
            return
        (row,) = rows
        if not isinstance(problem, Refusal):
            log.error("The charge of case %s could not be put in place: %s.", row.case_id, type(problem).__name__)
        move([row], otherwise, why=str(problem) if isinstance(problem, Refusal) else FAULT)


#: What a step writes of many rows, each named by its id: the columns that are not given stay as they are.
STEP = """
    UPDATE uprating_row AS row SET state = %s, why = CASE WHEN %s = '' THEN row.why ELSE %s END, {given}
      FROM UNNEST(%s::uuid[], {arrays}) AS told (id, {names}) WHERE row.id = told.id
"""


def move(rows: Sequence[Row], to: RowState, *fields: str, why: str = "") -> None:
    """Write a step of rows: where they stand, and what the step says of each."""
    for row in rows:
        row.state = to
        row.why = why or row.why
    columns = [f"{name}_id" for name in fields] or ["batch_id"]
    sql = STEP.format(
        given=", ".join(f"{name} = told.{name}" for name in columns),
        arrays=", ".join("%s::uuid[]" for _ in columns),
        names=", ".join(columns),
    )
    told = [[getattr(row, name) for row in rows] for name in columns]
    with connection.cursor() as cursor:
        cursor.execute(sql, [to, why, why, [row.pk for row in rows], *told])


def _apply(rows: Sequence[Row], batch: Batch, by: User, on: date) -> None:
    budgets = ready_to_go_on([row.budget_id for row in rows], on)
    facts = _as_approved(rows, budgets, batch)
    fine = [row for row in rows if row.pk in facts]
    put_up = [_put_up(row, facts[row.pk], batch.day) for row in fine if row.raised]
    put_benefits_up(wanted=put_up, by=by, on=on)
    changing = [row for row in fine if row.state == RowState.CHANGES or row.prices]
    _change(changing, budgets, {row.pk: facts[row.pk].priced for row in changing}, batch, by, on)
    move(fine, RowState.APPLIED, "charge_after", "budget_after", "put_up")


def ready_to_go_on(budgets: Iterable[UUID], on: date) -> dict[UUID, Budget]:
    """Of some budgets those that run, with all that it takes to decide what is paid of them and have them go on."""
    words = [f"final_budget__{field}" for field in ("steps", "reasons", "law_values")]
    found = with_facts(running_budgets(on).filter(pk__in=budgets)).select_related("final_budget").defer(*words)
    return {each.pk: each for each in found}


def _as_approved(rows: Sequence[Row], budgets: dict[UUID, Budget], batch: Batch) -> dict[UUID, Facts]:
    """The facts of the rows that are still as they were when they were approved; the others are taken out."""
    running, found = list(budgets.values()), {}
    laws, again, priced = laws_of(batch.day), mirrors_of(running), priced_of(batch, running)
    for row in rows:
        row.batch = batch
        try:
            budget = budgets.get(row.budget_id)
            if budget is None:
                raise Refusal(ENDED)
            found[row.pk] = as_worked_out(row, budget, laws, again, priced.get(budget.pk))
        except Refusal as refusal:
            move([row], RowState.TAKEN_OUT, why=str(refusal))
    return found


def _put_up(row: Row, facts: Facts, day: date) -> PutUp:
    row.put_up = PutUp(financial=facts.money_check, starts_on=day, incomes=row.raised)
    return row.put_up


def _change(
    rows: Sequence[Row],
    budgets: dict[UUID, Budget],
    priced: Mapping[UUID, Priced | None],
    batch: Batch,
    by: User,
    on: date,
) -> None:
    """Decide what is paid anew and have the budgets go on, for all rows by the same statements."""
    if not rows:
        return
    running = [budgets[row.budget_id] for row in rows]
    charges = charge_many(
        wanted=[
            NewCharge(plan=budget.plan, case=budget.case, day=batch.day, inputs=row.inputs, because=because(row))
            for row, budget in zip(rows, running, strict=True)
        ],
        by=by,
        on=on,
    )
    for row, charge in zip(rows, charges, strict=True):
        if charge.result["charge_pence_per_week"] != row.after_pence:
            raise Refusal("The amount that comes out is not the one that was approved.")
    new = [
        (budget, priced[row.pk], charge)
        for row, budget, charge in zip(rows, running, charges, strict=True)
        if priced[row.pk] is not None
    ]
    changed = _at_new_prices(new, by, on)
    let_go_on(list(zip(running, charges, strict=True)), by, on, rows, ("charge_after", "budget_after"), changed)


def _at_new_prices(new: Sequence[tuple[Budget, Priced, Decision]], by: User, on: date) -> dict[UUID, Decision]:
    """Decide the personal budgets whose lines cost another price, and tell their cases; each by its budget's key."""
    wanted = []
    for budget, priced, charge in new:
        budget.plan.case = budget.case
        lines, before = priced.prices.lines, priced.before
        changed = repriced(budget.plan, lines, priced.reckoned, before=before, charge=charge, by=by, on=on)
        wanted.append(changed)
    decided = decide_at_prices(wanted=wanted, by=by, on=on)
    told = [(budget.case_id, told_of(changed)) for (budget, _, _), changed in zip(new, wanted, strict=True)]
    tell_many(lines=told, kind=Event.BUDGET_UPRATED, by=by, on=on)
    return {budget.pk: decision for (budget, _, _), decision in zip(new, decided, strict=True)}


def let_go_on(
    going,
    by: User,
    on: date,
    rows: Sequence[Row],
    fields: tuple[str, str],
    changed: Mapping[UUID, Decision] | None = None,
) -> None:
    """Have budgets go on at their new charges, tell their cases, and note both in the rows.

    `changed` has what was decided of those that are another budget from then.
    """
    last_days = {
        budget.pk: (budget.ending.ends_on, budget.ending.because) for budget, _ in going if hasattr(budget, "ending")
    }
    after = go_on_together(going, by, on, changed)
    lines = [(budget.case_id, goes_on(budget, charge)) for budget, charge in going]
    tell_many(lines=lines, kind=Event.BUDGET_GOES_ON, by=by, on=on)
    for row, (budget, charge), later in zip(rows, going, after, strict=True):
        setattr(row, fields[0], charge)
        setattr(row, fields[1], later)
        if budget.pk in last_days:
            end(later, *last_days[budget.pk], by, on)
    require_chargeable([budget.pk for budget in after])
    cases = [budget.case_id for budget, _ in going]
    if any(charge.law_on < on for _, charge in going):  # what is dated back waits for no night
        let_shares_fall_due(Funding.objects.filter(part__budget__case__in=cases, starts_on__lt=on), on)
    finish_tasks_of_many(cases=Case.objects.filter(pk__in=cases), kinds=[Event.CHARGE_CHANGES], by=by, on=on)


def because(row: Row) -> list[str]:
    """Why another amount is paid from the day, in the words that follow “because”."""
    parts = (
        (row.by_age_pence, "of what turns on that day: an age that is reached, or a free time that is over"),
        (row.by_policy_pence, "new amounts in the council’s policy apply"),
        (row.by_law_pence, "new amounts in the law apply"),
        (row.by_income_pence, "benefits go up with the rates of the year"),
        (row.by_price_pence, PRICE_IS_ANOTHER),
    )
    return [words for pence, words in parts if pence] or [PRICE_IS_ANOTHER] * bool(row.prices)
