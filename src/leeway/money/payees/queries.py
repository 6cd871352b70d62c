"""Reading bank details. The case or provider they belong to is looked up first, with the look at a case noted."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.models import Case
from leeway.law import law_on
from leeway.market.listings.models import Provider
from leeway.money.payees.models import Holder, PayeeAccount
from leeway.money.payees.states import State


def of_case(case: Case) -> list[PayeeAccount]:
    """Every bank account entered for a case, the latest first."""
    return list(case.payee_accounts.select_related("entered_by", "settled_by", "relationship"))


def ways_ready(case: Case) -> set[str]:
    """The ways of holding the budget for which approved bank details are in use, for somebody who lives."""
    return ways_ready_of([case])[case.pk]


def ways_ready_of(cases: Collection[Case]) -> dict[UUID, set[str]]:
    """The same of some cases, asked at once for all of them."""
    in_use = PayeeAccount.objects.order_by().filter(state=State.APPROVED, case__in=cases)
    ready: dict[UUID, set[str]] = {case.pk: set() for case in cases}
    for case, way in in_use.exclude(holder=Holder.REPRESENTATIVE).values_list("case", "way"):
        ready[case].add(way)
    return ready


def waiting(*, seen_by: User, rows: int) -> list[PayeeAccount]:
    """The first bank details that wait for a second officer, the longest first, with the looks noted."""
    check_can(seen_by, Capability.KEEP_BANK_DETAILS)
    accounts = PayeeAccount.objects.filter(state=State.ENTERED).order_by("entered_on", "id")
    shown = list(accounts.select_related("case__person", "provider", "entered_by")[:rows])
    record_looks(viewer=seen_by, person_ids=people_of(shown), page="Bank details to approve")
    return shown


def people_of(accounts: Iterable[PayeeAccount]) -> list[UUID]:
    """Whose cases some bank details are of: a provider's are nobody's."""
    return [account.case.person_id for account in accounts if account.case is not None]


def may_be_one_account(roll_number: str, other: str) -> bool:
    """Whether two details of one account number may be of one account: a building society has many members in one.

    It tells them apart by roll numbers, which people write with signs and without. Where one is missing nobody knows.

    >>> may_be_one_account("D/123-4", "D1234"), may_be_one_account("D1234", "D1235"), may_be_one_account("", "D1235")
    (True, False, True)
    """
    rolls = ["".join(filter(str.isalnum, each)) for each in (roll_number, other)]
    return rolls[0] == rolls[1] or not all(rolls)


def others_paid_into(payee: PayeeAccount) -> list[PayeeAccount]:
    """Bank details of other people or providers that are in use, or wait, for the same account."""
    same = PayeeAccount.objects.filter(sort_code=payee.sort_code, account_number=payee.account_number)
    others = same.filter(state__in=[State.ENTERED, State.APPROVED]).exclude(pk=payee.pk)
    theirs = Q(provider=payee.provider_id) if payee.case is None else Q(case__person=payee.case.person_id)
    found = others.exclude(theirs).select_related("case__person", "provider").order_by("entered_on", "id")
    return [one for one in found if may_be_one_account(one.roll_number, payee.roll_number)]


def shared_oddly(payee: PayeeAccount) -> list[PayeeAccount]:
    """Those of others for the same account, but for those of one provider, which holds many service funds."""
    return [one for one in others_paid_into(payee) if not _may_be_one_provider(one, payee)]


def _may_be_one_provider(one: PayeeAccount, other: PayeeAccount) -> bool:
    """Whether two details may be of one provider: a service fund does not say of which it is."""
    two = one.provider_id is not None and other.provider_id is not None
    return one.holder == other.holder == Holder.PROVIDER and not two


@dataclass(frozen=True)
class KnownNumber:
    """A number of a provider that was on record before some details came, and where."""

    number: str
    known_from: str


def numbers_on_record(provider: Provider, *, before: PayeeAccount) -> list[KnownNumber]:
    """The numbers at which a provider can be rung about new bank details: on record well before they came.

    Those of its listings that were there as long as the policy asks, and where it was rung up about details before.
    """
    listed = provider.services.exclude(phone="").filter(phone_since__lte=known_by(before))
    found = [
        KnownNumber(phone, f"The directory: {name}, on record since {day:%-d %B %Y}")
        for phone, name, day in listed.order_by("name", "pk").values_list("phone", "name", "phone_since")
    ]
    earlier = provider.payee_accounts.exclude(pk=before.pk).exclude(call_number="").order_by("settled_on", "pk")
    found += [
        KnownNumber(number, f"Rung about bank details on {day:%-d %B %Y}")
        for number, day in earlier.values_list("call_number", "settled_on")
    ]
    return list({_digits(each.number): each for each in reversed(found)}.values())[::-1]


def known_by(payee: PayeeAccount) -> date:
    """By which day a number must have been on record for some bank details to be asked about at it."""
    days = law_on(payee.entered_on, settings.COUNCIL_POLICY)["providers.phone_known_days"]
    return payee.entered_on - timedelta(days=days)


def is_new_in_the_directory(number: str, provider: Provider) -> bool:
    """Whether a number stands in the directory: of one that is new there it proves nothing."""
    listed = provider.services.exclude(phone="").values_list("phone", flat=True)
    return any(same_number(number, each) for each in listed)


def same_number(one: str, other: str) -> bool:
    """Whether two phone numbers are one, however they are written.

    >>> same_number("01632 960123", "+44 (1632) 960-123"), same_number("01632 960123", "01632 960124")
    (True, False)
    """
    return _digits(one) == _digits(other)


def _digits(number: str) -> str:
    return re.sub("^(0044|44|0)", "", re.sub("[^0-9]", "", number))


def of_provider(provider: Provider) -> list[PayeeAccount]:
    """Every bank account entered for a provider, the latest first."""
    return list(provider.payee_accounts.select_related("provider", "entered_by", "settled_by"))


def get_provider(provider_id: UUID, *, seen_by: User) -> Provider:
    """A provider, for somebody who keeps bank details."""
    check_can(seen_by, Capability.KEEP_BANK_DETAILS)
    found = Provider.objects.filter(pk=provider_id).first()
    if found is None:
        raise Http404("There is no such provider.")
    return found


def get_details(payee_id: UUID, *, of: Case | Provider) -> PayeeAccount:
    """One set of bank details of a case or provider that this user was already found to be allowed to see."""
    facts = ("case__person", "provider", "entered_by", "settled_by", "relationship")
    found = of.payee_accounts.select_related(*facts).filter(pk=payee_id).first()
    if found is None:
        raise Http404("There are no such bank details here.")
    return found
