"""What is owed to providers of their agreed invoices: when it is paid, what stops it, and what is held back."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Concat

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.locks import lock_provider
from leeway.law import law_on
from leeway.money.budgets.payable import Stop, all_that
from leeway.money.invoices.models import Owed
from leeway.money.payees.models import PayeeAccount
from leeway.money.payees.states import State as PayeeState
from leeway.money.payments.lateness import last_day_missed
from leeway.money.payments.models import InvoiceHold, InvoiceHoldKind, Payment
from leeway.money.payments.states import LIVE, PaymentState, State
from leeway.refusal import Refusal

PAYEE = PayeeAccount.objects.filter(provider=OuterRef("invoice__provider"), state=PayeeState.APPROVED)
LIVE_PAYMENT = Payment.objects.filter(owed=OuterRef("pk"), state__in=LIVE)
HELD = InvoiceHold.objects.filter(owed=OuterRef("pk"), lifted_on=None)
_KIND = Case(*[When(kind=kind, then=Value(kind.label)) for kind in InvoiceHoldKind], output_field=TextField())

#: What stops something owed to a provider from being paid, and the words that say so.
STOPS = (
    Stop(Q(Exists(HELD)), HELD.values(told=Concat(_KIND, Value(": ", output_field=TextField()), "reason"))[:1]),
    Stop(~Q(Exists(PAYEE)), Value("No approved bank details of the provider")),
)


def unpaid() -> QuerySet[Owed]:
    """What is owed to providers and is in no run, nor paid."""
    return Owed.objects.filter(~Exists(LIVE_PAYMENT))


def unpaid_by(pay_on: date) -> QuerySet[Owed]:
    """What should be in a run for this day: due by then, or so soon after that the next run would be late."""
    ahead = law_on(pay_on, settings.COUNCIL_POLICY)["providers.paid_ahead_days"]
    return unpaid().filter(invoice__due_on__lte=pay_on + timedelta(days=ahead))


def payable(rows: QuerySet[Owed]) -> QuerySet[Owed]:
    """Those of some things owed that nothing stops."""
    return rows.filter(*(~stop.condition for stop in STOPS))


def with_what_stops(rows: QuerySet[Owed]) -> QuerySet[Any]:
    """Each thing owed with `why`: all that stops it, in words; empty where nothing does."""
    return rows.annotate(why=all_that(STOPS))


def unarrived() -> QuerySet[Owed]:
    """What is owed to providers and has not reached them, whether or not it is on its way."""
    return Owed.objects.filter(~Exists(LIVE_PAYMENT.filter(state=PaymentState.ARRIVED)))


def missed(on: date) -> QuerySet[Owed]:
    """What is owed, is in no run, and cannot reach its provider in its terms any more."""
    late = unpaid().filter(invoice__due_on__lte=last_day_missed(on))
    return late.select_related("invoice__provider").order_by("invoice__due_on", "pk")


def will_be_late(on: date) -> QuerySet[Any]:
    """What is owed that cannot reach its provider in its terms any more, each with `why` it cannot be paid, if so."""
    in_time = LIVE_PAYMENT.filter(run__pay_on__lte=OuterRef("invoice__due_on"))
    late = unarrived().filter(~Exists(in_time), invoice__due_on__lte=last_day_missed(on))
    return with_what_stops(late).select_related("invoice__provider").order_by("invoice__due_on", "pk")


@transaction.atomic
def hold_back(*, owed: Owed, kind: InvoiceHoldKind, reason: str, by: User, on: date) -> InvoiceHold:
    """Have something owed to a provider wait, and say why. What is in a run that is not sent stops that run."""
    check_can(by, Capability.PAY)
    lock_provider(owed.invoice.provider_id)
    ask = "Say why this is not paid for now. Whoever looks at it next reads this."
    reason = said.sentence(reason, ask=ask, field="reason", least=said.FEW)
    require_not_sent(owed)
    if InvoiceHold.objects.filter(owed=owed, lifted_on=None).exists():
        raise Refusal("This is held back already. Say first that it can be paid, or leave it as it is.")
    return hold(owed, kind, reason, by, on)


@transaction.atomic
def pay_after_all(*, held: InvoiceHold, because: str, by: User, on: date) -> InvoiceHold:
    """Say that what was held back can be paid, and why. It goes with the next run."""
    check_can(by, Capability.PAY)
    lock_provider(held.owed.invoice.provider_id)
    held = InvoiceHold.objects.get(pk=held.pk)
    if held.lifted_on:
        raise Refusal("Somebody has said so already.")
    ask = "Say what was found: “Jo Marsh, accounts, gave the new account; it is approved”."
    because = said.sentence(because, ask=ask, field="because", least=said.FEW)
    held.lifted_by, held.lifted_on, held.lifted_because = by, on, because
    held.save(update_fields=["lifted_by", "lifted_on", "lifted_because"])
    return held


def hold(owed: Owed, kind: InvoiceHoldKind, reason: str, by: User, on: date) -> InvoiceHold:
    """Hold something owed back, for whoever has locked its provider. What waits already goes on waiting for that."""
    held, _new = InvoiceHold.objects.get_or_create(
        owed=owed, lifted_on=None, defaults={"kind": kind, "reason": reason, "placed_by": by, "placed_on": on}
    )
    return held


def require_not_sent(owed: Owed) -> None:
    """Refuse to hold back what the bank was given to pay."""
    sent = Payment.objects.filter(owed=owed, state__in=LIVE, run__state__in=[State.SENT, State.CONFIRMED]).first()
    if sent is not None:
        raise Refusal(
            f"{sent.reference} pays it and was sent to the bank already. If something is wrong, ring the provider, and "
            "the bank where it must be called back."
        )
