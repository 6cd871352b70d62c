"""A batch is worked out, applied, told and undone although each is killed in the middle: once for everybody."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from leeway.care.planning.queries import charges_of
from leeway.messages.models import Message
from leeway.money.payments.queries import findings
from leeway.money.uprating import actions
from leeway.money.uprating.states import RowState, State
from tests.money.uprating.conftest import APRIL, LOOKED, ON, WRONG
from tests.servers import database_url

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[3]


def carried_on(point, batch):
    """Carry a batch on in a process of its own as far as a point, and kill it there; what it said last."""
    environment = os.environ | {"DATABASE_URL": database_url()}
    command = [sys.executable, "-m", "tests.money.uprating.broken_off", str(point), str(batch.pk)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as player:
        said = player.stdout.readline().strip()
        player.kill()
    batch.refresh_from_db()
    return said


def killed_and_carried_on(batch, point, to):
    """A step killed once after its first part is through and in the middle of its second, and then carried on."""
    assert carried_on(point, batch) == "here" and batch.state != to
    assert carried_on(0, batch).startswith("through") and batch.state == to


def test_every_step_goes_on_where_it_was_killed(charged, finn, fay, moll):
    budgets = [charged(name) for name in ("Amy", "Bob", "Cid")]
    batch = actions.draft(day=APRIL, what_for="April 2026", puts_benefits_up=True, by=finn, on=ON)
    killed_and_carried_on(batch, 2, State.WORKED_OUT)
    assert batch.rows.count() == 3
    actions.look_at(batch=batch, words=LOOKED, by=finn, on=ON)
    actions.approve(batch=batch, by=fay, on=ON)
    actions.approve(batch=batch, by=moll, on=ON)
    actions.begin_to_apply(batch=batch, by=finn, on=ON)
    killed_and_carried_on(batch, 20, State.APPLIED)
    for budget in budgets:
        row = batch.rows.get(budget=budget)
        assert row.state == RowState.APPLIED and charges_of(budget.plan)[-1] == row.charge_after
        assert budget.case.budgets.count() == budget.plan.charges.count() == 2
    actions.begin_to_tell(batch=batch, by=finn, on=ON)
    killed_and_carried_on(batch, 3, State.TOLD)
    assert Message.objects.filter(template="charge_uprated").count() == 3
    actions.begin_to_undo(batch=batch, because=WRONG, by=moll, on=ON)
    killed_and_carried_on(batch, 20, State.UNDONE)
    for row in batch.rows.all():
        assert row.state == RowState.TAKEN_BACK and row.budget_again.charge_pence_per_week == row.before_pence
    assert list(findings()) == []
