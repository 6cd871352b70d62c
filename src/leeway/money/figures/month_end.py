"""How the books stand at the end of a day: what is paid ahead, what is owed for days gone by, what is to come in.

Worked out from the schedule and the ledger as it counted on that day. A seventh of a week a day, as payments are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import TextChoices

from leeway.care.planning.waiting import client_group
from leeway.law.numbers import floor_div
from leeway.money.budgets.dues import Payer, Standing, last_day, standings
from leeway.money.budgets.models import Funding, InstalmentKind
from leeway.money.budgets.schedule import DAY, days_pence, period_end
from leeway.money.figures.outturn import share_of


class Stands(TextChoices):
    """What an amount of a month-end is."""

    PREPAID = "prepaid", "Paid for days after the month"
    ON_ACCOUNT = "on_account", "Paid on account, and not set off yet"
    TO_SETTLE = "to_settle", "Paid for days after support ended, to be settled"
    ACCRUED = "accrued", "Days of the month, or before, that were not paid for yet"
    NOT_INVOICED = "not_invoiced", "Managed support until that day, as planned, that nobody has agreed to pay yet"
    NHS_OWES = "nhs_owes", "Fallen due from the NHS, not received"
    PEOPLE_OWE = "people_owe", "Fallen due from people, not received"
    OWED_BACK = "owed_back", "Received beyond what is due: owed back"
    DUE_AHEAD = "due_ahead", "Fallen due from people for days after the month"
    NHS_DUE_AHEAD = "nhs_due_ahead", "Fallen due from the NHS for days after the month"

    @property
    def is_owed_by_council(self) -> bool:
        """Whether the council owes it; everything else is owed to it, or paid ahead."""
        return self in (Stands.ACCRUED, Stands.NOT_INVOICED, Stands.OWED_BACK, Stands.DUE_AHEAD, Stands.NHS_DUE_AHEAD)


@dataclass(frozen=True)
class Item:
    """One amount of one case at the end of a day."""

    kind: Stands
    case: UUID
    way: str
    client_group: str
    pence: int


#: What was paid under a budget for days after it is counted, once another has taken its place, as paid before under
#: that one: until then with the first, and from then on with the other, never with both.
INSTALMENTS = """
    WITH sent AS (
        SELECT about, SUM(CASE reason WHEN 'payment_sent' THEN amount_pence ELSE -amount_pence END) AS pence
          FROM ledger_transfer WHERE reason IN ('payment_sent', 'payment_returned') AND effective_date <= %(day)s
         GROUP BY about)
    SELECT b.case_id, p.way, c.support_reason, i.kind, i.starts_on, i.ends_on, i.for_period_pence,
           i.already_paid_pence, COALESCE(sent.pence, 0), x.instalment_id IS NOT NULL, p.paid_pence_per_week,
           e.ends_on, COALESCE(e.replaced, FALSE)
      FROM budgets_instalment AS i JOIN budgets_part AS p ON p.id = i.part_id JOIN budgets_budget AS b
        ON b.id = p.budget_id JOIN people_case AS c ON c.id = b.case_id LEFT JOIN sent ON sent.about = i.id
      LEFT JOIN budgets_cancellation AS x ON x.instalment_id = i.id
      LEFT JOIN budgets_ending AS e ON e.budget_id = b.id
     WHERE (i.starts_on <= %(day)s OR sent.pence > 0 OR i.already_paid_pence > 0)
       AND NOT (COALESCE(e.replaced AND e.ends_on < LEAST(%(day)s, i.ends_on), FALSE))
       AND NOT (b.starts_on > %(day)s AND EXISTS (
           SELECT 1 FROM budgets_budget AS before JOIN budgets_ending AS took ON took.budget_id = before.id
            WHERE before.case_id = b.case_id AND took.replaced AND took.ends_on >= %(day)s
              AND took.ends_on < b.starts_on))
       AND NOT (i.ends_on <= %(day)s AND COALESCE(sent.pence, 0) = i.amount_pence
                AND COALESCE(e.replaced OR e.ends_on >= i.ends_on, TRUE))
"""
ON_ACCOUNT = """
    SELECT n.case_id, n.way, c.support_reason, SUM(CASE t.reason WHEN 'payment_sent' THEN t.amount_pence
           ELSE -t.amount_pence END) - COALESCE(n.set_off_pence, 0)
      FROM budgets_interim AS n JOIN people_case AS c ON c.id = n.case_id JOIN ledger_transfer AS t ON t.about = n.id
     WHERE t.reason IN ('payment_sent', 'payment_returned') AND t.effective_date <= %(day)s
     GROUP BY n.id, c.support_reason HAVING SUM(CASE t.reason WHEN 'payment_sent' THEN t.amount_pence
           ELSE -t.amount_pence END) > COALESCE(n.set_off_pence, 0)
"""
MANAGED = """
    SELECT b.case_id, p.way, c.support_reason, p.gross_pence_per_week, b.starts_on,
           LEAST(%(day)s, e.ends_on, s.date_of_death)
      FROM budgets_part AS p JOIN budgets_budget AS b ON b.id = p.budget_id JOIN people_case AS c ON c.id = b.case_id
      JOIN people_person AS s ON s.id = c.person_id LEFT JOIN budgets_ending AS e ON e.budget_id = b.id
     WHERE p.paid_into_id IS NULL AND b.starts_on <= LEAST(%(day)s, e.ends_on, s.date_of_death)
"""
DELIVERED = """
    SELECT a.case_id, SUM(CASE t.reason WHEN 'delivered' THEN t.amount_pence ELSE -t.amount_pence END)
      FROM ledger_transfer AS t JOIN ledger_account AS a
        ON a.id = CASE t.reason WHEN 'delivered' THEN t.credit_id ELSE t.debit_id END
     WHERE t.reason IN ('delivered', 'not_delivered') AND t.effective_date <= %(day)s GROUP BY a.case_id
"""
OWED = """
    SELECT a.case_id, c.support_reason, a.kind, SUM(moved.pence) FROM ledger_account AS a
      JOIN people_case AS c ON c.id = a.case_id JOIN (
        SELECT debit_id AS account, amount_pence AS pence FROM ledger_transfer WHERE effective_date <= %(day)s
        UNION ALL SELECT credit_id, -amount_pence FROM ledger_transfer WHERE effective_date <= %(day)s
      ) AS moved ON moved.account = a.id
     WHERE a.kind IN ('owed_by_nhs', 'owed_by_person') GROUP BY a.id, c.support_reason HAVING SUM(moved.pence) <> 0
"""


def items(day: date) -> Iterator[Item]:
    """Every amount that stands open at the end of a day, a case and a part at a time."""
    yield from _paid_and_unpaid(day)
    for case, way, reason, pence in _rows(ON_ACCOUNT, day):
        yield Item(Stands.ON_ACCOUNT, case, way, client_group(reason), int(pence))
    yield from _managed(day)
    for case, reason, kind, pence in _rows(OWED, day):
        owes = Stands.NHS_OWES if kind == "owed_by_nhs" else Stands.PEOPLE_OWE
        yield Item(owes if pence < 0 else Stands.OWED_BACK, case, "", client_group(reason), abs(int(pence)))
    yield from _due_ahead(day)


def in_sums(found: Iterable[Item]) -> list[dict]:
    """The lines of a month-end: what stands open by what it is, way of holding and client group, and of how many."""
    pence: Counter[tuple[str, str, str]] = Counter()
    cases: defaultdict[tuple[str, str, str], set[UUID]] = defaultdict(set)
    for each in found:
        key = each.kind.value, each.way, each.client_group
        pence[key] += each.pence
        cases[key].add(each.case)
    return [
        {"kind": kind, "way": way, "client_group": group, "pence": pence[kind, way, group], "cases": len(who)}
        for (kind, way, group), who in sorted(cases.items())
    ]


def _paid_and_unpaid(day: date) -> Iterator[Item]:
    """Of what is paid out: what was paid for later days, and what was not paid of the days gone by."""
    for case, way, reason, kind, first, last, whole, before, sent, cancelled, weekly, ended, replaced in _rows(
        INSTALMENTS, day
    ):
        used_until = min(day, last, ended or last)
        days, of_days = max(0, (used_until - first).days + 1), (last - first).days + 1
        if kind != InstalmentKind.REGULAR:  # what is paid once is used once it is due
            days = of_days if first <= day else 0
        paid, used = int(sent) + before, share_of(whole, days, of_days)
        if cancelled and not sent:  # a shorter one has what was paid before for the days until the end
            used = before if ended is None else min(before, days_pence(weekly, max(0, (ended - first).days + 1)))
            paid = before
        if paid > used:
            over = ended is not None and not replaced and ended <= day
            yield Item(Stands.TO_SETTLE if over else Stands.PREPAID, case, way, client_group(reason), paid - used)
        elif used > paid:
            yield Item(Stands.ACCRUED, case, way, client_group(reason), used - paid)


def _managed(day: date) -> Iterator[Item]:
    """What managed accounts cost until a day, as planned, beyond what was agreed to be paid to providers of it."""
    agreed = {case: int(pence) for case, pence in _rows(DELIVERED, day)}
    for case, way, reason, weekly, first, last in _rows(MANAGED, day):
        pence = days_pence(weekly, (last - first).days + 1)
        told = min(agreed.get(case, 0), pence)
        agreed[case] = agreed.get(case, 0) - told
        if pence > told:
            yield Item(Stands.NOT_INVOICED, case, way, client_group(reason), pence - told)


def _due_ahead(day: date) -> Iterator[Item]:
    """What fell due with the first day of a pay period, for the days of it that are still to come."""
    running = Funding.objects.filter(starts_on__lte=day, ends_on__gt=day, kind=InstalmentKind.REGULAR)
    for each in standings(running.select_related("part__budget__case")):
        if pence := _ahead(each, day):
            part = each.funding.part
            group = client_group(part.budget.case.support_reason)
            kind = Stands.NHS_DUE_AHEAD if each.payer == Payer.NHS else Stands.DUE_AHEAD
            yield Item(kind, part.budget.case_id, part.way, group, pence)


def _ahead(standing: Standing, day: date) -> int:
    funding = standing.funding
    end = period_end(day, funding.part.budget.pay_calendar_starts_on)
    first = max(funding.starts_on, end - 27 * DAY)
    last = min(end, funding.ends_on, last_day(funding) or end)
    if last <= day:
        return 0
    due = standing.due_by(day) - standing.due_by(first - DAY)
    return floor_div(due * (last - day).days, (last - first).days + 1)


def _rows(sql: str, day: date) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"day": day})
        return cursor.fetchall()
