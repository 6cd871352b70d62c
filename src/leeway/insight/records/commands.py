"""Check a council's files of events from the command line."""

from pathlib import Path
from typing import Any

import click
import polars as pl

from leeway.commandline import show_json
from leeway.insight.records.check import Checked, CheckedFile, check
from leeway.insight.records.compare import Difference

FIELDS_SHOWN_MAX = 8


@click.command("check-records")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--most", default=20, show_default=True, type=click.IntRange(min=0),
    help="List at most so many rows of each file and rule in JSON; 0 lists all. Every finding is counted.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
def check_records(files: tuple[Path, ...], most: int, as_json: bool) -> None:
    """Check files of the Client Level Data return (CSV or Parquet) against the specification, release 2.

    Each finding has its row, a reason, what to do, and what the centre would do with it. No person's value is shown; a
    wrong code is, if at least five people have it. Files of one council with different periods are compared: what was
    dropped, added or changed, and how many people were lost.

    Exit status: 0 with nothing found, 1 with findings, 2 where a file cannot be used.

    Example: leeway insight check-records return-q1.csv return-q2.csv
    """
    checked = check(files)
    if as_json:
        show_json(_for_programs(checked, most or None))
    else:
        click.echo("\n".join(_in_words(checked)))
    click.get_current_context().exit(1 if checked.found.height else 0)


def _for_programs(checked: Checked, most: int | None) -> dict[str, Any]:
    totals = dict(checked.found.group_by("file").len().iter_rows())
    files = [
        {
            "file": str(file.path),
            "rows": file.rows,
            "release": file.release,
            "councils": list(file.councils),
            "period": [day.isoformat() if day else None for day in (file.period_starts_on, file.period_ends_on)],
            "findings_total": totals.get(number, 0),
        }
        for number, file in enumerate(checked.files)
    ]
    return {
        "files": files,
        "summary": checked.summary().to_dicts(),
        "findings": checked.findings(most).to_dicts(),
        "differences": [
            {
                "earlier": str(difference.earlier),
                "later": str(difference.later),
                "events": difference.events.to_dicts(),
                "fields": difference.fields.to_dicts(),
                "relabelled": difference.relabelled,
                "people_earlier": difference.people_earlier,
                "people_later": difference.people_later,
                "people_lost": difference.people_lost,
            }
            for difference in checked.differences
        ],
    }


def _in_words(checked: Checked) -> list[str]:
    summary = checked.summary()
    lines: list[str] = []
    for file in checked.files:
        lines += [_about(file), *_table(summary.filter(pl.col("file") == str(file.path))), ""]
    for difference in checked.differences:
        lines += [*_changes(difference), ""]
    return lines[:-1]


def _about(file: CheckedFile) -> str:
    period = f"{file.period_starts_on or 'not known'} to {file.period_ends_on or 'not known'}"
    return f"{file.path}: {file.rows:,} rows, release {file.release}, period {period}."


def _table(summary: pl.DataFrame) -> list[str]:
    if not summary.height:
        return ["Nothing was found."]
    total = summary["findings"].sum()
    lines = [f"{total:,} finding{'' if total == 1 else 's'}:"]
    for row in summary.iter_rows(named=True):
        more = ", …" if row["findings"] > len(row["first_rows"]) else ""
        rows = ", ".join(f"{number}" for number in row["first_rows"])
        lines += [
            f"{row['findings']:>9,}  {row['field'] or 'the file'}, {row['rule']} (row {rows}{more})",
            f"           {row['reason']} {row['todo']}",
            f"           {row['effect']}",
        ]
        if row["seen"]:
            lines.append(f"           Seen: {'; '.join(row['seen'])}")
    return lines


def _changes(difference: Difference) -> list[str]:
    head = ("sent again", "changed", "dropped", "moved out", "added")
    lines = [
        f"{difference.later} beside {difference.earlier}:",
        f"  {'':12}" + "".join(f"{word:>12}" for word in head),
    ]
    for kind, *counts in difference.events.iter_rows():
        lines.append(f"  {kind:12}" + "".join(f"{count:>12,}" for count in counts))
    lines += [
        "  Dropped: still inside the later period, and not sent again. Moved out: over before the later period.",
        f"  People: {difference.people_earlier:,} before, {difference.people_later:,} now; "
        f"{difference.people_lost:,} lost (an event still inside the period, and no row now).",
    ]
    if difference.relabelled:
        lines.append(
            f"  Relabelled: {difference.relabelled:,} of the services with a changed Delivery_Mechanism have the same "
            "provider, price and units as before."
        )
    for row in difference.fields.head(FIELDS_SHOWN_MAX).iter_rows(named=True):
        lines.append(f"  Changed in {row['changed']:,} events of kind {row['event']}: {row['field']}")
    return lines
