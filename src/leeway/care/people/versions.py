"""Nobody's work is overwritten: a save names the version it was made from."""

from typing import Any

from django.db.models import Model

from leeway.refusal import EditedMeanwhile


def claim_version(record: Model, version: int, **values: Any) -> None:
    """Take the next version of a record, or refuse if someone took it first. Call inside a transaction.

    `values` are kept in the same write, so that the record's history has one line for one save.
    """
    values = {"version": version + 1, **values}
    if not type(record)._default_manager.filter(pk=record.pk, version=version).update(**values):
        raise EditedMeanwhile
    for name, value in values.items():
        setattr(record, name, value)
