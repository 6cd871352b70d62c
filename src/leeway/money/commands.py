"""Money from the command line: one group, assembled from the parts of the room."""

import click

from leeway.money.banking.commands import check_account


@click.group()
def money() -> None:
    """Check accounts, and prove and export the ledger.

    Example: leeway money check-account 12-34-56 12345678
    """


money.add_command(check_account)
