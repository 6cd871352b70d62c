"""Two at once: the same file sent twice in the same moment, and the nightly clearing while somebody adds a file."""

import pytest

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
    file, cleared = at_once(keep, lambda: clear_orphans(on=LATER))
    assert cleared == 0
    with read_file(file) as content:
        assert content.read() == PDF
