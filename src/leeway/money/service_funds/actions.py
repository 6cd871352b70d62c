"""Every write about individual service funds: a statement comes, is taken back, and what is left is asked back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4, uuid5

from django.db import transaction

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.actions import finish_tasks, set_task, tell
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case, Whose
from leeway.care.planning.models import PlanLine
from leeway.days import HAPPENED, PLANNED, check_day
from leeway.law.numbers import pounds
from leeway.money.ledger.actions import NewTransfer, given_back, open_account, transfer, transfer_many
from leeway.money.ledger.models import Account, Kind, Reason
from leeway.money.ledger.queries import balance
from leeway.money.service_funds.models import (
    AskedBack,
    Counted,
    FundStatement,
    Spent,
    StatementTakenBack,
)
from leeway.money.service_funds.queries import (
    Fund,
    ToState,
    agreed_pence,
    funds_of,
    is_fee,
    may_ask_back,
    standing,
    to_state,
)
from leeway.money.service_funds.states import MOVES, WRITES, State
from leeway.moves import require_move
from leeway.refusal import Refusal

WHAT_LONGEST, LINES_MOST = 200, 60
#: The task of a night is due so many days after it was set.
TO_DO_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSpent:
    """What was spent on one line of the plan; without a line, on something else, in words."""

    pence: int
    line: PlanLine | None = None
    what: str = ""


@transaction.atomic
def enter_statement(
    *,
    case: Case,
    ends_on: date,
    opening_pence: int,
    received_pence: int,
    given_back_pence: int,
    closing_pence: int,
    spent: Sequence[NewSpent],
    shown_by: str,
    by: User,
    on: date,
) -> FundStatement:
    """Take in a provider's statement of a fund from the day after the last one until a day.

    It opens with what the last one left; what it says came from the council is what our payments brought by then, and
    all of it adds up. What was spent leaves the fund in the ledger.
    """
    check_can(by, Capability.SETTLE_INVOICES)
    check_day(ends_on, HAPPENED, field="ends_on", what="The last day of the statement", on=on)
    ask = "Say what it came as and what shows it, for example “Statement of 3 July, by email”."
    shown_by = said.sentence(shown_by, ask=ask, field="shown_by", least=said.FEW)
    case = lock_case(case.pk)
    wanted = to_state(case, ends_on, on)
    if ends_on < wanted.starts_on:
        raise Refusal(
            f"The statement begins on {wanted.starts_on:%-d %B %Y}. Enter that day or a later one.", field="ends_on"
        )
    _require_known(wanted, opening_pence, received_pence, given_back_pence)
    spent_pence = sum(each.pence for each in spent)
    _require_sum(opening_pence + received_pence - given_back_pence - spent_pence, closing_pence)
    _require_lines(wanted, spent, ends_on)
    [fund] = funds_of([case.pk], on)
    statement = FundStatement.objects.create(
        case=case,
        holder=fund.holder,
        starts_on=wanted.starts_on,
        ends_on=ends_on,
        opening_pence=opening_pence,
        received_pence=received_pence,
        given_back_pence=given_back_pence,
        spent_pence=spent_pence,
        closing_pence=closing_pence,
        shown_by=shown_by,
        entered_by=by,
        entered_on=on,
    )
    Counted.objects.bulk_create([Counted(statement=statement, transfer=each) for each in wanted.counted])
    _spend(statement, spent, by, on)
    finish_tasks(case=case, kinds=[Event.FUND_STATEMENT], by=by, on=on)
    sentence = (
        f"Statement of the fund from {wanted.starts_on:%-d %B} to {ends_on:%-d %B %Y}: {pounds(spent_pence)} spent, "
        f"{pounds(closing_pence)} left with {fund.holder}."
    )
    tell(case=case, kind=Event.FUND_STATEMENT, sentence=sentence, by=by, on=on)
    return statement


def _require_known(wanted: ToState, opening_pence: int, received_pence: int, given_back_pence: int) -> None:
    """Refuse amounts that are not those of the last statement, of our payments, or of what came back."""
    if opening_pence != wanted.opening_pence:
        raise Refusal(
            f"It opens with {pounds(opening_pence)}, and the statement before it left {pounds(wanted.opening_pence)}. "
            "Ask the provider which is right; take the earlier one back if it was mistaken.",
            field="opening_pence",
        )
    if wanted.received_pence < 0:
        raise Refusal(
            f"{pounds(-wanted.received_pence)} came back from the bank after an earlier statement had counted it. Take "
            "that statement back, and enter it as the provider puts it right."
        )
    if received_pence != wanted.received_pence:
        raise Refusal(
            f"It says that {pounds(received_pence)} came from us. Of our payments {pounds(wanted.received_pence)} "
            "reached the provider by its last day and stands in no statement yet. Confirm a run that the bank has "
            "paid, look whether the last day is right, or ask the provider.",
            field="received_pence",
        )
    if given_back_pence != wanted.given_back_pence:
        raise Refusal(
            f"It says that {pounds(given_back_pence)} was given back to us. We received "
            f"{pounds(wanted.given_back_pence)} by its last day. Record what came back first, or ask the provider.",
            field="given_back_pence",
        )


def _require_sum(should_pence: int, closing_pence: int) -> None:
    if should_pence < 0:
        raise Refusal(
            f"More was spent than the fund had: {pounds(-should_pence)} too much. A fund spends what it has. Ask the "
            "provider what paid for the rest.",
            field="closing_pence",
        )
    if should_pence != closing_pence:
        raise Refusal(
            f"It closes with {pounds(closing_pence)}, and what it says comes to {pounds(should_pence)}: what it opened "
            "with and received, less what was given back and spent. Look for a line that is missing or doubled.",
            field="closing_pence",
        )


def _require_lines(wanted: ToState, spent: Sequence[NewSpent], ends_on: date) -> None:
    """Refuse what was spent on no line of this fund without words, twice on one, or as more of a fee than is agreed."""
    known, named = {line.pk for line in wanted.lines}, [each.line.pk for each in spent if each.line]
    if len(spent) > LINES_MOST:
        raise Refusal(f"A statement has at most {LINES_MOST} lines. Put what was bought for one thing together.")
    if not set(named) <= known or len(set(named)) != len(named):
        raise Refusal("Each thing of the plan that this fund pays for stands in a statement once.")
    for each in spent:
        if each.pence <= 0:
            raise Refusal("What was spent is an amount above nothing. Leave out what nothing was spent on.")
        if each.line is None:
            if not each.what.strip() or len(each.what.strip()) > WHAT_LONGEST:
                raise Refusal(f"Say in {WHAT_LONGEST} letters or fewer what was bought that is not in the plan.")
        elif is_fee(each.line):
            agreed = agreed_pence(each.line, wanted.starts_on, ends_on)
            if each.pence > agreed:
                raise Refusal(
                    f"{pounds(each.pence)} was taken for running the fund, and {pounds(agreed)} is agreed for these "
                    "days. Ask the provider to put the rest back, or have the plan changed first."
                )


def _spend(statement: FundStatement, spent: Sequence[NewSpent], by: User, on: date) -> None:
    """What was spent leaves the fund, one movement a line, on the statement's last day."""
    held = open_account(kind=Kind.HELD_BY_PROVIDER, case=statement.case, by=by, on=on)
    gone = open_account(kind=Kind.SPENT, case=statement.case, by=by, on=on)
    ids = [uuid4() for _ in spent]
    new = [
        NewTransfer(
            id=uuid5(id, Reason.SPENT.value),
            debit=gone.pk,
            credit=held.pk,
            amount_pence=each.pence,
            reason=Reason.SPENT,
            effective_date=statement.ends_on,
            about=id,
        )
        for id, each in zip(ids, spent, strict=True)
    ]
    transfer_many(new=new, by=by, on=on)
    rows = [
        Spent(
            id=id,
            statement=statement,
            number=number,
            line=each.line,
            what=each.what.strip() or each.line.what,
            pence=each.pence,
            transfer_id=moved.id,
        )
        for number, (id, each, moved) in enumerate(zip(ids, spent, new, strict=True), start=1)
    ]
    Spent.objects.bulk_create(rows)


@transaction.atomic
def take_back_statement(*, statement: FundStatement, reason: str, by: User, on: date) -> StatementTakenBack:
    """Say that the latest statement of a fund was mistaken. What it spent is in the fund again, until it comes anew."""
    check_can(by, Capability.SETTLE_INVOICES)
    reason = said.sentence(reason, ask="Say in a sentence what was wrong with it.", field="reason")
    case = lock_case(statement.case_id)
    latest = standing([case.pk]).first()
    if latest is None or latest.pk != statement.pk:
        raise Refusal("Only the latest statement that stands is taken back. Take the later ones back first.")
    taken = StatementTakenBack.objects.create(
        statement=statement, reason=reason, taken_back_by=by, taken_back_on=on
    )  # fmt: skip
    back = [
        given_back(each.transfer, uuid5(each.transfer_id, "taken back"), each.pence, statement.ends_on)
        for each in statement.spent.select_related("transfer")
    ]
    transfer_many(new=back, by=by, on=on)
    sentence = (
        f"The statement of the fund to {statement.ends_on:%-d %B %Y} was mistaken, and does not count: "
        f"{said.ended(reason)}"
    )
    tell(case=case, kind=Event.FUND_STATEMENT, sentence=sentence, by=by, on=on)
    return taken


@transaction.atomic
def ask_back(*, case: Case, pence: int, reason: str, answer_by: date, by: User, on: date) -> AskedBack:
    """Ask the provider to give back what is left of a fund that has ended, or what is above the weeks that may stay.

    The reason is read by the person. Nothing moves until it is received.
    """
    check_can(by, Capability.SETTLE_INVOICES)
    check_day(answer_by, PLANNED, field="answer_by", what="The day by which it is to be back", on=on)
    ask = "Say in a sentence why it is asked back. The person reads this."
    reason = said.ended(said.sentence(reason, ask=ask, field="reason"))
    if answer_by <= on:
        raise Refusal("Choose a day to come by which it is to be back.", field="answer_by")
    case = lock_case(case.pk)
    found = funds_of([case.pk], on)
    allowed = may_ask_back(found[0]) if found else {}
    if not allowed:
        raise Refusal(
            "Nothing of this fund can be asked back now: its statements leave nothing above what may stay, the last "
            "one is missing, or something is asked back already."
        )
    [(because, most)] = allowed.items()
    if not 0 < pence <= most:
        raise Refusal(f"Ask for an amount above nothing, and for {pounds(most)} at most.", field="pence")
    asked = AskedBack.objects.create(
        case=case, because=because, pence=pence, reason=reason, answer_by=answer_by, asked_by=by, asked_on=on
    )
    finish_tasks(case=case, kinds=[Event.FUND_STATEMENT], by=by, on=on)
    sentence = f"{found[0].holder} is asked to give {pounds(pence)} of the fund back by {answer_by:%-d %B %Y}: {reason}"
    tell(case=case, kind=Event.FUND_STATEMENT, sentence=sentence, by=by, on=on)
    return asked


@transaction.atomic
def confirm_back(*, asked: AskedBack, received_on: date, shown_by: str, by: User, on: date) -> AskedBack:
    """Say that a provider gave back what it was asked for: all of it, on which day, and what shows it."""
    check_can(by, Capability.SETTLE_INVOICES)
    check_day(received_on, HAPPENED, field="received_on", what="The day on which it was received", on=on)
    ask = "Say what shows that it was received, for example the line of the bank statement."
    shown_by = said.sentence(shown_by, ask=ask, field="shown_by", least=said.FEW)
    case, asked = _locked(asked, State.RECEIVED)
    if received_on < asked.asked_on:
        raise Refusal(
            f"It was asked back on {asked.asked_on:%-d %B %Y}. Enter that day or a later one.", field="received_on"
        )
    held = Account.objects.get(kind=Kind.HELD_BY_PROVIDER, case=case)
    if (left := balance(held)) < asked.pence:
        raise Refusal(
            f"{pounds(left)} is left in the fund, and {pounds(asked.pence)} was asked for. Let it go, and ask for what "
            "is left."
        )
    into = open_account(kind=Kind.RECLAIMED, case=case, by=by, on=on)
    new = NewTransfer(
        id=uuid5(asked.pk, Reason.RECLAIMED.value),
        debit=into.pk,
        credit=held.pk,
        amount_pence=asked.pence,
        reason=Reason.RECLAIMED,
        effective_date=received_on,
        about=asked.pk,
    )
    transfer(new=new, by=by, on=on)
    asked.received_on = received_on
    _settle(asked, State.RECEIVED, shown_by, by, on)
    sentence = f"{pounds(asked.pence)} of the fund came back to us on {received_on:%-d %B %Y}."
    tell(case=case, kind=Event.FUND_STATEMENT, sentence=sentence, by=by, on=on)
    return asked


@transaction.atomic
def let_go(*, asked: AskedBack, reason: str, by: User, on: date) -> AskedBack:
    """Say that money of a fund is no longer asked for, and why. It stays in the fund."""
    check_can(by, Capability.SETTLE_INVOICES)
    ask = "Say in a sentence why it is no longer asked for. The person reads this."
    reason = said.ended(said.sentence(reason, ask=ask, field="reason"))
    case, asked = _locked(asked, State.LET_GO)
    _settle(asked, State.LET_GO, reason, by, on)
    sentence = f"{pounds(asked.pence)} of the fund is no longer asked back: {reason}"
    tell(case=case, kind=Event.FUND_STATEMENT, sentence=sentence, by=by, on=on)
    return asked


def _locked(asked: AskedBack, to: State) -> tuple[Case, AskedBack]:
    case = lock_case(asked.case_id)
    asked = AskedBack.objects.select_for_update(no_key=True).get(pk=asked.pk)
    require_move(MOVES, asked.state, to, of="What was asked back")
    return case, asked


def _settle(asked: AskedBack, to: State, because: str, by: User, on: date) -> None:
    asked.state, asked.settled_by, asked.settled_on, asked.settled_because = to, by, on, because
    asked.save(update_fields=["state", *WRITES[to]])


def ask_for_what_is_due(*, on: date) -> int:
    """Ask finance for each statement that is missing past its day, and for what is left of funds that ended.

    Nightly work; how many.
    """
    count = 0
    for fund in funds_of(None, on):
        what = _to_do(fund)
        if what:
            set_task(
                case=fund.case, kind=Event.FUND_STATEMENT, what=what, whose=Whose.FINANCE, due_on=on + TO_DO_WITHIN,
                on=on,
            )  # fmt: skip
            count += 1
    return count


def _to_do(fund: Fund) -> str:
    if fund.is_late:
        return (
            f"Ask {fund.holder} for the statement of this service fund to {fund.due.until:%-d %B %Y}. It was to be "
            f"here by {fund.due.by:%-d %B %Y}."
        )
    if fund.asks_back:
        return (
            f"This service fund ended on {fund.ends_on:%-d %B %Y}, and {pounds(fund.surplus_pence)} is left with "
            f"{fund.holder}. Ask for it back, or say why not."
        )
    return ""
