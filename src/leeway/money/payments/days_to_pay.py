"""How long providers wait for their money: from the receipt of an invoice to the day that the bank confirmed.

A part that was argued and then allowed counts from the receipt too: the provider waited for it as long. What is argued
still is the provider's turn, and counts once it is settled.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from statistics import median_low
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.law import law_on
from leeway.law.late_payment import begins_to_run, late_claim
from leeway.law.numbers import floor_div
from leeway.market.listings.models import Provider
from leeway.money.invoices.models import Invoice
from leeway.money.invoices.states import State as InvoiceState
from leeway.money.payments.models import Payment
from leeway.money.payments.owed import unarrived
from leeway.money.payments.states import PaymentState

LOOKED_BACK = timedelta(days=365)
#: The stretches in which councils report how soon they paid: within so many days.
WITHIN = (30, 60)


@dataclass(frozen=True, slots=True)
class Wait:
    """Some providers' invoices paid in a year: how many, how soon, and what is unpaid. Days in whole numbers."""

    paid: int = 0
    in_time: int = 0
    within: tuple[int, int, int] = (0, 0, 0)
    median_days: int | None = None
    oldest_unpaid_days: int | None = None
    late_claim_pence: int = 0

    @property
    def in_time_percent(self) -> int | None:
        """The share paid within terms, rounded down: it never says more than was done."""
        return floor_div(100 * self.in_time, self.paid) if self.paid else None


@dataclass(frozen=True, slots=True)
class Row:
    """A provider and how long it waits; `hidden` where so few invoices say much of one person's support."""

    provider: Provider
    wait: Wait
    hidden: bool = False


@dataclass(slots=True)
class _Sum:
    days: list[int] = field(default_factory=list)
    in_time: int = 0
    oldest: int | None = None
    claim_pence: int = 0

    def add(self, other: "_Sum") -> None:
        self.days += other.days
        self.in_time += other.in_time
        self.claim_pence += other.claim_pence
        self.oldest = max((each for each in (self.oldest, other.oldest) if each is not None), default=None)

    def wait(self) -> Wait:
        first, second = (sum(each <= within for each in self.days) for within in WITHIN)
        return Wait(
            paid=len(self.days),
            in_time=self.in_time,
            within=(first, second - first, len(self.days) - second),
            median_days=median_low(self.days) if self.days else None,
            oldest_unpaid_days=self.oldest,
            late_claim_pence=self.claim_pence,
        )


def days_to_pay(on: date, *, seen_by: User) -> list[Row]:
    """How long every provider waits, for whoever pays: the last year's payments, and what is unpaid today."""
    check_can(seen_by, Capability.PAY)
    return list(_rows(_sums(on)))


def wait_of(provider: Provider, on: date, *, seen_by: User) -> Wait:
    """How long one provider waits, for whoever pays."""
    check_can(seen_by, Capability.PAY)
    return _sums(on, provider).get(provider.pk, _Sum()).wait()


def published(on: date) -> tuple[list[Row], Wait]:
    """What everybody may read: each provider's wait, hidden where few invoices were paid, and those shown together.

    Of a provider that is hidden nothing is given, nor do the figures of all say anything of it.
    """
    sums, fewest = _sums(on), fewest_published(on)
    together, rows = _Sum(), []
    for row in _rows(sums):
        if row.wait.paid < fewest:
            rows.append(replace(row, wait=Wait(), hidden=True))
        else:
            together.add(sums[row.provider.pk])
            rows.append(row)
    return rows, together.wait()


def fewest_published(on: date) -> int:
    """How many invoices must have been paid for a provider's wait to be published."""
    fewest: int = law_on(on, settings.COUNCIL_POLICY)["providers.fewest_published"]
    return fewest


def _rows(sums: dict[UUID, _Sum]) -> Iterator[Row]:
    providers = Provider.objects.filter(pk__in=sums).order_by("name", "pk")
    return (Row(provider, sums[provider.pk].wait()) for provider in providers)


def _sums(on: date, provider: Provider | None = None) -> dict[UUID, _Sum]:
    """What was paid in the year until a day and what is unpaid on it, by provider."""
    sums: dict[UUID, _Sum] = {}
    for key, pence, received_on, due_on, paid_on in _of(paid_since(on - LOOKED_BACK, on), provider):
        one = sums.setdefault(key, _Sum())
        one.days.append((paid_on - received_on).days)
        one.in_time += paid_on <= due_on
        one.claim_pence += _claim(pence, due_on, paid_on)
    owing = unarrived().values_list("invoice__provider", "pence", "invoice__received_on", "invoice__due_on")
    if provider:
        owing = owing.filter(invoice__provider=provider)
    for key, pence, received_on, due_on in owing:
        one = sums.setdefault(key, _Sum())
        one.oldest = max(one.oldest or 0, (on - received_on).days)
        one.claim_pence += _claim(pence, due_on, on)
    waiting = not_agreed_yet().values_list("provider", "received_on")
    for key, received_on in waiting.filter(provider=provider) if provider else waiting:
        one = sums.setdefault(key, _Sum())
        one.oldest = max(one.oldest or 0, (on - received_on).days)
    return sums


def paid_since(first: date, last: date) -> QuerySet[Payment]:
    """Payments to providers that reached their account on a day between two."""
    arrived = Payment.objects.filter(owed__isnull=False, state=PaymentState.ARRIVED)
    return arrived.filter(run__pay_on__gte=first, run__pay_on__lte=last)


def not_agreed_yet() -> QuerySet[Invoice]:
    """Invoices of which nobody has said yet what is due."""
    return Invoice.objects.filter(state__in=[InvoiceState.RECEIVED, InvoiceState.MATCHED])


def _of(payments: QuerySet[Payment], provider: Provider | None) -> Iterable[tuple[UUID, int, date, date, date]]:
    if provider:
        payments = payments.filter(provider=provider)
    facts = ("provider", "amount_pence", "owed__invoice__received_on", "owed__invoice__due_on", "run__pay_on")
    return payments.order_by().values_list(*facts)


def _claim(pence: int, due_on: date, until: date) -> int:
    if until <= due_on:
        return 0
    return late_claim(pence, due_on, until, law_on(begins_to_run(due_on), settings.COUNCIL_POLICY)).pence
