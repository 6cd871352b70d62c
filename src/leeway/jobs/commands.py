"""The `leeway worker` command, and a worker beside the server. Nothing here needs Django before it is started."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait

import click

from leeway.start import start_django

STOPPED_WITHIN = 10  # seconds, beside the server: what is broken off then is taken up by the next worker


@click.command()
@click.option("--once", is_flag=True, help="Do what waits, and stop.")
@click.option("--nightly", is_flag=True, help="Do today’s nightly work too, where it has not been done, and stop.")
@click.option(
    "--silent-for", default=30, show_default=True, type=click.IntRange(1, 3600), metavar="SECONDS",
    help="How long another worker gives no sign of life before what it left is taken up.",
)  # fmt: skip
def worker(once: bool, nightly: bool, silent_for: int) -> None:
    """Do what is asked for in the background, until stopped; what was begun is finished first.

    Any number of workers may run, on any machine that reaches the database. What a worker leaves that is killed, the
    next takes up.

    Example: leeway worker
    """
    start_django()
    from django.utils import timezone

    from leeway.jobs.actions import start_nightly
    from leeway.jobs.models import Job
    from leeway.jobs.worker import work

    Job.objects.exists()  # there is a database, and it has its tables
    if nightly:
        for job in start_nightly(on=timezone.localdate()):
            click.echo(job.title)
    work(silent_for=silent_for, once=once or nightly)


@contextmanager
def worker_beside() -> Iterator[None]:
    """Keep a worker going in a process of its own while this block lasts, and start another where it dies."""
    spawn = multiprocessing.get_context("spawn")
    over = threading.Event()
    running: list[multiprocessing.process.BaseProcess] = []

    def keep_going() -> None:
        while not over.is_set():
            process = spawn.Process(target=work_beside, name="leeway worker", daemon=True)
            process.start()
            running[:] = [process]
            process.join()
            over.wait(1)

    keeper = threading.Thread(target=keep_going, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        for process in running:
            process.terminate()
        keeper.join(STOPPED_WITHIN)
        for process in running:
            process.kill()
        keeper.join(STOPPED_WITHIN)


def work_beside() -> None:
    """Work until stopped, or until the process that started this one is gone."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole group: the server stops this one in time
    threading.Thread(target=_stop_with, args=[parent.sentinel], daemon=True).start()
    start_django()
    from leeway.jobs.worker import work

    work()


def _stop_with(sentinel: int) -> None:
    wait([sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
