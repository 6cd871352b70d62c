"""Batches of sealed rows, the digest of each row, and what stands for a row that was lawfully erased."""

import uuid

from django.db import models

from leeway.access.models import User
from leeway.guards import kept, kept_but


class Batch(models.Model):
    """Some rows that were sealed together. Its head binds them, in their order, and the head before it."""

    number = models.PositiveIntegerField(primary_key=True)
    first = models.BigIntegerField(help_text="Its first sealed row; those up to the last are in it.")
    last = models.BigIntegerField()
    until = models.DateTimeField(help_text="What was written before then was there to be sealed.")
    columns = models.JSONField(help_text="The columns that a digest is of, by table.")
    head = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        triggers = kept("batch_is_kept")


class SealedRow(models.Model):
    """The salted digest (SHA-256) of one row. Keys grow with the order in which rows were sealed."""

    id = models.BigAutoField(primary_key=True)
    table = models.CharField(max_length=60, help_text="The model, like ledger.Transfer.")
    key = models.CharField(max_length=36, help_text="The row's own key.")
    salt = models.UUIDField(null=True, default=uuid.uuid4, help_text="Gone with a row that was lawfully erased.")
    digest = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "key"], name="row_sealed_once")]
        triggers = kept_but("sealed_row_is_kept", "salt")


class Tombstone(models.Model):
    """That a sealed row was lawfully erased, or emptied of what it said about a person: by whom, when and why."""

    row = models.OneToOneField(SealedRow, models.PROTECT, primary_key=True, related_name="tombstone")
    reason = models.TextField(help_text="The law and the request that asked for it; nothing of what was erased.")
    erased_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    erased_on = models.DateField()

    class Meta:
        triggers = kept("tombstone_is_kept")
