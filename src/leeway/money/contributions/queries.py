"""Reading what is owed towards budgets: by whom, for which case, since when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.looks import record_look, record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.assessment.queries import charge_changes, check_behind
from leeway.care.people.access import ALL_MONEY, WORKS_ON, cases_of
from leeway.care.people.models import Case
from leeway.care.people.queries import people_called
from leeway.care.planning.models import PlanState
from leeway.care.planning.queries import charges_of
from leeway.law.stretches import Stretch
from leeway.money.budgets.dues import ACCOUNTS, Payer, ShareSoFar, shares_so_far
from leeway.money.budgets.models import Budget
from leeway.money.contributions.models import Receipt
from leeway.money.ledger.models import Account, Kind
from leeway.money.ledger.queries import StatementLine, statement
from leeway.refusal import Refusal

UNKNOWN = "nothing on record says how the amount came about"
MISSING = "The decision on what is paid by this plan is missing from the record. Tell whoever looks after Leeway."
OLDEST, LARGEST = "oldest", "largest"
#: How what is owed can be sorted.
SORTED = [(OLDEST, "The oldest first"), (LARGEST, "The largest first")]
PAYER_OF = {kinds.owed: payer for payer, kinds in ACCOUNTS.items()}


@dataclass(frozen=True)
class Owed:
    """What one payer owes for one case, and since when its oldest part is due. Less than nothing is owed back."""

    case: Case
    payer: Payer
    pence: int
    since: date | None
    days: int


@dataclass(frozen=True)
class Totals:
    """What is owed in all, by payer, and what is owed back."""

    owed_pence: Mapping[Payer, int]
    owed_back_pence: int


@dataclass(frozen=True)
class Picture:
    """One payer's share of one case's budgets: how it stands, every movement of it, and what was received."""

    case: Case
    payer: Payer
    share: ShareSoFar
    lines: list[StatementLine]
    receipts: QuerySet[Receipt]


#: What is open of each account (`open`): what fell due, less what was undone of it, paid off by what came in or was
#: taken off, less what was undone of that or paid back, the oldest first.
OPEN = """
    WITH undone AS (
        SELECT corrects_id AS id, SUM(amount_pence) AS pence FROM ledger_transfer
         WHERE corrects_id IS NOT NULL AND effective_date <= %(on)s GROUP BY corrects_id
    ), side AS (
        SELECT id, credit_id AS account, effective_date, amount_pence, reason <> 'refunded' AS is_due, 1 AS sign
          FROM ledger_transfer WHERE corrects_id IS NULL AND effective_date <= %(on)s
        UNION ALL SELECT id, debit_id, effective_date, amount_pence, FALSE, -1
          FROM ledger_transfer WHERE corrects_id IS NULL AND effective_date <= %(on)s
    ), moved AS (
        SELECT side.account, a.case_id, a.kind, side.id, side.effective_date, side.is_due,
               side.sign * (side.amount_pence - COALESCE(undone.pence, 0)) AS pence
          FROM ledger_account AS a JOIN side ON side.account = a.id
          LEFT JOIN undone ON undone.id = side.id WHERE a.kind = ANY(%(kinds)s)
    ), owing AS (
        SELECT account, case_id, kind, SUM(pence) AS pence, -SUM(pence) FILTER (WHERE NOT is_due) AS paid
          FROM moved GROUP BY account, case_id, kind
    ), due AS (
        SELECT account, effective_date, pence,
               SUM(pence) OVER (PARTITION BY account ORDER BY effective_date, id) AS so_far FROM moved WHERE is_due
    ), open AS (
        SELECT owing.account, owing.case_id, owing.kind, due.effective_date,
               LEAST(due.pence, due.so_far - COALESCE(owing.paid, 0)) AS pence
          FROM due JOIN owing USING (account) WHERE due.pence > 0 AND due.so_far > COALESCE(owing.paid, 0)
    )
"""
OWED = f"""
    {OPEN} SELECT owing.case_id, owing.kind, owing.pence, oldest.since FROM owing
      LEFT JOIN (SELECT account, min(effective_date) AS since FROM open GROUP BY account) AS oldest USING (account)
     WHERE owing.pence <> 0 ORDER BY oldest.since NULLS LAST, owing.case_id, owing.kind
"""


def owed(
    *, seen_by: User, on: date, words: str = "", sort: str = OLDEST, first: int = 0, rows: int = 100
) -> tuple[list[Owed], Totals, int]:
    """What is owed on a day, by people so called: some rows of it, and how many there are; the totals are of all."""
    check_can(seen_by, Capability.CONFIRM_RECEIPTS)
    with connection.cursor() as cursor:
        cursor.execute(OWED, {"on": on, "kinds": [str(kind) for kind in PAYER_OF]})
        found = cursor.fetchall()
    named = set(Case.objects.filter(person__in=people_called(words)).values_list("pk", flat=True)) if words else None
    wanted = [row for row in found if named is None or row[0] in named]
    if sort == LARGEST:
        wanted.sort(key=lambda row: -abs(row[2]))
    shown = wanted[first : first + rows]
    cases = Case.objects.select_related("person").in_bulk([row[0] for row in shown])
    seen = [
        Owed(cases[case], PAYER_OF[Kind(kind)], int(pence), since, (on - since).days if since else 0)
        for case, kind, pence, since in shown
    ]
    record_looks(viewer=seen_by, person_ids=[each.case.person_id for each in seen], page="Contributions owed")
    by_payer = {
        payer: sum(int(row[2]) for row in found if PAYER_OF[Kind(row[1])] == payer and row[2] > 0) for payer in Payer
    }
    back = sum(int(-row[2]) for row in found if row[2] < 0)
    return seen, Totals(by_payer, back), len(wanted)


@dataclass(frozen=True)
class Change:
    """From which day somebody will pay another amount, and why; or that it cannot be worked out, and what to do.

    `checked_on` is the day of the last money check; `rests_on`, by the first day of each stretch, that of its own.
    """

    budget: Budget
    pays_pence_per_week: int
    stretches: tuple[Stretch, ...]
    checked_on: date | None
    rests_on: Mapping[date, date | None]

    @property
    def first(self) -> Stretch:
        """The first day of another amount, with why and how much."""
        return self.stretches[0]

    @property
    def seen(self) -> str:
        """What a page shows of it: each day and its amount."""
        return "; ".join(f"{each.starts_on} {each.charge_pence_per_week}" for each in self.stretches)


def changes(*, seen_by: User, on: date) -> list[Change]:
    """Whose contribution changes within eight weeks, or should have by now, the first day at the top.

    Finance sees everybody's; a worker and a manager see those of their own cases. Who is named counts as looked at.
    """
    check_can(seen_by, Capability.SEE_RECORDS)
    found = changes_of(running_budgets(on).filter(case__in=cases_of(seen_by, (*WORKS_ON, ALL_MONEY))), on)
    record_looks(viewer=seen_by, person_ids=[each.budget.case.person_id for each in found], page="Charges to change")
    return found


def change_to_decide(case_id: UUID, *, seen_by: User, on: date) -> Change:
    """What changes of one case's contribution: finance's own work, the look noted. Http404 where nothing does."""
    check_can(seen_by, Capability.START_BUDGETS)
    found = changes_of(running_budgets(on).filter(case=case_id), on)
    if not found:
        raise Http404("Nothing changes in what this person pays.")
    record_look(viewer=seen_by, person_id=found[0].budget.case.person_id, page="Charge to change", own=True)
    return found[0]


def running_budgets(on: date) -> QuerySet[Budget]:
    """The budgets that run on by a plan in force, each with what it takes to see whether its charge changes."""
    runs = Q(ending=None) | Q(ending__replaced=False, ending__ends_on__gte=on)
    budgets = Budget.objects.filter(runs, plan__state=PlanState.AGREED, case__person__date_of_death=None)
    return budgets.select_related("case__person", "case__worker", "plan", "ending").prefetch_related(
        "plan__charges", "case__financial_assessments"
    )


def changes_of(budgets: QuerySet[Budget], on: date) -> list[Change]:
    """What changes in the charges of some budgets, the first day at the top."""
    found = [change for budget in budgets if (change := change_of(budget, on))]
    return sorted(found, key=lambda each: (each.first.starts_on, str(each.budget.case_id)))


def change_of(budget: Budget, on: date) -> Change | None:
    """What changes in the charge of a budget, if anything does."""
    charges = charges_of(budget.plan)
    for charge in charges:
        charge.case = budget.case
    try:
        stretches = charge_changes(charges[-1], on=on) if charges else (Stretch(on, None, (UNKNOWN,), None, MISSING),)
    except Refusal as refusal:  # one record with a fault hides nobody else's change
        stretches = (Stretch(on, None, ("what was checked cannot be worked with",), None, str(refusal)),)
    if hasattr(budget, "ending"):
        stretches = tuple(each for each in stretches if each.starts_on <= budget.ending.ends_on)
    if not stretches:
        return None
    checks = [check.completed_on for check in budget.case.financial_assessments.all() if check.completed_on]
    rests_on = {each.starts_on: check_behind(charges[-1], each.starts_on) for each in stretches if charges}
    return Change(budget, budget.charge_pence_per_week, stretches, max(checks, default=None), rests_on)


def owed_account(case: Case, payer: Payer) -> Account | None:
    """The account of what has fallen due from a payer for a case."""
    return Account.objects.filter(kind=ACCOUNTS[payer].owed, case=case).first()


def picture(case_id: UUID, payer: Payer, *, seen_by: User, on: date) -> Picture:
    """How one payer's share of one case's budgets stands at the end of a day: finance's own work, the look noted."""
    check_can(seen_by, Capability.CONFIRM_RECEIPTS)
    case = Case.objects.select_related("person").filter(pk=case_id).first()
    account = owed_account(case, payer) if case else None
    if case is None or account is None:
        raise Http404("Nothing was promised for this case.")
    record_look(viewer=seen_by, person_id=case.person_id, page="Contributions", own=True)
    receipts = case.receipts.filter(payer=payer).select_related("confirmed_by", "taken_back__taken_back_by")
    share = next(each for each in shares_so_far(case, on) if each.payer == payer)
    return Picture(case, payer, share, statement(account, on), receipts)


def get_receipt(receipt_id: UUID, *, case: Case) -> Receipt:
    """One receipt of a case that this user was already found to be allowed to see."""
    found = case.receipts.filter(pk=receipt_id).first()
    if found is None:
        raise Http404("There is no such receipt.")
    return found
