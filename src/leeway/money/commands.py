"""Money from the command line: one group, assembled from the parts of the room."""

import click

from leeway.commandline import Group
from leeway.money.banking.commands import check_account, read_statement_file
from leeway.money.ledger.commands import export_ledger
from leeway.money.proving import verify


@click.group(cls=Group)
def money() -> None:
    """Check accounts, read bank statements, and prove and export the ledger.

    Example: leeway money check-account 12-34-56 12345678
    """


money.add_command(check_account)
money.add_command(export_ledger)
money.add_command(read_statement_file)
money.add_command(verify)
