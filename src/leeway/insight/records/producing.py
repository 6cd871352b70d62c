"""The national return from the command line, made of the council's own cases."""

import os
from datetime import date
from pathlib import Path

import click

from leeway.commandline import BadUse, iso_date, written_whole
from leeway.start import start_django
from leeway.writing import csv_of


@click.command("make-return")
@click.option("--period-end", type=iso_date, required=True, help="The last day of the twelve months.")
@click.option("--by", "email", required=True, help="Which analyst or administrator makes it: their sign-in.")
@click.option(
    "--council-code",
    envvar="LEEWAY_COUNCIL_CODE",
    help="The council’s code in the return. Without it, the council’s name stands there.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A CSV file.")
@click.option(
    "--lineage", type=click.Path(dir_okay=False, path_type=Path), help="A CSV file of the case behind each row."
)
def make_return(period_end: date, email: str, council_code: str | None, output: Path, lineage: Path | None) -> None:
    """Make the Client Level Data return of twelve months from the council's own cases.

    The file holds NHS numbers, birthdays and postcodes, as the return demands: keep it as safely as the records.
    Only you may read it. Everyone in it can see in their record who made it.

    With --lineage, a second file says for each row what it tells of, and in which case: it opens at /cases/CASE/.

    Example: leeway insight make-return --period-end 2026-09-30 --by ana@fairbourne.example -o return.csv
    """
    start_django()
    from django.utils import timezone

    from leeway.access.models import User
    from leeway.insight.records.council import council_return, what_the_return_cannot_say
    from leeway.insight.records.write import write_return

    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise BadUse(f"Nobody signs in as {email}.")
    if lineage and lineage.resolve() == output.resolve():
        raise BadUse(f"{lineage} is the return itself. Give another file for --lineage.")
    made = council_return(period_end, seen_by=user, on=timezone.localdate(), council=council_code or "")
    with written_whole(output) as file:
        os.fchmod(file.fileno(), 0o600)  # it names people: for whoever made it alone, before a word is written
        write_return(made.events, file)
    if lineage:
        with written_whole(lineage) as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(csv_of(made.lineage))
    people = made.events["person"].n_unique()
    click.echo(
        f"{made.events.height:,} events of {people:,} people from {made.starts_on:%-d %B %Y} to "
        f"{made.ends_on:%-d %B %Y} written to {output}."
    )
    click.echo("What Leeway does not record, and what the return says instead:")
    for field, sentence in what_the_return_cannot_say():
        click.echo(f"  {field}: {sentence}")
