"""Banking from the command line."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leeway import limits
from leeway.commandline import show_json
from leeway.money.banking.modulus import WeightTable, check
from leeway.reading import content_of
from leeway.refusal import Refusal
from leeway.start import start_django

if TYPE_CHECKING:
    from leeway.money.banking.lines import Line, ReadFile, Statement
    from leeway.money.banking.readers.mapping import Mapping


@click.command("check-account")
@click.argument("sort_code", metavar="SORTCODE")
@click.argument("account_number", metavar="ACCOUNT")
@click.option(
    "--weights",
    envvar="LEEWAY_MODULUS_WEIGHTS",
    metavar="FILE",
    help="Pay.UK’s table of weights (valacdos); otherwise LEEWAY_MODULUS_WEIGHTS.",
)
@click.option(
    "--substitutions",
    envvar="LEEWAY_MODULUS_SUBSTITUTIONS",
    metavar="FILE",
    help="Pay.UK’s table of substituted sort codes (scsubtab); otherwise LEEWAY_MODULUS_SUBSTITUTIONS.",
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


@click.command("read-statement")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--mapping",
    metavar="NAME",
    help="What the columns of a table mean: a mapping’s name, such as day-first or lloyds, one that was made on the "
    "council’s own pages, or your own YAML file.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer for programs.")
def read_statement_file(file: Path, mapping: str | None, as_json: bool) -> None:
    """Read a bank's statement and show its lines: MT940, camt.052, camt.053, camt.054, OFX, CSV or XLSX.

    The kind is known from what is in the file. What does not fit, such as balances that do not add up, is said.

    Example: leeway money read-statement april.sta
    """
    from leeway.money.banking.statement import read_statement

    content = content_of(file, limits.STATEMENT_MB)
    try:
        found = read_statement(content, mapping=_mapping(mapping) if mapping else None)
    except Refusal as refusal:
        raise Refusal(f"{file}: {refusal}") from refusal
    if as_json:
        show_json(_as_json(found))
        return
    for warning in found.warnings:
        click.echo(f"Note: {warning}")
    for statement in found.statements:
        _show(statement, found)


def _mapping(name: str) -> "Mapping":
    """A mapping by its name. The council's records are asked only where nothing else has that name."""
    from leeway.money.banking.readers.mapping import NoSuchMapping, own_mapping_named
    from leeway.money.banking.statement import mapping_named

    try:
        return mapping_named(name)
    except NoSuchMapping:
        start_django()
        if own := own_mapping_named(name):
            return own
        raise


def _show(statement: "Statement", found: "ReadFile") -> None:
    """One statement for people: its account and balances, its lines, and what does not fit."""
    from leeway.law.numbers import decimal_pounds

    click.echo(f"{found.version or found.format}, account {statement.account or 'not named'}, {statement.currency}")
    for word, pence, on in (
        ("Opening", statement.opening_balance_pence, statement.opening_on),
        ("Closing", statement.closing_balance_pence, statement.closing_on),
    ):
        day = f" on {on:%-d %B %Y}" if on else ""
        click.echo(f"{word} balance{day}: {'none given' if pence is None else decimal_pounds(pence)}")
    for line in statement.lines:
        words = line.description if line.reference in line.description else f"{line.reference} {line.description}"
        who = "" if line.counterparty in words else f"{line.counterparty}: "
        click.echo(f"{line.booked_on}  {decimal_pounds(line.amount_pence):>14}  {who}{words}")
    for warning in statement.warnings:
        click.echo(f"Note: {warning}")
    click.echo("")


def _as_json(found: "ReadFile") -> dict[str, Any]:
    return {
        "format": found.format,
        "version": found.version,
        "warnings": list(found.warnings),
        "statements": [
            {
                "account": statement.account,
                "currency": statement.currency,
                "number": statement.number,
                "from": _iso(statement.from_on),
                "to": _iso(statement.to_on),
                "opening_balance_pence": statement.opening_balance_pence,
                "opening_on": _iso(statement.opening_on),
                "closing_balance_pence": statement.closing_balance_pence,
                "closing_on": _iso(statement.closing_on),
                "warnings": list(statement.warnings),
                "lines": [_line_as_json(line) for line in statement.lines],
            }
            for statement in found.statements
        ],
    }


def _line_as_json(line: "Line") -> dict[str, Any]:
    return {
        "date": line.booked_on.isoformat(),
        "value_date": _iso(line.value_on),
        "amount_pence": line.amount_pence,
        "reference": line.reference,
        "description": line.description,
        "end_to_end_id": line.end_to_end_id,
        "counterparty": line.counterparty,
        "counterparty_account": line.counterparty_account,
        "bank_reference": line.bank_reference,
        "return_reason": line.return_reason,
        "details": [asdict(detail) for detail in line.details],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
