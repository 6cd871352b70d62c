"""Reading files: those of an owner, and the bytes of one, checked against their digest."""

import logging
from typing import IO
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from leeway.access.models import User
from leeway.files import store
from leeway.files.access import may_read
from leeway.files.models import File, Owner, Scan
from leeway.refusal import Refusal

logger = logging.getLogger(__name__)


class NotGivenOut(Refusal):
    """The file is kept, and its bytes are not what they should be."""


def files_of(owner: Owner) -> QuerySet[File]:
    """The files kept for an owner, the latest first. Whoever asks has seen to it that the reader may see the owner."""
    return File.objects.filter(owner_kind=owner.kind, owner_id=owner.id).select_related("added_by")


def get_file(file_id: UUID, *, seen_by: User) -> File:
    """One file, if the room that owns it lets this user read it; the look is noted there. Http404 otherwise."""
    file = File.objects.filter(pk=file_id).first()
    if file is None or not may_read(file, seen_by):
        raise Http404("There is no such file, or it is not one you may see.")
    return file


def read_file(file: File) -> IO[bytes]:
    """The bytes of a file, whole and as they were kept; refused where they are gone, changed or not safe."""
    if file.scan == Scan.REFUSED:
        raise NotGivenOut(
            "The virus scanner has found something in this file, so it is not given out. "
            "Ask whoever sent it for another copy."
        )
    content = store.fetch(file.digest)
    if content is None:
        logger.error("The bytes of file %s are gone or changed.", file.pk)
        raise NotGivenOut(
            "This file is not as it was when it was kept, so it is not given out. Tell whoever runs Leeway for the "
            "council: they can bring it back from a backup."
        )
    return content
