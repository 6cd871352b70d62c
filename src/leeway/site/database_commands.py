"""Keeping the database from the command line: the seal over what is kept, and who may do what in it."""

from typing import TextIO

import click

from leeway.commandline import BadUse, Group
from leeway.start import start_django


@click.group(cls=Group)
def database() -> None:
    """Seal what is kept, and give the site a database role that can do no more than it must.

    Example: leeway database seal
    """


@database.command()
@click.option("--site", default="leeway_site", show_default=True, help="The role that the site connects with.")
@click.option("--password-file", type=click.File(), help="A file that holds its password, to set it.")
def roles(site: str, password_file: TextIO | None) -> None:
    """Bring the database up to date, and give the site a role of its own that can do no more than it must.

    Run it as the owner of the database, before each start of a new version. The site itself then connects as the
    other role: it owns nothing, and cannot take away, empty or alter what is kept.

    Example: leeway database roles --site leeway_site
    """
    start_django()
    from django.core.management import call_command

    from leeway.site import roles as database_roles

    if not database_roles.may_migrate():
        raise BadUse("This role cannot change the database. Name its owner in DATABASE_URL, for this command alone.")
    call_command("migrate", verbosity=0)
    database_roles.grant(site, password_file.read().strip() if password_file else "")
    click.echo(f"The database is up to date. The site connects as {site}: name it in the site’s DATABASE_URL.")


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
