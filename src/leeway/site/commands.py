"""The `leeway` command: one group a room, and the commands that run the whole."""

import os

import click

from leeway.law.commands import law


@click.group()
@click.version_option(package_name="leeway")
def main() -> None:
    """Leeway runs personal budgets in adult social care."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leeway.site.settings")


main.add_command(law)
