"""Banking from the command line."""

from dataclasses import asdict

import click

from leeway.commandline import show_json
from leeway.money.banking.modulus import WeightTable, check
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
@click.option("--json", "as_json", is_flag=True, help="Print the answer for programs.")
def check_account(
    sort_code: str, account_number: str, weights: str | None, substitutions: str | None, as_json: bool
) -> None:
    """Say whether an account number fits its sort code (the modulus check).

    Exit 0: valid. Exit 1: not valid. Exit 2: not a sort code or account number.

    Example: leeway money check-account 12-34-56 12345678
    """
    verdict = check(sort_code, account_number, _table(weights, substitutions))
    if as_json:
        show_json(asdict(verdict))
    else:
        click.echo(f"{'Valid' if verdict.valid else 'Not valid'}. {verdict.why}")
    raise click.exceptions.Exit(0 if verdict.valid else 1)


def _table(weights: str | None, substitutions: str | None) -> WeightTable | None:
    if not weights and not substitutions:
        return None
    if not weights or not substitutions:
        raise Refusal("Give both tables, the weights and the substitutions, or neither.")
    return WeightTable.read(weights, substitutions)
