"""What somebody gives that a job takes up later: words and a file, laid by where files lie until the job is through.

No row names it, so nobody can open it. It goes once the job is done; what a job that did not work leaves, so that it
can be tried again, goes after a month with whatever else no row names.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.base import File as DjangoFile
from django.db import transaction

from leeway.files import store
from leeway.files.actions import let_go, looked_through
from leeway.refusal import Refusal


@dataclass(frozen=True)
class Given:
    """Words by their names, and a file with the name that it came with."""

    words: Mapping[str, Any] = field(default_factory=dict)
    upload: DjangoFile | None = None

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Given":
        """What a form asked for: a file is the upload, and a day is written as it is kept."""
        files = [each for each in said.values() if isinstance(each, DjangoFile)]
        words = {name: each for name, each in said.items() if not isinstance(each, DjangoFile)}
        days = {name: each.isoformat() for name, each in words.items() if isinstance(each, date)}
        return cls(words | days, next(iter(files), None))

    def lay_by(self) -> str:
        """Lay it by; its digest, by which it is taken up. Refused as a file is that is kept."""
        content = looked_through(self.upload) if self.upload else b""
        told = {"words": self.words, "name": self.upload.name if self.upload else None}
        laid = json.dumps(told, sort_keys=True).encode() + b"\n" + content
        digest = sha256(laid).hexdigest()
        store.put(digest, laid)
        return digest


def taken_up(given: Given | str) -> Given:
    """What was given: as it is, where nothing was laid by. What was is let go once the transaction is through."""
    if isinstance(given, Given):
        return given
    laid = store.fetch(given)
    if laid is None:
        raise Refusal("What you gave is not kept any longer. Open the page again, and give it anew.")
    transaction.on_commit(lambda: let_go(given), robust=True)
    with laid:
        told = json.loads(laid.readline())
        upload = ContentFile(laid.read(), name=told["name"]) if told["name"] is not None else None
    return Given(told["words"], upload)
