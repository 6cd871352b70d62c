"""What falls due of the shares that others promised, and what was received of them."""

import logging
import uuid
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.actions import set_task, tell
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case, lock_cases
from leeway.care.people.models import Case, Whose
from leeway.care.planning.actions import change_charge
from leeway.care.planning.line_changes import waiting_before
from leeway.days import HAPPENED, check_day
from leeway.law.numbers import pounds
from leeway.money.budgets.actions.ending import end
from leeway.money.budgets.actions.funding import let_days_gone_fall_due, let_shares_fall_due
from leeway.money.budgets.actions.starting import go_on
from leeway.money.budgets.dues import ACCOUNTS, Payer, standings
from leeway.money.budgets.models import Budget, Funding
from leeway.money.contributions.models import Receipt, TakenBack
from leeway.money.contributions.queries import MISSING, Change, change_of, owed_account, running_budgets
from leeway.money.funders.charging import require_chargeable
from leeway.money.ledger.actions import NewTransfer, give_back, open_account, transfer
from leeway.money.ledger.models import Account, Kind, Reason, Transfer
from leeway.money.ledger.queries import balance
from leeway.refusal import Refusal

log = logging.getLogger(__name__)


@transaction.atomic
def let_fall_due(*, on: date) -> int:
    """Record every share of the NHS and of people that has fallen due until a day; how many pence that was.

    What was recorded is not recorded again, and what was not, on earlier days, is.
    """
    late = [each.funding.pk for each in standings(Funding.objects.filter(starts_on__lte=on)) if each.falling_due(on)]
    fundings = Funding.objects.filter(pk__in=late)
    budgets = fundings.order_by().values("part__budget")
    lock_cases(Case.objects.filter(budgets__in=budgets))
    return let_shares_fall_due(fundings, on)


@dataclass(frozen=True)
class Asked:
    """What came of asking for charges to be worked out anew: in how many cases, and those in which it did not work."""

    cases: int
    troubled: tuple[UUID, ...]


@transaction.atomic
def ask_for_changes(*, on: date) -> Asked:
    """Ask finance, once a case, to decide anew what somebody pays, before it changes. Nightly work.

    Each case by itself: one with a fault in its record holds up no other.
    """
    cases, troubled = 0, []
    for budget in running_budgets(on):
        try:
            with transaction.atomic():
                change = change_of(budget, on)
                if change:
                    _ask_for(change, on)
                    cases += 1
        except (InterfaceError, OperationalError):  # the database is gone, and no case is at fault
            raise
        except Exception as problem:
            log.error("The charge of case %s could not be looked at: %s.", budget.case_id, type(problem).__name__)
            troubled.append(budget.case_id)
    return Asked(cases, tuple(troubled))


def _ask_for(change: Change, on: date) -> None:
    person, first = change.budget.case.person, change.first
    what = f"Work out what {person} pays from {first.starts_on:%-d %B %Y}."
    if first.problem:
        what = f"Check {person}’s money again: what they pay from {first.starts_on:%-d %B %Y} cannot be worked out."
    due_on = max(first.starts_on, on)
    set_task(case=change.budget.case, kind=Event.CHARGE_CHANGES, what=what, whose=Whose.FINANCE, due_on=due_on, on=on)


@transaction.atomic
def decide_change(*, budget: Budget, seen: str, money_changed: bool | None, by: User, on: date) -> Budget:
    """Decide what the person pays from the day on which it changes, and have a budget of that amount go on from it.

    It is worked out from the facts that were checked already, so `money_changed` asks whether they still hold: refused
    where they do not, or where nobody says. `seen` is what the officer saw: refused where another day or amount comes
    out by now. The person is told, and each decision has its letter.
    """
    check_can(by, Capability.START_BUDGETS)
    lock_case(budget.case_id)
    running = running_budgets(on).filter(case=budget.case_id).first()
    change = change_of(running, on) if running else None
    if running is None or change is None or change.seen != seen:
        raise Refusal("What changes is not what you saw when you opened this page. Here is how it stands now.")
    if change.first.problem == MISSING:
        raise Refusal(change.first.problem)
    _require_as_checked(change, money_changed)
    for waiting in waiting_before(change.first.starts_on, [running.plan_id]).values():
        raise Refusal(
            f"“{waiting.line.what}” {'ends' if waiting.ends else 'stops for a time'} before that day. Have the budget "
            "go on without it first, from the budget page."
        )
    budget = running
    until = (budget.ending.ends_on, budget.ending.because) if hasattr(budget, "ending") else None
    began = []
    for charge in change_charge(plan=budget.plan, rests_on=change.rests_on, by=by, on=on):
        if until is None or charge.law_on <= until[0]:
            began.append(budget := go_on(budget, charge, by, on))
    require_chargeable([each.pk for each in began])
    if until is not None:
        end(budget, *until, by, on)
    let_days_gone_fall_due(budget.case, on)
    return budget


@transaction.atomic
def confirm_receipt(
    *,
    case: Case,
    payer: Payer,
    amount_pence: int,
    received_on: date,
    looked_at: str,
    owed_pence: int,
    by: User,
    on: date,
) -> Receipt:
    """Confirm that the NHS or the person paid some of what they owe, with what shows it.

    `owed_pence` is what they owed when the officer looked: refused where that has changed since, so that a second
    press, or a colleague's, records nothing twice.
    """
    check_can(by, Capability.CONFIRM_RECEIPTS)
    case = lock_case(case.pk)
    _require_received(case, amount_pence, received_on, looked_at, on)
    account = owed_account(case, payer)
    owed = -balance(account) if account else 0
    if account is None or owed <= 0:
        raise Refusal(f"{payer.label} owes nothing for this case now. Look at what was received already.")
    if owed != owed_pence:
        raise Refusal(f"What is owed has changed since you looked: it is {pounds(owed)} now. Check, and confirm again.")
    if amount_pence > owed:
        raise Refusal(
            f"{payer.label} owes {pounds(owed)}. Confirm no more than that; what was paid on top belongs back with "
            "whoever paid it.",
            field="amount_pence",
        )
    receipt = Receipt.objects.create(
        case=case,
        payer=payer,
        amount_pence=amount_pence,
        received_on=received_on,
        looked_at=looked_at.strip(),
        confirmed_by=by,
        confirmed_on=on,
    )
    _post(receipt, account, by, on)
    whom = "the NHS" if payer == Payer.NHS else case.person
    sentence = f"{pounds(amount_pence)} received from {whom}."
    tell(case=case, kind=Event.SHARE_RECEIVED, sentence=sentence, by=by, on=on)
    return receipt


@transaction.atomic
def take_back(*, receipt: Receipt, reason: str, by: User, on: date) -> TakenBack:
    """Put right a receipt that was confirmed by mistake: it stays on record, and its amount is owed again."""
    check_can(by, Capability.CONFIRM_RECEIPTS)
    ask = "Say what was mistaken. The person can read this."
    reason = said.sentence(reason, ask=ask, field="reason", least=said.FEW)
    case = lock_case(receipt.case_id)
    if TakenBack.objects.filter(receipt=receipt).exists():
        raise Refusal("This receipt was corrected already.")
    done = TakenBack.objects.create(receipt=receipt, reason=reason, taken_back_by=by, taken_back_on=on)
    original = Transfer.objects.get(reason=Reason.RECEIVED, about=receipt.pk)
    give_back(
        original=original,
        id=uuid.uuid5(receipt.pk, "taken back"),
        amount_pence=original.amount_pence,
        effective_date=on,
        by=by,
        on=on,
    )
    sentence = f"{pounds(receipt.amount_pence)} of {receipt.received_on:%-d %B %Y} was not received after all: {reason}"
    tell(case=case, kind=Event.SHARE_RECEIVED, sentence=sentence, by=by, on=on)
    return done


def _require_as_checked(change: Change, money_changed: bool | None) -> None:
    """Refuse a change of what is paid where the money it is worked out from changed too, or nobody says."""
    if change.checked_on is None:
        return
    if money_changed is None:
        raise Refusal(
            f"Say whether what comes in, what is saved or what is paid for has changed since the money check of "
            f"{change.checked_on:%-d %B %Y}.",
            field="money_changed",
        )
    if money_changed:
        raise Refusal(
            "Check the money again first, with what changed. What is paid is then worked out from that.",
            field="money_changed",
        )


def _require_received(case: Case, amount_pence: int, received_on: date, looked_at: str, on: date) -> None:
    if amount_pence <= 0:
        raise Refusal("Enter an amount of more than nothing.", field="amount_pence")
    check_day(received_on, HAPPENED, field="received_on", what="The day on which it was received", on=on)
    first = case.budgets.order_by("started_on").values_list("started_on", flat=True).first()
    if first is None or received_on < first:
        raise Refusal("This day is before there was a budget. Check the date.", field="received_on")
    ask = "Say what shows that the money was received, such as a bank statement."
    said.sentence(looked_at, ask=ask, field="looked_at", least=said.FEW)


def _post(receipt: Receipt, account: Account, by: User, on: date) -> None:
    kind = ACCOUNTS[Payer(receipt.payer)].funder
    funder = open_account(kind=kind, case=receipt.case if kind == Kind.FUNDER_PERSON else None, by=by, on=on)
    new = NewTransfer(
        id=uuid.uuid5(receipt.pk, Reason.RECEIVED.value),
        debit=account.pk,
        credit=funder.pk,
        amount_pence=receipt.amount_pence,
        reason=Reason.RECEIVED,
        effective_date=receipt.received_on,
        about=receipt.pk,
    )
    transfer(new=new, by=by, on=on)
