"""The directory from the command line: `leeway directory import`, `export` and `sufficiency`."""

import json
import sys
from contextlib import nullcontext
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from leeway.commandline import Group, iso_date, show_json, written_whole
from leeway.law.numbers import pounds
from leeway.start import start_django
from leeway.writing import write_rows

SHOWN_ROWS = 20
COLUMNS = ["id", "name", "provider", "kinds", "source", "regulated", "overall_rating", "rated_on", "inspected_on"]
COLUMNS += ["takes_direct_payments", "address", "town", "postcode"]
COLUMNS += ["area", "latitude", "longitude", "phone", "website", "regulator_url", "last_checked_on"]
PRICES = {"price_pence": "pence", "price_unit": "unit", "price_from": "starts_on", "price_checked_on": "recorded_on"}


@click.group("directory", cls=Group)
def directory() -> None:
    """Providers and services: read the regulator's lists, and hand the directory on.

    Example: leeway directory import cqc_care_directory.csv
    """


@directory.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--on", type=iso_date, default=None, help="The day of the check; today without it.")
@click.option("--leave-out-bad-rows", is_flag=True, help="Import the rest when some rows cannot be read.")
@click.option(
    "--dates",
    type=click.Choice(["day-first", "month-first"]),
    help="How dates are written, where no date of the file shows it.",
)
@click.option("--take-away", is_flag=True, help="Go on when most of a council’s places would leave the search.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer for programs.")
def import_command(
    file: Path, on: date | None, leave_out_bad_rows: bool, dates: str | None, take_away: bool, as_json: bool
) -> None:
    """Read one of the regulator's published files (CSV, gzipped CSV, XLSX, ODS, GeoJSON). All or nothing.

    The layout is found from the column names: the care directory, the care directory with ratings, the directory of
    care homes, or the active locations. The same file again changes nothing. The order of day and month is settled
    from the whole file, or asked for.

    Example: leeway directory import cqc_ratings.csv.gz --on 2026-06-01
    """
    start_django()
    from django.utils import timezone

    from leeway.market.listings import actions

    try:
        done = actions.import_file(
            file,
            on=on or timezone.localdate(),
            leave_out_bad_rows=leave_out_bad_rows,
            day_first=None if dates is None else dates == "day-first",
            take_away=take_away,
        )
    except actions.BadRows as problem:
        if as_json:
            show_json({"imported": False, "bad_rows": [{"row": r.row, "reason": r.reason} for r in problem.rows]})
        else:
            show_bad_rows(problem.rows)
        raise
    if as_json:
        show_json({"imported": True, **done.as_dict()})
        return
    click.echo(f"{done.file}: {done.layout.replace('_', ' ')} layout")
    counts = {
        "new": done.new,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "as they were, a row of theirs cannot be read": done.held,
        "no longer listed": done.no_longer_listed,
        "left out, not adult social care, or dormant": done.not_social_care,
        "ratings": done.ratings,
        "rows that could not be read": len(done.bad_rows),
    }
    for label, count in counts.items():
        click.echo(f"{count:>9,}  {label}")
    if done.nameless:
        click.echo("No place was marked as no longer listed: a row that cannot be read does not say which it lists.")
    show_bad_rows(done.bad_rows)


@directory.command("export")
@click.option("--format", "form", type=click.Choice(["csv", "open-referral"]), default="csv", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="A file; printed without it.")
@click.option("--on", type=iso_date, default=None, help="The day whose prices are told; today without it.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format open-referral.")
def export_command(form: str, output: Path | None, on: date | None, as_json: bool) -> None:
    """Write the listed services as CSV, or as JSON in the words of Open Referral UK 3.0.

    In CSV, what a service has several of, such as kinds and prices, stands in one cell, parted by |.

    Example: leeway directory export --format open-referral -o services.json
    """
    start_django()
    from django.utils import timezone

    from leeway.market.contracts.queries import listed_prices
    from leeway.market.directory.open_referral import as_open_referral
    from leeway.market.listings import queries

    services = list(queries.listed())
    prices = listed_prices(services, on or timezone.localdate())
    with written_whole(output) if output else nullcontext(sys.stdout) as out:
        if as_json or form == "open-referral":
            contents = list(as_open_referral(services, prices))
            page = {"total_items": len(contents), "total_pages": 1, "page_number": 1, "size": len(contents)}
            json.dump(page | {"contents": contents}, out, ensure_ascii=False, indent=2)
            out.write("\n")
            return
        write_rows(out, [*COLUMNS, *PRICES], (_cells(service, prices[service.pk]) for service in services), end="\n")


@directory.command("sufficiency")
@click.option("--on", type=iso_date, default=None, help="The day whose prices are compared; today without it.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer for programs.")
def sufficiency_command(on: date | None, as_json: bool) -> None:
    """Compare the prices of the council's allocation table with those recorded here.

    For each kind of service that its questions are met by: how many of those with a price can be bought at the
    table's. Where fewer than half can, the table is too low for this place.

    Example: leeway directory sufficiency --on 2026-04-06
    """
    start_django()
    from django.conf import settings
    from django.utils import timezone

    from leeway.market.contracts.sufficiency import sufficiency

    found = sufficiency(on or timezone.localdate(), settings.COUNCIL_POLICY)
    if as_json:
        show_json([asdict(each) | {"enough": each.enough} for each in found])
        return
    for each in found:
        unit = each.unit.with_article
        median = f"{pounds(each.median_pence)} is the middle price here" if each.median_pence else "no price here"
        click.echo(f"{each.kind.label}: {pounds(each.table_pence)} {unit} in the table; {median}")
        click.echo(f"    {each.bought} of {each.priced} with a price can be bought ({each.listed} are listed)")
        click.echo(f"    {each.sentence}")


def _cells(service, rates) -> list:
    cells = ["|".join(service.kinds) if name == "kinds" else getattr(service, name) for name in COLUMNS]
    return [*cells, *("|".join(str(getattr(rate, name)) for rate in rates) for name in PRICES.values())]


def show_bad_rows(rows: list) -> None:
    for bad in rows[:SHOWN_ROWS]:
        click.echo(f"  row {bad.row}: {bad.reason}")
    if len(rows) > SHOWN_ROWS:
        click.echo(f"  and {len(rows) - SHOWN_ROWS} more")
