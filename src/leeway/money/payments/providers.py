"""Reading what finance sees of providers: what is owed, late, held back and paid, all of them and one by one."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.market.listings.models import Provider
from leeway.messages.models import Message
from leeway.messages.states import State as MessageState
from leeway.money.invoices.models import Invoice, Owed
from leeway.money.payees.models import PayeeAccount
from leeway.money.payees.states import State as PayeeState
from leeway.money.payments import days_to_pay, owed, remittances
from leeway.money.payments.days_to_pay import Row, Wait, not_agreed_yet
from leeway.money.payments.models import InvoiceHold, Payment
from leeway.money.payments.states import LIVE

ROWS, PAID_SHOWN = 100, 50
#: Of what is not agreed, what falls due so soon that somebody should look at it now.
SOON = timedelta(days=10)


@dataclass(frozen=True)
class Overview:
    """What is owed to providers today."""

    pence: int
    late: list[Any]
    to_agree: list[Invoice]
    waiting: list[Any]
    rows: list[Row]


@dataclass(frozen=True)
class OfProvider:
    """What finance sees of one provider."""

    provider: Provider
    account: PayeeAccount | None
    to_approve: PayeeAccount | None
    email: str
    not_told: list[Payment]
    owing: list[Any]
    paid: list[Payment]
    wait: Wait


def overview(on: date, *, seen_by: User) -> Overview:
    """What is owed to providers: what misses its terms, what may, what is held back; and how long each waits."""
    check_can(seen_by, Capability.PAY)
    unpaid = owed.with_what_stops(owed.unpaid()).select_related("invoice__provider").order_by("invoice__due_on", "pk")
    soon = not_agreed_yet().filter(due_on__lte=on + SOON).select_related("provider").order_by("due_on", "pk")
    return Overview(
        pence=owed.unarrived().aggregate(pence=Sum("pence", default=0))["pence"],
        late=list(owed.will_be_late(on)[:ROWS]),
        to_agree=list(soon[:ROWS]),
        waiting=list(unpaid.exclude(why="")[:ROWS]),
        rows=days_to_pay.days_to_pay(on, seen_by=seen_by),
    )


def get_provider(provider_id: UUID, *, seen_by: User) -> Provider:
    """A provider, for whoever pays."""
    check_can(seen_by, Capability.PAY)
    found = Provider.objects.filter(pk=provider_id).first()
    if found is None:
        raise Http404("There is no such provider.")
    return found


def of_provider(provider: Provider, on: date, *, seen_by: User) -> OfProvider:
    """One provider's bank details, what is owed to it and in which run, and the latest that it was paid."""
    payments = Payment.objects.filter(provider=provider).select_related("run", "owed__invoice", "provider")
    live = payments.filter(owed=OuterRef("pk"), state__in=LIVE)
    owing = owed.with_what_stops(owed.unarrived().filter(invoice__provider=provider))
    owing = owing.annotate(held=Exists(owed.HELD))
    owing = owing.annotate(run_number=Subquery(live.values("run__number")[:1]), run_id=Subquery(live.values("run")[:1]))
    accounts = provider.payee_accounts
    return OfProvider(
        provider=provider,
        account=accounts.filter(state=PayeeState.APPROVED).first(),
        to_approve=accounts.filter(state=PayeeState.ENTERED).first(),
        email=remittances.address_of(provider),
        not_told=_not_told(payments),
        owing=list(owing.select_related("invoice").order_by("invoice__due_on", "pk")[:ROWS]),
        paid=list(payments.exclude(run__sent_on=None).order_by("-run__pay_on", "place")[:PAID_SHOWN]),
        wait=days_to_pay.wait_of(provider, on, seen_by=seen_by),
    )


def _not_told(payments: QuerySet[Payment]) -> list[Payment]:
    """The payments of which the email to the provider did not arrive."""
    failed = Message.objects.filter(key__startswith=remittances.KEY, state=MessageState.FAILED, sent_again=None)
    keys = set(failed.filter(person_id__in=payments.order_by().values("provider")[:1]).values_list("key", flat=True))
    return [each for each in payments.order_by("-run__pay_on")[:PAID_SHOWN] if remittances.key_of(each) in keys]


def get_owed(owed_id: UUID, *, seen_by: User) -> Owed:
    """Something owed to a provider, for whoever pays."""
    check_can(seen_by, Capability.PAY)
    found = Owed.objects.select_related("invoice__provider").filter(pk=owed_id).first()
    if found is None:
        raise Http404("There is no such invoice that was agreed.")
    return found


def hold_of(what: Owed) -> InvoiceHold:
    """Why something is held back now."""
    held = what.holds.filter(lifted_on=None).select_related("placed_by", "owed__invoice").first()
    if held is None:
        raise Http404("This is not held back.")
    return held


def paid_into_new_accounts(payments: QuerySet[Payment]) -> list[Payment]:
    """Of some payments to providers, the first into each account that took another's place."""
    earlier = PayeeAccount.objects.filter(
        provider=OuterRef("provider"), settled_on__isnull=False, rejected_because="", state=PayeeState.REPLACED
    )
    before = Payment.objects.filter(provider=OuterRef("provider"), payee=OuterRef("payee"), state__in=LIVE)
    before = before.filter(run__number__lt=OuterRef("run__number"))
    found = payments.filter(Exists(earlier), ~Exists(before), provider__isnull=False)
    first = found.select_related("provider", "payee__settled_by").order_by("-place")
    return list({each.payee_id: each for each in first}.values())[::-1]
