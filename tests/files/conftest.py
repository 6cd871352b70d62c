"""A store of the test's own, and an owner of files that lets Bea read them."""

import pytest

from leeway.files import access
from leeway.files.actions import keep_file
from leeway.files.models import FileKind
from tests.conftest import TODAY
from tests.files.making import OWNER, PDF, upload


@pytest.fixture(autouse=True)
def store_folder(settings, own_store, tmp_path):
    """The folder where this test's files lie."""
    where = {"location": tmp_path / "files", "allow_overwrite": True}
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": where}
    settings.STORAGES = settings.STORAGES | {"files": files}
    return tmp_path / "files"


@pytest.fixture(autouse=True)
def seen(monkeypatch):
    """Registers the owner of the tests, whose files Bea may read; answers who looked, and at which page."""
    looks = []

    def may_read(owner_id, *, user, kind, page):
        looks.append((owner_id, user.email, page))
        return user.email == "bea@council.example"

    monkeypatch.setattr(access, "READERS", dict(access.READERS))
    monkeypatch.setattr("leeway.files.actions.READERS", access.READERS)
    access.register(OWNER.kind, may_read=may_read)
    return looks


@pytest.fixture
def keep(bea):
    """Keep these bytes."""

    def kept(content=PDF, name="it.bin", owner=OWNER, **rest):
        rest = {"kind": FileKind.RECEIPT, "by": bea, "on": TODAY} | rest
        return keep_file(upload=upload(content, name), owner=owner, **rest)

    return kept
