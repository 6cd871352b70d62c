"""The worker: does what waits in the queue until it is stopped, and lives through a restart of the database."""

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait

import psycopg
from procrastinate import PsycopgConnector, exceptions
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params

from leeway.jobs.jobs import SILENT_SECONDS, put_back_stalled
from leeway.start import start_django

SILENT_FOR = 30  # seconds without a sign of life, after which a worker is thought dead
SIGNS_OF_LIFE = 3  # in that time
CONNECTIONS = 4  # at most, beside the one that does the work
ANSWERS_WITHIN = 5  # seconds, before the database counts as lost
LONGEST_PAUSE = 30  # seconds between two tries to reach the database
STOPPED_WITHIN = 10  # seconds, beside the server: what is broken off then is taken up by the next worker

log = logging.getLogger(__name__)


def work(*, silent_for: float = SILENT_FOR, once: bool = False) -> None:
    """Do what waits for a worker until Ctrl+C or SIGTERM, after which the job in hand is finished first.

    With `once`, until nothing waits. While the database does not answer, it is tried again, after longer and longer.
    """
    told_to_stop, pause = threading.Event(), 1
    while not told_to_stop.is_set():
        started = time.monotonic()
        try:
            asyncio.run(_work(silent_for, once, told_to_stop))
            if once:
                return
        except (exceptions.ConnectorException, psycopg.Error) as problem:
            if once:
                raise
            log.warning("The worker lost the database (%s).", type(problem.__cause__ or problem).__name__)
        pause = 1 if time.monotonic() - started > LONGEST_PAUSE else min(2 * pause, LONGEST_PAUSE)
        if not told_to_stop.is_set():
            time.sleep(pause)


async def _work(silent_for: float, once: bool, told_to_stop: threading.Event) -> None:
    """Run procrastinate's worker until it is told to stop, or nothing is left to do, or it lost the database."""

    def stop() -> None:
        told_to_stop.set()
        worker.cancel()

    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=CONNECTIONS, timeout=ANSWERS_WITHIN)
    with app.replace_connector(connector):
        async with app.open_async():
            await put_back_stalled(silent_for)
            worker = asyncio.create_task(
                app.run_worker_async(
                    wait=not once,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                    update_heartbeat_interval=silent_for / SIGNS_OF_LIFE,
                    stalled_worker_timeout=silent_for,
                    additional_context={SILENT_SECONDS: silent_for},
                )
            )
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, stop)
            await asyncio.wait([worker])
            if not worker.cancelled():
                worker.result()


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
    work()


def _stop_with(sentinel: int) -> None:
    wait([sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
