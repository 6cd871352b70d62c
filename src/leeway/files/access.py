"""Who may read a file: whoever its owner's room says. A kind of owner that no room has registered reaches nobody."""

from typing import Protocol
from uuid import UUID

from leeway.access.models import User
from leeway.files.models import File


class MayRead(Protocol):
    """Whether a user may read a file of this owner, of this kind, with the look noted as `page`.

    It may raise Http404, or ReasonNeeded where a reason must be given first.
    """

    def __call__(self, owner_id: UUID, *, user: User, kind: str, page: str) -> bool: ...


READERS: dict[str, MayRead] = {}


def register(owner_kind: str, *, may_read: MayRead) -> None:
    """Say who may read the files of one kind of owner. The room that has the owners calls this once, at start."""
    assert READERS.get(owner_kind, may_read) is may_read, f"{owner_kind} has said already who may read its files."
    READERS[owner_kind] = may_read


def may_read(file: File, user: User) -> bool:
    """Whether this user may read a file, as the owner's room says; the look is noted there."""
    asked = READERS.get(file.owner_kind)
    return asked is not None and asked(
        file.owner_id, user=user, kind=file.kind, page=f"File: {file.get_kind_display().lower()}"
    )
