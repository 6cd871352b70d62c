"""Banking from the command line."""

import dataclasses
import json

import click

from leeway.money.banking.modulus import Verdict, WeightTable, check
from leeway.refusal import Refusal


@click.command("check-account")
@click.argument("sort_code", metavar="SORTCODE")
@click.argument("account_number", metavar="ACCOUNT")
@click.option(
    "--weights",
    envvar="LEEWAY_MODULUS_WEIGHTS",
    metavar="FILE",
    help="Pay.UK's table of weights (valacdos); otherwise LEEWAY_MODULUS_WEIGHTS.",
)
@click.option(
    "--substitutions",
    envvar="LEEWAY_MODULUS_SUBSTITUTIONS",
    metavar="FILE",
    help="Pay.UK's table of substituted sort codes (scsubtab); otherwise LEEWAY_MODULUS_SUBSTITUTIONS.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.pass_context
def check_account(
    context: click.Context,
    sort_code: str,
    account_number: str,
    weights: str | None,
    substitutions: str | None,
    as_json: bool,
) -> None:
    """Say whether an account number fits its sort code (the modulus check).

    Exit 0: valid. Exit 1: not valid. Exit 2: not a sort code or account number.

    Example: leeway money check-account 12-34-56 12345678
    """
    try:
        verdict = check(sort_code, account_number, _table(weights, substitutions))
    except Refusal as refusal:
        click.echo(str(refusal), err=True)
        context.exit(2)
    click.echo(json.dumps(dataclasses.asdict(verdict)) if as_json else _sentence(verdict))
    context.exit(0 if verdict.valid else 1)


def _table(weights: str | None, substitutions: str | None) -> WeightTable | None:
    if not weights and not substitutions:
        return None
    if not weights or not substitutions:
        raise Refusal("Give both tables, the weights and the substitutions, or neither.")
    return WeightTable.read(weights, substitutions)


def _sentence(verdict: Verdict) -> str:
    return f"{'Valid' if verdict.valid else 'Not valid'}. {verdict.why}"
