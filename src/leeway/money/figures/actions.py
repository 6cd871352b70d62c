"""Setting a year's budgets, taking a month-end, making the next journal or a finance return. Each is written once."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.days import HAPPENED, PLANNED, check_day
from leeway.money.contributions.actions import let_fall_due
from leeway.money.figures.finance_return import in_lines, rows_of
from leeway.money.figures.general_ledger import general_ledger
from leeway.money.figures.journal import moved
from leeway.money.figures.models import FinanceReturn, Journal, MonthEnd, YearBudget
from leeway.money.figures.month_end import in_sums, items
from leeway.money.ledger.models import Transfer
from leeway.period import Period, financial_year
from leeway.refusal import Refusal

DAY = timedelta(days=1)


@transaction.atomic
def set_year_budget(
    *, year: date, client_group: str, amount_pence: int, reason: str, seen: int, by: User, on: date
) -> YearBudget:
    """Say what the council plans to spend of its own money on a client group in the year that begins on a 1 April.

    `seen` is the number of the last amount that the officer saw (0: none): refused where another came meanwhile.
    """
    check_can(by, Capability.KEEP_BOOKS)
    check_day(year, PLANNED, field="year", what="The year", on=on)
    if amount_pence < 0:
        raise Refusal("Enter an amount of nought or more.", field="amount_pence")
    ask = "Say what the amount rests on: the budget that was agreed, a virement, growth, a saving."
    reason = said.sentence(reason, ask=ask, field="reason", least=said.FEW)
    starts_on = financial_year(year).starts_on
    last = YearBudget.objects.filter(starts_on=starts_on, client_group=client_group).order_by("-number").first()
    if (last.number if last else 0) != seen:
        raise Refusal(f"Somebody set another amount for {client_group} meanwhile. Look at it, and set yours again.")
    return YearBudget.objects.create(
        starts_on=starts_on,
        client_group=client_group,
        number=seen + 1,
        amount_pence=amount_pence,
        reason=reason,
        set_by=by,
        set_on=on,
    )


@transaction.atomic
def take_month_end(*, ends_on: date, reason: str, by: User, on: date) -> MonthEnd:
    """Keep how the books stood at the end of a month, in sums. A month taken again needs a reason; both are kept.

    What was to fall due by then and was not recorded yet is recorded first.
    """
    check_can(by, Capability.KEEP_BOOKS)
    check_day(ends_on, HAPPENED, field="ends_on", what="The last day of the month", on=on)
    if (ends_on + DAY).day != 1 or ends_on >= on:
        raise Refusal("Give the last day of a month that is over.", field="ends_on")
    before = MonthEnd.objects.filter(ends_on=ends_on).aggregate(last=Max("number"))["last"] or 0
    if before:
        ask = "This month was taken before. Say what changed since, so that it is taken again."
        reason = said.sentence(reason, ask=ask, field="reason", least=said.FEW)
    let_fall_due(on=ends_on)
    return MonthEnd.objects.create(
        ends_on=ends_on,
        number=before + 1,
        lines=in_sums(items(ends_on)),
        reason=reason.strip(),
        made_by=by,
        made_on=on,
    )


@transaction.atomic
def make_journal(*, ends_on: date, by: User, on: date) -> Journal:
    """Make the journal that follows the last one, until the end of a day that is over. Each transfer is in one."""
    check_can(by, Capability.KEEP_BOOKS)
    check_day(ends_on, HAPPENED, field="ends_on", what="The last day", on=on)
    if ends_on >= on:
        raise Refusal("Money may still move today. Choose a day that is over.", field="ends_on")
    last = Journal.objects.order_by("-number").first()
    starts_on = last.ends_on + DAY if last else _first_day()
    if starts_on is None:
        raise Refusal("No money has moved yet, so there is nothing for a journal.")
    if ends_on < starts_on:
        before = f"The last journal goes to {last.ends_on:%-d %B %Y}" if last else "No money had moved by then"
        raise Refusal(f"{before}. Choose a later day.", field="ends_on")
    found = moved(starts_on, ends_on, general_ledger())
    return Journal.objects.create(
        number=last.number + 1 if last else 1,
        starts_on=starts_on,
        ends_on=ends_on,
        lines=found.lines,
        transfers=found.transfers,
        total_pence=found.total_pence,
        made_by=by,
        made_on=on,
    )


@transaction.atomic
def make_finance_return(*, ends_on: date, by: User, on: date) -> FinanceReturn:
    """Make the finance return of the financial year that a day is in, until that day, which must be over."""
    check_can(by, Capability.KEEP_BOOKS)
    check_day(ends_on, HAPPENED, field="ends_on", what="The last day", on=on)
    if ends_on >= on:
        raise Refusal("Choose a day that is over: money may still move today.", field="ends_on")
    let_fall_due(on=ends_on)
    year = Period(financial_year(ends_on).starts_on, ends_on)
    return FinanceReturn.objects.create(
        starts_on=year.starts_on, ends_on=ends_on, lines=in_lines(rows_of(year, seen_by=by)), made_by=by, made_on=on
    )


def _first_day() -> date | None:
    first = Transfer.objects.order_by("made_at").values_list("made_at", flat=True).first()
    return timezone.localdate(first) if first else None
