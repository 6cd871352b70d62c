"""Nobody's work is overwritten: a save names the version it was made from."""

from django.db.models import F, Model

from leeway.refusal import EditedMeanwhile


def claim_version(record: Model, version: int) -> None:
    """Take the next version of a record, or refuse if someone took it first. Call inside a transaction."""
    unchanged = type(record)._default_manager.filter(pk=record.pk, version=version)
    if not unchanged.update(version=F("version") + 1):
        raise EditedMeanwhile
    record.refresh_from_db(fields=["version"])
