"""Making, approving and cancelling payment runs."""

import uuid
from dataclasses import asdict
from datetime import date, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, Max, Subquery, Sum, Value, Window
from django.db.models.functions import RowNumber

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.actions import tell_many
from leeway.care.people.events import Event
from leeway.days import PLANNED, check_day
from leeway.law.numbers import pounds
from leeway.money.banking.payment import TOTAL_PENCE_MAX, Originator, require_payable
from leeway.money.banking.working_days import bacs_submission_day
from leeway.money.budgets.payable import PAYEE_IN_USE, payable
from leeway.money.ledger.actions import NewTransfer, open_account, transfer_many
from leeway.money.ledger.models import Account, Kind, Reason
from leeway.money.payees.actions import SecondOfficerNeeded
from leeway.money.payments import queries
from leeway.money.payments.models import PaymentRun
from leeway.money.payments.states import MOVES, State
from leeway.moves import require_move
from leeway.refusal import Refusal

DAYS_AHEAD_MAX = 31
ROWS_AT_ONCE = 10_000


class NothingToPay(Refusal):
    """No instalment is due that is not in a run already."""


@transaction.atomic
def make_run(*, pay_on: date, by: User, on: date) -> PaymentRun:
    """Put every payable instalment that is due by a day into a run, for another officer to approve.

    One statement does it for one person or for 200,000. An instalment that another run has, even one being made
    at this moment, is left to it: a second press finds nothing to pay (NothingToPay). Refuses a day on which
    banks are closed, or that is too near or too far for Bacs.
    """
    check_can(by, Capability.PAY)
    require_pay_day(pay_on, on)
    _one_at_a_time()
    run = PaymentRun.objects.create(number=_next_number(), pay_on=pay_on, made_by=by, made_on=on)
    _pick(run)
    found = run.payments.aggregate(count=Count("pk"), pence=Sum("amount_pence"))
    if not found["count"]:
        raise NothingToPay("Nothing is due by that day that is not in a payment run already.")
    if found["pence"] > TOTAL_PENCE_MAX:
        raise Refusal("The payments come to more than one file can carry (£999,999,999.99). Choose an earlier day.")
    run.payments_count, run.total_pence = found["count"], found["pence"]
    run.save(update_fields=["payments_count", "total_pence"])
    return run


@transaction.atomic
def approve_run(*, run: PaymentRun, by: User, on: date) -> PaymentRun:
    """Approve a run that another officer made, and post its payments to the ledger, once.

    Refused where a payment in it may no longer be made: the run is cancelled and made again without it.
    """
    check_can(by, Capability.PAY)
    run = PaymentRun.objects.select_for_update().get(pk=run.pk)
    require_move(MOVES, run.state, State.APPROVED, of="This payment run")
    if run.made_by_id == by.pk:
        raise SecondOfficerNeeded("You made this run, so another finance officer must approve it.")
    require_pay_day(run.pay_on, on)
    _lock_instalments(run)
    _require_nothing_stopped(run)
    run.state, run.settled_by, run.settled_on = State.APPROVED, by, on
    run.originator = asdict(council_account())
    run.save(update_fields=["state", "settled_by", "settled_on", "originator"])
    require_payable(queries.credits_of(run), council_account())
    _post(run, by, on)
    _tell(run, by, on)
    return run


@transaction.atomic
def cancel_run(*, run: PaymentRun, by: User, on: date) -> PaymentRun:
    """Give up a run before it is approved. Its instalments are due again."""
    check_can(by, Capability.PAY)
    run = PaymentRun.objects.select_for_update().get(pk=run.pk)
    require_move(MOVES, run.state, State.CANCELLED, of="This payment run")
    run.payments.update(cancelled=True)
    run.state, run.settled_by, run.settled_on = State.CANCELLED, by, on
    run.save(update_fields=["state", "settled_by", "settled_on"])
    return run


def require_pay_day(pay_on: date, on: date) -> None:
    """Refuse a day on which banks are closed, that Bacs can no longer reach, or over a month away."""
    check_day(pay_on, PLANNED, field="pay_on", what="The day of payment", on=on)
    last = bacs_submission_day(pay_on)
    if on > last:
        first = queries.first_pay_day(on)
        raise Refusal(
            f"Bacs takes three working days, so money sent today arrives on {first:%A %-d %B %Y} at the earliest. "
            "Choose that day or a later one.",
            field="pay_on",
        )
    if pay_on > on + timedelta(days=DAYS_AHEAD_MAX):
        raise Refusal("Choose a day within the next 31 days.", field="pay_on")


def council_account() -> Originator:
    """The account that pays, as the council's settings have it today."""
    return Originator(
        name=settings.COUNCIL_NAME,
        service_user_number=settings.BACS_SERVICE_USER_NUMBER,
        sort_code=settings.BANK_SORT_CODE,
        account_number=settings.BANK_ACCOUNT_NUMBER,
    )


def _one_at_a_time() -> None:
    """Let two officers who press at once make their runs one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('leeway payment run'))")


def _next_number() -> int:
    return (PaymentRun.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def _pick(run: PaymentRun) -> None:
    """Insert the payments of a run from the one query that says what is payable."""
    chosen = payable(queries.unpaid(run.pay_on)).order_by()
    rows = chosen.values_list(
        Value(str(run.pk)),
        Window(RowNumber(), order_by=[F("due_on"), F("pk")]),
        "pk",
        Subquery(PAYEE_IN_USE.values("pk")[:1]),
        "amount_pence",
    )
    sql, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_payment (id, run_id, place, instalment_id, payee_id, amount_pence, cancelled) "
            "SELECT gen_random_uuid(), chosen.run::uuid, chosen.place, chosen.instalment, chosen.payee, "
            f"chosen.amount_pence, false FROM ({sql}) AS chosen (run, place, instalment, payee, amount_pence) "
            "ON CONFLICT DO NOTHING",
            values,
        )


def _lock_instalments(run: PaymentRun) -> None:
    """Keep a budget from being ended while its instalment is paid."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM budgets_instalment AS i JOIN payments_payment AS p ON p.instalment_id = i.id "
            "WHERE p.run_id = %s ORDER BY i.id FOR UPDATE OF i",
            [run.pk],
        )


def _require_nothing_stopped(run: PaymentRun) -> None:
    stopped = queries.stopped_since(run)
    first = stopped.first()
    if first is not None:
        person = first.instalment.part.budget.case.person
        raise Refusal(
            f"{stopped.count()} of these payments may no longer be made, that to {person} among them: a hold, an "
            "ended budget or new bank details came since. Cancel this run and make it again."
        )


def _post(run: PaymentRun, by: User, on: date) -> None:
    """Each payment leaves what is committed for the bank today, and reaches its account on the day of payment."""
    clearing = open_account(kind=Kind.CLEARING, by=by, on=on)
    rows = run.payments.values_list(
        "pk", "instalment", "amount_pence", "instalment__part__budget__committed", "instalment__part__paid_into"
    )
    batch: list[NewTransfer] = []
    for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
        batch += _transfers(*row, clearing=clearing, run=run, on=on)
        if len(batch) >= ROWS_AT_ONCE:
            transfer_many(new=batch, by=by, on=on)
            batch = []
    transfer_many(new=batch, by=by, on=on)


def _tell(run: PaymentRun, by: User, on: date) -> None:
    rows = run.payments.values_list("instalment__part__budget__case", "amount_pence")
    arrives = f"sent, to arrive on {run.pay_on:%-d %B %Y}."
    lines = ((case, f"{pounds(pence)} {arrives}") for case, pence in rows.iterator(chunk_size=ROWS_AT_ONCE))
    tell_many(lines=lines, kind=Event.PAYMENT_SENT, by=by, on=on)


def _transfers(
    payment: uuid.UUID,
    instalment: uuid.UUID,
    amount_pence: int,
    committed: uuid.UUID,
    paid_into: uuid.UUID,
    *,
    clearing: Account,
    run: PaymentRun,
    on: date,
) -> list[NewTransfer]:
    """The two steps of a payment, with ids that are the same however often they are worked out."""
    steps = [
        (Reason.PAYMENT_SENT, committed, clearing.pk, on),
        (Reason.PAYMENT_ARRIVED, clearing.pk, paid_into, run.pay_on),
    ]
    return [
        NewTransfer(
            id=uuid.uuid5(payment, reason.value),
            debit=to,
            credit=out_of,
            amount_pence=amount_pence,
            reason=reason,
            effective_date=effective_date,
            about=instalment,
        )
        for reason, out_of, to, effective_date in steps
    ]
