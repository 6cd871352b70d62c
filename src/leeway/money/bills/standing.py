"""How bills stand: what is owed, what of a bill is overdue, whether a plan is kept, what somebody has to spare."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Max, QuerySet, Sum

from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.people.models import Case
from leeway.law import law_on
from leeway.law.numbers import floor_div, greatest, least
from leeway.money.bills.clock import days_run
from leeway.money.bills.kinds import MONTHS_A_YEAR, Every
from leeway.money.bills.models import Bill, PaymentPlan
from leeway.money.contributions.models import Receipt
from leeway.money.ledger.models import Kind, Reason, Transfer
from leeway.period import Period

#: What some people owe on a day, and of it what came in, or was taken off, since their bills were made.
OWED = """
    SELECT a.case_id, COALESCE(SUM(CASE WHEN t.credit_id = a.id THEN t.amount_pence ELSE -t.amount_pence END), 0)
      FROM ledger_account AS a JOIN ledger_transfer AS t ON t.credit_id = a.id OR t.debit_id = a.id
     WHERE a.kind = 'owed_by_person' AND a.case_id = ANY(%(cases)s) AND t.effective_date <= %(on)s GROUP BY a.case_id
"""
#: Whether a transfer (its id) stands on a bill `b` or on one before it.
ON_BILL = """EXISTS (SELECT 1 FROM bills_billed AS x JOIN bills_bill AS its ON its.id = x.bill_id
    WHERE x.transfer_id = {transfer} AND its.case_id = b.case_id AND its.number <= b.number)"""
#: What of charges is no longer due, of those that stand on the bill or of the others.
WENT = "COALESCE(SUM(t.amount_pence) FILTER (WHERE t.debit_id = a.id AND t.reason = 'no_longer_due' AND {which}), 0)"
#: What was undone of a receipt or a write-off is owed again; a charge that came later and went takes nothing off, nor
#: does one that went and came again at once, at another amount: only by how much it is less, in proportion where other
#: charges went with it. What is taken off a week's charge is taken off the bills that charge for that week.
OFF = f"""
    SELECT id, came + FLOOR(GREATEST(gone + gone_later - again, 0) * gone / GREATEST(gone + gone_later, 1)) FROM (
        SELECT b.id,
               COALESCE(SUM(CASE WHEN t.debit_id = a.id THEN t.amount_pence ELSE -t.amount_pence END) FILTER (WHERE
                   (t.reason NOT IN ('not_charged', 'charged_again') OR t.effective_date <= b.period_ends_on) AND (
                   t.debit_id = a.id AND t.reason IN ('received', 'written_off', 'not_charged')
                   OR t.credit_id = a.id AND t.reason IN ('correction', 'write_off_undone', 'charged_again')
                      AND NOT {ON_BILL.format(transfer="t.corrects_id")})), 0) AS came,
               {WENT.format(which=ON_BILL.format(transfer="t.corrects_id"))} AS gone,
               {WENT.format(which="NOT " + ON_BILL.format(transfer="t.corrects_id"))} AS gone_later,
               COALESCE(SUM(t.amount_pence) FILTER (WHERE t.credit_id = a.id AND t.reason = 'fell_due' AND EXISTS (
                   SELECT 1 FROM ledger_transfer AS went WHERE went.debit_id = a.id AND went.reason = 'no_longer_due'
                      AND went.effective_date = t.effective_date)), 0) AS again
          FROM bills_bill AS b JOIN ledger_account AS a ON a.case_id = b.case_id AND a.kind = 'owed_by_person'
          LEFT JOIN ledger_transfer AS t ON t.effective_date <= %(on)s AND (t.debit_id = a.id OR t.credit_id = a.id)
               AND NOT {ON_BILL.format(transfer="t.id")}
         WHERE b.id = ANY(%(bills)s) GROUP BY b.id
    ) AS sums
"""


@dataclass(frozen=True, slots=True)
class Instalment:
    """One instalment of a payment plan: when, how much, and whether what came in by then is enough."""

    on: date
    pence: int
    state: str


PAID, DUE, TO_COME, MISSED = "Paid", "Due", "To come", "Missed"


def owed_by(cases: Collection[UUID], on: date) -> Mapping[UUID, int]:
    """What some people owe on a day: less than nothing is owed to them."""
    with connection.cursor() as cursor:
        cursor.execute(OWED, {"cases": list(cases), "on": on})
        return {case: int(pence) for case, pence in cursor.fetchall()}


def net_received(case: Case, on: date) -> int:
    """What somebody paid in all until a day, less what was corrected and what was paid back to them."""
    moved = Transfer.objects.filter(effective_date__lte=on)
    came = moved.filter(
        debit__kind=Kind.OWED_BY_PERSON, debit__case=case, reason__in=[Reason.RECEIVED, Reason.REFUND_UNDONE]
    )
    less = moved.filter(
        credit__kind=Kind.OWED_BY_PERSON, credit__case=case, reason__in=[Reason.CORRECTION, Reason.REFUNDED]
    )
    return _pence(came) - _pence(less)


def _pence(moved: QuerySet[Transfer]) -> int:
    return moved.aggregate(pence=Sum("amount_pence"))["pence"] or 0


def overdue(bills: Iterable[Bill], on: date) -> Mapping[UUID, int]:
    """What is left to pay of some bills, by their ids: to pay by each, less all that came in or was taken off since."""
    known = {bill.pk: bill for bill in bills}
    with connection.cursor() as cursor:
        cursor.execute(OFF, {"bills": list(known), "on": on})
        off = {bill: int(pence) for bill, pence in cursor.fetchall()}
    return {pk: greatest(bill.to_pay_pence - off.get(pk, 0), 0) for pk, bill in known.items()}


def due_bills(on: date, cases: Collection[UUID] | None = None) -> list[Bill]:
    """The last bill of each person that should have been paid by a day: earlier ones are part of it."""
    sent = Bill.objects.filter(sending__due_by__lt=on)
    if cases is not None:
        sent = sent.filter(case__in=cases)
    last = sent.order_by().values("case").annotate(last=Max("number")).values("last")
    return list(Bill.objects.filter(number__in=last).select_related("sending", "case__person").order_by("number"))


def spare_pence_per_week(case: Case, on: date) -> int | None:
    """What the last money check leaves above the guarantee, housing and disability costs, and the charge itself.

    None where the charge did not rest on a whole check: then only the person can say.
    """
    charges = Decision.objects.filter(case=case, kind=DecisionKind.CHARGE, law_on__lte=on)
    charge = charges.order_by("law_on", "decided_at").last()
    disposable = charge.result.get("disposable_income_pence_per_week") if charge else None
    if charge is None or disposable is None:
        return None
    return greatest(disposable - charge.result["charge_pence_per_week"], 0)


def days_of(plan: PaymentPlan) -> list[tuple[date, int]]:
    """The days of a plan's instalments with their pence; the last is what is left."""
    found: list[tuple[date, int]] = []
    left, number = plan.total_pence, 0
    while left > 0:
        pence = least(plan.instalment_pence, left)
        found.append((nth_day(plan.first_on, Every(plan.every), number), pence))
        left, number = left - pence, number + 1
    return found


def nth_day(first: date, every: Every, number: int) -> date:
    """The day of one instalment. Of a month without that day, its last.

    >>> nth_day(date(2026, 1, 31), Every.MONTH, 1)
    datetime.date(2026, 2, 28)
    """
    if every != Every.MONTH:
        return first + timedelta(weeks=number * (1 if every == Every.WEEK else 4))
    months = first.month - 1 + number
    year, month = first.year + floor_div(months, MONTHS_A_YEAR), months % MONTHS_A_YEAR + 1
    after = date(year + floor_div(month, MONTHS_A_YEAR), month % MONTHS_A_YEAR + 1, 1)
    return date(year, month, least(first.day, (after - timedelta(days=1)).day))


def instalments_of(plan: PaymentPlan, on: date, still: Sequence[Period] = ()) -> list[Instalment]:
    """Each instalment of a plan with how it stands: what came in since the plan was made pays them in their order.

    What falls due of new bills meanwhile is not looked at: a plan is for what was owed when it was made.
    """
    came = Receipt.objects.filter(case=plan.case_id, payer="person", received_on__gte=plan.made_on, taken_back=None)
    left = sum(came.filter(received_on__lte=on).values_list("amount_pence", flat=True))
    grace = law_on(plan.made_on, settings.COUNCIL_POLICY)["billing.plan_days_of_grace"]
    found = []
    for day, pence in days_of(plan):
        left -= pence
        if left >= 0:
            state = PAID
        elif day > on:
            state = TO_COME
        else:
            state = MISSED if days_run(day, on, still) > grace else DUE
        found.append(Instalment(day, pence, state))
    return found
