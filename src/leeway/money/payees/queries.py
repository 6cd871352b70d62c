"""Reading bank details. The case they belong to is looked up first, with the look noted."""

from uuid import UUID

from django.http import Http404

from leeway.access.access import check_can
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.models import Case
from leeway.money.payees.models import Holder, PayeeAccount
from leeway.money.payees.states import State


def of_case(case: Case) -> list[PayeeAccount]:
    """Every bank account entered for a case, the latest first."""
    return list(case.payee_accounts.select_related("entered_by", "settled_by", "relationship"))


def ways_ready(case: Case) -> set[str]:
    """The ways of holding the budget for which approved bank details are in use, for somebody who lives."""
    in_use = case.payee_accounts.filter(state=State.APPROVED).exclude(holder=Holder.REPRESENTATIVE)
    return set(in_use.values_list("way", flat=True))


def waiting(*, seen_by: User, rows: int) -> list[PayeeAccount]:
    """The first bank details that wait for a second officer, the longest first, with the looks noted."""
    check_can(seen_by, Capability.KEEP_BANK_DETAILS)
    accounts = PayeeAccount.objects.filter(state=State.ENTERED).order_by("entered_on", "id")
    shown = list(accounts.select_related("case__person", "entered_by")[:rows])
    people = [account.case.person_id for account in shown]
    record_looks(viewer=seen_by, person_ids=people, page="Bank details to approve")
    return shown


def may_be_one_account(roll_number: str, other: str) -> bool:
    """Whether two details of one account number may be of one account: a building society has many members in one.

    It tells them apart by roll numbers, which people write with signs and without. Where one is missing nobody knows.

    >>> may_be_one_account("D/123-4", "D1234"), may_be_one_account("D1234", "D1235"), may_be_one_account("", "D1235")
    (True, False, True)
    """
    rolls = ["".join(filter(str.isalnum, each)) for each in (roll_number, other)]
    return rolls[0] == rolls[1] or not all(rolls)


def others_paid_into(payee: PayeeAccount) -> list[PayeeAccount]:
    """Bank details of other people that are in use, or wait, for the same account."""
    same = PayeeAccount.objects.filter(sort_code=payee.sort_code, account_number=payee.account_number)
    others = same.filter(state__in=[State.ENTERED, State.APPROVED]).exclude(case__person=payee.case.person_id)
    found = others.select_related("case__person").order_by("entered_on", "id")
    return [one for one in found if may_be_one_account(one.roll_number, payee.roll_number)]


def shared_oddly(payee: PayeeAccount) -> list[PayeeAccount]:
    """Those of other people for the same account, but for a provider's, which holds many service funds."""
    others = others_paid_into(payee)
    return [one for one in others if not (one.holder == payee.holder == Holder.PROVIDER)]


def get_details(payee_id: UUID, *, case: Case) -> PayeeAccount:
    """One set of bank details of a case that this user was already found to be allowed to see."""
    found = case.payee_accounts.select_related("entered_by", "settled_by", "relationship").filter(pk=payee_id).first()
    if found is None:
        raise Http404("There are no such bank details for this case.")
    return found
