"""Proving the books, whole: what every room of money says must hold, and the command that asks them all."""

from collections.abc import Iterator

import click

from leeway.commandline import show_json
from leeway.money.ledger.commands import open_books


def findings() -> Iterator[str]:
    """Everything that does not fit in the books, a sentence each; nothing where all is well.

    Rooms to the right of the bank's statements add what must hold of theirs here.
    """
    from leeway.money.disputes.relations import RELATIONS as DISPUTES
    from leeway.money.figures.relations import RELATIONS as FIGURES
    from leeway.money.ledger.relations import Provable
    from leeway.money.monitoring.relations import RELATIONS as MONITORING
    from leeway.money.pools.relations import RELATIONS as POOLS
    from leeway.money.recovery.relations import RELATIONS as RECOVERY
    from leeway.money.service_funds.relations import RELATIONS as SERVICE_FUNDS
    from leeway.money.spending.relations import RELATIONS as SPENDING
    from leeway.money.statements import queries as statements

    yield from statements.findings()
    beyond: tuple[Provable, ...] = (*SPENDING, *MONITORING, *RECOVERY, *DISPUTES, *POOLS, *FIGURES, *SERVICE_FUNDS)
    for relation in beyond:
        yield from relation.findings()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the answer for programs.")
def verify(as_json: bool) -> None:
    """Prove the ledger, the payments and the matches of bank lines, the seal, and that the database's guards stand.

    Exit 0: all is well. Exit 1: something is wrong, and each thing is listed. Statements that do not join are listed
    beside it: days are missing, and nothing is wrong with the books.

    Example: leeway money verify
    """
    open_books()
    from leeway.money.ledger.models import Transfer
    from leeway.money.ledger.queries import trial_balance
    from leeway.money.statements.queries import gaps
    from leeway.seal import guarding
    from leeway.seal import queries as seal

    found = [*findings(), *seal.findings(), *guarding.findings()]
    transfers, totals = Transfer.objects.count(), trial_balance()
    sealed_rows, batches = seal.sealed()
    if as_json:
        show_json(
            {
                "transfers": transfers,
                "trial_balance_pence": totals,
                "sealed_rows": sealed_rows,
                "findings": found,
                "statement_gaps": [*gaps()],
            }
        )
    else:
        for finding in found:
            click.echo(finding)
        for gap in gaps():
            click.echo(gap)
        click.echo(f"{sealed_rows} rows sealed, in {batches} batches.")
        counted = f"{len(found) or 'no'} finding{'' if len(found) == 1 else 's'}"
        click.echo(f"{transfers} transfers, trial balance {sum(totals.values())} pence, {counted}.")
    raise click.exceptions.Exit(1 if found else 0)
