"""A payment run that the bank does not have: cancelled, withdrawn, or given another day."""

from datetime import date

from django.db import transaction
from django.db.models import Max, Q

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.money.payees.actions import SecondOfficerNeeded
from leeway.money.payments.making import second_above_pence
from leeway.money.payments.models import PaymentRun, Sample
from leeway.money.payments.pay_days import require_all_due, require_day_of
from leeway.money.payments.states import PaymentState, State
from leeway.money.payments.steps import move, one_at_a_time, require_alone, run_to_move
from leeway.refusal import Refusal


@transaction.atomic
def cancel_run(*, run: PaymentRun, by: User, on: date) -> PaymentRun:
    """Give up a run before it is approved. Its instalments are due again."""
    run = run_to_move(run, State.CANCELLED, by, on)
    return _give_up(run, State.CANCELLED, "Given up before it was approved.", by, on)


@transaction.atomic
def withdraw_run(*, run: PaymentRun, reason: str, by: User, on: date) -> PaymentRun:
    """Give up an approved run of which the bank has no file, and say why. Its instalments are due again."""
    run = run_to_move(run, State.WITHDRAWN, by, on)
    require_alone(run)
    ask = "Say why the run is withdrawn, and how you know that the bank has no file."
    return _give_up(run, State.WITHDRAWN, said.sentence(reason, ask=ask, field="reason", least=said.FEW), by, on)


@transaction.atomic
def redate_run(*, run: PaymentRun, pay_on: date, by: User, on: date) -> PaymentRun:
    """Give a run that was not sent another day. An approval falls away: another officer approves the new day.

    Refused where it has that day already, where something in it is not due by then, or where it would be one of
    several of one day that are above the limit together, and one officer alone approves it. Two runs that come to one
    day at once, made or moved, come there one after the other.
    """
    check_can(by, Capability.PAY)
    one_at_a_time()
    run = run_to_move(run, State.MADE, by, on)
    require_alone(run)
    _require_no_look_at(run, by)
    require_day_of(run, pay_on, on)
    _require_due_by(run, pay_on)
    others = PaymentRun.objects.exclude(pk=run.pk)
    if not run.needs_second and run.total_pence > second_above_pence(pay_on, run.made_on, others):
        raise Refusal(
            "With other runs of that day this one is above the total that one officer alone approves. Choose another "
            "day, or cancel it and make it again for that day: two approve it then.",
            field="pay_on",
        )
    run.pay_on, run.dated_by, run.dated_on = pay_on, by, on
    run.checked_by = run.checked_on = run.approved_by = run.approved_on = run.originator = None
    approvals = ("checked_by", "checked_on", "approved_by", "approved_on", "originator")
    move(run, State.MADE, "pay_on", "dated_by", "dated_on", *approvals)
    return run


def _require_no_look_at(run: PaymentRun, by: User) -> None:
    """Refuse to choose a run's day of whoever drew its sample, or looked at a payment of it."""
    sample = Sample.objects.filter(run=run)
    if sample.filter(Q(drawn_by=by) | Q(rows__looked_by=by)).exists():
        raise SecondOfficerNeeded(
            "You drew the sample of this run or looked at it, so another finance officer gives it another day."
        )


def _require_due_by(run: PaymentRun, pay_on: date) -> None:
    """Refuse the day that a run has, and one before something in it is due: whoever is paid counts on that day."""
    if pay_on == run.pay_on:
        raise Refusal(f"The run has that day already: {pay_on:%-d %B %Y}. Choose another.", field="pay_on")
    last = run.payments.aggregate(last=Max("instalment__due_on"))["last"]
    require_all_due(last, pay_on, "To pay others sooner, give this run up and make it again.")


def _give_up(run: PaymentRun, to: State, because: str, by: User, on: date) -> PaymentRun:
    run.given_up_by, run.given_up_on, run.given_up_because = by, on, because
    move(run, to, "given_up_by", "given_up_on", "given_up_because")
    run.payments.update(state=PaymentState.CANCELLED)
    return run
