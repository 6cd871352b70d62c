# /// script
# requires-python = ">=3.12"
# dependencies = ["django-hordak>=2", "psycopg[binary]"]
# ///
"""The same transfers in django-hordak, run by `posting.py` in an environment of its own.

Each transfer is a transaction of two legs, kept in the way that hordak's own benchmark command keeps many
(`create_benchmark_transactions`: `bulk_create` of transactions and of their legs, 50,000 legs at a time), with all its
triggers on; one alone goes by its `Account.transfer_to`. Every account is an asset, so that a balance is debits less
credits, as in Leeway.
"""

import json
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

import django
from django.conf import settings
from measure import cost_of

LEGS_AT_ONCE = 50_000


def start(database: dict) -> None:
    """Load hordak on a database that is there and empty, and make its tables and triggers by its migrations."""
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", **database}},
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "mptt", "hordak"],
        DEFAULT_CURRENCY="GBP",
        CURRENCIES=["GBP"],
        HORDAK_INTERNAL_CURRENCY="GBP",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def open_accounts(count: int) -> list:
    """Open the accounts, all of them roots."""
    from hordak.models import Account, AccountType

    return [
        Account.objects.create(name=f"Account {number}", type=AccountType.asset, currencies=["GBP"])
        for number in range(count)
    ]


def post(accounts: list, rows: list) -> None:
    """Keep every row as a transaction of two legs, and wait until hordak's deferred triggers have looked at each."""
    from django.db import connection
    from hordak.models import Leg, Transaction
    from moneyed import Money

    for begin in range(0, len(rows), LEGS_AT_ONCE // 2):
        transactions, legs = [], []
        for into, out_of, pence, day, reason in rows[begin : begin + LEGS_AT_ONCE // 2]:
            amount = Money(f"{pence // 100}.{pence % 100:02}", "GBP")
            transaction = Transaction(date=date.fromisoformat(day), description=reason)
            transactions.append(transaction)
            legs.append(Leg(transaction=transaction, account=accounts[into], debit=amount))
            legs.append(Leg(transaction=transaction, account=accounts[out_of], credit=amount))
        Transaction.objects.bulk_create(transactions)
        Leg.objects.bulk_create(legs)
    connection.check_constraints()


def balances(accounts: list) -> list[int]:
    """What is in each account, in pence, as hordak's own annotation tells it."""
    from hordak.models import Account

    found = {account.pk: account.balance for account in Account.objects.with_balances()}
    return [sum(round(money.amount * 100) for money in found[account.pk].monies()) for account in accounts]


def one_by_one(accounts: list, rows: list) -> None:
    """Keep some rows as `transfer_to` does it, with the triggers' word after each."""
    from django.db import connection
    from moneyed import Money

    for into, out_of, pence, day, reason in rows:
        amount = Money(f"{pence // 100}.{pence % 100:02}", "GBP")
        accounts[out_of].transfer_to(accounts[into], amount, date=date.fromisoformat(day), description=reason)
        connection.check_constraints()


def main(folder: Path) -> None:
    """Post all rows and take them back, then some one by one; print the times and the balances."""
    task = json.loads((folder / "task.json").read_text())
    start(task["hordak"])
    from django.db import connection, transaction

    accounts, rows = open_accounts(task["accounts"]), task["rows"]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        server = cursor.execute("SELECT pg_backend_pid()").fetchone()[0]
    with transaction.atomic():
        many = cost_of(lambda: post(accounts, rows), server=server)
        found = balances(accounts)
        transaction.set_rollback(True)
    with transaction.atomic():
        one = cost_of(lambda: one_by_one(accounts, rows[: task["ones"]]), server=server)
        transaction.set_rollback(True)
    versions = {name: version(name) for name in ("django-hordak", "django")}
    print(json.dumps({"many": many, "one": one, "balances": found, "versions": versions}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
