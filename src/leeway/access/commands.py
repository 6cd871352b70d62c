"""The first administrator of a new installation, a way back in for whoever lost their second factor, and approvals."""

import click

from leeway.commandline import Group, show_json
from leeway.start import start_django


@click.group(cls=Group)
def access() -> None:
    """Who signs in: the first administrator, teams, a lost second factor, and what waits for another administrator."""


@access.command("add-administrator")
@click.argument("email")
@click.argument("name")
@click.option("--site", default="http://localhost:8000", show_default=True, help="How the site’s address begins.")
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


@access.command("proposals")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def proposals(as_json: bool) -> None:
    """List what waits for another administrator, who asked for it and why.

    Example: leeway access proposals
    """
    actions()
    from leeway.access.models import Proposal
    from leeway.access.states import State

    waiting = Proposal.objects.filter(state=State.WAITING).select_related("proposed_by").order_by("pk")
    rows = [
        {"number": each.pk, "what": str(each), "why": each.why, "asked_by": each.proposed_by.name} for each in waiting
    ]
    if as_json:
        return show_json(rows)
    for row in rows:
        click.echo(f"{row['number']}. {row['what']}. Asked for by {row['asked_by']}: {row['why']}")
    return click.echo("Nothing waits.") if not rows else None


@access.command("approve")
@click.argument("number", type=int)
@click.option("--why", required=True, help="Why it is approved here, in a sentence. It is kept.")
@click.option("--site", default="http://localhost:8000", show_default=True, help="How the site’s address begins.")
def approve(number: int, why: str, site: str) -> None:
    """Approve what an administrator asked for, where there is no other administrator who could. It is kept who did.

    Example: leeway access approve 3 --why "Alex is our only administrator until June." --site https://leeway.example
    """
    click.echo(f"Approved and done: {actions().approve(number=number, why=why, site_address=site)}.")


def actions():
    start_django()
    from leeway.access import operator

    return operator
