"""Whoever waits for a direct payment is told that it was sent, and in time that it will be late: once for each."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from leeway.care.people.actions import set_tasks, write_to_people
from leeway.care.people.events import Event
from leeway.care.people.models import Whose
from leeway.care.people.recipients import recipient_for
from leeway.care.planning.models import Way
from leeway.law.numbers import pounds
from leeway.messages.actions import way_to
from leeway.messages.models import Message
from leeway.messages.recipients import Channel
from leeway.money.banking.working_days import working_day_on_or_before
from leeway.money.budgets.models import Instalment
from leeway.money.payments.lateness import late_payments
from leeway.money.payments.models import Payment, PaymentRun
from leeway.money.payments.states import PaymentState, State

#: A letter that says “sent” comes after the money: those who are written to on paper read it on their page.
IN_TIME = (Channel.EMAIL, Channel.TEXT)
#: What fell due longer ago is not written of any more: it stands on the page.
LOOKED_BACK = timedelta(days=31)


def tell_of_sent(*, on: date) -> int:
    """Write at night to everybody whose direct payment is on its way and was not told yet; how many.

    A run may be recorded as sent on its very day: the night after is still in time to say so.
    """
    return _tell_of_sent(Payment.objects.filter(run__pay_on__gte=on - timedelta(days=1)), on)


def tell_of_sent_now(run: PaymentRun, *, on: date) -> int:
    """Write to whoever is in a run the moment that it is sent; how many: same-day money is there before the night."""
    return _tell_of_sent(Payment.objects.filter(run=run), on)


def _tell_of_sent(payments: QuerySet[Payment], on: date) -> int:
    """Write to those of some payments that are on their way, once each, who hear from us by email or text."""
    going = payments.filter(
        state=PaymentState.IN_RUN,
        run__state=State.SENT,
        way=Way.DIRECT_PAYMENT,
        case__person__date_of_death=None,
    )
    untold = _not_told(going, "payment_sent").select_related("run", "case__person")
    new = []
    for payment in untold:
        if way_to(recipient_for(payment.case.person))[0] in IN_TIME:
            data = {"amount": pounds(payment.amount_pence), "arrives_on": f"{payment.run.pay_on:%-d %B %Y}"}
            new.append((payment.case, data, _key("payment_sent", payment)))
    return len(write_to_people(new=new, template="payment_sent", by=None, on=on))


@transaction.atomic
def tell_of_late(*, on: date) -> int:
    """Say sorry to everybody whose direct payment cannot reach them on its day any more, and ask finance; how many."""
    new, tasks = [], []
    for instalment in _not_told(late_payments(on).filter(due_on__gt=on - LOOKED_BACK), "payment_late"):
        case = instalment.part.budget.case
        day = f"{working_day_on_or_before(instalment.due_on):%-d %B %Y}"
        data = {"amount": pounds(instalment.amount_pence), "due_on": day}
        new.append((case, data, _key("payment_late", instalment)))
        what = f"{case.person}’s payment of {day} was not sent in time. Send it, and say how they manage until then."
        tasks.append((case, what))
    set_tasks(tasks=tasks, kind=Event.PAYMENT_LATE, whose=Whose.FINANCE, due_on=on, on=on)
    return len(write_to_people(new=new, template="payment_late", by=None, on=on))


def _key(template: str, about: Payment | Instalment) -> str:
    return f"{template}:{about.pk}"


def _not_told(rows: QuerySet[Any], template: str) -> QuerySet[Any]:
    key = Concat(Value(f"{template}:"), Cast(OuterRef("pk"), TextField()))
    return rows.filter(~Exists(Message.objects.filter(key=key)))
