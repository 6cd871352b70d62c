"""Where the bytes lie: the storage that settings name “files”, each under its own digest."""

import os
import re
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils import timezone

from leeway.files.models import storage_key

IN_MEMORY_BYTES = 2_500_000
DIGEST = re.compile(r"[0-9a-f]{64}")


def put(digest: str, content: bytes) -> None:
    """See to it that these bytes lie under their digest, whole. Half of them, left by a crash, are written anew."""
    storage, key = storages["files"], storage_key(digest)
    if storage.exists(key) and fetch(digest) is not None:
        return
    storage.save(key, ContentFile(content))
    _settle(storage, key)


def fetch(digest: str) -> IO[bytes] | None:
    """A copy of the bytes of this digest, ready to be read; None where they are gone or have been changed."""
    copy = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 it is the caller's to close
    found = sha256()
    try:
        with storages["files"].open(storage_key(digest)) as stored:
            for chunk in stored.chunks():
                found.update(chunk)
                copy.write(chunk)
    except FileNotFoundError:
        return None
    if found.hexdigest() != digest:
        copy.close()
        return None
    copy.seek(0)
    return copy


def discard(digest: str) -> None:
    """Delete the bytes of this digest."""
    storages["files"].delete(storage_key(digest))


def digests_before(day: date) -> Iterator[str]:
    """The digest of all that was stored before a day."""
    storage = storages["files"]
    try:
        folders, _ = storage.listdir("")
    except FileNotFoundError:  # nothing was ever kept
        return
    for folder in folders:
        for name in storage.listdir(folder)[1]:
            key = f"{folder}/{name}"
            if DIGEST.fullmatch(name) and timezone.localdate(storage.get_modified_time(key)) < day:
                yield name


def _settle(storage: Storage, key: str) -> None:
    """See the bytes onto the disk: a power cut must not take what a row promises. S3 answers once it has them."""
    try:
        path = Path(storage.path(key))
    except NotImplementedError:
        return
    for each in (path, path.parent, path.parent.parent):
        opened = os.open(each, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
