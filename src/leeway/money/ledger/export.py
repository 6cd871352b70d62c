"""The ledger as text that independent programs read: beancount and hledger.

Account names carry the kind, the case's reference and "Budget 1": never a person's name.
"""

import re
from collections.abc import Iterator
from typing import TextIO

from leeway.law.numbers import decimal_pounds
from leeway.money.ledger.models import Account, Kind, Transfer
from leeway.money.ledger.reasons import GIVERS

SPENT_KINDS = frozenset({Kind.SPENT, Kind.PAID_TO_PROVIDER})


def export_ledger(to: TextIO, *, format: str) -> int:
    """Write the whole ledger to an open text file and say how many transfers it has."""
    names = {account.pk: account_name(account) for account in Account.objects.all()}
    transfers = Transfer.objects.order_by("effective_date", "made_at", "id")
    first = transfers.values_list("effective_date", flat=True).first()
    write = _beancount if format == "beancount" else _hledger
    count = 0
    to.writelines(_opening(format, sorted(names.values()), first))
    for each in transfers.iterator(chunk_size=5000):
        to.writelines(write(each, names))
        count += 1
    return count


def account_name(account: Account) -> str:
    """The name of an account in both programs: root, kind, case, budget.

    Beancount allows letters, digits and hyphens, each part starting with a capital or a digit.
    """
    kind = "".join(word.capitalize() for word in account.kind.split("_"))
    parts = [_root(account.kind), kind]
    if account.case_id:
        parts.append(f"Case-{account.case_id}")
    if account.name:
        slug = re.sub("[^A-Za-z0-9]+", "-", account.name).strip("-")
        parts.append(slug[:1].upper() + slug[1:] if slug else f"A-{account.pk}")
    return ":".join(parts)


def _root(kind: str) -> str:
    if kind in GIVERS:
        return "Equity"
    return "Expenses" if kind in SPENT_KINDS else "Assets"


def _opening(format: str, names: list[str], first) -> Iterator[str]:
    if format == "beancount":
        yield 'option "title" "Leeway"\noption "operating_currency" "GBP"\n\n'
        for name in names if first else ():
            yield f"{first} open {name} GBP\n"
    else:
        yield "commodity 1000.00 GBP\n\n"
        for name in names:
            yield f"account {name}\n"
    yield "\n"


def _beancount(each: Transfer, names: dict) -> Iterator[str]:
    yield f'{each.effective_date} * "{each.get_reason_display()}"\n  id: "{each.pk}"\n'
    if each.corrects_id:
        yield f'  corrects: "{each.corrects_id}"\n'
    yield from _postings(each, names)


def _hledger(each: Transfer, names: dict) -> Iterator[str]:
    corrects = f", corrects:{each.corrects_id}" if each.corrects_id else ""
    yield f"{each.effective_date} * {each.get_reason_display()}  ; id:{each.pk}{corrects}\n"
    yield from _postings(each, names)


def _postings(each: Transfer, names: dict) -> Iterator[str]:
    yield f"  {names[each.debit_id]}  {decimal_pounds(each.amount_pence)} GBP\n"
    yield f"  {names[each.credit_id]}  {decimal_pounds(-each.amount_pence)} GBP\n\n"
