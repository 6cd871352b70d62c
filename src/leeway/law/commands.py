"""The law from the command line. None of its commands needs a database."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, TextIO

import click

from leeway.commandline import BadUse, Group, from_file, iso_date, show_json, written_whole
from leeway.law.dated import UnknownParameter, every_parameter, law_on
from leeway.law.inputs import nearest
from leeway.law.numbers import pounds
from leeway.law.outcome import Outcome
from leeway.law.reference import show_value
from leeway.law.rules import compute
from leeway.writing import write_rows

JSON_FILE = click.Path(path_type=Path)
on_that_day = click.option(
    "--on", required=True, type=iso_date, help="The day whose law applies, for example 2026-04-06."
)
as_json_too = click.option("--json", "as_json", is_flag=True, help="Print the answer for programs.")
into_csv = click.option(
    "--csv", "output", type=click.Path(path_type=Path), default=None, help="Write a table of answers into this file."
)
by_policy = click.option(
    "--policy",
    type=click.Path(path_type=Path),
    default=None,
    help="Folder of the council’s policy. Without it, the default policy.",
)


@click.group("law", cls=Group)
def law() -> None:
    """What the rules say: dated values, eligibility, charges and indicative budgets."""


@law.command("show")
@click.argument("parameter", required=False)
@click.option("--on", type=iso_date, default=None, help="Show the value in force that day.")
@by_policy
@as_json_too
def show(parameter: str | None, on: date | None, policy: Path | None, as_json: bool) -> None:
    """Show a parameter with its history and sources, or list them all.

    Example: leeway law show charging.capital.upper_limit --on 2026-04-06
    """
    parameters = every_parameter(policy) if policy else every_parameter()
    if parameter is None:
        _list(parameters, as_json)
        return
    name = parameter.replace("/", ".").removesuffix(".yaml")
    if name not in parameters:
        raise UnknownParameter(
            f"There is no parameter “{parameter}”.{nearest(name, parameters) or ' Run “leeway law show” for the list.'}"
        )
    found = parameters[name]
    history = [found.on(on)] if on else list(found.history)
    if as_json:
        values = [
            {
                "from": d.start.isoformat(),
                "value": d.value,
                "source": {"title": d.title, "url": d.url},
                "doubt": d.doubt or None,
            }
            for d in history
        ]
        show_json(
            {
                "parameter": name,
                "description": found.description,
                "unit": found.unit,
                "set_by": found.set_by,
                "a_council_may": found.permission.may,
                "values": values,
            }
        )
        return
    click.echo(f"{name}\n{found.description}\nSet by {found.set_by}; unit: {found.unit}. {found.permission.words}")
    for dated in history:
        click.echo(f"\n{dated.start}  {show_value(found, dated)}\n            {dated.title} {dated.url}".rstrip())
        if dated.doubt:
            click.echo(f"            In doubt: {dated.doubt}")


@law.command("eligibility")
@click.argument("answers", type=JSON_FILE)
@on_that_day
@by_policy
@as_json_too
def eligibility(answers: Path, on: date, policy: Path | None, as_json: bool) -> None:
    """Decide whether needs are eligible, and show which conditions are met.

    By the Care Act from 1 April 2015, and by bands of risk (FACS) before; whoever was supported before that day stays
    under the bands until reviewed, at latest until 1 April 2016. A question without an answer is named, not guessed.

    Example: leeway law eligibility ada-needs.json --on 2026-04-06
    """
    _answer(from_file(answers, lambda given: compute("eligibility", given, on, policy)), as_json)


@law.command("charge")
@click.argument("case", type=JSON_FILE)
@on_that_day
@by_policy
@as_json_too
@into_csv
def charge(case: Path, on: date, policy: Path | None, as_json: bool, output: Path | None) -> None:
    """Work out a weekly charge and show every step: one person's, or a whole table's.

    With --csv, CASE is a table in CSV with a person a row. Its columns are the fields of a case; income.state_pension,
    capital.savings and their like hold amounts in pence, and premiums.carer true or false. A column called person,
    name, case, case_number or reference stands in the answers as it is.

    Example: leeway law charge ada.json --on 2026-04-06

    Example: leeway law charge people.csv --on 2026-04-06 --csv charges.csv
    """
    if output is None and case.suffix.lower() == ".csv":
        raise BadUse(f"{case} is a table of people. Say where the answers go, for example --csv charges.csv.")
    if output is None:
        _answer(from_file(case, lambda given: compute("charge", given, on, policy)), as_json)
        return
    if as_json:
        raise BadUse("Choose one: --json for one person, or --csv for a table of people.")
    if case.suffix.lower() == ".json":
        raise BadUse(f"{case} is one person’s case. Leave out --csv, or give a table of people in CSV.")
    from leeway.law.tables import write_charges

    values = law_on(on, policy)
    with _another_file(output, case) as file:
        count = write_charges(case, file, values)
    click.echo(f"{count:,} charge{'s' if count != 1 else ''} by the law of {on}, written into {output}.")
    for sentence in values.only("charging", "charging_policy").not_known_yet:
        click.echo(f"In doubt: {sentence}")


@law.command("allocate")
@click.argument("answers", type=JSON_FILE)
@on_that_day
@by_policy
@as_json_too
def allocate(answers: Path, on: date, policy: Path | None, as_json: bool) -> None:
    """Work out an indicative budget from the answers, and trace each pound to one of them.

    Example: leeway law allocate ada-answers.json --on 2026-04-06
    """
    outcome = from_file(answers, lambda given: compute("allocation", given, on, policy))
    _answer(outcome, as_json)
    if not as_json:
        click.echo("\nWhere it comes from")
        for line in outcome.result["answers"]:
            helped = f", less {line['help'].lower()} by family and friends" if line["percent"] < 100 else ""
            why = f" ({line['not_counted_because']})" if not line["counted"] else helped
            click.echo(f"  {pounds(line['pence_per_week']):>12}  {line['text']} {line['label']}{why}")


@law.command("employ")
@click.argument("job", type=JSON_FILE)
@on_that_day
@by_policy
@as_json_too
def employ(job: Path, on: date, policy: Path | None, as_json: bool) -> None:
    """Work out what employing one personal assistant costs a year, and show every step.

    The least wage, holiday, National Insurance by the pay period, pension, insurance and payroll; and what to keep in
    reserve for sickness, notice and redundancy. ON is the first day of a pay period.

    Example: leeway law employ job.json --on 2026-06-01
    """
    _answer(from_file(job, lambda given: compute("employ", given, on, policy)), as_json)


@law.command("calibrate")
@click.argument("sample", type=click.Path(path_type=Path))
@click.option(
    "--percentile", "percentiles", type=click.IntRange(0, 100), multiple=True, help="A row at this percentile; repeat."
)
@click.option(
    "--round-to-pence", type=click.IntRange(1, 10_000), default=500, show_default=True, help="Round costs to this."
)
@click.option("--level", is_flag=True, help="Let no point cost less where there are more, as a table must.")
@click.option("--contingency", type=click.IntRange(0, 99), default=0, help="Say what to hold beside, in per cent.")
@as_json_too
@into_csv
def calibrate(
    sample: Path,
    percentiles: tuple[int, ...],
    round_to_pence: int,
    level: bool,
    contingency: int,
    as_json: bool,
    output: Path | None,
) -> None:
    """Make a table of points and money from a sample, and say how well it fits.

    SAMPLE is a CSV file with the columns points and weekly_cost_pence, a person a row. The person at a rank of points
    gets the cost at that rank; without --percentile every person is a row of the table. With a third column,
    hundredths_of_points_left (what remains of the points after help from family and friends, which is what the cost
    pays for), the rows are what the needs cost if nobody helped, level, as the rule reads them. The contingency is what
    the council plans to hold for plans that cost more than a table can see: it is taken off nobody's row.

    Example: leeway law calibrate sample.csv --percentile 10 --percentile 50 --percentile 90
    """
    from leeway.law.calibration import (
        allocations,
        contingency_pence,
        fit,
        match_with_help,
        never_cheaper,
        rank_match,
    )
    from leeway.law.tables import LEFT, read_sample

    points, costs, left = read_sample(sample)
    wanted = sorted(set(percentiles)) or None
    if left is None:
        table = rank_match(points, costs, percentiles=wanted, round_to_pence=round_to_pence)
    elif wanted is None:
        raise BadUse(f"{sample} has {LEFT}. Give --percentile for each row, for example 10, 25, 50, 75 and 90.")
    else:
        table = match_with_help(points, left, costs, percentiles=wanted)
    if level:
        table = never_cheaper(table)
    fits = fit(table, points, costs, left)
    held = contingency_pence(allocations(table, points, left), contingency)
    if output:
        with _another_file(output, sample) as file:
            write_rows(file, ("points", "pence_per_week"), table)
    if as_json:
        show_json({"table": [list(row) for row in table], "fit": asdict(fits), "contingency_pence": held})
        return
    for at, pence in table:
        click.echo(f"{at:>8,} points  {pounds(pence):>12} a week")
    click.echo(f"\n{fits.people:,} people. {fits.words}")
    if contingency:
        click.echo(
            f"A contingency of {contingency} per cent of the whole is {pounds(held)} a week beside these figures."
        )


def _another_file(output: Path, given: Path) -> AbstractContextManager[TextIO]:
    if output.resolve() == given.resolve():
        raise BadUse(f"{output} is the file that is read. Write the answers into another one.")
    return written_whole(output)


def _list(parameters: Any, as_json: bool) -> None:
    if as_json:
        show_json([{"parameter": p.name, "description": p.description, "unit": p.unit} for p in parameters.values()])
        return
    for parameter in parameters.values():
        click.echo(f"{parameter.name}\n    {parameter.description}")


def _answer(outcome: Outcome, as_json: bool) -> None:
    if as_json:
        whole = outcome.as_json()
        show_json({**whole["result"], **{name: whole[name] for name in ("steps", "reasons", "on", "digest")}})
        return
    for step in outcome.steps:
        click.echo(f"{_found(step):>12}  {step['name']}\n              {step['sentence']} [{step['source']}]")
        if step.get("doubt"):
            click.echo(f"              In doubt: {step['doubt']}")
    click.echo()
    said = {step["sentence"] for step in outcome.steps}
    for reason in outcome.reasons:
        if reason not in said:
            click.echo(reason)


def _found(step: Mapping[str, Any]) -> str:
    if "pence" in step:
        return pounds(step["pence"])
    found = step.get("met", step["value"])
    return ("yes" if found else "no") if isinstance(found, bool) else str(found)
