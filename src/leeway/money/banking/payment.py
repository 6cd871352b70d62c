"""What every kind of payment file is made from: who pays, who is paid, how much."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from leeway.refusal import Refusal

PAYMENT_PENCE_MAX = 20_000_000_00  # Bacs carries no single payment above £20 million
TOTAL_PENCE_MAX = 999_999_999_99  # eleven digits of pence

#: What Bacs carries of a roll number unchanged: the field of the reference, none of it lost.
ROLL_NUMBER = "(?=.*[0-9])[A-Z0-9]([A-Z0-9./ -]{0,16}[A-Z0-9])?"
ROLL_NUMBER_IN_WORDS = "up to 18 capital letters, digits, or . / - between them, with a digit among them"


class CannotBePaid(Refusal):
    """A payment run holds something that a bank would refuse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """One payment to one bank account. `reference` is what the payee reads, `end_to_end_id` what finds it.

    `roll_number` is what some building societies tell their members apart by, where they share an account number.
    """

    reference: str
    name: str
    sort_code: str
    account_number: str
    amount_pence: int
    end_to_end_id: str
    roll_number: str = ""


@dataclass(frozen=True, kw_only=True)
class Originator:
    """The council as its bank knows it: its Bacs service user number and the account that pays."""

    name: str
    service_user_number: str
    sort_code: str
    account_number: str


@dataclass(frozen=True)
class ControlTotals:
    """How many payments there are, and what they come to."""

    count: int
    pence: int


def require_payable(credits: Iterable[Credit], originator: Originator) -> ControlTotals:
    """Refuse (CannotBePaid) a payment run that no bank would take; what one that it would take comes to.

    Refused are: no payments; a payment of nothing, or above £20 million; a total above eleven digits of pence;
    a sort code, account or service user number of another length; one payment there twice. Each payment is looked at
    as it comes, and none is kept.
    """
    if not re.fullmatch("[0-9]{6}", originator.service_user_number):
        raise CannotBePaid("The council’s Bacs service user number must be 6 digits. Correct the settings.")
    _require_account(originator.sort_code, originator.account_number, "the council’s own account")
    ids, pence = set[str](), 0
    for number, credit in enumerate(credits, start=1):
        _require_credit(credit, f"payment {number} ({credit.reference})")
        if credit.end_to_end_id in ids:
            raise CannotBePaid(
                f"The payment {credit.end_to_end_id} is in the run more than once. Leave one of them out."
            )
        ids.add(credit.end_to_end_id)
        pence += credit.amount_pence
    if not ids:
        raise CannotBePaid("There is nobody to pay. Add at least one payment before making a payment file.")
    if pence > TOTAL_PENCE_MAX:
        raise CannotBePaid("The payments come to more than £999,999,999.99. Split them into two runs.")
    return ControlTotals(len(ids), pence)


def _require_credit(credit: Credit, which: str) -> None:
    _require_account(credit.sort_code, credit.account_number, which)
    if credit.roll_number and not re.fullmatch(ROLL_NUMBER, credit.roll_number):
        raise CannotBePaid(f"The roll number of {which} must be {ROLL_NUMBER_IN_WORDS}.")
    if credit.amount_pence <= 0:
        raise CannotBePaid(f"The amount of {which} is nothing. Enter at least one penny, or leave it out.")
    if credit.amount_pence > PAYMENT_PENCE_MAX:
        raise CannotBePaid(f"The amount of {which} is above £20 million, the most Bacs carries. Split it.")


def _require_account(sort_code: str, account_number: str, which: str) -> None:
    if not (re.fullmatch("[0-9]{6}", sort_code) and re.fullmatch("[0-9]{8}", account_number)):
        raise CannotBePaid(f"The bank details of {which} must be a 6-digit sort code and an 8-digit account.")
