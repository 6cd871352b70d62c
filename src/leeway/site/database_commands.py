"""Keeping the database from the command line: the seal over what is kept, and who may do what in it."""

import click

from leeway.commandline import Group
from leeway.start import start_django


@click.group(cls=Group)
def database() -> None:
    """Seal what is kept, and give the site a database role that can do no more than it must.

    Example: leeway database seal
    """


@database.command()
def seal() -> None:
    """Seal what was written since the last time. It is also done every night.

    The heads are added to seals/heads.jsonl in the data folder, and in the folder that LEEWAY_SEALS names.

    Example: leeway database seal
    """
    start_django()
    from leeway.seal import actions, queries

    new = actions.seal_what_is_new()
    rows, batches = queries.sealed()
    click.echo(f"{new} rows sealed now; {rows} rows sealed, in {batches} batches.")
