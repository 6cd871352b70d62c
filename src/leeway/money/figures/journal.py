"""The lines of a journal for the council's general ledger: what moved on some days, or what stood at a month-end."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import connection

from leeway.care.planning.waiting import client_group
from leeway.law.numbers import decimal_pounds
from leeway.money.figures.general_ledger import GeneralLedger
from leeway.money.figures.models import Journal, MonthEnd
from leeway.money.figures.month_end import Stands
from leeway.money.ledger.reasons import Reason

HEADER = ("Journal", "Date", "Account", "Account name", "Cost centre", "Description", "Debit", "Credit", "Transfers")

#: A transfer's day is the one on which it was made, where the council is.
MOVED = """
    SELECT t.reason, debit.kind, credit.kind, COALESCE(c.support_reason, ''), COUNT(*), SUM(t.amount_pence)
      FROM ledger_transfer AS t JOIN ledger_account AS debit ON debit.id = t.debit_id
      JOIN ledger_account AS credit ON credit.id = t.credit_id
      LEFT JOIN people_case AS c ON c.id = COALESCE(debit.case_id, credit.case_id)
     WHERE (t.made_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s
     GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True)
class Moved:
    """The lines of some days, and the control totals of all transfers in them: planned and set aside ones too."""

    lines: list[dict]
    transfers: int
    total_pence: int


def moved(first: date, last: date, mapping: GeneralLedger) -> Moved:
    """What moved on the days from one to another, as the general ledger takes it: debits equal credits."""
    pence: Counter[tuple[str, str, str, bool]] = Counter()
    counts: Counter[tuple[str, str, str, bool]] = Counter()
    transfers = total_pence = 0
    with connection.cursor() as cursor:
        cursor.execute(MOVED, {"first": first, "last": last, "zone": settings.TIME_ZONE})
        rows = cursor.fetchall()
    for reason, into, out_of, support_reason, count, amount in rows:
        transfers, total_pence = transfers + count, total_pence + int(amount)
        for account, is_debit in _sides(mapping.accounts_of(reason, into, out_of)):
            key = account, mapping.cost_centre(client_group(support_reason)), Reason(reason).label, is_debit
            pence[key] += int(amount)
            counts[key] += count
    return Moved([_line(mapping, key, pence[key], counts[key]) for key in sorted(pence)], transfers, total_pence)


def accruals(month_end: MonthEnd, mapping: GeneralLedger) -> list[dict]:
    """A month-end as lines of a journal, which is turned round on the day after."""
    pence: Counter[tuple[str, str, str, bool]] = Counter()
    counts: Counter[tuple[str, str, str, bool]] = Counter()
    for line in month_end.lines:
        for account, is_debit in _sides(mapping.month_end.get(line["kind"])):
            label = Stands(line["kind"]).label
            key = account, mapping.cost_centre(line["client_group"]), label, is_debit
            pence[key] += line["pence"]
            counts[key] += line["cases"]
    return [_line(mapping, key, pence[key], counts[key]) for key in sorted(pence)]


def rows(name: str, day: date, lines: Iterable[dict], *, turned_round: bool = False) -> Iterator[tuple]:
    """Lines as rows under HEADER, in pounds; turned round, debits are credits."""
    for line in lines:
        debit, credit = line["debit_pence"], line["credit_pence"]
        if turned_round:
            debit, credit = credit, debit
        words = f"{line['description']}, turned round" if turned_round else line["description"]
        amounts = (decimal_pounds(each) if each else "" for each in (debit, credit))
        yield (name, day, line["account"], line["name"], line["cost_centre"], words, *amounts, line["transfers"])


def name_of(journal: Journal) -> str:
    """The reference by which the general ledger knows a journal."""
    return f"LEEWAY-{journal.number:05}"


def _sides(accounts: tuple[str, str] | None) -> Iterator[tuple[str, bool]]:
    if accounts:
        yield accounts[0], True
        yield accounts[1], False


def _line(mapping: GeneralLedger, key: tuple[str, str, str, bool], pence: int, count: int) -> dict:
    account, cost_centre, description, is_debit = key
    return {
        "account": mapping.codes[account],
        "name": mapping.names[account],
        "cost_centre": cost_centre,
        "description": description,
        "debit_pence": pence if is_debit else 0,
        "credit_pence": 0 if is_debit else pence,
        "transfers": count,
    }
