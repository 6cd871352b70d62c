"""Which day a payment run can have: what banks and Bacs can still reach, and when what is in it is due."""

from datetime import date, timedelta

from django.db.models import Max

from leeway.days import PLANNED, check_day
from leeway.money.banking import bacs18
from leeway.money.banking.bacs18 import DAYS_AHEAD_MAX
from leeway.money.banking.working_days import (
    bacs_submission_day,
    is_bank_working_day,
    require_bank_working_day,
    working_day_after,
    working_day_on_or_before,
)
from leeway.money.payments.models import PaymentRun, Rail
from leeway.refusal import Refusal


def first_pay_day(on: date) -> date:
    """The first day on which people can have money from a run that is approved today."""
    day = working_day_after(on)
    while bacs_submission_day(day) < on:
        day = working_day_after(day)
    return day


def first_faster_day(on: date) -> date:
    """The first day on which people can have money by Faster Payments."""
    return on if is_bank_working_day(on) else working_day_after(on)


def day_to_suggest_for(run: PaymentRun, on: date) -> date:
    """The first other day that a run can be given: banks and its rail can meet it, and all in it is due by then."""
    first = first_faster_day(on) if run.rail == Rail.FASTER else first_pay_day(on)
    last = run.payments.aggregate(last=Max("instalment__due_on"))["last"]
    day = max(first, working_day_on_or_before(last)) if last else first
    return working_day_after(day) if day == run.pay_on else day


def last_pay_day(on: date) -> date:
    return working_day_on_or_before(on + timedelta(days=bacs18.DAYS_AHEAD_MAX))


def require_day_of(run: PaymentRun, pay_on: date, on: date) -> None:
    """Refuse a day that a run cannot have: what is too near depends on how its money travels."""
    (require_faster_day if run.rail == Rail.FASTER else require_pay_day)(pay_on, on)


def require_faster_day(pay_on: date, on: date) -> None:
    """Refuse a day on which banks are closed, that is over, or over a month away."""
    check_day(pay_on, PLANNED, field="pay_on", what="The day of payment", on=on)
    if pay_on < on:
        raise Refusal("Choose today or a day after it.", field="pay_on")
    require_bank_working_day(pay_on)
    _require_within_a_month(pay_on, on)


def require_pay_day(pay_on: date, on: date) -> None:
    """Refuse a day on which banks are closed, that Bacs can no longer reach, or over a month away."""
    check_day(pay_on, PLANNED, field="pay_on", what="The day of payment", on=on)
    last = bacs_submission_day(pay_on)
    if on > last:
        first = first_pay_day(on)
        raise Refusal(
            f"Bacs takes three working days, so money sent today arrives on {first:%A %-d %B %Y} at the earliest. "
            "Choose that day or a later one.",
            field="pay_on",
        )
    _require_within_a_month(pay_on, on)


def _require_within_a_month(pay_on: date, on: date) -> None:
    if pay_on > on + timedelta(days=DAYS_AHEAD_MAX):
        raise Refusal(f"Choose a day within the next {DAYS_AHEAD_MAX} days.", field="pay_on")


def require_all_due(last: date | None, pay_on: date, instead: str) -> None:
    """Refuse a day before something in a run is due; `last` is the latest of those days, where anything has one."""
    first = working_day_on_or_before(last) if last else pay_on
    if last and first > pay_on:
        raise Refusal(
            f"Something in this run is due on {last:%-d %B %Y}, so it cannot be paid before {first:%-d %B %Y}. "
            f"{instead}",
            field="pay_on",
        )


def require_sent_day(run: PaymentRun, sent_on: date, on: date) -> None:
    """Refuse a day on which the bank cannot have been given the file of an approved run, or was given it too late."""
    assert run.approved_on is not None
    if not run.approved_on <= sent_on <= on:
        raise Refusal(
            f"Enter the day on which the bank was given the file: one from its approval on "
            f"{run.approved_on:%-d %B %Y} until today.",
            field="sent_on",
        )
    if sent_on > run.last_day_to_send:
        takes = "Bacs takes three working days" if run.rail == Rail.BACS else "The day of payment is over"
        raise Refusal(
            f"{takes}, so a file given to the bank after {run.last_day_to_send:%-d %B %Y} does "
            f"not reach people on {run.pay_on:%-d %B %Y}. Give the run another day, or withdraw it.",
            field="sent_on",
        )
