"""Surveys from the command line: answers in a CSV file, and what they can and cannot say."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import polars as pl

from leeway.commandline import BadUse, show_json
from leeway.insight.surveys import results
from leeway.insight.surveys.answers import Answers, Finding, number_in, read_answers, table_of
from leeway.insight.surveys.comparing import by_group
from leeway.insight.surveys.questionnaire import Questionnaire, load, read
from leeway.insight.surveys.shares import MOST_IN_A_WAVE, percent, what_can_be_said
from leeway.insight.surveys.weights import weigh

FINDINGS_SHOWN = 20


@click.command
@click.argument("answers", type=click.Path(path_type=Path))
@click.option(
    "--questionnaire", required=True, metavar="NAME", help="council, experience, practitioner, or a YAML file."
)
@click.option("--asked", type=click.IntRange(1, MOST_IN_A_WAVE), metavar="N", help="How many were asked: gives bounds.")
@click.option("--unit", default="", metavar="COL", help="Column that says who answered, each once.")
@click.option("--population", type=click.Path(path_type=Path), help="CSV of grouping, group, count: weighs both waves.")
@click.option("--earlier", type=click.Path(path_type=Path), help="Answers to an earlier wave, to compare with.")
@click.option(
    "--earlier-asked", type=click.IntRange(1, MOST_IN_A_WAVE), metavar="N", help="How many were asked in that wave."
)
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
def survey(
    answers: Path,
    questionnaire: str,
    asked: int | None,
    unit: str,
    population: Path | None,
    earlier: Path | None,
    earlier_asked: int | None,
    as_json: bool,
) -> None:
    """Check the answers to a questionnaire, and say what they can and cannot say of everyone who was asked.

    Example: leeway insight survey answers.csv --questionnaire council --asked 153
    """
    if earlier_asked and not earlier:
        raise BadUse("--earlier-asked is of an earlier wave. Give its answers with --earlier.")
    questions = read(Path(questionnaire)) if questionnaire.endswith((".yaml", ".yml")) else load(questionnaire)
    groupings = _population(population) if population else {}

    def wave(path: Path, of: int | None) -> tuple[Answers, dict[str, pl.DataFrame]]:
        given = _weighed(path, questions, unit=unit, groupings=groupings)
        weight = "weight" if groupings else ""
        shares = results.shares(questions, given.frame, asked=of, weight=weight)
        return given, {"shares": shares, "numbers": results.numbers(questions, given.frame, asked=of)}

    given, found = wave(answers, asked)
    if questions.compare:
        found["groups"] = by_group(questions, given.frame)
    if earlier:
        _, before = wave(earlier, earlier_asked)
        found["waves"] = results.waves(before["shares"], found["shares"])
        found["waves_of_numbers"] = results.waves_of_numbers(before["numbers"], found["numbers"])
    if as_json:
        show_json(_told(questions, given, asked) | {name: table.to_dicts() for name, table in found.items()})
    else:
        _show(questions, given, asked, found)


def _weighed(path: Path, questions: Questionnaire, *, unit: str, groupings: dict[str, dict[str, float]]) -> Answers:
    """The answers of one wave, with a weight each where the population is known."""
    known = {unit, *(question.code for question in questions.questions)}
    given = read_answers(path, questions, unit=unit, others=[name for name in groupings if name not in known])
    if not groupings:
        return given
    return Answers(given.frame.with_columns(weigh(given.frame, groupings)), given.findings)


def _population(path: Path) -> dict[str, dict[str, float]]:
    """How many there are in each group of each grouping."""
    header, lines = table_of(path)
    if header != ["grouping", "group", "count"]:
        raise BadUse(f"{path.name} must have the columns grouping, group and count, in this order.")
    groupings: dict[str, dict[str, float]] = {}
    for number, line in enumerate(lines, start=1):
        count = number_in(line[2].strip()) if len(line) == 3 else None
        if count is None:
            raise BadUse(f"{path.name}, row {number}: give a grouping, a group and a number.")
        grouping, group = line[0].strip(), line[1].strip()
        if group in groupings.setdefault(grouping, {}):
            raise BadUse(f"{path.name}, row {number}: this group of “{grouping}” is there already. Give each once.")
        groupings[grouping][group] = count
    if not groupings:
        raise BadUse(f"{path.name} has no row under its header. Give a grouping, a group and a number in each.")
    return groupings


def _told(questions: Questionnaire, given: Answers, asked: int | None) -> dict[str, Any]:
    findings = [asdict(finding) for finding in given.findings]
    about = {"questionnaire": questions.code, "version": questions.version}
    return about | {"answers": given.frame.height, "asked": asked, "findings": findings}


def _show(questions: Questionnaire, given: Answers, asked: int | None, found: dict[str, pl.DataFrame]) -> None:
    weighed = ", the shares weighed" if "weight" in given.frame.columns else ""
    click.echo(f"{questions.title}: {given.frame.height:,} answers{f' from {asked:,} asked' if asked else ''}{weighed}")
    for _question, options in found["shares"].group_by("question", maintain_order=True):
        _show_question(options.to_dicts())
    for row in found["numbers"].filter(~pl.col("hidden")).iter_rows(named=True):
        click.echo(f"\n{row['ask']}")
        click.echo(
            f"  {row['answered']:,} answered: {row['mean']:,.1f} on average, {row['low']:,.1f} to {row['high']:,.1f}"
        )
    for row in found["groups"].drop_nulls("adjusted").iter_rows(named=True) if "groups" in found else ():
        click.echo(f"\n{row['ask']} {row['label']}")
        click.echo(f"  {_points(row['adjusted'], row['adjusted_low'], row['adjusted_high'])}: {row['told']}")
    for row in found["waves"].drop_nulls("difference").iter_rows(named=True) if "waves" in found else ():
        click.echo(f"\n{row['ask']} {row['label']}: {percent(row['earlier'])}, then {percent(row['later'])}")
        needed = f"; to tell that much, {row['needed']:,} must answer each time" if row["needed"] else ""
        click.echo(f"  {_points(row['difference'], row['low'], row['high'])}: {row['told']}{needed}")
    for row in found["waves_of_numbers"].drop_nulls("difference").iter_rows(named=True) if "waves" in found else ():
        click.echo(f"\n{row['ask']} On average {row['mean']:,.1f}, then {row['mean_later']:,.1f}")
        click.echo(f"  {row['difference']:+,.1f} ({row['low']:+,.1f} to {row['high']:+,.1f}): {row['told']}")
    _show_findings(given.findings)


def _show_question(options: list[dict[str, Any]]) -> None:
    """The answers to one question, and what can be said of those that count as good."""
    click.echo(f"\n{options[0]['ask']}")
    if options[0]["hidden"]:
        click.echo("  Fewer than five answered, so nothing is shown.")
        return
    for row in options:
        sure = f"; of all asked {percent(row['least'])} to {percent(row['most'])}" if row["asked"] else ""
        click.echo(
            f"  {row['label']}: {row['said']:,} of {row['answered']:,}, {percent(row['share'])} "
            f"({percent(row['low'])} to {percent(row['high'])}{sure})"
        )
    good, first = [row for row in options if row["good"]], options[0]
    if good and first["asked"]:
        click.echo(f"  Counted as good, “{'” or “'.join(row['label'] for row in good)}”:")
        for sentence in what_can_be_said(sum(row["said"] for row in good), first["answered"], first["asked"]):
            click.echo(f"    {sentence}")


def _show_findings(findings: list[Finding]) -> None:
    click.echo(f"\n{len(findings):,} {'finding' if len(findings) == 1 else 'findings'}", err=bool(findings))
    for finding in findings[:FINDINGS_SHOWN]:
        click.echo(f"  row {finding.row}, {finding.column or 'the whole row'}: {finding.reason}", err=True)
    if len(findings) > FINDINGS_SHOWN:
        click.echo(f"  and {len(findings) - FINDINGS_SHOWN:,} more: --json gives all.", err=True)


def _points(difference: float, low: float, high: float) -> str:
    """A difference in percentage points, with its range."""
    return f"{100 * difference:+.1f} points ({100 * low:+.1f} to {100 * high:+.1f})"
