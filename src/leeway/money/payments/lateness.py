"""When a payment is late: one rule for the notice, the person's page and finance's lists."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from leeway.care.planning.models import Way
from leeway.money.banking.working_days import bacs_submission_day, working_day_on_or_before
from leeway.money.budgets.models import Hold, Instalment
from leeway.money.budgets.payable import as_paid_on, payable
from leeway.money.payments.models import AnsweredPayment, Payment, Rail
from leeway.money.payments.states import LIVE, PaymentState

#: A payment that waited in the week before its day could not be sent in time, and was told of when it was held.
TIME_TO_SEND = timedelta(days=7)
#: That the bank turned a payment down for nothing that is wrong with the account it was for.
FAILED = AnsweredPayment.objects.filter(ours=True, payment=OuterRef("pk"))
CAME_BACK = Payment.objects.filter(~Exists(FAILED), instalment=OuterRef("pk"), state=PaymentState.RETURNED)
WAS_HELD = Hold.objects.filter(
    budget__plan=OuterRef("part__budget__plan"),
    placed_on__lte=OuterRef("due_on"),
    lifted_on__gt=ExpressionWrapper(OuterRef("due_on") - TIME_TO_SEND, output_field=DateTimeField()),
)


def late_payments(on: date, *, known: Collection[UUID] | None = None) -> QuerySet[Any]:
    """Direct payments that nothing stops, that nobody has sent, and that Bacs cannot bring on their day any more.

    Not what came back or was on hold when it was to be sent, since that was told then; nor what was due before its
    budget was set up. What failed with us or with the bank was told to nobody, and is late as anything is.
    """
    due = Instalment.objects.filter(
        due_on__lte=last_day_missed(on),
        amount_pence__gt=0,
        part__way=Way.DIRECT_PAYMENT,
        part__budget__case__person__date_of_death=None,
        part__budget__started_on__lt=F("due_on"),
    )
    in_time = Q(run__sent_on__isnull=False) | Q(run__rail=Rail.FASTER, run__pay_on__gte=on)
    on_its_way = Payment.objects.filter(in_time, instalment=OuterRef("pk"), state__in=LIVE)
    unsent = due.exclude(Exists(on_its_way)).exclude(Exists(CAME_BACK)).exclude(Exists(WAS_HELD))
    return (
        payable(as_paid_on(unsent, on, known=known))
        .select_related("part__budget__case__person")
        .order_by("due_on", "pk")
    )


def last_day_missed(on: date) -> date:
    """The last day on which somebody's money was due that a file given to the bank today comes too late for."""
    day = on
    while bacs_submission_day(working_day_on_or_before(day)) < on:
        day += timedelta(days=1)
    return day - timedelta(days=1)
