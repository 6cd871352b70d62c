"""The worker: does what waits in the queue until it is stopped, and lives through a restart of the database."""

import asyncio
import logging
import signal
import threading
import time

import psycopg
from procrastinate import PsycopgConnector, exceptions
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params

from leeway.jobs.jobs import SILENT_SECONDS, put_back_stalled
from leeway.jobs.queries import SILENT_FOR

SIGNS_OF_LIFE = 3  # in that time
CONNECTIONS = 4  # at most, beside the one that does the work
ANSWERS_WITHIN = 5  # seconds, before the database counts as lost
LONGEST_PAUSE = 30  # seconds between two tries to reach the database

log = logging.getLogger(__name__)


def work(*, silent_for: float = SILENT_FOR.total_seconds(), once: bool = False) -> None:
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
