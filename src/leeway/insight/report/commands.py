"""Measures of a council's own return, from the command line."""

from datetime import date
from pathlib import Path
from textwrap import fill
from typing import Any

import click

from leeway.commandline import past_date, show_json


@click.command()
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--as-at", required=True, type=past_date, help="The day, and the last of the twelve months before it.")
@click.option("--by", multiple=True, help="Break down by this, such as council, age or client_group. Can be repeated.")
@click.option("--only", multiple=True, help="Tell only measures whose code begins so, such as 3D. Can be repeated.")
@click.option("--published", "as_published", is_flag=True, help="Hide small counts and round the rest to publish them.")
@click.option("--report", "report", type=click.Path(path_type=Path), help="Write the whole report into this HTML file.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer for programs.")
def measure(
    paths: tuple[Path, ...], as_at: date, by: tuple[str, ...], only: tuple[str, ...], as_published: bool,
    report: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Measure take-up, outcomes and waiting from one or more files of the Client Level Data return.

    Give each breakdown with --by; several are crossed. Counts are exact unless --published hides the small ones.
    With --report the findings become one HTML file, to be sent or printed, in which small counts are always hidden.

    Example: leeway insight measure return.csv --as-at 2025-03-31 --by client_group
    """
    # Polars and the measures take a second to load, and help should not.
    from leeway.insight.measures.answers import answers
    from leeway.insight.measures.from_records import breakdowns, with_code, with_population
    from leeway.insight.measures.holding import must_be_breakdowns
    from leeway.insight.measures.suppression import published
    from leeway.insight.records.read import read_records
    from leeway.insight.report.html import write_report

    must_be_breakdowns(by, breakdowns())  # before the long work
    everything = with_population()
    measures = tuple(dict.fromkeys(measure for word in only for measure in with_code(word))) or everything
    records = read_records(paths)
    if report:
        write_report(records, as_at=as_at, output=report)
        if not as_json:
            click.echo(f"{report}: the report to {as_at} is written.")
            return
    found = answers(records, as_at=as_at, measures=everything if as_published else measures, by=by)
    if as_published:
        # Of all of them: what is hidden in one measure also hides what would tell it in another.
        wanted = {measure.code for measure in measures}
        found = [one for one in published(found) if one["measure"] in wanted]
    if as_json:
        show_json(found)
    else:
        click.echo("\n".join(_table(found)))


def _table(answers: list[dict[str, Any]]) -> list[str]:
    """One block for each measure: what it is, then its counts and its value, for the whole and for each part."""
    lines: list[str] = []
    width = max(len("all"), *(len(_of(one)) for one in answers))
    for one in answers:
        if not one["by"]:
            what = fill(f"{one['measure']}: {one['name']}. {one['definition']}", 100)
            heading = f"  {'':{width}}  {'numerator':>11}  {'denominator':>11}  {'unknown':>9}  {one['unit']:>12}"
            lines += ["", what, heading]
        counts = f"{_count(one['numerator']):>11}  {_count(one['denominator']):>11}  {_count(one['unknown']):>9}"
        value = "-" if one["value"] is None else f"{one['value']:,.1f}"
        lines.append(f"  {_of(one):{width}}  {counts}  {value:>12}  {one.get('hidden', '')}".rstrip())
    return lines[1:]


def _of(answer: dict[str, Any]) -> str:
    return ", ".join(answer["by"].values()) or "all"


def _count(count: int | None) -> str:
    return "-" if count is None else f"{count:,}"
