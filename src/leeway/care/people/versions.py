"""Nobody's work is overwritten: a save names the version it was made from."""

from django.db.models import F, Model

from leeway.refusal import Refusal


class EditedMeanwhile(Refusal):
    """Someone else saved this after the user opened it. Nothing was overwritten."""

    def __init__(self):
        super().__init__(
            "Someone else saved this while you were writing. Nothing of theirs or yours is lost: what you wrote "
            "is still below, and their version is shown beside it. Put the two together and save again."
        )


def claim_version(record: Model, version: int) -> None:
    """Take the next version of a record, or refuse if someone took it first. Call inside a transaction."""
    unchanged = type(record)._default_manager.filter(pk=record.pk, version=version)
    if not unchanged.update(version=F("version") + 1):
        raise EditedMeanwhile
    record.refresh_from_db(fields=["version"])
