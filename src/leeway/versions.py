"""Nobody's work is overwritten: a save names what it was made from.

A record written by several hands over days (an assessment, a plan) counts its saves in a column, `version`, which
`claim_version` takes. Of any other record, `version_of` tells what stood in the columns that a page showed, and
`lock_as_seen` holds it until the save, or refuses where something else stands there now.
"""

from hashlib import sha256
from typing import Any

from django.db.models import Model

from leeway.refusal import EditedMeanwhile

DIGEST_BYTES = 6  # a number that a browser's hidden field and a form's whole number hold exactly


def claim_version(record: Model, version: int, **values: Any) -> None:
    """Take the next version of a record, or refuse if someone took it first. Call inside a transaction.

    `values` are kept in the same write, so that the record's history has one line for one save.
    """
    values = {"version": version + 1, **values}
    if not type(record)._default_manager.filter(pk=record.pk, version=version).update(**values):
        raise EditedMeanwhile
    for name, value in values.items():
        setattr(record, name, value)


def version_of(record: Model, *names: str) -> int:
    """A number that stands for what these columns of a record hold; for all that it holds where none is named."""
    columns = {field.name: field for field in record._meta.concrete_fields}
    held = [f"{name}={columns[name].value_to_string(record)}" for name in names or columns]
    return int.from_bytes(sha256("\n".join(held).encode()).digest()[:DIGEST_BYTES])


def lock_as_seen(record: Model, version: int, *names: str) -> None:
    """Lock a record and read it anew, or refuse if these columns hold another thing than at `version`.

    Call inside a transaction.
    """
    record.refresh_from_db(from_queryset=type(record)._default_manager.select_for_update(of=("self",), no_key=True))
    if version_of(record, *names) != version:
        raise EditedMeanwhile
