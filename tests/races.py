"""Two people at the same moment, without luck: one has done it and not yet saved it when the other begins."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, connections, transaction

BLOCKED = "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"


def at_once(first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    """Do `first`, hold its commit until `second` waits for it or is through, then let both end.

    Gives what each returned, or the exception that it raised. Each has a real connection of its own, so the test
    needs `django_db(transaction=True)`.
    """
    with Players() as players:
        return players.race(first, second)[0]


class Players:
    """Two people who are there for many races: the connection of each knows its tables by then."""

    def __enter__(self) -> "Players":
        self._threads = [ThreadPoolExecutor(1), ThreadPoolExecutor(1)]
        return self

    def __exit__(self, *_: object) -> None:
        for thread in self._threads:
            thread.submit(connections.close_all).result()
            thread.shutdown()

    def race(self, first: Callable[[], Any], second: Callable[[], Any]) -> tuple[list[Any], bool]:
        """What `at_once` gives, and whether `second` had to wait for `first`."""
        done, said = threading.Event(), {}
        pids: dict[str, int] = {}
        over, let_go = threading.Event(), threading.Event()

        def play(name: str, call: Callable[[], Any], then: Callable[[], None]) -> None:
            try:
                with transaction.atomic():
                    connection.ensure_connection()
                    pids[name] = connection.connection.info.backend_pid
                    said[name] = call()
                    then()
            except Exception as problem:
                said[name] = problem

        def hold() -> None:
            done.set()
            let_go.wait()

        def play_first() -> None:
            play("first", first, hold)
            done.set()

        def play_second() -> None:
            done.wait()
            play("second", second, lambda: None)
            over.set()

        turns = [thread.submit(turn) for thread, turn in zip(self._threads, (play_first, play_second), strict=True)]
        waited = False
        while not waited and not over.wait(0.02):
            waited = "second" in pids and _waits(pids["second"])
        let_go.set()
        for turn in turns:
            turn.result()
        return [said["first"], said["second"]], waited


def _waits(pid: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(BLOCKED, [pid])
        return cursor.fetchone() is not None
