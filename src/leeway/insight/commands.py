"""Insight from the command line: one group, assembled from the parts of the room, each loaded when it is asked for."""

from importlib import import_module

import click

from leeway.commandline import Group

PARTS = {
    "check-records": "leeway.insight.records.commands:check_records",
    "direct-payment-question": "leeway.published.estimates.commands:direct_payment_question",
    "estimate": "leeway.published.estimates.commands:estimate",
    "forecast": "leeway.published.forecasts.commands:forecast",
    "make-return": "leeway.insight.records.producing:make_return",
    "measure": "leeway.insight.report.commands:measure",
    "read-return": "leeway.published.returns.commands:read_return",
    "series": "leeway.insight.report.series_command:series",
    "table": "leeway.insight.report.table_command:table",
    "survey": "leeway.insight.surveys.commands:survey",
}


class Parts(Group):
    """Loads one command and the libraries under it, rather than all of them, so that help answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(PARTS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in PARTS:
            return None
        module, command = PARTS[name].split(":")
        return getattr(import_module(module), command)


@click.group(cls=Parts)
def insight() -> None:
    """Check, make and measure returns and tell their tables; read published ones; forecast, estimate and read surveys.

    Example: leeway insight read-return pss_ex1_expenditure_2004-05.csv.gz
    """
