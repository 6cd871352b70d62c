"""The ledger from the command line."""

import sys
from pathlib import Path

import click

from leeway.commandline import BadUse, written_whole
from leeway.start import start_django


def open_books() -> None:
    """Load the settings and the rooms, and refuse (BadUse) a database that has no ledger yet."""
    start_django()
    from django.db import connection

    if "ledger_transfer" not in connection.introspection.table_names():
        raise BadUse("This database has no ledger yet. Start Leeway once, with leeway serve or leeway demo.")


@click.command("export-ledger")
@click.option(
    "--format",
    "format",
    type=click.Choice(["beancount", "hledger"]),
    required=True,
    help="The program that will read it.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; otherwise the screen.")
def export_ledger(format: str, output: Path | None) -> None:
    """Write the whole ledger for beancount or hledger. It names cases by their reference, and nobody.

    Example: leeway money export-ledger --format beancount -o ledger.beancount
    """
    open_books()
    from leeway.money.ledger import export

    if output is None:
        export.export_ledger(sys.stdout, format=format)
        return
    with written_whole(output) as file:
        count = export.export_ledger(file, format=format)
    click.echo(f"{count} transfers written to {output}.")
