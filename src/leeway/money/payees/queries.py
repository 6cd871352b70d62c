"""Reading bank details. The case they belong to is looked up first, with the look noted."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

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


def waiting() -> QuerySet[PayeeAccount]:
    """Bank details that wait for a second officer, the longest first."""
    accounts = PayeeAccount.objects.filter(state=State.ENTERED).order_by("entered_on", "id")
    return accounts.select_related("case__person", "entered_by")


def get_details(payee_id: UUID, *, case: Case) -> PayeeAccount:
    """One set of bank details of a case that this user was already found to be allowed to see."""
    found = case.payee_accounts.select_related("entered_by", "settled_by", "relationship").filter(pk=payee_id).first()
    if found is None:
        raise Http404("There are no such bank details for this case.")
    return found
