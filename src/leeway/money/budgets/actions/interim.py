"""Money on account, before a budget is set up: asked for by one, authorised by a manager, taken off afterwards."""

from collections.abc import Iterable
from datetime import date
from uuid import uuid5

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case
from leeway.care.people.states import Stage
from leeway.days import PLANNED, check_day
from leeway.law.numbers import pounds
from leeway.money.budgets import queries
from leeway.money.budgets.actions.funding import give_back_part
from leeway.money.budgets.models import Budget, Instalment, Interim
from leeway.money.ledger.actions import NewTransfer, open_account, transfer_many
from leeway.money.ledger.models import Kind, Reason, Transfer
from leeway.refusal import NotAllowed, Refusal

DAYS_MOST = 42


@transaction.atomic
def ask_for_interim(
    *, case: Case, amount_pence: int, starts_on: date, ends_on: date, reason: str, by: User, on: date
) -> Interim:
    """Ask that somebody has money on account before their budget is set up, as a direct payment, and say why.

    Refused: more than the council's limit, more than six weeks, where a budget runs, or another is open. Urgent needs
    may be met before an assessment is over: Care Act 2014, s19(3).
    """
    case = lock_case(case.pk)
    require_may_ask(case, by)
    check_day(starts_on, PLANNED, field="starts_on", what="The first day", on=on)
    check_day(ends_on, PLANNED, field="ends_on", what="The last day", on=on)
    if not 0 <= (ends_on - starts_on).days < DAYS_MOST:
        raise Refusal("Money on account is for some days, six weeks at most. Check both dates.", field="ends_on")
    if not 0 < amount_pence <= settings.INTERIM_MOST_PENCE:
        most = pounds(settings.INTERIM_MOST_PENCE)
        raise Refusal(f"Enter an amount of more than nothing, and of at most {most}.", field="amount_pence")
    ask = "Say why this cannot wait for the budget. The person can read this."
    reason = said.sentence(reason, ask=ask, field="reason", least=said.FEW)
    accounts = {kind: open_account(kind=kind, case=case, by=by, on=on) for kind in (Kind.AVAILABLE, Kind.COMMITTED)}
    interim = Interim.objects.create(
        case=case,
        amount_pence=amount_pence,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        asked_by=by,
        asked_on=on,
        available=accounts[Kind.AVAILABLE],
        committed=accounts[Kind.COMMITTED],
        paid_into=open_account(kind=Kind.HELD_BY_PERSON, case=case, by=by, on=on),
    )
    sentence = f"{pounds(amount_pence)} on account asked for, before the budget is set up: {reason}"
    tell(case=case, kind=Event.INTERIM_ASKED, sentence=sentence, by=by, on=on)
    return interim


@transaction.atomic
def authorise_interim(*, interim: Interim, by: User, on: date) -> Interim:
    """Let money on account be paid, which somebody else asked for. It is in the next payment run."""
    interim = _locked(interim)
    require_may_authorise(interim, by)
    interim.authorised_by, interim.authorised_on = by, on
    interim.save(update_fields=["authorised_by", "authorised_on"])
    sentence = f"{pounds(interim.amount_pence)} on account agreed. It comes off the first payments of the budget."
    tell(case=interim.case, kind=Event.INTERIM_SETTLED, sentence=sentence, by=by, on=on)
    return interim


@transaction.atomic
def end_interim(*, interim: Interim, reason: str, by: User, on: date) -> Interim:
    """Turn money on account down, or, once it was agreed, withdraw it. Refused while a payment run has it."""
    interim = _locked(interim)
    require_may_end(interim, by)
    reason = said.sentence(reason, ask="Say why. The person can read this.", field="reason", least=said.FEW)
    _end(interim, reason, by, on)
    sentence = f"{pounds(interim.amount_pence)} on account will not be paid: {reason}"
    tell(case=interim.case, kind=Event.INTERIM_SETTLED, sentence=sentence, by=by, on=on)
    return interim


def require_may_ask(case: Case, by: User) -> None:
    """Refuse whoever cannot ask for money on account for a case now."""
    check_can(by, Capability.START_BUDGETS)
    _require_open(case)
    if queries.open_interim(case) is not None:
        raise Refusal("Money on account was asked for already, and is not settled yet.")


def require_may_authorise(interim: Interim, by: User) -> None:
    """Refuse whoever cannot let money on account be paid."""
    check_can(by, Capability.SIGN_OFF)
    _require_open(interim.case)
    if interim.authorised_on or interim.ended_on:
        raise Refusal("This was decided already.")
    if interim.asked_by_id == by.pk:
        raise NotAllowed("You asked for this, so somebody else must decide.")


def require_may_end(interim: Interim, by: User) -> None:
    """Refuse whoever cannot turn money on account down, or withdraw it."""
    check_can(by, Capability.START_BUDGETS if interim.authorised_on else Capability.SIGN_OFF)
    if interim.ended_on or interim.set_off_in_id:
        raise Refusal("This was settled already.")
    if queries.is_in_a_run(interim):
        raise Refusal("It is in a payment run. Cancel or withdraw that run first; once it is paid, it stays.")


def take_off(case: Case, budget: Budget, paid_before: dict[str, int], by: User, on: date) -> int:
    """Note how much of money on account a budget that has just started takes off; say how much is left over."""
    interim = queries.open_interim(case)
    if interim is None:
        return 0
    if not interim.authorised_on:
        _end(interim, "The budget was set up first.", by, on)
        return 0
    dues = Instalment.objects.filter(part__budget=budget, part__way=interim.way)
    taken_pence = dues.aggregate(pence=Sum("already_paid_pence"))["pence"] or 0
    interim.set_off_in = budget
    interim.set_off_pence = max(0, min(interim.amount_pence, taken_pence - paid_before.get(interim.way, 0)))
    interim.save(update_fields=["set_off_in", "set_off_pence"])
    if interim.set_off_pence:
        taken_over = NewTransfer(
            id=uuid5(interim.pk, Reason.PAID_BEFORE.value),
            debit=interim.available_id,
            credit=budget.available_id,
            amount_pence=interim.set_off_pence,
            reason=Reason.PAID_BEFORE,
            effective_date=on,
            about=interim.pk,
        )
        transfer_many(new=[taken_over], by=by, on=on)
        _give_back_set_off(interim, by, on)
    return interim.amount_pence - interim.set_off_pence


def _give_back_set_off(interim: Interim, by: User, on: date) -> None:
    """Have the council get back what a budget bears of an interim payment, where it has put that in."""
    put_in = Transfer.objects.filter(about=interim.pk, reason=Reason.FUNDING).first()
    if put_in and interim.set_off_pence:
        give_back_part(put_in, interim.set_off_pence, interim.pk, by, on)


def set_aside_on_account(interims: Iterable[Interim], by: User, on: date) -> None:
    """Put the council's money in for interim payments that are about to be sent, once."""
    sent = list(interims)
    if not sent:
        return
    council, new = open_account(kind=Kind.FUNDER_COUNCIL, by=by, on=on), []
    for interim in sent:
        if not Transfer.objects.filter(about=interim.pk, reason=Reason.COMMITMENT).exists():
            steps = (
                (Reason.FUNDING, interim.available_id, council.pk),
                (Reason.COMMITMENT, interim.committed_id, interim.available_id),
            )
            new += [
                NewTransfer(
                    id=uuid5(interim.pk, reason.value),
                    debit=into,
                    credit=out_of,
                    amount_pence=interim.amount_pence,
                    reason=reason,
                    effective_date=on,
                    about=interim.pk,
                )
                for reason, into, out_of in steps
            ]
    transfer_many(new=new, by=by, on=on)
    for interim in sent:
        _give_back_set_off(interim, by, on)


def _end(interim: Interim, reason: str, by: User, on: date) -> None:
    interim.ended_by, interim.ended_on, interim.ended_because = by, on, reason
    interim.save(update_fields=["ended_by", "ended_on", "ended_because"])
    aside = Transfer.objects.filter(about=interim.pk, reason__in=[Reason.COMMITMENT, Reason.FUNDING])
    for original in aside.order_by("reason"):
        give_back_part(original, original.amount_pence, interim.pk, by, on)


def _locked(interim: Interim) -> Interim:
    """An interim payment as it stands once nobody else is at its case."""
    lock_case(interim.case_id)
    return Interim.objects.select_related("case__person").get(pk=interim.pk)


def _require_open(case: Case) -> None:
    """Refuse money on account where a budget runs, support has ended or the person has died."""
    if case.budgets.filter(ending=None).exists():
        raise Refusal("A budget runs, and pays what falls due. Money on account is for the time before it is set up.")
    if case.stage == Stage.CLOSED or case.person.date_of_death is not None:
        raise Refusal("Money on account is for somebody whose support is about to begin.")
