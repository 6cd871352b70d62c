"""Reading the ledger. A balance is what came in less what went out, in whole pence."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from leeway.care.people.models import Case
from leeway.money.ledger.models import Account, Transfer
from leeway.money.ledger.reasons import Kind
from leeway.money.ledger.relations import RELATIONS


@dataclass(frozen=True)
class StatementLine:
    """One line of an account's statement. `amount_pence` is positive for money in, negative for money out."""

    date: date
    reason: str
    other_account: str
    amount_pence: int
    balance_pence: int


def balance(account: Account, as_at: date | None = None) -> int:
    """What is in an account at the end of a day, in pence; of everything recorded, where no day is given."""
    return balances([account.pk], as_at=as_at).get(account.pk, 0)


def held_by_person(case: Case) -> int:
    """What a person holds of what was paid to them, in pence."""
    account = Account.objects.filter(kind=Kind.HELD_BY_PERSON, case=case).first()
    return balance(account) if account else 0


def balances(accounts: Iterable[UUID] | None = None, *, as_at: date | None = None) -> dict[UUID, int]:
    """What is in each account at the end of a day, in pence. Accounts that nothing has moved through are left out."""
    found: Counter[UUID] = Counter()
    wanted = None if accounts is None else list(accounts)
    for side, sign in (("debit", 1), ("credit", -1)):
        transfers = _until(as_at) if wanted is None else _until(as_at).filter(**{f"{side}__in": wanted})
        for account, pence in transfers.order_by().values_list(side).annotate(Sum("amount_pence")):
            found[account] += sign * pence
    return dict(found)


def balances_of_case(case: Case, *, as_at: date | None = None) -> dict[Account, int]:
    """What is in each account of a case at the end of a day, in pence, in the order of the kinds."""
    accounts = list(Account.objects.filter(case=case).order_by("name", "kind"))
    found = balances([account.pk for account in accounts], as_at=as_at)
    return {account: found.get(account.pk, 0) for account in accounts}


def trial_balance(as_at: date | None = None) -> dict[str, int]:
    """The total of every kind of account, in pence. All of them together come to nothing."""
    kinds = dict(Account.objects.values_list("pk", "kind"))
    totals: defaultdict[str, int] = defaultdict(int)
    for account, pence in balances(as_at=as_at).items():
        totals[kinds[account]] += pence
    return dict(sorted(totals.items()))


def statement(account: Account, as_at: date | None = None) -> list[StatementLine]:
    """Every movement of an account up to a day, the earliest first, with the balance after each."""
    lines, running = [], 0
    moved = _until(as_at).filter(Q(debit=account) | Q(credit=account)).select_related("debit", "credit")
    for each in moved:
        came_in = each.debit_id == account.pk
        amount_pence = each.amount_pence if came_in else -each.amount_pence
        running += amount_pence
        lines.append(
            StatementLine(
                date=each.effective_date,
                reason=each.get_reason_display(),
                other_account=str(each.credit if came_in else each.debit),
                amount_pence=amount_pence,
                balance_pence=running,
            )
        )
    return lines


def findings() -> list[str]:
    """What is wrong with the ledger, a sentence each; nothing where it holds together."""
    total = sum(trial_balance().values())
    out = [f"The trial balance is out by {total} pence."] if total else []
    return out + [finding for relation in RELATIONS for finding in relation.findings()]


def _until(as_at: date | None) -> QuerySet[Transfer]:
    everything = Transfer.objects.all()
    return everything if as_at is None else everything.filter(effective_date__lte=as_at)
