"""Checking the seal: rows against their digests, digests against the heads of batches, heads against the files."""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from pathlib import Path

from django.db import connection, transaction

from leeway.refusal import Refusal
from leeway.seal import heads
from leeway.seal.heads import Head
from leeway.seal.models import Batch, SealedRow
from leeway.seal.tables import Table, digest, is_sealed, table_named

#: A row may say that it was written a little earlier than it was: by a clock that is slow.
CLOCKS_APART = timedelta(hours=1)


def sealed() -> tuple[int, int]:
    """How many rows are sealed, and in how many batches."""
    return SealedRow.objects.count(), Batch.objects.count()


def heads_kept() -> list[Head]:
    """The head of every batch, as the files have them."""
    return [
        Head(batch.number, batch.head, batch.last - batch.first + 1, batch.sealed_at.isoformat())
        for batch in Batch.objects.all()
    ]


def head_of(batch: Batch, before: str) -> str:
    """The SHA-256 of the head before, what the batch says of itself, and its digests in their order."""
    said = [before, batch.number, batch.first, batch.last, batch.until.isoformat(), batch.columns]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(pg_catalog.int8send(id) || digest, ''::bytea ORDER BY id) FROM seal_sealedrow "
            "WHERE id BETWEEN %s AND %s",
            [batch.first, batch.last],
        )
        digests = cursor.fetchone()[0] or b""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode() + bytes(digests)).hexdigest()


def findings() -> list[str]:
    """What is broken of the seal, a sentence each; nothing where it holds."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        return list(_broken(list(Batch.objects.all())))


def _broken(batches: list[Batch]) -> Iterator[str]:
    for columns, some in groupby(batches, key=lambda batch: batch.columns):
        same = list(some)
        for name in columns:
            yield from _rows(table_named(name), columns[name], same[0].first, same[-1].last)
    if batches:
        for name in batches[-1].columns:
            yield from _written_before(table_named(name), batches[-1])
    yield from _chain(batches)
    for place in heads.places():
        yield from _outside(place, batches)


def _rows(table: Table, columns: list[str], first: int, last: int) -> Iterator[str]:
    """Rows that are gone, or are not what they were; a tombstone speaks for one whose salt went too."""
    text = table.text(columns)
    rows = f"""
        SELECT sealed.key, kept.{table.key} IS NULL, sealed.salt IS NULL
          FROM seal_sealedrow AS sealed
          LEFT JOIN "{table.model._meta.db_table}" AS kept ON kept.{table.key}::text = sealed.key
         WHERE sealed."table" = %s AND sealed.id BETWEEN %s AND %s
           AND sealed.digest IS DISTINCT FROM {digest(text, "sealed.salt")}
           AND (sealed.salt IS NOT NULL
                OR NOT EXISTS (SELECT 1 FROM seal_tombstone AS tombstone WHERE tombstone.row_id = sealed.id))
         ORDER BY sealed.id
    """
    with connection.cursor() as cursor:
        cursor.execute(rows, [table.name, first, last])
        for key, gone, unsalted in cursor:
            why = "is gone" if gone else "has lost the salt of its digest" if unsalted else "was changed"
            yield f"Seal: {table.name} {key} {why} since it was sealed."


def _written_before(table: Table, last: Batch) -> Iterator[str]:
    """Rows that say they were there when the last batch was sealed, and were not."""
    if not table.stamp:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT kept.{table.key} FROM "{table.model._meta.db_table}" AS kept '
            f'WHERE kept."{table.stamp}" < %s AND {is_sealed(table, "NOT EXISTS")} ORDER BY 1',
            [last.until - CLOCKS_APART],
        )
        for (key,) in cursor:
            yield f"Seal: {table.name} {key} was put in after the seal, dated before it."


def _chain(batches: list[Batch]) -> Iterator[str]:
    """Batches whose digests, order or link are not those that their head was made of."""
    before, last = "", 0
    for number, batch in enumerate(batches, start=1):
        if batch.number != number or batch.first <= last:
            yield f"Seal: batch {number} is gone, or batches overlap."
            return
        if SealedRow.objects.filter(pk__gt=last, pk__lt=batch.first).exists():
            yield f"Seal: rows before batch {number} belong to no batch."
        if head_of(batch, before) != batch.head:
            yield f"Seal: batch {number} is not what its head was made of: digests, order or the batch before changed."
        before, last = batch.head, batch.last
    if SealedRow.objects.filter(pk__gt=last).exists():
        yield "Seal: rows after the last batch belong to no batch."


def _outside(place: Path, batches: list[Batch]) -> Iterator[str]:
    """Batches whose heads are others than a file has, or that are in one of the two alone."""
    try:
        there = heads.read(place)
    except Refusal as refusal:
        yield f"Seal: {refusal}"
        return
    kept = {batch.number: batch.head for batch in batches}
    for head in there:
        if head.batch not in kept:
            yield f"Seal: batch {head.batch} stands in {place} and is gone from the database, which was rolled back."
            return
        if kept[head.batch] != head.head:
            yield f"Seal: batch {head.batch} has another head in {place}: it was exchanged, with all that follows."
            return
    missing = sorted(set(kept) - {head.batch for head in there})
    if missing:
        yield (
            f"Seal: {place} lacks the head of batch {missing[0]}. If nobody took it away, "
            "leeway database seal writes it."
        )
