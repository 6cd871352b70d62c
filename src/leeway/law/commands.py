"""The law from the command line: `leeway law show`, `charge` and `allocate`. None of them needs a database."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from leeway.commandline import Group, from_file, iso_date, show_json
from leeway.law.dated import UnknownParameter, every_parameter
from leeway.law.inputs import nearest
from leeway.law.numbers import pounds
from leeway.law.outcome import Outcome
from leeway.law.reference import show_value
from leeway.law.rules import compute

JSON_FILE = click.Path(path_type=Path)
on_that_day = click.option(
    "--on", required=True, type=iso_date, help="The day whose law applies, for example 2026-04-06."
)
as_json_too = click.option("--json", "as_json", is_flag=True, help="Print the answer for programs.")
by_policy = click.option(
    "--policy",
    type=click.Path(path_type=Path),
    default=None,
    help="Folder of the council's policy. Without it, the default policy.",
)


@click.group("law", cls=Group)
def law() -> None:
    """What the rules say: dated values, charges and indicative budgets."""


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


@law.command("charge")
@click.argument("case", type=JSON_FILE)
@on_that_day
@by_policy
@as_json_too
def charge(case: Path, on: date, policy: Path | None, as_json: bool) -> None:
    """Work out one person's weekly charge and show every step.

    Example: leeway law charge ada.json --on 2026-04-06
    """
    _answer(from_file(case, lambda given: compute("charge", given, on, policy)), as_json)


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
        amount = pounds(step["pence"]) if "pence" in step else str(step["value"])
        click.echo(f"{amount:>12}  {step['name']}\n              {step['sentence']} [{step['source']}]")
        if step.get("doubt"):
            click.echo(f"              In doubt: {step['doubt']}")
    click.echo()
    for reason in outcome.reasons:
        click.echo(reason)
