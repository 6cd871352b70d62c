"""Files that are kept, each with its digest, what it is, and what it belongs to."""

import re
import uuid
from typing import NamedTuple

from django.db import models
from django.db.models import Q

from leeway.access.models import User
from leeway.files.formats import FORMATS, Format
from leeway.guards import kept_but


class FileKind(models.TextChoices):
    """What a file is for."""

    RECEIPT = "receipt", "Receipt or invoice"
    STATEMENT = "statement", "Bank statement"
    CONTRACT = "contract", "Contract"
    LETTER = "letter", "Letter"
    PHOTOGRAPH = "photograph", "Photograph"
    OTHER = "other", "Something else"


class Scan(models.TextChoices):
    """What the virus scanner said. A file that is refused when it comes is not kept, and so has no row."""

    CLEAN = "clean", "Scanned, nothing found"
    NOT_SCANNED = "not_scanned", "Not scanned"
    REFUSED = "refused", "Something was found in it later"


class Owner(NamedTuple):
    """What a file belongs to: a kind that one room registers, such as “people.case”, and an id it understands."""

    kind: str
    id: uuid.UUID


class File(models.Model):
    """A file as it is kept. No foreign key leads to its owner, which lies in a room to the right."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner_kind = models.CharField(max_length=60)
    owner_id = models.UUIDField()
    kind = models.CharField(max_length=20, choices=FileKind)
    words = models.CharField(max_length=200, blank=True, help_text="What it is, in the words of whoever added it.")
    name = models.CharField(max_length=255, help_text="The name it came with.")
    media_type = models.CharField(max_length=100, help_text="Found from its bytes.")
    size = models.PositiveBigIntegerField(help_text="Bytes, as kept.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the bytes as kept, and where they lie.")
    scan = models.CharField(max_length=12, choices=Scan)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_on = models.DateField()
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-added_at", "-id"]
        indexes = [models.Index(fields=["digest"])]
        triggers = kept_but("file_is_kept", "scan")
        constraints = [
            models.UniqueConstraint(fields=["owner_kind", "owner_id", "digest"], name="file_once_an_owner"),
            models.CheckConstraint(condition=Q(digest__regex="^[0-9a-f]{64}$"), name="file_digest_is_sha256"),
            models.CheckConstraint(condition=Q(size__gt=0), name="file_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.words or self.name

    @property
    def owner(self) -> Owner:
        return Owner(self.owner_kind, self.owner_id)

    @property
    def format(self) -> Format:
        return FORMATS[self.media_type]

    @property
    def download_name(self) -> str:
        """The name to save it under: its own words, without what a disk or a shell would read in another way.

        The ending is that of what it is, so that nothing runs because its name said so.
        """
        stem = self.name.rpartition(".")[0] or self.name
        tidy = re.sub(r'[\\/:*?"<>|\s]+', " ", "".join(sign for sign in stem if sign.isprintable())).strip(" .")
        return f"{tidy or 'file'}{self.format.ending}"


def storage_key(digest: str) -> str:
    """Where the bytes of this digest lie."""
    return f"{digest[:2]}/{digest}"
