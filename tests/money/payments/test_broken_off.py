"""A run is made, approved, sent and confirmed although every step of it is killed in the middle, or loses its database.

Each step is taken in a process of its own, killed after each statement that writes and once more after the commit, and
then taken again. Nobody is paid twice or forgotten, and the books balance throughout.
"""

from contextlib import suppress
from itertools import cycle

import pytest
from django.db import OperationalError, close_old_connections, connection, transaction

from leeway.care.planning.models import Way
from leeway.jobs.actions import start_job
from leeway.jobs.models import Job
from leeway.jobs.states import State as JobState
from leeway.messages.models import Message
from leeway.money.budgets.actions import start_budget
from leeway.money.ledger.models import Kind, Transfer
from leeway.money.ledger.queries import trial_balance
from leeway.money.payments.bank_files import bacs_file, iso_file
from leeway.money.payments.models import Payment, PaymentRun
from leeway.money.payments.queries import findings
from leeway.money.payments.states import PaymentState, State
from leeway.refusal import Refusal
from tests.conftest import SET_UP_ON
from tests.money.invoices.agreed import owed_early
from tests.money.payments.broken_off import ON, steps
from tests.servers import moved_to_own_server

pytestmark = pytest.mark.django_db(transaction=True)
STANDS = {"make": State.MADE, "approve": State.APPROVED, "send": State.SENT, "confirm": State.CONFIRMED}


@pytest.fixture
def council(another_case, agree, bank, finn, fay):
    """Three people whose first £71.43 is due, and a provider's invoice."""
    for place, name in enumerate(("Amy", "Bob", "Cid")):
        case = another_case(name)
        plan = agree(case, (Way.DIRECT_PAYMENT, 100_00, 0))
        bank(case, account_number=str(12345678 + place), name=name)
        start_budget(plan=plan, by=finn, on=SET_UP_ON)
    owed_early(another_case("Ivy"), agree, finn, fay, on=SET_UP_ON)


def stands() -> State | None:
    """Where the run stands, once what a killed process left is rolled back: asking for its lock waits for that."""
    with transaction.atomic():
        run = PaymentRun.objects.select_for_update().filter(number=1).first()
    return run and State(run.state)


def kill_everywhere(player, step, before):
    """Kill a step at every point before its commit: nothing of it is left. Then after it: all of it is there."""
    point = 1
    while True:
        said = player.play(step, point)
        if said != "here":
            assert said.startswith("through"), said
            player.ends()
            return point
        player.kill()
        assert stands() == before, f"{step}, killed at {point}"
        assert list(findings()) == [], f"{step}, killed at {point}"
        point += 1


def is_whole():
    """Every one of the three is paid once, but for what came back, and the provider; the books balance."""
    assert list(findings()) == []
    assert sum(trial_balance().values()) == 0
    arrived = Transfer.objects.filter(reason="payment_arrived", debit__kind=Kind.HELD_BY_PERSON)
    assert arrived.count() == arrived.values("about").distinct().count() == 2
    assert Transfer.objects.filter(reason="payment_arrived", debit__kind=Kind.PAID_TO_PROVIDER).count() == 1
    assert Message.objects.filter(template="remittance").count() == 1
    assert sorted(Payment.objects.values_list("place", "state")) == [
        (1, PaymentState.ARRIVED),
        (2, PaymentState.RETURNED),
        (3, PaymentState.ARRIVED),
        (4, PaymentState.ARRIVED),
    ]


def test_every_step_is_killed_at_every_statement_and_taken_again(council, player):
    before = None
    for step, state in STANDS.items():
        assert kill_everywhere(player, step, before) > 1  # the last try went through
        assert stands() == state
        with pytest.raises(Refusal):  # pressed again by somebody who saw the error page
            steps()[step]()
        before = state
    is_whole()


def test_what_was_committed_before_the_kill_is_not_done_again(council, player):
    for step, state in STANDS.items():
        assert player.play(step, "committed") == "here"
        player.kill()
        assert stands() == state
        with pytest.raises(Refusal):
            steps()[step]()
    is_whole()


def test_a_job_killed_in_the_middle_leaves_the_run_as_it_was_and_is_taken_up(council, player, fay):
    steps()["make"]()
    run = steps()["approve"]()
    arguments = {"run": run.pk, "pay_on": run.pay_on, "sent_on": ON}
    job = start_job(kind="send_run", arguments=arguments, by=fay, on=ON)
    assert player.play("send by a job", 4) == "here"
    player.kill()
    assert stands() == State.APPROVED and list(findings()) == []
    assert Job.objects.get(pk=job.pk).state == JobState.WORKING
    steps()["send by a job"]()
    job.refresh_from_db()
    assert (stands(), job.state, job.attempt) == (State.SENT, JobState.DONE, 2)
    assert list(findings()) == [] and Transfer.objects.filter(reason="payment_sent").count() == 4


def test_the_database_is_restarted_in_the_middle_of_each_step_and_right_after_it(council):
    """The same process takes the step again: nothing of it was left. What it was told is done stays done."""
    with moved_to_own_server() as server:
        ways_down = cycle([server.lose_power, server.stop])

        def restart():
            next(ways_down)()
            server.start()

        for step, state in STANDS.items():
            restart_everywhere(restart, step, stands())
            assert stands() == state
            restart()
            close_old_connections()
            assert stands() == state
            with pytest.raises(Refusal):  # pressed again by somebody who saw the error page
                steps()[step]()
            if state == State.APPROVED:
                files_stay_the_same(restart)
        is_whole()


def restart_everywhere(restart, step, before):
    """Restart the server after every statement of a step that writes, the last before its commit too."""
    point, written = 0, 0

    def restart_at_the_point(execute, sql, params, many, context):
        nonlocal written
        done = execute(sql, params, many, context)
        if sql.lstrip().startswith(("INSERT", "UPDATE")):
            written += 1
            if written == point:
                restart()
        return done

    while point == written:  # the last try met a restart
        point, written = point + 1, 0
        with suppress(OperationalError), connection.execute_wrapper(restart_at_the_point):
            steps()[step]()
        close_old_connections()  # as each request of the server begins
        if point == written:
            assert stands() == before, f"{step}, restarted at {point}"
            assert list(findings()) == [], f"{step}, restarted at {point}"
    assert point > 1


def files_stay_the_same(restart):
    """What the bank is given is the same to the byte, whenever it is asked for again."""
    run = PaymentRun.objects.get(number=1)
    for file in (bacs_file, iso_file):
        first = "".join(file(run))
        restart()
        with pytest.raises(OperationalError):
            "".join(file(run))
        close_old_connections()
        assert "".join(file(run)) == first
