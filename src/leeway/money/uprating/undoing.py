"""A batch undone as one: each pays what they paid before, from the same day, unless something was built on it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from leeway.access.models import User
from leeway.care.assessment.actions import take_benefits_back
from leeway.care.decisions.models import Decision
from leeway.care.people.locks import lock_cases
from leeway.care.people.models import Case
from leeway.care.planning.actions import NewCharge, charge_many, take_prices_back
from leeway.jobs.kinds import Progress, untold
from leeway.money.budgets.models import Budget
from leeway.money.uprating.applying import each_by_itself, let_go_on, move, ready_to_go_on
from leeway.money.uprating.models import Batch, Row
from leeway.money.uprating.states import RowState, State
from leeway.money.uprating.telling import tell_taken_back
from leeway.money.uprating.working_out import last_charge
from leeway.refusal import Refusal

SOME = 500
BUILT_ON = "Something was decided since that rests on it. Put it right under “Charges about to change”."


def undo(batch: Batch, progress: Progress = untold) -> None:
    """Take back whatever of a batch is not taken back yet."""
    of = batch.rows.filter(state=RowState.APPLIED).count()
    while some(batch):
        progress(done=of - batch.rows.filter(state=RowState.APPLIED).count(), of=of)


@transaction.atomic
def some(batch: Batch) -> bool:
    """Take back some rows of a batch; whether there may be more. After the last of them it is undone."""
    batch = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.state != State.UNDOING or batch.undone_by is None or batch.undone_on is None:
        return False
    rows = list(batch.rows.filter(state=RowState.APPLIED).order_by("pk")[:SOME])
    if not rows:
        batch.state = State.UNDONE
        batch.save(update_fields=["state"])
        return False
    by, on = batch.undone_by, batch.undone_on
    lock_cases(Case.objects.filter(pk__in=[row.case_id for row in rows]))
    each_by_itself(rows, lambda some_rows: _undo(some_rows, batch, by, on), RowState.KEPT)
    return True


def _undo(rows: Sequence[Row], batch: Batch, by: User, on: date) -> None:
    take_benefits_back(put_up=[row.put_up_id for row in rows if row.put_up_id], by=by, on=on)
    budgets = ready_to_go_on([row.budget_after_id or row.budget_id for row in rows], on)
    as_applied = [(row, _as_applied(row, budgets.get(row.budget_after_id or row.budget_id))) for row in rows]
    changed = [(row, budget) for row, budget in as_applied if row.budget_after_id]
    if changed:
        _mirror(changed, batch, by, on)
    move(rows, RowState.TAKEN_BACK, "mirror", "budget_again")
    for row, _ in changed:
        if row.told_on:
            tell_taken_back(row, batch, by, on)


def _as_applied(row: Row, budget: Budget | None) -> Budget:
    """The budget of a row, which runs on at the charge that it decided, or left. Refused where anything came after."""
    last = last_charge(budget) if budget else None
    if budget is None or last is None or last.pk != (row.charge_after_id or row.charge_before_id):
        raise Refusal(BUILT_ON)
    if hasattr(budget, "ending") and budget.ending.ends_on < budget.starts_on:
        raise Refusal(BUILT_ON)
    return budget


def _mirror(changed: Sequence[tuple[Row, Budget]], batch: Batch, by: User, on: date) -> None:
    """Decide again what was paid before, by the facts and the figures of then, and have the budgets go on at that."""
    olds = Decision.objects.in_bulk([row.charge_before_id for row, _ in changed])
    because = [f"batch {batch.number} was taken back: {batch.undone_because}".rstrip(".")]
    wanted = []
    for row, budget in changed:
        old = olds[row.charge_before_id]
        wanted.append(
            NewCharge(
                plan=budget.plan,
                case=budget.case,
                day=batch.day,
                inputs=old.inputs,
                because=because,
                law_values=old.law_values,
            )
        )
    charges = charge_many(wanted=wanted, by=by, on=on)
    for (row, _), charge in zip(changed, charges, strict=True):
        if charge.result["charge_pence_per_week"] != row.before_pence:
            raise Refusal("What was paid before does not come out again. Decide it by itself.")
    going = [(budget, charge) for (_, budget), charge in zip(changed, charges, strict=True)]
    let_go_on(going, by, on, [row for row, _ in changed], ("mirror", "budget_again"), _prices_back(changed, by, on))


def _prices_back(changed: Sequence[tuple[Row, Budget]], by: User, on: date) -> dict[UUID, Decision]:
    """Take the new prices of budgets back; what was decided of each before them, by the key of the one that runs."""
    priced = [(row, budget) for row, budget in changed if row.prices]
    take_prices_back(budgets=[budget.final_budget_id for _, budget in priced], by=by, on=on)
    earlier = Budget.objects.select_related("final_budget").in_bulk([row.budget_id for row, _ in priced])
    return {budget.pk: earlier[row.budget_id].final_budget for row, budget in priced}
