"""Working every stored decision out again, from the command line."""

import click

from leeway.commandline import show_json
from leeway.start import start_django


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the answer for programs.")
def replay(as_json: bool) -> None:
    """Work out every stored decision again from its stored facts and dated values.

    Ends with status 1 if any comes out otherwise, and names it.

    Example: leeway law replay
    """
    start_django()
    from leeway.care.decisions import queries

    answers = list(queries.replay())
    differences = [answer for answer in answers if answer is not None]
    if as_json:
        lines = [{"decision": one.decision_id, "rule": one.rule, "differs": one.sentence} for one in differences]
        show_json({"recomputed": len(answers), "differences": lines})
    else:
        for one in differences:
            click.echo(f"{one.decision_id} ({one.rule}) differs: {one.sentence}")
        click.echo(f"{len(answers)} decisions worked out again, {len(differences) or 'none'} with a difference.")
    raise click.exceptions.Exit(1 if differences else 0)
