"""Whoever waits for a direct payment is told that it was sent, and in time that it will be late: once for each."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from leeway.care.people.actions import set_task, write_to_person
from leeway.care.people.events import Event
from leeway.care.people.models import Whose
from leeway.care.people.recipients import recipient_for
from leeway.care.planning.models import Way
from leeway.law.numbers import pounds
from leeway.messages.actions import way_to
from leeway.messages.models import Message
from leeway.messages.recipients import Channel
from leeway.money.banking.reasons import FAILED_WITH_US
from leeway.money.banking.working_days import bacs_submission_day, working_day_on_or_before
from leeway.money.budgets.models import Hold, Instalment
from leeway.money.budgets.payable import as_paid_on, payable
from leeway.money.payments.models import AnsweredPayment, Payment, Rail
from leeway.money.payments.states import LIVE, PaymentState, Said, State

#: A letter that says “sent” comes after the money: those who are written to on paper read it on their page.
IN_TIME = (Channel.EMAIL, Channel.TEXT)
LOOKED_BACK = timedelta(days=31)
#: That the bank turned a payment down for nothing that is wrong with the account it was for.
FAILED = AnsweredPayment.objects.filter(
    Q(code__in=FAILED_WITH_US) | Q(answer__back_count=F("answer__run__payments_count")),
    payment=OuterRef("pk"),
    said=Said.REJECTED,
)


def tell_of_sent(*, on: date) -> int:
    """Write to everybody whose direct payment is on its way and who hears from us by email or text; how many."""
    going = Payment.objects.filter(
        state=PaymentState.IN_RUN,
        run__state=State.SENT,
        run__pay_on__gte=on,
        way=Way.DIRECT_PAYMENT,
        case__person__date_of_death=None,
    )
    untold = _not_told(going, "payment_sent").select_related("run", "case__person")
    told = 0
    for payment in untold:
        case = payment.case
        if way_to(recipient_for(case.person))[0] not in IN_TIME:
            continue
        data = {"amount": pounds(payment.amount_pence), "arrives_on": f"{payment.run.pay_on:%-d %B %Y}"}
        write_to_person(
            case=case, template="payment_sent", data=data, key=_key("payment_sent", payment), by=None, on=on
        )
        told += 1
    return told


def tell_of_late(*, on: date) -> int:
    """Say sorry to everybody whose direct payment cannot reach them on its day any more, and ask finance; how many."""
    told = 0
    for instalment in _not_told(late(on), "payment_late"):
        case = instalment.part.budget.case
        day = f"{working_day_on_or_before(instalment.due_on):%-d %B %Y}"
        data = {"amount": pounds(instalment.amount_pence), "due_on": day}
        key = _key("payment_late", instalment)
        write_to_person(case=case, template="payment_late", data=data, key=key, by=None, on=on)
        set_task(
            case=case,
            kind=Event.PAYMENT_LATE,
            what=f"{case.person}'s payment of {day} was not sent in time. Send it, and say how they manage until then.",
            whose=Whose.FINANCE,
            due_on=on,
            on=on,
        )
        told += 1
    return told


def late(on: date) -> QuerySet[Any]:
    """Direct payments that nothing stops, that nobody has sent, and that Bacs cannot bring on their day any more.

    Not what came back or was on hold when it was to be sent, since that was told then; nor what was due before its
    budget was set up. What failed with us or with the bank was told to nobody, and is late as anything is.
    """
    due = Instalment.objects.filter(
        due_on__gt=on - LOOKED_BACK,
        due_on__lte=_last_day_missed(on),
        part__way=Way.DIRECT_PAYMENT,
        part__budget__case__person__date_of_death=None,
        part__budget__started_on__lt=F("due_on"),
    )
    came_back = Payment.objects.filter(~Exists(FAILED), instalment=OuterRef("pk"), state=PaymentState.RETURNED)
    was_held = Hold.objects.filter(
        budget__plan=OuterRef("part__budget__plan"), placed_on__lte=OuterRef("due_on"), lifted_on__gt=on - LOOKED_BACK
    )
    in_time = Q(run__sent_on__isnull=False) | Q(run__rail=Rail.FASTER, run__pay_on__gte=on)
    on_its_way = Payment.objects.filter(in_time, instalment=OuterRef("pk"), state__in=LIVE)
    unsent = due.exclude(Exists(on_its_way)).exclude(Exists(came_back)).exclude(Exists(was_held))
    waiting = payable(as_paid_on(unsent.filter(amount_pence__gt=0), on))
    return waiting.select_related("part__budget__case__person").order_by("due_on", "pk")


def _last_day_missed(on: date) -> date:
    """The last day on which somebody's money was due that a file given to the bank today comes too late for."""
    day = on
    while bacs_submission_day(working_day_on_or_before(day)) < on:
        day += timedelta(days=1)
    return day - timedelta(days=1)


def _key(template: str, about: Payment | Instalment) -> str:
    return f"{template}:{about.pk}"


def _not_told(rows: QuerySet[Any], template: str) -> QuerySet[Any]:
    key = Concat(Value(f"{template}:"), Cast(OuterRef("pk"), TextField()))
    return rows.filter(~Exists(Message.objects.filter(key=key)))
