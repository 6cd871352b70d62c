"""A payment run made: everything payable that is due by a day, or the few that cannot wait, picked and frozen."""

import uuid
from collections.abc import Collection
from datetime import date
from itertools import batched
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, Max, Q, QuerySet, Subquery, Sum, Value, Window

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.jobs.kinds import Progress, untold
from leeway.money.banking.payment import TOTAL_PENCE_MAX
from leeway.money.budgets.models import Instalment
from leeway.money.budgets.payable import PAYEE_IN_USE, PAYEE_ON_ACCOUNT, payable, payable_on_account
from leeway.money.payments import falling_due, owed
from leeway.money.payments.frozen import freeze
from leeway.money.payments.models import GIVEN_UP, FileOfRuns, PaymentRun, Rail
from leeway.money.payments.pay_days import require_all_due, require_faster_day, require_pay_day
from leeway.money.payments.steps import one_at_a_time
from leeway.refusal import Refusal

#: How many payments are put in a run at a time: each time what is paid is looked up anew, which costs what it costs.
PICKED_AT_ONCE = 25_000
#: What was chosen for a run, so many rows at a time: run, place, instalment, interim payment, what is owed of an
#: invoice, account paid into.
CHOSEN = "SELECT %s::uuid, * FROM unnest(%s::int[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[])"


class NothingToPay(Refusal):
    """No instalment is due that is not in a run already."""


@transaction.atomic
def make_run(*, pay_on: date, by: User, on: date, progress: Progress = untold) -> PaymentRun:
    """Put everything payable that is due by a day into a run, for another officer to approve.

    The same statements do it for one person and for 200,000. What another run has, even one being made at this moment,
    is left to it: a second press finds nothing to pay (NothingToPay). Refuses a day on which banks are closed, or that
    is too near or too far for Bacs.
    """
    check_can(by, Capability.PAY)
    require_pay_day(pay_on, on)
    return _make(pay_on, by, on, progress=progress)


@transaction.atomic
def make_faster_run(*, pay_on: date, only: Collection[uuid.UUID], why: str, by: User, on: date) -> PaymentRun:
    """Put some of what is due by a day into a run of its own by Faster Payments, since waiting for Bacs would hurt.

    `only` names instalments, interim payments and what is owed of invoices. It is approved as every run is, and pays
    nothing that another run has. Refuses a day before today or over a month away, or before something chosen is due,
    and nothing chosen.
    """
    check_can(by, Capability.PAY)
    require_faster_day(pay_on, on)
    why = said.sentence(why, ask="Say why this cannot wait for the next Bacs run.", field="why", least=said.FEW)
    if not only:
        raise Refusal("Choose whom to pay.", field="only")
    last = Instalment.objects.filter(pk__in=only).aggregate(last=Max("due_on"))["last"]
    require_all_due(last, pay_on, "Choose that day, or leave it out of what you pay.")
    return _make(pay_on, by, on, rail=Rail.FASTER, why=why, only=only)


def _make(
    pay_on: date,
    by: User,
    on: date,
    *,
    rail: Rail = Rail.BACS,
    why: str = "",
    only: Collection[uuid.UUID] | None = None,
    progress: Progress = untold,
) -> PaymentRun:
    one_at_a_time()
    run = PaymentRun.objects.create(
        number=next_number(),
        rail=rail,
        why=why,
        pay_on=pay_on,
        second_above_pence=second_above_pence(pay_on, on, PaymentRun.objects.all()),
        made_by=by,
        made_on=on,
        dated_by=by,
        dated_on=on,
    )
    _pick(run, only, progress)
    found = run.payments.aggregate(count=Count("pk"), pence=Sum("amount_pence"))
    if not found["count"]:
        raise NothingToPay("Nothing is due by that day that is not in a payment run already.")
    if found["pence"] > TOTAL_PENCE_MAX:
        raise Refusal("The payments come to more than one file can carry (£999,999,999.99). Choose an earlier day.")
    run.payments_count, run.total_pence = found["count"], found["pence"]
    run.save(update_fields=["payments_count", "total_pence"])
    return run


def second_above_pence(pay_on: date, made_on: date, others: QuerySet[PaymentRun]) -> int:
    """The total above which two approve a run: the council's limit, less what one approves alone of the others.

    Runs of one pay day, or made on one day, count together: nobody stays below the limit by making two of one.
    """
    beside = others.exclude(state__in=GIVEN_UP).filter(Q(pay_on=pay_on) | Q(made_on=made_on))
    alone = beside.filter(total_pence__lte=F("second_above_pence")).aggregate(pence=Sum("total_pence", default=0))
    return max(0, settings.RUN_SECOND_APPROVER_PENCE - alone["pence"])


def next_number() -> int:
    """The next serial number of a file: no run has it, and no file of several runs."""
    runs, files = (each.objects.order_by().values_list("number", flat=True) for each in (PaymentRun, FileOfRuns))
    return (runs.union(files).order_by("-number").first() or 0) + 1


def _pick(run: PaymentRun, only: Collection[uuid.UUID] | None, progress: Progress) -> None:
    """Insert the payments of a run from the queries that say what is payable, with their facts frozen."""
    dues = payable(falling_due.unpaid(run.pay_on)).order_by()
    interims = payable_on_account(falling_due.unpaid_on_account(), run.pay_on).order_by()
    invoices = owed.payable(owed.unpaid() if only is not None else owed.unpaid_by(run.pay_on)).order_by()
    if only is not None:
        dues, interims = dues.filter(pk__in=only), interims.filter(pk__in=only)
        invoices = invoices.filter(pk__in=only)
    due = _as_picked(dues, 0, "due_on", PAYEE_IN_USE)
    on_account = _as_picked(interims, 1, "authorised_on", PAYEE_ON_ACCOUNT)
    chosen = due.union(on_account, _as_picked(invoices, 2, "invoice__due_on", owed.PAYEE), all=True)
    in_order = chosen.order_by("rank", "day", "key").iterator(chunk_size=PICKED_AT_ONCE)
    done = 0
    for batch in batched(in_order, PICKED_AT_ONCE):
        progress(done=done, of=max(done + len(batch), batch[0][-1]))
        places = list(range(done + 1, done + len(batch) + 1))
        keys = [[key if rank == of else None for rank, _, key, _, _ in batch] for of in range(3)]
        with connection.cursor() as cursor:
            cursor.execute(freeze(CHOSEN), [run.pk, places, *keys, [row[3] for row in batch]])
        done += len(batch)


def _as_picked(rows: QuerySet[Any], rank: int, day: str, payees: QuerySet[Any]) -> QuerySet[Any]:
    """Rows that are payable, as a run takes them: their order, the account each goes into, and how many there are."""
    told = {"rank": Value(rank), "day": F(day), "key": F("pk"), "into": Subquery(payees.values("pk")[:1])}
    return rows.annotate(**told, of=Window(Count("pk"))).values_list(*told, "of")
