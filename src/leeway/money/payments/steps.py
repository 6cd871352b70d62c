"""What every step of a payment run asks first: that nobody else is at it, where it stands, and whose it is to take."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import connection

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.locks import lock_cases, lock_providers
from leeway.care.people.models import Case
from leeway.market.listings.models import Provider
from leeway.money.payees.actions import SecondOfficerNeeded
from leeway.money.payments.models import PaymentRun
from leeway.money.payments.states import MOVES, State
from leeway.moves import require_move
from leeway.refusal import Refusal


def one_at_a_time() -> None:
    """Let two officers who press at once bring their runs to a day one after the other. Locks of runs come later."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('leeway payment run'))")


def lock_paid(runs: Collection[UUID]) -> None:
    """Have whatever some runs pay stand as it is: the cases of everybody in them, and what is owed to providers."""
    lock_cases(Case.objects.filter(payments__run__in=runs))
    lock_providers(Provider.objects.filter(payments__run__in=runs))


def locked_run(run: PaymentRun) -> PaymentRun:
    """A run as it stands once nobody else is at it, or at whoever is paid by it."""
    lock_paid([run.pk])
    return PaymentRun.objects.select_for_update(no_key=True).get(pk=run.pk)


def run_to_move(run: PaymentRun, to: State, by: User, on: date) -> PaymentRun:
    """A run that nobody else is at, found able to take a step that this user may take."""
    check_can(by, Capability.PAY)
    run = locked_run(run)
    require_step(run, to, on)
    return run


def move(run: PaymentRun, to: State, *fields: str) -> None:
    """Write a step of a run that the caller has locked, with what the step says of it."""
    run.state = to
    run.save(update_fields=["state", *fields])


def require_step(run: PaymentRun, to: State, on: date) -> None:
    """Refuse a step that a run cannot take from where it stands, or before its day."""
    if not run.state == to == State.MADE:  # which may be given its day again and again
        require_move(MOVES, run.state, to, of="This payment run")
    if to == State.CONFIRMED and on < run.pay_on:
        raise Refusal(f"People have their money on {run.pay_on:%-d %B %Y}. Confirm the run on that day or later.")


def require_alone(run: PaymentRun) -> None:
    """Refuse to do to one run what would be done to a file that others are in."""
    if run.file is not None:
        raise Refusal(
            f"This run is in the file {run.file.reference} with others. Say that the bank has that file, or take it "
            "apart first."
        )


def require_another(run: PaymentRun, by: User, what: str) -> None:
    """Refuse whoever made a run or chose its day: another does what is asked."""
    if by.pk in (run.made_by_id, run.dated_by_id):
        raise SecondOfficerNeeded(f"You made this run or chose its day, so another finance officer {what}.")
