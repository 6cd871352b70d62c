"""What is done with a payment run that was made: it is approved, sent, and confirmed."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date

from django.conf import settings
from django.db import transaction

from leeway import said
from leeway.access.access import check_can
from leeway.access.alike import check_two_mailboxes
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.actions import finish_tasks_of_many, tell_many
from leeway.care.people.events import Event
from leeway.care.people.models import Case
from leeway.jobs.kinds import Progress, untold
from leeway.law.numbers import pounds
from leeway.money.banking.payment import Originator, require_payable
from leeway.money.budgets.actions import set_aside_on_account
from leeway.money.budgets.models import Interim
from leeway.money.ledger.models import Reason
from leeway.money.payees.actions import SecondOfficerNeeded
from leeway.money.payments import bank_files, notices, queries
from leeway.money.payments.models import Payment, PaymentRun, Rail
from leeway.money.payments.pay_days import require_day_of, require_sent_day
from leeway.money.payments.posting import ROWS_AT_ONCE, post
from leeway.money.payments.remittances import tell_of_remittances
from leeway.money.payments.returning import take_back
from leeway.money.payments.states import MOVES, PaymentState, State
from leeway.money.payments.steps import move, require_alone, require_another, run_to_move
from leeway.moves import require_move
from leeway.refusal import Refusal


@transaction.atomic
def approve_run(*, run: PaymentRun, pay_on: date | None = None, by: User, on: date) -> PaymentRun:
    """Approve a run that others made and chose the day of, so that there are files for the bank. Nothing is posted yet.

    A run above the council's limit is checked first, and then approved by somebody else, of a higher level.

    `pay_on` is the day that the officer saw: where the run has another by now, nothing is approved. Nor where a
    payment in it may no longer be made: the run is cancelled and made again without it.
    """
    run = run_to_move(run, State.APPROVED, by, on)
    _require_day_seen(run, pay_on)
    require_approver(run, by)
    require_day_of(run, run.pay_on, on)
    require_nothing_stopped(run)
    if run.state == State.MADE and run.needs_second:
        run.checked_by, run.checked_on = by, on
        move(run, State.CHECKED, "checked_by", "checked_on")
        return run
    run.originator = asdict(council_account())
    run.approved_by, run.approved_on = by, on
    move(run, State.APPROVED, "approved_by", "approved_on", "originator")
    require_payable(bank_files.Credits([run]), council_account())
    return run


@transaction.atomic
def record_sent(
    *, run: PaymentRun, sent_on: date, pay_on: date | None = None, by: User, on: date, progress: Progress = untold
) -> PaymentRun:
    """Say that a run's file was given to the bank, and on which day. The money leaves what is committed that day.

    Refused where Bacs could no longer reach the day of payment: the run is given another day, or withdrawn. `pay_on` is
    the day that the officer saw: where the run has another by now, the bank was given another file than there is.
    """
    run = run_to_move(run, State.SENT, by, on)
    _require_day_seen(run, pay_on)
    require_alone(run)
    return send(run, sent_on, by, on, progress)


def send(run: PaymentRun, sent_on: date, by: User, on: date, progress: Progress = untold) -> PaymentRun:
    """Send a run that the caller has locked, and found to be approved."""
    require_sent_day(run, sent_on, on)
    run.sent_by, run.sent_on = by, sent_on
    move(run, State.SENT, "sent_by", "sent_on")
    set_aside_on_account(Interim.objects.filter(payments__run=run), by, on)
    post(run, Reason.PAYMENT_SENT, sent_on, by, on, progress)
    _tell_sent(run, by, on)
    tell_of_remittances(run, by=by, on=on)
    if run.rail == Rail.FASTER:
        notices.tell_of_sent_now(run, on=on)
    return run


@transaction.atomic
def confirm_run(
    *,
    run: PaymentRun,
    confirmed_from: str,
    returned: Mapping[str, str],
    by: User,
    on: date,
    progress: Progress = untold,
) -> PaymentRun:
    """Say from what evidence the payments of a run arrived on its day, and which came back: reference → why.

    What came back is committed again, the case is told, and its budget waits until finance has looked.
    """
    run = run_to_move(run, State.CONFIRMED, by, on)
    ask = "Say what you looked at: “Bank statement of 24 April”."
    seen = said.sentence(confirmed_from, ask=ask, field="confirmed_from", least=said.FEW)
    came_back = [(queries.payment_in(run, reference), why) for reference, why in returned.items()]
    _require_each_once(payment for payment, _ in came_back)
    run.confirmed_by, run.confirmed_on, run.confirmed_from = by, on, seen
    move(run, State.CONFIRMED, "confirmed_by", "confirmed_on", "confirmed_from")
    for payment, why in came_back:
        take_back(payment, why, by, on)
    run.payments.filter(state=PaymentState.IN_RUN).update(state=PaymentState.ARRIVED)
    post(run, Reason.PAYMENT_ARRIVED, run.pay_on, by, on, progress)
    return run


def require_approver(run: PaymentRun, by: User) -> None:
    """Refuse whoever cannot take the next step of a run's approval, or where it has none."""
    checks = run.needs_second and run.state == State.MADE
    require_move(MOVES, run.state, State.CHECKED if checks else State.APPROVED, of="This payment run")
    require_another(run, by, "must approve it")
    if by.pk == run.checked_by_id:
        raise SecondOfficerNeeded("You checked this run, so a finance manager who did not must approve it.")
    for one in {run.made_by, run.dated_by, run.checked_by}:
        check_two_mailboxes(one, by)
    if run.needs_second and not checks:
        check_can(by, Capability.APPROVE_LARGE_RUNS)


def council_account() -> Originator:
    """The account that pays, as the council's settings have it today."""
    return Originator(
        name=settings.COUNCIL_NAME,
        service_user_number=settings.BACS_SERVICE_USER_NUMBER,
        sort_code=settings.BANK_SORT_CODE,
        account_number=settings.BANK_ACCOUNT_NUMBER,
    )


def _require_day_seen(run: PaymentRun, pay_on: date | None) -> None:
    if pay_on is not None and pay_on != run.pay_on:
        raise Refusal(
            f"This run has another day since you opened the page: {run.pay_on:%-d %B %Y}. Look at it, and decide anew."
        )


def _require_each_once(payments: Iterable[Payment]) -> None:
    """Refuse a payment that is named twice, in whatever way its reference is written."""
    seen: set[uuid.UUID] = set()
    for payment in payments:
        if payment.pk in seen:
            raise Refusal(f"{payment.reference} is named twice. Write each payment once.", field="returned")
        seen.add(payment.pk)


def require_nothing_stopped(run: PaymentRun) -> None:
    """Refuse to go on with a run in which a payment may no longer be made."""
    stopped = queries.stopped_since(run)
    first = stopped.first()
    if first is not None:
        raise Refusal(
            f"{stopped.count()} of these payments may no longer be made, that to {first.whose} among them: a hold, an "
            "ended budget or new bank details came since. Cancel this run and make it again."
        )


def _tell_sent(run: PaymentRun, by: User, on: date) -> None:
    rows = run.payments.filter(case__isnull=False).values_list("case", "amount_pence")
    arrives = f"sent, to arrive on {run.pay_on:%-d %B %Y}."
    lines = ((case, f"{pounds(pence)} {arrives}") for case, pence in rows.iterator(chunk_size=ROWS_AT_ONCE))
    tell_many(lines=lines, kind=Event.PAYMENT_SENT, by=by, on=on)
    cases = Case.objects.filter(payments__run=run)
    finish_tasks_of_many(cases=cases, kinds=[Event.PAYMENT_LATE], by=by, on=on)
