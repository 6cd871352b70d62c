"""An upload as it arrives: never more of it than may be kept, and never under a name on the disk."""

import tempfile
from pathlib import Path

import pytest
from django.core.exceptions import TooManyFilesSent
from django.test import RequestFactory

from leeway.files.uploads import WithinLimit
from tests.files.making import upload


def posted(*contents: bytes):
    files = {f"upload{number}": upload(content, "a.pdf") for number, content in enumerate(contents)}
    return RequestFactory().post("/", {"words": "Taxi", **files})


def test_a_file_arrives_whole_whether_in_memory_or_on_disk(settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    small, large = bytes(range(200)), bytes(range(256)) * 1000
    request = posted(small, large)
    assert [each.read() for each in request.FILES.values()] == [small, large]


def test_of_one_too_large_no_more_than_the_limit_is_held_and_the_words_beside_it_are_not_lost(settings):
    settings.FILE_BYTES_MAX = 100_000
    request = posted(bytes(1_000_000))
    arrived = request.FILES["upload0"]
    assert arrived.size == 1_000_000 and len(arrived.read()) <= 100_000
    assert request.POST["words"] == "Taxi"


def test_nothing_has_a_name_on_the_disk(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    request = posted(bytes(500_000))
    assert request.FILES["upload0"].size == 500_000
    assert not list(Path(tmp_path).iterdir())


def test_many_files_at_once_are_not_taken_in(settings):
    with pytest.raises(TooManyFilesSent):
        _ = posted(*[b"a"] * (settings.DATA_UPLOAD_MAX_NUMBER_FILES + 1)).FILES


def test_this_is_how_every_upload_arrives(settings):
    assert [[f"{WithinLimit.__module__}.{WithinLimit.__name__}"]] == [settings.FILE_UPLOAD_HANDLERS]
