"""The pairs of the council, gone through at the command line: whether both halves of each are two people."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import click

from leeway.commandline import show_json
from leeway.start import start_django


@dataclass(frozen=True)
class Pair:
    """Something that two people did, and what they have in common."""

    what: str
    first: str
    second: str
    in_common: list[str]


@click.command("pairs")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def pairs(as_json: bool) -> None:
    """Go through what two must do and name where both share a name, an email address or a device.

    Payment runs made and approved, bank details entered and approved, plans written and signed off, and what one
    administrator asked for and another approved. Nobody who draws on support is named.

    Example: leeway access pairs
    """
    start_django()
    found = list(alike())
    if as_json:
        return show_json([asdict(each) for each in found])
    for each in found:
        click.echo(f"{each.what}: {each.first} and {each.second} have {' and '.join(each.in_common)}.")
    return click.echo("In no pair do both halves have anything in common.") if not found else None


def alike() -> Iterator[Pair]:
    """Every pair whose halves have something in common. Two users are compared once, however often they meet."""
    from functools import cache

    from leeway.access.alike import in_common

    shared = cache(in_common)
    for what, first, second in every_pair():
        if found := shared(first, second):
            yield Pair(what, first.name, second.name, found)


def every_pair() -> Iterator[tuple]:
    """What two people did: what it was, the first and the second of them."""
    from leeway.access.models import Proposal
    from leeway.access.states import State as Asked
    from leeway.care.planning.models import Plan
    from leeway.money.payees.models import PayeeAccount
    from leeway.money.payees.states import State as Details
    from leeway.money.payments.models import PaymentRun

    approved = PaymentRun.objects.filter(approved_on__isnull=False)
    for run in approved.select_related("dated_by", "approved_by").order_by("number"):
        yield f"Payment run {run.number}", run.dated_by, run.approved_by
    for payee in (
        PayeeAccount.objects.filter(settled_by__isnull=False)
        .exclude(state=Details.REJECTED)
        .select_related("entered_by", "settled_by")
        .order_by("settled_on", "pk")
    ):
        yield f"Bank details {payee.pk}", payee.entered_by, payee.settled_by
    signed = Plan.objects.filter(final_budget__isnull=False).select_related("final_budget__decided_by")
    for plan in signed.prefetch_related("written_by").order_by("pk"):
        for writer in plan.written_by.all():
            yield f"Plan {plan.pk}", writer, plan.final_budget.decided_by
    for asked in (
        Proposal.objects.filter(state=Asked.APPROVED).select_related("proposed_by", "settled_by").order_by("pk")
    ):
        yield f"What was asked for, number {asked.pk}", asked.proposed_by, asked.settled_by
