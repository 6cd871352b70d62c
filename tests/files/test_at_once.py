"""Two at once: the same file sent twice in the same moment, and the nightly clearing while somebody adds a file."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, transaction

from leeway.files.actions import KeptAlready, clear_orphans
from leeway.files.models import File
from leeway.files.queries import read_file
from tests.files.making import LATER, PDF
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 60


def test_a_file_sent_twice_in_the_same_moment_is_kept_once(keep):
    first, second = at_once(keep, keep)
    assert isinstance(second, KeptAlready)
    assert first == second.file == File.objects.get()


def test_clearing_waits_for_whoever_adds_the_same_bytes(keep):
    written, cleared = Event(), []

    def clear():
        try:
            assert written.wait(PATIENCE_SECONDS)
            cleared.append(clear_orphans(on=LATER))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        done = threads.submit(clear)
        with transaction.atomic():
            file = keep()
            written.set()
            until_somebody_waits_for_a_lock()
        done.result(PATIENCE_SECONDS)
    assert cleared == [0]
    with read_file(file) as content:
        assert content.read() == PDF


def until_somebody_waits_for_a_lock() -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    pytest.fail("the clearing did not wait")
