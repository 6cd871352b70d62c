"""The first administrator of a new installation, and a way back in for whoever lost their second factor."""

import click

from leeway.commandline import Group
from leeway.start import start_django


@click.group(cls=Group)
def access() -> None:
    """Who signs in: the first administrator, teams, and a lost second factor."""


@access.command("add-administrator")
@click.argument("email")
@click.argument("name")
@click.option("--site", default="http://localhost:8000", show_default=True, help="How the site's address begins.")
def add_administrator(email: str, name: str, site: str) -> None:
    """Let someone sign in as an administrator, who adds everyone else. Prints the link to set a password.

    Example: leeway access add-administrator sam@council.example "Sam Reed" --site https://leeway.council.example
    """
    user = actions().add_administrator(email=email, name=name)
    from leeway.access.invitations import invitation_path

    click.echo(f"{name} can set a password within three days at:\n{site.rstrip('/')}{invitation_path(user)}")


@access.command("add-team")
@click.argument("name")
def add_team(name: str) -> None:
    """Add a team whose staff share a caseload.

    Example: leeway access add-team "North team"
    """
    click.echo(f"Added {actions().add_team(name=name)}.")


@access.command("forget-second-factor")
@click.argument("email")
def forget_second_factor(email: str) -> None:
    """Forget someone's codes and passkeys, after making sure who they are; they set up new ones when they sign in.

    Example: leeway access forget-second-factor bea@council.example
    """
    user = actions().forget_second_factor(email=email)
    click.echo(f"{user.name} will be asked to set up a second factor at the next sign-in.")


def actions():
    start_django()
    from leeway.access import operator

    return operator
