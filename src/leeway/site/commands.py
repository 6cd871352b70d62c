"""The `leeway` command: one group a room, and the commands that run the whole."""

import os
import sys
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from leeway.commandline import BadUse, Group
from leeway.start import start_django

ROOMS = {
    "access": ("leeway.access.commands", "access"),
    "law": ("leeway.law.commands", "law"),
    "database": ("leeway.site.database_commands", "database"),
    "directory": ("leeway.market.directory.commands", "directory"),
    "insight": ("leeway.insight.commands", "insight"),
    "money": ("leeway.money.commands", "money"),
    "worker": ("leeway.jobs.commands", "worker"),
}
PORT, WORKERS = click.IntRange(1, 65_535), click.IntRange(1, 64)
FURTHER = {"access": [("leeway.site.pairs", "pairs")], "law": [("leeway.site.replay", "replay")]}


class Rooms(Group):
    """Loads a room's commands when they are asked for, so that the law's answer at once and without a database."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn a setting that cannot be used, a failed check or a missing database into a sentence."""
        try:
            return super().invoke(ctx)
        except Exception as problem:
            if sentence := sentence_for(problem):
                raise BadUse(sentence) from problem
            raise

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*self.commands, *ROOMS])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name in ROOMS:
            module, group = ROOMS[name]
            commands = getattr(import_module(module), group)
            for further_module, further in FURTHER.get(name, []):
                commands.add_command(getattr(import_module(further_module), further))
            return commands
        return super().get_command(ctx, name)


def sentence_for(problem: Exception) -> str:
    """Say what to do about a problem of settings, checks or the database; nothing where it is none of these.

    Where Django was not loaded, nothing of it went wrong; and the law's commands never load it.
    """
    if "django" not in sys.modules:
        return ""
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError
    from django.db.utils import OperationalError, ProgrammingError

    match problem:
        case ImproperlyConfigured() | CommandError():
            return str(problem)
        case OperationalError():
            return f"The database cannot be used: {str(problem).splitlines()[0]}. Check DATABASE_URL."
        case ProgrammingError() if type(problem.__cause__).__name__ == "UndefinedTable":
            return "This database has no tables of Leeway yet. Start Leeway once, with leeway serve or leeway demo."
    return ""


@click.group(cls=Rooms)
@click.version_option(package_name="leeway")
def main() -> None:
    """Leeway runs personal budgets in adult social care."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leeway.site.settings")


@main.command()
@click.option("--port", default=8000, show_default=True, type=PORT, help="Where the site answers.")
@click.option("--workers", default=2, show_default=True, type=WORKERS, help="How many processes serve pages.")
@click.option("--worker/--no-worker", default=True, help="Run a worker for background jobs beside it.  [default: yes]")
def serve(port: int, workers: int, worker: bool) -> None:
    """Serve the site, after bringing the database up to date, and do what it asks for in the background.

    Example: leeway serve --port 8000
    """
    require_free_port(port)
    start_django()
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from leeway.law.policy_check import check_policy

    require_no_debug(settings.DEBUG)
    check_policy(timezone.localdate(), settings.COUNCIL_POLICY)
    bring_up_to_date()
    if settings.PRODUCTION:
        call_command("collectstatic", interactive=False, verbosity=0)
    serve_pages(port=port, workers=workers, beside=worker)


def bring_up_to_date() -> None:
    """Bring the database up to date, where the role that connects can; otherwise refuse one that is not.

    A production site should connect with a role that cannot, and is told so.
    """
    from django.conf import settings
    from django.core.management import call_command

    from leeway.site import roles

    if roles.may_migrate():
        call_command("migrate", verbosity=0)
    elif not roles.is_up_to_date():
        raise BadUse(f"The database is not up to date. {roles.RUN_ROLES}")
    if settings.PRODUCTION:
        for finding in roles.findings():
            click.echo(f"Beware: {finding} {roles.RUN_ROLES}", err=True)


def require_no_debug(debug: bool) -> None:
    """Refuse to serve with pages that show the inside: they are for a developer's own machine and tests."""
    if debug:
        raise BadUse("LEEWAY_DEBUG is True, which shows everybody what goes wrong inside. Leave it out to serve.")


def require_free_port(port: int) -> None:
    """Refuse a port at which something answers already: two servers would share its visitors between them."""
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as problem:
            raise BadUse(
                f"Port {port} cannot be used: {problem.strerror}. Stop what answers there, or give another with --port."
            ) from problem


def serve_pages(*, port: int, workers: int, beside: bool = True) -> None:
    """Run the web server until it is stopped, with a worker for background jobs beside it where wanted."""
    from multiprocessing import set_start_method

    from django.conf import settings
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from leeway.jobs.commands import worker_beside

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    # Each server of pages begins afresh: one forked from a process that has counted with threads would wait for ever.
    set_start_method("spawn", force=True)
    server = Granian(
        "leeway.site.wsgi:application",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        log_level=LogLevels.warning,
    )
    with worker_beside() if beside else nullcontext():
        server.serve()


@main.command()
def check() -> None:
    """Check settings, the council's policy and that the database matches the code.

    Example: leeway check
    """
    start_django()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from leeway.law.policy_check import check_policy
    from leeway.site.database import LOGS_NO_VALUES, values_in_log

    for finding in check_policy(timezone.localdate(), settings.COUNCIL_POLICY):
        click.echo(f"Gentler than the law: {finding}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(LOGS_NO_VALUES)])
        if finding := values_in_log(dict(cursor.fetchall())):
            click.echo(f"Beware: {finding}")
    call_command("check", deploy=settings.PRODUCTION, fail_level="WARNING")
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    click.echo("Settings, policy and migrations are in order.")


@main.command()
@click.option("--people", default=300, show_default=True, type=click.IntRange(20, 50_000), help="How many people.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same council.")
@click.option("--port", default=8000, show_default=True, type=PORT, help="Where the site answers.")
@click.option("--no-serve", is_flag=True, help="Make the council and stop.")
def demo(people: int, seed: int, port: int, no_serve: bool) -> None:
    """Make a council of made-up people, who go through the same actions as real ones, and serve it.

    Everything is kept in the data folder (LEEWAY_DATA); a council that is already there is made anew.

    Example: leeway demo --people 300
    """
    if not no_serve:
        require_free_port(port)
    os.environ["LEEWAY_DEMO"] = "True"
    os.environ.setdefault("LEEWAY_SITE", f"http://localhost:{port}")
    os.environ["LEEWAY_DATA"] = os.environ.get("LEEWAY_DATA", str(Path(".leeway").resolve()))
    start_django()
    from leeway.site.demo import command

    command.run(people=people, seed=seed)
    if not no_serve:
        click.echo(f"\nLeeway is at http://localhost:{port} (stop it with Ctrl+C).")
        serve_pages(port=port, workers=2)


if __name__ == "__main__":
    main()
