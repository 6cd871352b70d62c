"""How long the ledger takes to keep 100,000 transfers, with the guard that every statement passes and without it.

    LEEWAY_DATA=/somewhere .venv/bin/leeway demo --people 60 --no-serve
    LEEWAY_DATA=/somewhere .venv/bin/python bench/posting.py

Both go through the same action, turn by turn, and nothing that is posted stays.
"""

import os
import time
from contextlib import nullcontext
from datetime import date
from statistics import median
from uuid import uuid4

import click
import django
import pgtrigger

GUARD = "ledger.Transfer:transfer_fits_its_reason"


def fundings(count: int) -> list:
    """Money put in by the council and set aside by budgets, two transfers each."""
    from leeway.money.ledger.actions import NewTransfer
    from leeway.money.ledger.models import Account, Kind, Reason

    council = Account.objects.get(kind=Kind.FUNDER_COUNCIL).pk
    committed = {(each.case_id, each.name): each.pk for each in Account.objects.filter(kind=Kind.COMMITTED)}
    pairs = [(each.pk, committed[each.case_id, each.name]) for each in Account.objects.filter(kind=Kind.AVAILABLE)]
    moves = []
    for number in range(count // 2):
        available, aside = pairs[number % len(pairs)]
        moves += [(Reason.FUNDING, available, council), (Reason.COMMITMENT, aside, available)]
    rest = {"amount_pence": 100, "effective_date": date(2026, 4, 6)}
    return [
        NewTransfer(id=uuid4(), about=uuid4(), debit=into, credit=out_of, reason=reason, **rest)
        for reason, into, out_of in moves
    ]


def seconds(new: list, by, guarded: bool) -> float:
    """Post, wait until every constraint is checked, and take it all back."""
    from django.db import connection, transaction

    from leeway.money.ledger.actions import transfer_many

    with nullcontext() if guarded else pgtrigger.ignore(GUARD), transaction.atomic():
        began = time.perf_counter()
        transfer_many(new=new, by=by, on=date(2026, 4, 6))
        connection.check_constraints()
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return took


@click.command()
@click.option("--transfers", default=100_000, show_default=True)
@click.option("--rounds", default=5, show_default=True)
def main(transfers: int, rounds: int) -> None:
    """Post in the database of LEEWAY_DATA (or DATABASE_URL), and leave it as it was."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leeway.site.settings")
    django.setup()
    from leeway.access.models import User
    from leeway.access.roles import Role

    by = User.objects.filter(roles__contains=[Role.FINANCE]).first()
    took: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(rounds):
        for guarded in took:
            took[guarded].append(seconds(fundings(transfers), by, guarded))
    for guarded, name in ((False, "without the guard"), (True, "with it")):
        click.echo(f"{transfers:,} transfers {name}: {median(took[guarded]):.2f} s (best {min(took[guarded]):.2f})")


if __name__ == "__main__":
    main()
