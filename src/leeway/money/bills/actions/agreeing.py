"""Payment plans: what the person can pay and keep what the law leaves them to live on."""

from datetime import date

from django.db import transaction

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.access import check_lives
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case
from leeway.care.people.recipients import recipient_for, recipient_of
from leeway.days import PLANNED, check_day
from leeway.law.numbers import ceil_div, pounds
from leeway.messages.actions import write_message
from leeway.messages.recipients import About
from leeway.money.bills.actions.sending import reference_of
from leeway.money.bills.kinds import Every, MoneyFrom, PlanEnd
from leeway.money.bills.models import PaymentPlan
from leeway.money.bills.payers import payers_of
from leeway.money.bills.standing import PAID, days_of, instalments_of, owed_by, spare_pence_per_week
from leeway.money.bills.stops import spaces_on, stop_of
from leeway.refusal import Refusal

SPREAD_MOST = 260


@transaction.atomic
def agree_plan(
    *,
    case: Case,
    instalment_pence: int,
    every: Every,
    first_on: date,
    money_from: MoneyFrom,
    agreed_words: str,
    by: User,
    on: date,
) -> PaymentPlan:
    """Agree how somebody pays what they owe. Another plan of theirs ends with it.

    Refused where an instalment takes more than the last money check leaves above the guarantee and the charge, unless
    the person pays it from savings or from income that does not count, as they say themselves.
    """
    check_can(by, Capability.CONFIRM_RECEIPTS)
    check_day(first_on, PLANNED, field="first_on", what="The first day", on=on)
    case = lock_case(case.pk)
    check_lives(case.person)
    if spaces_on(on).filter(case=case).exists():
        raise Refusal("They have a breathing space: nothing is agreed with them now. Wait until it is over.")
    stop = stop_of(case, on)
    if stop is not None and stop.of_bills:  # what was agreed would be sent to somebody who may not manage their money
        raise Refusal(stop.sentence)
    if first_on < on:
        raise Refusal("The first payment is today or later.", field="first_on")
    owed = owed_by([case.pk], on).get(case.pk, 0)
    if not 0 < instalment_pence <= owed:
        raise Refusal(f"{pounds(max(owed, 0))} is owed. An instalment is no more than that.", field="instalment_pence")
    if ceil_div(owed, instalment_pence) > SPREAD_MOST:
        raise Refusal(f"That takes more than {SPREAD_MOST} payments. Think of writing some of it off.",
                      field="instalment_pence")  # fmt: skip
    spare = spare_pence_per_week(case, on)
    _require_left_to_live_on(spare, every, instalment_pence, money_from)
    ask = "Say how they agreed, in their words or as you saw it."
    agreed_words = said.sentence(agreed_words, ask=ask, field="agreed_words", least=said.REASON)
    for before in case.payment_plans.filter(ended_on=None):
        _end(before, PlanEnd.CHANGED, "Another plan was agreed.", by, on)
    plan = PaymentPlan.objects.create(
        case=case, total_pence=owed, instalment_pence=instalment_pence, every=every, first_on=first_on,
        spare_pence_per_week=spare, money_from=money_from, agreed_words=agreed_words, made_by=by, made_on=on,
    )  # fmt: skip
    _tell(plan, by, on)
    return plan


def _require_left_to_live_on(spare: int | None, every: Every, pence: int, money_from: MoneyFrom) -> None:
    a_week = every.a_week_pence(pence)
    if money_from != MoneyFrom.SPARE or (spare is not None and a_week <= spare):
        return
    if spare is None:
        raise Refusal(
            "Nobody has checked what they have left to live on. Check the money first, or say what else they pay from.",
            field="money_from",
        )
    raise Refusal(
        f"This comes to {pounds(a_week)} a week, and {pounds(spare)} a week is left above what the law leaves to live "
        "on and what they pay for support. Agree no more than "
        f"{pounds(every.most_pence(spare))} {every.label.lower()}, say what else they pay from, or think of writing "
        "some of it off.",
        field="instalment_pence",
    )


def _tell(plan: PaymentPlan, by: User, on: date) -> None:
    days = days_of(plan)
    every = Every(plan.every).label.lower()
    sentence = f"Payment plan agreed: {pounds(plan.instalment_pence)} {every} from {plan.first_on:%-d %B %Y}."
    tell(case=plan.case, kind=Event.BILLS, sentence=sentence, by=by, on=on)
    last = days[-1][1]
    times = f"{len(days)} payment{'s' if len(days) > 1 else ''}"
    data = {
        "amount": pounds(plan.instalment_pence),
        "every": every,
        "first_on": f"{plan.first_on:%-d %B %Y}",
        "times": times + (f", the last of {pounds(last)}" if last != plan.instalment_pence else ""),
        "reference": reference_of(plan.case) or "your name",
    }
    payer = payers_of([plan.case], on).get(plan.case_id)
    to = recipient_of(payer) if payer else recipient_for(plan.case.person)
    about = About(plan.case.person_id, plan.case_id)
    write_message(template="payment_plan", to=to, data=data, about=about, key=f"payment-plan:{plan.pk}", by=by, on=on)


@transaction.atomic
def end_plan(*, plan: PaymentPlan, words: str, by: User, on: date) -> PaymentPlan:
    """Say that a plan could not be kept, and what is done instead. From then on reminders may go again."""
    check_can(by, Capability.CONFIRM_RECEIPTS)
    case = lock_case(plan.case_id)
    plan = PaymentPlan.objects.get(pk=plan.pk)
    if plan.ended_on is not None:
        raise Refusal("This plan has ended already.")
    ask = "Say why it could not be kept, and what you offered instead."
    words = said.sentence(words, ask=ask, field="words", least=said.REASON)
    _end(plan, PlanEnd.BROKEN, words, by, on)
    tell(case=case, kind=Event.BILLS, sentence=f"The payment plan ended: {words}", by=by, on=on)
    return plan


def end_paid_plans(*, on: date) -> int:
    """End the plans of which every instalment was paid; how many. Nightly work, each plan by itself."""
    return sum(_end_if_paid(plan, on) for plan in PaymentPlan.objects.filter(ended_on=None).order_by("pk"))


@transaction.atomic
def _end_if_paid(plan: PaymentPlan, on: date) -> bool:
    """End a plan of which all was paid, unless somebody ended it while its case was waited for."""
    if any(each.state != PAID for each in instalments_of(plan, on)):
        return False
    lock_case(plan.case_id)
    plan = PaymentPlan.objects.get(pk=plan.pk)
    if plan.ended_on is not None or any(each.state != PAID for each in instalments_of(plan, on)):
        return False
    _end(plan, PlanEnd.PAID, "Every instalment was paid.", None, on)
    return True


def _end(plan: PaymentPlan, end: PlanEnd, words: str, by: User | None, on: date) -> None:
    plan.ended_on, plan.ended_by, plan.end, plan.end_words = on, by, end, words
    plan.save(update_fields=["ended_on", "ended_by", "end", "end_words"])
