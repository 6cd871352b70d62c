"""Every write about files: keeping one, asking the scanner late, clearing what no row names."""

import logging
from datetime import date, timedelta
from hashlib import sha256
from itertools import batched

from django.conf import settings
from django.core.files.base import File as DjangoFile
from django.db import connection, transaction

from leeway.access.models import User
from leeway.files import store
from leeway.files.access import READERS
from leeway.files.formats import NotAccepted, document_format, is_picture
from leeway.files.models import File, FileKind, Owner, Scan
from leeway.files.pictures import made_anew_apart
from leeway.files.scanner import ScannerSilent, threat_in
from leeway.refusal import Refusal

logger = logging.getLogger(__name__)
ORPHANS_KEPT = timedelta(days=30)
ORPHANS_MAX = 1_000


class KeptAlready(Refusal):
    """The owner has this very file."""

    def __init__(self, file: File):
        super().__init__(f"This file is here already: “{file}”, added on {file.added_on:%-d %B %Y}.", field="upload")
        self.file = file


def keep_file(*, upload: DjangoFile, kind: FileKind, owner: Owner, by: User, on: date, words: str = "") -> File:
    """Keep a file for its owner, once. Whether this user may add one is asked by the owner's action, which calls this.

    Refused, all about the field “upload”: too large, empty, of a format that is not kept, damaged, with something in
    it that the scanner found, or kept for this owner already (KeptAlready, with that file). Where the transaction is
    undone, what was written cannot be read, and `clear_orphans` deletes it.
    """
    assert owner.kind in READERS, f"Nobody has said who may read the files of {owner.kind}."
    given = _received(upload)
    scan = _scanned(given)
    form, content = made_anew_apart(given) if is_picture(given) else (document_format(given), given)
    digest = sha256(content).hexdigest()
    with transaction.atomic():
        _alone_with(digest)
        store.put(digest, content)
        kept = File.objects.filter(owner_kind=owner.kind, owner_id=owner.id, digest=digest).first()
        if kept is not None:
            raise KeptAlready(kept)
        return File.objects.create(
            owner_kind=owner.kind,
            owner_id=owner.id,
            kind=kind,
            words=words.strip(),
            name=upload.name or "file",
            media_type=form.media_type,
            size=len(content),
            digest=digest,
            scan=scan,
            added_by=by,
            added_on=on,
        )


def scan_waiting() -> dict[str, int]:
    """Ask the scanner about the files that were kept before one was named. For the nightly job.

    A file in which something is found is not given out from then on. Answers how many were clean and refused.
    """
    verdicts = {Scan.CLEAN.value: 0, Scan.REFUSED.value: 0}
    waiting = File.objects.filter(scan=Scan.NOT_SCANNED) if settings.CLAMD else File.objects.none()
    for file in waiting.iterator():
        content = store.fetch(file.digest)
        if content is None:
            logger.error("The bytes of file %s are gone or changed.", file.pk)
            continue
        try:
            with content:
                threat = threat_in(content.read(), address=settings.CLAMD)
        except ScannerSilent:
            logger.warning("The scanner said nothing of file %s; it is asked again tomorrow.", file.pk)
            continue
        file.scan = Scan.REFUSED if threat else Scan.CLEAN
        file.save(update_fields=["scan"])
        verdicts[file.scan] += 1
    return verdicts


def clear_orphans(*, on: date) -> int:
    """Delete stored bytes that no file has named for a month: what undone transactions left. For the nightly job.

    A month, so that after a restore of the database nothing newer goes before somebody looks. Refused where there are
    more than undone transactions leave: then it is another database's store. Safe while others add files: each digest
    is locked, and looked for again, before its bytes go. Answers how many.
    """
    orphans: list[str] = []
    for digests in batched(store.digests_before(on - ORPHANS_KEPT), 500):
        orphans += set(digests) - set(File.objects.filter(digest__in=digests).values_list("digest", flat=True))
    if len(orphans) > ORPHANS_MAX:
        raise Refusal(
            f"{len(orphans):,} stored files are named by no row, which is far more than undone uploads leave. "
            "Check that this database and this store belong together. Nothing was deleted."
        )
    return sum(let_go(digest) for digest in orphans)


@transaction.atomic
def let_go(digest: str) -> bool:
    """Delete the bytes of a digest, unless somebody has kept a file of it meanwhile."""
    _alone_with(digest)
    if File.objects.filter(digest=digest).exists():
        return False
    store.discard(digest)
    return True


def looked_through(upload: DjangoFile) -> bytes:
    """The bytes of a file that is to be kept later, if the scanner finds nothing in them."""
    content = _received(upload)
    _scanned(content)
    return content


def _received(upload: DjangoFile) -> bytes:
    """The bytes that came, if they are neither none nor too many."""
    if upload.size > settings.FILE_BYTES_MAX:
        raise NotAccepted(too_large())
    upload.seek(0)
    content = upload.read()
    if not content:
        raise NotAccepted("The file is empty. Choose another one.")
    return content if isinstance(content, bytes) else content.encode()


def too_large() -> str:
    """The sentence for a file over the limit."""
    return (
        f"The file is larger than {settings.FILE_BYTES_MAX // 1_000_000} MB. Send a smaller one, "
        "or a photograph of each page."
    )


def _scanned(content: bytes) -> Scan:
    """What the scanner says of the bytes as they came. Whatever it finds something in is refused."""
    if not settings.CLAMD:
        return Scan.NOT_SCANNED
    if threat_in(content, address=settings.CLAMD):
        raise NotAccepted("The virus scanner found something in the file, so it was not taken in. Send another copy.")
    return Scan.CLEAN


def _alone_with(digest: str) -> None:
    """Hold this digest until the transaction ends, so that nobody writes or clears the same bytes meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"files {digest}"])
