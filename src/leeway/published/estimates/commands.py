"""Estimates from the command line: any two series of any panel, and the think-tank's question on shipped figures."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import polars as pl

from leeway.commandline import BadUse, show_json, written_whole
from leeway.published.catalogue import MERGED
from leeway.published.estimates import direct_payment_question as question
from leeway.published.estimates.panel import Panel
from leeway.published.estimates.reading import Columns, read_panel
from leeway.published.estimates.regression import Estimate
from leeway.published.estimates.specifications import SPECIFICATIONS, answers, without_each_group
from leeway.writing import csv_of

ABOUT = (
    "What one more of “{effect}” goes with in “{outcome}”, in the outcome’s own units, once what the specification "
    "names is taken out. It is an association between totals of a {unit}, not a price and not an effect shown to be "
    "caused: what moves both series, and what moves from one to the other, is in it. Errors are clustered by {unit} "
    "with the factor G/(G-1); intervals are 95%, Student’s t with G-1 degrees of freedom; “wild_bootstrap_p” is the "
    "chance of a t at least as large were there no association. Rows without both series are left out and counted."
)

CROSSES = (
    f"The years cross 2009-10. {MERGED} If “{{effect}}” counts them, what rose between those years is a way of "
    "counting: estimate the years before it, and those from it, each by themselves."
)


@click.command
@click.argument("panel", type=click.Path(path_type=Path))
@click.option("--outcome", required=True, metavar="COL", help="Column to explain, for example spending.")
@click.option("--effect", required=True, metavar="COL", help="Column it may go with, for example direct payments.")
@click.option("--unit", required=True, metavar="COL", help="Column that names the council.")
@click.option("--period", required=True, metavar="COL", help="Column with the year: 2001, or 2000-01.")
@click.option("--per", metavar="COL", help="Divide both series by this column, such as people in the council.")
@click.option("--control", "controls", multiple=True, metavar="COL", help="A further column to hold fixed; repeat it.")
@click.option("--leave-out", metavar="COL", help="Also estimate without each group of this column, such as region.")
@click.option("--band", type=float, nargs=2, metavar="LOW HIGH", help="A published range to draw on the plot.")
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw the estimates into this SVG file.")
def estimate(
    panel: Path,
    outcome: str,
    effect: str,
    unit: str,
    period: str,
    per: str | None,
    controls: tuple[str, ...],
    leave_out: str | None,
    band: tuple[float, float] | None,
    as_json: bool,
    plot: Path | None,
) -> None:
    """Estimate what one series goes with another, by council and year, in several honest ways at once.

    Example: leeway insight estimate panel.csv --outcome ld_cost --effect ld_users --unit council --period year
    """
    columns = Columns(outcome, effect, unit, period, controls, leave_out, per)
    if len(set(columns.wanted)) < len(columns.wanted):
        raise BadUse("A column is named twice among the options. Give each its own column.")
    if band and not band[0] < band[1]:
        raise BadUse("--band has its ends the wrong way round. Give the lower one first.")
    if plot and plot.exists() and panel.exists() and plot.samefile(panel):
        raise BadUse(f"{plot} is the file to read. Give another file for the picture.")
    table, left_out = read_panel(panel, columns)
    made, not_made = answers(table)
    answer: dict[str, Any] = {
        "specifications": [told(name, one) for name, one in made.items()],
        "not_estimated": [{"name": name, "reason": reason} for name, reason in not_made.items()],
        "left_out": left_out,
        "about": ABOUT.format(outcome=outcome, effect=effect, unit=unit),
    }
    if crosses_break(table):
        answer["about"] += f" {CROSSES.format(effect=effect)}"
    if leave_out:
        answer["left_out_in_turn"] = [
            {"without": name, **told("two-way fixed effects", one)} for name, one in without_each_group(table).items()
        ]
    if plot:
        _draw(made, plot, outcome=outcome, effect=effect, band=band)
    if as_json:
        show_json(answer)
    else:
        _show(answer, made)


def crosses_break(panel: Panel) -> bool:
    """Whether the years lie on both sides of the change in what counts as a direct payment."""
    return bool(panel.year.min() < question.BREAK <= panel.year.max())


def told(name: str, made: Estimate) -> dict[str, Any]:
    """An estimate for programs: what it is called, then its numbers; the test is left out where it was not made."""
    return {"name": name} | {key: value for key, value in asdict(made).items() if value is not None}


def _draw(
    made: dict[str, Estimate], plot: Path, *, outcome: str, effect: str, band: tuple[float, float] | None
) -> None:
    from leeway.published.estimates.picture import curve_svg  # what draws takes longer to load than all else here

    rows = [
        {"specification": name, "effect": one.effect, "low": one.interval[0], "high": one.interval[1]}
        for name, one in made.items()
    ]
    picture = curve_svg(
        pl.DataFrame(rows),
        choices={"specification": list(made)},
        title=f"What one more of {effect} goes with",
        y_title=outcome,
        band=band,
    )
    with written_whole(plot) as file:
        file.write(picture)


def _show(answer: dict[str, Any], made: dict[str, Estimate]) -> None:
    about = {one.name: one.about for one in SPECIFICATIONS}
    for name, one in made.items():
        click.echo(f"{name}: {one.effect:,.4g} (95% from {one.interval[0]:,.4g} to {one.interval[1]:,.4g})")
        click.echo(
            f"    {about[name]}; error {one.standard_error:,.4g}, bootstrap p {one.wild_bootstrap_p:.3f}; "
            f"{one.observations:,} observations, {one.units:,} units, {one.periods:,} periods"
        )
    for one in answer["not_estimated"]:
        click.echo(f"{one['name']}: not estimated: {one['reason']}.")
    for one in answer.get("left_out_in_turn", []):
        click.echo(f"without {one['without']}: {one['effect']:,.4g} (error {one['standard_error']:,.4g})")
    click.echo(f"Rows left out: {answer['left_out']['rows']:,}.")
    click.echo(answer["about"])


@click.command("direct-payment-question")
@click.option(
    "--client-group", default=question.LEARNING_DISABILITY, show_default=True, help="Whose services are asked about."
)
@click.option("--only", multiple=True, metavar="ANSWER", help="Keep to this answer to a choice; repeat it.")
@click.option("--again", is_flag=True, help="Work every estimate out again, rather than tell those that are shipped.")
@click.option("--json", "as_json", is_flag=True, help="Answer for programs, with every estimate.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw the curve into this SVG file.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write every estimate into this CSV file.")
def direct_payment_question(
    client_group: str, only: tuple[str, ...], again: bool, as_json: bool, plot: Path | None, output: Path | None
) -> None:
    """Ask what a direct payment goes with, in every defensible way, of the published returns that Leeway ships.

    The estimates are shipped too, since the returns do not change; --again works them out anew (some seconds).

    Example: leeway insight direct-payment-question --plot curve.svg -o curve.csv
    """
    if plot and output and plot.resolve() == output.resolve():
        raise BadUse(f"{plot} cannot be both the picture and the table. Give each its own file.")
    ask = question.worked_out if again else question.curve
    frame = ask(client_group, only=only).sort("effect", maintain_order=True)
    chosen, regions = question.headlines(frame), question.without_each_region(client_group)
    if plot:
        picture = question.drawn(frame, client_group) if only or again else question.picture(client_group)
        with written_whole(plot) as file:
            file.write(picture)
    if output:
        with written_whole(output) as file:
            file.write(csv_of(frame))
    if as_json:
        show_json(
            {
                "client_group": client_group,
                "summary": question.summary(frame),
                "headlines": chosen.to_dicts(),
                "by_choice": question.by_choice(frame).to_dicts(),
                "by_year": question.by_year(client_group).to_dicts(),
                "without_each_region": regions.to_dicts(),
                "estimates": frame.to_dicts(),
                "about": question.ABOUT,
            }
        )
        return
    click.echo("People with a direct payment on 31 March; all spending, and four main services, in £000")
    for row in question.by_year(client_group).iter_rows(named=True):
        click.echo(
            f"{row['year']}: {_known(row['people'])} in {row['councils_that_say']:,} councils; "
            f"{_known(row['all_spending_thousands'])}; {_known(row['four_main_services_thousands'])}"
        )
    click.echo(f"{MERGED} What rose then is a way of counting.")
    click.echo("\nEvery estimate (£ a year for each further person)")
    _tell(frame, chosen, regions)


def _known(number: float | None) -> str:
    return "not known" if number is None else f"{number:,.0f}"


def _tell(frame: pl.DataFrame, chosen: pl.DataFrame, regions: pl.DataFrame) -> None:
    for name, value in question.summary(frame).items():
        click.echo(f"{name.replace('_', ' ')}: {value:,.0f}")
    click.echo(
        "\nHeadline, and one choice changed at a time (£ a year for each further person; 95% interval; bootstrap p)"
    )
    for row in chosen.iter_rows(named=True):
        click.echo(
            f"{row['changed']}: {row['effect']:,.0f} ({row['low']:,.0f} to {row['high']:,.0f}; "
            f"{row['wild_bootstrap_p']:.3f}); {row['observations']:,} observations, {row['units']:,} councils"
        )
    click.echo("\nHeadline without each region in turn")
    for row in regions.iter_rows(named=True):
        click.echo(f"without {row['without']}: {row['effect']:,.0f} ({row['low']:,.0f} to {row['high']:,.0f})")
    click.echo("\nBy choice: estimates, the middle one, share of intervals that reach the published range, and nought")
    for row in question.by_choice(frame).iter_rows(named=True):
        click.echo(
            f"{row['answer']}: {row['estimates']:,}; {row['middle']:,.0f}; "
            f"{row['reaches_published_percent']:.0f}%; {row['reaches_nought_percent']:.0f}%"
        )
    click.echo(question.ABOUT)
