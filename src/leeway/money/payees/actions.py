"""Entering bank details, and a second officer's yes or no to them."""

import re
from datetime import date
from functools import cache

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from leeway.access.access import check_can
from leeway.access.alike import check_two_mailboxes
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case, lock_provider
from leeway.care.people.models import Authority, Case, Relationship
from leeway.care.planning.models import Way
from leeway.market.listings.models import Provider
from leeway.messages.recipients import check_phone
from leeway.money.banking.characters import NotCarried, bacs_text, iso_text
from leeway.money.banking.iso20022 import NAME_LENGTH_MAX
from leeway.money.banking.modulus import Verdict, WeightTable, check
from leeway.money.banking.payment import ROLL_NUMBER, ROLL_NUMBER_IN_WORDS
from leeway.money.payees.models import Holder, NameCheck, PayeeAccount
from leeway.money.payees.queries import is_new_in_the_directory, known_by, numbers_on_record, same_number, shared_oddly
from leeway.money.payees.states import MOVES, WRITES, State
from leeway.moves import require_move
from leeway.refusal import NotAllowed, Refusal
from leeway.said import FEW, sentence

HOLDER_AUTHORITY = {
    Holder.NOMINATED: Authority.NOMINATED,
    Holder.AUTHORISED: Authority.AUTHORISED,
    Holder.REPRESENTATIVE: Authority.REPRESENTATIVE,
}
NOT_THEIRS = (
    "The bank says that the name does not match this account. Say how you know that it is theirs, or turn the details "
    "down."
)


RING_FIRST = (
    "Ring the provider about these details before you approve them, at a number that was on record before they came: "
    "never at one from the letter or email that brought them."
)


class SecondOfficerNeeded(NotAllowed):
    """The officer who entered the details, or made the run, is asked to approve it too."""


@transaction.atomic
def enter_details(
    *,
    case: Case,
    way: Way,
    holder: Holder,
    account_name: str,
    sort_code: str,
    account_number: str,
    roll_number: str = "",
    name_check: str = "",
    bank_has_name: str = "",
    by: User,
    on: date,
) -> PayeeAccount:
    """Enter the bank account for a direct payment or a service fund. Another officer then approves it.

    Refused: an account number that does not fit its sort code, a holder who is not recorded with that
    authority, a name or roll number that no bank file can carry, a close match without the name that the bank has.
    `name_check` is what Confirmation of Payee said; blank is no answer. Details that still waited are replaced.
    """
    check_can(by, Capability.KEEP_BANK_DETAILS)
    case = lock_case(case.pk)
    relationship = _holder(case, way, holder, on)
    payee = PayeeAccount(case=case, way=way, holder=holder, relationship=relationship, entered_by=by, entered_on=on)
    _keep(payee, account_name, sort_code, account_number, roll_number, name_check, bank_has_name)
    told = "Bank details entered, waiting for a second officer."
    tell(case=case, kind=Event.BANK_DETAILS, sentence=told, by=by, on=on)
    return payee


@transaction.atomic
def enter_provider_details(
    *,
    provider: Provider,
    account_name: str,
    sort_code: str,
    account_number: str,
    roll_number: str = "",
    name_check: str = "",
    bank_has_name: str = "",
    by: User,
    on: date,
) -> PayeeAccount:
    """Enter the bank account into which a provider's invoices are paid. Another officer rings it up, and approves it.

    Refused as those of a case are. Until they are approved, those before stay in use.
    """
    check_can(by, Capability.KEEP_BANK_DETAILS)
    provider = lock_provider(provider.pk)
    payee = PayeeAccount(provider=provider, holder=Holder.PROVIDER, entered_by=by, entered_on=on)
    _keep(payee, account_name, sort_code, account_number, roll_number, name_check, bank_has_name)
    return payee


@transaction.atomic
def approve_details(
    *,
    payee: PayeeAccount,
    because: str = "",
    shared_because: str = "",
    call_number: str = "",
    call_known_from: str = "",
    call_spoke_to: str = "",
    by: User,
    on: date,
) -> PayeeAccount:
    """Take bank details into use. Another officer than the one who entered them; earlier ones are replaced.

    Where the name does not match the account, the officer says how they know that it is right all the same
    (`because`); where somebody else is paid into the same account, why that is right (`shared_because`). Of a provider,
    they have rung it up at a number that was on record before, and say who confirmed the account there (`call_…`).
    """
    payee = _to_settle(payee, by, State.APPROVED)
    if payee.name_check == NameCheck.NO_MATCH:
        payee.approved_because = sentence(because, ask=NOT_THEIRS, field="because")
    if others := shared_oddly(payee):
        ask = (
            f"{others[0].whose} is paid into this account too. Say why that is right, such as one parent "
            "holding the money of two, or turn these details down."
        )
        payee.shared_because = sentence(shared_because, ask=ask, field="shared_because")
    if payee.provider is not None:
        _note_call(payee, payee.provider, call_number, call_known_from, call_spoke_to)
    _require_holder_still(payee, on)
    for earlier in _of_the_same(payee).filter(state=State.APPROVED):
        _move(earlier, State.REPLACED)
    payee.settled_by, payee.settled_on = by, on
    _move(payee, State.APPROVED)
    _tell(payee, "Bank details checked and approved.", by, on)
    return payee


@transaction.atomic
def reject_details(*, payee: PayeeAccount, reason: str, by: User, on: date) -> PayeeAccount:
    """Turn bank details down and say why. Another officer than the one who entered them."""
    payee = _to_settle(payee, by, State.REJECTED)
    why = sentence(reason, ask="Say what is wrong with the bank details.", field="reason", least=FEW)
    payee.settled_by, payee.settled_on, payee.rejected_because = by, on, why
    _move(payee, State.REJECTED)
    _tell(payee, "Bank details turned down.", by, on)
    return payee


def _keep(
    payee: PayeeAccount,
    account_name: str,
    sort_code: str,
    account_number: str,
    roll_number: str,
    name_check: str,
    bank_has_name: str,
) -> None:
    """Check an account, and keep it with whose it is. Details that still waited are replaced."""
    verdict = checked(sort_code, account_number)
    _require_carried(account_name)
    payee.account_name = account_name.strip()
    payee.sort_code, payee.account_number, payee.check_words = verdict.sort_code, verdict.account_number, verdict.why
    payee.roll_number = carried_roll_number(roll_number)
    payee.name_check, payee.bank_has_name = name_check, _name_of_a_close_match(name_check, bank_has_name)
    for waiting in _of_the_same(payee).filter(state=State.ENTERED):
        _move(waiting, State.REPLACED)
    payee.save(force_insert=True)


def _of_the_same(payee: PayeeAccount) -> QuerySet[PayeeAccount]:
    """The bank details of the same case and way, or of the same provider."""
    return PayeeAccount.objects.filter(case=payee.case_id, provider=payee.provider_id, way=payee.way)


def _tell(payee: PayeeAccount, sentence: str, by: User, on: date) -> None:
    if payee.case is not None:
        tell(case=payee.case, kind=Event.BANK_DETAILS, sentence=sentence, by=by, on=on)


def _note_call(payee: PayeeAccount, provider: Provider, number: str, known_from: str, spoke_to: str) -> None:
    """Note that the provider was rung up, or refuse: at a number on record before, where there is one."""
    number = number.strip()
    if not number:
        raise Refusal(RING_FIRST, field="call_number")
    check_phone(number, field="call_number")
    known = numbers_on_record(provider, before=payee)
    found = next((each for each in known if same_number(each.number, number)), None)
    if known and found is None:
        raise Refusal(
            "That number was not on record long enough when these details came. "
            f"Ring {known[0].number} ({known[0].known_from}).",
            field="call_number",
        )
    if found is None and is_new_in_the_directory(number, provider):
        raise Refusal(
            f"That number is in the directory, and was not there by {known_by(payee):%-d %B %Y}: whoever sent these "
            "details may have changed it. Ring one from a contract or an invoice of before that day.",
            field="call_number",
        )
    ask = "Say where that number was on record before: “contract of 3 March 2025, page 2”."
    payee.call_number = number
    payee.call_known_from = found.known_from if found else sentence(known_from, ask=ask, field="call_known_from")
    ask = "Say who confirmed the account, and what they do there: “Jo Marsh, accounts”."
    payee.call_spoke_to = sentence(spoke_to, ask=ask, field="call_spoke_to", least=FEW)


def checked(sort_code: str, account_number: str) -> Verdict:
    """The modulus check's verdict on an account, or a refusal that says what to look at."""
    verdict = check(sort_code, account_number, modulus_table())
    if not verdict.valid:
        raise Refusal(verdict.why, field="account_number")
    return verdict


@cache
def modulus_table() -> WeightTable | None:
    """The weight tables that the operator set, read once; None where none is set."""
    if not settings.MODULUS_WEIGHTS or not settings.MODULUS_SUBSTITUTIONS:
        return None
    return WeightTable.read(settings.MODULUS_WEIGHTS, settings.MODULUS_SUBSTITUTIONS)


def _require_carried(account_name: str) -> None:
    """Refuse at once a name that a bank file would refuse later."""
    try:
        bacs_text(account_name)
        iso_text(account_name, width=NAME_LENGTH_MAX)
    except NotCarried as problem:
        raise Refusal(str(problem), field="account_name") from problem


def carried_roll_number(typed: str) -> str:
    """A roll number in the capitals that Bacs carries, or nothing. Refused where it would not arrive whole."""
    roll_number = " ".join(typed.upper().split())
    if roll_number and not re.fullmatch(ROLL_NUMBER, roll_number):
        raise Refusal(f"The roll number must be {ROLL_NUMBER_IN_WORDS}. Look at the passbook.", field="roll_number")
    return roll_number


def _name_of_a_close_match(name_check: str, bank_has_name: str) -> str:
    name = bank_has_name.strip()
    if name_check == NameCheck.CLOSE and not name:
        raise Refusal("Enter the name that the bank has for this account.", field="bank_has_name")
    if name_check != NameCheck.CLOSE and name:
        raise Refusal(
            "A bank gives the name that it has where the match is close. Choose a close match, or leave the name out.",
            field="bank_has_name",
        )
    return name


def _require_holder_still(payee: PayeeAccount, on: date) -> None:
    """Refuse details whose holder may no longer be paid: what was so when they were entered may have changed."""
    if payee.case is None:
        return
    _require_fitting_holder(payee.case, Way(payee.way), Holder(payee.holder))
    holder = payee.relationship
    if holder is not None and holder.ends_on is not None and holder.ends_on < on:
        raise Refusal(
            f"{holder.name} has had no authority since {holder.ends_on:%-d %B %Y}. Turn these details down, and enter "
            "those of whoever holds the money now."
        )


def _require_fitting_holder(case: Case, way: Way, holder: Holder) -> None:
    if (holder == Holder.PROVIDER) != (way == Way.SERVICE_FUND):
        raise Refusal(
            "A service fund is paid to its provider, and a direct payment to the person or to someone who may "
            "hold it for them. Choose the other kind of account.",
            field="holder",
        )
    died = case.person.date_of_death is not None
    if died != (holder == Holder.REPRESENTATIVE) and way != Way.SERVICE_FUND:
        raise Refusal(
            f"{case.person} has died, so only whoever settles what is left can be paid. Choose their account."
            if died
            else f"{case.person} lives, and somebody settles what is left only after a death. Choose whose account it "
            "is now.",
            field="holder",
        )


def _holder(case: Case, way: Way, holder: Holder, on: date) -> Relationship | None:
    _require_fitting_holder(case, way, holder)
    authority = HOLDER_AUTHORITY.get(Holder(holder))
    if authority is None:
        return None
    people = case.person.relationships.filter(authority=authority, starts_on__lte=on).exclude(ends_on__lt=on)
    found = people.order_by("-starts_on").first()
    if found is None:
        raise Refusal(
            f"Nobody is recorded as “{authority.label}”. Ask the worker to record them, with the evidence, before "
            "their bank details are entered.",
            field="holder",
        )
    return found


def _to_settle(payee: PayeeAccount, by: User, to: State) -> PayeeAccount:
    check_can(by, Capability.KEEP_BANK_DETAILS)
    if payee.provider_id is not None:
        lock_provider(payee.provider_id)
    else:
        assert payee.case_id is not None
        lock_case(payee.case_id)
    payee = PayeeAccount.objects.select_related("case", "provider", "entered_by").get(pk=payee.pk)
    require_settler(payee, to, by)
    return payee


def require_settler(payee: PayeeAccount, to: State, by: User) -> None:
    """Refuse whoever cannot approve bank details or turn them down, or where that was done."""
    check_can(by, Capability.KEEP_BANK_DETAILS)
    require_move(MOVES, payee.state, to, of="This set of bank details")
    if payee.entered_by_id == by.pk:
        raise SecondOfficerNeeded("You entered these bank details, so another finance officer must check them.")
    check_two_mailboxes(payee.entered_by, by)


def _move(payee: PayeeAccount, to: State) -> None:
    require_move(MOVES, payee.state, to, of="This set of bank details")
    payee.state = to
    payee.save(update_fields=["state", *WRITES[State.APPROVED], *WRITES[State.REJECTED]])
